"""The ranking by words and meaning, and the signals that decide about a refusal."""

from dataclasses import replace

import numpy as np
import pytest

from bot.answering.breakdown import WordsReason
from bot.answering.evidence import Evidence, best_evidence, evidence
from bot.answering.fusion import closeness_weight, fuse, select_quotable_fused, word_weight
from bot.answering.logistic import Logistic
from bot.answering.parameters import MEANING, WORDS
from bot.answering.ranked import Closeness, RankedPassages
from bot.answering.signals import SIGNALS, refusal_signals
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.search.query import parse
from bot.search.rescoring import held_mask
from bot.search.result import SearchResult
from bot.search.search import search
from bot.semantic.catalog import BUILTIN
from bot.semantic.embedding import Similarities
from bot.semantic.passage_vectors import NO_VECTOR, PassageVectors
from bot.semantic.scale import MEDIAN_PASSAGES, Scale, measure
from bot.text.word_frequencies import rarity
from bot.understanding.intent import Intent, understand
from tests.libraries import highlight, library_of

INDEX = Index.build(
    library_of(
        [
            highlight("tea", "Green tea keeps the night awake."),
            highlight("sea", "The sea is older than its maps.", "On water", "Ann Marlow"),
            highlight("ink", "Ink dries, and opinions with it."),
        ]
    )
)

Row = tuple[float, float, float]
"""Score, evidence and closeness of a passage."""


def ranking(
    question: str, *rows: Row, language: str = "en", index: Index = INDEX
) -> tuple[RankedPassages, Intent]:
    """Ranks passages 0, 1, 2 … with the given scores, evidence and closeness."""
    intent = understand(parse(question), index)
    scores, values, close = np.array(rows, np.float32).reshape(-1, 3).T
    passages = np.arange(len(rows))
    result = SearchResult(intent.terms, passages, scores, held_mask(intent.terms, passages, index.postings))
    closeness = Closeness(close, close * np.float32(0.5), language, "a model")
    best = best_evidence(result, Evidence(values, {}), replace(WORDS, considered=50))
    return RankedPassages(result, values, best, closeness), intent


def signals_of(
    question: str, *rows: Row, language: str = "en", index: Index = INDEX
) -> dict[str, float] | None:
    """Returns the signals by name, or None if words decide."""
    signals = refusal_signals(*ranking(question, *rows, language=language, index=index), index)
    if isinstance(signals, WordsReason):
        return None
    return dict(zip(SIGNALS, signals.values.tolist(), strict=True))


def signal_values(question: str, *rows: Row, language: str = "en", index: Index = INDEX) -> dict[str, float]:
    values = signals_of(question, *rows, language=language, index=index)
    assert values is not None
    return values


def test_signals_describe_the_best_passages() -> None:
    rows = ((2.0, 0.1, 0.2), (1.5, 0.3, 0.5), (1.0, 0.6, 0.1))
    values = signal_values("maps of the sea, and zeppelins", *rows)
    assert values["closeness"] == pytest.approx(0.5)
    assert values["best evidence"] == pytest.approx(0.6)
    assert values["log of the number of words"] == pytest.approx(np.log(4))
    assert values["words unknown to the library"] == 1
    assert values["rarity of the rarest missing word"] == pytest.approx(rarity("zeppelins", "en"))
    assert rarity("maps", "en") < values["rarity of the rarest missing word"]
    assert 0 < values["share missing, by rarity in the language"] < 1
    assert values["second closeness"] == pytest.approx(0.2)
    assert values["share of passages by the named author"] == 0
    assert signal_values("marlow on the sea", *rows)[
        "share of passages by the named author"
    ] == pytest.approx(1 / 3)
    assert values["second evidence"] == pytest.approx(0.3)
    assert values["sameness"] == pytest.approx(0.25)  # of the closest passage
    assert values["rarity of the rarest word"] == values["rarity of the rarest missing word"]
    assert (
        signal_values("the sea", *rows)["rarity of the rarest missing word"]
        == 0
        < signal_values("the sea", *rows)["rarity of the rarest word"]
    )
    rare = {word.typed: word.idf for word in understand(parse("maps of the sea, and zeppelins"), INDEX).terms}
    part = rare["zeppelins"] / sum(rare.values())
    assert values["share missing, by rarity in the library"] == pytest.approx(part)
    assert signal_values("the sea", *rows)["share missing, by rarity in the library"] == 0


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
def test_missing_names_are_recognised_by_their_capitals(question: str, names: int) -> None:
    rows = ((1.0, 0.1, 0.2), (1.0, 0.6, 0.5))
    assert signal_values(question, *rows)["missing names"] == names


def test_in_german_capitals_do_not_mark_missing_names() -> None:
    assert signal_values("ist das Meer älter als Zanzibar", (1.0, 0.1, 0.2))["missing names"] == 0


