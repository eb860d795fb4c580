"""The few pieces of Block Kit that messages are made of, and how much room they take.

The text of rich-text elements and of `plain_text` with `emoji: false` is literal: nothing in it is markup, nothing is
escaped. Only a message's `text` is mrkdwn (see `escaped`).
"""

from collections.abc import Iterable, Sequence

from bot.text.sanitize import visible

Block = dict[str, object]
"""A block or element as it goes to Slack as JSON."""

MOST_BLOCKS = 50
MOST_SIZE = 12_500
"""All blocks of a message as `size` counts; Slack refuses somewhat past 13,200 (`msg_blocks_too_long`)."""

DIVIDER: Block = {"type": "divider"}
_BLOCK_COST, _ELEMENT_COST = 100, 20


def text(shown: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> list[Block]:
    """A text element; none for an empty text, which Slack refuses."""
    if not shown:
        return []
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return [{"type": "text", "text": shown, **({"style": style} if style else {})}]


def link(shown: str, address: str, *, bold: bool = False) -> list[Block]:
    """A link element."""
    return [{"type": "link", "url": address, "text": shown, **({"style": {"bold": True}} if bold else {})}]


def section(elements: Sequence[Block]) -> list[Block]:
    """A paragraph of a rich text; none without elements."""
    return [{"type": "rich_text_section", "elements": list(elements)}] if elements else []


def quote(elements: Sequence[Block]) -> list[Block]:
    """A quote of a rich text: every line of it behind a bar."""
    return [{"type": "rich_text_quote", "elements": list(elements)}] if elements else []


def listed(items: Iterable[Sequence[Block]], *, first: int | None = None) -> list[Block]:
    """A list of a rich text, numbered from `first` where given."""
    rows = [row for item in items for row in section(item)]
    if not rows:
        return []
    signs: Block = {"style": "bullet"} if first is None else {"style": "ordered", "offset": first - 1}
    return [{"type": "rich_text_list", **signs, "elements": rows}]


def rich(parts: Sequence[Block]) -> list[Block]:
    """A block of rich text; none without parts."""
    return [{"type": "rich_text", "elements": list(parts)}] if parts else []


def paragraph(shown: str, *, italic: bool = False, bold: bool = False) -> list[Block]:
    """A block with one paragraph of literal text."""
    return rich(section(text(visible(shown), italic=italic, bold=bold)))


def small(shown: str) -> list[Block]:
    """A block of small grey literal text."""
    return [{"type": "context", "elements": [plain(visible(shown))]}] if shown else []


def header(shown: str) -> list[Block]:
    """A block with a heading of at most 150 characters."""
    return [{"type": "header", "text": plain(shown)}]


def button(label: str, action_id: str, value: str | None) -> list[Block]:
    """A button; none where its value found no room."""
    if value is None:
        return []
    return [{"type": "button", "text": plain(label), "action_id": action_id, "value": value}]


def actions(buttons: Sequence[Block]) -> list[Block]:
    """A row of buttons; none without them."""
    return [{"type": "actions", "elements": list(buttons)}] if buttons else []


def escaped(shown: str) -> str:
    """Text for mrkdwn: `&`, `<`, `>` escaped once, so that nothing in it pings or links by markup."""
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(blocks: Sequence[Block]) -> int:
    """What blocks take of a message's room, rather too much: Slack's own count is not documented.

    Measured by others (slackapi/bolt-js issues 2509 and 2867): about 100 a block, more for every element, entities for
    `&`, `<`, `>`. UTF-16 units are counted here.
    """
    return len(blocks) * _BLOCK_COST + sum(_size(block) for block in blocks)


def counted(shown: str) -> int:
    """UTF-16 units of a text with its `&`, `<`, `>` escaped."""
    return len(escaped(shown).encode("utf-16-le", "surrogatepass")) // 2


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(_size(one) + _ELEMENT_COST for one in value)
    if not isinstance(value, dict):
        return 0
    written = (value.get(name) for name in ("text", "url"))
    return sum(counted(one) for one in written if isinstance(one, str)) + sum(map(_size, value.values()))


def plain(shown: str) -> Block:
    """Literal text as an object, for what takes nothing richer."""
    return {"type": "plain_text", "text": shown, "emoji": False}
