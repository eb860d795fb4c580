from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.understanding.spelling import MAX_CORRECTIONS
from tests.libraries import library

LONG = ("Notes are thoughts that were worth a second look.",)

INDEX = Index.build(
    library(
        "The hippocampus binds memories together.",
        "Libraries are memory made of paper.",
        "Make a habit of reading before breakfast.",
    )
)


def test_a_misspelt_word_is_corrected_and_the_correction_is_shown() -> None:
    reply = answer(Question("how does the Hipocampus bind memmories?"), INDEX)
    assert reply.quotes[0].highlight.id == "0"
    assert reply.corrected == {"Hipocampus": "hippocampus", "memmories": "memories"}
    assert reply.quotes[0].matched == ("hippocampus", "binds", "memories")
    assert reply.looked_for == ("hipocampus", "bind", "memmories")


def test_a_word_of_the_library_is_not_corrected() -> None:
    reply = answer(Question("bake bread"), INDEX)
    assert not reply.found
    assert not reply.corrected


def test_an_exact_phrase_is_not_corrected() -> None:
    assert not answer(Question('"hipocampus binds"'), INDEX).found


def test_a_word_of_the_questions_language_is_not_corrected() -> None:
    """ "Kartoffel" is a German word, although no passage of the library is in German."""
    index = Index.build(library("Kartoffeln and Pflanzen stand here in English.", *LONG))
    reply = answer(Question("wie viele Kartoffel pflanzt man in einem Garten an"), index)
    assert not reply.corrected


def test_a_limited_number_of_words_is_corrected() -> None:
    wrong = " ".join(f"memo{letter}ries" for letter in "abcdefghijklmnopqrstuvwxyz")
    assert len(answer(Question(wrong), INDEX).corrected) == MAX_CORRECTIONS


def test_a_name_is_not_stretched_into_a_common_word() -> None:
    index = Index.build(library("The provision of wooden benches is a matter of taste.", *LONG))
    assert not answer(Question("who won Eurovision in 1974"), index).corrected
    assert not answer(Question("who won eurovision in 1974"), index).corrected
    assert not answer(Question("what did Woodell do at the shoe company"), index).corrected
    assert answer(Question("a woooden bench"), index).corrected == {"woooden": "wooden"}


def test_a_misspelt_stop_word_is_treated_as_a_stop_word() -> None:
    assert answer(Question("waht binds memories"), INDEX).looked_for == ("binds", "memories")
    assert "shoud" not in answer(Question("shoud libraries keep paper"), INDEX).looked_for
    assert "dose" in answer(Question("the dose of reading"), INDEX).looked_for


def test_of_two_words_as_near_the_one_with_a_letter_left_out_is_meant() -> None:
    index = Index.build(
        library("The poor are many here.", "The poor pay more.", "Bluffing is half of poker.", *LONG)
    )
    assert answer(Question("what is half of pokr"), index).corrected == {"pokr": "poker"}


def test_of_two_words_as_near_the_one_with_letters_swapped_is_meant() -> None:
    index = Index.build(library("Dry land ahead.", "The land is flat.", "A heavy load breaks it.", *LONG))
    assert answer(Question("what does a heavy laod do"), index).corrected == {"laod": "load"}


def test_a_word_that_its_language_hardly_uses_is_corrected_in_one_place() -> None:
    """ "acton" and "brocken" stand in the list of English words, among its rarest."""
    index = Index.build(library("Every action counts, however broken.", "An actor acts.", *LONG))
    assert answer(Question("which acton counts"), index).corrected == {"acton": "action"}
    assert answer(Question("something brocken counts"), index).corrected == {"brocken": "broken"}
    index = Index.build(library("Every auction counts.", *LONG))
    assert not answer(Question("which acton counts"), index).corrected
