"""Parses `/highlight digest …`.

    digest [set] [NAME:] daily|weekdays|weekly|yearly [on WEEKDAY] [at TIME] [ZONE] [N highlights]
           [this week|a year ago|since May|last month|daily review] [less: …] [never: …] [tag|by|from …]
    digest now | off | status [NAME]
    digest list | hidden | help

What follows `tag`, `by` or `from` is its value, to the end of the line. The parts before it may come in any order. A digest with
a name can also be written as on a card ("Monday: Seneca, three"); there, `DigestCommand.guess` has the words that belong to no
part.
Typed text (`parse`) and the fields of a form (`from_form`) become the same `DigestCommand`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import get_args

from bot.answering.listing import unquoted
from bot.answering.word_filters import local_today
from bot.chat import wording
from bot.chat.digest_commands import DigestAction, DigestCommand, InvalidDigestCommand, default_count
from bot.schedule import time_zones
from bot.schedule.plan import (
    FILTER_FACETS,
    FREQUENCIES,
    MAX_HIGHLIGHTS,
    MAX_NAME_CHARS,
    OTHER_FILTERS,
    WEEKDAYS,
    YEARLY_NAME,
    Filter,
    Frequency,
)
from bot.text.sanitize import one_line
from bot.understanding import times

MAX_COMMAND_CHARS = 400
"""The rest of a longer command is ignored."""
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1
    )
}
_HALF_DAYS = ("am", "pm", "a.m.", "p.m.")
_KEYWORDS = (*FILTER_FACETS, "less", "never")
_FILTER_PHRASES = tuple(
    (filter_, re.compile(pattern, re.IGNORECASE))
    for filter_, pattern in (
        (Filter("added", "week"), r"\b(?:added )?this week\b"),
        (Filter("added", "year"), r"\b(?:(?:a|one) year ago(?: today)?|on this day)\b"),
        (
            Filter("review"),
            r"\b(?:(?:the )?same as |as in |like )?(?:(?:the|my|our|readwise(?:['’]s)?) )*daily review\b",
        ),
    )
)
_YEARLY_PHRASE = re.compile(r"\b(?:(?:a|the|my|our) )?year in review\b", re.IGNORECASE)
_NOT_OF_READING = re.compile(r"(?:on|at|every|each|today|tonight|tomorrow)\b", re.IGNORECASE)
"""How words about time begin that say when a digest comes."""
_ANYTHING = ("anything", "everything", "any", "all")
_NAMED_TIMES = {"noon": time(12), "midnight": time(0)}
_SYNONYMS: dict[str, Frequency] = {
    "day": "daily",
    "everyday": "daily",
    "weekday": "weekdays",
    "week": "weekly",
    "year": "yearly",
}
_WEEKDAYS = {
    word: number
    for number, name in enumerate(WEEKDAYS)
    for word in (
        name,
        f"{name}s",
        name[:3],
        *(("tues",) if number == 1 else ()),
        *(("thurs",) if number == 3 else ()),
    )
}


def parse(text: str) -> DigestCommand | InvalidDigestCommand:
    """Parses what follows `/highlight digest`."""
    words = text[:MAX_COMMAND_CHARS].split()
    first = words[0].lower() if words else "status"
    action = "off" if first == "stop" else first
    if action in ("off", "now", "status"):
        return DigestCommand(action, name=unquoted(" ".join(words[1:])))  # type: ignore[arg-type]
    if action in get_args(DigestAction) and action != "set":
        if len(words) > 1:
            return InvalidDigestCommand("every", wording.left_over(f"digest {first}", " ".join(words[1:])))
        return DigestCommand(action)  # type: ignore[arg-type]
    if len(words) <= 1 and first in ("on", "set"):
        return DigestCommand("set")
    if first == "set":
        words = words[1:]
    name, words = _named(words)
    if name and not words:
        words = name.split()
    before, fields, filters = _split(words)
    return _Words(before, name).command(fields, filters)


def _named(words: list[str]) -> tuple[str, list[str]]:
    """The name before a colon, and the other words; "" without one."""
    for place, word in enumerate(words):
        if word.endswith(":") and not word.startswith(":"):
            name = " ".join((*words[:place], word[:-1]))
            return ("", words) if word[:-1].lower() in _KEYWORDS else (name, words[place + 1 :])
        if word.lower() in _KEYWORDS:
            break
    return "", words


def from_form(
    every: str = "",
    at: str = "",
    zone: str = "",
    count: str = "",
    name: str = "",
    less: str = "",
    never: str = "",
    filters: Sequence[Filter] = (),
) -> DigestCommand | InvalidDigestCommand:
    """A command to set a digest, from the fields of a form as they were typed. An empty field means the default.

    `every` may be a weekday: weekly on that day. All `filters` hold; they need not be valid.
    """
    command = DigestCommand("set", name=one_line(name), less=_listed(less), never=_listed(never))
    if len(command.name) > MAX_NAME_CHARS or set(command.name) & set(":#"):
        return InvalidDigestCommand("name", wording.no_name(MAX_NAME_CHARS))
    if every.strip():
        known = _every(every.strip().lower())
        if known is None:
            return InvalidDigestCommand("every", wording.digest_usage())
        command = replace(command, every=known[0], weekday=known[1])
    if at.strip():
        moment = _time(at.strip())
        if moment is None:
            return InvalidDigestCommand("at", wording.no_time(at.strip()))
        command = replace(command, at=moment)
    if zone.strip():
        found = time_zones.find(zone)
        if found is None:
            return InvalidDigestCommand("zone", wording.no_zone(zone.strip(), time_zones.suggestions(zone)))
        command = replace(command, zone=found)
    if count.strip():
        number = _count(count.strip())
        if number is None:
            return InvalidDigestCommand("count", wording.no_count(MAX_HIGHLIGHTS))
        command = replace(command, count=number)
    valid = _valid_filters(filters)
    if isinstance(valid, InvalidDigestCommand):
        return valid
    command = replace(command, only=valid[0] if valid else None, also=valid[1:])
    if command.every == "yearly" and not command.name:
        command = replace(command, name=YEARLY_NAME)
    return command if count.strip() else replace(command, count=default_count(command.every, command.only))


def _valid_filters(given: Sequence[Filter]) -> tuple[Filter, ...] | InvalidDigestCommand:
    """What the digest is restricted to; filters that no digest has are left out."""
    valid: list[Filter] = []
    for filter_ in map(_valid_filter, given):
        if isinstance(filter_, InvalidDigestCommand):
            return filter_
        valid += [filter_] if filter_ is not None else []
    if len(valid) > 1 and Filter("review") in valid:
        return InvalidDigestCommand("only", wording.REVIEW_ALONE)
    return tuple(dict.fromkeys(valid))


def _valid_filter(given: Filter) -> Filter | InvalidDigestCommand | None:
    """The filter without quotation marks, or what is wrong with it; None for one that no digest has."""
    if given.kind in FILTER_FACETS:
        if not unquoted(given.value):
            return InvalidDigestCommand("only", wording.MISSING_DIGEST_FILTER[given.kind])
        return Filter(given.kind, unquoted(given.value))
    return given if given in OTHER_FILTERS or given.kind == "time" else None


def _listed(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(dict.fromkeys(filter(None, (unquoted(one_line(name)) for name in text.split(",")))))


class _Words:
    """The words before the filter, consumed one part after the other."""

    def __init__(self, words: list[str], name: str) -> None:
        self._words = [word.rstrip(",") or "," for word in words]
        self._name = name
        self._fields: dict[str, str] = {}
        self._zone: list[str] = []

    def command(
        self, given: dict[str, str], filters: Sequence[Filter]
    ) -> DigestCommand | InvalidDigestCommand:
        """The command, with the fields and filters that were read already."""
        if not self._words and not given and not filters:
            return InvalidDigestCommand("every", wording.digest_usage())
        while self._words:
            if not self._take_part():
                self._zone.append(self._words.pop(0))
        zone, guess = " ".join(self._zone), ""
        if self._name:
            every = _every(self._name.lower())
            if "every" not in self._fields and every is not None:
                self._fields["every"] = self._name.lower()
            if zone.lower() in _ANYTHING:
                zone = ""
            elif zone and time_zones.find(zone) is None and not filters:
                zone, guess = "", zone
        if zone and not self._fields and not given and not filters and time_zones.find(zone) is None:
            return InvalidDigestCommand("every", wording.digest_usage())
        fields = {**self._fields, **given, "zone": zone, "name": self._name}
        command = from_form(**fields, filters=filters)
        return replace(command, guess=guess) if isinstance(command, DigestCommand) else command

    def _take_part(self) -> bool:
        """Consumes the next part. Returns False for a word that can only belong to the zone."""
        word = self._words[0].lower()
        following = self._words[1].lower() if len(self._words) > 1 else ""
        if word in ("every", "on", "each") and _every(following) is not None:
            return self._every(following, 2)
        if word == "at" and following:
            third = self._words[2].lower() if len(self._words) > 2 else ""
            taken = 3 if third in _HALF_DAYS else 2
            return self._set("at", " ".join(self._words[1:taken]), taken)
        if word == "in" and following:
            self._words.pop(0)
            return True
        if _every(word) is not None:
            return self._every(word, 1)
        if (word.lstrip("-").isdecimal() or word in _NUMBERS) and following not in _HALF_DAYS:
            return self._set("count", word, 2 if following.startswith(("highlight", "quote")) else 1)
        if word.isdecimal() and following in _HALF_DAYS:
            return self._set("at", f"{word} {following}", 2)
        if word in _NAMED_TIMES or (word[0].isdecimal() and _TIME.fullmatch(word)):
            return self._set("at", word, 1)
        return False

    def _every(self, word: str, taken: int) -> bool:
        """A weekday may follow "weekly", which it makes more exact."""
        weekly = self._fields.get("every") in (None, "weekly") or word not in _WEEKDAYS
        return weekly and self._set("every", word, taken)

    def _set(self, field: str, text: str, taken: int) -> bool:
        self._fields[field] = text
        del self._words[:taken]
        return True


def _split(words: list[str]) -> tuple[list[str], dict[str, str], list[Filter]]:
    """The words before what has a value, the fields that follow them (less, never, every), and the filters."""
    values: dict[str, list[str]] = {"": []}
    current = ""
    for word in words:
        keyword, filtered = word.lower().rstrip(":"), current in FILTER_FACETS
        if keyword in _KEYWORDS and (not filtered or (keyword in ("less", "never") and word.endswith(":"))):
            current = keyword
            values.setdefault(current, [])
        else:
            values[current].append(word)
    before = values.pop("")
    fields = {name: " ".join(typed) for name, typed in values.items() if name in ("less", "never")}
    filters = [Filter(kind, " ".join(values[kind])) for kind in FILTER_FACETS if kind in values]
    text = " ".join(before)
    for filter_, pattern in _FILTER_PHRASES:
        if pattern.search(text):
            text = pattern.sub(" ", text, count=1)
            filters.append(filter_)
    if _YEARLY_PHRASE.search(text):
        text = _YEARLY_PHRASE.sub(" ", text, count=1)
        fields["every"] = "yearly"
    text, said = _without_time(text)
    return text.split(), fields, [*filters, *said]


def _without_time(text: str) -> tuple[str, list[Filter]]:
    """The words without those about when something was highlighted, and these as a filter: "since May", "last month"."""
    said = times.read(text, local_today())
    if not said.words or _NOT_OF_READING.match(said.words):
        return text, []
    return text.replace(said.words, " ", 1), [Filter("time", said.words)]


def _every(word: str) -> tuple[Frequency, int | None] | None:
    if word in _WEEKDAYS:
        return "weekly", _WEEKDAYS[word]
    if word in FREQUENCIES:
        return word, None
    return (_SYNONYMS[word], None) if word in _SYNONYMS else None


def _time(text: str) -> time | None:
    """A time of day: "9", "9:30", "20:15", "8pm", "noon"."""
    if text.lower() in _NAMED_TIMES:
        return _NAMED_TIMES[text.lower()]
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def count_in(word: str) -> int | None:
    """The number that a word is: "3", "three"; None if it is none."""
    if word.isascii() and word.isdecimal():
        return int(word[:4])
    return _NUMBERS.get(word.lower())


def _count(text: str) -> int | None:
    number = count_in(text.split(maxsplit=1)[0])
    return number if number is not None and 1 <= number <= MAX_HIGHLIGHTS else None
