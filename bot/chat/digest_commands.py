"""Parses `/highlight digest …`, and the types of what it and the buttons below a digest ask for.

    digest [set] [NAME:] daily|weekdays|weekly|yearly [on WEEKDAY] [at TIME] [ZONE] [N highlights]
           [this week|a year ago|since May|last month|daily review] [less: …] [never: …] [tag|by|from …]
    digest now | off | status [NAME]
    digest list | hidden | help

What follows `tag`, `by` or `from` is its value, to the end of the line. The parts before it may come in any order. With a name
also as people write it on a card: "Monday: Seneca, three"; `DigestCommand.guess` is what was said there without a word for it.
Typed text (`parse`) and the fields of a form (`from_form`) become the same `DigestCommand`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal, get_args

from bot.answering.listing import unquoted
from bot.answering.word_filters import local_today
from bot.chat import wording
from bot.schedule import time_zones
from bot.schedule.plan import (
    FILTER_FACETS,
    FREQUENCIES,
    LOOK_BACKS,
    MAX_HIGHLIGHTS,
    MAX_NAME_CHARS,
    WEEKDAYS,
    YEARLY_HIGHLIGHTS,
    YEARLY_NAME,
    Filter,
    Frequency,
)
from bot.text.sanitize import one_line
from bot.understanding import times

DigestAction = Literal["set", "off", "now", "status", "list", "hidden", "help"]
PressAction = Literal["another", "keep", "snooze", "never", "undo"]
Part = Literal["name", "every", "at", "zone", "count", "only", "less", "never"]
DEFAULT_TIME = time(9)
MAX_COMMAND_CHARS = 400
"""The rest of a longer command is ignored."""


@dataclass(frozen=True, slots=True)
class DigestCommand:
    """A command about the digest of a channel. Every field but `action` belongs to "set"."""

    action: DigestAction
    every: Frequency = "daily"
    at: time = DEFAULT_TIME
    zone: str | None = None
    """A name of the IANA database; None for the asker's zone if it is known, otherwise `DIGEST_ZONE`."""
    weekday: int | None = None
    """0 for Monday. With "weekly", None means the day on which it is set."""
    count: int = 1
    only: Filter | None = None
    name: str = ""
    """Of the digest; "" for the only one there, or the one that was set without a name."""
    less: tuple[str, ...] = ()
    """Categories and titles that come less often."""
    never: tuple[str, ...] = ()
    """Those that do not come at all."""
    also: tuple[Filter, ...] = ()
    """Further filters beside `only`: all of them hold."""
    guess: str = ""
    """A name of an author, a title or a tag, whichever the notes have."""

    @property
    def changes(self) -> bool:
        """Whether only people who may set a digest may do this."""
        return self.action in ("set", "off", "now")


@dataclass(frozen=True, slots=True)
class DigestPress:
    """A press of a button below a digest.

    "another" is answered by a `Digest` that everyone sees; the others by a `Notice` to the person who pressed.
    """

    action: PressAction
    highlight: str
    """The id of the highlight that it is about; with "another", of the first one shown."""


@dataclass(frozen=True, slots=True)
class InvalidDigestCommand:
    """A digest command that cannot be run: the part that is wrong, and a sentence that says so."""

    part: Part
    message: str


