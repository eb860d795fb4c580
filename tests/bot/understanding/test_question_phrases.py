"""Asking words are not searched, in every supported language."""

import pytest

from bot.answering.answer import answer
from bot.answering.find import find
from bot.model import Question
from bot.search.index import Index
from bot.search.query import parse
from bot.understanding.intent import understand
from bot.understanding.phrasing import strip_phrasing
from tests.libraries import highlight, library, library_of


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Haben wir etwas über Schlaf?", "Schlaf?"),
        ("Hallo, gibt es was zum Schlaf, danke", "Schlaf"),
        ("wer hat gesagt, dass Zeit Geld ist", "Zeit Geld ist"),
        ("Kannst du mir bitte etwas über Gewohnheiten zeigen?", "Gewohnheiten"),
        ("Est-ce qu’il y a quelque chose sur le sommeil ?", "le sommeil ?"),
        ("Bonjour, qui a dit que le temps passe, merci", "le temps passe"),
        ("¿Hay algo sobre el sueño?", "el sueño?"),
        ("hola, ¿quién dijo que el tiempo vuela? gracias", "el tiempo vuela"),
        ("有没有关于睡眠的内容", "睡眠"),
        ("请问专注是什么？", "专注"),
        ("睡眠について何と言っていますか", "睡眠"),
        ("習慣とは何ですか？", "習慣"),
        ("sage advice on work", "sage advice on work"),
        ("find the lost city", "the lost city"),
        ("是什么", "是什么"),
    ],
)
def test_asking_words_are_left_out_of_the_search(question: str, rest: str) -> None:
    assert strip_phrasing(question).text.strip() == rest


@pytest.mark.parametrize(
    ("question", "name", "about"),
    [
        ("Was sagt Karl Popper über offene Gesellschaften?", "Karl Popper", "Gesellschaften"),
        ("was hat Goethe über Farben gesagt", "Goethe", "Farben"),
        ("Que dit Montaigne de l’amitié ?", "Montaigne", "amitié"),
        ("qu'est-ce que Camus dit sur l'absurde", "Camus", "absurde"),
        ("¿Qué dice Borges sobre la memoria?", "Borges", "memoria"),
    ],
)
def test_a_name_is_expected_beside_a_verb_of_saying(question: str, name: str, about: str) -> None:
    phrasing = strip_phrasing(question)
    assert [question[begin:end] for begin, end in phrasing.name_slots][:1] == [name]
    assert about in phrasing.text
    assert "sagt" not in phrasing.text


def searched_words(question: str, *texts: str) -> tuple[str, ...]:
    return tuple(term.typed for term in understand(parse(question), Index.build(library(*texts))).terms)


def test_a_latin_word_in_a_chinese_question_is_not_a_stop_word() -> None:
    texts = ("IT 部门每周开会一次。", "The team meets in it once a week.", "It is what it is.")
    assert "it" in searched_words("IT部门多久开会", *texts)


def test_asking_words_in_another_supported_language_are_not_searched() -> None:
    assert searched_words("was ist das Zettelkasten-Prinzip und wie geht es", "The Zettelkasten is a box of notes.") == (
        "zettelkasten", "prinzip", "geht",
    )  # fmt: skip


def test_a_single_foreign_stop_word_is_searched() -> None:
    assert "die" in searched_words("die hard", "Old habits die hard.")


def test_the_plural_of_an_acronym_finds_the_acronym() -> None:
    index = Index.build(
        library("GPUs are made for graphics.", "An LLM predicts words.", "Plain text is enough.")
    )
    for question, first in (("what is a GPU made for", "0"), ("do LLMs predict words", "1"), ("GPUs", "0")):
        assert answer(Question(question), index).quotes[0].highlight.id == first


def test_a_passage_with_the_asked_name_ranks_before_passages_without_it() -> None:
    texts = (
        "The first shoe shop sold running shoes from the boot of a car, shoes and more shoes, at every track meet.",
        "Woodell ran the shop from a wheelchair and sold what he could.",
        "Running is a way of thinking with the feet.",
    )
    index = Index.build(library(*texts))
    found = find("what did Woodell say about the shop that sold running shoes at a track meet", index)
    assert index.library.highlights[int(found.result.passages[0])].id == "1"


def test_a_suggestion_needs_more_than_one_common_word() -> None:
    index = Index.build(
        library_of(
            [
                highlight("war", "All of it is deception.", "The Art of War", "Sun Tzu"),
                highlight("slow", "Judgement has two speeds.", "Thinking, Fast and Slow", "Daniel Kahneman"),
                highlight("sea", "The sea is older than its maps."),
            ]
        )
    )
    assert "The Art of War" not in str(
        answer(Question("which art fair takes place in Basel"), index).suggestions
    )
    assert "Daniel Kahneman" in str(answer(Question("kahneman on sourdough and butter"), index).suggestions)
