"""The vectors of one library's passages, and where they are in the files of the store."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.model import Span
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.semantic.chunks import chunks, is_latin
from bot.semantic.scale import SAMPLED_ROWS, Scale, measure
from bot.semantic.vector_file import KEY_BYTES, VectorFile
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Library
from corpus.passages import heads

NO_VECTOR = np.float32(-2.0)
"""Replaces the cosine of a passage without a vector. Real cosines are at least -1."""


@dataclass(frozen=True)
class PassageVectors:
    """Vectors of a library's chunks. Passages are numbered as `library.highlights`."""

    library: Library
    numbers: dict[bytes, int]
    """The passage of each key. Only passages that are to have vectors are in it."""
    files: tuple[tuple[VectorFile, Longs, Longs], ...] = ()
    """Each file with its entries that belong to the library, and their passages."""

    @classmethod
    def of(cls, index: Index, files: Iterable[VectorFile], only_english: bool) -> "PassageVectors":
        """The vectors of a library. With `only_english`, passages in other languages get none: the model cannot read them."""
        highlights = index.library.highlights
        chosen = _english(index) if only_english else range(len(highlights))
        numbers = {key(highlights[number]): number for number in chosen}
        return cls(index.library, numbers).with_files(files)

    def with_files(self, files: Iterable[VectorFile]) -> "PassageVectors":
        """The same library with the vectors of these files. If several files have an entry, the first counts."""
        before = {id(placed_file[0]): placed_file for placed_file in self.files}
        seen: set[int] = set()
        placed = []
        for file in files:
            entries, passages = before[id(file)][1:] if id(file) in before else self._placed(file)
            fresh = np.array([passage not in seen for passage in passages.tolist()], np.bool_)
            if not fresh.all():
                entries, passages = entries[fresh], passages[fresh]
            seen.update(passages.tolist())
            placed.append((file, entries, passages))
        return PassageVectors(self.library, self.numbers, tuple(placed))

    def _placed(self, file: VectorFile) -> tuple[Longs, Longs]:
        """The entries of a file that belong to the library, and their passages."""
        passages = np.array([self.numbers.get(key_, -1) for key_ in file.keys], np.int64)
        entries = np.flatnonzero(passages >= 0)
        return entries, passages[entries]

    @property
    def done(self) -> int:
        """The number of passages with vectors."""
        return sum(len(passages) for _, _, passages in self.files)

    @property
    def wanted(self) -> int:
        """The number of passages that are to have vectors."""
        return len(self.numbers)

    def missing(self, newest_first: Iterable[int]) -> list[tuple[bytes, int]]:
        """Keys and numbers of the passages that still need vectors, in the order given."""
        has_vector = self.has_vector()
        keys = {number: key_ for key_, number in self.numbers.items() if not has_vector[number]}
        return [(keys[number], number) for number in newest_first if number in keys]

    def has_vector(self) -> Mask:
        """Which passages have vectors. Shape (passages,)."""
        mask = np.zeros(len(self.library.highlights), np.bool_)
        for _, _, passages in self.files:
            mask[passages] = True
        return mask

    def cosines(self, question: Floats) -> Floats:
        """For each passage the cosine of its closest chunk; `NO_VECTOR` if it has none. Shape (passages,)."""
        result = np.full(len(self.library.highlights), NO_VECTOR, np.float32)
        for file, entries, passages in self.files:
            if len(entries):
                result[passages] = file.cosines(question)[entries]
        return result

    @cached_property
    def scale(self) -> Scale:
        """The scale of near and far among these vectors, measured with the first chunk of each passage."""
        firsts = [(file, file.starts[:-1][entries], passages) for file, entries, passages in self.files]
        total = sum(len(places) for _, places, _ in firsts)
        if not total:
            return measure(np.zeros((0, 0), np.float32), np.zeros(0, np.int64))
        sampled = np.zeros(total, np.bool_)
        sampled[np.random.default_rng(0).permutation(total)[:SAMPLED_ROWS]] = True
        rows, passages, start = [], [], 0
        for file, places, of in firsts:
            mask = sampled[start : start + len(places)]
            start += len(places)
            rows.append(file.vectors(places[mask]))
            passages.append(of[mask])
        numbers: dict[int, int] = {}
        of_highlight = (
            numbers.setdefault(id(source), len(numbers)) for _, source in heads(self.library.highlights)
        )
        sources = np.fromiter(of_highlight, np.int64, len(self.library.highlights))
        return measure(np.concatenate(rows), sources[np.concatenate(passages)])

    def closeness(self, cosines: Floats) -> Floats:
        """For each passage, how close its closest chunk is to a question on the library's own scale (`bot.semantic.scale`);
        `NO_VECTOR` if it has none. Takes the result of `cosines`. Shapes (passages,)."""
        return self.scale.closeness(cosines, cosines != NO_VECTOR)

    def closeness_of_passages(self, cosines: Floats) -> Floats:
        """The same for cosines to the vector of another passage."""
        return self.scale.closeness_of_passages(cosines, cosines != NO_VECTOR)

    def rows(self, passage: int) -> Floats | None:
        """The vectors of a passage's chunks; None if it has none. Shape (chunks, dimension)."""
        for file, entries, passages in self.files:
            found = np.flatnonzero(passages == passage)
            if len(found):
                entry = entries[found[0]]
                return file.vectors(slice(file.starts[entry], file.starts[entry + 1]))
        return None

    def closest_chunk(self, passage: int, question: Floats) -> Span | None:
        """The range of the chunk closest to the question; None if the passage has no vector."""
        rows = self.rows(passage)
        spans = chunks(self.library.highlights[passage].plain)
        if rows is None or len(rows) != len(spans):
            return None
        return spans[int((rows @ question).argmax())]


def key(highlight: Highlight) -> bytes:
    """The key under which a highlight's vectors are stored. It changes with the text and the source's title, as the vectors do."""
    content = f"{highlight.id}\0{highlight.source.title}\0{highlight.plain}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


def _english(index: Index) -> Iterable[int]:
    """Numbers of the passages in English."""
    is_english = [language == ENGLISH for language in index.languages]
    for number, (source, highlight) in enumerate(
        zip(index.source_of.tolist(), index.library.highlights, strict=True)
    ):
        if is_english[source] and (highlight.plain.isascii() or is_latin(highlight.plain)):
            yield number
