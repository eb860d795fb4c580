"""Questions in other words than the passage's, with a thesaurus as the model."""

import pytest

from bot.answering.answer import answer
from bot.answering.find import rank_question
from bot.model import Answer, Question
from bot.search.index import Index
from bot.semantic.backfill import fill
from bot.semantic.embedding import Embedding
from tests.bot.semantic.models import Thesaurus, meaning
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
    made = meaning()
    assert fill(made, INDEX, lambda: False)
    return made


def ranking(question: str, index: Index, limit: int, embedding: Embedding | None = None) -> list[int]:
    """Numbers of the best passages, nothing refused."""
    return [int(one) for one in rank_question(question, index, limit, embedding)[0].found.passages]


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


def test_other_words_of_the_same_meaning_are_found(thesaurus: Embedding) -> None:
    assert not answer(Question("is a nap any good?"), INDEX).found
    found = answer(Question("is a nap any good?"), INDEX, thesaurus)
    assert ids(found) == ["nap"]
    (quote,) = found.quotes
    assert quote.matched == ()
    assert quote.sentence is not None
    assert quote.highlight.plain[slice(*quote.sentence)] == "A doze after lunch clears the head."
    assert [quote.highlight.plain[slice(*one)] for one in quote.emphasised] == [
        "A doze after lunch clears the head"
    ]


def test_a_quote_with_the_words_is_shown_with_them(thesaurus: Embedding) -> None:
    found = answer(Question("what does the doze after lunch do?"), INDEX, thesaurus)
    assert ids(found)[0] == "nap"
    assert found.quotes[0].matched == ("doze", "lunch")
    assert found.quotes[0].sentence is None


def test_a_question_that_neither_words_nor_meaning_match_is_refused(thesaurus: Embedding) -> None:
    assert not answer(Question("how tall is a whale?"), INDEX, thesaurus).found


def test_the_model_reads_a_misspelt_word_as_corrected() -> None:
    index = Index.build(
        library_of(
            [highlight("car", "An automobile arrives late."), highlight("ride", "Some vehicle always comes.")]
        )
    )
    model = meaning()
    assert fill(model, index, lambda: False)
    assert set(ids(answer(Question("automoblie"), index, model))) == {"car", "ride"}


def test_an_exact_phrase_stays_strict(thesaurus: Embedding) -> None:
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
def test_filters_stay_strict(question: str, expected: list[str], thesaurus: Embedding) -> None:
    assert ids(answer(Question(question), INDEX, thesaurus)) == expected


def test_more_continues_where_the_answer_ended(thesaurus: Embedding) -> None:
    whole = answer(Question("bank", limit=5), INDEX, thesaurus)
    parts = [answer(Question("bank", limit=1, offset=one), INDEX, thesaurus) for one in range(whole.total)]
    assert whole.total == 2
    assert [name for part in parts for name in ids(part)] == ids(whole)


def test_a_question_in_a_language_that_the_model_does_not_know_is_answered_by_words(
    thesaurus: Embedding,
) -> None:
    for question in ("nap 午睡有什么好处", "¿qué dice sobre la nap en el libro?"):
        assert thesaurus.similarities(question, INDEX) is None


def test_without_any_vectors_the_ranking_is_that_of_words() -> None:
    empty = meaning()
    for question in ("lender umbrella", "sea maps", "machine for arriving late"):
        assert ranking(question, INDEX, 9, empty) == ranking(question, INDEX, 9)


def test_until_its_vector_comes_a_passage_is_found_by_its_words() -> None:
    half = meaning()
    assert half.store is not None
    laid = half.vectors(INDEX)
    bank = next(key for key, number in laid.numbers.items() if number == 2)
    half.store.add([bank], [Thesaurus().passages([NOTES.highlights[2].plain])])
    half.refresh(INDEX)
    assert ids(answer(Question("maps of the sea"), INDEX, half)) == ["sea"]
    assert ids(answer(Question("which bank helps?"), INDEX, half)) == ["bank"]
    first = int(ranking("the bank on maps of the sea", INDEX, 9, half)[0])
    assert NOTES.highlights[first].id == "sea"  # though the vector of the other, which has one, is near


def test_passages_in_another_language_have_no_vectors_of_an_english_model() -> None:
    notes = library_of(
        [
            highlight("en", "A doze is what the doctor told them to have after lunch, and they had it."),
            highlight("zh", "午睡以后头脑更清楚，下午的工作也更顺利。", "午睡"),
            highlight(
                "de", "Nach dem Essen ist ein Schlaf für den Kopf das Beste, was man tun kann.", "Vom Schlaf"
            ),
        ]
    )
    index, made = Index.build(notes), meaning()
    assert fill(made, index, lambda: False)
    assert [notes.highlights[one].id for one in made.vectors(index).numbers.values()] == ["en"]
    assert (made.progress(index).vectors, made.progress(index).wanted) == (1, 1)
