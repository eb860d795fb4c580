"""Moves what is known of a folder together in memory.

While notes are read, millions of objects are made and dropped. The few that stay lie scattered among them, and Python gives memory
back to the system only in pieces of a megabyte with nothing left in them: at 100,000 highlights, 10 MB of objects keep 75 MB.

    packed = PackedState.of(known)
    del known                       # the last reference: now all of these pieces are free
    known = packed.known()
"""

import pickle
from dataclasses import dataclass
from io import BytesIO

from corpus.folder.known import Known
from corpus.passages import StoredBytes


@dataclass(frozen=True, slots=True)
class PackedState:
    """A `Known` as bytes."""

    packed: bytes
    files: tuple[StoredBytes, ...]
    """The files that highlights are read from. They stay open."""

    @classmethod
    def of(cls, known: Known) -> "PackedState":
        out = BytesIO()
        pickler = _Pickler(out, pickle.HIGHEST_PROTOCOL)
        pickler.dump(known)
        return cls(out.getvalue(), tuple(pickler.files))

    def known(self) -> Known:
        """An equal `Known` of new objects. Objects that were one are one again."""
        unpacked = _Unpickler(self).load()
        assert isinstance(unpacked, Known)
        return unpacked


class _Pickler(pickle.Pickler):
    files: list[StoredBytes]

    def __init__(self, out: BytesIO, protocol: int) -> None:
        super().__init__(out, protocol)
        self.files = []

    def persistent_id(self, one: object) -> int | None:
        """The place of an open file in `files`; None for what is copied."""
        if not isinstance(one, StoredBytes):
            return None
        if one not in self.files:
            self.files.append(one)
        return self.files.index(one)


class _Unpickler(pickle.Unpickler):
    def __init__(self, state: PackedState) -> None:
        super().__init__(BytesIO(state.packed))
        self._files = state.files

    def persistent_load(self, place: int) -> StoredBytes:
        return self._files[place]
