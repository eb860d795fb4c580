"""The Obsidian plugin "Kindle Highlights": `passage — location: [170](kindle://…) ^ref-1`, the remark below, rules between.

Older versions wrote the rule above a passage, the id on a line above it, or the remark right behind the link; the first ones wrote
`  - > passage (location: 170)`. In each of them, all that stands between a passage's location and the next rule is the reader's. A
note in a template of the reader's own is read by the common reader.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.formats import properties
from corpus.formats.entry import BLOCK_LINE, Entry, child, dedent
from corpus.formats.header import heading, is_passages
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Reading, Text, each
from corpus.formats.outline.open_blocks import is_rule
from corpus.formats.outline.parts import parts
from corpus.formats.outline.read import read_note, read_part
from corpus.formats.outline.sections import METADATA, READERS

_TAIL = re.compile(
    r"(?:[ \t]|(?<=\S))[—–][ \t]location:[ \t]*\[(?P<place>[^\[\]\n]{0,40})\]\((?P<url>kindle:[^\s()]*)?\)(?P<behind>.*)$",
    re.I,
)
_REF = re.compile(r"[ \t]*\^ref-\S{1,60}[ \t]*$")
_SIGNED = re.compile(r"[ \t]*(?:>|[-*+][ \t])")
"""A sign before a passage. If all passages have one, a template of the reader's own wrote it."""
_ITEM = re.compile(r" {2}- > (?P<text>.*\S)[ \t]+\(location:[ \t]*(?P<place>[^()\n]{0,40})\)[ \t]*$")
"""A passage as the first versions wrote it."""
_PLACED = re.compile(
    r"(?P<lead>[> \t]{0,20}(?:[-*+][ \t]{1,4})?)[—–*_( \t-]{0,20}"
    r"(?:(?P<word>[^\W\d_]{1,20})[.:]?[ \t]{0,4})?\[(?P<place>[^\[\]\n]{1,40})\]"
    r"\((?P<url>kindle:[^\s()]+)\)[)*_]{0,3}[ \t,|·•–—-]{0,9}[(*_]{0,3}[\d./: -]{0,24}[)*_]{0,3}[ \t]*$"
)
"""A line of its own with a location and perhaps a date, as people write it in their templates."""
_HEADED = re.compile(
    r"(?P<place>#{2,6}[ \t]+(?:location|loc|page|p)\b[^()\n]{0,30}?)[ \t]{0,3}\((?P<date>\d[\d/.-]{7,9})\)[ \t]*$",
    re.I,
)
_APP = "[Kindle link]("
_MAX_TAIL_CHARS = 4_000
"""How many characters at the end of a line are searched for a location."""


@dataclass(slots=True)
class _Found:
    """A passage that is being read."""

    line: int
    lines: list[str]
    place: str
    url: str | None
    chapter: str | None
    remark: list[str] = field(default_factory=list)
    closed: bool = False
    """Whether a rule or heading stands below it."""


def evidence(text: Text) -> int:
    """Its front matter, its links with its block ids, or its link to the book and the location behind a passage."""
    if "kindle-sync" in text.front.properties:
        return 3
    if "](kindle://" in text.text and "^ref-" in text.text:
        return 2
    located = "— location: [" in text.body and any(map(_tail, text.lines))
    first = _APP in text.body and any(map(_ITEM.match, text.lines))
    return 2 if located or first else 0


def _tail(line: str) -> re.Match[str] | None:
    """Returns the location behind a passage and all that follows it on the line."""
    if "ocation: [" not in line and "ocation:[" not in line:
        return None
    return _TAIL.search(line, max(0, len(line) - _MAX_TAIL_CHARS))


def rewrite(line: str) -> str:
    """Writes a location on a line or in a heading of its own in the form that the common reader knows."""
    if line[:1] == "#" and (headed := _HEADED.match(line)) is not None:
        return f"{headed['place']} @ {headed['date']}"
    if "](kindle:" not in line or (placed := _PLACED.match(line)) is None:
        return line
    word = placed["word"] or ""
    if word and role_of(word) is not Role.LOCATION:
        return line
    place = f"{word} {placed['place']}" if placed["place"][0].isdigit() else placed["place"]
    return f"{placed['lead']}[{place.strip()}]({placed['url']})"


def read(text: Text) -> Reading:
    """Reads a note in one of the plugin's own templates, and any other note with the common reader."""
    if (first := _first_passage(text.lines)) is None or parts(text):
        return read_note(text, LAYOUT)
    found = list(_passages(text.lines))
    if _have_labels([passage.remark for passage in found]):
        return read_note(text, LAYOUT)
    head = read_part(text.lines[:first], text.front.first_line, text.front.first("title"), LAYOUT)
    labelled = _all_labelled([passage.remark for passage in found])
    entries = [_entry(passage, text.front.first_line, labelled=labelled) for passage in found]
    return Reading(tuple(entries), head.header)