def test_the_share_of_the_named_author_counts_the_first_five_passages() -> None:
    theirs = [highlight(str(number), f"Wave {number}.", "On water", "Ann Marlow") for number in range(6)]
    others = [highlight(str(number), f"Wave {number}.", "On land") for number in range(6, 9)]
    index = Index.build(library_of([*theirs, *others]))
    rows = [(1.0, 0.1, 0.5)] * 9
    assert signal_values("marlow on tides", *rows, index=index)["share of passages by the named author"] == 1


def test_a_passage_without_a_vector_has_no_closeness() -> None:
    assert signal_values("green tea", (1.0, 0.1, 0.5), (1.0, 0.1, float(NO_VECTOR)))["second closeness"] == 0


ENOUGH, STRONG = WORDS.threshold, MEANING.sufficient_evidence


@pytest.mark.parametrize(
    ("question", "rows", "suffices"),
    [
        ("tea", [(1.0, ENOUGH, 0.1)], True),  # has all question words
        ("tea", [(1.0, ENOUGH - 0.1, 0.1)], False),
        ("zanzibar tea", [(1.0, ENOUGH, 0.1)], False),
        (
            "zanzibar tea",
            [(1.0, ENOUGH, float(NO_VECTOR)), (0.5, 0.0, 0.6)],
            True,
        ),  # the best passage has no vector
        ("zanzibar tea", [(1.0, STRONG, 0.1)], True),
        ("zanzibar tea", [(1.0, STRONG - 0.1, 0.1)], False),
    ],
)
def test_words_decide_if_their_evidence_suffices(question: str, rows: list[Row], suffices: bool) -> None:
    assert (signals_of(question, *rows) is None) == suffices


def test_with_one_passage_the_second_closeness_is_its_own() -> None:
    assert signal_values("green tea", (1.0, 0.1, 0.5))["second closeness"] == pytest.approx(0.5)


def test_a_misspelt_word_has_the_rarity_of_its_correction() -> None:
    row = (1.0, 0.1, 0.5)
    name = "rarity of the rarest missing word"
    assert signal_values("green maps", row)[name] == signal_values("green mpas", row)[name] < 1


def test_no_word_is_rare_in_a_language_without_frequencies() -> None:
    assert (
        signal_values("zeppelins", (1.0, 0.1, 0.5), language="zh")["rarity of the rarest missing word"] == 0
    )


def test_words_decide_about_a_passage_without_a_vector() -> None:
    assert signals_of("green tea", (1.0, 0.9, float(NO_VECTOR))) is None
    assert signals_of("green tea") is None


def test_words_have_little_weight_until_their_evidence_is_good() -> None:
    least = MEANING.min_word_weight
    assert word_weight(MEANING.least_word_evidence) == word_weight(-1) == least
    assert least < word_weight(MEANING.least_word_evidence + 0.2) < least + 0.1
    assert word_weight(MEANING.full_word_evidence) == word_weight(9) == 1


@pytest.mark.parametrize(("stretch", "shift"), [(1.0, 0.0), (0.2, 0.8), (0.5, 0.5)])
def test_closeness_does_not_depend_on_the_range_of_a_models_cosines(stretch: float, shift: float) -> None:
    """Some models give high cosines to all texts. They are scaled."""
    cosines = np.array([0.1, 0.15, 0.5, 0.12, float(NO_VECTOR)], np.float32)
    known = cosines != NO_VECTOR
    stretched = np.where(known, cosines * stretch + shift, cosines).astype(np.float32)
    expected = Scale(0.1, 0.5).closeness(cosines, known)
    scaled = Scale(0.1 * stretch + shift, 0.5 * stretch + shift).closeness(stretched, known)
    np.testing.assert_allclose(scaled, expected, atol=1e-4)
    assert expected[2] > 0.8
    assert expected[4] == NO_VECTOR
    if shift == 1 - stretch:  # the same text has a cosine of 1 with every model
        same = Scale(0.1 * stretch + shift, 0.9).sameness(stretched)[known]
        np.testing.assert_allclose(same, Scale(0.1, 0.5).sameness(cosines)[known], atol=1e-4)
        assert same[0] == pytest.approx(0, abs=1e-4)


def test_the_typical_cosine_of_a_large_library_is_measured_on_a_sample() -> None:
    cosines = np.random.default_rng(3).normal(0.2, 0.05, 10 * MEDIAN_PASSAGES).astype(np.float32)
    known = np.ones(len(cosines), np.bool_)
    found = Scale(0.2, 0.6).closeness(cosines, known)
    assert abs(float(np.median(found))) < 0.01
    assert found.argmax() == cosines.argmax()


def test_the_scale_is_measured_between_passages_of_different_sources() -> None:
    rows = np.array([[1, 0], [0.99, 0.141], [0, 1], [0.6, 0.8]], np.float32)
    found = measure(rows, np.array([0, 0, 1, 2]))
    assert found.near == pytest.approx(0.75, abs=0.06)  # not 0.99, which is between passages of one source
    assert found.far < found.near
    assert measure(rows[:1], np.array([0])).gap > 0


