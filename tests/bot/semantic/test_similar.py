"""The button "More like this" below a quote, and the highlights that it shows."""

from dataclasses import replace

import pytest

from adapters.discord.cards import actions as discord_actions
from adapters.discord.cards import custom_ids
from adapters.discord.cards.card import layout
from adapters.discord.cards.render import render as as_card
from adapters.slack.cards import actions as slack_actions
from adapters.slack.cards.render import message
from bot.answering.similar import similar_highlights
from bot.chat.commands import next_page
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Quotes
from bot.chat.requests import Command, parse
from bot.model import Answer, Question
from bot.search.index import Index
from bot.semantic.backfill import fill
from tests.bot.semantic.models import make_embedding
from tests.libraries import highlight, library_of

NOTES = library_of(
    [
        highlight("doze", "A doze after lunch clears the head."),
        highlight("nap", "Napoleon could take a nap on his horse."),
        highlight("lunch", "Lunch is a habit of the head, not of the stomach."),
        highlight("car", "An automobile is a machine for arriving late."),
        *(highlight(f"bank{n}", f"Lender number {n} is patient.") for n in range(6)),
    ]
)
INDEX = Index.build(NOTES)


@pytest.fixture(scope="module")
def bot() -> Bot:
    embedding = make_embedding()
    assert fill(embedding, INDEX, lambda: False)
    return Bot(INDEX, embedding=embedding)


def similar_to(bot: Bot, id_: str, offset: int = 0) -> Quotes:
    reply = bot.reply(Command("like", id_, offset))
    assert isinstance(reply, Quotes)
    return reply


def test_passages_close_in_meaning_come_first(bot: Bot) -> None:
    assert [quote.highlight.id for quote in similar_to(bot, "doze").quotes] == ["nap"]


def test_without_a_model_passages_with_the_same_words_are_similar() -> None:
    assert [quote.highlight.id for quote in similar_highlights("doze", INDEX).quotes] == ["lunch"]


def test_pages_of_similar_highlights_leave_out_the_highlight_itself(bot: Bot) -> None:
    first = similar_to(bot, "bank0")
    following = next_page(first)
    assert isinstance(following, Command)
    second = bot.reply(following)
    assert isinstance(second, Quotes)
    ids = [quote.highlight.id for quote in (*first.quotes, *second.quotes)]
    assert sorted(ids) == [f"bank{n}" for n in range(1, 6)]
    assert first.page.meant == ("“Lender number 0 is patient.”",)


@pytest.mark.parametrize("id_", ["car", "gone", ""])
def test_a_notice_says_that_no_highlight_is_similar(bot: Bot, id_: str) -> None:
    assert isinstance(bot.reply(Command("like", id_)), Notice)


def test_the_like_command_cannot_be_typed() -> None:
    assert parse("like a rolling stone") == Command("search", "like a rolling stone")


def ask_about_lenders(bot: Bot) -> Answer:
    reply = bot.reply(Question("which lender is patient?"))
    assert isinstance(reply, Answer)
    assert len(reply.quotes) == 3
    return reply


def test_on_slack_each_quote_has_the_button(bot: Bot) -> None:
    reply = ask_about_lenders(bot)
    blocks = message(reply, asker="U1", private=False).blocks
    elements = [element for block in blocks for element in block.get("elements", ())]  # type: ignore[attr-defined]
    choices = [choice for element in elements for choice in (element, *element.get("options", ()))]
    found = [slack_actions.decode_request(choice["value"]) for choice in choices if "value" in choice]
    found = [request for request in found if isinstance(request, Command) and request.name == "like"]
    assert found == [Command("like", quote.highlight.id) for quote in reply.quotes]
    without = message(replace(reply, alike=False), asker="U1", private=False).blocks
    assert "alike" not in str(without)


def test_on_discord_each_quote_has_the_button(bot: Bot) -> None:
    reply = ask_about_lenders(bot)
    card = as_card(reply)
    buttons = [block.button for block in card.blocks]
    found = [custom_ids.decode(button.custom_id) for button in buttons if button is not None]
    assert found == [discord_actions.Similar(quote.highlight.id) for quote in reply.quotes]
    view = layout(card)
    assert sum(1 for _ in view.walk_children()) == card.components
    assert all(block.button is None for block in as_card(replace(reply, alike=False)).blocks)


def test_without_a_model_there_is_no_button() -> None:
    reply = Bot(INDEX).reply(Question("patient lender"))
    assert isinstance(reply, Answer)
    assert reply.quotes
    assert not reply.alike
