"""The Obsidian plugin Annotator: a block quote for each annotation, with parts after signs such as `%%HIGHLIGHT%%`."""

import re
from collections.abc import Sequence

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text

_PART = re.compile(r"%%(?P<name>PREFIX|HIGHLIGHT|POSTFIX|LINK|COMMENT|TAGS)%%")
_QUOTE = re.compile(r"^[ \t]*>[ \t]?")
_CREATED = re.compile(r"\"created\"[ \t]*:[ \t]*\"(?P<moment>[^\"\n]{8,40})\"")
_ENDS = re.compile(r"\^\S+[ \t]*$")


def evidence(text: Text) -> int:
    """The signs of its parts."""
    return (
        3 if "%%HIGHLIGHT%%" in text.body and ("%%COMMENT%%" in text.body or "%%LINK%%" in text.body) else 0
    )


def read(text: Text) -> Reading:
    """Reads every annotation. The words around a passage are left out."""
    header = Header()
    if title := text.front.first("annotation-target"):
        header.values["title"] = [properties.title_of_file(properties.title(title) or title)]
        if (url := properties.address(title)) is not None:
            header.values["url"] = [url]
    entries: list[Entry] = []
    begin: int | None = None
    for at, line in enumerate([*text.lines, ""]):
        quoted = _QUOTE.match(line) is not None
        if quoted and begin is None:
            begin = at
        elif not quoted and begin is not None:
            entries += _entry(text.lines[begin:at], text.front.first_line + begin)
            begin = None
    return Reading(tuple(entries), header)


def _entry(lines: Sequence[str], line: int) -> list[Entry]:
    """Reads the annotation in a block quote. Empty if it has no highlighted words."""
    bare = "\n".join(_QUOTE.sub("", quoted) for quoted in lines)
    parts = _PART.split(bare)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    words = found.get("HIGHLIGHT", "").strip().strip("*").strip()
    words = words.removeprefix("==").removesuffix("==").strip()
    if not words:
        return []
    first = next(at for at, quoted in enumerate(lines) if "%%HIGHLIGHT%%" in quoted)
    remark = _ENDS.sub("", found.get("COMMENT", "")).strip() or None
    created = _CREATED.search(parts[0])
    added = dates.moment(created["moment"]) if created is not None else None
    tags = properties.tags([found.get("TAGS", "")])
    return [Entry(words, line + first, remark=remark, tags=tags, added=added)]


LAYOUT = Layout("annotator", "Annotator's annotations", evidence, read, marks=("%%highlight%%",))
