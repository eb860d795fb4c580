"""The parts of the score that decided: why a question was answered or refused.

    AnswerScore            the rule for words: a sum
      PassageEvidence      its first part, the evidence of the best passage: a sum as well
    AnswerProbability      the rule for words and meaning: its log-odds are a sum over signals

The scores are computed in `bot.answering.evidence` and `bot.answering.refusal_weights`, which record their parts here.
"""

from dataclasses import dataclass
from enum import Enum, unique


@unique
class EvidencePart(Enum):
    """The summands of evidence. The formula is in `bot.answering.evidence`."""

    COVERED = "covered"
    """The share of the question that the passage covers."""
    AMOUNT = "amount"
    """Rare words covered."""
    RANKING_SCORE = "ranking_score"
    OTHER_SOURCE = "other_source"
    """Taken off because the question names another author or source."""
    NAMED_SOURCE = "named_source"
    BIGRAMS = "bigrams"
    RAREST_COVERED = "rarest_covered"
    RAREST_MISSING = "rarest_missing"
    MISSING_NAMES = "missing_names"
    SHORT_QUESTION = "short_question"
    COMPLETE = "complete"
    """Added to reach the least evidence of a passage with every word."""
    ONLY_NAME = "only_name"
    """Taken off a passage that holds nothing but a name from the question."""


@dataclass(frozen=True, slots=True)
class PassageEvidence:
    """The evidence of one passage and its summands."""

    passage: int
    """Number of the passage in the index."""
    total: float
    parts: dict[EvidencePart, float]
    """Each summand. They add up to `total` (within 1e-5, as they are computed with 32 bits)."""
    holds: tuple[bool, ...]
    """Whether the passage holds each word of the question, in the order of `Intent.terms`."""


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """The answer score by words: evidence, minus penalties, plus a bonus."""

    best: PassageEvidence | None
    """The passage whose evidence counts; None if no passage was found."""
    best_evidence: float
    nowhere_penalty: float
    """For words that none of the first passages holds."""
    unknown_word_penalty: float
    """For a word that no passage of the library has."""
    language_bonus: float

    @property
    def total(self) -> float:
        return self.best_evidence - self.nowhere_penalty - self.unknown_word_penalty + self.language_bonus


@dataclass(frozen=True, slots=True)
class SignalShare:
    """What one signal adds to the log-odds."""

    name: str
    """One of `bot.answering.signals.SIGNALS`."""
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class AnswerProbability:
    """The probability that the question has an answer, by the learned rule for words and meaning."""

    probability: float
    """1 / (1 + exp(-log-odds)), where the log-odds are `constant` plus those of all signals."""
    passage: int
    """Number of the passage that is suggested most, in the index."""
    holds: tuple[bool, ...]
    """Whether it holds each word of the question, in the order of `Intent.terms`."""
    weights: str
    """The model whose learned weights were used."""
    constant: float
    """Log-odds without any signal."""
    signals: tuple[SignalShare, ...]


class WordsReason(Enum):
    """Why words alone decided."""

    NO_MODEL = "no_model"
    """No embedding model took part."""
    NOTHING_FOUND = "nothing_found"
    UNREAD = "unread"
    """The model has not read the passage that is suggested most: its vector is not made yet."""
    WORDS_SUFFICE = "words_suffice"
    NO_WEIGHTS = "no_weights"
    """The learned weights cannot be used; the log says why."""
