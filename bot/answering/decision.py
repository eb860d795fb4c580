"""The decision: answer, weak answer, or refuse.

    1. An exact phrase, a filter or a bare name selects passages by itself: answer if there are any.
    2. A question without any word to look for is refused.
    3. With an embedding model: answer if a logistic regression over thirteen signals finds an answer probable enough. Words
       decide instead where they suffice by themselves, or where the model has read nothing.
    4. Otherwise: answer if the answer score by words reaches its threshold.

3 and 4 each have a lower threshold too: from there on, the nearest passage is shown as a weak answer.

`decide` does 3 and 4; `Decision.selected` and `Decision.nothing` are 1 and 2, which `bot.answering.find` recognises.
"""

from dataclasses import dataclass
from enum import Enum

from bot.answering.evidence import answer_score
from bot.answering.parameters import MEANING, WORDS
from bot.answering.ranked import RankedPassages
from bot.search.index import Index
from bot.understanding.intent import Intent


class AnswerOutcome(Enum):
    """Whether and how a question is answered."""

    ANSWER = "answer"
    WEAK = "weak"
    """Nothing fits well: only the nearest passage is shown, under a heading that says so."""
    REFUSE = "refuse"


class Rule(Enum):
    """The rule that made the decision."""

    SELECTION = "selection"
    """A phrase, filter or name: nothing has to be judged."""
    NO_WORDS = "no words"
    """The question has no word to look for."""
    WORDS = "words"
    """The answer score by words: `bot.answering.evidence`."""
    MEANING = "meaning"
    """The learned rule over words and meaning: `bot.answering.signals`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a question is answered, and why."""

    outcome: AnswerOutcome
    score: float
    """Of `Rule.WORDS` the answer score (evidence); of `Rule.MEANING` a probability; else 1 for an answer and 0 for none."""
    by: Rule
    threshold: float = 1.0
    """The score from which the rule answers."""
    weak_threshold: float = 1.0
    """The score from which the rule shows the nearest passage. Below, the question is refused."""

    @classmethod
    def selected(cls, count: int) -> "Decision":
        """For a question that selects passages by itself: answered if it selects any."""
        return cls(
            AnswerOutcome.ANSWER if count else AnswerOutcome.REFUSE, 1.0 if count else 0.0, Rule.SELECTION
        )

    @classmethod
    def nothing(cls) -> "Decision":
        """For a question without any word to look for."""
        return cls(AnswerOutcome.REFUSE, 0.0, Rule.NO_WORDS)

    @classmethod
    def scored(cls, score: float, threshold: float, weak_threshold: float, by: Rule) -> "Decision":
        """Answers from `threshold` on, weakly from `weak_threshold` on."""
        outcome = AnswerOutcome.REFUSE
        if score >= weak_threshold:
            outcome = AnswerOutcome.ANSWER if score >= threshold else AnswerOutcome.WEAK
        return cls(outcome, score, by, threshold, weak_threshold)

    @property
    def margin(self) -> float:
        """How far the score is above its threshold; negative where the question is refused or answered weakly."""
        return self.score - self.threshold


def decide(ranked: RankedPassages, intent: Intent, index: Index) -> Decision:
    """Whether any of the first passages answers the question."""
    if ranked.closeness is not None:
        by_meaning = _decide_by_meaning(ranked, intent, index)
        if by_meaning is not None:
            return by_meaning
    score = answer_score(ranked, intent)
    return Decision.scored(score, WORDS.threshold, WORDS.weak_threshold, Rule.WORDS)


def _decide_by_meaning(ranked: RankedPassages, intent: Intent, index: Index) -> Decision | None:
    """The decision of the learned rule; None where it is left to words."""
    from bot.answering.refusal_weights import probability_of_answer
    from bot.answering.signals import refusal_signals

    assert ranked.closeness is not None
    signals = refusal_signals(ranked, intent, index)
    if signals is None:
        return None
    probability = probability_of_answer(ranked.closeness.model, signals)
    if probability is None:
        return None
    return Decision.scored(probability, MEANING.min_probability, MEANING.weak_probability, Rule.MEANING)
