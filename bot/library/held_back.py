"""What stays private for a while after the note that made it so has changed.

A note that is half-written, renamed or emptied says nothing of privacy for a moment. Until it has been left alone for some
seconds, the copies of what was private in it stay hidden.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.folder.state import Known, Record, Stamp

QUIET_S = 10.0
"""Seconds without a change of the note after which what it says now counts."""


@dataclass(frozen=True, slots=True)
class _Held:
    names: frozenset[int]
    stamp: Stamp | None
    """Of the note when it was last looked at; None while there is none."""
    until: float


class HeldBack:
    """The names that stay private, by the place of the note that they were private by."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    @property
    def until(self) -> float | None:
        """When the next of them is let go; None if nothing is held back."""
        return min((one.until for one in self._held.values()), default=None)

    def names(self, before: Known, seen: Mapping[str, Stamp | None], now: float) -> bytes:
        """Digests of the names that stay private, given the notes' stamps as they are now. What was private in a note that
        changed is among them: what it says now is not known yet."""
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
        """Lets go of the names that a note makes private anyway; the digests of the others."""
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
        return array("Q", sorted(_all(one.names for one in self._held.values()))).tobytes()


def _all(sets: Iterable[frozenset[int]]) -> set[int]:
    return set().union(*sets)


def _names(record: Record) -> frozenset[int]:
    return frozenset(memoryview(record.private_names).cast("Q"))
