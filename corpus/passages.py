"""Highlights, packed: they become objects when they are asked for.

A note's highlights are rows of MessagePack, one after the other, in memory or in the file of the cache (`corpus.folder.cache`).
An object of each would take three times the memory, and a start would wait until all of them are made. The fields that are read
for all highlights at once (ids, dates, tags) stand first in a row, so that a `Head` is read without the texts.
"""

import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol, overload

import msgspec

from corpus.model import Highlight, Source


class Head(Protocol):
    """The fields that are read for all highlights at once; see `corpus.model.Highlight`."""

    @property
    def id(self) -> str: ...
    @property
    def has_text(self) -> bool: ...
    @property
    def added(self) -> str | None: ...
    @property
    def favorite(self) -> bool: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def color(self) -> str | None: ...
    @property
    def link(self) -> str | None: ...


class _Head(msgspec.Struct, array_like=True, gc=False):
    source: int
    """Number among the sources of the note."""
    id: str
    has_text: bool
    added: str | None
    favorite: bool
    tags: tuple[str, ...]
    color: str | None
    link: str | None


class _Row(_Head, array_like=True, gc=False):
    text: str
    plain: str | None
    """None if it equals the text."""
    location: str | None
    remark: str | None
    chapter: str | None
    line: int


_encode = msgspec.msgpack.Encoder().encode
_decode_row = msgspec.msgpack.Decoder(_Row).decode
_decode_head = msgspec.msgpack.Decoder(_Head).decode


class StoredBytes:
    """A file that is read in places, by several threads at once. It can be read as long as this object lives, also when another
    file has taken its place. The operating system keeps what is read often, once for all processes."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        if hasattr(os, "pread"):
            self._descriptor = os.open(path, os.O_RDONLY)
        else:  # Windows, where nothing takes the place of a file that is open
            self._content = path.read_bytes()

    def read(self, begin: int, size: int) -> bytes:
        """Fewer bytes than `size` at the end of the file. Raises OSError."""
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, begin)
        return self._content[begin : begin + size]

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)


class NotePassages(Sequence[Highlight]):
    """The highlights of one note, in the order of their lines."""

    __slots__ = ("_place", "ends", "newest", "path", "sources")

    def __init__(
        self,
        path: str,
        sources: tuple[Source, ...],
        ends: "array[int]",
        stored: bytes | StoredBytes,
        begin: int = 0,
        newest: str | None = None,
    ) -> None:
        self.path = path
        self.sources = sources
        """The sources of these highlights, in order of appearance."""
        self.ends = ends
        """Where each row ends, counted from the beginning of the first one."""
        self.newest = newest
        """The latest `added` of these highlights."""
        self._place = stored, begin

    @classmethod
    def of(cls, highlights: Sequence[Highlight]) -> "NotePassages":
        """Packs the highlights of a note."""
        numbers: dict[int, int] = {}
        sources: list[Source] = []
        rows = []
        for highlight in highlights:
            number = numbers.setdefault(id(highlight.source), len(sources))
            if number == len(sources):
                sources.append(highlight.source)
            rows.append(_encode(_row(highlight, number)))
        path = highlights[0].path if highlights else ""
        newest = max((highlight.added for highlight in highlights if highlight.added), default=None)
        ends = array("I", accumulate(map(len, rows)))
        return cls(path, tuple(sources), ends, b"".join(rows), newest=newest)

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return self.ends[-1] if self.ends else 0

    def packed(self) -> bytes:
        """The rows. Raises OSError."""
        return self._read(0, self.size)

    def move(self, stored: StoredBytes, begin: int) -> None:
        """From now on reads from this file, which holds the same rows from `begin` on."""
        self._place = stored, begin

    def _read(self, begin: int, end: int) -> bytes:
        stored, first = self._place
        if isinstance(stored, bytes):
            return stored[first + begin : first + end]
        return stored.read(first + begin, end - begin)

    @overload
    def __getitem__(self, place: int) -> Highlight: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Highlight, ...]: ...
    def __getitem__(self, place: int | slice) -> Highlight | tuple[Highlight, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        place = range(len(self))[place]
        return self._highlight(self._read(self.ends[place - 1] if place else 0, self.ends[place]))

    def __iter__(self) -> Iterator[Highlight]:
        return map(self._highlight, self._rows())

    def heads(self) -> Iterator[tuple[Head, Source]]:
        """Of each highlight what is looked at of all at once, and its source."""
        sources = self.sources
        for row in self._rows():
            head = _decode_head(row)
            yield head, sources[head.source]

    def source_numbers(self) -> Sequence[int]:
        """The number of each highlight's source in `sources`."""
        if len(self.sources) < 2:
            return [0] * len(self)
        return [_decode_head(row).source for row in self._rows()]

    def _rows(self) -> Iterator[bytes]:
        packed = self.packed()
        return (packed[begin:end] for begin, end in pairwise((0, *self.ends)))

    def _highlight(self, packed: bytes) -> Highlight:
        row = _decode_row(packed)
        return Highlight(
            row.id, row.text, row.text if row.plain is None else row.plain, self.sources[row.source], row.link,
            row.location, row.remark, row.tags, row.color, row.favorite, row.chapter, row.added, self.path, row.line,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NotePassages):
            return self is other or (
                self.ends == other.ends
                and self.path == other.path
                and self.sources == other.sources
                and self.packed() == other.packed()
            )
        return _equal(self, other)

    __hash__ = None  # type: ignore[assignment]


