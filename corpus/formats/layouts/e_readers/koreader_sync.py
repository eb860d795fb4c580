"""The Obsidian plugin "KOReader Highlights": a file for each highlight, which is in the front matter below `koreader-sync`.

Older versions write only an identifier there. The body then has title, author and chapter, and below them `**==passage==**`.
"""

import re

from corpus.formats import dates, properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header, heading
from corpus.formats.labels import Role, label
from corpus.formats.layout import Layout, Reading, Text

_OPENING, _CLOSING = "**==", "==**"
_NAMED = re.compile(r"(?:title|by)[ \t]*:[ \t]*(?P<value>.*)$", re.I)


def evidence(text: Text) -> int:
    """Its front matter."""
    return 3 if "koreader-sync" in text.front.properties else 0


def read(text: Text) -> Reading:
    """Reads the only highlight of the file. The plugin's note about a whole book has none."""
    front, header = text.front, Header()
    chapter = front.first("chapter")
    for line in text.lines:
        found = heading(line)
        name = found[1] if found is not None else line
        if (named := _NAMED.match(name)) is not None:
            header.values.setdefault("title" if name[:1] in "Tt" else "author", [named["value"]])
        elif (labelled := label(name)) is not None and labelled.role is Role.CHAPTER:
            chapter = chapter or labelled.value
    before, opened, rest = text.body.partition(_OPENING)
    marked, closed, behind = rest.partition(_CLOSING)
    words = front.first("highlight") or (marked if closed else "")
    remark = front.first("text") if "highlight" in front.properties else behind
    if front.first("title"):
        header.values["title"] = [front.first("title") or ""]
    page = front.first("page")
    at = before.count("\n") if opened else 0
    entry = Entry(
        words.strip(),
        front.first_line + at,
        location=f"Page {page}" if page else None,
        remark=(remark or "").strip() or None,
        chapter=properties.chapter(chapter or ""),
        added=dates.moment(front.first("datetime") or ""),
    )
    return Reading((entry,) if entry.text else (), header)


LAYOUT = Layout(
    "koreader sync",
    "KOReader highlights (Obsidian plugin)",
    evidence,
    read,
    category="books",
    properties=frozenset({"koreader-sync"}),
)
