"""A message that was saved from chat, as one Markdown file: how it is written, and how it is read.

    ---
    analects: saved message
    title: "#reading"
    author: "Mara Ilves"
    link: "https://example.slack.com/archives/C012/p1700000000000100"
    sent: "2026-11-28T09:30:00+00:00"
    saved: "2026-11-28T10:00:00+00:00"
    tags: ["habit"]
    remark: "For the talk"
    ---

    > Water keeps its own calendar.

Every value is a quoted string, and every line of the message stands behind a quote sign, so nothing that somebody wrote in chat
can become a property, a tag or a second passage. The message is read back letter for letter, and nothing in it is markup. What
makes it private are its properties and what a person adds around it, never its own words.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.formats import front_matter, properties, shapes
from corpus.formats.entry import Entry, Note
from corpus.formats.front_matter import FrontMatter
from corpus.model import Source

SHAPE = shapes.SAVED_MESSAGE
CATEGORY = "messages"
_MARK = f"\nanalects: {SHAPE}\n"
_MAX_HEAD_CHARS = 20_000
"""The mark stands in the first so many characters; a longer remark would push it no further, as it comes first."""


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """The saved parts of a message. Times are ISO 8601 with their zone."""

    text: str
    """Lines joined by a line feed."""
    title: str
    """Where it was written: "#reading"."""
    author: str = ""
    link: str = ""
    sent: str = ""
    saved: str = ""
    tags: tuple[str, ...] = ()
    remark: str = ""


def encode(message: SavedMessage) -> str:
    """The message as a file. Title, author, link and tags are one line each."""
    head = {
        "title": message.title,
        "author": message.author,
        "link": message.link,
        "sent": message.sent,
        "saved": message.saved,
        "tags": list(message.tags),
        "remark": message.remark,
    }
    values = "".join(f"{name}: {_quoted(value)}\n" for name, value in head.items() if value)
    body = "".join(f"> {line}\n" if line else ">\n" for line in message.text.splitlines())
    return f"---{_MARK}{values}---\n\n{body}"


def recognises(text: str) -> bool:
    """Whether the text is a file of this layout, perhaps edited by a person."""
    return text.startswith("---") and _MARK in text[:_MAX_HEAD_CHARS]


def read(path: str, text: str) -> Note:
    """The file as a note with one passage; without one if a person took the passage out."""
    front = front_matter.split(text)
    source = Source(
        properties.one_line(front.first("title") or "") or "Untitled",
        tuple(filter(None, (properties.one_line(front.first("author") or ""),))),
        CATEGORY,
    )
    lines = front.body.split("\n")
    passage = "\n".join(line[1:].removeprefix(" ") for line in lines if line.startswith(">")).strip()
    first = next((number for number, line in enumerate(lines) if line.startswith(">")), 0)
    entry = Entry(
        passage,
        front.first_line + first,
        link=properties.address(front.first("link") or ""),
        remark=(front.first("remark") or "").strip() or None,
        tags=_tags(front),
        added=_local(front.first("saved")),
        marked=True,
    )
    return Note(path, SHAPE, source, (entry,) if passage else (), (), source.tags)


def without_message(text: str) -> str:
    """The file without the words of the message and of who wrote it where: what is left decides whether it is private. The number
    of lines stays."""
    begin = text.find(_MARK) + len(_MARK)
    end = text.find("\n---", begin - 1) + 1
    head = "\n".join("" if line.startswith(_GIVEN) else line for line in text[begin:end].split("\n"))
    body = "\n".join(">" if line.startswith(">") else line for line in text[end:].split("\n"))
    return text[:begin] + head + body


_GIVEN = ("title:", "author:", "link:", "sent:", "saved:")
"""Properties whose values were chosen by whoever wrote the message, or by the platform."""


def _quoted(value: str | Sequence[str]) -> str:
    """A value in the form that JSON and YAML share. What cannot be printed is escaped, as YAML does not take it."""
    shown = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in shown)


def _tags(front: FrontMatter) -> tuple[str, ...]:
    given = [value for name in ("tags", "tag") for value in front.properties.get(name, ())]
    return tuple(dict.fromkeys(filter(None, (properties.one_line(one).lstrip("#") for one in given))))


def _local(moment: str | None) -> str | None:
    """A moment as local time without a zone, as everywhere in a library; None where there is none."""
    try:
        found = datetime.fromisoformat(moment or "")
        return (found.astimezone() if found.tzinfo else found).replace(tzinfo=None, microsecond=0).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
