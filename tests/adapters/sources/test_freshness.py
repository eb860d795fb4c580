"""The bot says how fresh the highlights are."""

from dataclasses import replace
from datetime import date

import pytest

from adapters.discord.cards import render as discord
from adapters.slack.cards import home
from adapters.slack.cards import render as slack
from adapters.terminal.render import render as terminal
from bot.chat.conversation import Bot
from bot.chat.replies import Sources
from bot.chat.requests import Command
from bot.chat.wording import age, freshness
from bot.library.freshness import Freshness, SyncState

NOW = 1_800_000_000.0
FRESH = Freshness("2024-07-04", NOW - 3600, (SyncState("readwise", NOW - 720), SyncState("git")))
SENTENCE = "Newest highlight: 2024-07-04. Readwise synced 12 minutes ago. Git: not synced yet."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (7200, "2 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_an_age_is_given_in_its_largest_unit(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_each_service_and_the_newest_highlight_are_named() -> None:
    assert freshness(FRESH, NOW) == SENTENCE


def test_without_a_service_the_last_change_of_the_folder_is_named() -> None:
    assert (
        freshness(replace(FRESH, syncs=()), NOW)
        == "Newest highlight: 2024-07-04. Last change in the notes: 1 hour ago."
    )


def test_without_known_times_nothing_is_said() -> None:
    assert freshness(Freshness(), NOW) == ""


@pytest.fixture
def fresh_bot(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    monkeypatch.setattr("bot.chat.conversation.time", lambda: NOW)
    return Bot(bot.index, freshness=lambda _: FRESH)


def test_on_every_platform_the_first_page_of_sources_says_how_fresh_they_are(fresh_bot: Bot) -> None:
    reply = fresh_bot.reply(Command("sources"))
    assert isinstance(reply, Sources)
    assert SENTENCE in str(slack.message(reply, asker=None, private=False))
    assert "12 minutes ago" in str(discord.render(reply))
    assert SENTENCE in terminal(reply, None).plain
    second_page = fresh_bot.reply(Command("sources", offset=2))
    assert isinstance(second_page, Sources)
    assert second_page.freshness == ""


def test_the_home_tab_says_how_fresh_the_notes_are(fresh_bot: Bot) -> None:
    view = home.view(fresh_bot.index, date(2026, 11, 28), home.Shown(freshness=fresh_bot.told_freshness()))
    assert SENTENCE in str(view)
