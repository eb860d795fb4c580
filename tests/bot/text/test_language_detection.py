# ruff: noqa: E501
"""Every language with a Snowball stemmer is found by other word forms, in capitals and without accents, alone and among others."""

import unicodedata
from functools import cache

import pytest

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.text.analysis import tokens
from bot.text.stemming import SNOWBALL
from bot.text.stop_words import stop_words
from bot.understanding.intent import question_language, without_stop_words
from corpus.model import Highlight
from tests.libraries import highlight, library_of

TEXTS = {
    "ar": ("الكتب القديمة في مكتبة المدينة هي التي تحفظ ذاكرة الناس على مر السنين", "البحر هادئ في الصباح ولكن الصيادين لا يخرجون إليه كل يوم", "مكتبة قديمة", "التي"),
    "ca": ("Les biblioteques antigues de la ciutat guarden la memòria de tots els que hi van viure", "El mar és tranquil al matí, però els pescadors no hi surten cada dia", "ciutats guardar", "però"),
    "cs": ("Staré knihovny ve městě uchovávají paměť všech lidí, kteří v něm kdysi žili a psali", "Moře je ráno klidné, ale rybáři na ně nevyplouvají každý den", "stará knihovna", "nebo"),
    "da": ("De gamle biblioteker i byen gemmer på mindet om alle dem, som har boet og skrevet der", "Havet er roligt om morgenen, men fiskerne sejler ikke ud hver dag", "bibliotek minder", "ikke"),
    "de": ("Die Häuser an der großen Straße bewahren die Erinnerung an alle, die in ihnen gelebt haben", "Das Meer ist am Morgen ruhig, aber die Fischer fahren nicht jeden Tag hinaus", "haus strasse", "nicht"),
    "el": ("Οι παλιές βιβλιοθήκες της πόλης φυλάνε τη μνήμη όλων των ανθρώπων που έζησαν εκεί", "Η θάλασσα είναι ήρεμη το πρωί, αλλά οι ψαράδες δεν βγαίνουν κάθε μέρα", "βιβλιοθήκη μνήμες", "αλλά"),
    "en": ("The old libraries of the city keep the memories of all those who have lived and written there", "The sea is calm in the morning, but the fishermen do not go out on it every day", "library memory", "the"),
    "eo": ("La malnovaj bibliotekoj de la urbo gardas la memoron pri ĉiuj homoj, kiuj iam vivis en ĝi", "La maro estas trankvila matene, sed la fiŝistoj ne eliras ĉiutage", "malnova biblioteko", "kaj"),
    "es": ("Las bibliotecas antiguas de la ciudad guardan la memoria de todos los que vivieron en ella", "El mar está tranquilo por la mañana, pero los pescadores no salen todos los días", "biblioteca antigua", "pero"),
    "et": ("Linna vanad raamatukogud hoiavad kõigi nende inimeste mälestust, kes seal kunagi on elanud", "Meri on hommikul vaikne, aga kalurid ei lähe igal päeval välja", "raamatukogu", "ja"),
    "eu": ("Hiriko liburutegi zaharrek bertan bizi izan ziren pertsona guztien oroimena gordetzen dute", "Itsasoa goizean lasai dago, baina arrantzaleak ez dira egunero ateratzen", "liburutegiak", "eta"),
    "fa": ("کتابخانه‌های قدیمی شهر خاطره همه کسانی را که در آن زندگی کرده‌اند نگه می‌دارند", "دریا صبح آرام است اما ماهیگیران هر روز به آن نمی‌روند", "کتابخانه شهرها", "است"),
    "fi": ("Kaupungin vanhat kirjastot säilyttävät kaikkien niiden ihmisten muiston, jotka ovat siellä eläneet", "Meri on aamulla tyyni, mutta kalastajat eivät lähde sinne joka päivä", "kirjastossa muistot", "mutta"),
    "fr": ("Les anciennes bibliothèques de la ville gardent la mémoire de tous ceux qui y ont vécu", "La mer est calme le matin, mais les pêcheurs ne sortent pas tous les jours", "bibliothèque ancienne", "mais"),
    "ga": ("Coimeádann na seanleabharlanna sa chathair cuimhne na ndaoine go léir a mhair ann fadó", "Tá an fharraige ciúin ar maidin, ach ní théann na hiascairí amach gach lá", "seanleabharlann", "agus"),
    "hi": ("शहर के पुराने पुस्तकालयों में उन सभी लोगों की यादें सुरक्षित हैं जो कभी वहाँ रहते थे", "समुद्र सुबह शांत रहता है लेकिन मछुआरे हर दिन बाहर नहीं जाते", "पुस्तकालय शहरों", "और"),
    "hu": ("A város régi könyvtárai őrzik mindazok emlékét, akik valaha ott éltek és írtak", "A tenger reggel nyugodt, de a halászok nem mennek ki minden nap", "könyvtár", "nem"),
    "hy": ("Քաղաքի հին գրադարանները պահպանում են բոլոր այն մարդկանց հիշողությունը, ովքեր ապրել են այնտեղ", "Ծովը առավոտյան հանգիստ է, բայց ձկնորսները ամեն օր դուրս չեն գալիս", "գրադարաններ հիշողություն", "բայց"),
    "id": ("Perpustakaan tua di kota itu menyimpan kenangan semua orang yang pernah tinggal di sana", "Laut tenang di pagi hari, tetapi para nelayan tidak pergi setiap hari", "menyimpankan kenangannya", "dan"),
    "it": ("Le antiche biblioteche della città conservano la memoria di tutti quelli che ci hanno vissuto", "Il mare è calmo al mattino, ma i pescatori non escono tutti i giorni", "biblioteca antica", "non"),
    "lt": ("Senosios miesto bibliotekos saugo visų jame kadaise gyvenusių žmonių atmintį", "Jūra rytą rami, bet žvejai neišplaukia kiekvieną dieną", "biblioteka miestas", "bet"),
    "ne": ("सहरका पुराना पुस्तकालयहरूले त्यहाँ बसेका सबै मानिसहरूको सम्झना जोगाएर राखेका छन्", "समुद्र बिहान शान्त हुन्छ तर माझीहरू हरेक दिन बाहिर जाँदैनन्", "मानिसले सहरमा", "तर"),
    "nl": ("De oude bibliotheken van de stad bewaren de herinneringen aan iedereen die er heeft gewoond", "De zee is 's ochtends kalm, maar de vissers varen niet elke dag uit", "bibliotheek herinnering", "niet"),
    "no": ("De gamle bibliotekene i byen tar vare på minnene om alle som har bodd der, og noen av dem skrev mye selv", "Sjøen er rolig om morgenen, men fiskerne drar ikke ut hver dag, og hva de gjør etterpå vet jeg ikke", "bibliotek mye selv", "ikke"),
    "pl": ("Stare biblioteki w mieście przechowują pamięć o wszystkich ludziach, którzy kiedyś w nim żyli", "Morze jest rano spokojne, ale rybacy nie wypływają na nie każdego dnia", "biblioteka pamięci", "nie"),
    "pt": ("As bibliotecas antigas da cidade guardam a memória de todos os que nela viveram", "O mar está calmo de manhã, mas os pescadores não saem todos os dias", "biblioteca antiga", "não"),
    "ro": ("Bibliotecile vechi ale orașului păstrează amintirea tuturor celor care au trăit acolo", "Marea este liniștită dimineața, dar pescarii nu ies în fiecare zi", "biblioteca orașul", "dar"),
    "ru": ("Старые библиотеки города хранят память обо всех, кто в нём жил, и о каждой ёлке во дворе", "Море утром спокойно, но рыбаки не выходят в него каждый день", "библиотека елки", "не"),
    "sr": ("Старе библиотеке у граду чувају успомену на све људе који су у њему некада живели", "Море је ујутру мирно, али рибари не излазе сваког дана", "библиотека успомене", "али"),
    "sv": ("De gamla biblioteken i staden bevarar minnet av alla dem som har bott och skrivit där", "Havet är lugnt på morgonen, men fiskarna går inte ut varje dag", "bibliotek stadens", "inte"),
    "ta": ("நகரத்தின் பழைய நூலகங்கள் அங்கு வாழ்ந்த அனைவரின் நினைவுகளையும் பாதுகாக்கின்றன", "கடல் காலையில் அமைதியாக இருக்கிறது ஆனால் மீனவர்கள் தினமும் செல்வதில்லை", "நூலகங்களில் நகரம்", "ஆனால்"),
    "tr": ("Şehrin eski kütüphaneleri orada yaşamış olan bütün insanların anılarını ışık dolu odalarda saklıyor", "Deniz sabahları sakin ama balıkçılar her gün açılmıyor", "kütüphanelerin ışık", "ama"),
    "yi": ("די אַלטע ביבליאָטעקן אין שטאָט היטן דעם זכּרון פֿון אַלע מענטשן וואָס האָבן דאָרט געלעבט", "דער ים איז רויִק אין דער פֿרי, אָבער די פֿישערס גייען נישט אַרויס יעדן טאָג", "ביבליאָטעק", "און"),
}  # fmt: skip
"""By language: a passage, another one, a question with other forms of the first one's words, and a stop word."""

