"""An outline of one source, as Tana, Workflowy and others copy it. The root is the title; below are properties and passages.

- Spire Mathematics #book
  - Author:: Corneel Daas
  - Highlights::
    - A spire is a sum that ends in sky. #highlight
      - Page:: 8
      - My thoughts:: mine
"""

import re
from collections.abc import Sequence

from corpus.formats.header import is_passages
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.outline.read import read_note

_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*][ \t]+(?P<text>.*)$")
_FIELD = re.compile(r"\*{0,2}(?P<key>[^\W\d_][^:*\[\]]{0,30})\*{0,2}::?\*{0,2}(?:[ \t]+(?P<value>.*))?$")
_TAGS = re.compile(r"(?:[ \t]+#(?:\[\[[^\[\]]*\]\]|[^\s#]+))+[ \t]*$")
_LINKED = re.compile(r"\[(?P<name>[^\[\]\n]+)\]\((?P<url>https?://[^\s()]+)\)")
_TANA = "%%tana%%"


def _root(lines: Sequence[str]) -> int | None:
    """Returns the line of the only bullet at the margin; None if anything else stands at the margin."""
    begun = (at for at, line in enumerate(lines) if line.strip() and line.strip() != _TANA)
    first = next(begun, None)
    if first is None or _BULLET.match(lines[first]) is None or lines[first][0] in " \t":
        return None
    return first if all(lines[at][0] in " \t" for at in begun) else None


def _fields(lines: Sequence[str], root: int) -> dict[str, str]:
    """Returns the properties of the root: "Author:: x" and "Highlights::" right below it."""
    found: dict[str, str] = {}
    width: int | None = None
    for line in lines[root + 1 :]:
        match = _BULLET.match(line)
        if match is None:
            continue
        width = len(match["indent"]) if width is None else width
        field = _FIELD.match(match["text"]) if len(match["indent"]) == width else None
        if field is not None:
            found.setdefault(field["key"].strip().lower(), field["value"] or "")
    return found


def evidence(text: Text) -> int:
    """One root with at least two properties, one of them for the passages."""
    root = _root(text.lines) if "- " in text.body[:200] or "* " in text.body[:200] else None
    if root is None:
        return 0
    fields = _fields(text.lines, root)
    return (
        3 if any(is_passages(key) and not value for key, value in fields.items()) and len(fields) > 1 else 0
    )


def read(text: Text) -> Reading:
    """Reads the passages below "Highlights::". The root's other properties belong to the source."""
    root = _root(text.lines)
    assert root is not None
    reading = read_note(text, LAYOUT)
    match = _BULLET.match(text.lines[root])
    assert match is not None
    linked = _LINKED.match(match["text"])
    if linked is not None:
        reading.header.values.setdefault("url", [linked["url"]])
    reading.header.h1 = linked["name"] if linked is not None else _TAGS.sub("", match["text"])
    for key, value in _fields(text.lines, root).items():
        if value:
            reading.header.values.setdefault(key, [value])
    tags = tuple(re.findall(r"#\[*([^\s#\[\]]+)", match["text"]))
    return Reading(reading.entries, reading.header, reading.problems, tags)


def rewrite(lines: Sequence[str]) -> list[str]:
    """Moves the passages to the margin, below a heading, and drops the root's properties."""
    root = _root(lines)
    assert root is not None
    width: int | None = None
    depth = 0
    inside = False
    found = ["" for _ in lines[: root + 1]]
    for line in lines[root + 1 :]:
        match = _BULLET.match(line)
        indent = len(line) - len(line.lstrip(" \t"))
        if match is not None and (width is None or indent == width):
            width = indent
            field = _FIELD.match(match["text"])
            inside, depth = field is not None and is_passages(field["key"]) and not field["value"], 0
            found.append("## Highlights" if inside else "")
        elif inside:
            depth = depth or indent
            bare = line[min(depth, indent) :]
            found.append(f"    {bare}" if bare[:1] in " \t" else bare)
        else:
            found.append("")
    return found


LAYOUT = Layout("outliner", "outline of one source", evidence, read, rewrite=rewrite, tags_follow=True)