class Passages(Sequence[Highlight]):
    """The highlights of several notes, one note after the other."""

    __slots__ = ("_starts", "parts")

    def __init__(self, parts: Iterable[NotePassages]) -> None:
        self.parts = tuple(filter(len, parts))
        self._starts = array("Q", accumulate(map(len, self.parts), initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> Highlight: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Highlight, ...]: ...
    def __getitem__(self, place: int | slice) -> Highlight | tuple[Highlight, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        part = bisect_right(self._starts, place) - 1
        return self.parts[part][place - self._starts[part]]

    def source(self, place: int) -> Source:
        """The source of the highlight at this place."""
        part = bisect_right(self._starts, place) - 1
        one = self.parts[part]
        if len(one.sources) == 1:
            return one.sources[0]
        return one.sources[one.source_numbers()[place - self._starts[part]]]

    def __iter__(self) -> Iterator[Highlight]:
        for part in self.parts:
            yield from part

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Passages):
            return self is other or (len(self) == len(other) and self.parts == other.parts)
        return _equal(self, other)

    __hash__ = None  # type: ignore[assignment]


def heads(highlights: Sequence[Highlight]) -> Iterator[tuple[Head, Source]]:
    """The `Head` and the source of each highlight: ten times as fast as the highlights themselves."""
    if not isinstance(highlights, Passages):
        return ((highlight, highlight.source) for highlight in highlights)
    return (pair for part in highlights.parts for pair in part.heads())


def source_at(highlights: Sequence[Highlight], place: int) -> Source:
    """The source of the highlight at this place."""
    return highlights.source(place) if isinstance(highlights, Passages) else highlights[place].source


def same(before: Sequence[Highlight], after: Sequence[Highlight]) -> bool:
    """Whether these are the same objects, not only equal ones."""
    if isinstance(before, Passages) and isinstance(after, Passages):
        return len(before.parts) == len(after.parts) and all(
            one is other for one, other in zip(before.parts, after.parts, strict=True)
        )
    return len(before) == len(after) and all(one is other for one, other in zip(before, after, strict=True))


def _equal(one: Sequence[Highlight], other: object) -> bool:
    return (
        isinstance(other, Sequence)
        and len(one) == len(other)
        and all(mine == theirs for mine, theirs in zip(one, other, strict=True))
    )


def _row(one: Highlight, source: int) -> _Row:
    plain = None if one.plain == one.text else one.plain
    return _Row(
        source, one.id, one.has_text, one.added, one.favorite, one.tags, one.color, one.link,
        one.text, plain, one.location, one.remark, one.chapter, one.line,
    )  # fmt: skip
