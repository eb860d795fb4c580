"""A library's texts as arrays of term numbers, and those as postings.

Every distinct word is analysed once; the rest is arithmetic on arrays. A term's name says what it is:
"=word" a word as written, "en:stem" its stem in a language, "~人工" two neighbouring characters of a script
without blanks (or one that stands alone).
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bot.runtime.heap import release_free_memory
from bot.search.arrays import Floats, Ints, Longs
from bot.search.bm25 import Field, Postings, Ranking, compiled, frequencies, joined, normalised
from bot.search.documents import OF_SOURCE, Analysed, analysed
from bot.search.streams import TermSequence, gathered, numbered
from bot.search.terms import STOP, Terms
from bot.text.language_detection import detect
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Source


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a library's texts become; see `Index` for the meaning of each part."""

    terms: dict[str, int]
    postings: Postings
    written: TermSequence
    meant: TermSequence
    analysed: Analysed


def languages_of(sources: Sequence[Source], highlights: Sequence[Highlight], source_of: Ints) -> list[str]:
    """A language code for each source; where its text does not tell, that of most of the others."""
    texts: dict[int, list[str]] = {}
    for number, highlight in zip(source_of.tolist(), highlights, strict=True):
        sample = texts.setdefault(number, [sources[number].title])
        if len(sample) < 9:
            sample.append(highlight.plain[:600])
    found = [_language(tuple(texts.get(number, ()))) for number in range(len(sources))]
    known = Counter(language for language in found if language)
    usual = known.most_common(1)[0][0] if known else ENGLISH
    return [language or usual for language in found]


@lru_cache(maxsize=1 << 14)
def _language(sample: tuple[str, ...]) -> str | None:
    """A short look, and a longer one where it finds no English; remembered, as most sources stay when a library changes."""
    text = "\n".join(sample)
    first = detect(text[:400])
    return first if first == ENGLISH or len(text) <= 400 else detect(text[:2000])


def build(
    highlights: Sequence[Highlight],
    sources: Sequence[Source],
    source_of: Ints,
    languages: Sequence[str],
    ranking: Ranking,
    before: Analysed | None = None,
) -> Compiled:
    """Terms, postings and streams of a library; `languages` has a code for each source.

    The words of highlights that are in `before` are taken from there.
    """
    known = before and before.terms
    terms = known or Terms(before.words if before else ())
    words, streams = analysed(highlights, sources, ranking, before, terms.numbers)
    terms.learn(words)
    own = {name: stream for name, stream in streams.items() if name not in OF_SOURCE}
    made = Analysed(highlights, words, own, terms)
    codes = list(dict.fromkeys(languages))
    by_source = np.array([codes.index(language) for language in languages], np.int16)
    by_passage = by_source[source_of] if len(source_of) else np.zeros(0, np.int16)
    size = len(highlights)
    written = meant = TermSequence(np.zeros(0, np.int32), np.zeros(size + 1, np.int64))
    surface_terms: list[FieldTerms] = []
    meant_terms: list[FieldTerms] = []
    spoken: list[TermSequence] = []
    for name, stream in streams.items():
        of_source = name in OF_SOURCE
        meanings = terms.meanings(stream, by_source if of_source else by_passage, codes)
        surfaces = terms.surfaces(stream)
        said = meanings.kept(meanings.items >= 0)
        if name == "text":
            written, meant = surfaces, said
        lengths = np.diff(said.ends)
        owner_of = source_of if of_source else None
        mean = float(lengths[owner_of].mean() if owner_of is not None else lengths.mean()) if size else 0.0
        setting = ranking.fields[name]
        keep = meanings.items != STOP if ranking.surface else np.zeros(len(meanings.items), np.bool_)
        surface_terms.append(FieldTerms(setting, surfaces.kept(keep), lengths, mean, owner_of))
        meant_terms.append(FieldTerms(setting, said, lengths, mean, owner_of))
        spoken.append(surfaces)
    del streams, stream, meanings, surfaces, said
    first, as_written = _numbering(terms.written, spoken)
    second, as_meant = _numbering(terms.meant, [one.stream for one in meant_terms])
    del spoken
    written = TermSequence(as_written[written.items], written.ends)
    meant = TermSequence(as_meant[meant.items] + np.int32(len(first)), meant.ends)
    parts = list(_postings(surface_terms, as_written, len(first), size, ranking.k1))
    del surface_terms
    parts += _postings(meant_terms, as_meant, len(second), size, ranking.k1)
    del meant_terms
    release_free_memory()
    postings = joined(parts)
    return Compiled(numbered([*first, *second]), postings, written, meant, made)


def _numbering(names: Iterable[str], streams: Iterable[TermSequence]) -> tuple[list[str], Ints]:
    """The terms that any text has, and the number of each among them: those of deleted texts are none of the library's."""
    listed = list(names)
    used = np.zeros(len(listed), np.bool_)
    for stream in streams:
        used[stream.items] = True
    kept = [name for name, keep in zip(listed, used.tolist(), strict=True) if keep]
    return kept, (np.cumsum(used) - 1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one kind in one field."""

    setting: Field
    stream: TermSequence
    lengths: Longs
    """Of each text in stems, stop words left out."""
    mean: float
    """Of the lengths, over the passages."""
    owner_of: Ints | None
    """The text of each passage, where several share one."""


PARTS = 4
"""Terms are compiled in so many parts: what that takes for a while is several times what it leaves."""


def _postings(
    fields: Sequence[FieldTerms], numbers: Ints, count: int, size: int, k1: float
) -> Iterable[Postings]:
    """Postings of the terms, which are numbered anew: `count` of them, in parts."""
    spread = np.zeros(count, np.int64)
    for one in fields:
        spread += np.bincount(numbers[one.stream.items], minlength=count)
    before = np.append(np.int64(0), np.cumsum(spread))
    bounds = np.searchsorted(before, np.linspace(0, before[-1], PARTS + 1)).tolist()
    for begin, end in itertools.pairwise((*bounds[:-1], count)):
        parts = [_weighted(one, numbers, size, begin, end) for one in fields]
        keys = np.concatenate([keys for keys, _ in parts])
        values = np.concatenate([values for _, values in parts])
        del parts
        yield compiled(keys, values, end - begin, size, k1)


def _weighted(field: FieldTerms, numbers: Ints, size: int, begin: int, end: int) -> tuple[Longs, Floats]:
    """Keys (`(term - begin) * size + passage`), ascending, and weighted frequencies of a field's terms from `begin` to `end`."""
    count = max(len(field.lengths), 1)
    terms = numbers[field.stream.items]
    chosen = (terms >= begin) & (terms < end)
    keys, counts = frequencies(terms[chosen], field.stream.owners()[chosen], begin, count)
    texts = (keys % count).astype(np.int32)
    values = normalised(counts, field.lengths[texts], field.setting, field.mean)
    if field.owner_of is None:
        return keys, values
    by_text = np.argsort(field.owner_of, kind="stable")
    per_text = np.bincount(field.owner_of, minlength=count)
    copies = per_text[texts]
    passages = by_text[gathered((np.cumsum(per_text) - per_text)[texts], copies)]
    return np.repeat(keys // count, copies) * size + passages, np.repeat(values, copies)
