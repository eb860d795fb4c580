"""Questions in other words than the passage. The model is a thesaurus."""

import pytest

from bot.answering.answer import answer
from bot.answering.find import rank_question
from bot.model import Answer, Question
from bot.search.index import Index
from bot.semantic.backfill import fill
from bot.semantic.embedding import Embedding
from tests.bot.semantic.models import Thesaurus, make_embedding
from tests.libraries import highlight, library_of

NOTES = library_of(
    [
        highlight(
            "nap",
            "A doze after lunch clears the head. The rest of the day goes better then, she said.",
        ),
        highlight("car", "An automobile is a machine for arriving late."),
        highlight("bank", "A lender gives you an umbrella in the sun.", "On money", "Mark Train"),
        highlight("bank2", "Every lender asks for it back when it rains.", "On rain"),
        highlight("sea", "The sea is older than any of its maps."),
    ]
)
INDEX = Index.build(NOTES)


@pytest.fixture(scope="module")
def thesaurus() -> Embedding:
    embedding = make_embedding()
    assert fill(embedding, INDEX, lambda: False)
    return embedding


def ranking(question: str, index: Index, limit: int, embedding: Embedding | None = None) -> list[int]:
    """Returns the numbers of the best passages, whether or not the question would be refused."""
    return [int(passage) for passage in rank_question(question, index, limit, embedding)[0].found.passages]


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


def test_a_passage_with_other_words_of_the_same_meaning_is_found(thesaurus: Embedding) -> None:
    assert not answer(Question("is a nap any good?"), INDEX).found
    reply = answer(Question("is a nap any good?"), INDEX, thesaurus)
    assert ids(reply) == ["nap"]
    (quote,) = reply.quotes
    assert quote.matched == ()
    assert quote.sentence is not None
    assert quote.highlight.plain[slice(*quote.sentence)] == "A doze after lunch clears the head."
    assert [quote.highlight.plain[slice(*span)] for span in quote.emphasised] == [
        "A doze after lunch clears the head"
    ]


def test_a_quote_that_has_the_question_words_marks_them(thesaurus: Embedding) -> None:
    reply = answer(Question("what does the doze after lunch do?"), INDEX, thesaurus)
    assert ids(reply)[0] == "nap"
    assert reply.quotes[0].matched == ("doze", "lunch")
    assert reply.quotes[0].sentence is None


def test_a_question_that_neither_words_nor_meaning_match_is_refused(thesaurus: Embedding) -> None:
    assert not answer(Question("how tall is a whale?"), INDEX, thesaurus).found


def test_the_model_reads_a_misspelt_word_as_corrected() -> None:
    index = Index.build(
        library_of(
            [highlight("car", "An automobile arrives late."), highlight("ride", "Some vehicle always comes.")]
        )
    )
    model = make_embedding()
    assert fill(model, index, lambda: False)
    assert set(ids(answer(Question("automoblie"), index, model))) == {"car", "ride"}


def test_an_exact_phrase_is_not_matched_by_meaning(thesaurus: Embedding) -> None:
    assert ids(answer(Question('"an umbrella" bank'), INDEX, thesaurus)) == ["bank"]
    assert not answer(Question('"a nap"'), INDEX, thesaurus).found
    assert ids(answer(Question('"an umbrella" for zeppelins in antarctica'), INDEX, thesaurus)) == ["bank"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("bank author:train", ["bank"]),
        ("bank -umbrella", ["bank2"]),
        ("bank title:rain", ["bank2"]),
        ("bank tag:none", []),
        ("author:train", ["bank"]),
    ],
)
def test_filters_are_not_matched_by_meaning(question: str, expected: list[str], thesaurus: Embedding) -> None:
    assert ids(answer(Question(question), INDEX, thesaurus)) == expected


def test_the_next_page_continues_where_the_answer_ended(thesaurus: Embedding) -> None:
    question = "how does a bank treat people in the sun and in the rain"
    whole = answer(Question(question, limit=5), INDEX, thesaurus)
    parts = [
        answer(Question(question, limit=1, offset=offset), INDEX, thesaurus) for offset in range(whole.total)
    ]
    assert whole.total == 2
    assert [name for part in parts for name in ids(part)] == ids(whole)


def test_a_single_word_that_no_passage_has_gets_one_near_quote(thesaurus: Embedding) -> None:
    reply = answer(Question("bank", limit=5), INDEX, thesaurus)
    assert reply.weak
    assert ids(reply) == ["bank"]


def test_a_question_in_a_language_that_the_model_does_not_know_is_answered_by_words(
    thesaurus: Embedding,
) -> None:
    for question in ("nap 午睡有什么好处", "¿qué dice sobre la nap en el libro?"):
        assert thesaurus.similarities(question, INDEX) is None


def test_without_any_vectors_the_ranking_is_that_of_words() -> None:
    empty = make_embedding()
    for question in ("lender umbrella", "sea maps", "machine for arriving late"):
        assert ranking(question, INDEX, 9, empty) == ranking(question, INDEX, 9)


def test_a_passage_without_a_vector_yet_is_found_by_its_words() -> None:
    partly_filled = make_embedding()
    assert partly_filled.store is not None
    vectors = partly_filled.vectors(INDEX)
    bank = next(key for key, number in vectors.numbers.items() if number == 2)
    partly_filled.store.add([bank], [Thesaurus().passages([NOTES.highlights[2].plain])])
    partly_filled.refresh(INDEX)
    assert ids(answer(Question("maps of the sea"), INDEX, partly_filled)) == ["sea"]
    assert ids(answer(Question("which bank helps?"), INDEX, partly_filled)) == ["bank"]
    first = int(ranking("the bank on maps of the sea", INDEX, 9, partly_filled)[0])
    assert (
        NOTES.highlights[first].id == "sea"
    )  # although the bank passage has a close vector and this one has none


def test_an_english_model_makes_no_vectors_for_other_languages() -> None:
    notes = library_of(
        [
            highlight("en", "A doze is what the doctor told them to have after lunch, and they had it."),
            highlight("zh", "午睡以后头脑更清楚，下午的工作也更顺利。", "午睡"),
            highlight(
                "de", "Nach dem Essen ist ein Schlaf für den Kopf das Beste, was man tun kann.", "Vom Schlaf"
            ),
        ]
    )
    index, made = Index.build(notes), make_embedding()
    assert fill(made, index, lambda: False)
    assert [notes.highlights[number].id for number in made.vectors(index).numbers.values()] == ["en"]
    assert (made.progress(index).vectors, made.progress(index).wanted) == (1, 1)
