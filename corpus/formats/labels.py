"""The labels that exporters and templates write, in many languages, with the role of each.

All layouts share this table. A label counts only in its place: in the head of a note, or below a passage.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """The role of a label: the kind of value after it."""

    NOTE = "note"
    """The reader's own words."""
    TAGS = "tags"
    SEE_ALSO = "see also"
    """Counts as tags if the value has nothing but links."""
    LOCATION = "location"
    ADDED = "added"
    COLOR = "color"
    FAVORITE = "favorite"
    LINK = "link"
    CHAPTER = "chapter"
    PASSAGE = "passage"
    OTHER = "other"
    """Values of no use here: identifiers, context, counts."""


_WORDS: dict[Role, str] = {
    Role.NOTE: (
        "note|notes|memo|memos|my note|my notes|comment|comments|my comment|annotation|annotations|remark|remarks|thought"
        "|thoughts|my thoughts|reader note|note from highlight|note on highlight"
        "|notiz|notizen|anmerkung|anmerkungen|kommentar|kommentare|meine notiz"
        "|commentaire|commentaires|remarque|remarques|ma note|nota|notas|mi nota|comentario|comentarios|anotación"
        "|commento|commenti|annotazione|comentário|comentários|anotação|minha nota|notitie|notities|opmerking|aantekening"
        "|anteckning|anteckningar|notat|notater|bemærkning|muistiinpano|huomautus|notatka|notatki|uwaga|komentarz"
        "|poznámka|poznámky|komentář|заметка|заметки|примечание|комментарий|нотатка|примітка|коментар|not|notum|yorum"
        "|メモ|ノート|コメント|注釈|笔记|批注|想法|注释|评论|备注|我的笔记|我的想法|我的总结|我的思考|我的理解|感悟|心得|筆記|註記|備註|評論|메모|노트|주석"
        "|ملاحظة|ملاحظات|הערה|הערות|jegyzet|megjegyzés|notă|comentariu|σημείωση"
    ),
    Role.TAGS: (
        "tag|tags|tagged|label|labels|annotation tags|highlight tags|schlagwort|schlagworte|schlagwörter|stichwort"
        "|stichwörter|étiquette|étiquettes"
        "|mots-clés|balises|etiqueta|etiquetas|etichetta|etichette|marcadores|trefwoorden|taggar|etiketter"
        "|tunnisteet|tagi|etykiety"
        "|štítky|теги|тег|метки|мітки|etiketler|etiket|タグ|标签|標籤|태그|وسم|وسوم|תגית|תגיות|címkék|etichete|ετικέτες"
    ),
    Role.SEE_ALSO: "see also",
    Role.LOCATION: (
        "location|loc|page|pages|pg|position|seite|stelle|ort|emplacement|posición|ubicación|página|posizione"
        "|pagina|posição|localização"
        "|locatie|sida|plats|side|placering|sijainti|sivu|strona|pozycja|lokalizacja|strana|pozice|страница|место"
        "|позиция|сторінка"
        "|sayfa|konum|位置|ページ|页码|页|頁|頁碼|페이지|위치|الصفحة|صفحة|الموقع|עמוד|מיקום|oldal|hely|progress|percentage"
    ),
    Role.ADDED: (
        "highlighted|highlighted at|highlighted on|highlighted_at|added|added at|added on|date|date added"
        "|date highlighted|created"
        "|created at|created on|highlight date|highlight taken on|taken on|time|timestamp|datum|hinzugefügt"
        "|hinzugefügt am|markiert am|erstellt|erstellt am|ajouté|ajouté le"
        "|surligné le|créé le|fecha|añadido|añadido el|creado|data|aggiunto|aggiunto il|evidenziato il|creato"
        "|adicionado|adicionado em|toegevoegd"
        "|toegevoegd op|tillagd|tilføjet|lisätty|dodano|přidáno|дата|добавлено|додано|eklendi|tarih|追加日|作成日"
        "|日付|日期|时间|時間|创建时间"
        "|添加时间|标注时间|날짜|추가|תאריך|تاريخ|التاريخ|dátum"
    ),
    Role.COLOR: (
        "color|colour|highlight color|farbe|couleur|colore|cor|kleur|färg|farve|väri|kolor|barva|цвет|колір|renk|色"
        "|颜色|顏色|색|색상|اللون|צבע|szín"
    ),
    Role.FAVORITE: "favorite|favourite|starred|is favorite|favorit|favori|favorito|preferito|favoriet|お気に入り|收藏",
    Role.LINK: (
        "link|highlight link|view|view highlight|open|open in kindle|deep link|readwise link|url|permalink|lien"
        "|enlace|リンク|链接|連結|링크|ссылка"
    ),
    Role.CHAPTER: (
        "chapter|section|kapitel|abschnitt|chapitre|capítulo|capitolo|hoofdstuk|luku|rozdział|kapitola|глава"
        "|розділ|bölüm|章|章节|章節"
        "|章名|장|챕터|الفصل|פרק|fejezet|capitol|κεφάλαιο"
    ),
    Role.PASSAGE: (
        "highlight|quote|passage|excerpt|highlighted text|text|underline|unterstreichung|soulignement"
        "|sottolineatura|sublinhado|onderstreping|markierung|zitat|surlignage|citation|extrait"
        "|subrayado|cita|resaltado"
        "|evidenziazione|citazione|destaque|citação|markering|citaat|markerad text|citat|korostus|lainaus"
        "|zaznaczenie|cytat|zvýraznění"
        "|citát|выделение|цитата|виділення|alıntı|vurgu|ハイライト|引用|划线|劃線|原文|高亮|摘录|하이라이트|인용"
        "|اقتباس|ציטוט|kiemelés|idézet"
    ),
    Role.OTHER: (
        "context|metadata|id|highlight id|highlight_id|annotation id|updated|updated at|updated on|last updated|source"
        "|book|author|title|type|style"
        "|group|device|status|highlight modified on|modified on|kontext|contexte|contexto|contesto|上下文|文脈"
    ),
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split("|")}
_MINE_WORDS = "my mein meine mon ma mes mi mis mio mia mie miei minha meu mijn min mitt mina mój moja moje мой моя мои мій můj"
_MINE = frozenset(_MINE_WORDS.split(" "))
"""The word "my", which may stand before the name of a remark: "Mein Kommentar"."""
_SIGNS = {
    **dict.fromkeys("💭💬✏✍📝🗒", Role.NOTE), **dict.fromkeys("📌🎯", Role.PASSAGE),
    **dict.fromkeys("⏱⏰🕐🕒🕓📅🗓⌚", Role.ADDED), **dict.fromkeys("🏷", Role.TAGS), **dict.fromkeys("📍", Role.LOCATION),
    **dict.fromkeys("🎨", Role.COLOR), **dict.fromkeys("🔗", Role.LINK),
}  # fmt: skip
_SMALL_WINDOW = 2_000
"""How many characters of a line are searched for HTML tags."""
_LABEL_WINDOW = 45
"""How many characters of a line are searched for the colon of a label."""
_FIRST_SIGN = "\u2300"
"""The lowest character that may be a sign."""
_LABEL = re.compile(
    r"(?P<mark>\*{1,2}|__?)?(?P<label>[^\W\d_][^\n:：*\[\]()<>“”\"]{0,30}?)(?P<end>\*{1,2}|__?)?[ \t\u00a0]?"
    r"(?:(?P<double>::)|(?P<wide>：)|:)(?P<after>\*{1,2}|__?)?(?P<rest>.*)$",
    re.S,
)
_BRACKETED = re.compile(
    r"\\?\[(?P<label>[^\W\d_][^\[\]\\\n]{0,20})\\?\][:：]?(?:[ \t]+(?P<value>.*))?$", re.S
)
_FIELD = re.compile(
    r"[(\[]([^\W\d_][\w -]{0,30})::((?:\[\[[^\[\]]*\]\]|\[[^\[\]\n]*\]\([^()\s]*\)|[^()\[\]\n])*)[)\]]"
)
_FIELDS = re.compile(rf"(?:{_FIELD.pattern}[ \t]*)+")
_SMALL = re.compile(r"</?(?:small|sub|sup|b|i|em|strong)>", re.I)
_NUMBERED = re.compile(r"\s*(?:No\.?\s*)?#?\d+$")


