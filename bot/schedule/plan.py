"""What a channel set: how often, when, how many highlights, of which kind."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

Frequency = Literal["daily", "weekdays", "weekly"]
FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekdays", "weekly")
FilterKind = Literal["tag", "by", "from", "color", "added"]
FILTER_FACETS: dict[FilterKind, str] = {"tag": "tag", "by": "author", "from": "title"}
"""By what a digest may be restricted: the word that is typed, and the facet of the index that it means."""
THEME_FACETS: dict[FilterKind, str] = {**FILTER_FACETS, "color": "color"}
"""By what `random` and `recent` may be."""
LookBack = Literal["week", "year"]
LOOK_BACKS: tuple[LookBack, ...] = ("week", "year")
"""What "added" may mean: in the last seven days, and a year ago today."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HIGHLIGHTS = 10
"""In one digest."""
DEFAULT_NAME = "main"
"""The name of a digest that was set without one."""
MAX_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a digest to highlights with a tag, by an author, from a title, in a color, or of a time ("added")."""

    kind: FilterKind
    value: str = ""
    """A name; of "added" a `LookBack`."""

    @property
    def key(self) -> str:
        """ "tag:favorite": identifies the filter in the database."""
        return f"{self.kind}:{self.value.casefold()}"


@dataclass(frozen=True, slots=True)
class Theme:
    """What a digest or a random pick is restricted to, and what comes less often in it."""

    filters: tuple[Filter, ...] = ()
    """All of them hold."""
    after: date | None = None
    """Only from this day on."""
    before: date | None = None
    """Only earlier than this day."""
    less: tuple[str, ...] = ()
    """Categories and titles that come less often."""
    never: tuple[str, ...] = ()
    """Categories and titles that do not come at all."""

    @property
    def key(self) -> str:
        """Identifies its rounds in the database; "" without restrictions."""
        days = [f"{name}:{day}" for name, day in (("after", self.after), ("before", self.before)) if day]
        return "&".join([*(one.key for one in self.filters), *days])

    @property
    def look_back(self) -> str:
        """The `LookBack` that it is restricted to; "" if to none."""
        return next((one.value for one in self.filters if one.kind == "added"), "")


EVERYTHING = Theme()


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
    less: tuple[str, ...] = ()
    """See `Theme`."""
    never: tuple[str, ...] = ()

    @property
    def theme(self) -> Theme:
        """Its theme."""
        return Theme(() if self.only is None else (self.only,), less=self.less, never=self.never)

    def falls_on(self, weekday: int) -> bool:
        """Whether it is due on this day of the week."""
        if self.every == "weekly":
            return weekday == self.weekday
        return self.every == "daily" or weekday < 5
