"""Notes of Google Play Books as text: title, author, notices, then for each highlight a passage, a date and a page.

Google Drive writes the document in the language of the account. So no table of words is used here: a highlight is the text above a
line with only a date, followed by a line with only a page.
"""

import re
from collections.abc import Sequence

from corpus.formats import dates, properties
from corpus.formats.entry import COLORS, Entry
from corpus.formats.header import Header
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Problems, Reading, Text

_PAGE = re.compile(r"\[?(?P<page>\d{1,5}|[ivxlc]{1,8})\]?(?:\((?P<url>https?://[^\s()]+)\))?[ \t]*$", re.I)
_NAMED = "Play Books"
_SENTENCE_END = tuple('*_.!?…"”»’)。！？」:;,')
_MAX_CHAPTER_CHARS = 80
"""A longer line is no chapter's name."""
_FEW_WORDS = 3
"""A line of at most this many words may be a chapter's name."""
_SMALL_WORD_CHARS = 3
"""Words of at most this many characters need no capital in a chapter's name."""
UNSURE = "this line may be a passage or the name of a chapter, so the text below it may be yours or the book's: both are left out"
_HEAD_PARAGRAPHS = 12
"""How many paragraphs may stand above the first highlight."""

Paragraph = tuple[int, list[str]]
"""(index of its first line, its lines)."""


def _is_end(lines: Sequence[str], at: int) -> bool:
    """Whether a highlight ends on this line: a page, with a date above it."""
    return _PAGE.match(lines[at].strip()) is not None and at > 0 and _is_date(lines[at - 1])


def _is_date(line: str) -> bool:
    return line.strip()[:1].isalnum() and dates.is_date(line) and dates.day(line) is not None


def evidence(text: Text) -> int:
    """The ends of two highlights (a page with a date above), or one and the name of the shop."""
    if not any(
        _PAGE.match(line.strip()) for line in text.lines if line[:1].strip("[").isalnum() or line[:1] == "["
    ):
        return 0
    ends = sum(_is_end(lines, at) for _, lines in _paragraphs(text.lines) for at in range(len(lines)))
    return 3 if ends > 1 or (ends and _NAMED in text.body) else 0


def read(text: Text) -> Reading:
    """Reads every passage. The text between a passage and its date is the remark."""
    header = Header()
    header.values["category"] = ["books"]
    entries: list[Entry] = []
    problems: Problems = []
    pending: list[Paragraph] = []
    chapter: str | None = None
    shade: str | None = None
    paragraphs = _paragraphs(text.lines)
    first = _head_end(paragraphs)
    for _, lines in paragraphs[:first]:
        _head(header, lines)
    for at, lines in paragraphs[first:]:
        ends = [number for number in range(len(lines)) if _is_end(lines, number)]
        if not ends:
            pending.append((at, lines))
            continue
        if ends[0] > 1:
            pending.append((at, lines[: ends[0] - 1]))
        while len(pending) > 1 and _is_chapter(pending[0][1]):
            name = pending.pop(0)[1][0].strip("# ")
            shade, chapter = (
                (name.lower(), chapter) if name.lower() in COLORS else (shade, properties.chapter(name))
            )
        if (
            len(pending) > 1
            and not pending[0][1][-1].rstrip().endswith(_SENTENCE_END)
            and len(pending[0][1]) == 1
        ):
            problems.append((text.front.first_line + pending[0][0], UNSURE))
        elif pending:
            entries.append(_entry(text, pending, lines, ends[0], chapter, shade))
        pending = []
    return Reading(tuple(entries), header, problems)


def _entry(
    text: Text, found: list[Paragraph], last: list[str], end: int, chapter: str | None, shade: str | None
) -> Entry:
    match = _PAGE.match(last[end].strip())
    assert match is not None
    (at, words), *others = found
    remark = "\n\n".join("\n".join(lines) for _, lines in others)
    return Entry(
        "\n".join(line.rstrip() for line in words).strip(),
        text.front.first_line + at,
        link=properties.address(match["url"] or ""),
        location=f"Page {match['page']}",
        remark=remark.strip() or None,
        chapter=chapter,
        added=dates.moment(last[end - 1]),
        color=shade,
    )


def _paragraphs(lines: Sequence[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if found and found[-1][0] + len(found[-1][1]) == at:
            found[-1][1].append(line)
        else:
            found.append((at, [line]))
    return _with_pages_joined(found)


def _with_pages_joined(found: list[Paragraph]) -> list[Paragraph]:
    """Joins the page of a highlight to the date above it if a blank line stands between, as in Markdown."""
    joined: list[Paragraph] = []
    for at, lines in found:
        above = joined[-1] if joined else None
        alone = above is not None and len(above[1]) == len(lines) == 1 and at == above[0] + 2
        if above is not None and alone and _is_end([above[1][0], lines[0]], 1):
            joined[-1] = above[0], [*above[1], *lines]
        else:
            joined.append((at, lines))
    return joined


def _head_end(paragraphs: Sequence[Paragraph]) -> int:
    """Returns the number of paragraphs above the first highlight. The last of them names the day of the last change."""
    end = next(
        (
            at
            for at, (_, lines) in enumerate(paragraphs)
            if any(_is_end(lines, number) for number in range(len(lines)))
        ),
        0,
    )
    dated = [
        at
        for at, (_, lines) in enumerate(paragraphs[:end])
        if at < _HEAD_PARAGRAPHS and any(dates.day(line) is not None and not _is_date(line) for line in lines)
    ]
    return dated[0] + 1 if dated else max(0, end - 1)


def _is_chapter(lines: list[str]) -> bool:
    """Whether a paragraph is surely a chapter's name: short, or numbered, or in title case."""
    line = lines[0].strip()
    if len(lines) > 1 or len(line) > _MAX_CHAPTER_CHARS or line.endswith(_SENTENCE_END):
        return False
    words = line.split()
    numbered = role_of(words[0].strip(".:")) is Role.CHAPTER or words[0][0].isdigit()
    titled = all(word[:1].isupper() for word in words if len(word) > _SMALL_WORD_CHARS)
    return numbered or len(words) <= _FEW_WORDS or titled or line.startswith("#") or line.lower() in COLORS


def _head(header: Header, lines: list[str]) -> None:
    """Takes the first paragraph as the title, with the author right below it."""
    if header.h1 is not None or not any(map(str.isalnum, lines[0])):
        return
    if len(lines) == 1 and lines[0].strip().lower() == "cover image":
        return
    header.h1 = lines[0].strip("# \ufeff")
    if len(lines) > 1 and ":" not in lines[1]:
        header.values["author"] = [lines[1].strip("_* ")]


LAYOUT = Layout("google play", "Google Play Books notes", evidence, read)
