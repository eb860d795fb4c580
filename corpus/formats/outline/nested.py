"""Passages below another block: indented, each with a link of its own."""

import re
from collections.abc import Sequence

from corpus.formats import link_tail
from corpus.formats.header import is_passages
from corpus.formats.labels import label

MAX_LINES = 2_000
"""Lines below one bullet that are looked at."""

_BULLET = re.compile(r"[-*+][ \t]+(?P<heading>#{1,6}[ \t]+)?")
_INNER = re.compile(r"(?P<indent>[ \t]+)(?:[-*+][ \t]|>)")
_HEADED = re.compile(r"[-*+][ \t]+\*{0,2}(?P<name>[^*\n]{3,40}?)\*{0,2}:{0,2}\*{0,2}[ \t]*$")
_GLUED = re.compile(r"(?<=\))(?=#{2,3} New highlights? )")


def unnested(lines: Sequence[str]) -> list[str]:
    """The lines with nested passages at the margin; their number stays.

    Passages stand below a bullet without a link where two or more indented bullets or quotes end in a highlight's link, where one
    does and the bullet is a heading, and below a bullet that is named "Highlights". Else what is indented is a part of the bullet,
    whose link may stand in its last line.
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


def headed_bullet(line: str) -> str | None:
    """The words of a bullet that is short and may be a heading: "- **Highlights**", "- Highlights::"."""
    match = _HEADED.match(line)
    return match["name"].strip() if match is not None else None


def _unnest(lines: list[str], at: int, end: int, *, headed: bool) -> None:
    inner = [(one, match) for one in range(at + 1, end) if (match := _INNER.match(lines[one])) is not None]
    linked = [(one, match) for one, match in inner if link_tail.is_tail(lines[one]) and _is_own(lines[one])]
    if len(linked) < (1 if headed else 2):
        return
    width = min(len(match["indent"]) for _, match in linked)
    if headed:
        lines[at] = "##" + lines[at].lstrip("-*+ \t")
    _unindent(lines, at, end, width)


def _unindent(lines: list[str], at: int, end: int, width: int | None = None) -> None:
    """Moves what stands below a bullet to the margin: by `width`, or by its least indentation."""
    indents = {
        one: len(lines[one]) - len(lines[one].lstrip(" \t"))
        for one in range(at + 1, end)
        if lines[one].strip()
    }
    width = min(indents.values(), default=0) if width is None else width
    for one, indent in indents.items():
        lines[one] = lines[one][min(width, indent) :]


def _is_own(line: str) -> bool:
    """Whether there are words before the link, and no label."""
    words = line.lstrip(" \t-*+>")
    found = label(words)
    return bool(link_tail.cut(words).text) and (found is None or found.role is None)


def parted(line: str) -> list[str]:
    """A line whose end a sync glued a heading to: "… (link)## New highlights added August 3, 2023 at 7:17 AM"."""
    return _GLUED.split(line, maxsplit=1) if "#" in line else [line]
