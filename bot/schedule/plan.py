"""The plan of a digest: how often, when, how many highlights, and which."""

from dataclasses import dataclass, replace
from datetime import date, time
from hashlib import blake2b
from typing import Literal, get_args

Frequency = Literal["daily", "weekdays", "weekly", "yearly"]
FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekdays", "weekly", "yearly")
YEAR_IN_REVIEW = (12, 20)
"""Month and day of "yearly": a year in review."""
FilterKind = Literal["tag", "by", "from", "color", "added", "time", "review"]
FILTER_FACETS: dict[FilterKind, str] = {"tag": "tag", "by": "author", "from": "title"}
"""What a digest can be restricted by: the word that is typed, and the facet of the index that it means."""
THEME_FACETS: dict[FilterKind, str] = {**FILTER_FACETS, "color": "color"}
"""What `random` and `recent` can be restricted by."""
LookBack = Literal["week", "year"]
LOOK_BACKS: tuple[LookBack, ...] = ("week", "year")
"""What "added" may mean: in the last seven days, and a year ago today."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HIGHLIGHTS = 10
"""In one digest."""
DEFAULT_NAME = "main"
"""The name of a digest that was set without one."""
YEARLY_NAME = "year"
"""The name of a year in review that was set without one: it stands beside other digests."""
YEARLY_HIGHLIGHTS = 3
"""In a year in review, unless chosen."""
MAX_NAME_CHARS = 40
MAX_KEY_CHARS = 200
"""Length of a `Theme.key`; the database has 255 characters for it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a digest to highlights with a tag, by an author, from a title, in a color, of a time ("added", "time"), or to
    those of Readwise's Daily Review ("review")."""

    kind: FilterKind
    value: str = ""
    """A name; for "added" a `LookBack`; for "time" days ("2026-05-01..2026-06-01", the end excluded, one of them may be missing)
    or words that mean others each day ("last month"); for "review" nothing."""

    @property
    def key(self) -> str:
        """ "tag:favorite": identifies the filter in the database."""
        return f"{self.kind}:{self.value.casefold()}"

    @property
    def is_look_back(self) -> bool:
        """Whether it means other days each day."""
        return self.kind == "added" or (self.kind == "time" and ".." not in self.value)

    @property
    def option(self) -> str:
        """ "tag:Favorite": the value of the filter as an option of a form or menu."""
        return f"{self.kind}:{self.value}"

    @classmethod
    def of_option(cls, option: str) -> "Filter | None":
        """The filter of such an option; None if there is none."""
        kind, colon, value = option.partition(":")
        return cls(kind, value) if colon and kind in get_args(FilterKind) else None  # type: ignore[arg-type]


OTHER_FILTERS = (*(Filter("added", period) for period in LOOK_BACKS), Filter("review"))
"""What a digest can be restricted by beside `FILTER_FACETS`, in the order of a menu."""


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
        """Identifies its rounds in the database; "" without restrictions. At most `MAX_KEY_CHARS`."""
        days = [f"{name}:{day}" for name, day in (("after", self.after), ("before", self.before)) if day]
        names = [
            f"{part}:{name.casefold()}"
            for part, listed in (("less", self.less), ("never", self.never))
            for name in sorted(listed)
        ]
        whole = "&".join([*(filter_.key for filter_ in self.filters), *days, *names])
        if len(whole) <= MAX_KEY_CHARS:
            return whole
        return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def look_back(self) -> str:
        """The time that it is restricted to, if that means other days each day; "" without one."""
        return next((filter_.value for filter_ in self.filters if filter_.is_look_back), "")


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
    also: tuple[Filter, ...] = ()
    """Further filters: all of them hold."""

    @property
    def is_review(self) -> bool:
        """Whether it shows Readwise's Daily Review; its theme is what stands in for that."""
        return self.only is not None and self.only.kind == "review"

    @property
    def theme(self) -> Theme:
        """Its theme, without the year of a year in review."""
        filters = () if self.only is None or self.is_review else (self.only, *self.also)
        return Theme(filters, less=self.less, never=self.never)

    def theme_on(self, day: date) -> Theme:
        """Its theme on a day."""
        if self.every != "yearly":
            return self.theme
        return replace(self.theme, after=date(day.year, 1, 1), before=date(day.year + 1, 1, 1))

    def falls_on(self, day: date) -> bool:
        """Whether it is due on this day."""
        if self.every == "weekly":
            return day.weekday() == self.weekday
        if self.every == "yearly":
            return (day.month, day.day) == YEAR_IN_REVIEW
        return self.every == "daily" or day.weekday() < 5
