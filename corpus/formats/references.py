"""Recognises block quotes in people's own templates that only refer to other notes or name the source: "> links : [[Hedges]]"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.model import Source

_LABELLED = re.compile(r"[^\W\d_][^\n:：\[\]<>\"“”]{0,30}[:：](?P<value>[^\n]*)$")
_SIGNATURE = re.compile(r"[ \t]*\\?[—–-]{1,2}[ \t]*(?P<name>[^\n]{3,80}?)[ \t]*$")
_PROPERTY = re.compile(r"[A-Za-z][\w-]{0,30}::[ \t]")
"""The beginning of a property as Dataview writes it."""
_LINKS = re.compile(r"!?\[\[[^\[\]\n]*\]\]|\[[^\[\]\n]*\]\([^\s()]*(?:\([^\s()]*\)[^\s()]*)*\)|[,;\s]")


def without_references(entries: Sequence[Entry], source: Source) -> tuple[Entry, ...]:
    """Drops entries whose lines have nothing but a label with links, with the source's title or author, or with no value."""
    names = {source.title, ", ".join(source.authors), *source.authors}
    return tuple(entry for entry in entries if entry.link or not _refers(entry.text, names))


def without_signature(entry: Entry, source: Source) -> Entry:
    """Removes a last line that names the source's author after a dash: "— Mara Vale". The template wrote it, not the author."""
    text, line, last = entry.text.rpartition("\n")
    match = _SIGNATURE.match(last) if line else None
    return (
        replace(entry, text=text.rstrip()) if match is not None and match["name"] in source.authors else entry
    )


def _refers(text: str, names: set[str]) -> bool:
    lines = text.split("\n")
    labelled = 0
    for line in lines:
        if _PROPERTY.match(line):
            labelled += 1
            continue
        match = _LABELLED.match(line)
        value = line if match is None else match["value"].strip()
        labelled += match is not None
        if _LINKS.sub("", value) and (match is None or value not in names):
            return False
    return labelled > 0
