"""Commands within texts are marked in the catalogues, and each platform writes them in its own way."""

from collections.abc import Iterator

import pytest

from bot.chat import wording
from bot.chat.digest_commands import InvalidDigestCommand
from bot.chat.requests import parse
from bot.chat.settings_commands import InvalidSettingsCommand
from bot.chat.wording import CommandText, Usage, catalog, command_text, parts


def test_a_text_is_split_into_plain_parts_and_commands() -> None:
    text = f"Try {command_text('search memory')}, or {command_text('')}."
    assert list(parts(text)) == ["Try ", CommandText("search memory"), ", or ", CommandText(""), "."]
    assert wording.as_typed(text) == "Try /highlight search memory, or /highlight."
    assert wording.as_typed(text, "/library") == "Try /library search memory, or /library."


def test_a_command_in_a_persons_own_text_is_not_marked() -> None:
    assert list(parts("What about /highlight search?")) == ["What about /highlight search?"]


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_text_cut_anywhere_shows_no_marker_character(cut: int) -> None:
    text = f"Try {command_text('search memory')} now."
    shown = wording.as_typed(text[:cut]) + wording.as_typed(text[cut:])
    assert shown == "Try /highlight search memory now."


def commands(value: object) -> Iterator[CommandText]:
    """Yields the commands in a catalogue."""
    if isinstance(value, str):
        yield from (part for part in parts(value) if isinstance(part, CommandText))
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from commands(child)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_command_in_a_text_can_be_typed(language: str) -> None:
    named = list(commands(catalog.read(language)))
    assert len(named) == len(list(commands(catalog.read("en"))))
    with wording.in_language(language):
        examples = [
            cell
            for section in wording.digest_help_sections()
            for row, _ in section.rows
            for cell in row
            if isinstance(cell, CommandText)
        ]
        wrong = [
            command.typed
            for command in (*named, *examples)
            if isinstance(parse(command.typed), InvalidDigestCommand | InvalidSettingsCommand)
        ]
    assert wrong == []
    assert len(examples) > 5


def test_the_help_uses_the_name_of_the_slash_command() -> None:
    assert "/library by AUTHOR" in wording.help_text(command="/library")
    assert wording.typed(Usage("sources", "")) == "/highlight sources"
