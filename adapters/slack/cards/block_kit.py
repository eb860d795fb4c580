"""The parts of Block Kit that messages consist of, and how much of a message's space they take.

The text of rich text elements and of `plain_text` with `emoji: false` is literal: it has no markup and needs no escaping. Only the
`text` of a message is mrkdwn (see `escape_mrkdwn`).

Buttons, rows, headers and menus are built with slack_sdk's models, which check Slack's limits. Rich text has no such limits, and
its models parse and copy every nested element again: an answer of 15 quotes would take 100 ms longer. So it is built here.
"""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    DividerBlock,
    FeedbackButtonsElement,
    HeaderBlock,
    ImageElement,
    PlainTextObject,
)
from slack_sdk.models.blocks.basic_components import FeedbackButtonObject

from bot.text.sanitize import visible

Block = dict[str, object]
"""A block or an element, as the JSON that Slack receives."""

MAX_MESSAGE_SIZE = 12_500
"""The limit for all blocks of a message, as `size` counts them. Slack refuses messages from about 13,200 on
(`msg_blocks_too_long`)."""

MAX_OPTION_CHARS, MAX_OPTION_VALUE_CHARS = 75, 150
MAX_OVERFLOW_OPTIONS = 5
"""Limits of Slack for menus: characters of an option's label, of its value, and options behind the three dots."""

DIVIDER: Block = DividerBlock().to_dict()
_BLOCK_SIZE, _ELEMENT_SIZE = 100, 20
"""Space that a block and an element take without their texts; see `size`."""


def text(shown: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> list[Block]:
    """A text element; none for an empty text, which Slack refuses."""
    if not shown:
        return []
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return [{"type": "text", "text": shown, **({"style": style} if style else {})}]


def link(label: str, url: str, *, bold: bool = False) -> list[Block]:
    """A link element."""
    return [{"type": "link", "url": url, "text": label, **({"style": {"bold": True}} if bold else {})}]


def section(elements: Sequence[Block]) -> list[Block]:
    """A paragraph of rich text; none without elements."""
    return [{"type": "rich_text_section", "elements": list(elements)}] if elements else []


def quote(elements: Sequence[Block]) -> list[Block]:
    """A quote of rich text, shown with a bar on its left; none without elements."""
    return [{"type": "rich_text_quote", "elements": list(elements)}] if elements else []


def item_list(items: Iterable[Sequence[Block]], *, first: int | None = None) -> list[Block]:
    """A list of rich text: numbered from `first` (counted from 1), or with bullets if that is None."""
    rows = [row for item in items for row in section(item)]
    if not rows:
        return []
    style: Block = {"style": "bullet"} if first is None else {"style": "ordered", "offset": first - 1}
    return [{"type": "rich_text_list", **style, "elements": rows}]


def rich_text(parts: Sequence[Block]) -> list[Block]:
    """A rich text block of sections, quotes and lists; none without parts."""
    return [{"type": "rich_text", "elements": list(parts)}] if parts else []


def paragraph(shown: str) -> list[Block]:
    """A block with one paragraph of literal text."""
    return rich_text(section(text(visible(shown))))


def context(shown: str, picture: tuple[str, str] | None = None) -> list[Block]:
    """A block of small grey literal text, with a picture before it if `picture` is given (its address and its alt text). No block
    without text and picture."""
    before = [ImageElement(image_url=picture[0], alt_text=picture[1])] if picture else []
    text_ = [_plain_text_object(visible(shown))] if shown else []
    return [ContextBlock(elements=[*before, *text_]).to_dict()] if before or text_ else []


def without_pictures(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without the pictures in small print. A block with nothing but pictures is left out."""
    kept = []
    for block in blocks:
        elements = block.get("elements")
        if block["type"] == "context" and isinstance(elements, list):
            texts = [element for element in elements if element["type"] != "image"]
            if texts:
                kept.append({**block, "elements": texts})
        else:
            kept.append(block)
    return kept


def header(shown: str) -> list[Block]:
    """A block with a heading of at most 150 characters."""
    return [HeaderBlock(text=_plain_text_object(shown)).to_dict()]


def button(label: str, action_id: str, value: str | None) -> list[Block]:
    """A button; none if `value` is None, which means that it was too long."""
    if value is None:
        return []
    return [ButtonElement(text=_plain_text_object(label), action_id=action_id, value=value).to_dict()]


def option(label: str, value: str | None) -> Block | None:
    """An option of a menu; None if `value` is None or too long."""
    if value is None or len(value) > MAX_OPTION_VALUE_CHARS:
        return None
    return {"text": plain_text(label[:MAX_OPTION_CHARS]), "value": value}


def overflow(action_id: str, options: Sequence[Block | None]) -> list[Block]:
    """The menu behind three dots, with at most five options; none without options."""
    existing = [option_ for option_ in options if option_ is not None][:MAX_OVERFLOW_OPTIONS]
    return [{"type": "overflow", "action_id": action_id, "options": existing}] if existing else []


def menu(label: str, action_id: str, options: Sequence[Block | None]) -> list[Block]:
    """A menu that says `label` while nothing is chosen; none without options."""
    existing = [option_ for option_ in options if option_ is not None]
    shown: Block = {"type": "static_select", "placeholder": plain_text(label), "action_id": action_id}
    return [{**shown, "options": existing}] if existing else []


def feedback(
    action_id: str, positive: tuple[str, str | None], negative: tuple[str, str | None]
) -> list[Block]:
    """Two small buttons for feedback, each with its label and value; none if a value was too long."""
    buttons = [
        FeedbackButtonObject(text=_plain_text_object(label), accessibility_label=label, value=value)
        for label, value in (positive, negative)
        if value is not None
    ]
    if len(buttons) < 2:
        return []
    element = FeedbackButtonsElement(
        action_id=action_id, positive_button=buttons[0], negative_button=buttons[1]
    )
    return [ContextActionsBlock(elements=[element]).to_dict()]


def actions(buttons: Sequence[Block]) -> list[Block]:
    """A row of buttons; none without buttons."""
    return [ActionsBlock(elements=list(buttons)).to_dict()] if buttons else []


def plain_text(shown: str) -> Block:
    """Literal text as an object, for places in which Slack takes no rich text."""
    return _plain_text_object(shown).to_dict()


def escape_mrkdwn(shown: str) -> str:
    """Text for mrkdwn: `&`, `<` and `>` escaped once, so that nothing in it pings or becomes a link."""
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(blocks: Sequence[Block]) -> int:
    """How much of a message's space the blocks take. Slack does not document how it counts, so the estimate is a little too high.

    Measurements by others (slackapi/bolt-js issues 2509 and 2867): about 100 for a block, more for every element, and `&`, `<`,
    `>` count as entities. Texts are counted in UTF-16 code units here.
    """
    return len(blocks) * _BLOCK_SIZE + sum(_size(block) for block in blocks)


def escaped_units(shown: str) -> int:
    """Length of a text in UTF-16 code units once its `&`, `<`, `>` are escaped."""
    return len(escape_mrkdwn(shown).encode("utf-16-le", "surrogatepass")) // 2


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(_size(element) + _ELEMENT_SIZE for element in value)
    if not isinstance(value, dict):
        return 0
    texts = (value.get(name) for name in ("text", "url"))
    return sum(escaped_units(text_) for text_ in texts if isinstance(text_, str)) + sum(
        map(_size, value.values())
    )


def _plain_text_object(shown: str) -> PlainTextObject:
    return PlainTextObject(text=shown, emoji=False)
