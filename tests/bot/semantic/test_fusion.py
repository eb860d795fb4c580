"""What words and meaning say together of whether anything fits, beside what each says alone."""

import numpy as np
import pytest

from bot.answering.fusion import COSINE, SIGNALS, Fused, fitting, fused, signals
from bot.answering.logistic import Logistic
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.passage_vectors import NONE
from bot.text.word_frequencies import rarity
from bot.understanding.intent import understood
from tests.libraries import highlight, of

INDEX = Index.build(
    of(
        [
            highlight("tea", "Green tea keeps the night awake."),
            highlight("sea", "The sea is older than its maps.", "On water", "Ann Marlow"),
            highlight("ink", "Ink dries, and opinions with it."),
        ]
    )
)


def found(*rows: tuple[float, float, float], mean: float = 0.1) -> Fused:
    """Score, evidence and cosine of the passages 0, 1, 2 …"""
    scores, evidence, cosines = np.array(rows, np.float32).reshape(-1, 3).T
    return Fused(np.arange(len(rows)), scores, evidence, cosines, mean, float(evidence.max(initial=-1.0)))


def told(question: str, ranked: Fused, language: str = "en") -> dict[str, float]:
    values = signals(ranked, understood(parse(question), INDEX), language, INDEX)
    assert values is not None
    return dict(zip(SIGNALS, values.tolist(), strict=True))


def test_signals_are_those_of_the_passage_for_which_most_speaks() -> None:
    ranked = found((2.0, 0.1, 0.2), (1.5, 0.3, 0.5), (1.0, 0.6, 0.1))
    values = told("maps of the sea, and zeppelins", ranked)
    assert values["cosine"] == pytest.approx(0.5)
    assert values["most evidence"] == pytest.approx(0.6)
    assert values["cosine above the mean"] == pytest.approx(0.4)
    assert values["words"] == pytest.approx(np.log(4))
    assert values["words unknown to the library"] == 1
    assert values["rarest lacking"] == pytest.approx(rarity("zeppelins", "en"))
    assert rarity("maps", "en") < values["rarest lacking"]
    assert 0 < values["part lacking"] < 1
    assert values["second cosine"] == pytest.approx(0.2)
    assert values["part by who is named"] == 0
    assert told("marlow on the sea", ranked)["part by who is named"] == pytest.approx(1 / 3)
    assert values["second evidence"] == pytest.approx(0.3)
    assert values["rarest word"] == values["rarest lacking"]
    assert told("the sea", ranked)["rarest lacking"] == 0 < told("the sea", ranked)["rarest word"]
    rare = {
        word.typed: word.idf for word in understood(parse("maps of the sea, and zeppelins"), INDEX).wanted
    }
    part = rare["zeppelins"] / sum(rare.values())
    assert values["part lacking, as rare as in the library"] == pytest.approx(part)
    assert told("the sea", ranked)["part lacking, as rare as in the library"] == 0


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("is the sea older than Zanzibar", 1),
        ("is the Sea older than Zanzibar and Timbuktu", 2),
        ("Zanzibar, Timbuktu or Kathmandu, which is older", 2),
        ("is the sea older? Maybe zanzibar is", 0),
        ("is the sea older than zanzibar", 0),
        ("IS THE SEA OLDER THAN ZANZIBAR", 0),
        ("Is The Sea Older Than Zanzibar", 0),
        ("is it older than Zanzibar, Timbuktu, Kathmandu", 2),
        ("about Zanzibar", 1),
        ("is the sea older than Dr. Zanzibar", 2),
        ("is the (old) sea older than (Zanzibar)", 1),
    ],
)
def test_names_that_the_passage_lacks_are_told_by_their_capitals(question: str, names: int) -> None:
    ranked = found((1.0, 0.1, 0.2), (1.0, 0.6, 0.5))
    assert told(question, ranked)["names lacking"] == names
    assert told(question, ranked, "de")["names lacking"] == 0  # every noun has one there


def test_who_is_named_is_looked_for_among_the_first_five() -> None:
    theirs = [highlight(str(number), f"Wave {number}.", "On water", "Ann Marlow") for number in range(6)]
    others = [highlight(str(number), f"Wave {number}.", "On land") for number in range(6, 9)]
    index = Index.build(of([*theirs, *others]))
    rows = found(*[(1.0, 0.1, 0.5)] * 9)
    values = signals(rows, understood(parse("marlow on tides"), index), "en", index)
    assert values is not None
    assert dict(zip(SIGNALS, values.tolist(), strict=True))["part by who is named"] == 1


