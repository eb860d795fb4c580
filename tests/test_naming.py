import pytest

from bot.answering import answer
from bot.index import Index
from bot.model import Answer, Question
from bot.wording import nothing_fits
from tests.libraries import highlight, of

INDEX = Index.build(
    of(
        [
            highlight("palace", "A palace of memory has one room for each thought.", "Rooms for Remembering", "Renée Castagnol"),
            highlight("loci", "Simonides knew each guest by the place where he sat.", "Rooms for Remembering", "Renée Castagnol"),
            highlight("engine", "Measure before you tune a search engine.", "Homework of an Engine", "Wendelin Krautbach"),
            highlight("tests", "A few questions are kept that nobody looks at.", "Homework of an Engine", "Wendelin Krautbach"),
            highlight("habit", "A habit is a vote for the person you want to be.", "Atomic Habits", "James Clear"),
            highlight("clear", "It was clear weather, and memory of the room is clear too.", "A Sea Voyage", "Ann Marlow"),
            highlight("audience", "Ask who your audience is before you draw.", "Storytelling with Data: A Guide", "Cole Knaflic"),
            highlight("stories", "A story has an audience before it has an end.", "How Stories End", "Bo Aster"),
            highlight("handle", "Sharding is simpler than it was.", "Tweets", "@VitalikButerin on Twitter"),
        ]
    )
)  # fmt: skip


def ask(text: str, limit: int = 3) -> Answer:
    return answer(Question(text, limit), INDEX)


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("what did castagnol say about memory", "palace"),
        ("what did Castangol say about memory", "palace"),
        ("what did Rene Castagnoll say about memory", "palace"),
        ("clear on memory and the room", "clear"),
        ("the bit in the storytelling with data book on an audience", "audience"),
        ("the bit in storyteling with dtaa about an audience", "audience"),
        ("what did vitalik say about sharding", "handle"),
        ("memory, by castangol", "palace"),
    ],
)
def test_a_name_steers_and_does_not_hide(question: str, first: str) -> None:
    assert ids(ask(question))[0] == first


@pytest.mark.parametrize(
    "question",
    [
        "anything by Krautbach",
        "anything by Krautbahc?",
        "what have we got from wendlin krautbach?",
        "something from Homework of an Engine",
        "Wendelin Krautbach",
    ],
)
def test_asked_only_for_a_name_all_of_theirs_comes(question: str) -> None:
    found = ask(question)
    assert set(ids(found)) == {"engine", "tests"}
    assert found.total == 2


def test_a_misspelt_name_is_told_though_it_is_a_word_of_its_own() -> None:
    assert ask("anything by Marlo").corrected == {"Marlo": "marlow"}
    assert ask("what did James Cleer say of a habit").corrected == {"Cleer": "clear"}
    assert ask("what did Rene Castagnoll say about memory").corrected == {"Castagnoll": "castagnol"}


def test_an_ordinary_question_names_nobody() -> None:
    assert ids(ask("it was clear weather"))[0] == "clear"
    assert not ask("which room has a thought").corrected


@pytest.mark.parametrize("name", ["Krautbach", "Krautbahc", "wendlin krautbach"])
def test_what_is_asked_of_somebody_must_be_in_their_words(name: str) -> None:
    found = ask(f"what did {name} say about jazz and trumpets")
    assert not found.found
    assert found.nearest[:2] == (
        "No highlight has “jazz”, “trumpets”.",
        "There are highlights by Wendelin Krautbach.",
    )
    told = nothing_fits(found)
    assert "krautbach" in told
    assert "There are highlights by Wendelin Krautbach." in told


def test_a_title_named_and_nothing_in_it_is_told() -> None:
    found = ask("the bit in storyteling with data on jazz")
    assert not found.found
    assert "There are highlights from “Storytelling with Data: A Guide”." in found.nearest


@pytest.mark.parametrize("filter_", ["before:2020", '-"engine"', "title:rooms"])
def test_a_filter_holds_for_a_name_too(filter_: str) -> None:
    assert "engine" not in ids(ask(f"anything by krautbach {filter_}"))
