"""Reads a message as people see it: its text, whom it pings, where its links go, and which previews it has.

Each function takes a `Message` or the arguments of a chat.postMessage. If a message has blocks, Slack shows
the blocks and uses `text` for the notification only. Mentions in `text` still ping.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from tests.slack_server.json_types import Json
from tests.slack_server.shown.mrkdwn import EMOJI, Link, Reading, read, with_emoji
from tests.slack_server.workspace import Message, View

Shown = Message | View | Json
Names = Mapping[str, str]

_LINE_BLOCKS = {"divider": "———"}


def visible_text(message: Shown, names: Names | None = None) -> str:
    """The text on the screen: markup is interpreted, entities are unescaped, a button is `[label]`."""
    return _joined(_shown(_payload(message), names or {})).text


def notification(message: Shown, names: Names | None = None) -> str:
    """The text of the notification, which screen readers read out as well."""
    payload = _payload(message)
    return _read_text(payload, names or {}).text if payload.get("text") else visible_text(payload, names)


def pings(message: Shown, names: Names | None = None) -> set[str]:
    """Who is pinged: ids of people and groups, `channel`, `here`, `everyone`, and `@name` if names are linked."""
    payload = _payload(message)
    text = _read_text(payload, names or {})
    return {*text.pings, *_joined(_shown(payload, names or {})).pings}


def links(message: Shown, names: Names | None = None) -> list[Link]:
    """The links that can be clicked, each with its label."""
    return list(_joined(_shown(_payload(message), names or {})).links)


def unfurls(message: Shown) -> list[str]:
    """The URLs that Slack would preview below the message: none if both kinds of unfurling are off."""
    payload = _payload(message)
    if payload.get("unfurl_links") is False and payload.get("unfurl_media") is False:
        return []
    if isinstance(message, View) or (isinstance(message, Message) and message.ephemeral_to):
        return []
    found = [*_joined(_shown(payload, {})).links, *_read_text(payload, {}).links]
    return list(
        dict.fromkeys(link.url for link in found if link.url.lower().startswith(("http://", "https://")))
    )


def _payload(message: Shown) -> Json:
    return message.content if isinstance(message, Message | View) else message


def _joined(readings: Iterable[Reading], between: str = "\n") -> Reading:
    parts = list(readings)
    return Reading(
        between.join(part.text for part in parts),
        tuple(ping for part in parts for ping in part.pings),
        tuple(link for part in parts for link in part.links),
    )


def _read_text(payload: Json, names: Names) -> Reading:
    return read(
        str(payload.get("text") or ""),
        names=names,
        link_names=bool(payload.get("link_names")) or payload.get("parse") == "full",
        formatted=payload.get("mrkdwn") is not False,
    )


def _shown(payload: Json, names: Names) -> Iterator[Reading]:
    blocks: list[Json] = payload.get("blocks") or []
    if not blocks:
        yield _read_text(payload, names)
    for block in blocks:
        yield _block(block, names)


def _block(block: Json, names: Names) -> Reading:
    kind = block["type"]
    if kind in _LINE_BLOCKS:
        return Reading(_LINE_BLOCKS[kind])
    if kind == "rich_text":
        return _joined(_rich_part(part, names) for part in block["elements"])
    if kind == "image":
        return Reading(
            "\n".join([*([block["title"]["text"]] if "title" in block else []), f"[{block['alt_text']}]"])
        )
    if kind == "markdown":
        return read(block["text"], names=names, formatted=False)
    if kind in ("actions", "context_actions"):
        return _joined((_element(element, names) for element in block["elements"]), " ")
    if kind == "context":
        return _joined((_element(element, names) for element in block["elements"]), " ")
    parts = [block[name] for name in ("text", "label") if name in block]
    parts += [
        *block.get("fields", []),
        *(block[name] for name in ("hint", "accessory", "element") if name in block),
    ]
    return _joined(_element(part, names) for part in parts)


def _element(control: Json, names: Names) -> Reading:
    kind = control["type"]
    if kind == "mrkdwn":
        return read(control["text"], names=names, verbatim=control.get("verbatim") is True)
    if kind == "plain_text":
        return Reading(_plain(control))
    if kind == "image":
        return Reading(f"[{control['alt_text']}]")
    if kind == "overflow":
        return Reading(f"[⋯ {' | '.join(_plain(one['text']) for one in control['options'])}]")
    if kind == "feedback_buttons":
        labels = (_plain(control[name]["text"]) for name in ("positive_button", "negative_button"))
        return Reading(" ".join(f"[{label}]" for label in labels))
    label = _plain(control.get("text") or control.get("placeholder") or {"text": kind})
    target = (Link(label, control["url"]),) if "url" in control else ()
    return Reading(f"[{label}]", (), target)


def _plain(text: Json) -> str:
    return str(text["text"]) if text.get("emoji") is False else with_emoji(str(text["text"]))


def _rich_part(part: Json, names: Names) -> Reading:
    if part["type"] != "rich_text_list":
        return _joined((_inline(element, names) for element in part["elements"]), "")
    items = [
        _joined((_inline(element, names) for element in item["elements"]), "") for item in part["elements"]
    ]
    first = 1 + int(part.get("offset", 0))
    signs = [f"{first + number}. " if part["style"] == "ordered" else "• " for number in range(len(items))]
    return _joined(
        Reading(sign + item.text, item.pings, item.links) for sign, item in zip(signs, items, strict=True)
    )


def _inline(element: Json, names: Names) -> Reading:
    """Reads an inline element of rich text, whose text is literal."""
    kind = element["type"]
    if kind == "text":
        return Reading(element["text"])
    if kind == "link":
        label = element.get("text") or element["url"]
        return Reading(label, (), (Link(label, element["url"]),))
    if kind == "emoji":
        return Reading(EMOJI.get(element["name"], f":{element['name']}:"))
    if kind == "broadcast":
        return Reading(f"@{element['range']}", (element["range"],))
    if kind in ("user", "usergroup"):
        name = str(element.get("user_id") or element.get("usergroup_id"))
        return Reading("@" + names.get(name, name), (name,))
    if kind == "channel":
        return Reading("#" + names.get(element["channel_id"], element["channel_id"]))
    if kind == "date":
        return Reading(time.strftime("%B %-d, %Y", time.gmtime(element["timestamp"])))
    return Reading(str(element.get("value", "")))
