"""The help as blocks, for `/highlight help` and the App Home."""

import json

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from adapters.slack.manifest import DEFAULT_COMMAND
from bot.chat.replies import Help


def blocks(reply: Help) -> list[Block]:
    """A paragraph, and a list for each section."""
    found = kit.paragraph(reply.about)
    for section in reply.sections:
        rows = [_row(typed, meaning) for typed, meaning in section.rows]
        found += kit.rich_text(kit.section(kit.text(section.heading)) + kit.item_list(rows))
    return found


def renamed(blocks: list[Block], command: str) -> list[Block]:
    """Blocks of our own words with the app's slash command."""
    text = json.dumps(blocks).replace(f"{DEFAULT_COMMAND} ", f"{command} ")
    renamed_blocks: list[Block] = json.loads(text.replace(f'"{DEFAULT_COMMAND}"', f'"{command}"'))
    return renamed_blocks


def _row(typed: tuple[str, ...], meaning: str) -> list[Block]:
    elements: list[Block] = []
    for number, one in enumerate(typed):
        elements += kit.text("  " if number else "") + kit.text(one, code=True)
    return elements + kit.text(f"  {meaning}")
