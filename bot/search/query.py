"""The query language: operators in a question.

    "exact phrase"   only passages with it; “ ”, « », „ “ and 「 」 work too
    -word            only passages without it; -"a phrase" and -tag:x work too
    author:newport   also title:, tag: and color:; author:"Ann Author" if the value has blanks
    before:2024-03   earlier than the first day of it: a day, a month or a year
    after:2024-03    from its first day on

A broken operator is read as text. In a pasted text (more than `PROSE` words) only the named filters are operators, quotation
marks and dashes are not. Several authors are alternatives, and so are several titles; everything else narrows the search.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bot.text.analysis import Token, tokens, words

_QUOTED = r'"([^"]*)"|“([^“”]*)”|«([^«»]*)»|„([^„“”]*)[“”]|「([^「」]*)」'
_FILTER = re.compile(
    rf"(-?)(author|title|tag|colou?r|before|after):(?:{_QUOTED}|([^\s\"“”«»„「」]+))", re.IGNORECASE
)
_PHRASE = re.compile(rf"(-?)(?:{_QUOTED})")
_WORD = re.compile(r"-(?=\w)(\S+)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_OPERATOR = re.compile(rf"{_FILTER.pattern}|{_PHRASE.pattern}|{_WORD.pattern}", re.IGNORECASE)

_MARK = re.compile('[-:"“«„「]')
"""What every operator has one of."""

Value = TypeVar("Value")

PROSE = 40
"""A question of more words than this is a pasted text. benchmarks/README.md, "Ranking"."""


MAX_OPERATORS = 8
"""Filters of one kind, or phrases, in a question; further ones are read as text. Each is compared with every name of its kind."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question."""

    text: str
    """The question with blanks in place of its operators: every other word keeps its position."""
    phrases: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    before: date | None = None
    """Only passages from earlier days."""
    after: date | None = None
    """Only passages from this day on."""
    newest: bool = False
    """Whether the latest come first."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that a passage must not contain."""
    excluded_filters: tuple[tuple[str, str], ...] = ()
    """Pairs like ("tag", "x"); passages that match are left out."""

    @property
    def filters(self) -> dict[str, list[str] | str]:
        """The restrictions as an answer shows them: {"author": ["…"], "before": "2024-03-01"} and the like."""
        listed: dict[str, list[str] | str] = {}
        named = (("author", self.authors), ("title", self.titles), ("tag", self.tags), ("color", self.colors))
        for name, values in named:
            if values:
                listed[name] = list(values)
        for name, day in (("before", self.before), ("after", self.after)):
            if day:
                listed[name] = day.isoformat()
        if self.newest:
            listed["order"] = "newest"
        without = [*self.excluded, *(f"{name}:{value}" for name, value in self.excluded_filters)]
        for name, values in (("phrase", self.phrases), ("without", tuple(without))):
            if values:
                listed[name] = list(values)
        return listed

    @property
    def selects(self) -> bool:
        """Whether it says what to find even without any word: by a phrase or a filter."""
        named = self.authors or self.titles or self.tags or self.colors
        return bool(self.phrases or named or self.before or self.after or self.newest)


@dataclass(slots=True)
class _Parts:
    """What was parsed so far."""

    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    excluded_filters: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)


def parse(question: str) -> Query:
    """Parses a question; never fails."""
    if _MARK.search(question) is None:
        return Query(question)
    parts, blanked, end = _Parts(), [], 0
    for found in _operators(question):
        if _take(found, parts):
            blanked += [question[end : found.start()], " " * (found.end() - found.start())]
            end = found.end()
    blanked.append(question[end:])
    return Query(
        text="".join(blanked),
        phrases=tuple(dict.fromkeys(parts.phrases)),
        authors=tuple(dict.fromkeys(parts.values.get("author", ()))),
        titles=tuple(dict.fromkeys(parts.values.get("title", ()))),
        tags=tuple(dict.fromkeys(parts.values.get("tag", ()))),
        colors=tuple(dict.fromkeys(parts.values.get("color", ()))),
        before=parts.days.get("before"),
        after=parts.days.get("after"),
        excluded=tuple(dict.fromkeys(parts.excluded)),
        excluded_filters=tuple(dict.fromkeys(parts.excluded_filters)),
    )


def _operators(question: str) -> Iterable[re.Match[str]]:
    """Every operator that does not begin or end inside a word."""
    place = 0
    operator = _FILTER if len(question.split(maxsplit=PROSE)) > PROSE else _OPERATOR
    while found := operator.search(question, place):
        before = question[found.start() - 1 : found.start()]
        after = question[found.end() : found.end() + 1]
        if before.isalnum() or before in ("-", "_") or (after.isalnum() and found.group()[-1] == '"'):
            place = found.start() + 1
        else:
            yield found
            place = found.end()


def _take(found: re.Match[str], parts: _Parts) -> bool:
    """Adds an operator to `parts`; returns False if it is broken."""
    groups = found.groups()
    value = next((group for group in groups[2:] if group and group != "-"), "").strip()
    if not words(value):
        return False
    if groups[1]:
        return _take_filter(groups[1].lower().replace("ou", "o"), value, groups[0] == "-", parts)
    return _added(value, parts.excluded if found.group().startswith("-") else parts.phrases)


def _added(value: Value, values: list[Value]) -> bool:
    """Adds a value, unless there are too many already."""
    if value not in values:
        if len(values) >= MAX_OPERATORS:
            return False
        values.append(value)
    return True


def _take_filter(name: str, value: str, negative: bool, parts: _Parts) -> bool:
    if name not in ("before", "after"):
        if negative:
            return _added((name, value), parts.excluded_filters)
        return _added(value, parts.values.setdefault(name, []))
    day = first_day(value)
    if day is None or negative:
        return False
    known = parts.days.get(name, day)
    parts.days[name] = min(known, day) if name == "before" else max(known, day)
    return True


def first_day(value: str) -> date | None:
    """The first day of the year, month or day that `value` names; None if it names none."""
    if not (found := _DATE.fullmatch(value)):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        return date(year or 0, month or 1, day or 1)
    except ValueError:
        return None


MAX_QUERY_CHARS = 20_000
"""Code points of a question that are read; the rest is ignored."""


def searched_tokens(query: Query) -> list[Token]:
    """The words to rank by: those of the question, then those of its phrases. Positions of the latter lie behind the text."""
    found = tokens(query.text[:MAX_QUERY_CHARS])
    for phrase in query.phrases:
        shift = len(query.text) + 1 + (found[-1].end if found else 0)
        found += [
            Token(token.start + shift, token.end + shift, token.word)
            for token in tokens(phrase[:MAX_QUERY_CHARS])
        ]
    return found
