"""What a channel set: how often, when, how many highlights, of which kind."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

Frequency = Literal["daily", "weekdays", "weekly"]
FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekdays", "weekly")
FilterKind = Literal["tag", "by", "from"]
FILTER_FACETS: dict[FilterKind, str] = {"tag": "tag", "by": "author", "from": "title"}
"""By what a digest may be restricted: the word that is typed, and the facet of the index that it means."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HIGHLIGHTS = 10
"""In one digest."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a digest to highlights with a tag, by an author or from a title."""

    kind: FilterKind
    value: str

    @property
    def key(self) -> str:
        """ "tag:favorite": identifies the filter in the database."""
        return f"{self.kind}:{self.value.casefold()}"


@dataclass(frozen=True, slots=True)
class Plan:
    """When a digest is due, and what is in it."""

    every: Frequency
    at: time
    """By the clocks of `zone`; whole minutes."""
    zone: str
    """A name of the IANA database."""
    weekday: int | None = None
    """If `every` is "weekly": 0 for Monday to 6 for Sunday."""
    count: int = 1
    """Highlights, 1 to `MAX_HIGHLIGHTS`."""
    only: Filter | None = None

    def falls_on(self, weekday: int) -> bool:
        """Whether it is due on this day of the week."""
        if self.every == "weekly":
            return weekday == self.weekday
        return self.every == "daily" or weekday < 5