IN_CHARACTERS = {
    "zh": ("城市里的旧图书馆保存着所有曾经住在那里的人的记忆", "大海早上很平静，可是渔民并不是每天都出海", "图书馆的记忆在哪里？"),
    "zh-Hant": ("城市裡的舊圖書館保存著所有曾經住在那裡的人的記憶", "大海早上很平靜，可是漁民並不是每天都出海", "圖書館的記憶"),
    "ja": ("町の古い図書館は、そこに住んでいたすべての人の記憶を守っている", "海は朝は静かだが、漁師は毎日出るわけではない", "図書館の記憶は？"),
    "ko": ("도시의 오래된 도서관들은 그곳에 살았던 모든 사람들의 기억을 간직하고 있다", "바다는 아침에 잔잔하지만 어부들은 매일 나가지 않는다", "도서관의 기억"),
}  # fmt: skip


def passages(code: str) -> list[Highlight]:
    first, second = (TEXTS.get(code) or IN_CHARACTERS[code])[:2]
    return [highlight(code, first, f"1 {code}"), highlight(f"{code} other", second, f"2 {code}")]


LANGUAGES = [*TEXTS, *IN_CHARACTERS]


@cache
def alone(code: str) -> Index:
    """An index with the passages of one language."""
    return Index.build(library_of(passages(code)))


