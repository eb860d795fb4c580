"""The checks of blocks. Slack refuses a message that fails one with `invalid_blocks` or `msg_blocks_too_long`.

Limits: Slack's Block Kit reference (docs.slack.dev/reference/block-kit) and the constants of
slack_sdk.models.blocks. 50 blocks in a message, 100 in a view; section text 3,000, its fields 10 of 2,000;
header 150; context 10 elements; actions 25; button text 75, value 2,000, url 3,000; action_id and block_id
255; markdown 12,000 over all such blocks.

Slack does not document the limit for all blocks together. Others measured it (slackapi/bolt-js issues 2509 and
2867): markdown alone is refused above 13,297 characters; each header costs about 100 characters more than its
text; a message of many rich-text elements was refused at 11,341 characters of text; `&`, `<` and `>` count as
their entities. `size_of` approximates that with round costs for containers and elements. The limit applies to
chat.postMessage and chat.update, not to a response_url.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.slack_server.json_types import Json
from tests.slack_server.shown.rich_text import RICH_TEXT
from tests.slack_server.shown.shapes import (
    Check,
    Found,
    anything,
    array,
    boolean,
    by_type,
    fields,
    integer,
    one_of,
    say,
    string,
    url,
)

MAX_BLOCKS_SIZE = 13_200
MAX_MARKDOWN_CHARS = 12_000
_BLOCK_COST = 100
_ELEMENT_COST = 20


def _text(maximum: int, *, mrkdwn: bool) -> Check:
    kinds: dict[str, Check] = {"plain_text": fields({"text": string(maximum)}, {"emoji": boolean})}
    if mrkdwn:
        kinds["mrkdwn"] = fields({"text": string(maximum)}, {"verbatim": boolean})
    return by_type(kinds)


def plain(maximum: int) -> Check:
    return _text(maximum, mrkdwn=False)


def rich(maximum: int) -> Check:
    return _text(maximum, mrkdwn=True)


_CONFIRM = fields(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = fields({"text": rich(75), "value": string(150)}, {"description": rich(75), "url": url()})
_OPTION_GROUP = fields({"label": plain(75), "options": array(_OPTION, 100)})
_ACTION: dict[str, Check] = {"action_id": string(255)}
_INPUT: dict[str, Check] = {
    **_ACTION,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "confirm": _CONFIRM,
}
_CHOICES: dict[str, Check] = {"options": array(_OPTION, 100), "option_groups": array(_OPTION_GROUP, 100)}
OPTIONS = fields({}, {"options": array(_OPTION, 100, 0), "option_groups": array(_OPTION_GROUP, 100, 0)})
"""The app's answer to an external_select."""
_LISTED = {**_INPUT, **_CHOICES, "initial_option": _OPTION}
_FILTER = fields(
    {}, {"include": anything, "exclude_bot_users": boolean, "exclude_external_shared_channels": boolean}
)
_TEN: dict[str, Check] = {"options": array(_OPTION, 10)}
_FEW = {**_ACTION, "confirm": _CONFIRM, "focus_on_load": boolean}
_WRITTEN = {
    **_ACTION,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": anything,
}
_CONVERSATIONS = {
    **_INPUT,
    "initial_conversation": string(255),
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": _FILTER,
}
_IMAGE_ELEMENT = fields({"image_url": url(), "alt_text": string(2000)})

