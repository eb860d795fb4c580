"""`analects ask --explain`: sentences and JSON say which rule decided, with what score, and what the score is made of."""

import pytest

from adapters.terminal.explanation import as_json, as_text
from bot.answering.find import find
from bot.search.index import Index
from tests.libraries import highlight, library_of

INDEX = Index.build(
    library_of(
        [
            highlight("sea", "The sea is older than its \x1b[31mmaps.", "On \x1b[31mwater", "Ann Marlow"),
            highlight("ink", "Ink dries, and opinions with it."),
        ]
    )
)


def explain(question: str) -> str:
    return as_text(find(question, INDEX), INDEX)


def test_a_refusal_names_the_rule_the_thresholds_and_the_missing_word() -> None:
    text = explain("zeppelins and dirigibles over the sea")
    assert text.startswith("Why it was refused: Its words decided.")
    assert "an answer needs 0.87, the nearest highlight 0.65." in text
    assert "It has: sea. It lacks: zeppelins, dirigibles." in text
    assert "the rarest word that it lacks" in text
    assert "a word that no highlight of the library has" in text


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("author:marlow", "Why it was answered: A phrase, a filter or a name selects the highlights"),
        ("author:nobody", "Why it was refused: A phrase, a filter or a name selects the highlights"),
        ("the of and", "Why it was refused: The question has no word to look for."),
        ("zeppelins", "no highlight has any of the words"),
    ],
)
def test_the_reason_is_given_when_no_passage_was_scored(question: str, sentence: str) -> None:
    assert sentence in explain(question)


def test_a_question_for_a_number_is_told_that_the_first_highlights_have_none() -> None:
    index = Index.build(library_of([highlight("sea", "The sea is older than its maps.", "On water")]))
    found = find("when were the maps older than the sea?", index)
    assert as_text(found, index).startswith("Why it was answered with the nearest highlight only")
    assert "asks for a number or a date, and the first highlights have none." in as_text(found, index)
    assert as_json(found, index)["doubt"] == "no_number"
    assert "doubt" not in as_json(find("maps of the sea", index), index)


def test_escape_sequences_in_a_note_are_not_printed() -> None:
    assert "\x1b" not in explain("how old is the sea?")


@pytest.mark.parametrize("question", ["how old is the sea?", "zeppelins over the sea", "zeppelins"])
def test_the_parts_in_json_add_up_to_the_score(question: str) -> None:
    explanation = as_json(find(question, INDEX), INDEX)
    parts, score = explanation["parts"], explanation["score"]
    assert isinstance(parts, dict)
    assert isinstance(score, float)
    assert sum(value for value in parts.values() if isinstance(value, float)) == pytest.approx(
        score, abs=1e-4
    )
    assert (explanation["outcome"] == "refuse") == (score < float(str(explanation["weak_threshold"])))
