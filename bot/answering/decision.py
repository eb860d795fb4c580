"""The decision: answer, weak answer, or refuse.

    1. An exact phrase, a filter or a bare name selects passages by itself: answer if there are any.
    2. A question without any word to look for is refused.
    3. With an embedding model: answer if a logistic regression over sixteen signals finds an answer probable enough. Words
       decide instead where they suffice by themselves, or where the model has read nothing.
    4. Otherwise: answer if the answer score by words reaches its threshold.

3 and 4 each have a lower threshold too: from there on, the nearest passage is shown as a weak answer. So it is
where `bot.answering.doubts` has a doubt: a number that is asked for and missing, or a question too short for meaning.

`decide` does 3 and 4; `Decision.selected` and `Decision.nothing` are 1 and 2, which `bot.answering.find` recognises.
"""

from dataclasses import dataclass, replace
from enum import Enum

from bot.answering.breakdown import AnswerProbability, AnswerScore, WordsReason
from bot.answering.doubts import Doubt, doubt
from bot.answering.evidence import answer_score
from bot.answering.parameters import MEANING, WORDS
from bot.answering.ranked import RankedPassages
from bot.search.index import Index
from bot.understanding.intent import Intent

DOUBTFUL_MARGIN = -0.01
"""Margin of a decision that is weak only because of a doubt."""


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
    """With `Rule.WORDS` the answer score (evidence), with `Rule.MEANING` a probability, otherwise 1 for an answer and 0 for
    none."""
    by: Rule
    threshold: float = 1.0
    """The score from which the rule answers."""
    weak_threshold: float = 1.0
    """The score from which the rule shows the nearest passage. Below, the question is refused."""
    breakdown: AnswerScore | AnswerProbability | None = None
    """The parts of the score; None if nothing had to be judged."""
    words_reason: WordsReason | None = None
    """With `Rule.WORDS`: why the rule for meaning did not decide."""
    doubt: Doubt | None = None
    """Why the answer is only weak although its score is good enough."""

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
    def by_words(cls, score: AnswerScore, reason: WordsReason) -> "Decision":
        """The decision of the rule for words."""
        outcome = _outcome(score.total, WORDS.threshold, WORDS.weak_threshold)
        return cls(outcome, score.total, Rule.WORDS, WORDS.threshold, WORDS.weak_threshold, score, reason)

    @classmethod
    def by_meaning(cls, answer: AnswerProbability) -> "Decision":
        """The decision of the learned rule."""
        least, weak = MEANING.min_probability, MEANING.weak_probability
        outcome = _outcome(answer.probability, least, weak)
        return cls(outcome, answer.probability, Rule.MEANING, least, weak, answer)

    @property
    def margin(self) -> float:
        """How far the score is above its threshold; negative if the question is refused or answered weakly."""
        margin = self.score - self.threshold
        return min(margin, DOUBTFUL_MARGIN) if self.doubt is not None else margin


def _outcome(score: float, threshold: float, weak_threshold: float) -> AnswerOutcome:
    """Answer from `threshold` on, weakly from `weak_threshold` on."""
    if score >= threshold:
        return AnswerOutcome.ANSWER
    return AnswerOutcome.WEAK if score >= weak_threshold else AnswerOutcome.REFUSE


def decide(ranked: RankedPassages, intent: Intent, index: Index) -> Decision:
    """Whether any of the first passages answers the question."""
    by_meaning = _decide_by_meaning(ranked, intent, index)
    decision = (
        Decision.by_words(answer_score(ranked, intent), by_meaning)
        if isinstance(by_meaning, WordsReason)
        else by_meaning
    )
    if decision.outcome is AnswerOutcome.ANSWER:
        found = doubt(ranked, intent, index, by_meaning=decision.by is Rule.MEANING)
        if found is not None:
            return replace(decision, outcome=AnswerOutcome.WEAK, doubt=found)
    return decision


def _decide_by_meaning(ranked: RankedPassages, intent: Intent, index: Index) -> Decision | WordsReason:
    """The decision of the learned rule, or the reason why the rule for words decides instead."""
    if ranked.closeness is None:
        return WordsReason.NO_MODEL
    from bot.answering.refusal_weights import probability_of_answer
    from bot.answering.signals import refusal_signals

    signals = refusal_signals(ranked, intent, index)
    if isinstance(signals, WordsReason):
        return signals
    answer = probability_of_answer(ranked.closeness.model, signals)
    return WordsReason.NO_WEIGHTS if answer is None else Decision.by_meaning(answer)
