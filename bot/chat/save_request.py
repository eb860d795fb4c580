"""A message that somebody wants to save as a highlight, as plain facts, and what its form says."""

import re
from dataclasses import dataclass

from bot.text.sanitize import one_line, visible

MAX_TAGS = 20
MAX_TAG_CHARS, MAX_NAME_CHARS, MAX_REMARK_CHARS = 60, 120, 3_000
_BETWEEN_TAGS = re.compile(r"[,;\n、，；]")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message as a person reads it. An adapter fills it in."""

    key: str
    """Identifies the message for good: "slack:C012:1700000000.000100"."""
    text: str
    place: str
    """The channel, as people call it: "#reading"; "" if it has no name."""
    author: str
    """Who wrote it, as people call them; "" if that is not known."""
    link: str
    """Opens the message; "" if nothing does."""
    sent_at: float
    """Seconds since 1970."""
    own: bool = False
    """Whether the bot wrote it."""


@dataclass(frozen=True, slots=True)
class SaveMessage:
    """Asks to save a message, with the words of the form."""

    message: ChatMessage
    tags: tuple[str, ...] = ()
    remark: str = ""
    formless: bool = False
    """Whether it is saved without the form, because the message does not fit into it."""


def tags_of(typed: str) -> tuple[str, ...]:
    """The tags in what somebody typed: "#habit, reading list". Each is one line, without its sign."""
    found = (one_line(part).lstrip("#").strip()[:MAX_TAG_CHARS] for part in _BETWEEN_TAGS.split(typed))
    return tuple(dict.fromkeys(filter(None, found)))[:MAX_TAGS]


def remark_of(typed: str) -> str:
    """The typed remark, without characters that control a screen."""
    return visible(typed.replace("\r\n", "\n")).strip()[:MAX_REMARK_CHARS]
