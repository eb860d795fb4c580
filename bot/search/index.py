"""A library compiled for searching: terms, postings and the texts as sequences of terms.

`Index` holds these parts and what is derived from them. What works with them has a module of its own: `query_terms` turns words
into terms, `search` finds passages, `phrases` checks exact phrases, `matching` finds words in a text, `facets` knows names
and dates.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.search.arrays import Ids, Ints, Longs, Mask, UInt64s
from bot.search.bm25 import Postings, Ranking
from bot.search.build import compile_texts
from bot.search.compiled import CompiledTexts
from bot.search.documents import AnalysedTexts
from bot.search.facets import Facets
from bot.search.languages import languages_of
from bot.search.lexicon import TermNames
from bot.search.names import SourceNames
from bot.search.streams import TermSequence, WordTerms
from bot.text.analysis import fold
from bot.text.stemming import stem
from bot.text.stop_words import stop_words
from corpus.model import Highlight, Library, Source
from corpus.passages import Passages


@dataclass(frozen=True)
class Index:
    """A library and what is needed to search it. Passages are numbered as `library.highlights`."""

    library: Library
    ranking: Ranking
    sources: tuple[Source, ...]
    source_of: Ints
    """Number in `sources` of each passage's source. Shape (passages,)."""
    languages: tuple[str, ...]
    """Code of each source's language."""
    terms: TermNames
    """The number of each term. `bot.search.build` explains their names."""
    postings: Postings
    surface_terms: WordTerms
    """The words of each passage's text as written, in order."""
    stem_terms: TermSequence
    """The stems of these words, without stop words."""
    ids: Ids
    """The id of each passage in UTF-8. Shape (passages,)."""
    digests: UInt64s
    """Digest of each passage's text (`WordTerms.digests`), by which repeats are recognised. Shape (passages,)."""
    source_names: SourceNames
    analysed: AnalysedTexts | None = None
    """The words that this index was built from, to build the next one faster; None if they were not loaded."""

    @classmethod
    def build(
        cls, library: Library, ranking: Ranking | None = None, before: "Index | None" = None
    ) -> "Index":
        """Compiles `library`, which may be empty. Highlights that are in `before` are not read again, if it has `analysed`."""
        chosen = ranking or Ranking()
        sources, source_of = _numbered_sources(library.highlights)
        known = before._compiled if before is not None and before.ranking == chosen and len(before) else None
        analysed = known.analysed if known is not None else None
        detected = languages_of(sources, library.highlights, source_of, analysed)
        compiled = compile_texts(library.highlights, sources, source_of, detected, chosen, known)
        same = before is not None and before.sources == sources
        names = before.source_names if before is not None and same else SourceNames(sources)
        return cls(
            library, chosen, sources, source_of, compiled.languages,
            compiled.terms, compiled.postings, compiled.surface_terms, compiled.stem_terms,
            compiled.analysed.ids, compiled.digests, names, compiled.analysed,
        )  # fmt: skip

    @property
    def _compiled(self) -> CompiledTexts | None:
        """What the next index can reuse; None without `analysed`."""
        if self.analysed is None:
            return None
        return CompiledTexts(
            self.terms, self.postings, self.surface_terms, self.stem_terms,
            self.digests, self.languages, self.analysed,
        )  # fmt: skip

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.library.highlights)

    def prepare(self) -> None:
        """Computes what the first question would otherwise wait for: 0.1 s at 100,000 passages."""
        _ = self.quotable, self.library_languages, self.passages_by_language
        self.facets.prepare()
        self.terms.within_edits("word", 1)

    @cached_property
    def facets(self) -> Facets:
        """Authors, titles, tags and dates."""
        return Facets(self.library, self.source_names, self.source_of)

    @cached_property
    def quotable(self) -> Mask | None:
        """The passages with text that can be quoted; None if all have some. Shape (passages,)."""
        offsets = self.surface_terms.offsets
        wordless = np.flatnonzero(offsets[1:] == offsets[:-1]).tolist()
        blank = [passage for passage in wordless if not self.library.highlights[passage].plain.strip()]
        if not blank:
            return None
        mask = np.ones(len(self), np.bool_)
        mask[blank] = False
        return mask

    @cached_property
    def library_languages(self) -> tuple[str, ...]:
        """Codes of the library's languages, the one with the most sources first; equal ones by code."""
        return tuple(sorted(set(self.languages), key=lambda code: (-self.languages.count(code), code)))

    @cached_property
    def passages_by_source(self) -> Longs:
        """The number of passages of each source. Shape (sources,)."""
        return np.bincount(self.source_of, minlength=len(self.sources))

    @cached_property
    def passages_by_language(self) -> Counter[str]:
        """The number of passages in each language."""
        counts: Counter[str] = Counter()
        for language, count in zip(self.languages, self.passages_by_source.tolist(), strict=True):
            counts[language] += count
        return counts

    def passages_of_ids(self, ids: Iterable[str]) -> dict[str, int]:
        """The passage of each of these ids. Ids that no passage has are left out."""
        wanted = np.array([id_.encode("utf-8", "replace") for id_ in set(ids)], np.bytes_)
        if not len(wanted) or not len(self):
            return {}
        places = np.flatnonzero(np.isin(self.ids, wanted)).tolist()
        return {self.ids[place].decode(): place for place in places}

    def of_sources(self, numbers: Iterable[int], passages: Longs | None = None) -> Mask:
        """Which of `passages` (None: all) are from these sources. Shape (passages,)."""
        wanted = np.zeros(len(self.sources), np.bool_)
        wanted[list(numbers)] = True
        return wanted[self.source_of if passages is None else self.source_of[passages]]

    def language_of(self, passage: int) -> str:
        """Code of the language of a passage."""
        return self.languages[int(self.source_of[passage])]

    def has_word(self, word: str) -> bool:
        """Whether any passage, title or name holds the normalised word, in any form."""
        return f"={fold(word)}" in self.terms or any(name in self.terms for name in self.stem_names(word))

    def stem_names(self, word: str) -> list[str]:
        """Term names of the word's stems in the library's languages, except those in which it is a stop word."""
        folded = fold(word)
        return [
            f"{language}:{stem(language, word)}"
            for language in self.library_languages
            if folded not in stop_words(language)
        ]

    def without_repeats(self, passages: Longs) -> Longs:
        """Places in `passages`, in order, of those whose words differ from all earlier ones'."""
        seen: set[int] = set()
        places = []
        for place, digest in enumerate(self.digests[passages].tolist()):
            if digest not in seen:
                places.append(place)
                if digest:
                    seen.add(digest)
        return np.array(places, np.int64)


def _numbered_sources(highlights: Sequence[Highlight]) -> tuple[tuple[Source, ...], Ints]:
    """The distinct sources in order of appearance, and each highlight's number among them."""
    numbers: dict[Source, int] = {}
    source_of = np.zeros(len(highlights), np.int32)
    if isinstance(highlights, Passages):
        begin = 0
        for part in highlights.parts:
            in_part = [numbers.setdefault(source, len(numbers)) for source in part.sources]
            end = begin + len(part)
            source_of[begin:end] = (
                in_part[0] if len(in_part) == 1 else [in_part[number] for number in part.source_numbers()]
            )
            begin = end
        return tuple(numbers), source_of
    by_identity: dict[int, int] = {}  # hashing a source takes long
    for place, highlight in enumerate(highlights):
        source = highlight.source
        number = by_identity.get(id(source))
        if number is None:
            number = by_identity[id(source)] = numbers.setdefault(source, len(numbers))
        source_of[place] = number
    return tuple(numbers), source_of
