"""Finds private rows in CSV files, and private values in JSON, by the names of columns and keys."""

import csv
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from corpus.normalize import fold
from corpus.privacy.marks import MAX_ITEM_CHARS, Label, is_name_key, is_private_label, is_tag_key
from corpus.privacy.remarks import is_private_remark
from corpus.privacy.tags import PrivateTags

MAX_HEAD_CHARS = 2_000
"""A longer first line is not the head of a table."""

_COLUMNS = frozenset({"highlight", "highlights", "quote", "text", "passage", "note", "title", "book title"})
_PAIR = re.compile(
    r'"(?P<key>[^"\\\n]{1,60})"[ \t]*:\s*(?P<value>true\b|1\b|"(?:[^"\\\n]|\\.){0,400}"|\[[^\[\]{}]{0,2000}\])'
)
_NESTED = re.compile(r'"(?P<key>[^"\\\n]{1,60})"[ \t]*:\s*[\[{](?=[^\[\]"]{0,100}[\[{])')
_ESCAPED_LETTER = re.compile(r"\\u(00(?:2[3d-f]|[3-7][0-9a-f]))", re.I)
"""Letters, digits, "#", "-", "." and "/" that JSON spells by their number."""
_DECODER = json.JSONDecoder()
_REMARKS = frozenset({"note", "notes", "comment", "comments", "remark", "remarks", "annotation"})
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


def without_escapes(text: str) -> str:
    """Returns JSON with letters and signs that it spells by their number."""
    return _ESCAPED_LETTER.sub(lambda match: chr(int(match.group(1), 16)), text) if "\\u00" in text else text


def table_rows(text: str) -> list[int]:
    """Returns the lines, from 0, on which the rows of a CSV file begin; nothing for other files."""
    text = text.lstrip("\ufeff")
    head, _, _ = text.partition("\n")
    delimiter = next((sign for sign in ",;\t" if _is_head(head, sign)), None)
    if delimiter is None:
        return []
    reader = csv.reader(text.split("\n"), delimiter=delimiter)
    begins = [0]
    try:
        for _ in reader:
            begins.append(reader.line_num)  # noqa: PERF401  the number changes with each row
    except csv.Error:
        return []
    return begins


def _is_head(line: str, delimiter: str) -> bool:
    """Whether a line is the head of a table of passages."""
    if len(line) > MAX_HEAD_CHARS:
        return False
    names = [fold(name).strip() for name in _row(line, delimiter)]
    return len(names) > 1 and not _COLUMNS.isdisjoint(names)


def _json_rows(text: str, tags: PrivateTags) -> Iterator[int]:
    """Yields the numbers of the lines with private values in JSON."""
    text = without_escapes(text)
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    for match in _PAIR.finditer(text):
        key, value = fold(match["key"]).strip(), match["value"]
        if not tags.may_be_in(match.group()):
            continue
        bare = value.strip("[]").replace('"', " ").replace("\\n", "\n").strip()
        if key == "title":
            parent = _NAMESPACE.match(bare)
            marked = parent is not None and tags.covers(parent.group())
        else:
            marked = is_private_label(Label(key, bare), tags) or (
                not _REMARKS.isdisjoint(re.split(r"[\s_]+", key)) and is_private_remark(bare, tags)
            )
        if marked:
            yield bisect_right(begins, match.start()) - 1
    yield from (bisect_right(begins, at) - 1 for at in _nested_lists(text, tags))


def _nested_lists(text: str, tags: PrivateTags) -> Iterator[int]:
    """Yields the places of the lists of tags that have a private tag as a value of an object: `"tags": [{"name": "private"}]`."""
    end = 0
    for match in _NESTED.finditer(text):
        if match.start() < end or not is_tag_key(match["key"]):
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.end() - 1)
        except (ValueError, RecursionError):
            continue
        if any(tags.covers(word) for word in _strings(value)):
            yield match.start()


def _strings(value: object) -> Iterator[str]:
    """Yields all texts in a JSON value."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            pending += one.values()
