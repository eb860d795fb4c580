"""Stop words and question words of the languages that can be searched.

Most come from the package stop-words. Lists that replace it are compared in benchmarks/README.md, "What was tried and brought
nothing".
"""

from functools import cache

from bot.text.analysis import fold, is_unspaced, words
from bot.text.stemming import ENGLISH, SNOWBALL

_ENGLISH_STOP_WORDS = frozenset(
    """
    a about above after again against all also although am an and any are arent as at be because been
    before being below between both but by can cannot cant could couldnt did didnt do does doesnt doing
    dont during each either else etc ever every few for from further had hadnt has hasnt have havent
    having he hed hell her here heres hers herself hes him himself his how however hows i id if ill im in
    into is isnt it itd itll its itself ive just let lets may me might more most much must my myself no
    nor not of off on once only or other ought our ours ourselves out over own quite rather really same
    shall shant she shed shes should shouldnt since so some still such than that thatll thats the their
    theirs them themselves then there therere theres these they theyd theyll theyre theyve this those
    though through thus to too toward towards under until up upon very via was wasnt we wed well were
    werent weve what whatever whats when whens where wheres whether which while who whom whos whose why
    whys will with within without wont would wouldnt yet you youd youll your youre yours yourself
    yourselves youve
    """.split()  # noqa: SIM905
)
"""Function words; contractions as `analysis` writes them. "us" is missing because it is a country too."""

_QUESTION_WORDS = {
    "de": "wie wieviel viel wann warum weshalb wieso wozu wer wem wen wessen was wo wohin woher welche welcher welches welchen",
    "es": "cuanto cuanta cuantos cuantas cual cuales cuando quien quienes como donde adonde que hay dice decia dijo",
    "fr": "combien quel quelle quels quelles quand qui que quoi comment pourquoi ou lequel laquelle est-ce",
    "it": "quanto quanta quanti quante quale quali quando chi che cosa come dove perche",
    "nl": "hoe hoeveel wanneer waarom wie wat waar welk welke",
    "pl": "ile kiedy dlaczego kto kogo co czego gdzie jak jaki jaka jakie ktory ktora ktore",
    "pt": "quanto quanta quantos quantas qual quais quando quem que como onde porque",
    "ru": "сколько когда почему зачем кто кого что чего где куда как какои какая какое какие которыи",
    "sv": "hur manga nar varfor vem vad var vilken vilket vilka",
    "tr": "kac ne neden nicin nasil kim nerede nereye hangi zaman",
}
"""Folded question words that the package stop-words lacks."""

_STOP_WORDS = {
    "eo": "la kaj en de al por kun sur ne ke kiu kiuj estas estis sed au gi si li mi vi ni ili ci tiu tio",
    "et": "ja on ei et see ka kui oli aga ning voi ma sa ta me te nad kes mis oma siis selle seda igal",
    "eu": "eta da ez du bat baina ere zen dira dute ziren hau hori izan egin edo zer nor bertan",
    "ga": "agus an na a ar i is ni ag do go le ach seo sin ta bhi se si iad ann gach",
    "hy": "եւ է այն որ այդ ի մեջ էր են բայց չեն նա ես դու մենք ովքեր ինչ կամ այնտեղ բոլոր",
    "lt": "ir yra ne kad bet tai su is i jo jos ar kaip buvo jis ji mes jus kas apie nuo",
    "ne": "र छ छन हो तर यो त्यो पनि मा को का की ले लाई थियो भने हरेक गर्न",
    "sr": "и је у на да се не су али за од што како који која које он она или i je u na da se ne su ali za od sto kako koji koja",
    "ta": "மற்றும் ஒரு இந்த அந்த என்று ஆனால் இது அது நான் அவர் உள்ள என",
    "yi": "און די דער דאס א אין איז נישט פון פאר מיט אבער וואס האבן האט ער זי מיר איר זיי",
}
"""Folded stop words of languages that the package stop-words lacks."""


@cache
def stop_words(language: str) -> frozenset[str]:
    """Folded function words of a language, given by its code or its English name; none for an unknown language."""
    if language == ENGLISH:
        return _ENGLISH_STOP_WORDS
    from stop_words import StopWordError, get_stop_words

    try:
        listed = get_stop_words(SNOWBALL.get(language, language))
    except StopWordError:
        listed = []
    single = (found[0] for entry in listed if len(found := words(entry)) == 1)
    own = f"{_STOP_WORDS.get(language, '')} {_QUESTION_WORDS.get(language, '')}"
    return frozenset(map(fold, single)) | frozenset(map(fold, own.split()))


_CHINESE_FUNCTION_WORDS = frozenset(
    """
    什么 什麼 甚麼 怎么 怎麼 怎样 怎樣 为什 為什 为何 為何 如何 哪里 哪裡 哪个 哪個 哪些 多少
    时候 時候 是谁 是誰 有没 有沒 没有 沒有 是不 可以 应该 應該 还是 還是 就是 不是 我们 我們
    你们 你們 他们 他們 自己 这个 這個 那个 那個 这种 這種 这样 這樣 一个 一個 因为 因為 所以
    如果 但是 已经 已經 来着 來著 只是 一种 一種
    多久 多长 多長 多远 多遠 多大 多高 几个 幾個 几岁 幾歲 几年 幾年 几天 幾天 几次 幾次 哪一 哪种 哪種 哪儿 哪兒 哪位 谁的 誰的
    怎办 怎辦 么办 麼辦 么做 麼做 么看 麼看 么说 麼說 么写 麼寫 么样 麼樣 说过 說過 说的 說的 说了 說了 讲过 講過 提到 写过 寫過
    句话 句話 话说 話說 看法 说法 說法
    """.split()  # noqa: SIM905
)
"""Of two characters, simplified and traditional. The package stop-words has only single characters."""


@cache
def function_pairs() -> frozenset[str]:
    """Folded bigrams of the function words of Chinese and Korean, such as "什么"."""
    from stop_words import get_stop_words

    listed = [fold(word) for word in get_stop_words("korean")]
    korean = {word[at : at + 2] for word in listed for at in range(len(word) - 1) if is_unspaced(word[at])}
    return _CHINESE_FUNCTION_WORDS | korean
