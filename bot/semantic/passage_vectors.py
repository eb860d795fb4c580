"""The vectors of one library as they lie on disk, and which passage each belongs to."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.model import Span
from bot.search.arrays import Floats, Longs, Mask
from bot.search.index import Index
from bot.semantic.chunks import is_latin, parts
from bot.semantic.vector_store import KEY, VectorFile
from bot.text.stemming import ENGLISH
from corpus.model import Highlight, Library

NONE = np.float32(-2.0)
"""Stands for the cosine of a passage that has no vector."""


@dataclass(frozen=True)
class PassageVectors:
    """Vectors of a library. Passages are numbered as `library.highlights`."""

    library: Library
    numbers: dict[bytes, int]
    """The passage of each key; only of those that are to have vectors."""
    segments: tuple[tuple[VectorFile, Longs, Longs], ...] = ()
    """With each segment the entries of it that count, and their passages."""

    @classmethod
    def of(cls, index: Index, segments: Iterable[VectorFile], only_english: bool) -> "PassageVectors":
        """`only_english`: of passages in another language, of which the model knows nothing, none are looked at."""
        highlights = index.library.highlights
        chosen = _readable(index) if only_english else range(len(highlights))
        numbers = {key(highlights[number]): number for number in chosen}
        return cls(index.library, numbers).with_segments(segments)

    def with_segments(self, segments: Iterable[VectorFile]) -> "PassageVectors":
        """The same library with the vectors of these segments. An entry that two of them have counts once."""
        before = {id(one[0]): one for one in self.segments}
        seen: set[int] = set()
        laid = []
        for segment in segments:
            entries, passages = before[id(segment)][1:] if id(segment) in before else self._placed(segment)
            fresh = np.array([passage not in seen for passage in passages.tolist()], np.bool_)
            if not fresh.all():
                entries, passages = entries[fresh], passages[fresh]
            seen.update(passages.tolist())
            laid.append((segment, entries, passages))
        return PassageVectors(self.library, self.numbers, tuple(laid))

    def _placed(self, segment: VectorFile) -> tuple[Longs, Longs]:
        found = [self.numbers.get(one, -1) for one in segment.keys]
        passages = np.array(found, np.int64)
        entries = np.flatnonzero(passages >= 0)
        return entries, passages[entries]

    @property
    def done(self) -> int:
        """Passages that have vectors."""
        return sum(len(passages) for _, _, passages in self.segments)

    @property
    def wanted(self) -> int:
        """Passages that are to have them."""
        return len(self.numbers)

    def missing(self, newest_first: Iterable[int]) -> list[tuple[bytes, int]]:
        """Keys and numbers of the passages without vectors, in the order given."""
        had = self.had()
        keys = {number: one for one, number in self.numbers.items() if not had[number]}
        return [(keys[number], number) for number in newest_first if number in keys]

    def had(self) -> Mask:
        """Which passages have vectors. Shape (passages,)."""
        mask = np.zeros(len(self.library.highlights), np.bool_)
        for _, _, passages in self.segments:
            mask[passages] = True
        return mask

    def cosines(self, question: Floats) -> Floats:
        """For each passage the cosine of its part that is nearest to the question; `NONE` where it has no vector."""
        result = np.full(len(self.library.highlights), NONE, np.float32)
        for segment, entries, passages in self.segments:
            if len(entries):
                nearest = np.maximum.reduceat(segment.rows @ question, segment.starts[:-1])
                result[passages] = nearest[entries]
        return result

    def rows(self, passage: int) -> Floats | None:
        """The vectors of a passage's parts; None where it has none. Shape (parts, dimension)."""
        for segment, entries, passages in self.segments:
            found = np.flatnonzero(passages == passage)
            if len(found):
                entry = entries[found[0]]
                return segment.rows[segment.starts[entry] : segment.starts[entry + 1]]
        return None

    def nearest(self, passage: int, question: Floats) -> Span | None:
        """Where the part stands that is nearest to the question; None where the passage has no vector."""
        rows = self.rows(passage)
        spans = parts(self.library.highlights[passage].plain)
        if rows is None or len(rows) != len(spans):
            return None
        return spans[int((rows @ question).argmax())]


def key(highlight: Highlight) -> bytes:
    """Names the vectors of a highlight: of another text or title under the same id they are others."""
    named = f"{highlight.id}\0{highlight.source.title}\0{highlight.plain}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(named, digest_size=KEY).digest()


def _readable(index: Index) -> Iterable[int]:
    english = [language == ENGLISH for language in index.languages]
    for number, (source, highlight) in enumerate(
        zip(index.source_of.tolist(), index.library.highlights, strict=True)
    ):
        if english[source] and (highlight.plain.isascii() or is_latin(highlight.plain)):
            yield number
