"""Reads lines with nothing but a location and perhaps a date: "Page 12 • Jan 2, 2024", "Highlight on page 12"."""

import re
from dataclasses import dataclass

from corpus.formats import dates
from corpus.formats.entry import COLORS
from corpus.formats.header import header_role
from corpus.formats.labels import Role, role_of

_DATE_LETTERS = 24
"""How many letters a date with words may have: "Wednesday, 22 September 2023"."""
MAX_CHARS = 120
"""A longer line is text."""

_SIGNS = "_*()[]{}<> \t\u00a0"
_BETWEEN = re.compile(r"\s*[|·•;]\s*|\s+[—–-]{1,2}\s+|,\s+(?=[^\W\d_]+\.?\s*#?\d+\s*(?:$|[,|·•;—–-]))")
_PLACE = re.compile(
    r"(?P<before>(?:[^\W\d_][\w.]*\s+){0,4}?)(?P<word>[^\W\d_]{1,20})[.:：]?\s*#?"
    r"(?P<number>\d[\d.,:–-]*(?:[ \u00a0]?%)?|[ivxlc]+)(?:\s*(?:of|/|von|de|из)\s*\d+)?$",
    re.I,
)
_SMALL_WORDS = frozenset(
    {"on", "at", "your", "auf", "bei", "sur", "à", "la", "en", "in", "a", "na", "op", "the"}
)
_EAST_ASIAN_PAGE = re.compile(r"第?\s*\d+\s*(?:页|頁|ページ|쪽|페이지)$")
_SHORT = re.compile(r"(?:pp?|pg|loc|pos|S|str|с|стр)\.\s?\d", re.I)
_SMALL = re.compile(r"</?(?:small|sub|sup|cite|span|i|b|em|strong|p)>", re.I)
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d+)?\s?%$")
_DATED = re.compile(r"(?P<words>(?:[^\W\d_]+\s+){0,2}?[^\W\d_]+)[:：]?\s+(?P<date>.*\d.*)$")
_AT_END = (
    re.compile(r"[ \t\n]*[(\[](?P<place>[^()\[\]\n]{1,60})[)\]]$"),
    re.compile(r"[ \t\n]+[—–-]{1,2}[ \t]*(?P<place>[^—–\n]{1,60})$"),
    re.compile(r"\s+Read more at (?P<place>location \d+)$"),
)
_DATE_AT_END = re.compile(
    r"[ \t\n]+[—–-]{1,2}[ \t]*(?P<words>[^\W\d_]+(?: [^\W\d_]+){0,2})[:：]?[ \t]+(?P<date>\d[^—–\n]{5,40})$"
)
_UPDATED = frozenset({"updated", "updated at", "updated on", "last updated"})
_IMPORTED = frozenset(
    {
        "imported",
        "imported on",
        "exported",
        "exported on",
        "last import",
        "import date",
        "importiert am",
        "importé le",
        "导入于",
        "导入时间",
    }
)
_IN_BRACKETS = re.compile(r"[ \t]\([^()\n]*\)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?$")


@dataclass(frozen=True, slots=True)
class Place:
    """The location, date and colour in such a line."""

    location: str | None
    added: str | None
    color: str | None = None


def place(line: str) -> Place | None:
    """Reads a line with nothing but a location and perhaps a date and a colour; returns None for any other line.

    A date or colour alone is not enough: such a line may be a passage.
    """
    if len(line) > MAX_CHARS:
        return None
    if "<" in line:
        line = _SMALL.sub("", line)
    bare = line.strip(_SIGNS).lstrip("—–- 📍📖🔖").strip(_SIGNS)
    location = added = color = None
    pending = _BETWEEN.split(bare)[::-1]
    while pending:
        part = pending.pop().strip(_SIGNS + ",")
        if not part:
            continue
        if (found := _location(part)) is not None:
            location = location or found
        elif ", " in part and _location(part.split(", ", 1)[0]) is not None:
            pending += reversed(part.split(", ", 1))
        elif (moment := _moment(part)) is not None:
            added = added or moment
        elif all(word in COLORS or role_of(word) is Role.PASSAGE for word in part.lower().split()):
            color = next((word for word in part.lower().split() if word in COLORS), color)
        elif ", " in part:
            pending += reversed(part.split(", ", 1))
        elif not _CLOCK.match(part):
            return None
    return Place(location, added, color) if location is not None else None