def test_a_passage_without_a_vector_is_not_near() -> None:
    assert told("green tea", found((1.0, 0.1, 0.5), (1.0, 0.1, float(NONE))))["second cosine"] == 0


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("tea", [(1.0, 0.6, 0.1)]),  # holds all
        ("zanzibar tea", [(1.0, 0.6, float(NONE)), (0.5, 0.0, 0.6)]),  # read by no model
    ],
)
def test_the_words_decide_where_they_are_enough(
    question: str, rows: list[tuple[float, float, float]]
) -> None:
    meaning = understood(parse(question), INDEX)
    assert signals(found(*rows), meaning, "en", INDEX) is None
    less = [(score, evidence - 0.3, cosine) for score, evidence, cosine in rows]
    assert signals(found(*less), meaning, "en", INDEX) is not None
    assert signals(found((1.0, 0.6, 0.1)), understood(parse("zanzibar tea"), INDEX), "en", INDEX) is not None


@pytest.mark.parametrize(
    ("question", "enough"),
    [
        ("gorilla experiment", True),
        ("gorilla experiment today", False),
        ("tea experiment", False),
        ("zanzibar experiment", False),
    ],
)
def test_of_two_words_the_rarer_is_enough(question: str, enough: bool) -> None:
    texts = ("A gorilla walked by.", "An experiment on tea.", "An experiment on ink.", "An experiment.")
    index = Index.build(of([highlight(text, text) for text in texts]))
    told = signals(found((1.0, 0.6, 0.1)), understood(parse(question), index), "en", index)
    assert (told is None) == enough


def test_the_second_of_one_passage_is_its_own() -> None:
    assert told("green tea", found((1.0, 0.1, 0.5)))["second cosine"] == pytest.approx(0.5)


def test_a_word_as_corrected_is_as_rare_as_it_is_written_right() -> None:
    ranked = found((1.0, 0.1, 0.5))
    assert told("green maps", ranked)["rarest lacking"] == told("green mpas", ranked)["rarest lacking"] < 1


def test_nothing_is_rare_in_a_language_without_frequencies() -> None:
    assert told("zeppelins", found((1.0, 0.1, 0.5)), "zh")["rarest lacking"] == 0


def test_what_has_no_vector_is_left_to_the_words() -> None:
    meaning = understood(parse("green tea"), INDEX)
    assert signals(found((1.0, 0.9, float(NONE))), meaning, "en", INDEX) is None
    assert signals(found(), meaning, "en", INDEX) is None


def test_a_few_passages_may_all_be_near() -> None:
    def evidence(passages: np.ndarray, scores: Floats) -> Floats:
        return np.zeros(len(passages), np.float32)

    nothing = (np.zeros(0, np.int64), np.zeros(0, np.float32))
    few, many = (np.full(count, 0.6, np.float32) for count in (3, 3000))
    assert fused(nothing, few, evidence, 5).mean < 0.3
    assert fused(nothing, many, evidence, 5).mean > 0.59
    few[1:] = NONE
    assert fused(nothing, few, evidence, 5).mean < 0.2


def test_what_is_answered_has_a_quote_however_far_all_are() -> None:
    passages, _, close = fitting(found((1.0, 0.1, 0.2), (0.9, 0.0, 0.1)), strict=False)
    assert passages.tolist() == [0]
    assert close == {0}


def test_beside_a_quote_by_its_words_one_by_meaning_must_be_near() -> None:
    by_words = (1.0, 1.2, 0.1)
    near = fitting(found(by_words, (0.9, -0.3, COSINE)), strict=False)
    assert (near[0].tolist(), set(near[2])) == ([0, 1], {1})
    far = fitting(found(by_words, (0.9, -0.3, COSINE / 2)), strict=False)
    assert (far[0].tolist(), far[2]) == ([0], frozenset())


def test_a_regression_is_asked_of_nothing_beyond_what_was_seen() -> None:
    rule = Logistic((0.0, -1.0), (1.0, 1.0), ((-1.0, 2.0, 0.0), (0.0, 0.0, 3.0), (0.0, 0.0, 0.5)))
    value = -1 + 2 * 1 + 3 * 1 * -1 + 0.5
    assert rule(np.array([1.0, -1.0], np.float32)) == pytest.approx(1 / (1 + np.exp(-value)))
    assert rule(np.array([50.0, -50.0], np.float32)) == rule(np.array([1.0, -1.0], np.float32))
