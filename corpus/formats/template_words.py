"""Removes words that a template writes around every passage: the kind of annotation, or a line that all passages share. Also
separates a quoted passage from the reader's words after it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import properties
from corpus.formats.entry import COLORS, Entry, color, is_kind
from corpus.formats.quotation import quoted_lines

_KIND_ABOVE = re.compile(r"<mark\b[^<>]{0,300}>(?P<kind>[^<>\n]{3,40})</mark>[ \t]*\n(?P<text>.+)$", re.S)
"""A mark with the kind of annotation, above its text."""
_KIND_BEHIND = re.compile(
    r"(?P<text>.*[”“\"»])[ \t]+(?:<mark\b(?P<how>[^<>]{0,300})>)?\(?(?P<kind>[^\W\d_]{3,20}(?:[ \t][^\W\d_]{3,20})?)\)?"
    r"(?:</mark>)?$",
    re.S,
)
"""A kind behind a quotation: "Yellow Highlight", "(highlight)", or in a mark of its colour."""
_PDF_WORDS = frozenset({"strike", "strikeout", "strikethrough", "squiggly", "black", "white"})
"""Words for other kinds of annotation in a PDF, and for colours that no highlighter has."""
_SHADES = {
    "ffd400": "yellow", "ff6666": "red", "5fb236": "green", "2ea8e5": "blue", "a28ae5": "purple", "e56eee": "magenta",
    "f19837": "orange", "aaaaaa": "gray",
}  # fmt: skip
"""The colours of Zotero's highlighters (https://github.com/zotero/reader, `ANNOTATION_COLORS`)."""
_MARK_BEHIND_TAGS = re.compile(
    r"(?P<tags>(?:#[^\s<>\[\]#]+|\[\[[^\[\]\n]{1,80}\]\]|[ \t])+)"
    r"<(?P<tag>mark|span)\b[^<>]{0,300}>(?P<text>[^<>]+)</(?P=tag)>$"
)
_TAG_LABEL = re.compile(r"#(?P<tag>[^\W\d][\w/-]{1,40})[ \t]*:{1,2}[ \t]+(?P<text>\S.*)$", re.S)
"""A tag that a template writes as a label before a passage: "#definition : a hedge is a row of shrubs"."""
_ITEM = re.compile(r"[-*+][ \t]+(?=\S[^\n]*$)")
"""A bullet before a passage of one line."""
_MIN_ALIKE = 2
"""How many passages must begin with the same line, so that it counts as the template's."""


def without_kind(entry: Entry) -> Entry:
    """Removes the kind and colour that a template writes above or after a passage, and moves tags before its mark to `tags`."""
    text = entry.text
    above = _KIND_ABOVE.match(text) if text.startswith("<mark") else None
    if above is not None and is_kind(above["kind"]):
        return replace(entry, text=above["text"].strip())
    if text.startswith("#") and (marked := _MARK_BEHIND_TAGS.match(text)) is not None:
        tags = properties.tags([marked["tags"].replace("::", " ")])
        return replace(entry, text=marked["text"].strip(), tags=tuple(dict.fromkeys((*entry.tags, *tags))))
    if text.startswith("#") and (labelled := _TAG_LABEL.match(text)) is not None:
        return without_kind(
            replace(entry, text=labelled["text"].strip(), tags=(*entry.tags, labelled["tag"]))
        )
    if (behind := _KIND_BEHIND.match(text)) is not None and _is_kind(behind["kind"]):
        bare = behind["text"]
        bare = bare if set(bare[:-1]) & set('“"«„') else bare[:-1]
        shade = color(behind["kind"])
        named = shade if shade in COLORS else _shade_of(behind["how"] or "")
        return replace(entry, text=bare, color=entry.color or named)
    return entry


def _is_kind(words: str) -> bool:
    """Whether the words only name a kind of annotation in a PDF, and its colour."""
    return all(word.lower() in _PDF_WORDS or is_kind(word) for word in words.split())


def _shade_of(style: str) -> str | None:
    """Returns the name of the colour in a mark's style if it is a highlighter of Zotero: "background:#ffd400dd"."""
    begin = style.find("#")
    return _SHADES.get(style[begin + 1 : begin + 7].lower()) if begin >= 0 else None


def without_common_line(entries: list[Entry]) -> list[Entry]:
    """Removes the first line if all passages share it and have more words, and the bullet if all begin with one."""
    if len(entries) >= _MIN_ALIKE and all(_ITEM.match(entry.text) for entry in entries):
        return [replace(entry, text=_ITEM.sub("", entry.text, count=1)) for entry in entries]
    firsts = {entry.text.partition("\n")[0].strip() for entry in entries}
    if len(entries) < _MIN_ALIKE or len(firsts) != 1:
        return entries
    rests = [entry.text.partition("\n")[2].strip() for entry in entries]
    if not all(rests) or len(set(rests)) == 1:
        return entries
    return [replace(entry, text=rest) for entry, rest in zip(entries, rests, strict=True)]


def with_words_behind_quotes(entries: Sequence[Entry]) -> list[Entry]:
    """If all passages are in quotation marks, keeps the quotation and moves the words after it to the remark."""
    found = [_parted(entry) for entry in entries]
    if len(entries) < _MIN_ALIKE or not any(
        entry is not own for entry, own in zip(entries, found, strict=True)
    ):
        return list(entries)
    return list(entries) if None in found else [entry for entry in found if entry is not None]


def _parted(entry: Entry) -> Entry | None:
    """Returns the passage with the words after its quotation as the remark; None if it is not in quotation marks."""
    end = quoted_lines(entry.text)
    if not end:
        return None
    lines = entry.text.split("\n")
    rest = "\n".join(lines[end:]).strip()
    if not rest:
        return entry
    remark = "\n".join(part for part in (rest, entry.remark) if part)
    return replace(entry, text="\n".join(lines[:end]).strip(), remark=remark)
