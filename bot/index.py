"""The library compiled for answering: scores from postings, phrases and word pairs from the texts' terms."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.analysis import Token, fold, is_unspaced, words
from bot.building import Stream, build, gathered, languages_of
from bot.facets import Facets
from bot.languages import stems, stop_words
from bot.ranking import Floats, Ints, Longs, Mask, Postings, Ranking, Statistics
from corpus.model import Highlight, Library, Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that a question looks for: a word in all its forms, or two neighbouring characters."""

    typed: str
    terms: tuple[int, ...]
    """Its stem in each language of the library, as far as the library has it."""
    surface: int | None
    """The word as written; None where no passage has it."""
    idf: float
    """Of the stems together; that of a word in no passage where none has it."""
    surface_idf: float
    times: float = 1.0
    trust: float = 1.0
    """How sure it is that this is what was meant: less where it corrects what was typed."""
    emphasis: float = 1.0
    """What it counts in coverage: less for two characters that are hardly a word."""

    @property
    def known(self) -> bool:
        """Whether any passage has it, in any form."""
        return bool(self.terms) or self.surface is not None

    @property
    def weight(self) -> float:
        """Its part of the question."""
        return self.idf * self.emphasis


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
    """Number of each term; see `bot.building` for their names."""
    postings: Postings
    written: Stream
    """Terms of the words of each passage's text as written, in order."""
    meant: Stream
    """Terms of their stems, stop words left out."""

    @classmethod
    def build(cls, library: Library, ranking: Ranking | None = None) -> "Index":
        """Compiles `library`; an empty one is fine."""
        chosen = ranking or Ranking()
        sources, source_of = _numbered(library.highlights)
        languages = languages_of(sources, library.highlights, source_of)
        compiled = build(library.highlights, sources, source_of, languages, chosen)
        return cls(
            library, chosen, sources, source_of, tuple(languages),
            compiled.terms, compiled.postings, compiled.written, compiled.meant,
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
        mask = np.array([bool(one.plain.strip()) for one in self.library.highlights], np.bool_)
        return None if mask.all() else mask

    @cached_property
    def author_words(self) -> frozenset[int]:
        """The terms, as written, that names of authors are made of."""
        names = {
            f"={fold(word)}" for source in self.sources for author in source.authors for word in words(author)
        }
        return frozenset(self.terms[name] for name in names if name in self.terms)

    @cached_property
    def spelled(self) -> dict[int, list[str]]:
        """The words as written, without those that hold a digit, by their length."""
        found: dict[int, list[str]] = {}
        for name in self.terms:
            if name[0] == "=" and name[1:].isalpha():
                found.setdefault(len(name) - 1, []).append(name[1:])
        return found

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
        return tuple(sorted(set(self.languages), key=lambda code: -self.languages.count(code)))

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

    def wanted(self, tokens: Sequence[Token]) -> list[Wanted]:
        """What a question's words look for; each once, neighbouring characters as pairs."""
        found: dict[tuple[str, ...], Wanted] = {}
        for names, typed in _names(tokens, self._stem_names):
            if names in found:
                earlier = found[names]
                found[names] = replace(earlier, times=earlier.times + 1)
            elif names:
                found[names] = self._wanted(names, typed)
        return list(found.values())

    def _wanted(self, names: tuple[str, ...], typed: str) -> Wanted:
        written, meant = names[0], names[1:]
        terms = tuple(self.terms[name] for name in meant if name in self.terms)
        surface = self.terms.get(written)
        spread = sum(map(self.frequency, terms))
        idf = Statistics(len(self)).of({"stem": max(spread, 1), "word": max(self.frequency(surface), 1)})
        known = bool(terms) or surface is not None
        return Wanted(typed, terms, surface, idf["stem"], idf["word"], emphasis=_emphasis(typed, known))

    def frequency(self, term: int | None) -> int:
        """In how many passages a term is."""
        if term is None:
            return 0
        return int(self.postings.offsets[term + 1] - self.postings.offsets[term])

    def scores(self, wanted: Iterable[Wanted]) -> Floats:
        """BM25F of every passage, 0 where none of the words is. Shape (passages,)."""
        scores = np.zeros(len(self), np.float32)
        for word in wanted:
            for term in word.terms:
                self._add(scores, term, word.idf * word.times)
            if word.surface is not None and self.ranking.surface:
                self._add(scores, word.surface, word.surface_idf * word.times * self.ranking.surface)
        return scores

    def _add(self, scores: Floats, term: int, factor: float) -> None:
        passages, weights = self.postings.of(term)
        scores[passages] += weights * np.float32(factor)

    def best(self, wanted: Sequence[Wanted], most: int, allowed: Mask | None = None) -> tuple[Longs, Floats]:
        """The best passages and their scores, best first; equal scores in the library's order.

        At most `most`; none that holds no word of `wanted`, none outside `allowed`.
        """
        scores = self.scores(wanted)
        if allowed is not None:
            scores *= allowed
        passages = _strongest(scores, max(most, POOL))
        values = scores[passages]
        if self.ranking.pairs and len(wanted) > 1:
            values = values + self.ranking.pairs * self._pair_scores(wanted, passages)
        if self.ranking.coverage:
            values = values * (1 - self.ranking.coverage * (1 - self.coverage(wanted, passages)))
        order = np.lexsort((passages, -values))[:most]
        return passages[order], values[order]

    def _pair_scores(self, wanted: Sequence[Wanted], passages: Longs) -> Floats:
        """For each passage the weight of the question's neighbouring words that are neighbours there too."""
        starts = self.meant.ends[passages]
        counts = self.meant.ends[passages + 1] - starts
        items = self.meant.items[gathered(starts, counts)]
        owners = np.repeat(np.arange(len(passages)), counts)
        result = np.zeros(len(passages), np.float32)
        if len(items) < 2:
            return result
        same = owners[1:] == owners[:-1]
        held = [_is_one_of(items, word.terms) for word in wanted]
        for first, second, left, right in zip(held, held[1:], wanted, wanted[1:], strict=False):
            beside = owners[1:][first[:-1] & second[1:] & same]
            count = np.bincount(beside, minlength=len(passages))
            result += (left.idf + right.idf) * np.minimum(count, 2) / (1 + np.minimum(count, 2)) * 1.5
        return result

    def covered(self, wanted: Sequence[Wanted], passages: Longs) -> Mask:
        """Which words each passage holds in any field. Shape (words, passages)."""
        result = np.zeros((len(wanted), len(passages)), np.bool_)
        for row, word in enumerate(wanted):
            for term in (*word.terms, *(() if word.surface is None else (word.surface,))):
                holders, _ = self.postings.of(term)
                if len(holders):
                    places = np.minimum(np.searchsorted(holders, passages), len(holders) - 1)
                    result[row] |= holders[places] == passages
        return result

    def coverage(self, wanted: Sequence[Wanted], passages: Longs) -> Floats:
        """The part of the question that each passage covers, its words weighed by rarity; 0 to 1."""
        weights = np.array([word.weight * word.trust for word in wanted], np.float32)
        total = sum(word.weight for word in wanted)
        if not total:
            return np.zeros(len(passages), np.float32)
        return (weights @ self.covered(wanted, passages) / total).astype(np.float32)

    def holding(self, word: Wanted) -> Mask:
        """The passages that hold the word in any form and field. Shape (passages,)."""
        mask = np.zeros(len(self), np.bool_)
        for term in (*word.terms, *(() if word.surface is None else (word.surface,))):
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
        rarest = min(range(len(numbers)), key=lambda place: self._spread(numbers[place]))
        if self._spread(numbers[rarest]) < len(self):
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

    def _spread(self, term: int) -> int:
        """Number of passages with the term; all where it has no postings, as stop words have none."""
        return self.frequency(term) or len(self)

    def matches(self, wanted: Sequence[Wanted], passage: int, tokens: Sequence[Token]) -> list[bool]:
        """Which words of a passage's text are among those wanted."""
        sought = {term for word in wanted for term in word.terms}
        written = {word.surface for word in wanted if word.surface is not None}
        language = self.language_of(passage)
        stemmed = stems(language, [token.word for token in tokens])
        result = [
            self.terms.get("=" + fold(token.word), -1) in written
            or self.terms.get(f"{language}:{stem}", -1) in sought
            for token, stem in zip(tokens, stemmed, strict=True)
        ]
        for place, token in enumerate(tokens):
            if is_unspaced(token.word):
                pair = "~" + "".join(fold(one.word) for one in tokens[place : place + 2])
                if self.terms.get(pair, -1) in sought:
                    result[place : place + 2] = [True] * len(result[place : place + 2])
        return result


POOL = 200
"""Passages whose word pairs are looked at: more than are ever shown at once."""

PARTICLE = 0.3
"""What two characters count in coverage where one is a function word."""

UNJOINED = 0.5
"""What two characters count in coverage that no passage joins: often the end of a word and the begin of one."""

_NEAR = 0.4
"""Passages above this part of the best score are looked at first; exact where enough of them remain."""


def _strongest(scores: Floats, most: int) -> Longs:
    """Numbers of the `most` highest scores above 0, unordered.

    Selecting among the few near the maximum is many times faster than among scores that are mostly 0.
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    top = float(scores.max())
    if top <= 0:
        return np.zeros(0, np.int64)
    near = np.flatnonzero(scores > _NEAR * top)
    if len(near) < most:
        near = np.flatnonzero(scores > 0)
    if len(near) > most:
        values = scores[near]
        least = np.partition(values, len(near) - most)[len(near) - most]
        above = near[values > least]
        near = np.sort(np.concatenate((above, near[values == least][: most - len(above)])))
    return near


def _emphasis(typed: str, known: bool) -> float:
    """Less for characters of which one is a function word, or that no passage joins."""
    if not is_unspaced(typed[0]):
        return 1.0
    hiragana = all("\u3041" <= character <= "\u309f" for character in typed)
    function = hiragana or any(one in stop_words("chinese") or one in stop_words("japanese") for one in typed)
    return (PARTICLE if function else 1.0) * (1.0 if known else UNJOINED)


def _is_one_of(items: Ints, terms: tuple[int, ...]) -> Mask:
    result = np.zeros(len(items), np.bool_)
    for term in terms:
        result |= items == term
    return result


def _names(
    tokens: Sequence[Token], stem_names: Callable[[str], list[str]]
) -> Iterable[tuple[tuple[str, ...], str]]:
    """For each thing looked for the names of its terms, the one as written first, and the word as typed."""
    for place, token in enumerate(tokens):
        folded = fold(token.word)
        if not is_unspaced(token.word):
            yield ("=" + folded, *stem_names(token.word)), token.word
            continue
        if _joined(tokens, place):
            both = folded + fold(tokens[place + 1].word)
            yield ("=" + both, "~" + both), both
        elif not (place and _joined(tokens, place - 1)):
            yield ("=" + folded, "~" + folded), folded


def _joined(tokens: Sequence[Token], place: int) -> bool:
    """Whether a character and the next one stand together."""
    both = tokens[place : place + 2]
    return (
        len(both) == 2
        and both[0].end == both[1].start
        and is_unspaced(both[0].word)
        and is_unspaced(both[1].word)
    )


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
