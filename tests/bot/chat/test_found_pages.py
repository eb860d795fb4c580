"""Later pages of an answer whose question is not stored."""

from bot.chat.conversation import Bot
from bot.chat.paging import find_all, page_of
from bot.model import Answer, Question
from bot.search.index import Index
from tests.libraries import highlight, library_of


def test_a_highlight_that_left_the_library_is_neither_shown_nor_counted() -> None:
    kept = [highlight(place, f"A lighthouse of {place} stone.") for place in ("red", "grey", "white")]
    bot = Bot(Index.build(library_of(kept)))
    reply = bot.reply(Question("lighthouse", 1))
    assert isinstance(reply, Answer)
    found = find_all(reply, bot)
    assert page_of(found, bot, 1, 1).total == 3
    first, gone = found.quotes[0].highlight, found.quotes[2].highlight
    bot.index = Index.build(library_of([one for one in kept if one.id != gone]))
    page = page_of(found, bot, 0, 3)
    assert (len(page.quotes), page.total, page.quotes[0].highlight.id) == (2, 2, first)
