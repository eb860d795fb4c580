"""Answers too large for one Slack message get fewer and shorter quotes. Every cut is marked, and Slack accepts the message."""

import pytest

from adapters.slack.cards import render
from bot.model import Answer, Quote
from corpus.model import Highlight, Source
from tests.slack_server import visible_text
from tests.slack_server.shown.blocks import MAX_BLOCKS_SIZE, problems, size_of


def quote(number: int, plain: str, **source: object) -> Quote:
    about = Source(**{"title": f"Title {number}", "authors": ("Ida Wick",), **source})  # type: ignore[arg-type]
    remark = "mine " * 4000 if "long" in about.title else None
    highlight = Highlight(id=str(number), text=plain, plain=plain, source=about, remark=remark)
    return Quote(highlight, ((0, len(plain)),), ((0, 3),))


@pytest.mark.parametrize("count", [16, 40, 100])
def test_of_many_short_quotes_as_many_as_fit_are_shown(count: int) -> None:
    quotes = tuple(quote(number, f"Oil {number} burns.") for number in range(count))
    message = render.message(Answer("oil", quotes, total=count), asker="U1", private=False)
    assert problems(message.blocks) == []
    assert size_of(message.blocks) <= MAX_BLOCKS_SIZE
    shown = visible_text({"text": message.text, "blocks": message.blocks})
    quoted = sum(f"Oil {number} burns." in shown for number in range(count))
    assert quoted == render.MAX_QUOTES, "as many as there is room for; More shows the others"


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3, 15])
def test_very_long_titles_authors_and_remarks_are_cut(count: int) -> None:
    quotes = tuple(
        quote(number, f"Oil {number} burns.", title="long " * 4000, authors=("name " * 4000,))
        for number in range(count)
    )
    message = render.message(Answer("oil", quotes, total=count), asker="U1", private=False)
    assert problems(message.blocks) == []
    assert size_of(message.blocks) <= MAX_BLOCKS_SIZE
    shown = visible_text({"text": message.text, "blocks": message.blocks})
    assert "Oil 0 burns." in shown, "title, author and remark take no room from the quote"
    assert shown.count("[…]") >= 3, "title, author and remark are cut, and the cuts are marked"
    assert "long " * 100 not in shown
    assert "name " * 100 not in shown
    assert "mine " * 400 not in shown


@pytest.mark.parametrize("length", [4_000, 9_000, 60_000])
def test_a_very_long_passage_is_cut(length: int) -> None:
    quotes = tuple(quote(number, f"Oil {number} " + "burns on " * (length // 9)) for number in range(3))
    message = render.message(Answer("oil", quotes, total=3), asker="U1", private=False)
    assert problems(message.blocks) == []
    assert size_of(message.blocks) <= MAX_BLOCKS_SIZE
    shown = visible_text({"text": message.text, "blocks": message.blocks})
    assert "Oil 0 burns" in shown
    assert length < 4_100 or "[…]" in shown
