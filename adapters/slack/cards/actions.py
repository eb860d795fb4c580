"""Action ids and values of buttons. A value carries the whole request, so that a button works after a restart.

A value is `1:` followed by JSON, or `1z:` followed by deflated JSON in base64 if plain JSON would be too long. It is ASCII
without `&`, `<` and `>`, which Slack does not always return unchanged.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.digest_commands import DigestCommand, DigestPress
from bot.chat.feedback import Feedback
from bot.chat.requests import Command, Request
from bot.model import Question

MORE = "more"
"""Shows the next page of an answer or a list. Only the presser sees it. The value is a request."""
ANOTHER = "another"
"""Shows other random highlights; the value is a request."""
SOURCE = "source"
"""Shows the highlights of a source. Only the presser sees them. The value is a request. A message may have several of these
buttons, with the ids `source`, `source:1` and so on (see `is_source`)."""
NEXT = "next"
"""A step below "Nothing fits". Only the presser sees its result. The value is a request, the ids are `next`, `next:1` and so on."""
SIMILAR = "alike"
"""Shows highlights similar to the one above the button; the value is a request."""
MENU = "menu"
"""The menu behind the three dots. If the value of the chosen option is a request, only the presser sees the reply. If it is an
asker's id, the answer is removed."""
FEEDBACK = "feedback"
"""The buttons "helpful" and "not what I meant"; the value is the vote."""
PICTURE = "picture"
"""Posts the highlight above the button as a picture; the value is a request."""
REMOVE = "remove"
"""Removes an answer; the value is the asker's id."""
SHARE = "share"
"""Shares a private answer with the channel; the value is a request or the ids of the highlights."""
KEEP = "keep"
"""Sends a private answer to the presser's direct messages, where it stays; the value is the same as for Share."""
DIGEST = "digest"
"""A button below a digest (another, keep, never again); the value is the press. The ids are `digest:keep` and so on."""
SEARCH = "search"
"""The search box of the Home tab."""
HOME_DIGEST = "home_digest"
"""A button of the Home tab about the digest of a channel; the value has the channel, and what to do there. The ids are
`home_digest:0` and so on."""
FIND_HIGHLIGHTS = "find_highlights"
"""Callback id of the message shortcut "Find highlights about this"."""
SAVE_HIGHLIGHT = "save_highlight"
"""Callback id of the message shortcut "Save as highlight", and of its form."""

MAX_VALUE_CHARS = 2000
"""Characters of a button's value; Slack accepts no more."""
_MAX_INFLATED_BYTES = 100_000
"""Bytes that a value may have once inflated: a small value must not become a huge one."""
_MAX_TEXT_CHARS = 12_000
MAX_KEY_CHARS = 255
"""Characters of an answer's key (`Answer.key`) in a vote."""
_MAX_LIMIT, _MAX_OFFSET = 100, 1_000_000_000


@dataclass(frozen=True, slots=True)
class ShownHighlights:
    """Highlights by their ids. Random picks are shared as they were shown, not picked again."""

    ids: tuple[str, ...]


def is_source(action_id: str) -> bool:
    """Whether a button with this action id shows a source; earlier versions numbered the source buttons of a message."""
    return action_id == SOURCE or action_id.startswith(f"{SOURCE}:")


def next_id(number: int) -> str:
    """The action id of the button for step number `number` below "Nothing fits", counted from 0."""
    return f"{NEXT}:{number}" if number else NEXT


def is_for_presser(action_id: str) -> bool:
    """Whether only the presser sees the reply to a button with this action id, so that nothing more is posted in the channel: a
    source, a step, the next page, another highlight, similar ones."""
    return is_source(action_id) or action_id.partition(":")[0] in (NEXT, MORE, SIMILAR, ANOTHER)


def encode_request(request: Request) -> str | None:
    """The request as a button value; None if it is too long."""
    if isinstance(request, Question):
        return _encode(["q", request.text, request.limit, request.offset])
    return _encode(["c", request.name, request.argument, request.limit, request.offset])


def encode_highlights(ids: Sequence[str]) -> str | None:
    """The ids of highlights as a button value; None if they are too many."""
    return _encode(["s", *ids])


def encode_asker(user: str) -> str | None:
    """The asker's id as a button value."""
    return _encode(["a", user])


def encode_feedback(feedback: Feedback) -> str | None:
    """A vote on an answer as a button value; None if it is too long."""
    return _encode(["f", feedback.verdict, feedback.answer, feedback.question])


