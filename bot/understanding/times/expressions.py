"""Finds the expressions of time in a text: "last week", "since May", "between March and June 2024"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.understanding.times.language import Language, Moment

GAP = re.compile(r"\s+")
_MAX_HINT_CHARS = 40
"""Distance, in characters, between the beginning of an expression and a hint such as "May" (`Language.hints`)."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time: the characters from `start` to `end` of a text."""

    start: int
    end: int
    after: date | None
    before: date | None
    moment: Moment
    preposition: str = ""
    """"since", "after", "before", "until", "inside", "between"; "" for none."""
    weak: bool = False
    """Whether its preposition says little: "of", or "from" before a month or year."""


class Expressions:
    """The expressions of time in a text, in one language, counted from `today`."""

    def __init__(self, language: Language, text: str, today: date) -> None:
        self._language = language
        self._text = text
        self._today = today

    def all(self) -> Iterator[Expression]:
        """Yields every expression from left to right. None of them overlap."""
        place = 0
        hints = [hint.start() for hint in self._language.hints.finditer(self._text)]
        while place < len(self._text) and (begin := self._language.begins.search(self._text, place)):
            start = begin.start()
            near = any(start <= hint + _MAX_HINT_CHARS and hint <= start + _MAX_HINT_CHARS for hint in hints)
            found = self._longest_at(start) if near else None
            if found is not None:
                yield found
            place = found.end if found is not None else begin.start() + 1

    def _longest_at(self, place: int) -> Expression | None:
        candidates = [
            *self._between(place),
            *self._with_preposition(place),
            *self._without_preposition(place),
        ]
        return max(candidates, key=lambda expression: expression.end, default=None)

    def _between(self, place: int) -> Iterator[Expression]:
        for first_word, second_word, last_word in self._language.between:
            first = self._moment_after(first_word, place)
            if first is None or (joined := self._after(second_word, first.end)) is None:
                continue
            second = self._language.moment(self._text, joined, self._today)
            end = last_word.match(self._text, second.end) if second else None
            if second is None or end is None:
                continue
            first, second = self._aligned(first, second)
            if first.span[0] < second.span[1]:
                yield Expression(place, end.end(), first.span[0], second.span[1], second, "between")

    def _aligned(self, first: Moment, second: Moment) -> tuple[Moment, Moment]:
        """Gives both ends the right year: in "March and May 2024" both are in 2024; "October and March" begins a year earlier."""
        if not (first.absolute and second.absolute) or "year" in (first.kind, second.kind):
            return first, second
        if first.has_year and second.has_year:
            return first, second
        try:
            if first.has_year:
                second = self._language.in_year(second, first.span[0].year)
                if first.span[0] > second.span[0]:
                    second = self._language.in_year(second, first.span[0].year + 1)
                return first, second
            first = self._language.in_year(first, second.span[0].year)
            if first.span[0] > second.span[0]:
                first = self._language.in_year(first, second.span[0].year - 1)
        except ValueError:  # 29 February
            pass
        return first, second

    def _with_preposition(self, place: int) -> Iterator[Expression]:
        language = self._language
        for name in ("since", "after", "before", "until", "inside"):
            moment = self._moment_after(language.any_of(name), place)
            if moment is not None:
                word = self._text[place : moment.start].strip()
                weak = language.any_of("weak" if moment.absolute else "genitive").fullmatch(word) is not None
                yield self._expression(place, moment, name, name == "inside" and weak)
        if language.spaced:
            return
        moment = language.moment(self._text, place, self._today)
        for name in ("since", "before", "until", "inside") if moment is not None else ():
            assert moment is not None
            suffix = language.any_of(f"{name}_after").match(self._text, moment.end)
            if suffix is not None:
                yield replace(self._expression(place, moment, name), end=suffix.end())

    def _without_preposition(self, place: int) -> Iterator[Expression]:
        moment = self._language.moment(self._text, place, self._today)
        if moment is not None:
            yield self._expression(place, moment, "")

    def _expression(self, place: int, moment: Moment, name: str, weak: bool = False) -> Expression:
        first, after = moment.span
        onwards = GAP.match(self._text, moment.end)
        suffix = self._language.any_of("onwards").match(self._text, onwards.end()) if onwards else None
        if name == "inside" and suffix is not None:
            return Expression(place, suffix.end(), first, None, moment, "since")
        spans: dict[str, tuple[date | None, date | None]] = {
            "since": (first, None),
            "after": (after, None),
            "before": (None, first),
            "until": (None, after),
        }
        since, until = spans.get(name, (first, after))
        return Expression(place, moment.end, since, until, moment, name, weak)

    def _moment_after(self, word: re.Pattern[str], place: int) -> Moment | None:
        """Returns the moment that follows a word at `place`, or None."""
        if word.match(self._text, place) is None or (start := self._after(word, place)) is None:
            return None
        return self._language.moment(self._text, start, self._today)

    def _after(self, word: re.Pattern[str], place: int) -> int | None:
        """Returns the position after a word at `place`, or None if the word is not there. Blanks on both sides are skipped."""
        gap = GAP.match(self._text, place)
        found = word.match(self._text, gap.end() if gap else place)
        if found is None or not self._language.spaced:
            return None if found is None else found.end()
        gap = GAP.match(self._text, found.end())
        return None if gap is None else gap.end()