def _first_passage(lines: Sequence[str]) -> int | None:
    """Returns the line of the first passage in a template of the plugin; None if there is none, or all have signs of their own."""
    listed = [at for at, line in enumerate(lines) if _ITEM.match(line)]
    tails = [at for at, line in enumerate(lines) if _tail(line)]
    if listed and not tails:
        return listed[0]
    signed = all(_SIGNED.match(lines[at]) for at in tails)
    return None if not tails or (signed and len(tails) > 1) else tails[0]


def _passages(lines: Sequence[str]) -> Iterator[_Found]:
    """Returns the passages of a note, each with the lines of its remark."""
    current: _Found | None = None
    above: list[str] = []
    """The lines above, up to a rule, a heading or the passage before. The beginning of a passage may be among them."""
    begin = 0
    chapter: str | None = None
    within = False
    """Whether the head of the note is over."""
    for at, line in enumerate(lines):
        tail = _tail(line)
        item = _ITEM.match(line) if tail is None else None
        if tail is not None or item is not None:
            if current is not None:
                if not current.closed:
                    current.remark, above, begin = _parted(current.remark, at)
                yield current
            words = above if within else _last_paragraph(above)
            current = _found(at, line, words, begin if within else at - len(words), chapter)
            above, within = [], True
        elif (found := _heading(line)) is not None or is_rule(line):
            within = within or found is None or is_passages(found[1])
            chapter = chapter if found is None else _chapter(found, chapter)
            above, begin = [], at + 1
            if current is not None:
                current.closed = True
        elif current is not None and not current.closed:
            current.remark.append(line)
        elif _REF.match(line) or BLOCK_LINE.match(line):
            above, begin = [], at + 1
        else:
            above.append(line)
    if current is not None:
        yield current


def _found(at: int, line: str, words: list[str], begin: int, chapter: str | None) -> _Found:
    """Returns the passage that ends on line `at`, with what follows its location on that line as the beginning of the remark."""
    if (tail := _tail(line)) is None:
        item = _ITEM.match(line)
        return (
            _Found(at, [item["text"]], item["place"], None, chapter)
            if item
            else _Found(at, [], "", None, chapter)
        )
    behind = _REF.sub("", tail["behind"]).strip()
    lines = [*words, line[: tail.start()]]
    return _Found(begin, lines, tail["place"], tail["url"], chapter, [behind] if behind else [])


def _heading(line: str) -> tuple[int, str] | None:
    return heading(line) if line[:1] == "#" else None


def _chapter(found: tuple[int, str], before: str | None) -> str | None:
    """Returns the chapter below a heading. The note's own headings are no chapters, and its title is none."""
    level, name = found
    bare = name.strip("# :").lower()
    if level == 1 or is_passages(name) or bare in METADATA or bare in READERS:
        return None
    return properties.chapter(name) or before


def _last_paragraph(lines: list[str]) -> list[str]:
    """Returns the lines after the last empty one."""
    end = next((at for at in range(len(lines) - 1, -1, -1) if not lines[at].strip()), -1)
    return lines[end + 1 :]


def _parted(lines: list[str], at: int) -> tuple[list[str], list[str], int]:
    """Parts the lines between two passages without a rule: what follows the last empty line is the beginning of the second."""
    words = _last_paragraph(lines)
    if len(words) == len(lines):
        return lines, [], at
    return lines[: len(lines) - len(words)], words, at - len(words)


def _all_labelled(remarks: Sequence[list[str]]) -> bool:
    """Whether every remark begins with the label "Note:", as in a template. A label that only some have is the reader's."""
    firsts = [next((line for line in lines if line.strip()), "") for lines in remarks]
    labels = [child(line.strip()) for line in firsts if line]
    return bool(labels) and all(
        found is not None and found.role is Role.NOTE and (found.marked or found.name.isalpha())
        for found in labels
    )


def _have_labels(remarks: Sequence[list[str]]) -> bool:
    """Whether the same label, such as "Color:", stands below every passage. Then the template is the reader's own."""
    names = [
        {
            found.name.lower()
            for line in lines
            if (found := child(line.strip())) and found.role is not Role.NOTE
        }
        for lines in remarks
    ]
    return len(names) > 1 and bool(set.intersection(*names))


def _entry(found: _Found, first_line: int, *, labelled: bool) -> Entry:
    """Returns the passage as an entry. The reader's words stay as written."""
    lines = dedent([line for line in found.remark if not BLOCK_LINE.match(line)])
    remark = "\n".join(lines).strip()
    if labelled and (named := child(remark.partition("\n")[0])) is not None:
        remark = "\n".join([named.value, *remark.split("\n")[1:]]).strip()
    text = "\n".join(line.strip() for line in found.lines).strip()
    place = found.place.strip()
    return Entry(
        text,
        first_line + found.line,
        link=found.url or None,
        location=f"Location {place}" if place else None,
        remark=remark or None,
        chapter=found.chapter,
        marked=True,
    )


LAYOUT = Layout(
    "kindle plugin",
    "Kindle highlights (Obsidian plugin)",
    evidence,
    read,
    rewrite=each(rewrite),
    category="books",
    always_linked=True,
    marks=("](kindle://", "— location: [", _APP.lower()),
    properties=frozenset({"kindle-sync"}),
)