_BUTTON = fields(
    {"text": plain(75)},
    {
        **_ACTION,
        "value": string(2000),
        "url": url(),
        "style": one_of("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
    },
)
_MENUS: dict[str, Check] = {
    "static_select": fields({}, _LISTED),
    "external_select": fields(
        {}, {**_INPUT, "min_query_length": integer(0, 3000), "initial_option": _OPTION}
    ),
    "users_select": fields({}, {**_INPUT, "initial_user": string(255)}),
    "conversations_select": fields({}, _CONVERSATIONS),
    "channels_select": fields(
        {}, {**_INPUT, "initial_channel": string(255), "response_url_enabled": boolean}
    ),
    "multi_static_select": fields(
        {},
        {**_INPUT, **_CHOICES, "initial_options": array(_OPTION, 100), "max_selected_items": integer(1, 100)},
    ),
    "multi_external_select": fields(
        {},
        {
            **_INPUT,
            "min_query_length": integer(0, 3000),
            "initial_options": array(_OPTION, 100),
            "max_selected_items": integer(1, 100),
        },
    ),
    "checkboxes": fields(_TEN, {**_FEW, "initial_options": array(_OPTION, 10)}),
    "radio_buttons": fields(_TEN, {**_FEW, "initial_option": _OPTION}),
    "datepicker": fields({}, {**_INPUT, "initial_date": string(10)}),
    "timepicker": fields({}, {**_INPUT, "initial_time": string(5), "timezone": string(255)}),
}
_PRESSED: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": fields({"options": array(_OPTION, 5)}, {**_ACTION, "confirm": _CONFIRM}),
}
_TYPED: dict[str, Check] = {
    "plain_text_input": fields(
        {},
        {
            **_WRITTEN,
            "initial_value": string(3000, minimum=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": fields(
        {"is_decimal_allowed": boolean},
        {**_WRITTEN, "initial_value": string(255), "min_value": string(255), "max_value": string(255)},
    ),
}

_EVERYWHERE: dict[str, Check] = {
    "section": fields(
        {},
        {
            "text": rich(3000),
            "fields": array(rich(2000), 10),
            "accessory": by_type({**_PRESSED, **_MENUS, "image": _IMAGE_ELEMENT}),
            "expand": boolean,
        },
    ),
    "divider": fields({}),
    "header": fields({"text": plain(150)}),
    "image": fields({"image_url": url(), "alt_text": string(2000)}, {"title": plain(2000)}),
    "context": fields(
        {
            "elements": array(
                by_type(
                    {
                        "plain_text": fields({"text": string(3000)}, {"emoji": boolean}),
                        "mrkdwn": fields({"text": string(3000)}, {"verbatim": boolean}),
                        "image": _IMAGE_ELEMENT,
                    }
                ),
                10,
            )
        }
    ),
    "actions": fields({"elements": array(by_type({**_PRESSED, **_MENUS}), 25)}),
    "rich_text": RICH_TEXT,
    "input": fields(
        {"label": plain(2000), "element": by_type({**_MENUS, **_TYPED})},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}
_FEEDBACK = fields({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_SMALL: dict[str, Check] = {
    "feedback_buttons": fields({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTION),
    "icon_button": fields(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            **_ACTION,
            "value": string(2000),
            "confirm": _CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": anything,
        },
    ),
}
"""Elements of context_actions, which Slack accepts only in messages."""
_IN_MESSAGES: dict[str, Check] = {
    **_EVERYWHERE,
    "markdown": fields({"text": string(MAX_MARKDOWN_CHARS)}),
    "context_actions": fields({"elements": array(by_type(_SMALL), 5)}),
}


def _with_block_id(kinds: Mapping[str, Check]) -> Check:
    inner = by_type(kinds)
    block_id = string(255)

    def check(value: object, at: str, found: Found) -> None:
        if isinstance(value, dict) and "block_id" in value:
            block_id(value["block_id"], f"{at}/block_id", found)
            value = {name: field for name, field in value.items() if name != "block_id"}
        inner(value, at, found)

    return check


_MESSAGE = array(_with_block_id(_IN_MESSAGES), 50, minimum=0)
_VIEW = array(_with_block_id(_EVERYWHERE), 100, minimum=0)


def problems(blocks: object, at: str = "/blocks", *, in_view: bool = False) -> list[str]:
    """Slack's sentences about the mistakes in these blocks. Empty if Slack would accept them."""
    found: Found = []
    (_VIEW if in_view else _MESSAGE)(blocks, at, found)
    if not found and isinstance(blocks, list):
        _unique_ids(blocks, at, found)
        _across(blocks, at, found)
    return found


def _unique_ids(blocks: list[Json], at: str, found: Found) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        name = block.get("block_id")
        if name is not None and name in seen:
            say(found, f'`block_id` "{name}" already exists', f"{at}/{number}/block_id")
        seen.add(str(name))
        actions: set[str] = set()
        for place, element in elements_of(block):
            action = element.get("action_id")
            if action is not None and action in actions:
                say(found, f'`action_id` "{action}" already exists', f"{at}/{number}/{place}/action_id")
            actions.add(str(action))


def _across(blocks: list[Json], at: str, found: Found) -> None:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MAX_MARKDOWN_CHARS:
        say(found, f"must be less than {MAX_MARKDOWN_CHARS + 1} characters", at)
    for number, block in enumerate(blocks):
        if block["type"] == "section" and "text" not in block and "fields" not in block:
            say(found, "must define either `text` or `fields`", f"{at}/{number}/type")
        for place, element in elements_of(block):
            listed = element["type"].endswith("static_select")
            if listed and ("options" in element) == ("option_groups" in element):
                say(found, "must define either `options` or `option_groups`", f"{at}/{number}/{place}")


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """The interactive elements of a block, each with its path within the block, such as "elements/0"."""
    if block.get("type") in ("actions", "context_actions"):
        for number, element in enumerate(block["elements"]):
            yield f"elements/{number}", element
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield name, block[name]


def size_of(blocks: list[Json]) -> int:
    """The approximate size that Slack counts for all blocks of a message (see the module's docstring)."""
    return len(blocks) * _BLOCK_COST + sum(_size(block) for block in blocks)


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(_size(item) + _ELEMENT_COST for item in value)
    if not isinstance(value, dict):
        return 0
    written = [value[name] for name in ("text", "url", "alt_text") if isinstance(value.get(name), str)]
    return sum(_counted(text) for text in written) + sum(_size(field) for field in value.values())


def _counted(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