@dataclass(frozen=True, slots=True)
class Label:
    """A line that begins with a label or a sign."""

    role: Role | None
    """None for an unknown label."""
    value: str
    name: str
    marked: bool
    """Whether its form (bold, two colons, a sign before it) shows for certain that it is a label."""


@lru_cache(maxsize=4_096)
def role_of(name: str) -> Role | None:
    """Returns the role of a label in any of the languages; None for an unknown one."""
    words = _NUMBERED.sub("", unicodedata.normalize("NFC", " ".join(name.split())).lower())
    if (found := _ROLES.get(words)) is not None:
        return found
    first, _, rest = words.partition(" ")  # "Highlight Note", "Quote tags", "Mein Kommentar"
    if first in _MINE and _ROLES.get(rest) is Role.NOTE:
        return Role.NOTE
    return _ROLES.get(rest) if rest and _ROLES.get(first) is Role.PASSAGE else None


def label(text: str) -> Label | None:
    """Returns the label at the beginning of a line whose bullet or quote sign was removed; None without a label.

    A sign alone ("💭 my thought") is a label, too.
    """
    text = text.lstrip()
    if (
        text[:1] < _FIRST_SIGN
        and ":" not in text[:_LABEL_WINDOW]
        and "：" not in text[:_LABEL_WINDOW]
        and text[:1] not in "=<[\\"
    ):
        return None
    if text.startswith("==") and text.rstrip().endswith("==") and text.count("==") == 2:
        text = text.strip("= \t")
    if text.startswith("<"):
        text = (_SMALL.sub("", text[:_SMALL_WINDOW]) + text[_SMALL_WINDOW:]).lstrip()
    if text.startswith(("[", "\\[")):
        match = _BRACKETED.match(text)
        role = (
            None if match is None else Role.NOTE if match["label"].lower() == "n" else role_of(match["label"])
        )
        return (
            Label(role, match["value"] or "", match["label"], True)
            if match is not None and role is not None
            else None
        )
    sign, bare = _sign(text)
    head = bare[:_LABEL_WINDOW]
    match = _LABEL.match(bare) if ":" in head or "：" in head else None
    if match is None or not _is_label(match):
        return Label(sign, bare, text[: len(text) - len(bare)].strip(), True) if sign is not None else None
    name = match["label"].strip()
    found = role_of(name)
    rest = match["rest"].strip()
    if match["mark"] and not match["end"] and not match["after"]:
        rest = rest.removesuffix(match["mark"]).rstrip()
    own = sign is not None and (found is None or (sign in (Role.NOTE, Role.PASSAGE) and found is not sign))
    if own and not match["double"] and not match["mark"]:
        return Label(sign, bare, name, True)
    marked = bool(match["mark"] or match["double"] or bare != text)
    return Label(found if found is not None else sign, rest, name, marked)


def inline_fields(text: str) -> list[Label]:
    """Returns the labels of a line with nothing but Dataview's inline fields, such as "[page:: 15] (note:: mine)"; else none."""
    if "::" not in text or _FIELDS.fullmatch(text.strip()) is None:
        return []
    return [Label(role_of(key), value.strip(), key.strip(), True) for key, value in _FIELD.findall(text)]


def _is_label(match: re.Match[str]) -> bool:
    rest = match["rest"]
    mark = match["mark"] or ""
    closed = bool(mark) == bool(match["end"] or match["after"]) or (
        bool(mark) and rest.rstrip().endswith(mark)
    )
    return closed and (not rest or rest[0] in " \t\n\u00a0" or bool(match["wide"]))


def _sign(text: str) -> tuple[Role | None, str]:
    """Returns the role of an emoji at the beginning, and the text after it."""
    if not text or text[0] < _FIRST_SIGN:
        return None, text
    role = _SIGNS.get(text[0])
    end = 1
    while end < len(text) and text[end] in "\ufe0f\u200d":
        end += 1
    if role is None and unicodedata.category(text[0]) != "So":
        return None, text
    return role, text[end:].lstrip(" \t\u00a0").removeprefix(":").lstrip(" \t\u00a0")
