"""The decision to answer or refuse: which rule decides, by which score, with which learned weights."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.answering.breakdown import AnswerProbability
from bot.answering.decision import AnswerOutcome, Decision, Rule
from bot.answering.doubts import Doubt
from bot.answering.evidence import answer_score
from bot.answering.find import find, rank_question
from bot.answering.parameters import MEANING, WORDS
from bot.answering.refusal_weights import (
    WEIGHTS_FILE,
    WeightsError,
    _usable_weights,
    has_own_weights,
    load_weights,
    probability_of_answer,
    write_weights,
)
from bot.answering.signals import SIGNALS, Signals
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.backfill import fill
from bot.semantic.catalog import BUILTIN, CATALOG, ENGLISH, MULTILINGUAL, QUALITY
from bot.semantic.embedding import Embedding
from bot.understanding.intent import understand
from tests.bot.semantic.models import Thesaurus, make_embedding
from tests.libraries import highlight, library_of

INDEX = Index.build(
    library_of(
        [
            highlight("nap", "A doze after lunch clears the head.", "On rest", "Ann Marlow"),
            highlight("sea", "The sea is older than any of its maps.", "On water"),
        ]
    )
)


def decide(question: str, embedding: Embedding | None = None) -> Decision:
    return find(question, INDEX, embedding).decision


@pytest.mark.parametrize(
    ("question", "outcome", "rule"),
    [
        ("maps of the sea", AnswerOutcome.ANSWER, Rule.WORDS),
        ("do zeppelins cross deserts", AnswerOutcome.REFUSE, Rule.WORDS),
        ('"older than any"', AnswerOutcome.ANSWER, Rule.SELECTION),
        ('"younger than any"', AnswerOutcome.REFUSE, Rule.SELECTION),
        ("author:marlow", AnswerOutcome.ANSWER, Rule.SELECTION),
        ("author:nobody", AnswerOutcome.REFUSE, Rule.SELECTION),
        ("anything by Ann Marlow?", AnswerOutcome.ANSWER, Rule.SELECTION),
        ("the of and", AnswerOutcome.REFUSE, Rule.NO_WORDS),
    ],
)
def test_the_decision_names_its_rule(question: str, outcome: AnswerOutcome, rule: Rule) -> None:
    decision = decide(question)
    assert (decision.outcome, decision.by) == (outcome, rule)
    assert (
        (outcome is AnswerOutcome.ANSWER) == bool(len(find(question, INDEX).result)) == (decision.margin >= 0)
    )


def test_between_the_two_thresholds_the_answer_is_weak() -> None:
    least, weak = MEANING.min_probability, MEANING.weak_probability
    for probability, outcome in (
        (least + 0.1, AnswerOutcome.ANSWER),
        (least, AnswerOutcome.ANSWER),
        (least - 0.01, AnswerOutcome.WEAK),
        (weak, AnswerOutcome.WEAK),
        (weak - 0.01, AnswerOutcome.REFUSE),
    ):
        assert (
            Decision.by_meaning(AnswerProbability(probability, 0, (), "a model", 0.0, ())).outcome is outcome
        )


def test_a_question_for_a_number_is_not_answered_by_passages_without_one() -> None:
    """They are on the right subject, so the nearest is shown; but the reply says that it does not fit well."""
    assert decide("maps of the sea").outcome is AnswerOutcome.ANSWER
    lacking = decide("when were the maps older than the sea")
    assert lacking.outcome is AnswerOutcome.WEAK
    assert lacking.doubt is Doubt.NO_NUMBER
    assert lacking.score >= lacking.threshold
    assert lacking.margin < 0
    index = Index.build(
        library_of([highlight("sea", "The sea has forty maps, all of them older.", "On water")])
    )
    assert find("when were the maps older than the sea", index).decision.outcome is AnswerOutcome.ANSWER


def test_meaning_does_not_answer_two_words_of_which_one_is_missing(
    embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """“The capital of France” is not answered by a passage about France, however near the model finds it."""
    monkeypatch.setattr(
        "bot.answering.refusal_weights.probability_of_answer",
        lambda model, signals: AnswerProbability(0.99, signals.passage, signals.holds, model, 0.0, ()),
    )
    found = decide("zeppelins at lunch", embedding)
    assert (found.outcome, found.by, found.doubt) == (AnswerOutcome.WEAK, Rule.MEANING, Doubt.TOO_SHORT)
    longer = decide("zeppelins at lunch, and old clouds", embedding)
    assert (longer.outcome, longer.doubt) == (AnswerOutcome.ANSWER, None)


def test_a_refusal_by_words_has_a_score_below_the_threshold() -> None:
    refused = decide("do zeppelins cross deserts")
    assert refused.threshold == WORDS.threshold > refused.score
    assert decide("maps of the sea").score > refused.score


@pytest.fixture
def embedding() -> Embedding:
    embedding = make_embedding()
    assert fill(embedding, INDEX, lambda: False)
    return embedding


def test_with_learned_weights_meaning_decides(embedding: Embedding) -> None:
    assert decide("is a nap any good?", embedding).by is Rule.MEANING
    assert decide("maps of the sea", embedding).by is Rule.WORDS  # the words suffice


def test_the_learned_weights_also_decide_with_another_model() -> None:
    """Cosines are scaled to the library first, so the weights do not depend on one model's cosines."""
    model = Thesaurus()
    model.name = "somebody/else"
    embedding = make_embedding(model)
    assert fill(embedding, INDEX, lambda: False)
    assert decide("is a nap any good?", embedding).by is Rule.MEANING