@cache
def mixed() -> Index:
    """An index with the passages of all languages."""
    return Index.build(library_of([passage for code in LANGUAGES for passage in passages(code)]))


def first_id(question: str, index: Index) -> str:
    reply = answer(Question(question), index)
    return reply.quotes[0].highlight.id if reply.quotes else ""


def without_accents(text: str) -> str:
    """Removes accents, as people do who have no keys for them."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize(
        "NFC", "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    )


def test_every_language_of_snowball_has_test_texts() -> None:
    assert set(TEXTS) == set(SNOWBALL)


@pytest.mark.parametrize("code", TEXTS)
def test_a_source_is_read_in_its_own_language(code: str) -> None:
    assert alone(code).languages == (code, code)
    assert mixed().languages[LANGUAGES.index(code) * 2] == code


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("among_others", [False, True], ids=["alone", "mixed"])
def test_words_are_found_by_other_word_forms(code: str, among_others: bool) -> None:
    index = mixed() if among_others else alone(code)
    question = (TEXTS.get(code) or IN_CHARACTERS[code])[2]
    assert first_id(question, index) == code
    assert first_id(question.upper(), index) == code
    assert first_id(unicodedata.normalize("NFD", question), index) == code


@pytest.mark.parametrize("code", [code for code in TEXTS if code not in ("hi", "ne", "ta")])
def test_words_are_found_without_accents(code: str) -> None:
    words = sorted(TEXTS[code][0].split(), key=len)[-2:]
    assert first_id(without_accents(" ".join(words)), mixed()) == code


@pytest.mark.parametrize("code", TEXTS)
def test_a_stop_word_is_not_searched(code: str) -> None:
    word = TEXTS[code][3]
    found, index = tokens(word), alone(code)
    assert without_stop_words(found, question_language(found, index), index) == []
    assert stop_words(code)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("GROSSE STRASSE", "de"), ("große Straße", "de"), ("grosse strasse", "de"),
        ("ISIK", "tr"), ("IŞIK", "tr"), ("ışık", "tr"), ("ŞEHRİN KÜTÜPHANELERİ", "tr"),
        ("ΠΑΛΙΕΣ ΒΙΒΛΙΟΘΗΚΕΣ", "el"), ("της πόλης", "el"), ("ΠΟΛΗΣ", "el"),
        ("الكُتُب القَدِيمَة", "ar"), ("الكتـــب", "ar"),
        ("елка", "ru"), ("ёлка", "ru"), ("ЁЛКИ", "ru"),
        ("ﬁskere", "da"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_letter_find_the_same_words(question: str, code: str) -> None:
    assert first_id(question, mixed()).startswith(code)


def test_languages_with_equally_many_sources_are_ordered_by_code() -> None:
    assert list(mixed().library_languages) == sorted(
        mixed().library_languages, key=lambda code: (-mixed().languages.count(code), code)
    )
