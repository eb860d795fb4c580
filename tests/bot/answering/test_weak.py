"""A weak answer shows the nearest quote, says that it may not answer, and names the words that no highlight has."""

import json
from random import Random

import pytest

from adapters import json_output
from adapters.discord.cards.render import render as discord
from adapters.slack.cards.render import message as slack
from adapters.terminal.render import render as terminal
from bot.answering.answer import answer
from bot.chat.commands import next_page
from bot.chat.conversation import Bot
from bot.model import Answer, Question
from bot.search.index import Index
from tests.libraries import library

ISLAND = Index.build(
    library(
        "The ferry to the island leaves at dawn and comes back when the tide allows it.",
        "Retrieval has a price: what is recalled pushes away what is not.",
        "A lighthouse keeper writes down the weather three times a day.",
        "Rope is tested by the load that it never has to carry.",
        "The harbour was built of stone by monks in the year 1312.",
        "Salt keeps fish for a winter and ruins a garden for a decade.",
        "Whoever mends nets thinks about the holes, not about the cords.",
        "Fog makes the same coast look like another country.",
        "The tide table is the only book that every house on the island has.",
        "A map of the sea is out of date before it is printed.",
        "Children learn to row before they learn to write.",
        "The bell on the pier rings for arrivals and for funerals alike.",
    )
)
WEAK = "what is the price of a zeppelin"
"""Of this question only "price" is in the notes, in another sense."""


def ask(question: str, offset: int = 0) -> Answer:
    return answer(Question(question, 3, offset), ISLAND)


def test_a_weak_answer_has_one_quote_and_the_words_that_no_highlight_has() -> None:
    reply = ask(WEAK)
    assert (reply.found, reply.weak, reply.total, len(reply.quotes)) == (True, True, 1, 1)
    assert reply.missing == ("zeppelin",)
    assert reply.quotes[0].text.startswith("Retrieval has a price")
    assert not reply.suggestions


def test_a_good_answer_and_a_refusal_are_not_weak() -> None:
    good, refused = ask("when does the ferry leave"), ask("how do I bake sourdough")
    assert (good.found, good.weak, good.missing, good.not_quoted) == (True, False, (), None)
    assert (refused.found, refused.weak, refused.total) == (False, False, 0)
    assert refused.missing == ("bake", "sourdough")


def test_a_weak_answer_has_no_next_page() -> None:
    assert next_page(ask(WEAK)) is None
    assert not ask(WEAK, offset=1).quotes


def test_an_answer_names_the_rarest_word_that_no_quote_has() -> None:
    reply = ask("salt and fish and zeppelins")
    assert (reply.found, reply.weak, reply.not_quoted) == (True, False, "zeppelins")
    assert "No highlight has “zeppelins”." in terminal(reply, 80).plain


def test_a_weak_answer_in_json() -> None:
    parsed = json.loads(json_output.line(json_output.answer(ask(WEAK))))
    assert (parsed["found"], parsed["weak"], parsed["total"], parsed["missing"]) == (
        True,
        True,
        1,
        ["zeppelin"],
    )
    assert len(parsed["quotes"]) == 1
    assert json_output.answer(ask("how do I bake sourdough"))["weak"] is False


NEAREST, MISSING = "Nothing fits well. Nearest:", "No highlight has “zeppelin”."


def test_a_weak_answer_on_a_terminal() -> None:
    shown = terminal(ask(WEAK), 80).plain
    assert shown.index(NEAREST) < shown.index("Retrieval") < shown.index(MISSING)
    assert NEAREST not in terminal(ask("when does the ferry leave"), 80).plain


def test_a_weak_answer_on_slack() -> None:
    shown = slack(ask(WEAK), asker="U1", private=False)
    blocks = json.dumps(shown.blocks, ensure_ascii=False)
    assert blocks.index(NEAREST) < blocks.index("Retrieval") < blocks.index(MISSING)
    assert shown.text.startswith(NEAREST)
    assert "More" not in blocks


def test_a_weak_answer_on_discord() -> None:
    card = discord(ask(WEAK))
    assert card.header is not None
    assert card.footer is not None
    assert NEAREST in card.header
    assert MISSING in card.footer
    assert "highlight" not in card.footer.replace("No highlight has", "")


@pytest.mark.parametrize("question", [WEAK, "when does the ferry leave"])
def test_the_bot_gives_the_same_weak_answer(question: str) -> None:
    reply = Bot(ISLAND, 3, Random(0)).reply(Question(question))
    assert isinstance(reply, Answer)
    assert reply.weak == (question == WEAK)


def test_a_question_of_one_common_word_is_answered() -> None:
    assert not ask("tide").weak
    assert ask("tide").total == 2
