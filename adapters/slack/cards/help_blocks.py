"""The help as blocks, for `/highlight help` and the App Home."""

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from adapters.slack.manifest import DEFAULT_COMMAND
from bot.chat import wording
from bot.chat.replies import Help


def blocks(reply: Help, command: str = DEFAULT_COMMAND) -> list[Block]:
    """A paragraph, and a list for each section. `command` is the app's slash command."""
    found = kit.paragraph(reply.about)
    for section in reply.sections:
        rows = [
            _row([wording.typed(usage, command) for usage in shown], meaning)
            for shown, meaning in section.rows
        ]
        found += kit.rich_text(kit.section(kit.text(section.heading)) + kit.item_list(rows))
    return found


def _row(typed: list[str], meaning: str) -> list[Block]:
    elements: list[Block] = []
    for number, part in enumerate(typed):
        elements += kit.text("  " if number else "") + kit.text(part, code=True)
    return elements + kit.text(f"  {meaning}")
