"""The breakdown of a decision: its parts add up to the score that decided."""

import math

import pytest

from bot.answering.breakdown import AnswerProbability, AnswerScore, EvidencePart, WordsReason
from bot.answering.decision import Decision, Rule
from bot.answering.find import find
from bot.answering.signals import SIGNALS
from bot.search.index import Index
from bot.semantic.backfill import fill
from tests.bot.semantic.models import make_embedding
from tests.libraries import highlight, library_of

INDEX = Index.build(
    library_of(
        [
            highlight("nap", "A doze after lunch clears the head.", "On rest", "Ann Marlow"),
            highlight("sea", "The sea is older than any of its maps.", "On water"),
            highlight("tides", "Sea maps show no tides.", "On tides", "Ben Ostler"),
            highlight("confidence", "自信来自于一次又一次地完成自己答应过的事情。"),
        ]
    )
)


def score_of(question: str) -> AnswerScore:
    decision = find(question, INDEX).decision
    assert decision.by is Rule.WORDS
    assert isinstance(decision.breakdown, AnswerScore)
    assert decision.breakdown.total == decision.score
    return decision.breakdown


QUESTIONS = [
    "maps of the sea",
    "do zeppelins cross deserts",
    "what does Ann Marlow say about maps of the sea?",
    "Was sagt Zeppelin über Karten und das Meer?",
    "is a Zeppelin over the Sahara older than Quine?",
    "自信从哪来",
    "量子计算机怎么工作",
    "a doze",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_the_score_add_up_to_it(question: str) -> None:
    score = score_of(question)
    if score.best is None:
        assert score.best_evidence == -1
    else:
        assert sum(score.best.parts.values()) == pytest.approx(score.best_evidence, abs=1e-5)
    parts = score.best_evidence - score.nowhere_penalty - score.unknown_word_penalty + score.language_bonus
    assert parts == pytest.approx(find(question, INDEX).decision.score)


def test_evidence_for_an_answer_is_positive_and_evidence_against_it_negative() -> None:
    complete = score_of("maps of the sea")
    assert complete.best is not None
    assert complete.best.holds == (True, True)
    assert complete.best.parts[EvidencePart.COVERED] == pytest.approx(1)
    assert complete.best.parts[EvidencePart.RAREST_MISSING] == 0
    assert complete.nowhere_penalty == complete.unknown_word_penalty == 0
    partial = score_of("maps of zeppelins")
    assert partial.best is not None
    assert sorted(partial.best.holds) == [False, True]
    assert partial.best.parts[EvidencePart.RAREST_MISSING] < 0
    assert partial.nowhere_penalty > 0
    assert partial.unknown_word_penalty > 0


def test_a_name_in_the_question_is_evidence_for_passages_by_that_author() -> None:
    named = score_of("what does Ben Ostler say about the sea?")
    assert named.best is not None
    assert INDEX.library.highlights[named.best.passage].id == "tides"
    assert named.best.parts[EvidencePart.NAMED_SOURCE] > 0
    assert named.best.parts[EvidencePart.OTHER_SOURCE] == 0
    assert EvidencePart.NAMED_SOURCE not in (score_of("maps of the sea").best or named.best).parts


@pytest.fixture(scope="module")
def decisions() -> dict[str, Decision]:
    embedding = make_embedding()
    assert fill(embedding, INDEX, lambda: False)
    return {
        question: find(question, INDEX, embedding).decision
        for question in ("is a nap any good?", "maps of the sea", "do zeppelins cross deserts")
    }


def test_the_signals_add_up_to_the_probability(decisions: dict[str, Decision]) -> None:
    decision = decisions["is a nap any good?"]
    answer = decision.breakdown
    assert isinstance(answer, AnswerProbability)
    assert [signal.name for signal in answer.signals] == list(SIGNALS)
    log_odds = answer.constant + sum(signal.log_odds for signal in answer.signals)
    assert decision.score == pytest.approx(1 / (1 + math.exp(-log_odds)))
    assert INDEX.library.highlights[answer.passage].id == "nap"


def test_the_decision_says_why_words_decided(decisions: dict[str, Decision]) -> None:
    assert find("maps of the sea", INDEX).decision.words_reason is WordsReason.NO_MODEL
    assert decisions["maps of the sea"].words_reason is WordsReason.WORDS_SUFFICE
    assert decisions["is a nap any good?"].words_reason is None
