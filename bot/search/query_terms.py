"""What a question looks for: each word with all its forms; in scripts without blanks, each pair of neighbouring characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from bot.search.bm25 import idf
from bot.text.analysis import Token, fold, is_unspaced
from bot.text.stop_words import function_pairs, stop_words

if TYPE_CHECKING:
    from bot.search.index import Index

FUNCTION_BIGRAM_EMPHASIS = 0.3
"""Weight of a bigram of which one character is a function word; other bigrams have 1. benchmarks/README.md, "Nothing fits"."""

SEAM_EMPHASIS = 0.3
"""Weight of a bigram unknown to the library whose neighbours are known: it probably straddles a word boundary."""

UNKNOWN_END_EMPHASIS = 0.7
"""Weight of the first and the last of several unknown bigrams in a row. Those between them belong to a word that the library
does not have, and count in full."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing that a question looks for: a word in all its forms, or two neighbouring characters."""

    typed: str
    """The word as typed, normalised."""
    stems: tuple[int, ...]
    """The terms of its stem, for each language of the library that has it."""
    surface: int | None
    """Term of the word exactly as typed; None if no passage has it."""
    idf: float
    """Rarity of all stems together. A word that no passage has weighs as much as a word in a single passage."""
    names: tuple[str, ...]
    """The names of all these terms in the index."""
    scored: tuple[tuple[int, float], ...] = ()
    """Pairs (term, factor): the term's posting weight times the factor uses the idf of all stems together."""
    query_weight: float = 1.0
    """How often the question says it, times `trust`."""
    trust: float = 1.0
    """Below 1 if the word is a correction of what was typed."""
    emphasis: float = 1.0
    """Share of its idf that counts in coverage: 0 for names, less than 1 for bigrams that are hardly a word."""
    corrected: str = ""
    """The word looked for, if `typed` is a misspelling of it."""

    @property
    def forms(self) -> tuple[int, ...]:
        """All its terms."""
        return self.stems if self.surface is None else (*self.stems, self.surface)

    @property
    def known(self) -> bool:
        """Whether any passage has it, in any form."""
        return bool(self.stems) or self.surface is not None

    @property
    def weight(self) -> float:
        """Its idf times emphasis. `SearchResult.covered` also applies `trust`."""
        return self.idf * self.emphasis


def query_terms(tokens: Sequence[Token], index: "Index") -> list[QueryTerm]:
    """The terms for the words of a question, each once, however often it is repeated."""
    found: dict[tuple[str, ...], QueryTerm] = {}
    for names, typed in _named_terms(tokens, index):
        if names in found:
            earlier = found[names]
            found[names] = replace(earlier, query_weight=earlier.query_weight + 1)
        else:
            found[names] = _query_term(names, typed, index)
    return _emphasised(found.values())


def _named_terms(tokens: Sequence[Token], index: "Index") -> Iterable[tuple[tuple[str, ...], str]]:
    """For each query term: the names of its index terms, the surface form first, and the word as typed."""
    for place, token in enumerate(tokens):
        folded = fold(token.word)
        if not is_unspaced(token.word):
            yield ("=" + folded, *index.stem_names(token.word)), token.word
        elif _touches_next(tokens, place):
            both = folded + fold(tokens[place + 1].word)
            yield ("=" + both, "~" + both), both
        elif not (place and _touches_next(tokens, place - 1)):
            yield ("=" + folded, "~" + folded), folded


def _query_term(names: tuple[str, ...], typed: str, index: "Index") -> QueryTerm:
    get, frequency = index.terms.get, index.postings.frequency
    surface = get(names[0])
    found = [(name, term) for name in names[1:] if (term := get(name)) is not None]
    stems = tuple([term for _, term in found])
    frequencies = [(stem, frequency(stem)) for stem in stems]
    together = sum([count for _, count in frequencies])
    if surface is not None and (count := frequency(surface)) > together:
        frequencies.append((surface, count))  # a missing accent can change the stem
    size = len(index)
    rarity = idf(max(together, 1), size)
    scored = tuple([(form, rarity / idf(count, size)) for form, count in frequencies])
    known = [name for name, _ in found]
    return QueryTerm(
        typed, stems, surface, rarity, (*(names[:1] if surface is not None else ()), *known), scored
    )


def _touches_next(tokens: Sequence[Token], place: int) -> bool:
    """Whether a character and the next one stand side by side, both in scripts without blanks."""
    both = tokens[place : place + 2]
    return (
        len(both) == 2
        and both[0].end == both[1].start
        and is_unspaced(both[0].word)
        and is_unspaced(both[1].word)
    )


def _emphasised(found: Iterable[QueryTerm]) -> list[QueryTerm]:
    """The same terms, with less emphasis on bigrams that are hardly a word."""
    found = list(found)
    if not any(is_unspaced(term.typed[0]) for term in found):
        return found
    result: list[QueryTerm] = []
    rows = [
        (known, list(group))
        for known, group in groupby(found, lambda term: term.known or not is_unspaced(term.typed[0]))
    ]
    for number, (known, row) in enumerate(rows):
        for place, term in enumerate(row):
            share = 1.0
            if not known and len(row) > 1 and place in (0, len(row) - 1):
                share = UNKNOWN_END_EMPHASIS
            elif not known and len(row) == 1 and _is_seam(term, rows[:number], rows[number + 1 :]):
                share = SEAM_EMPHASIS
            emphasis = share * _own_emphasis(term.typed)
            result.append(term if emphasis == term.emphasis else replace(term, emphasis=emphasis))
    return result


def _is_seam(
    term: QueryTerm,
    before: Sequence[tuple[bool, list[QueryTerm]]],
    after: Sequence[tuple[bool, list[QueryTerm]]],
) -> bool:
    """Whether an unknown bigram overlaps with a known one beside it. Without one it is a word that the library does not have."""
    return bool(before and before[-1][1][-1].typed[-1] == term.typed[0]) or bool(
        after and after[0][1][0].typed[0] == term.typed[-1]
    )


def _own_emphasis(typed: str) -> float:
    """The emphasis of a term: less than 1 for a bigram with a character that is a function word."""
    if not is_unspaced(typed[0]):
        return 1.0
    hiragana = all("\u3041" <= character <= "\u309f" for character in typed)
    is_function = (
        hiragana
        or typed in function_pairs()
        or any(one in stop_words("chinese") or one in stop_words("japanese") for one in typed)
    )
    return FUNCTION_BIGRAM_EMPHASIS if is_function else 1.0


def displayed_words(terms: Iterable[QueryTerm]) -> list[str]:
    """The words as shown to people: bigrams joined to words again, without those that say little."""
    result: list[str] = []
    before = ""
    for term in terms:
        unspaced = is_unspaced(term.typed[0])
        if unspaced and not (term.emphasis >= UNKNOWN_END_EMPHASIS or (term.known and not term.emphasis)):
            before = ""
            continue
        if unspaced and before.endswith(term.typed[0]):
            before = result[-1] = before + term.typed[1:]
            continue
        result.append(term.typed)
        before = term.typed if unspaced else ""
    return list(dict.fromkeys(result))
