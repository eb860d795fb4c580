"""Moves passages that are indented below another block to the margin."""

import re
from collections.abc import Sequence

from corpus.formats import link_tail
from corpus.formats.header import is_passages
from corpus.formats.labels import label
from corpus.formats.outline.open_blocks import is_rule

MAX_LINES = 2_000
"""How many lines below a bullet are read."""

_BULLET = re.compile(r"[-*+][ \t]+(?P<heading>#{1,6}[ \t]+)?")
_INNER = re.compile(r"(?P<indent>[ \t]+)(?:[-*+][ \t]|>)")
_HEADED = re.compile(r"[-*+][ \t]+\*{0,2}(?P<name>[^*\n]{3,40}?)\*{0,2}:{0,2}\*{0,2}[ \t]*$")
_INDENTED_BULLET = re.compile(r" {1,3}[-*+][ \t]")
_GLUED = re.compile(r"(?<=\))(?=#{1,3} \S)")


def unnested(lines: Sequence[str]) -> list[str]:
    """Moves nested passages to the margin. The number of lines stays.

    Indented lines are passages of their own in three cases: below a bullet named "Highlights"; below a bullet without a link, if
    two or more of them end in a highlight's link; and below a bullet that is a heading, if one of them does. Otherwise they are
    part of the bullet, whose link may stand in its last line.
    """
    found = list(lines)
    at = 0
    while at < len(found):
        bullet = _BULLET.match(found[at])
        end = at + 1
        while (
            end < len(found)
            and end - at < MAX_LINES
            and (found[end][:1] in (" ", "\t") or not found[end].strip())
        ):
            end += 1
        if bullet is not None and end > at + 1 and not link_tail.is_tail(found[at]):
            if (named := headed_bullet(found[at])) is not None and is_passages(named):
                _unindent(found, at, end)
                found[at] = "## Highlights"
            else:
                _unnest(found, at, end, headed=bullet["heading"] is not None)
        at = end
    return found


def dedented(lines: Sequence[str]) -> Sequence[str]:
    """Moves lists to the margin whose bullets all have one to three blanks before them, below a heading with nothing else.

    Markdown takes such a list for one at the margin. The number of lines stays.
    """
    if not any(_INDENTED_BULLET.match(line) for line in lines):
        return lines
    found = list(lines)
    begin = 0
    for end in [*(at for at, line in enumerate(lines) if line[:1] == "#"), len(lines)]:
        part = [line for line in found[begin:end] if line.strip() and not is_rule(line)]
        if part and _INDENTED_BULLET.match(part[0]) and all(line[0] == " " for line in part):
            width = min(len(line) - len(line.lstrip(" ")) for line in part)
            found[begin:end] = [line[width:] if line[:width].isspace() else line for line in found[begin:end]]
        begin = end + 1
    return found


def headed_bullet(line: str) -> str | None:
    """Returns the words of a short bullet that may be a heading: "- **Highlights**", "- Highlights::". None for other lines."""
    match = _HEADED.match(line)
    return match["name"].strip() if match is not None else None


def _unnest(lines: list[str], at: int, end: int, *, headed: bool) -> None:
    """Moves the lines below a bullet to the margin if enough of them are passages with links."""
    inner = [
        (number, match) for number in range(at + 1, end) if (match := _INNER.match(lines[number])) is not None
    ]
    linked = [
        (number, match)
        for number, match in inner
        if link_tail.is_tail(lines[number]) and _is_own(lines[number])
    ]
    if len(linked) < (1 if headed else 2):
        return
    width = min(len(match["indent"]) for _, match in linked)
    if headed:
        lines[at] = "##" + lines[at].lstrip("-*+ \t")
    _unindent(lines, at, end, width)


def _unindent(lines: list[str], at: int, end: int, width: int | None = None) -> None:
    """Moves the lines below a bullet to the left: by `width`, or by their smallest indentation."""
    indents = {
        number: len(lines[number]) - len(lines[number].lstrip(" \t"))
        for number in range(at + 1, end)
        if lines[number].strip()
    }
    width = min(indents.values(), default=0) if width is None else width
    for at_line, indent in indents.items():
        lines[at_line] = lines[at_line][min(width, indent) :]


def _is_own(line: str) -> bool:
    """Whether a line has words before its link, and no label."""
    words = line.lstrip(" \t-*+>")
    found = label(words)
    return bool(link_tail.cut(words).text) and (found is None or found.role is None)


def parted(line: str) -> list[str]:
    """Splits a line if a sync attached a heading to its end: "… (link)## New highlights added August 3, 2023 at 7:17 AM"."""
    parts = _GLUED.split(line, maxsplit=1) if ")#" in line else [line]
    return (
        parts if len(parts) > 1 and (link_tail.is_tail(parts[0]) or "# New highlight" in parts[1]) else [line]
    )
