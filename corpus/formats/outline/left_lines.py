"""Empties lines that plugins and templates leave in a note: queries in callouts, and numbers beside the bullets."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_QUERY = re.compile(r"[> \t]*```[ \t]*(?:query|dataview|dataviewjs|tasks|base)[ \t]*$", re.I)
"""A fence that Obsidian or a plugin replaces by the result of a query."""
_ITEM = re.compile(r"[ \t]*[-*+][ \t]")
_MIN_NUMBERS = 2
"""How often a number must stand alone beside a bullet, so that it is the template's."""


def without_left_lines(lines: Sequence[str]) -> Sequence[str]:
    """Returns the lines without those that are no part of any passage or remark. Their number stays the same."""
    return _without_numbers(_without_queries(lines))


def _without_queries(lines: Sequence[str]) -> Sequence[str]:
    """Empties the lines of queries within block quotes and callouts. A query at the margin is dropped by the reader."""
    fences = [line for line in lines if "```" in line]
    if not any(line[:1] == ">" for line in fences):
        return lines
    found = list(lines)
    inside = False
    for at, line in enumerate(lines):
        quoted = line[:1] == ">"
        opens = quoted and not inside and _QUERY.match(line) is not None
        closes = inside and (not quoted or line.strip("> \t") == "```")
        if opens or (inside and quoted):
            found[at] = ">"
        inside = (inside or opens) and not closes
    return found


def _without_numbers(lines: Sequence[str]) -> Sequence[str]:
    """Empties lines with the same number alone right above bullets: a template writes what one of its commands returns."""
    if len([line for line in lines if line.isdecimal()]) < _MIN_NUMBERS:
        return lines
    numbers = Counter(
        line for line, below in pairwise(lines) if line.isdecimal() and _ITEM.match(below) is not None
    )
    repeated = {number for number, count in numbers.items() if count >= _MIN_NUMBERS}
    return ["" if line in repeated else line for line in lines] if repeated else lines