def moment(line: str) -> str | None:
    """Returns the moment in a line with nothing but a date in brackets, in italics or after a dash: "*— 14 April 2023*"."""
    text = line.strip()
    bare = text.strip(_SIGNS).lstrip("—–- ").strip(_SIGNS)
    short = len(text) <= MAX_CHARS and bare != text and sum(map(str.isalpha, bare)) <= _DATE_LETTERS
    return _moment(bare) if short and place(bare) is None else None


def is_import(line: str) -> bool:
    """Whether a line has nothing but the time of an import: "Imported on 2024-03-01 9:12 am"."""
    bare = _IN_BRACKETS.sub("", line).strip(_SIGNS + "⬇⬆️") if len(line) <= MAX_CHARS else ""
    match = _DATED.match(bare.replace("#", " ").strip(_SIGNS))
    words = match["words"].lower() if match is not None else ""
    return words in _IMPORTED and match is not None and dates.is_date(match["date"].strip(_SIGNS))


def cut_place(text: str) -> tuple[str, str] | None:
    """Returns (text, location) if a passage ends in a location without a link: "… (Page 14)", "… — p. 40"; else None."""
    last = text[-1:]
    if last not in (")", "]") and not (last.isalnum() or last == "%"):
        return None
    end = text[-MAX_CHARS:]
    if last not in (")", "]") and not (
        "—" in end or "–" in end or " -" in end or "\n-" in end or "Read more" in end
    ):
        return None
    for form in _AT_END:
        match = form.search(text, max(0, len(text) - MAX_CHARS))
        found = place(match["place"]) if match is not None else None
        if match is not None and found is not None and found.location:
            return text[: match.start()].rstrip(), found.location
    return None


def cut_date(text: str) -> tuple[str, str] | None:
    """Returns (text, moment) if a passage ends in a labelled date after a dash: "… — Updated on 2022/08/10 09:00"; else None."""
    if not text[-1:].isdigit() or not any(dash in text[-MAX_CHARS:] for dash in "—–-"):
        return None
    match = _DATE_AT_END.search(text, max(0, len(text) - MAX_CHARS))
    words = " ".join(match["words"].lower().split()) if match is not None else ""
    if match is None or not (role_of(words) is Role.ADDED or words in _UPDATED):
        return None
    added = dates.moment(match["date"]) if dates.is_date(match["date"]) else None
    return (text[: match.start()].rstrip(), added) if added is not None else None


def _location(part: str) -> str | None:
    if _PERCENT.match(part):
        return part
    if (page := _EAST_ASIAN_PAGE.match(part)) is not None:
        return " ".join(page.group().split())
    match = _PLACE.match(part)
    if match is None or not (role_of(match["word"]) is Role.LOCATION or _SHORT.match(part)):
        return None
    before = match["before"].lower().split()
    known = all(
        word in _SMALL_WORDS
        or word in COLORS
        or role_of(word) in (Role.PASSAGE, Role.LOCATION, Role.CHAPTER)
        or header_role(word) == "title"  # "Book location 12 %"
        for word in before
    )
    return f"{match['word'].capitalize()} {match['number'].rstrip('.,:')}" if known else None


def _moment(part: str) -> str | None:
    if dates.is_date(part):
        return dates.moment(part)
    match = _DATED.match(part)
    if match is not None and role_of(match["words"].lower()) is Role.ADDED and dates.is_date(match["date"]):
        return dates.moment(match["date"])
    return None
