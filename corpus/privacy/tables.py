"""Finds private rows in CSV files, and private values in JSON, by the names of columns and keys."""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from corpus.normalize import fold
from corpus.privacy.marks import MAX_ITEM_CHARS, Label, is_name_key, is_private_label
from corpus.privacy.tags import PrivateTags

MAX_HEAD_CHARS = 2_000
"""A longer first line is not the head of a table."""

_COLUMNS = frozenset({"highlight", "highlights", "quote", "text", "passage", "note", "title", "book title"})
_PAIR = re.compile(
    r'"(?P<key>[^"\\\n]{1,60})"[ \t]*:\s*(?P<value>true\b|1\b|"(?:[^"\\\n]|\\.){0,400}"|\[[^\[\]{}]{0,2000}\])'
)
_NAMESPACE = re.compile(r"[^/]{1,60}(?=/\S)")


def private_rows(text: str, tags: PrivateTags) -> Iterator[int]:
    """Yields the numbers, from 0, of the lines with a private value."""
    first = text.lstrip("\ufeff \t\n")[:1]
    if first in ("{", "[") and '":' in text:
        yield from _json_rows(text, tags)
        return
    head, _, _ = text.lstrip("\ufeff").partition("\n")
    if len(head) > MAX_HEAD_CHARS:
        return
    for delimiter in ",;\t":
        names = [fold(name).strip() for name in _row(head, delimiter)]
        if len(names) > 1 and not _COLUMNS.isdisjoint(names):
            yield from _table_rows(text, delimiter, names, tags)
            return


def _row(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _table_rows(text: str, delimiter: str, names: Sequence[str], tags: PrivateTags) -> Iterator[int]:
    """Yields the numbers of private rows of a table."""
    named = [number for number, name in enumerate(names) if tags.may_be_in(name)]
    for at, line in enumerate(text.split("\n")):
        if not at or not line or not (named or tags.may_be_in(line)):
            continue
        cells = _row(line, delimiter)
        for number, cell in enumerate(cells):
            name = names[number] if number < len(names) else ""
            if (
                cell.strip()
                and not is_name_key(name)
                and (
                    (len(cell) <= MAX_ITEM_CHARS and tags.covers(cell))
                    or (name and is_private_label(Label(name, cell), tags))
                )
            ):
                yield at
                break


def _json_rows(text: str, tags: PrivateTags) -> Iterator[int]:
    """Yields the numbers of the lines with private values in JSON."""
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    for match in _PAIR.finditer(text):
        key, value = fold(match["key"]).strip(), match["value"]
        if not tags.may_be_in(match.group()):
            continue
        bare = value.strip("[]").replace('"', " ").strip()
        if key == "title":
            parent = _NAMESPACE.match(bare)
            marked = parent is not None and tags.covers(parent.group())
        else:
            marked = is_private_label(Label(key, bare), tags)
        if marked:
            yield bisect_right(begins, match.start()) - 1
