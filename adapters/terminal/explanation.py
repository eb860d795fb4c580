"""`analects ask --explain`: why a question was answered or refused, as sentences and as JSON.

Everything comes from the decision that was made (`bot.answering.decision`); nothing is computed again.
"""

from typing import TYPE_CHECKING

from bot.answering.breakdown import (
    AnswerProbability,
    AnswerScore,
    EvidencePart,
    PassageEvidence,
    WordsReason,
)
from bot.answering.decision import AnswerOutcome, Decision, Rule
from bot.answering.doubts import Doubt
from bot.search.query_terms import displayed_words
from bot.text.sanitize import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.json_output import Json
    from bot.answering.find import Findings
    from bot.search.index import Index

_OUTCOMES = {
    AnswerOutcome.ANSWER: "answered",
    AnswerOutcome.WEAK: "answered with the nearest highlight only",
    AnswerOutcome.REFUSE: "refused",
}
_RULES = {
    Rule.SELECTION: "A phrase, a filter or a name selects the highlights; there is nothing to judge.",
    Rule.NO_WORDS: "The question has no word to look for.",
    Rule.WORDS: "Its words decided.",
    Rule.MEANING: "Its words and its meaning decided.",
}
_WORDS_REASONS = {
    WordsReason.NO_MODEL: "No embedding model took part.",
    WordsReason.NOTHING_FOUND: "Neither words nor meaning found a highlight.",
    WordsReason.UNREAD: "The likeliest highlight has no vector yet: run `analects vectors`.",
    WordsReason.WORDS_SUFFICE: "They fit so well that meaning was not asked.",
    WordsReason.NO_WEIGHTS: "The learned weights cannot be read: install the program again.",
}
_DOUBTS = {
    Doubt.NO_NUMBER: "But the question asks for a number or a date, and the first highlights have none.",
    Doubt.TOO_SHORT: "But the question is too short for its meaning, and the first highlights lack one of its words.",
}
_PARTS = {
    EvidencePart.COVERED: "share of the question that it covers",
    EvidencePart.AMOUNT: "rare words that it covers",
    EvidencePart.RANKING_SCORE: "its score in the search",
    EvidencePart.OTHER_SOURCE: "the question names another author or title",
    EvidencePart.NAMED_SOURCE: "the question names its author or title",
    EvidencePart.BIGRAMS: "pairs of characters that it covers or lacks",
    EvidencePart.RAREST_COVERED: "the rarest word that it covers",
    EvidencePart.RAREST_MISSING: "the rarest word that it lacks",
    EvidencePart.MISSING_NAMES: "names that it lacks",
    EvidencePart.SHORT_QUESTION: "a question of few words proves little",
    EvidencePart.COMPLETE: "it has every word of the question",
    EvidencePart.ONLY_NAME: "it has nothing but a name from the question",
}


def as_text(found: "Findings", index: "Index") -> str:
    """Why the question got its outcome, in lines for a person."""
    decision = found.decision
    lines = [f"Why it was {_OUTCOMES[decision.outcome]}: {_RULES[decision.by]}"]
    if decision.words_reason is not None:
        lines[0] += f" {_WORDS_REASONS[decision.words_reason]}"
    match decision.breakdown:
        case AnswerScore() as score:
            lines += [_against_thresholds("Score", decision), *_score_lines(score, found, index)]
        case AnswerProbability() as answer:
            lines += [
                _against_thresholds("Probability of an answer", decision),
                _passage_line(answer.passage, index),
                _words_line(answer.holds, found),
                *_signal_lines(answer),
            ]
    return "\n".join(lines)


def _against_thresholds(name: str, decision: Decision) -> str:
    return (
        f"{name} {decision.score:.2f}; an answer needs {decision.threshold:.2f}, "
        f"the nearest highlight {decision.weak_threshold:.2f}."
        + (f" {_DOUBTS[decision.doubt]}" if decision.doubt is not None else "")
    )


