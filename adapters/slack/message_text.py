"""A message as people read it on Slack: names in place of ids, emoji as pictures, lists with bullets or numbers.

Clients send what people wrote as rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block). If that is missing, the
text in Slack's own markup is read.
"""

import re
from collections.abc import Iterator, Mapping

from adapters.slack import plain_text
from adapters.slack.arrivals import Payload, get_object, get_string
from bot.text.sanitize import has_words

MAX_NAMES = 20
"""People and channels of one message whose names are looked up."""

_REFERENCE = re.compile(r"<([@#])([A-Z0-9]+)(?:\|([^>]*))?>")
_TONE = re.compile(r"::skin-tone-\d$")
Names = Mapping[str, str]
"""The names of people and channels by their ids, without the `@` or `#`."""


def ids(message: Payload) -> list[str]:
    """The people and channels that a message names by their ids."""
    found = [match[2] for match in _REFERENCE.finditer(get_string(message, "text")) if not match[3]]
    found += [
        get_string(element, name)
        for element in _elements(message.get("blocks"))
        for name in ("user_id", "channel_id")
    ]
    return list(dict.fromkeys(filter(None, found)))[:MAX_NAMES]


def as_people_read(message: Payload, names: Names) -> str:
    """All words of a message. If it has none, the words of its forwarded messages and attachments."""
    blocks = message.get("blocks")
    rich = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    parts = [
        text
        for block in rich
        if block.get("type") == "rich_text"
        for text in _of_blocks(block.get("elements"), names)
    ]
    text = "\n".join(part.strip("\n") for part in parts).strip()
    if not has_words(text):
        named = _REFERENCE.sub(lambda found: _reference(found, names), get_string(message, "text"))
        text = plain_text.readable(named)
    return text if has_words(text) else plain_text.whole(message)


def _of_blocks(elements: object, names: Names) -> Iterator[str]:
    for element in elements if isinstance(elements, list) else ():
        if not isinstance(element, dict):
            continue
        if element.get("type") == "rich_text_list":
            yield "\n".join(_rows(element, names))
        else:
            yield _inline(element, names)


def _rows(element: Payload, names: Names) -> Iterator[str]:
    ordered, offset, indent = element.get("style") == "ordered", element.get("offset"), element.get("indent")
    first = offset + 1 if isinstance(offset, int) else 1
    depth = min(indent, 8) if isinstance(indent, int) else 0
    items = element.get("elements")
    for number, item in enumerate(items if isinstance(items, list) else (), start=first):
        if isinstance(item, dict):
            yield f"{'  ' * depth}{f'{number}.' if ordered else '•'} {_inline(item, names)}"


def _inline(element: Payload, names: Names) -> str:
    inner = element.get("elements")
    return "".join(
        _shown(part, names) for part in (inner if isinstance(inner, list) else ()) if isinstance(part, dict)
    )


def _shown(element: Payload, names: Names) -> str:
    """The text that Slack shows for an element of a line: a name, an emoji, a date or plain words."""
    kind = element.get("type")
    if kind == "user":
        name = names.get(get_string(element, "user_id"))
        return f"@{name}" if name else ""
    if kind == "channel":
        name = names.get(get_string(element, "channel_id"))
        return f"#{name}" if name else ""
    if kind == "emoji":
        return _emoji(get_string(element, "unicode"), get_string(element, "name"))
    if kind == "broadcast":
        return f"@{get_string(element, 'range')}"
    if kind == "date":
        return get_string(element, "fallback")
    return get_string(element, "text") or get_string(element, "url") or get_string(element, "value")


def _emoji(unicode: str, name: str) -> str:
    """The emoji for code points such as "1f44d-1f3fd"; the name as `:name:` if the workspace made it."""
    try:
        return (
            "".join(chr(int(code_point, 16)) for code_point in unicode.split("-"))
            if unicode
            else f":{_TONE.sub('', name)}:"
        )
    except (ValueError, OverflowError):
        return f":{name}:"


def _reference(found: re.Match[str], names: Names) -> str:
    prefix, identity, label = found.groups()
    name = names.get(identity) or label
    return f"{prefix}{name}" if name else ""


def _elements(blocks: object) -> Iterator[Payload]:
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict):
            yield block
            yield from _elements(block.get("elements"))


def author_of(message: Payload) -> str:
    """The author's name, if the message itself has it: messages of bots do, and forwarded ones."""
    return get_string(message, "username") or get_string(get_object(message, "bot_profile"), "name")
