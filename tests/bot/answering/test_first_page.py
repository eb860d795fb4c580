"""Which quotes stand below the first one at once, and which come with "More"."""

import pytest

from bot.answering.answer import all_quotes, answer
from bot.model import Answer, Question
from bot.search.index import Index
from bot.semantic.backfill import fill
from corpus.model import Highlight
from tests.bot.semantic.models import make_embedding
from tests.libraries import highlight, library_of

QUESTION = "nettle compost for roses"
FIRST = highlight("first", "Nettle compost feeds the roses.", "The Garden")
BESIDE = highlight(
    "beside", "Compost made of nettle feeds roses best when it has stood for a year.", "The Garden"
)
TOOLS = [
    highlight(f"tools{number}", f"Chapter {number} is about tools.", "The Garden") for number in range(4)
]
FAR = highlight("far", "Roses, some say, want nettle compost and nothing else all year long.", "The Garden")
AS_GOOD = highlight("as good", "Nettle compost suits the roses.", "Letters")
LONGER = highlight(
    "longer", "My aunt was sure that nettle compost alone had made her roses climb so high.", "Letters"
)


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


def index_of(*highlights: Highlight) -> Index:
    return Index.build(library_of(highlights))


def test_a_quote_near_the_first_one_in_its_source_stands_below_it() -> None:
    assert ids(answer(Question(QUESTION), index_of(FIRST, BESIDE, *TOOLS))) == ["first", "beside"]
    assert ids(answer(Question(QUESTION), index_of(FIRST, *TOOLS, BESIDE))) == ["first"]


def test_a_quote_from_elsewhere_stands_below_the_first_one_only_if_it_fits_as_well() -> None:
    assert set(ids(answer(Question(QUESTION), index_of(FIRST, *TOOLS, AS_GOOD)))) == {"first", "as good"}
    assert ids(answer(Question(QUESTION), index_of(FIRST, *TOOLS, LONGER))) == ["first"]


def test_what_is_not_on_the_first_page_is_counted_and_comes_next() -> None:
    index = index_of(FIRST, BESIDE, *TOOLS, LONGER)
    reply, more = answer(Question(QUESTION), index), answer(Question(QUESTION, offset=2), index)
    assert (ids(reply), reply.total) == (["first", "beside"], 3)
    assert ids(more) == ["longer"]
    total, quotes = all_quotes(Question(QUESTION), index, None, 9)
    assert (total, [quote.highlight.id for quote in quotes]) == (3, ids(reply) + ids(more))


def test_a_page_is_filled_if_that_is_asked_for() -> None:
    index = index_of(FIRST, *TOOLS, FAR, LONGER)
    assert ids(answer(Question(QUESTION), index)) == ["first"]
    assert len(ids(answer(Question(QUESTION, fill=True), index))) == 3


@pytest.mark.parametrize("question", ['"nettle compost"', "Gertrude Jekyll"])
def test_nothing_is_held_back_if_the_question_selects_its_passages(question: str) -> None:
    texts = ("Nettle compost.", "A nettle compost for the roses, said my aunt.", "No nettle compost at all.")
    notes = [highlight(text, text, f"Title {number}", "Gertrude Jekyll") for number, text in enumerate(texts)]
    assert set(ids(answer(Question(question), index_of(*notes)))) == set(texts)


def test_below_a_quote_for_its_meaning_alone_stands_only_what_is_as_close() -> None:
    near = highlight("near", "A doze in an automobile clears the head.", "Days")
    less = highlight("less", "A doze in the automobile of a lender.", "Days")
    same = highlight("same", "Every snooze in a vehicle clears the head.", "Nights")
    sea = [highlight(f"sea{number}", f"The sea has {number} maps.", "Sea") for number in range(9)]
    index, embedding = index_of(near, less, same, *sea), make_embedding()
    assert fill(embedding, index, lambda: False)
    question = "should people sleep or nap in the car?"
    assert ids(answer(Question(question, fill=True), index, embedding)) == ["near", "same", "less"]
    assert ids(answer(Question(question), index, embedding)) == ["near", "same"]