def _score_lines(score: AnswerScore, found: "Findings", index: "Index") -> list[str]:
    if score.best is None:
        lines = [_summand(score.best_evidence, "no highlight has any of the words")]
    else:
        lines = [
            _passage_line(score.best.passage, index),
            _words_line(score.best.holds, found),
            *(_summand(value, _PARTS[part]) for part, value in score.best.parts.items()),
        ]
    lines += [
        _summand(-score.nowhere_penalty, "words that none of the first highlights has"),
        _summand(-score.unknown_word_penalty, "a word that no highlight of the library has"),
        _summand(score.language_bonus, "the language of the question: fewer of its words can be found"),
    ]
    return [line for line in lines if line]


def _signal_lines(answer: AnswerProbability) -> list[str]:
    by_weight = sorted(answer.signals, key=lambda signal: -abs(signal.log_odds))
    lines = [
        _summand(answer.constant, "before any signal"),
        *(_summand(signal.log_odds, f"{signal.name}: {signal.value:.2f}") for signal in by_weight),
    ]
    return [
        f"What adds to its log-odds (0 is a probability of 0.5), by the weights of {answer.weights}:",
        *(line for line in lines if line),
    ]


def _passage_line(passage: int, index: "Index") -> str:
    highlight = index.library.highlights[passage]
    place = f"{highlight.source.title or 'untitled'} ({highlight.path}:{highlight.line})"
    return f"The highlight that fits best: {one_line(visible(place))}."


def _words_line(holds: "Sequence[bool]", found: "Findings") -> str:
    terms = list(zip(found.intent.terms, holds, strict=True))
    covered = displayed_words(term for term, is_held in terms if is_held)
    missing = displayed_words(term for term, is_held in terms if not is_held)
    return f"It has: {', '.join(covered) or 'none'}. It lacks: {', '.join(missing) or 'none'}."


def _summand(value: float, meaning: str) -> str:
    """A line for a part of a sum; "" for one that rounds to nothing."""
    return f"  {value:+.2f}  {meaning}" if abs(value) >= 0.005 else ""


def as_json(found: "Findings", index: "Index") -> "dict[str, Json]":
    """The decision with all parts of its score.

    If words decided, `parts` add up to `score`. If words and meaning did, `constant` and the log-odds of `signals` add up to the
    log-odds of `score`. Values are rounded to six digits.
    """
    decision = found.decision
    explained: dict[str, Json] = {
        "outcome": decision.outcome.value,
        "rule": decision.by.value,
        "score": round(decision.score, 6),
        "threshold": decision.threshold,
        "weak_threshold": decision.weak_threshold,
    }
    if decision.doubt is not None:
        explained["doubt"] = decision.doubt.value
    if decision.words_reason is not None:
        explained["words_decide_because"] = decision.words_reason.value
    match decision.breakdown:
        case AnswerScore() as score:
            explained["parts"] = _parts(score)
            if score.best is not None:
                explained |= _judged(score.best, found, index)
        case AnswerProbability() as answer:
            explained |= _judged(answer, found, index)
            explained["weights"] = answer.weights
            explained["constant"] = round(answer.constant, 6)
            explained["signals"] = {
                signal.name: {"value": round(signal.value, 6), "log_odds": round(signal.log_odds, 6)}
                for signal in answer.signals
            }
    return explained


def _judged(
    judged: PassageEvidence | AnswerProbability, found: "Findings", index: "Index"
) -> "dict[str, Json]":
    """The highlight that was judged, and which words of the question it holds."""
    words = zip(found.intent.terms, judged.holds, strict=True)
    return {
        "highlight": index.library.highlights[judged.passage].id,
        "words": [{"word": term.typed, "held": is_held} for term, is_held in words],
    }


def _parts(score: AnswerScore) -> "dict[str, Json]":
    evidence = (
        {"nothing_found": score.best_evidence}
        if score.best is None
        else {part.value: round(value, 6) for part, value in score.best.parts.items()}
    )
    return {
        **evidence,
        "words_nowhere": round(-score.nowhere_penalty, 6),
        "unknown_word": round(-score.unknown_word_penalty, 6),
        "language": round(score.language_bonus, 6),
    }
