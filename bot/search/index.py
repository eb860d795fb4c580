"""The library compiled for answering: scores from postings, phrases and word pairs from the texts' terms."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.search import rescoring
from bot.search.arrays import Floats, Ints, Longs, Mask
from bot.search.bm25 import Postings, Ranking, Statistics
from bot.search.build import build, languages_of
from bot.search.documents import Analysed
from bot.search.facets import Facets
from bot.search.fuzzy import Spelled
from bot.search.query_terms import QueryTerm, emphasised, names_of
from bot.search.rescoring import refined
from bot.search.streams import TermSequence, gathered
from bot.search.top_k import search
from bot.text.analysis import Token, fold, is_unspaced
from bot.text.stemming import stems
from bot.text.stop_words import stop_words
from corpus.model import Highlight, Library, Source


@dataclass(frozen=True)
class Index:
    """A library and what is needed to search it. Passages are numbered as `library.highlights`."""

    library: Library
    ranking: Ranking
    sources: tuple[Source, ...]
    source_of: Ints
    """Number in `sources` of each passage's source."""
    languages: tuple[str, ...]
    """Code of each source's language."""
    terms: dict[str, int]
    """Number of each term; see `bot.search.build` for their names."""
    postings: Postings
    written: TermSequence
    """Terms of the words of each passage's text as written, in order."""
    meant: TermSequence
    """Terms of their stems, stop words left out."""
    analysed: Analysed | None = None
    """The words that it was made of, for the next one."""

    @classmethod
    def build(
        cls, library: Library, ranking: Ranking | None = None, before: Analysed | None = None
    ) -> "Index":
        """Compiles `library`; an empty one is fine. Of highlights that are in `before` nothing is read again."""
        chosen = ranking or Ranking()
        sources, source_of = _numbered(library.highlights)
        languages = languages_of(sources, library.highlights, source_of)
        compiled = build(library.highlights, sources, source_of, languages, chosen, before)
        return cls(
            library, chosen, sources, source_of, tuple(languages),
            compiled.terms, compiled.postings, compiled.written, compiled.meant, compiled.analysed,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.library.highlights)

    @cached_property
    def facets(self) -> Facets:
        """Authors, titles, tags and dates."""
        return Facets(self.library, self.sources, self.source_of)

    @cached_property
    def quotable(self) -> Mask | None:
        """The passages that have any text to quote; None where all have. Shape (passages,)."""
        wordless = np.flatnonzero(self.written.ends[1:] == self.written.ends[:-1]).tolist()
        blank = [one for one in wordless if not self.library.highlights[one].plain.strip()]
        if not blank:
            return None
        mask = np.ones(len(self), np.bool_)
        mask[blank] = False
        return mask

    @cached_property
    def spelled(self) -> Spelled:
        """The words as written, without those that hold a digit."""
        return Spelled(filter(str.isalpha, [name[1:] for name in self.terms if name[0] == "="]))

    def prepare(self) -> None:
        """What the first question would wait for: 0.1 s at 100,000 passages."""
        _ = self.quotable, self.tongues, self.passages_in
        self.facets.prepare()
        self.spelled.prepare()

    def distinct(self, passages: Longs) -> Longs:
        """Places in `passages`, in order, without those whose words are the same as an earlier one's."""
        seen: set[bytes] = set()
        places = []
        for place, passage in enumerate(passages.tolist()):
            start, end = self.written.ends[passage], self.written.ends[passage + 1]
            text = self.written.items[start:end].tobytes() or str(passage).encode()
            if text not in seen:
                seen.add(text)
                places.append(place)
        return np.array(places, np.int64)

    @cached_property
    def tongues(self) -> tuple[str, ...]:
        """The library's languages, the one with the most sources first."""
        return tuple(sorted(set(self.languages), key=lambda code: (-self.languages.count(code), code)))

    @cached_property
    def passages_in(self) -> Counter[str]:
        """How many passages are in each of its languages."""
        found: Counter[str] = Counter()
        passages = np.bincount(self.source_of, minlength=len(self.languages))
        for language, count in zip(self.languages, passages.tolist(), strict=True):
            found[language] += count
        return found

    def of_sources(self, numbers: Iterable[int]) -> Mask:
        """The passages of these sources. Shape (passages,)."""
        return np.isin(self.source_of, list(numbers))

    def language_of(self, passage: int) -> str:
        return self.languages[int(self.source_of[passage])]

    def has_word(self, word: str) -> bool:
        """Whether any passage, title, name … holds the normalised word, in any form."""
        return f"={fold(word)}" in self.terms or any(name in self.terms for name in self._stem_names(word))

    def _stem_names(self, word: str) -> list[str]:
        """Names of the word's stems in the library's languages, but where it is a stop word there."""
        folded = fold(word)
        return [
            f"{tongue}:{stems(tongue, [word])[0]}"
            for tongue in self.tongues
            if folded not in stop_words(tongue)
        ]

    def wanted(self, tokens: Sequence[Token]) -> list[QueryTerm]:
        """What a question's words look for; each once, neighbouring characters as pairs."""
        found: dict[tuple[str, ...], QueryTerm] = {}
        for names, typed in names_of(tokens, self._stem_names):
            if names in found:
                earlier = found[names]
                found[names] = replace(earlier, times=earlier.times + 1)
            elif names:
                found[names] = self._wanted(names, typed)
        return emphasised(found.values())

    def _wanted(self, names: tuple[str, ...], typed: str) -> QueryTerm:
        written, meant = names[0], names[1:]
        terms = tuple(self.terms[name] for name in meant if name in self.terms)
        surface = self.terms.get(written)
        spreads = {term: self.frequency(term) for term in terms}
        together = sum(spreads.values())
        if surface is not None and self.frequency(surface) > together:
            spreads[surface] = self.frequency(surface)  # an accent left out can change the stem
        idf = Statistics(len(self)).of(
            {"": max(together, 1), **{str(term): spread for term, spread in spreads.items()}}
        )
        scored = tuple((term, idf[""] / idf[str(term)]) for term in spreads)
        return QueryTerm(typed, terms, surface, idf[""], scored)

    def frequency(self, term: int | None) -> int:
        """In how many passages a term is."""
        if term is None:
            return 0
        return int(self.postings.offsets[term + 1] - self.postings.offsets[term])

    def search(
        self, wanted: Iterable[QueryTerm], most: int, allowed: Mask | None = None, near: float = 0.0
    ) -> tuple[Longs, Floats]:
        """The best passages by BM25F, ascending, and their scores; see `best`."""
        terms = [(term, factor * word.times) for word in wanted for term, factor in word.scored]
        return search(terms, self.postings, len(self), most, allowed, near)

    def best(
        self, wanted: Sequence[QueryTerm], most: int, allowed: Mask | None = None, near: float = 0.0
    ) -> tuple[Longs, Floats]:
        """The best passages and their scores, best first; equal scores in the library's order.

        At most `most`; none that holds no word of `wanted`, none outside `allowed`, none whose BM25F is below the
        part `near` of the best one's.
        """
        passages, values = self.search(wanted, max(most, POOL), allowed, near)
        values = refined(values, wanted, passages, self.postings, self.meant, self.ranking)
        order = np.lexsort((passages, -values))[:most]
        return passages[order], values[order]

    def covered(self, wanted: Sequence[QueryTerm], passages: Longs) -> tuple[Floats, Floats]:
        """The weight of the words that each passage holds, and of the heaviest one that it does not."""
        return rescoring.covered(wanted, passages, self.postings)

    def lacking(self, wanted: Sequence[QueryTerm], passages: Longs) -> Longs:
        """How many of the words each passage does not hold, in any form. Shape (passages,)."""
        return rescoring.lacking(wanted, passages, self.postings)

    def lacked(self, wanted: Iterable[QueryTerm], passage: int) -> list[QueryTerm]:
        """The words that a passage does not hold, in any form."""
        return rescoring.lacked(wanted, passage, self.postings)

    def holding(self, word: QueryTerm) -> Mask:
        """The passages that hold the word in any form and field. Shape (passages,)."""
        mask = np.zeros(len(self), np.bool_)
        for term in word.forms:
            mask[self.postings.of(term)[0]] = True
        return mask

    def holding_phrase(self, phrase: Sequence[str]) -> Mask:
        """The passages whose text holds these normalised words one after the other. Shape (passages,)."""
        mask = np.zeros(len(self), np.bool_)
        sought = [self.terms.get("=" + fold(word)) for word in phrase]
        numbers = [number for number in sought if number is not None]
        if not numbers or len(numbers) < len(sought):
            return mask
        items, ends = self.written.items, self.written.ends
        spread = [self._spread(number, word) for number, word in zip(numbers, phrase, strict=True)]
        rarest = spread.index(min(spread))
        if spread[rarest] < len(self):
            passages = self.postings.of(numbers[rarest])[0].astype(np.int64)
            places = gathered(ends[passages], ends[passages + 1] - ends[passages])
            at = places[items[places] == numbers[rarest]] - rarest
        else:
            at = np.flatnonzero(items == numbers[rarest]) - rarest
        at = at[(at >= 0) & (at + len(numbers) <= len(items))]
        for place, number in enumerate(numbers):
            at = at[items[at + place] == number]
        owner = np.searchsorted(ends, at, side="right") - 1
        mask[owner[at + len(numbers) <= ends[owner + 1]]] = True
        return mask

    def _spread(self, term: int, word: str) -> int:
        """Number of passages with a word as written; all where its postings lack some: a stop word has none in its language."""
        stop = any(fold(word) in stop_words(tongue) for tongue in self.tongues)
        return len(self) if stop else self.frequency(term) or len(self)

    def matches(
        self, wanted: Sequence[QueryTerm], passage: int, tokens: Sequence[Token]
    ) -> list[tuple[int, int]]:
        """Which words of a passage's text are which of those wanted: (place in `tokens`, place in `wanted`), ascending."""
        asked: dict[int | None, list[int]] = {}
        for number, word in enumerate(wanted):
            for term in word.forms:
                asked.setdefault(term, []).append(number)
        language = self.language_of(passage)
        stemmed = stems(language, [token.word for token in tokens])
        number_of = self.terms.get
        found: set[tuple[int, int]] = set()
        for place, (token, stem) in enumerate(zip(tokens, stemmed, strict=True)):
            for name in ("=" + fold(token.word), f"{language}:{stem}"):
                found.update((place, number) for number in asked.get(number_of(name), ()))
            if is_unspaced(token.word):
                both = tokens[place : place + 2]
                pair = "~" + "".join(fold(one.word) for one in both)
                for number in asked.get(number_of(pair), ()):
                    found.update((place + beside, number) for beside in range(len(both)))
        return sorted(found)


POOL = 50
"""Passages at least whose pairs and coverage are looked at: a few times more than are shown at once."""


def _numbered(highlights: Sequence[Highlight]) -> tuple[tuple[Source, ...], Ints]:
    """The distinct sources in order of appearance, and each highlight's number among them."""
    numbers: dict[Source, int] = {}
    by_identity: dict[int, int] = {}
    source_of = np.zeros(len(highlights), np.int32)
    for place, highlight in enumerate(highlights):
        source = highlight.source
        number = by_identity.get(id(source))
        if number is None:
            number = by_identity[id(source)] = numbers.setdefault(source, len(numbers))
        source_of[place] = number
    return tuple(numbers), source_of
