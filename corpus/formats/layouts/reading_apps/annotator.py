"""The Obsidian plugin "Annotator": a block quote for each annotation, whose parts stand behind `%%HIGHLIGHT%%`, `%%COMMENT%%`.

The template is `src/annotationUtils.tsx` of https://github.com/elias-sundqvist/obsidian-annotator.
"""

import re

from corpus.formats import dates, properties
from corpus.formats.entry import Entry, only_tags
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text

_QUOTE = re.compile(r"^[ \t]*>[ \t]?")
_PART = re.compile(r"%%(?P<name>PREFIX|HIGHLIGHT|POSTFIX|LINK|COMMENT|TAGS)%%")
_CREATED = re.compile(r"\"created\"[ \t]*:[ \t]*\"(?P<moment>[^\"\n]{8,40})\"")
_MARKED = "=="


def evidence(text: Text) -> int:
    """Its markers in block quotes."""
    return 3 if "%%HIGHLIGHT%%" in text.body and "%%COMMENT%%" in text.body else 0


def read(text: Text) -> Reading:
    """One entry for each block quote with a highlight in it."""
    entries: list[Entry] = []
    block: list[str] = []
    begin = 0
    for number, line in enumerate((*text.lines, "")):
        if _QUOTE.match(line):
            begin = begin if block else number
            block.append(_QUOTE.sub("", line))
        elif block:
            entry = _entry(block, text.front.first_line + begin)
            entries += [entry] if entry is not None else []
            block = []
    header = Header()
    target = text.front.first("annotation-target")
    if target is not None and (url := properties.address(target)) is not None:
        header.values["url"] = [url]
    return Reading(tuple(entries), header)


def _entry(lines: list[str], first_line: int) -> Entry | None:
    """The annotation of a block quote; None for a quote of the reader's own."""
    parts: dict[str, str] = {}
    text = "\n".join(lines)
    found = list(_PART.finditer(text))
    for match, end in zip(found, [*(one.start() for one in found[1:]), len(text)], strict=False):
        parts[match["name"]] = text[match.end() : end].strip()
    if "HIGHLIGHT" not in parts:
        return None
    at = next(number for number, line in enumerate(lines) if "%%HIGHLIGHT%%" in line)
    passage = parts["HIGHLIGHT"]
    if passage.startswith(_MARKED) and passage.endswith(_MARKED):
        passage = passage[len(_MARKED) : -len(_MARKED)].strip()
    created = _CREATED.search(text[: found[0].start()])
    tags = parts.get("TAGS", "")
    return Entry(
        passage,
        first_line + at,
        remark=parts.get("COMMENT") or None,
        tags=properties.tags([tags]) if tags and only_tags(tags.replace(",", " ")) else (),
        added=dates.moment(created["moment"]) if created is not None else None,
    )


LAYOUT = Layout("annotator", "Obsidian Annotator", evidence, read)
