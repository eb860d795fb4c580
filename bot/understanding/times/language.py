"""The words for time of one language, as patterns. They come from `words.json`."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from bot.understanding.times import moments
from bot.understanding.times.moments import UNITS, Span, Unit

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ISO = r"(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)(?:-(?P<d>\d\d))?"
_UNSPACED_MONTHS = {
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip

Words = Mapping[str, object]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Moment:
    """An expression of time in a text, without the word before it: "May 2024", "last week"."""

    kind: str
    """"year", "season", "month", "day", "iso": of the calendar. "today", "yesterday", "this", "last", "ago", …: from now."""
    span: Span
    start: int
    end: int
    has_year: bool = False
    unit: Unit = "day"

    @property
    def absolute(self) -> bool:
        return self.kind in ("year", "season", "month", "day", "iso")


class Language:
    """The words of one language."""

    def __init__(self, words: Words) -> None:
        self.spaced = bool(words["spaced"])
        self._months = {**_strings(words, "months", int), **({} if self.spaced else _UNSPACED_MONTHS)}
        self._numbers = _strings(words, "numbers", int)
        self._units = _strings(words, "units", str)
        self._seasons = _strings(words, "seasons", int)
        self._words = words
        hints = "|".join(sorted((str(words["hints"]), *self._months, *self._seasons), key=len, reverse=True))
        self._hints = rf"{hints}|(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?" if self.spaced else hints
        self._compiled_words: dict[tuple[str, ...], re.Pattern[str]] = {}
        self.bare_year = bool(words.get("bare_year"))
        """Whether a year may stand without a preposition: "was habe ich 2024 gelesen"."""
        self.verb_far = bool(words.get("verb_far"))
        """Whether the verb may stand at the end, far from the person."""
        self.particles = str(words.get("particles", ""))

    @cached_property
    def hints(self) -> re.Pattern[str]:
        """Words of which every expression has one. The other patterns are compiled only if a text has such a word."""
        return self.pattern(self._hints)

    @property
    def hints_in_small_letters(self) -> str:
        """The same as the text of a pattern that does not ignore the case, which takes ten times as long."""
        return self._whole_words(self._hints.lower())

    @cached_property
    def nouns(self) -> re.Pattern[str]:
        """Words for highlights."""
        return self.any_of("nouns")

    @cached_property
    def verbs(self) -> re.Pattern[str]:
        """Words for reading and saving."""
        return self.any_of("verbs")

    @cached_property
    def between(self) -> list[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]:
        """The words before, between and after the two ends of a span, as in "between March and May"."""
        listed: list[tuple[str, str, str]] = self._words["between"]  # type: ignore[assignment]
        return [
            (self.pattern(first), self.pattern(second), self.pattern(last)) for first, second, last in listed
        ]

    @cached_property
    def begins(self) -> re.Pattern[str]:
        """The beginning of any expression."""
        prepositions = [self.any_of(name).pattern for name in ("since", "after", "before", "until", "inside")]
        spans = [first.pattern for first, _, _ in self.between if first.match("") is None]
        return re.compile("|".join((*prepositions, *spans, self._any_moment.pattern)), re.IGNORECASE)

    @cached_property
    def _any_moment(self) -> re.Pattern[str]:
        """Matches any expression of time, so that a text is searched once and not for each kind."""
        named = (pattern.pattern for _, _, pattern in self._moments)
        return re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in named), re.IGNORECASE)

    @cached_property
    def _moments(self) -> list[tuple[str, Unit, re.Pattern[str]]]:
        return list(self._compiled(self._words))

    def any_of(self, *names: str) -> re.Pattern[str]:
        """Returns a pattern for the words listed under these names, the longest first. It matches nothing if none is listed."""
        if names not in self._compiled_words:
            listed = [word for name in names for word in self._words.get(name, ())]  # type: ignore[attr-defined]
            joined = "|".join(sorted(listed, key=len, reverse=True))
            self._compiled_words[names] = self.pattern(joined or "(?!)")
        return self._compiled_words[names]

    def pattern(self, words: str) -> re.Pattern[str]:
        """Returns a pattern that matches these words as whole words."""
        return re.compile(self._whole_words(words), re.IGNORECASE)

    def _whole_words(self, words: str) -> str:
        return rf"(?<![\w-])(?:{words})(?![\w-])" if self.spaced and words else f"(?:{words})"

    def moment(self, text: str, place: int, today: date) -> Moment | None:
        """Returns the longest expression of time that begins at `place`, or None."""
        best: Moment | None = None
        if self._any_moment.match(text, place) is None:
            return None
        for kind, unit, pattern in self._moments:
            found = pattern.match(text, place)
            if found is None or (best is not None and found.end() <= best.end):
                continue
            try:
                span, unit = self._span(kind, unit, found, today)
            except ValueError:
                continue
            has_year = "year" in pattern.groupindex
            best = Moment(kind, span, place, found.end(), has_year, unit)
        return best

    def in_year(self, moment: Moment, year: int) -> Moment:
        """Returns a month or day without a year, placed in a year."""
        first = moment.span[0]
        day = first.day if moment.kind == "day" else None
        span = moments.calendar(year, first.month, day)
        return Moment(moment.kind, span, moment.start, moment.end, True)

    def _compiled(self, words: Words) -> Iterable[tuple[str, Unit, re.Pattern[str]]]:
        for kind in (
            "today",
            "yesterday",
            "before_yesterday",
            "ago",
            "last_n",
            "last_month",
            "month_last_year",
            "this_month",
            "last_season",
            "season_last_year",
            "this_season",
            "season",
            "month",
            "day",
        ):
            for template in words.get(kind, ()):  # type: ignore[attr-defined]
                yield kind, "day", self._template(template)
        for kind in ("this", "last", "past"):
            by_unit: Mapping[Unit, list[str]] = words[kind]  # type: ignore[assignment]
            for unit, templates in by_unit.items():
                yield kind, unit, self._template("|".join(templates))
        for template in words.get("year", (_YEAR,)):  # type: ignore[attr-defined]
            yield "year", "day", self._template(template)
        yield "iso", "day", self._template(_ISO)

    def _template(self, template: str) -> re.Pattern[str]:
        months = "|".join(sorted(self._months, key=len, reverse=True))
        numbers = "|".join(sorted(self._numbers, key=len, reverse=True))
        several = "|".join(
            sorted((word for word, count in self._numbers.items() if count != 1), key=len, reverse=True)
        )
        seasons = "|".join(sorted(self._seasons, key=len, reverse=True))
        units = "|".join(f"(?P<{unit}_>{self._units[unit]})" for unit in reversed(UNITS))
        for name, pattern in (
            ("{month}", f"(?P<month>{months})"), ("{season}", f"(?P<season>{seasons})"),
            ("{n}", rf"(?P<n>\d{{1,3}}|{numbers})"), ("{unit}", f"(?:{units})"),
            ("{k}", rf"(?P<n>\d{{1,3}}|{several})"), ("{year}", _YEAR), ("{d}", r"(?P<d>\d{1,2})"),
            ("{m}", rf"(?P<m>\d{{1,2}}|{months})"),
        ):  # fmt: skip
            template = template.replace(name, pattern)
        edges = (r"(?<![\w-])", r"(?![\w-])") if self.spaced else (r"(?<!\d)", r"(?!\d)")
        return re.compile(f"{edges[0]}(?:{template}){edges[1]}", re.IGNORECASE)

    def _span(self, kind: str, unit: Unit, found: re.Match[str], today: date) -> tuple[Span, Unit]:
        """Returns the days that are meant and the unit that they are counted in. Raises ValueError for impossible dates."""
        named = {name: value for name, value in found.groupdict().items() if value is not None}
        unit = next((name for name in UNITS if f"{name}_" in named), unit)
        if kind in ("ago", "last_n"):
            count = self._number(named["n"])
            if kind == "ago":
                return moments.unit_around(unit, moments.back(unit, count, today)), unit
            return (moments.back(unit, count, today), moments.unit_around("day", today)[1]), unit
        if kind == "past":
            return (moments.back(unit, 1, today), moments.unit_around("day", today)[1]), unit
        if kind in ("this", "last"):
            return moments.unit_around(unit, moments.back(unit, int(kind == "last"), today)), unit
        if kind in ("today", "yesterday", "before_yesterday"):
            ago = ("today", "yesterday", "before_yesterday").index(kind)
            return moments.unit_around("day", moments.back("day", ago, today)), "day"
        if "season" in named:
            first = self._seasons[named["season"].lower()]
            year = int(named["year"]) if "year" in named else None
            if year is None and kind == "season_last_year":
                year = today.year - 1
            if year is not None:
                return moments.season(year, first), "month"
            return moments.latest_season(first, today, over=kind == "last_season"), "month"
        month = self._month(named.get("month") or named.get("m"))
        day = int(named["d"]) if "d" in named else None
        if kind in ("last_month", "month_last_year", "this_month"):
            assert month is not None
            back = kind == "month_last_year" or (kind == "last_month" and month >= today.month)
            return moments.calendar(today.year - int(back), month), "month"
        if "year" in named:
            return moments.calendar(int(named["year"]), month, day), unit
        if month is None:
            raise ValueError(kind)
        return moments.latest(month, day, today), unit

    def _number(self, typed: str) -> int:
        return int(typed) if typed.isdecimal() else self._numbers[typed.lower()]

    def _month(self, typed: str | None) -> int | None:
        if typed is None:
            return None
        return int(typed) if typed.isdecimal() else self._months[typed.lower()]


def _strings(words: Words, name: str, kind: Callable[[str], Value]) -> dict[str, Value]:
    return {str(key): kind(value) for key, value in words[name].items()}  # type: ignore[attr-defined]


@cache
def languages() -> dict[str, Language]:
    """Returns all languages, by code."""
    data = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return {code: Language(words) for code, words in data.items()}


def languages_hinted_at(text: str) -> list[Language]:
    """Returns the languages of which a text has a hint: none for most questions."""
    small = text.lower()
    if not _any_hint(spaced=True).search(small) and (
        text.isascii() or not _any_hint(spaced=False).search(small)
    ):
        return []
    return [language for language in languages().values() if language.hints.search(text)]


@cache
def _any_hint(spaced: bool) -> re.Pattern[str]:
    """Returns the hints of all languages with or without blanks between words, in small letters."""
    hints = (
        language.hints_in_small_letters for language in languages().values() if language.spaced == spaced
    )
    return re.compile("|".join(hints))
