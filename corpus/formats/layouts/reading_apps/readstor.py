"""ReadStor (Apple Books): rules between the annotations, `notes: remark` and `tags: #tag` below a passage.

Its template "basic" writes the title, the author and the time of the last opening into the front matter
(https://github.com/tnahs/readstor).
"""

import re
from collections.abc import Sequence

from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.quoted_blocks import trimmed

_RULE = re.compile(r"---[ \t]*$")
_NOTES, _TAGS = "notes: ", "tags: "
_TAGS_BEHIND = re.compile(r"(?:^|\s*)tags: (?P<tags>#\S+(?: #\S+)*)[ \t]*$")
"""The tags: on a line of their own, or right behind the remark."""


def evidence(text: Text) -> int:
    """Its property for the last opening, a title and an author, and rules."""
    front = text.front.properties
    if not {"last-opened", "title", "author"} <= front.keys():
        return 0
    return 3 if any(map(_RULE.match, text.lines)) else 0


def read(text: Text) -> Reading:
    """Reads the annotation below every rule."""
    rules = [at for at, line in enumerate(text.lines) if line.startswith("---") and _RULE.match(line)]
    found = (
        _entry(text.lines[begin + 1 : end], text.front.first_line + begin + 1)
        for begin, end in zip(rules, [*rules[1:], len(text.lines)], strict=True)
    )
    return Reading(tuple(filter(None, found)), Header())


def _entry(lines: Sequence[str], number: int) -> Entry | None:
    labels = (at for at, line in enumerate(lines) if line.startswith((_NOTES, _TAGS)))
    end = next(labels, len(lines))
    first = next((at for at in range(end) if lines[at].strip()), None)
    if first is None:
        return None
    below = list(trimmed(lines[end:]))
    tags: tuple[str, ...] = ()
    if (
        below
        and _TAGS in below[-1]
        and (behind := _TAGS_BEHIND.search(below[-1], max(0, below[-1].rfind(_TAGS))))
    ):
        tags = tuple(tag.strip("#") for tag in behind["tags"].split())
        below[-1] = below[-1][: behind.start()]
    remark = "\n".join(below).removeprefix(_NOTES).strip() or None
    return Entry("\n".join(lines[first:end]).strip(), number + first, remark=remark, tags=tags)


LAYOUT = Layout(
    "readstor",
    "Apple Books highlights (ReadStor)",
    evidence,
    read,
    category="books",
    properties=frozenset({"last-opened"}),
)
