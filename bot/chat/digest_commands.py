"""`/highlight digest …` and the buttons below a digest, as meant.

    digest [set] daily|weekdays|weekly [on WEEKDAY] [at TIME] [ZONE] [N highlights] [tag|by|from …]
    digest now | off | status | help

What follows `tag`, `by` or `from` is its value to the end of the line; the parts before it come in any order. Typed text
(`parse`) and the fields of a form (`made`) end in the same `DigestCommand`.
"""

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal, get_args

from bot.chat import wording
from bot.schedule import time_zones
from bot.schedule.plan import EVERY, KINDS, MOST, WEEKDAYS, Every, Filter, Kind

DigestAction = Literal["set", "off", "now", "status", "help"]
PressAction = Literal["another", "keep", "never"]
Part = Literal["every", "at", "zone", "count", "only"]
NINE = time(9)
MOST_SAID = 400
"""Characters of a command that are looked at."""


@dataclass(frozen=True, slots=True)
class DigestCommand:
    """What is asked of the digest of a channel. All but `action` is of "set" alone."""

    action: DigestAction
    every: Every = "daily"
    at: time = NINE
    zone: str | None = None
    """A name of the IANA database; None: the asker's, where that is known, else `DIGEST_ZONE`."""
    weekday: int | None = None
    """0 for Monday; None with "weekly": the one on which it is set."""
    count: int = 1
    only: Filter | None = None

    @property
    def changes(self) -> bool:
        """Whether it needs the right to set a digest."""
        return self.action in ("set", "off", "now")


@dataclass(frozen=True, slots=True)
class DigestPress:
    """A press of a button below a digest.

    "another" is answered by a `Digest` for all to see; "keep" and "never" by a `Notice` to who pressed.
    """

    action: PressAction
    highlight: str
    """The id of the highlight that it is about; with "another" the first one shown."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A digest command that can't be carried out: the part that is wrong, and the sentence that says so."""

    part: Part
    says: str


DigestRequest = DigestCommand | DigestPress | Wrong

_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_HALVES = ("am", "pm", "a.m.", "p.m.")
_NAMED_TIMES = {"noon": time(12), "midnight": time(0)}
_WORDS: dict[str, Every] = {"day": "daily", "everyday": "daily", "weekday": "weekdays", "week": "weekly"}
_DAYS = {
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


def parse(said: str) -> DigestCommand | Wrong:
    """What follows `/highlight digest`."""
    words = said[:MOST_SAID].split()
    first = words[0].lower() if words else "status"
    if len(words) <= 1 and first in get_args(DigestAction) and first != "set":
        return DigestCommand(first)  # type: ignore[arg-type]
    if len(words) <= 1 and first in ("stop", "on", "set"):
        return DigestCommand("off") if first == "stop" else DigestCommand("set")
    if first == "set":
        words = words[1:]
    before, only = _split(words)
    return _Said(before).command(only)


def made(
    every: str = "", at: str = "", zone: str = "", count: str = "", kind: str = "", value: str = ""
) -> DigestCommand | Wrong:
    """A command to set a digest, of the fields of a form as they were typed; an empty one means what is usual.

    `every` may be a weekday, for weekly on that day.
    """
    command = DigestCommand("set")
    if every.strip():
        known = _every(every.strip().lower())
        if known is None:
            return Wrong("every", wording.digest_usage())
        command = replace(command, every=known[0], weekday=known[1])
    if at.strip():
        moment = _time(at.strip())
        if moment is None:
            return Wrong("at", wording.no_time(at.strip()))
        command = replace(command, at=moment)
    if zone.strip():
        found = time_zones.find(zone)
        if found is None:
            return Wrong("zone", wording.no_zone(zone.strip(), time_zones.near(zone)))
        command = replace(command, zone=found)
    if count.strip():
        number = _count(count.strip())
        if number is None:
            return Wrong("count", wording.no_count(MOST))
        command = replace(command, count=number)
    if kind in KINDS:
        if not _unquoted(value):
            return Wrong("only", wording.WANTING_IN_DIGEST[kind])
        command = replace(command, only=Filter(kind, _unquoted(value)))
    return command


class _Said:
    """The words before the filter, taken one after the other."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._fields: dict[str, str] = {}
        self._zone: list[str] = []

    def command(self, only: tuple[Kind, str] | None) -> DigestCommand | Wrong:
        if not self._words and only is None:
            return Wrong("every", wording.digest_usage())
        while self._words:
            if not self._take():
                self._zone.append(self._words.pop(0))
        fields = {**self._fields, "zone": " ".join(self._zone)}
        if only is not None:
            fields["kind"], fields["value"] = only
        if fields["zone"] and not self._fields and only is None and time_zones.find(fields["zone"]) is None:
            return Wrong("every", wording.digest_usage())
        return made(**fields)

    def _take(self) -> bool:
        """Takes the next part, unless it can only belong to the zone."""
        word = self._words[0].lower()
        following = self._words[1].lower() if len(self._words) > 1 else ""
        if word in ("every", "on", "each") and _every(following) is not None:
            return self._every(following, 2)
        if word == "at" and following:
            third = self._words[2].lower() if len(self._words) > 2 else ""
            taken = 3 if third in _HALVES else 2
            return self._keep("at", " ".join(self._words[1:taken]), taken)
        if word == "in" and following:
            self._words.pop(0)
            return True
        if _every(word) is not None:
            return self._every(word, 1)
        if word.lstrip("-").isdecimal() and following not in _HALVES:
            return self._keep("count", word, 2 if following.startswith(("highlight", "quote")) else 1)
        if word.isdecimal() and following in _HALVES:
            return self._keep("at", f"{word} {following}", 2)
        if word in _NAMED_TIMES or (word[0].isdecimal() and _TIME.fullmatch(word)):
            return self._keep("at", word, 1)
        return False

    def _every(self, word: str, taken: int) -> bool:
        """A weekday makes "weekly" more exact."""
        weekly = self._fields.get("every") in (None, "weekly") or word not in _DAYS
        return weekly and self._keep("every", word, taken)

    def _keep(self, field: str, text: str, taken: int) -> bool:
        self._fields[field] = text
        del self._words[:taken]
        return True


def _split(words: list[str]) -> tuple[list[str], tuple[Kind, str] | None]:
    """The words before a filter, and the filter."""
    for place, word in enumerate(words):
        kind = word.lower().rstrip(":")
        if kind in KINDS:
            return words[:place], (kind, " ".join(words[place + 1 :]))
    return words, None


def _every(word: str) -> tuple[Every, int | None] | None:
    if word in _DAYS:
        return "weekly", _DAYS[word]
    if word in EVERY:
        return word, None
    return (_WORDS[word], None) if word in _WORDS else None


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


def _count(text: str) -> int | None:
    number = text.split(maxsplit=1)[0]
    return int(number) if number.isascii() and number.isdecimal() and 1 <= int(number[:4]) <= MOST else None


def _unquoted(text: str) -> str:
    text = text.strip()
    pairs = {'"': '"', "“": "”", "«": "»", "'": "'"}
    return text[1:-1].strip() if len(text) > 1 and pairs.get(text[0]) == text[-1] else text
