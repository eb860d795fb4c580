"""Commands within texts: marked in the catalogues, written by each platform in its own way."""

from collections.abc import Iterator

import pytest

from bot.chat import wording
from bot.chat.digest_commands import InvalidDigestCommand
from bot.chat.requests import parse
from bot.chat.settings_commands import InvalidSettingsCommand
from bot.chat.wording import CommandText, Usage, catalog, command_text, parts


def test_a_text_is_plain_pieces_and_commands() -> None:
    text = f"Try {command_text('search memory')}, or {command_text('')}."
    assert list(parts(text)) == ["Try ", CommandText("search memory"), ", or ", CommandText(""), "."]
    assert wording.as_typed(text) == "Try /highlight search memory, or /highlight."
    assert wording.as_typed(text, "/library") == "Try /library search memory, or /library."


def test_what_people_wrote_is_no_command_of_ours() -> None:
    assert list(parts("What about /highlight search?")) == ["What about /highlight search?"]


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_text_that_was_cut_shows_no_sign(cut: int) -> None:
    text = f"Try {command_text('search memory')} now."
    shown = wording.as_typed(text[:cut]) + wording.as_typed(text[cut:])
    assert shown == "Try /highlight search memory now."


def commands(value: object) -> Iterator[CommandText]:
    """The commands in a catalogue."""
    if isinstance(value, str):
        yield from (one for one in parts(value) if isinstance(one, CommandText))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from commands(one)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_command_that_a_text_names_can_be_typed(language: str) -> None:
    named = list(commands(catalog.read(language)))
    assert len(named) == len(list(commands(catalog.read("en"))))
    with wording.in_language(language):
        examples = [
            one
            for section in wording.digest_help_sections()
            for row, _ in section.rows
            for one in row
            if isinstance(one, CommandText)
        ]
        wrong = [
            one.typed
            for one in (*named, *examples)
            if isinstance(parse(one.typed), InvalidDigestCommand | InvalidSettingsCommand)
        ]
    assert wrong == []
    assert len(examples) > 5


def test_the_help_uses_the_name_of_the_slash_command() -> None:
    assert "/library by AUTHOR" in wording.help_text(command="/library")
    assert wording.typed(Usage("sources", "")) == "/highlight sources"
