"""Doubts that make an answer weak although its score is good: the nearest passage is shown, under a heading that says so."""

from collections.abc import Iterable
from enum import Enum

from bot.answering.evidence import answer_score, holds_all_words
from bot.answering.parameters import MEANING, WORDS
from bot.answering.ranked import RankedPassages
from bot.search.index import Index
from bot.understanding.asked_numbers import gives_number
from bot.understanding.intent import Intent


class Doubt(Enum):
    """Why an answer is only weak."""

    NO_NUMBER = "no_number"
    """The question asks for a number or a date, and none of the first passages gives one."""
    TOO_SHORT = "too_short"
    """The question has one or two words, no first passage holds them all, and words alone would not answer: meaning would have
    to guess from a single word."""


def doubt(ranked: RankedPassages, intent: Intent, index: Index, by_meaning: bool) -> Doubt | None:
    """The doubt about these passages as an answer; None if there is none. `by_meaning`: whether meaning decided."""
    first = ranked.found.passages[: WORDS.number_passages].tolist()
    if first and lack_number(first, intent, index):
        return Doubt.NO_NUMBER
    if by_meaning and _too_short(ranked, intent):
        return Doubt.TOO_SHORT
    return None


def lack_number(passages: Iterable[int], intent: Intent, index: Index) -> bool:
    """Whether the question asks for a number or a date and none of these passages, numbers in the index, gives one."""
    return intent.asks_number and not any(
        gives_number(index.library.highlights[passage].plain, intent.digits) for passage in passages
    )


def _too_short(ranked: RankedPassages, intent: Intent) -> bool:
    words = sum(bool(term.weight) for term in ranked.found.terms)
    if not 0 < words <= MEANING.short_question_words:
        return False
    complete = holds_all_words(ranked.found.take(slice(WORDS.considered))).any()
    return not complete and answer_score(ranked, intent).total < WORDS.threshold
