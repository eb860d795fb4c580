"""How to ask, as lists: for `/highlight help` and the App Home."""

from adapters.slack import block_kit as kit
from adapters.slack.block_kit import Block
from bot.chat import wording


def blocks() -> list[Block]:
    """What can be written in a question, and the commands."""
    operators = [_row(signs, meaning) for signs, meaning in wording.OPERATORS]
    commands = [_row((command,), meaning) for command, meaning in wording.COMMANDS]
    return [
        *kit.paragraph(wording.ABOUT),
        *kit.rich(kit.section(kit.text(wording.OPERATORS_ABOVE)) + kit.listed(operators)),
        *kit.rich(kit.section(kit.text(wording.COMMANDS_ABOVE)) + kit.listed(commands)),
    ]


def _row(signs: tuple[str, ...], meaning: str) -> list[Block]:
    elements: list[Block] = []
    for number, sign in enumerate(signs):
        elements += kit.text("  " if number else "") + kit.text(sign, code=True)
    return elements + kit.text(meaning and f"  {meaning}")
