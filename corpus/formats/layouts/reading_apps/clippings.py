"""`My Clippings.txt` of a Kindle: blocks for all books, each ending in a line of ten `=`, in the language of the device.

A block is `Title (Author)`, then `- Your Highlight on page 12 | location 193-194 | Added on Tuesday, 22 August 2023 16:06:33`, a
blank line, and the passage. The second line names the kind of block in one of thirty languages. If its words are unknown, its
form decides: a highlight has a range of locations, a note a single one, and a bookmark has no text.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text
from corpus.model import Source

_END = re.compile(r"={8,}[ \t]*$")
_META = re.compile(r"[ \t]*[-–—*][ \t]*\S")
_RANGE = re.compile(
    r"(?P<word>[^\W\d_][^\W\d_.]*\.?[ \u00a0]?(?:No\.[ \u00a0]?|#)?|#)?[ \u00a0]*(?P<from>\d+)"
    r"(?:[ \u00a0]?(?:[-–~]|t/m|bis|to|à|al|a|até|до|по)[ \u00a0]?(?P<to>\d+))?"
)
_WORD = re.compile(r"[^\W\d_]+")
_AUTHOR = re.compile(r"(?P<title>.*\S)[ \u00a0]*\((?P<author>[^()]*(?:\([^()]*\)[^()]*)*)\)[ \t]*$", re.S)
_INVISIBLE = "\ufeff\u200e\u200f\u200b \t"
_NOTE_WORDS = ("メモ", "笔记", "批注", "筆記", "注釋", "註解", "노트", "메모")
_PASSAGE_WORDS = ("ハイライト", "标注", "標註", "重點", "划线", "하이라이트")
_MARK_WORDS = frozenset(
    [
        "bookmark",
        "lesezeichen",
        "signet",
        "marcador",
        "segnalibro",
        "bladwijzer",
        "bokmärke",
        "bogmærke",
        "kirjanmerkki",
        "zakładka",
        "záložka",
        "закладка",
    ]
)
_PASSAGES = frozenset(
    [
        "highlight",
        "markierung",
        "surlignement",
        "surligné",
        "subrayado",
        "resaltado",
        "evidenziazione",
        "destaque",
        "markering",
        "clip",
        "clipping",
        "article",
        "выделенный",
        "отрывок",
        "zaznaczenie",
    ]
)
LONE_NOTE = "a note of your own without the highlight that it belongs to: left out"
NO_BLOCK = "a clipping whose second line is not understood: left out"


@dataclass(slots=True)
class _Block:
    title: str
    meta: str
    text: str
    line: int
    kind: str = ""
    begin: int = 0
    end: int = 0


def evidence(text: Text) -> int:
    """Lines of ten `=`, and a line of metadata as the second line of most blocks."""
    if "==========" not in text.text:
        return 0
    lines = text.text.split("\n", 400)[:400]
    starts = [0, *(at + 1 for at, line in enumerate(lines) if _END.match(line))]
    fits = sum(
        1
        for at in starts
        if at + 1 < len(lines)
        and lines[at].strip(_INVISIBLE)
        and _META.match(lines[at + 1])
        and re.search(r"\d", lines[at + 1])
    )
    return 3 if fits and len(starts) > 1 and fits * 2 >= len(starts) - 1 else 0


def read(text: Text) -> Reading:
    """Reads every highlight with its notes. Each block names its source."""
    problems: Problems = []
    blocks = _blocks(text.text, problems)
    _kinds(blocks)
    sources: dict[str, Source] = {}
    entries: list[Entry] = []
    places: dict[tuple[str, int], int] = {}
    for block in blocks:
        if block.kind != "passage":
            continue
        source = sources.setdefault(block.title, _source(block.title))
        for place in range(block.begin, min(block.end, block.begin + 100) + 1):
            places[block.title, place] = len(entries)
        entries.append(_entry(block, source))
    remarks: dict[int, list[str]] = defaultdict(list)
    for block in blocks:
        if block.kind == "note":
            found = places.get((block.title, block.end), places.get((block.title, block.begin)))
            if found is None:
                problems.append((block.line, LONE_NOTE))
            else:
                remarks[found].append(block.text)
    for index, lines in remarks.items():
        entries[index] = replace(entries[index], remark="\n".join(dict.fromkeys(lines)))
    return Reading(tuple(entries), Header(), problems, titled=True)


def _blocks(text: str, problems: Problems) -> list[_Block]:
    """Splits the file into blocks. Blocks that are not understood become problems."""
    blocks: list[_Block] = []
    lines = text.split("\n")
    begin = 0
    for at in range(len(lines) + 1):
        if at < len(lines) and not _END.match(lines[at]):
            continue
        first = next((number for number in range(begin, at) if lines[number].strip(_INVISIBLE)), None)
        if first is not None:
            if first + 1 < at and _META.match(lines[first + 1]):
                body = first + 2
                while body < at and not lines[body].strip():
                    body += 1
                passage = "\n".join(line.rstrip() for line in lines[body:at]).strip(_INVISIBLE + "\n")
                title = " ".join(lines[first].strip(_INVISIBLE).split())
                blocks.append(
                    _Block(title, lines[first + 1].strip(" \t-–—*"), passage, min(body, len(lines) - 1) + 1)
                )
            else:
                problems.append((first + 1, NO_BLOCK))
        begin = at + 1
    return blocks


def _kinds(blocks: list[_Block]) -> None:
    """Tells highlights, notes and bookmarks apart: by words, or else by the form of all blocks with the same wording."""
    ranged: Counter[str] = Counter()
    for block in blocks:
        match = _place(block.meta)
        if match is not None:
            block.begin = int(match["from"][:9])
            end = (match["to"] or match["from"])[:9]
            if len(end) < len(match["from"]):  # "1024-26"
                end = match["from"][: -len(end)] + end
            block.end = max(int(end), block.begin)
            ranged[_wording(block.meta)] += block.end > block.begin
    for block in blocks:
        kind = _named(block.meta)
        if kind is None and ranged and not ranged[_wording(block.meta)] and any(ranged.values()):
            kind = "note"
        block.kind = "mark" if not block.text else kind or "passage"


def _named(meta: str) -> str | None:
    """Returns the kind that the words of a second line name; None if they are unknown."""
    head = meta.split("|", 1)[0] if not any(word in meta for word in _NOTE_WORDS + _PASSAGE_WORDS) else meta
    words = [word.lower() for word in _WORD.findall(head)]
    if any(word in head for word in _PASSAGE_WORDS) or _PASSAGES.intersection(words):
        return "passage"
    if any(word in head for word in _NOTE_WORDS):
        return "note"
    if _MARK_WORDS.intersection(words):
        return "mark"
    roles = [role_of(word) for word in words[:4]]
    return "note" if Role.NOTE in roles else "passage" if Role.PASSAGE in roles else None


def _wording(meta: str) -> str:
    """Returns the words of a second line without its location and date."""
    return " ".join(_WORD.findall(re.split(r"\d|\|", meta, maxsplit=1)[0])).lower()


def _parts(meta: str) -> tuple[list[str], str]:
    """Splits a second line at its bars. Returns (parts with locations, part with the date)."""
    parts = [part.strip() for part in meta.split("|")]
    dated = next((part for part in reversed(parts) if dates.day(part) is not None), "")
    return [part for part in parts if part != dated], dated


def _place(meta: str) -> re.Match[str] | None:
    """Returns the location, or else the page: the last range before the date, or the last number."""
    found = [match for part in _parts(meta)[0] for match in _RANGE.finditer(part)]
    ranges = [match for match in found if match["to"]]
    best = ranges or found
    return best[-1] if best else None


def _entry(block: _Block, source: Source) -> Entry:
    match = _place(block.meta)
    location = None
    if match is not None:
        number = match["from"] + (f"-{match['to']}" if match["to"] else "")
        word = (match["word"] or "").strip()
        location = f"{word} {number}" if word and word != "#" else number
    added = dates.moment(_parts(block.meta)[1])
    return Entry(block.text, block.line, location=location, added=added, source=source)


def _source(title: str) -> Source:
    match = _AUTHOR.match(title)
    name, author = (match["title"], match["author"]) if match is not None else (title, "")
    authors = tuple(properties.first_name_first(part.strip()) for part in author.split(";") if part.strip())
    return Source(properties.title(name) or title or "My Clippings", authors, "books")


LAYOUT = Layout(
    "kindle clippings",
    "Kindle clippings (My Clippings.txt)",
    evidence,
    read,
    frozenset({".txt", ".md", ".markdown"}),
    marks=("==========",),
)
