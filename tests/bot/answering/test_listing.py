from random import Random

from bot.answering.listing import at_random, complete, list_by, sources
from bot.search.index import Index
from tests.bot.answering.test_answer import INDEX
from tests.libraries import library


def ids(quotes: tuple) -> list[str]:  # type: ignore[type-arg]
    return [quote.highlight.id for quote in quotes]


def test_highlights_by_author_title_or_tag_are_listed_newest_first() -> None:
    page = list_by("author", "newprt", INDEX, limit=1)
    assert (ids(page.quotes), page.total, page.meant, page.more) == (["focus"], 2, ("Cal Newport",), True)
    assert ids(list_by("author", "newport", INDEX, limit=1, offset=1).quotes) == ["email"]
    assert ids(list_by("title", "fast slow", INDEX).quotes) == ["bias"]
    assert ids(list_by("tag", "#Craft", INDEX).quotes) == ["focus"]
    assert list_by("author", "tolkien", INDEX).total == 0


def test_sources_are_listed_by_number_of_highlights() -> None:
    page = sources(INDEX, limit=2)
    assert (len(page.sources), page.total, page.more) == (2, 6, True)


def test_typed_names_are_completed() -> None:
    assert complete("author", "cal", INDEX) == ["Cal Newport"]
    assert complete("author", "kahn", INDEX) == ["Daniel Kahneman"]
    assert complete("title", "deap work", INDEX) == ["Deep Work"]
    assert len(complete("author", "", INDEX)) == 4


def test_random_highlights_are_different() -> None:
    assert len(set(ids(at_random(INDEX, 10, Random(1))))) == 5
    assert at_random(Index.build(library()), 3) == ()
