"""How people see each kind of reply on Discord."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from adapters.discord.cards.card import Card
from adapters.discord.cards.render import Origin, render
from adapters.discord.setup import PERMISSIONS, link, permissions, steps
from adapters.terminal.cli import app
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Help, Notice, Picks, Quotes
from bot.chat.requests import Command
from bot.model import Answer, Question, Quote
from corpus.model import Highlight, Source

SOURCE = Source(
    "Tidy First?", ("Kent Beck",), "books", "https://example.org/tidy", (), "https://example.org/tidy.png"
)
PLAIN = "Make the change easy, then make the easy change."
HIGHLIGHT = Highlight(
    "0" * 16, PLAIN, PLAIN, SOURCE, "https://example.org/tidy#1", "Location 144", "Is *this* it?", (), None, False, "2. Bridges",
    "2024-03-02T10:00:00"
)  # fmt: skip
ANSWER = Answer("easy", (Quote(HIGHLIGHT, ((0, len(PLAIN)),), ((16, 20), (36, 40))),), total=1)
ORIGIN = Origin(message=42, asker=7)


def _labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


def test_a_quote_has_attribution_remark_cover_and_buttons() -> None:
    card = render(ANSWER, ORIGIN)
    assert card.texts == (
        "> Make the change **easy**, then make the **easy** change.",
        "**[Tidy First?](https://example.org/tidy)**\n"
        "-# Kent Beck · Location 144 · “2. Bridges” · 2 March 2024 · [highlight](https://example.org/tidy#1)",
        f"**{wording.REMARK}:** Is \\*this\\* it?",
    )
    assert card.blocks[0].picture is not None
    assert card.blocks[0].picture.url == "https://example.org/tidy.png"
    assert _labels(card) == [wording.SHOW_SOURCE, wording.REMOVE]


def test_a_cover_is_shown_once_for_each_source_and_can_be_left_out() -> None:
    twice = replace(ANSWER, quotes=ANSWER.quotes * 2)
    assert [block.picture is None for block in render(twice).blocks] == [False, True]
    assert all(block.picture is None for block in render(twice, pictures=False).blocks)


def test_a_title_that_cannot_be_linked_has_the_link_beside_it() -> None:
    source = replace(SOURCE, title="[draft] @everyone")
    quote = replace(ANSWER.quotes[0], highlight=replace(HIGHLIGHT, source=source))
    attribution = render(replace(ANSWER, quotes=(quote,))).blocks[0].texts[1]
    assert attribution.startswith("**\\[draft\\] \\@\u200beveryone**\n")
    assert attribution.endswith("· [source](https://example.org/tidy)")


def test_a_long_answer_has_fewer_quotes_and_the_next_page_continues_after_them() -> None:
    plain = "One sentence with *signs* in it. " * 21
    quote = Quote(replace(HIGHLIGHT, plain=plain, text=plain), ((0, len(plain)),))
    card = render(Answer("q", (quote,) * 12, 0, 40), ORIGIN)
    assert card.fits
    assert 1 < len(card.blocks) < 12
    assert all(
        block.texts[0].endswith(r"it. \[…\]") or block.texts[0].endswith(r" \[…\]") for block in card.blocks
    )
    assert card.buttons[0].custom_id == f"b1:m:{len(card.blocks)}:{len(card.blocks)}:@42"
    assert card.footer == f"-# 1–{len(card.blocks)} of 40 highlights"


def test_a_custom_id_has_a_key_for_the_pages_of_a_command_and_not_its_words() -> None:
    private = Origin(asker=7, private=True, key="0123456789abcdef")
    card = render(replace(ANSWER, question="ease: of change", total=9), private)
    assert card.buttons[0].custom_id == "b1:m:1:1:#0123456789abcdef"
    assert _labels(card) == [wording.NEXT_PAGE, wording.SHOW_SOURCE, wording.SHARE]
    assert all("ease" not in button.custom_id for button in card.buttons)


def test_a_page_in_the_middle_has_buttons_for_both_directions() -> None:
    card = render(replace(ANSWER, offset=6, limit=3, total=9), ORIGIN)
    turns = {button.label: button.custom_id for button in card.buttons}
    assert turns[wording.PREVIOUS_PAGE] == "b1:m:3:3:@42"
    assert turns[wording.NEXT_PAGE] == "b1:m:7:3:@42"
    first = render(replace(ANSWER, limit=3, total=9), ORIGIN)
    assert wording.PREVIOUS_PAGE not in _labels(first)


def test_neighbouring_quotes_of_one_source_name_it_once(bot: Bot) -> None:
    page = bot.reply(Command("from", "the slope of forgetting", limit=3))
    assert isinstance(page, Quotes)
    other = bot.reply(Command("from", "rooms for remembering", limit=1))
    assert isinstance(other, Quotes)
    first, second, *_ = page.quotes
    card = render(Answer("q", (first, second, other.quotes[0], first), 0, 4), ORIGIN)
    named = ["Slope of Forgetting" in "".join(block.texts[1:]) for block in card.blocks]
    assert named == [False, True, False, True]


def test_a_time_is_shown_in_the_readers_time_zone() -> None:
    card = render(Notice("Set. The first one is on Monday, 9:00.", moment=("Monday, 9:00", 1_800_000_000)))
    assert card.texts == ("Set. The first one is on <t:1800000000:F>.",)


def test_nothing_fits_is_one_short_line(bot: Bot) -> None:
    card = render(bot.reply(Question("quantum chromodynamics")), ORIGIN)
    assert not card.framed
    assert [button.label for button in card.buttons] == [
        wording.SOURCES_BUTTON,
        wording.RANDOM_BUTTON,
        wording.REMOVE,
    ]
    assert len(card.texts) == 1
    assert card.texts[0].startswith("Nothing fits. I looked for quantum, chromodynamics.")
    assert "\n" not in card.texts[0]


def test_a_corrected_word_is_shown() -> None:
    assert (
        render(replace(ANSWER, corrected={"eazy": "easy"})).header
        == "-# Searched for “easy” instead of “eazy”."
    )


def test_random_highlights_have_a_button_for_another(bot: Bot) -> None:
    card = render(Picks(ANSWER.quotes, Command("random", limit=1)), ORIGIN)
    assert _labels(card) == [wording.ANOTHER, wording.SHOW_SOURCE, wording.REMOVE]


def test_the_list_of_a_source_names_it_once(bot: Bot) -> None:
    card = render(bot.reply(Command("from", "the slope of forgetting")), ORIGIN)
    assert sum("The Slope of Forgetting" in text for text in card.texts) == 1
    assert card.menu is None
    assert wording.SHOW_SOURCE not in _labels(card)


def test_sources_can_be_chosen_from(bot: Bot) -> None:
    card = render(bot.reply(Command("sources")), ORIGIN)
    assert card.menu is not None
    assert len(card.menu.options) == 10
    assert card.buttons[0].custom_id == "b1:m:10:10:sources:"


@pytest.mark.parametrize(
    "notice",
    [Help(), Notice(wording.NO_MORE), Notice(wording.NO_HIGHLIGHTS_YET), Notice(wording.MESSAGE_GONE)],
)
def test_only_the_help_has_a_layout_of_its_own(notice: Notice) -> None:
    card = render(notice)
    assert card.fits
    assert card.buttons == ()
    assert card.framed == isinstance(notice, Help)


def test_the_invitation_asks_for_exactly_the_listed_permissions() -> None:
    requested = {name for name, granted in permissions() if granted}
    assert requested == {name.replace("view_channel", "read_messages") for name, _, _ in PERMISSIONS}
    assert permissions().value == 1 << 10 | 1 << 11 | 1 << 16 | 1 << 38
    assert "scope=bot+applications.commands&permissions=274877975552" in link("123")
    assert all(shown in steps() and reason in steps() for _, shown, reason in PERMISSIONS)
    assert "client_id=123&" in steps("123")
    assert "APPLICATION_ID" not in steps("123")


def test_setup_discord_prints_the_steps_without_a_token_or_network() -> None:
    result = CliRunner().invoke(app, ["setup", "discord", "--application", "123"])
    assert result.exit_code == 0
    assert result.output == steps("123")
    assert CliRunner().invoke(app, ["setup", "discord", "--application", "x y"]).exit_code == 2
