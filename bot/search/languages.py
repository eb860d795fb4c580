"""Detects the language of each source from its title and some of its highlights."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Container, Iterable, Sequence

import numpy as np

from bot.search.arrays import Ints
from bot.search.documents import AnalysedTexts
from bot.text.language_detection import detect
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Source
from corpus.passages import NotePassages, Passages

MAX_SAMPLES = 8
"""Highlights of a source that are read to detect its language."""

SAMPLE_CHARS = 600
"""Code points of each of these highlights."""

FIRST_LOOK_CHARS, SECOND_LOOK_CHARS = 400, 2_000
"""Code points that are looked at. The first look is enough to recognise English; only if it finds another language, the second
follows."""

MAX_DETECTED = 1 << 14
"""Texts whose detected language is remembered."""

_detected: dict[bytes, str | None] = {}
"""The detected language of each text, by the text's digest: most sources stay the same when a library changes. Keeping the texts
themselves would copy much of the library."""


def languages_of(
    sources: Sequence[Source],
    highlights: Sequence[Highlight],
    source_of: Ints,
    before: AnalysedTexts | None = None,
) -> list[str | None]:
    """A language code for each source; None if it cannot be detected. Languages that `before` knows are not detected again."""
    found = _known_languages(highlights, source_of, before) if before is not None else {}
    texts: dict[int, list[str]] = {}
    for number, highlight in _of_others(found, highlights, source_of):
        samples = texts.setdefault(number, [sources[number].title])
        if len(samples) <= MAX_SAMPLES:
            samples.append(highlight.plain[:SAMPLE_CHARS])
    found.update((number, _language(samples)) for number, samples in texts.items())
    return [found[number] for number in range(len(sources))]


def with_usual(detected: Sequence[str | None]) -> list[str]:
    """These languages; each unknown one is replaced by the language of most sources."""
    known = Counter(language for language in detected if language)
    usual = known.most_common(1)[0][0] if known else ENGLISH
    return [language or usual for language in detected]


def _known_languages(
    highlights: Sequence[Highlight], source_of: Ints, before: AnalysedTexts
) -> dict[int, str | None]:
    """The language of each source whose highlights all come from one note, if `before` has that note too."""
    if not isinstance(highlights, Passages) or not isinstance(before.highlights, Passages):
        return {}
    old = dict(_only_notes(before.highlights, before.source_of))
    by_note = {id(note): number for number, note in old.items()}
    now = _only_notes(highlights, source_of)
    return {number: before.languages[by_note[id(note)]] for number, note in now if id(note) in by_note}


def _only_notes(highlights: Passages, source_of: Ints) -> list[tuple[int, NotePassages]]:
    """Each source that is alone in its note and in no other note: its number and that note."""
    numbers = _first_sources(highlights, source_of)
    alone = (np.bincount(numbers) == 1)[numbers].tolist()
    shared = {source for note in highlights.parts if len(note.sources) > 1 for source in note.sources}
    return [
        (number, note)
        for number, note, only in zip(numbers.tolist(), highlights.parts, alone, strict=True)
        if only and len(note.sources) == 1 and not (shared and note.sources[0] in shared)
    ]


def _of_others(
    known: Container[int], highlights: Sequence[Highlight], source_of: Ints
) -> Iterable[tuple[int, Highlight]]:
    """The highlights of all sources that are not in `known`, each with the number of its source."""
    if not isinstance(highlights, Passages):
        return zip(source_of.tolist(), highlights, strict=True)
    begins = itertools.accumulate(map(len, highlights.parts), initial=0)
    firsts = _first_sources(highlights, source_of).tolist()
    return (
        pair
        for begin, note, first in zip(begins, highlights.parts, firsts, strict=False)
        if len(note.sources) > 1 or first not in known
        for pair in zip(source_of[begin : begin + len(note)].tolist(), note, strict=True)
        if pair[0] not in known
    )


def _first_sources(highlights: Passages, source_of: Ints) -> Ints:
    """The number of the source of each note's first highlight. Shape (notes,)."""
    lengths = np.fromiter(map(len, highlights.parts), np.int64, len(highlights.parts))
    firsts: Ints = source_of[np.cumsum(lengths) - lengths]
    return firsts


def _language(samples: Sequence[str]) -> str | None:
    """Detects the language of a source from its title and some of its highlights."""
    text = "\n".join(samples)[:SECOND_LOOK_CHARS]
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest not in _detected:
        if len(_detected) >= MAX_DETECTED:
            _detected.clear()
        first = detect(text[:FIRST_LOOK_CHARS])
        enough = first == ENGLISH or len(text) <= FIRST_LOOK_CHARS
        _detected[digest] = first if enough else detect(text)
    return _detected[digest]
