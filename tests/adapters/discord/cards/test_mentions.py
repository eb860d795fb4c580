"""Commands that a text names become Discord's command mentions."""

import pytest

from adapters.discord.cards.mentions import CommandMentions
from bot.chat import wording
from bot.chat.wording import CommandText, Usage, command_text


@pytest.fixture
def mentions() -> CommandMentions:
    known = CommandMentions()
    known.learn([{"name": "highlight", "id": "7"}])
    return known


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", "</highlight help:7>"),
        ("help", "</highlight help:7>"),
        ("search memory and sleep", "</highlight search:7> words: memory and sleep"),
        ("search", "</highlight search:7>"),
        ("search digest *daily*", "</highlight search:7> words: digest \\*daily\\*"),
        ("by Ann Author", "</highlight by:7> author: Ann Author"),
        ("random 3", "</highlight random:7> count: 3"),
        ("settings threads on", "</highlight settings:7>"),
        ("settings", "</highlight settings:7>"),
        ("digest help", "</highlight digest set:7>"),
        ("digest now", "</highlight digest now:7>"),
        ("digest off Stoics", "</highlight digest off:7> name: Stoics"),
        ("digest daily at 9", "</highlight digest set:7> every: Every day at: 9"),
        ("digest daily tag favorite", "</highlight digest set:7> every: Every day at: 9 tag: favorite"),
        (
            "digest weekly on monday at 8pm Europe/Berlin 3 highlights by Ann",
            "</highlight digest set:7> every: Every Monday at: 20 zone: Europe/Berlin highlights: 3 by: Ann",
        ),
    ],
)
def test_a_command_becomes_a_mention_with_its_options(
    mentions: CommandMentions, typed: str, shown: str
) -> None:
    assert mentions.command(CommandText(typed)) == shown


def test_all_of_a_text_is_literal_except_its_commands(mentions: CommandMentions) -> None:
    text = f"*Say* {command_text('help')}, not /highlight by <@1>."
    assert mentions.text(text) == "\\*Say\\* </highlight help:7>, not /highlight by \\<\\@1\\>."


def test_options_are_named_in_the_language_of_the_reader(mentions: CommandMentions) -> None:
    with wording.in_language("de"):
        assert mentions.command(CommandText("by Ann")) == "</highlight by:7> autor: Ann"
        assert mentions.usage(Usage("digest", "")) == "</highlight digest set:7> `wie-oft:` `uhrzeit:`"


def test_before_its_id_is_known_a_command_is_code() -> None:
    assert CommandMentions().command(CommandText("help")) == "`/highlight help`"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_row_of_the_help_can_be_clicked(mentions: CommandMentions, language: str) -> None:
    with wording.in_language(language):
        sections = (*wording.help_sections(), *wording.digest_help_sections())
        rows = [usage for section in sections for row, _ in section.rows for usage in row]
        shown = [mentions.usage(usage) for usage in rows if not isinstance(usage, str)]
    assert len(shown) > 20
    assert all(text.startswith("</highlight ") for text in shown)
