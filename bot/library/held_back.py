"""Keeps highlights private for a while after the note that made them private has changed.

A note that is being written, renamed or emptied may lack its private tag for a moment. Until it has not changed for some
seconds, copies of what was private in it stay hidden.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.folder.known import Known, Record, Stamp

QUIET_S = 10.0
"""Seconds without a change after which the note's present content counts."""


@dataclass(frozen=True, slots=True)
class _Held:
    names: frozenset[int]
    stamp: Stamp | None
    """The note's stamp at the last look; None if the note does not exist."""
    until: float


class HeldBack:
    """The highlights that stay private, by the path of the note that made them private."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    @property
    def until(self) -> float | None:
        """When the next of them stops being held back; None if nothing is held back."""
        return min((held.until for held in self._held.values()), default=None)

    def names(self, before: Known, seen: Mapping[str, Stamp | None], now: float) -> bytes:
        """Digests of the names that stay private, given the notes' present stamps. Includes what was private in a note that
        changed, because its new content is not known yet."""
        for place, one in list(self._held.items()):
            if seen.get(place) != one.stamp:
                self._held[place] = _Held(one.names, seen.get(place), now + QUIET_S)
            elif one.until <= now:
                del self._held[place]
        for place, record in before.records.items():
            if record.private_names and (place not in seen or seen[place] != record.stamp):
                held = self._held.get(place)
                known = held is not None and held.stamp == seen.get(place)  # looked at since it changed
                until = held.until if held is not None and known else now + QUIET_S
                names = _names(record) | (held.names if held is not None else frozenset())
                self._held[place] = _Held(names, seen.get(place), until)
        return self._packed()

    def settle(self, after: Known) -> bytes:
        """Drops the names that a note makes private anyway. Returns the digests of the others."""
        private: set[int] = set()
        for record in after.records.values():
            if record.private_names:
                private |= _names(record)
        for place, one in list(self._held.items()):
            left = one.names - private
            if left:
                self._held[place] = _Held(left, one.stamp, one.until)
            else:
                del self._held[place]
        return self._packed()

    def _packed(self) -> bytes:
        return array("Q", sorted(_all(held.names for held in self._held.values()))).tobytes()


def _all(sets: Iterable[frozenset[int]]) -> set[int]:
    return set().union(*sets)


def _names(record: Record) -> frozenset[int]:
    return frozenset(memoryview(record.private_names).cast("Q"))
