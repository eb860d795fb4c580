"""The modal that saves a message: its view, and how a submission is read. Pure functions.

The form carries the message in `private_metadata`, which people can neither see nor change, so that it works after a restart and in
every replica. Slack takes 3,000 characters there; a longer message gets no form.
"""

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from adapters.slack.arrivals import Payload, get_object, get_string
from adapters.slack.cards import actions
from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from bot.chat import wording
from bot.chat.save_request import (
    MAX_REMARK_CHARS,
    MAX_TAG_CHARS,
    MAX_TAGS,
    ChatMessage,
    SaveMessage,
    remark_of,
    tags_of,
)
from bot.text.sanitize import visible
from bot.text.truncate import clipped

MAX_METADATA_CHARS = 3_000
MAX_PREVIEW_CHARS = 500
"""Characters of the message that the form shows."""
_MAX_INFLATED_BYTES = 400_000
"""Bytes that the metadata may have once inflated."""
_INPUT = "typed"
"""Action id of both inputs; the block id says which one it is."""


@dataclass(frozen=True, slots=True)
class FormContext:
    """The message that a form is about."""

    message: ChatMessage
    channel: str
    thread: str
    url: str
    """The response_url of the shortcut; Slack accepts it for 30 minutes."""


def view(context: FormContext) -> Block | None:
    """The modal; None if the message is too long for it."""
    metadata = _encode(context)
    if len(metadata) > MAX_METADATA_CHARS:
        return None
    tags: Block = {
        "type": "plain_text_input",
        "action_id": _INPUT,
        "max_length": MAX_TAGS * MAX_TAG_CHARS,
        "placeholder": kit.plain_text(wording.SAVE_TAGS_HINT),
    }
    remark: Block = {
        "type": "plain_text_input",
        "action_id": _INPUT,
        "multiline": True,
        "max_length": MAX_REMARK_CHARS,
    }
    shown = clipped(visible(context.message.text), MAX_PREVIEW_CHARS, f" {wording.CUT_MARK}")
    return {
        "type": "modal",
        "callback_id": actions.SAVE_HIGHLIGHT,
        "private_metadata": metadata,
        "title": kit.plain_text(wording.SAVE_AS_HIGHLIGHT),
        "submit": kit.plain_text(wording.SAVE_BUTTON),
        "close": kit.plain_text(wording.SAVE_CANCEL),
        "blocks": [
            *kit.rich_text(kit.quote(kit.text(shown))),
            _input("tags", wording.SAVE_TAGS, tags),
            _input("remark", wording.SAVE_REMARK, remark),
        ],
    }


def submitted(view_: Payload) -> tuple[FormContext, SaveMessage] | None:
    """The context of a submitted form, and its request; None for a form of another version."""
    context = _decode(get_string(view_, "private_metadata"))
    if context is None:
        return None
    values = get_object(get_object(view_, "state"), "values")
    tags, remark = (
        get_string(get_object(get_object(values, name), _INPUT), "value") for name in ("tags", "remark")
    )
    return context, SaveMessage(context.message, tags_of(tags), remark_of(remark))


def _input(name: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": kit.plain_text(label),
        "element": element,
        "optional": True,
    }


def _encode(context: FormContext) -> str:
    message = context.message
    parts = [
        context.channel,
        context.thread,
        context.url,
        message.key,
        message.place,
        message.author,
        message.link,
        message.sent_at,
        message.text,
    ]
    raw = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    return "1" + b64encode(zlib.compress(raw, 9)).decode()


def _decode(metadata: str) -> FormContext | None:
    if not metadata.startswith("1"):
        return None
    try:
        inflater = zlib.decompressobj()
        raw = inflater.decompress(b64decode(metadata[1:]), _MAX_INFLATED_BYTES)
        parts = json.loads(raw) if inflater.eof else None
    except (ValueError, zlib.error, RecursionError):
        return None
    match parts:
        case [
            str(channel), str(thread), str(url), str(key), str(place), str(author), str(link), float() | int() as at, str(text)
        ]:  # fmt: skip
            return FormContext(ChatMessage(key, text, place, author, link, float(at)), channel, thread, url)
    return None