DigestRequest = DigestCommand | DigestPress | InvalidDigestCommand

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1
    )
}
_HALF_DAYS = ("am", "pm", "a.m.", "p.m.")
_KEYWORDS = (*FILTER_FACETS, "less", "never")
_PHRASES: tuple[tuple[dict[str, str], re.Pattern[str]], ...] = tuple(
    (fields, re.compile(pattern, re.IGNORECASE))
    for fields, pattern in (
        ({"kind": "added", "value": "week"}, r"\b(?:added )?this week\b"),
        ({"kind": "added", "value": "year"}, r"\b(?:(?:a|one) year ago(?: today)?|on this day)\b"),
        (
            {"kind": "review"},
            r"\b(?:(?:the )?same as |as in |like )?(?:(?:the|my|our|readwise(?:['’]s)?) )*daily review\b",
        ),
        ({"every": "yearly"}, r"\b(?:(?:a|the|my|our) )?year in review\b"),
    )
)
"""Phrases of several words, and the fields that they fill."""
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
    kind: str = "",
    value: str = "",
    name: str = "",
    less: str = "",
    never: str = "",
    also: Sequence[tuple[str, str]] = (),
) -> DigestCommand | InvalidDigestCommand:
    """A command to set a digest, from the fields of a form as they were typed. An empty field means the default.

    `every` may be a weekday: weekly on that day. `also` has kinds and values of further filters.
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
    filters = _filters(((kind, value), *also))
    if isinstance(filters, InvalidDigestCommand):
        return filters
    command = replace(command, only=filters[0] if filters else None, also=filters[1:])
    if command.every == "yearly" and not command.name:
        command = replace(command, name=YEARLY_NAME)
    return command if count.strip() else replace(command, count=default_count(command.every, command.only))


def _filters(given: Sequence[tuple[str, str]]) -> tuple[Filter, ...] | InvalidDigestCommand:
    """What the digest is restricted to, by kinds and values."""
    found: list[Filter] = []
    for one in (_filter(kind, value) for kind, value in given):
        if isinstance(one, InvalidDigestCommand):
            return one
        found += [one] if one is not None else []
    if len(found) > 1 and any(one.kind == "review" for one in found):
        return InvalidDigestCommand("only", wording.REVIEW_ALONE)
    return tuple(dict.fromkeys(found))


def default_count(every: Frequency, only: Filter | None) -> int:
    """Highlights in a digest where no number was chosen: of a Daily Review all that there may be."""
    if only is not None and only.kind == "review":
        return MAX_HIGHLIGHTS
    return YEARLY_HIGHLIGHTS if every == "yearly" else 1


def _filter(kind: str, value: str) -> Filter | InvalidDigestCommand | None:
    """What the digest is restricted to; None for nothing."""
    facet = next((one for one in FILTER_FACETS if one == kind), None)
    if facet is not None:
        if not unquoted(value):
            return InvalidDigestCommand("only", wording.MISSING_DIGEST_FILTER[facet])
        return Filter(facet, unquoted(value))
    if kind == "review":
        return Filter("review")
    if kind == "time":
        return Filter("time", value)
    return Filter("added", value) if kind == "added" and value in LOOK_BACKS else None


def _listed(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(dict.fromkeys(filter(None, (unquoted(one_line(one)) for one in text.split(",")))))


class _Words:
    """The words before the filter, consumed one part after the other."""

    def __init__(self, words: list[str], name: str) -> None:
        self._words = [word.rstrip(",") or "," for word in words]
        self._name = name
        self._fields: dict[str, str] = {}
        self._zone: list[str] = []

    def command(
        self, given: dict[str, str], filters: list[tuple[str, str]]
    ) -> DigestCommand | InvalidDigestCommand:
        """The command, with the fields, and the kinds and values of filters, that were read already."""
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
        fields: dict[str, str] = {**self._fields, **given, "zone": zone, "name": self._name}
        command = from_form(**fields, also=filters)
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


def _split(words: list[str]) -> tuple[list[str], dict[str, str], list[tuple[str, str]]]:
    """The words before what has a value; the fields less and never; and the kinds and values of the filters."""
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
    filters: list[tuple[str, str]] = [(one, " ".join(values[one])) for one in values if one in FILTER_FACETS]
    text = " ".join(before)
    for phrased, pattern in _PHRASES:
        if found := pattern.search(text):
            text = text[: found.start()] + " " + text[found.end() :]
            if "kind" in phrased:
                filters.append((phrased["kind"], phrased.get("value", "")))
            else:
                fields |= phrased
    text, said = _without_time(text)
    return text.split(), fields, [*filters, *said]


def _without_time(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The words without those about when something was highlighted, and these as a filter: "since May", "last month"."""
    said = times.read(text, local_today())
    if not said.words or _NOT_OF_READING.match(said.words):
        return text, []
    return text.replace(said.words, " ", 1), [("time", said.words)]


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
