"""How single questions of the question set were answered, and the groups of them that figures are given for."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.search.index import Index
from bot.text.language_detection import detect_short
from bot.text.stemming import ENGLISH

PARAPHRASE, UNANSWERABLE, LANGUAGE, NEAR_MISS = "paraphrase", "unanswerable", "language", "near miss"
"""Kinds of question: in other words; without an answer; not in English or not in the passage's language (see `Languages`); without
an answer but on a topic of the notes (`"near": true`)."""

MIN_SCRIPT_SHARE = 0.3
"""Share of the letters from which a script tells the language: Chinese and Japanese questions may have Latin names in them."""


class Languages(Enum):
    """The language of a question and those of its passages."""

    ENGLISH = "English"
    SAME = "same language"
    """The question is not in English, and a passage that answers is in its language."""
    ACROSS = "across languages"
    """No passage that answers is in the question's language."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered."""

    id: str
    kind: str
    question: str
    near: bool
    """Whether it is unanswerable, but on a topic of the notes."""
    languages: Languages
    rank: int | None
    """Rank of the first right quote in the answer, from 1; None if none is among the first five, or the reply is weak."""
    unrefused: int | None
    """The same rank before anything is refused."""
    refused: bool
    weak: bool
    evidence: float
    """The score that decided, on the scale of the answer score by words."""

    @property
    def answerable(self) -> bool:
        return self.kind != UNANSWERABLE

    @property
    def answered(self) -> bool:
        return not (self.refused or self.weak)

    @property
    def across(self) -> bool:
        return self.languages is Languages.ACROSS

    @property
    def shares_words(self) -> bool:
        """Whether the question has words of a passage that answers it."""
        return self.answerable and self.kind != PARAPHRASE and not self.across

    @property
    def good(self) -> bool:
        """Whether a right passage is among the first five before anything is refused."""
        return self.unrefused is not None


def languages(kind: str, question: str, passages: Sequence[int], index: Index) -> Languages:
    """The language of a question beside those of the passages that answer it.

    Only questions of the kind "language" may differ from their passages, by the rules of the question set. The language of other
    questions is that of most of their passages, which are longer and so easier to tell.
    """
    found = Counter(_language_of_passage(passage, index) for passage in passages)
    usual = found.most_common(1)[0][0] if found else _language(question, ENGLISH)
    own = _language(question, usual) if kind == LANGUAGE else usual
    if found and own not in found:
        return Languages.ACROSS
    return Languages.ENGLISH if own == ENGLISH else Languages.SAME


def _language_of_passage(passage: int, index: Index) -> str:
    return _language_by_script(index.library.highlights[passage].plain) or index.language_of(passage)


def _language(text: str, otherwise: str) -> str:
    return _language_by_script(text) or detect_short(text) or otherwise


def _language_by_script(text: str) -> str | None:
    """Chinese, Japanese or Korean; None for other texts."""
    scripts = Counter(unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha())
    japanese = scripts["HIRAGANA"] + scripts["KATAKANA"]
    enough = MIN_SCRIPT_SHARE * scripts.total()
    if scripts["HANGUL"] > enough:
        return "ko"
    if not scripts or scripts["CJK"] + japanese <= enough:
        return None
    return "ja" if japanese else "zh"


def by_kind(found: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each kind and of the larger groups, without empty groups. Questions of the kind "language" are divided by
    whether a passage that answers is in their language."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in found:
        if outcome.answerable and outcome.kind != LANGUAGE:
            groups.setdefault(outcome.kind, []).append(outcome)
    groups |= {
        "language, same": [outcome for outcome in found if outcome.kind == LANGUAGE and not outcome.across],
        "language, across": [outcome for outcome in found if outcome.kind == LANGUAGE and outcome.across],
        "sharing words": [outcome for outcome in found if outcome.shares_words],
        "of these not in English": [
            outcome for outcome in found if outcome.shares_words and outcome.languages is Languages.SAME
        ],
        "all answerable": [outcome for outcome in found if outcome.answerable],
        UNANSWERABLE: [outcome for outcome in found if not outcome.answerable],
        NEAR_MISS: [outcome for outcome in found if outcome.near],
    }
    return {name: group for name, group in groups.items() if group}
