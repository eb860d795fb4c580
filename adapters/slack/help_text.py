"""The help as blocks, for `/highlight help` and the App Home."""

from adapters.slack import block_kit as kit
from adapters.slack.block_kit import Block
from bot.chat import wording


def blocks() -> list[Block]:
    """What a question may contain, and the commands."""
    operator_rows = [_row(operators, meaning) for operators, meaning in wording.OPERATORS]
    commands = [_row((command,), meaning) for command, meaning in wording.COMMANDS]
    return [
        *kit.paragraph(wording.ABOUT),
        *kit.rich_text(kit.section(kit.text(wording.OPERATORS_ABOVE)) + kit.item_list(operator_rows)),
        *kit.rich_text(kit.section(kit.text(wording.COMMANDS_ABOVE)) + kit.item_list(commands)),
    ]


def _row(operators: tuple[str, ...], meaning: str) -> list[Block]:
    elements: list[Block] = []
    for number, operator in enumerate(operators):
        elements += kit.text("  " if number else "") + kit.text(operator, code=True)
    return elements + kit.text(meaning and f"  {meaning}")