def decode_feedback(value: object) -> Feedback | None:
    """The vote in a button value; None if there is none."""
    match _decode(value):
        case ["f", ("helpful" | "wrong") as verdict, str(answer), str(question)] if answer:
            return Feedback(verdict, answer[:MAX_KEY_CHARS], question)
    return None


def encode_digest_press(press: DigestPress) -> str | None:
    """A press of a button below a digest as a button value."""
    return _encode(["d", press.action, press.highlight])


def encode_home_digest(channel: str, highlight: str = "", name: str = "") -> str | None:
    """The value of a button on the Home tab: shows a hidden highlight again in a channel; without a highlight, turns off the digest
    of this name there."""
    return _encode(["h", channel, highlight, *([name] if name else [])])


def encode_own_digest(channel: str) -> str | None:
    """The value of a button on the Home tab: opens the form for a digest in the person's direct messages, whose id is `channel`."""
    return _encode(["h", channel, "", "", "set"])


def decode_home_digest(value: object) -> tuple[str, DigestPress | DigestCommand] | None:
    """The channel in a button value of the Home tab, and the request about it; None if there is none."""
    match _decode(value):
        case ["h", str(channel), "", "", "set"] if channel:
            return channel, DigestCommand("set")
        case ["h", str(channel), str(highlight)] if channel:
            return channel, DigestPress("undo", highlight) if highlight else DigestCommand("off")
        case ["h", str(channel), "", str(name)] if channel:
            return channel, DigestCommand("off", name=name)
    return None


def decode_digest_press(value: object) -> DigestPress | None:
    """The digest press in a button value; None if there is none."""
    match _decode(value):
        case ["d", ("another" | "keep" | "snooze" | "never" | "undo") as action, str(highlight)] if highlight:
            return DigestPress(action, highlight)
    return None


def decode_request(value: object) -> Request | None:
    """The request in a button value; None if the value is not ours, from another version, or broken."""
    match _decode(value):
        case ["q", str(text), int(limit), int(offset)] if _is_valid(text, limit, offset):
            return Question(text, limit, offset)
        case ["c", str(name), str(argument), None, int(offset)] if _is_valid(argument, 1, offset):
            return Command(name, argument, offset)
        case ["c", str(name), str(argument), int(limit), int(offset)] if _is_valid(argument, limit, offset):
            return Command(name, argument, offset, limit)
    return None


def decode_highlights(value: object) -> ShownHighlights | None:
    """The highlights in a button value; None if there are none."""
    match _decode(value):
        case ["s", *ids] if ids and all(isinstance(id_, str) for id_ in ids):
            return ShownHighlights(tuple(str(id_) for id_ in ids))
    return None


def decode_asker(value: object) -> str | None:
    """The asker's id in a button value; None if there is none."""
    match _decode(value):
        case ["a", str(user)] if user:
            return user
    return None


def _is_valid(text: str, limit: int, offset: int) -> bool:
    """Whether this program can have made these values. In Python, `True` is an int too."""
    numbers = not isinstance(limit, bool) and not isinstance(offset, bool)
    return (
        numbers and 1 <= limit <= _MAX_LIMIT and 0 <= offset <= _MAX_OFFSET and len(text) <= _MAX_TEXT_CHARS
    )


def _encode(parts: list[object]) -> str | None:
    text = json.dumps(parts, separators=(",", ":"))
    for character in "&<>":
        text = text.replace(character, f"\\u{ord(character):04x}")
    if len(text) + 2 > MAX_VALUE_CHARS:
        raw = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        text = "z:" + urlsafe_b64encode(zlib.compress(raw, 9)).decode()
        return f"1{text}" if len(text) < MAX_VALUE_CHARS and len(raw) <= _MAX_INFLATED_BYTES else None
    return f"1:{text}"


def _decode(value: object) -> list[object]:
    """The parts of a value; empty if the value is not ours, from another version, or broken."""
    if not isinstance(value, str) or len(value) > MAX_VALUE_CHARS:
        return []
    version, _, rest = value.partition(":")
    try:
        if version == "1z":
            inflater = zlib.decompressobj()
            raw = inflater.decompress(urlsafe_b64decode(rest), _MAX_INFLATED_BYTES)
            parts = json.loads(raw.decode("utf-8", "surrogatepass")) if inflater.eof else None
        else:
            parts = json.loads(rest) if version == "1" else None
    except (ValueError, zlib.error, RecursionError):
        return []
    return parts if isinstance(parts, list) else []