@pytest.mark.parametrize("seed", range(5))
def test_a_model_without_weights_answers_only_if_every_fitted_model_would(seed: int) -> None:
    models = load_weights()
    assert set(models) == {ENGLISH.title, QUALITY.title, MULTILINGUAL.title, BUILTIN.title}
    assert all(map(has_own_weights, models))
    assert not has_own_weights("somebody/else")
    low, high = (np.array([getattr(model, name) for model in models.values()]) for name in ("low", "high"))
    signals = np.random.default_rng(seed).uniform(low.min(axis=0), high.max(axis=0)).astype(np.float32)
    judged_signals = Signals(signals, 0, ())
    by_model = {name: probability_of_answer(name, judged_signals) for name in models}
    for name, answer in by_model.items():
        assert answer is not None
        assert answer.probability == pytest.approx(models[name].probability(signals))
    lowest = min(by_model, key=lambda name: models[name].probability(signals))
    assert probability_of_answer("somebody/else", judged_signals) == by_model[lowest]


def test_the_weights_file_names_its_models_and_signals() -> None:
    stored = json.loads(WEIGHTS_FILE.read_text("utf-8"))
    assert tuple(stored["signals"]) == SIGNALS
    assert list(stored["models"]) == sorted(card.title for card in CATALOG)
    assert all(
        weights.form.shape == (len(SIGNALS) + 1, len(SIGNALS) + 1) for weights in load_weights().values()
    )


def test_weights_that_are_written_are_read_back_unchanged(tmp_path: Path) -> None:
    copy = tmp_path / "weights.json"
    write_weights(load_weights(), copy)
    assert json.loads(copy.read_text("utf-8")) == json.loads(WEIGHTS_FILE.read_text("utf-8"))


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"signals": ["something else", *SIGNALS[1:]]}, "'something else' where 'closeness' is needed"),
        ({"signals": SIGNALS[:-1]}, "15 where 16 are needed"),
        ({"low": [0.0]}, f"wrong shape for {ENGLISH.title}"),
        ({"form": [[1.0, 2.0]]}, "wrong shape"),
        ({"low": [float("nan")] * len(SIGNALS)}, "impossible weights"),
        ({"high": [-1e9] * len(SIGNALS)}, "impossible weights"),
        ({"form": "none"}, "cannot be read"),
        ({"models": []}, "cannot be read"),
        ({"models": {}}, "has no model"),
    ],
)
def test_a_weights_file_that_does_not_fit_the_program_is_refused(
    change: dict[str, object], finding: str, tmp_path: Path
) -> None:
    stored = json.loads(WEIGHTS_FILE.read_text("utf-8"))
    for part, value in change.items():
        (stored if part in stored else stored["models"][ENGLISH.title])[part] = value
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(stored), "utf-8")
    with pytest.raises(WeightsError, match=finding):
        load_weights(file)


def test_missing_or_damaged_weights_leave_the_decision_to_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, embedding: Embedding
) -> None:
    monkeypatch.setattr("bot.answering.refusal_weights.WEIGHTS_FILE", tmp_path / "gone.json")
    _usable_weights.cache_clear()
    assert decide("is a nap any good?", embedding).by is Rule.WORDS
    (warning,) = [record.getMessage() for record in caplog.records]
    assert "gone.json cannot be read" in warning
    _usable_weights.cache_clear()


def test_bigrams_across_word_boundaries_do_not_make_a_chinese_question_a_refusal() -> None:
    """Of 自信从哪来 ("where does confidence come from") only 自信 is a word. The other bigrams cross word boundaries."""
    others = [highlight(str(number), f"第{number}天的海很平静，渔船很早就出发了。") for number in range(9)]
    index = Index.build(
        library_of([highlight("confidence", "真正的自信是做成一件事以后慢慢长出来的。"), *others])
    )
    found = find("自信从哪来", index)
    assert found.decision.outcome is not AnswerOutcome.REFUSE
    assert index.library.highlights[int(found.result.passages[0])].id == "confidence"
    assert find("量子计算机怎么工作", index).decision.outcome is AnswerOutcome.REFUSE


def test_a_word_in_any_of_the_first_passages_does_not_count_as_nowhere() -> None:
    texts = [
        "The ferry leaves at dawn.",
        "A lighthouse shines at night.",
        *(f"Day {number} was calm." for number in range(9)),
    ]
    index = Index.build(library_of([highlight(str(number), text) for number, text in enumerate(texts)]))
    ranked = rank_question("ferry lighthouse", index, 5)[0]
    intent = understand(parse("ferry lighthouse"), index)
    strict = replace(WORDS, nowhere_penalty=1.0)
    assert answer_score(ranked, intent, strict).total == answer_score(ranked, intent).total
    missing = rank_question("ferry zeppelin", index, 5)[0]
    intent = understand(parse("ferry zeppelin"), index)
    assert answer_score(missing, intent, strict).total < answer_score(missing, intent).total - 0.3