def similarities(*close: float, model: str = "a model") -> Similarities:
    vector: Floats = np.zeros(1, np.float32)
    values = np.array(close, np.float32)
    return Similarities(vector, values, values * np.float32(0.5), PassageVectors(INDEX.library, {}), model)


def test_the_nearest_passage_outweighs_fewer_words_with_builtin_than_with_other_models() -> None:
    """“Old sea maps” ranks the sea by words, and each model finds the ink nearest."""
    intent = understand(parse("old sea maps"), INDEX)
    by_words = search(intent.terms, INDEX, 5)
    assert by_words.passages.tolist() == [1]
    scores = {
        model: dict(zip(ranked.found.passages.tolist(), ranked.found.scores.tolist(), strict=True))
        for model in ("a model", BUILTIN.title)
        for ranked in [fuse(by_words, similarities(0.0, 0.0, 1.0, model=model), intent, INDEX, 5)]
    }
    assert BUILTIN.closeness_weights is not None
    alone, beside_words = BUILTIN.closeness_weights
    assert scores["a model"][2] == pytest.approx(MEANING.closeness_weight)
    assert beside_words < scores[BUILTIN.title][2] < alone < MEANING.closeness_weight
    assert scores["a model"][1] == scores[BUILTIN.title][1] > 0


def test_closeness_of_builtin_counts_least_where_words_are_good() -> None:
    weak, strong = MEANING.least_word_evidence, MEANING.full_word_evidence
    weights = [
        closeness_weight(BUILTIN.title, best) for best in (weak - 1, weak, (weak + strong) / 2, strong, 9)
    ]
    assert BUILTIN.closeness_weights is not None
    alone, beside_words = BUILTIN.closeness_weights
    middle = (alone + beside_words) / 2
    assert weights == pytest.approx([alone, alone, middle, beside_words, beside_words])
    assert closeness_weight("a model", weak) == closeness_weight("a model", strong)


def test_a_passage_found_only_by_meaning_gets_word_evidence_too() -> None:
    intent = understand(parse("green tea and maps"), INDEX)
    nothing = SearchResult.empty()
    by_words = SearchResult(
        intent.terms, nothing.passages, nothing.scores, np.zeros((len(intent.terms), 0), np.bool_)
    )
    ranked = fuse(by_words, similarities(0.2, 0.7, 0.1), intent, INDEX, 5)
    assert ranked.found.passages.tolist() == [1, 0, 2]
    typed_words = [term.typed for term in intent.terms]
    holders = dict(zip(typed_words, ranked.found.holds.tolist(), strict=True))
    assert holders == {
        "green": [False, True, False],
        "tea": [False, True, False],
        "maps": [True, False, False],
    }
    unscored = SearchResult(intent.terms, ranked.found.passages, np.zeros(3, np.float32), ranked.found.holds)
    np.testing.assert_array_equal(ranked.evidence, evidence(unscored, intent, INDEX).values)


def quotable(*rows: Row) -> tuple[list[int], list[int]]:
    """Returns the numbers of the passages that may be quoted, and of those quoted for their meaning alone."""
    ranked, _ = ranking("tea", *rows)
    keep, by_meaning = select_quotable_fused(ranked, has_phrase=False)
    return np.flatnonzero(keep).tolist(), np.flatnonzero(by_meaning).tolist()


def test_an_answer_has_a_quote_even_if_no_passage_is_close() -> None:
    assert quotable((1.0, 0.1, 0.2), (0.9, 0.0, 0.1)) == ([0], [0])


def test_a_quote_by_meaning_beside_one_by_words_needs_a_typical_closeness() -> None:
    by_words = (1.0, 1.1, 0.1)
    typical = MEANING.typical_closeness
    assert quotable(by_words, (0.9, -0.3, typical)) == ([0, 1], [1])
    assert quotable(by_words, (0.9, -0.3, typical / 2)) == ([0], [])


def test_beside_a_quote_with_good_words_nothing_is_quoted_for_its_meaning_alone() -> None:
    enough = MEANING.enough_word_evidence
    assert quotable((1.0, enough, 0.1), (0.9, -0.3, 1.0)) == ([0], [])
    assert quotable((1.0, enough - 0.1, 0.1), (0.9, -0.3, 1.0)) == ([0, 1], [1])


def test_the_regression_does_not_extrapolate() -> None:
    rule = Logistic(
        np.array([0.0, -1.0]),
        np.array([1.0, 1.0]),
        np.array([[-1.0, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.5]]),
    )
    value = -1 + 2 * 1 + 3 * 1 * -1 + 0.5
    at_the_edge = rule.probability(np.array([1.0, -1.0], np.float32))
    assert at_the_edge == pytest.approx(1 / (1 + np.exp(-value)))
    assert rule.probability(np.array([50.0, -50.0], np.float32)) == at_the_edge
