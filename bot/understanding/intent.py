"""What a question means: its words less those that only ask, misspelt ones corrected, names told from subjects."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.search.index import Index
from bot.search.query import Query, searched
from bot.search.query_terms import QueryTerm
from bot.text.analysis import Token, fold, rows_of_unspaced
from bot.text.stop_words import stop_words
from bot.understanding.entities import named
from bot.understanding.phrasing import phrased
from bot.understanding.spelling import corrected

MOST_WORDS = 256
"""Words of a question that are looked for: of more, the rarest."""

MOST_TOKENS = 5_000
"""Words of a question that are looked at."""

TRUST = 0.8
"""What a corrected word counts beside one that was found as typed."""

FEW = 0.1
"""Part of the library's passages from which down it has few."""

_BEGINNING = re.compile(r"(?:^|[!?:]|\w{4}\.)[\W_]*")
"""What stands before the first word of a sentence; after "Dr." or "J." none begins."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a question looks for."""

    wanted: tuple[QueryTerm, ...]
    corrections: dict[str, str] = field(default_factory=dict)
    """Words that were corrected: as typed to the one looked for."""
    sources: frozenset[int] = frozenset()
    """Numbers of the sources that are named, or whose authors are."""
    only_names: bool = False
    """Whether nothing but a name is asked for."""
    asked: str = ""
    """The question without operators, names and the words that only ask, corrected; "" where nothing else is left."""
    capitalised: frozenset[str] = frozenset()
    """Words written with a capital inside a sentence: in most languages the names of somebody or something."""
    seldom: bool = False
    """Whether few passages, but some, are in the question's language, as its stop words tell it."""


def understood(query: Query, index: Index) -> Intent:
    """What a question looks for. A name says nothing of what is asked: it counts for the ranking, not as covered."""
    phrasing = phrased(query.text)
    whole = searched(query)
    words = [token for token in whole if not phrasing.text[token.start : token.start + 1].isspace()]
    whole, words = whole[:MOST_TOKENS], words[:MOST_TOKENS]
    found = content(words, tongue_of(words, index), index)
    typed = [token for token in found if token.end <= len(query.text)]
    names = named(typed, phrasing, index)
    meant = [
        Token(one.start, one.end, names.corrections.get(one.word, one.word))
        if one.start in names.places
        else one
        for one in typed
    ]
    meant, spelled = corrected(meant, index, query.text)
    corrections = {**spelled, **names.corrections}
    wanted = index.wanted(meant + found[len(typed) :])
    changed = {right: wrong for wrong, right in corrections.items()}
    of_names = _of_names(meant, names.places)
    only_names = bool(names.sources) and all(word.typed in of_names for word in wanted)
    sure = [
        replace(
            word,
            typed=changed.get(word.typed, word.typed),
            meant=word.typed if word.typed in changed else "",
            trust=TRUST if word.typed in changed else 1.0,
            times=word.times * (TRUST if word.typed in changed else 1.0),
            emphasis=0.0 if word.typed in of_names and not only_names else word.emphasis,
        )
        for word in wanted
    ]
    written = {token.word: query.text[token.start : token.end] for token in typed}
    told = {written[wrong]: right for wrong, right in corrections.items()}
    asked = _asked(phrasing.text, typed, names.places, spelled)
    return Intent(
        tuple(_rarest(sure)),
        told,
        names.sources,
        only_names,
        asked,
        _capitalised(query.text, typed, whole),
        _seldom(tongue_of(whole, index), index),
    )


def _of_names(meant: Sequence[Token], places: Collection[int]) -> frozenset[str]:
    """The words of names; of characters without blanks the pairs too, with those of which a name has but one."""
    words = {token.word for token in meant if token.start in places}
    for row in rows_of_unspaced(meant):
        words |= {
            fold(one.word) + fold(other.word)
            for one, other in pairwise(row)
            if one.start in places or other.start in places
        }
    return frozenset(words)


def _asked(text: str, typed: Sequence[Token], left_out: Collection[int], spelled: Mapping[str, str]) -> str:
    for token in reversed(typed):
        written = "" if token.start in left_out else spelled.get(token.word)
        if written is not None:
            text = text[: token.start] + written + text[token.end :]
    return " ".join(text.split()).strip(" ,;:-–—")


def _seldom(tongue: str, index: Index) -> bool:
    return tongue not in ("", *index.tongues[:1]) and index.passages_in[tongue] <= FEW * len(index)


def _capitalised(text: str, typed: Sequence[Token], whole: Sequence[Token]) -> frozenset[str]:
    """Nothing where no word of the `whole` question begins with a small letter."""
    if not any(text[token.start : token.start + 1].islower() for token in whole):
        return frozenset()
    begun = {match.end() for match in _BEGINNING.finditer(text)}
    return frozenset(
        token.word for token in typed if text[token.start].isupper() and token.start not in begun
    )


def tongue_of(found: Sequence[Token], index: Index) -> str:
    """The language of the library that has most of a question's words for stop words; "" where none has any."""
    folded = [fold(token.word) for token in found]
    shares = [sum(word in stop_words(tongue) for word in folded) for tongue in index.tongues]
    most = max(shares, default=0)
    return index.tongues[shares.index(most)] if most else ""


def content(found: Sequence[Token], tongue: str, index: Index) -> list[Token]:
    """The words of a question without the stop words of its language, as far as that can be told."""
    stop: frozenset[str] = stop_words(tongue) if tongue else frozenset()
    usual = stop or frozenset().union(*map(stop_words, index.tongues[:1]))
    return [
        token
        for token in found
        if (word := fold(token.word)) not in stop and not _slipped(word, usual, index)
    ]


def _slipped(word: str, stop: frozenset[str], index: Index) -> bool:
    """Whether a word that no note has is a stop word with two neighbours exchanged: "hwo", "waht", "teh"."""
    if not 2 < len(word) < 8 or index.has_word(word):
        return False
    pairs = range(len(word) - 1)
    return any(f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" in stop for at in pairs)


def _rarest(wanted: Sequence[QueryTerm]) -> Sequence[QueryTerm]:
    """At most `MOST_WORDS`, in the question's order; those that no passage holds go first."""
    if len(wanted) <= MOST_WORDS:
        return wanted
    order = sorted(range(len(wanted)), key=lambda one: (not wanted[one].terms, -wanted[one].idf))
    return [wanted[one] for one in sorted(order[:MOST_WORDS])]
