"""Writes and reads messages that were saved from chat. Each message is a Markdown file.

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

Every value is a quoted string, and every line of the message has a quote sign before it. So nothing that somebody wrote in chat
can become a property, a tag or a second passage. The message is read back letter for letter, and nothing in it is markup. Its
properties, and text that a person adds around it, can make it private; its own words cannot.
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
"""The mark is looked for in this many characters. It stands before the other properties, so a long remark does not matter."""


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """The parts of a message that are saved. Times are ISO 8601 with a time zone."""

    text: str
    """Lines joined by a line feed."""
    title: str
    """The channel: "#reading"."""
    author: str = ""
    link: str = ""
    sent: str = ""
    saved: str = ""
    tags: tuple[str, ...] = ()
    remark: str = ""


def encode(message: SavedMessage) -> str:
    """Returns the content of the file. Title, author, link and tags take one line each."""
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
    """Whether the text is a file of this layout, even if a person edited it."""
    return text.startswith("---") and _MARK in text[:_MAX_HEAD_CHARS]


def read(path: str, text: str) -> Note:
    """Reads the file as a note with one passage; with none if a person removed the passage."""
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
    """Blanks the message, its author and its channel. The rest of the file decides whether it is private.

    The number of lines stays.
    """
    begin = text.find(_MARK) + len(_MARK)
    end = text.find("\n---", begin - 1) + 1
    head = "\n".join("" if line.startswith(_GIVEN) else line for line in text[begin:end].split("\n"))
    body = "\n".join(">" if line.startswith(">") else line for line in text[end:].split("\n"))
    return text[:begin] + head + body


_GIVEN = ("title:", "author:", "link:", "sent:", "saved:")
"""Properties whose values come from the author of the message or from the platform."""


def _quoted(value: str | Sequence[str]) -> str:
    """Returns a value in the form that JSON and YAML share. Characters that cannot be printed are escaped: YAML rejects them."""
    shown = json.dumps(value, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in shown
    )


def _tags(front: FrontMatter) -> tuple[str, ...]:
    given = [value for name in ("tags", "tag") for value in front.properties.get(name, ())]
    return tuple(dict.fromkeys(filter(None, (properties.one_line(tag).lstrip("#") for tag in given))))


def _local(moment: str | None) -> str | None:
    """Converts a moment to local time without a zone, the form that the library uses. None for an invalid one."""
    try:
        found = datetime.fromisoformat(moment or "")
        return (found.astimezone() if found.tzinfo else found).replace(tzinfo=None, microsecond=0).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
