"""Which parts of a passage get a vector."""

import pytest

from bot.semantic.chunks import MAX_CHUNKS, chunks, is_latin
from bot.semantic.embedding import reads_english


def test_every_sentence_is_a_chunk() -> None:
    text = "The first sentence is long enough to stand for itself. And so is the second one, by a few words."
    assert [text[start:end] for start, end in chunks(text)] == [text[:54], text[55:]]


def test_a_short_passage_is_one_chunk() -> None:
    assert chunks("Be brief.") == [(0, 9)]


@pytest.mark.parametrize("text", ["", " \n ", "…", "42 — 17"])
def test_a_passage_without_letters_has_no_chunk(text: str) -> None:
    assert chunks(text) == []


def test_only_the_beginning_of_a_very_long_passage_is_split() -> None:
    text = "A sentence that is repeated over and over to make a book. " * 5_000
    assert len(chunks(text)) == MAX_CHUNKS


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Memory", True), ("Erinnerung, schön", True), ("记忆", False), ("память", False), ("42", True)],
)
def test_which_texts_have_latin_letters(text: str, latin: bool) -> None:
    assert is_latin(text) is latin


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("how does memory work?", True),
        ("pomodoro timer", True),
        ("kubernetes pod eviction", True),
        ("GPT-5 price per million tokens", True),
        ("la gente de Cuba y la carne", False),
        ("¿Qué carne reparten en La Habana y a quién?", False),
        ("wie pflanzt man Kartoffeln an und wann?", False),
        ("¿qué dice sobre el sistema electoral?", False),
        ("记忆是怎么工作的", False),
    ],
)
def test_which_questions_are_in_english(question: str, english: bool) -> None:
    assert reads_english(question) is english
