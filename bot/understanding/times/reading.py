"""Which words of a question are about time: when something was highlighted, or that the latest are wanted; or favourites.

Most words for time are about something else in a library: "what may help", "the last week of his life", "the world of yesterday",
"the crisis of 2008". So words count only where they stand as people write them of their own reading:

- A month or a year needs a word before it ("since May", "in 2024").
- Behind the words the question ends, or goes on with a function word or with a word for highlights: "last week about sleep",
  "last week's highlights"; "in August Strindberg’s plays" and "the last week before an exam" are about something else.
- A question that says so speaks of reading: "highlights", "what did I read". In others only what can hardly mean anything else
  counts for sure ("last month"); a month or a year then counts only if the library has highlights of that time (`Reading.sure`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.understanding.times.language import Language, Moment, languages

MAX_READ_CHARS = 400
"""A longer question is a pasted text: no words in it are about time."""
_ENDS = re.compile(r"\s*(?:[,;:.?!…)。？！，、]|$)")
_GAP = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"['’]?s?\s+")
_WORD = re.compile(r"[\w'’-]+")
_MAX_HINT_CHARS = 40
"""An expression of time begins at most this far from a word that says so (`Language.hints`)."""
_VERB_DISTANCE = 3
"""Words between who reads and the verb: "did I ever read"."""
_MAX_AGO = timedelta(days=9 * 366)
"""An expression that counts back further is seldom about reading."""
_WEAK = ("today", "yesterday", "before_yesterday", "past")
"""Expressions for the present or the past in general, unless the question speaks of reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question says about time."""

    text: str
    """The question with blanks in place of these words: every other word keeps its position."""
    after: date | None = None
    """Only from this day on."""
    before: date | None = None
    """Only earlier than this day."""
    newest: bool = False
    """Whether the latest come first."""
    sure: bool = True
    """Whether it can hardly be about anything else; otherwise the library decides."""
    favourites: bool = False
    """Whether only favourites are wanted."""
    words: str = ""
    """The words about time, as typed; not those about the order."""
    fixed: bool = True
    """Whether these days are of the calendar ("since May"), and not counted from today ("last month")."""

    @property
    def says(self) -> bool:
        """Whether anything was understood."""
        return self.newest or self.favourites or self.after is not None or self.before is not None


@dataclass(frozen=True, slots=True)
class _Found:
    """Words about time at `start:end`."""

    start: int
    end: int
    after: date | None
    before: date | None
    moment: Moment
    preposition: str = ""
    """"since", "after", "before", "until", "inside", "between"; "" for none."""
    weak: bool = False
    """Whether the word before it says little: "of", and "from" before a month or year."""


def read(question: str, today: date) -> Reading:
    """What a question, or the words of a command, says about time; counted from `today`. Never fails."""
    nothing = Reading(question)
    if len(question) > MAX_READ_CHARS:
        return nothing
    spoken = [language for language in languages().values() if language.hints.search(question)]
    read_by = [_In(language, question, today).reading() for language in spoken]
    understood = [one for one in read_by if one.says]
    return max(understood, key=lambda one: (one.sure, one.text.count(" "), bool(one.words)), default=nothing)


class _In:
    """One question in one language."""

    def __init__(self, language: Language, text: str, today: date) -> None:
        self._language = language
        self._text = text
        self._today = today
        self._reads = self._speaks_of_reading()

    def reading(self) -> Reading:
        found = next(filter(self._counts, self._every()), None)
        spans = [(found.start, found.end)] if found else []
        newest = self._newest(self._without(spans))
        favourites = self._favourites(self._without(spans))
        if found is None and newest is None and favourites is None:
            return Reading(self._text)
        spans += [one for one in (newest, favourites) if one is not None]
        text = self._without_requests(self._without([*spans, *self._frame()]))
        sure = (
            len(spans) > int(found is not None) or self._reads or (found is not None and self._is_sure(found))
        )
        if found is not None and not sure and self._is_general(found.moment) and _WORD.search(text):
            return Reading(self._text)
        return Reading(
            text,
            found.after if found else None,
            found.before if found else None,
            newest is not None,
            sure or not _WORD.search(text),
            favourites is not None,
            self._text[found.start : found.end] if found else "",
            found is None or found.moment.absolute,
        )

    # What stands there

    def _every(self) -> Iterator[_Found]:
        """Every expression of time, from left to right, none inside another."""
        place = 0
        hints = [one.start() for one in self._language.hints.finditer(self._text)]
        while place < len(self._text) and (begin := self._language.begins.search(self._text, place)):
            start = begin.start()
            near = any(start <= hint + _MAX_HINT_CHARS and hint <= start + _MAX_HINT_CHARS for hint in hints)
            found = self._at(start) if near else None
            if found is not None:
                yield found
            place = found.end if found is not None else begin.start() + 1

    def _at(self, place: int) -> _Found | None:
        candidates = [*self._between(place), *self._with_preposition(place), *self._bare(place)]
        return max(candidates, key=lambda one: one.end, default=None)

    def _between(self, place: int) -> Iterator[_Found]:
        for first_word, second_word, last_word in self._language.between:
            first = self._after_word(first_word, place)
            if first is None or (joined := self._joined(second_word, first.end)) is None:
                continue
            second = self._language.moment(self._text, joined, self._today)
            end = last_word.match(self._text, second.end) if second else None
            if second is None or end is None:
                continue
            first, second = self._aligned(first, second)
            if first.span[0] < second.span[1]:
                yield _Found(place, end.end(), first.span[0], second.span[1], second, "between")

    def _aligned(self, first: Moment, second: Moment) -> tuple[Moment, Moment]:
        """Of "March and May 2024" both are in 2024; of "October and March" the first one is a year earlier."""
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

    def _with_preposition(self, place: int) -> Iterator[_Found]:
        language = self._language
        for name in ("since", "after", "before", "until", "inside"):
            one = self._after_word(language.any_of(name), place)
            if one is not None:
                word = self._text[place : one.start].strip()
                weak = language.any_of("weak" if one.absolute else "genitive").fullmatch(word) is not None
                yield self._found(place, one, name, name == "inside" and weak)
        if language.spaced:
            return
        one = language.moment(self._text, place, self._today)
        for name in ("since", "before", "until", "inside") if one is not None else ():
            assert one is not None
            suffix = language.any_of(f"{name}_after").match(self._text, one.end)
            if suffix is not None:
                yield replace(self._found(place, one, name), end=suffix.end())

    def _bare(self, place: int) -> Iterator[_Found]:
        one = self._language.moment(self._text, place, self._today)
        if one is not None:
            yield self._found(place, one, "")

    def _found(self, place: int, one: Moment, name: str, weak: bool = False) -> _Found:
        first, after = one.span
        onwards = _GAP.match(self._text, one.end)
        suffix = self._language.any_of("onwards").match(self._text, onwards.end()) if onwards else None
        if name == "inside" and suffix is not None:
            return _Found(place, suffix.end(), first, None, one, "since")
        spans: dict[str, tuple[date | None, date | None]] = {
            "since": (first, None),
            "after": (after, None),
            "before": (None, first),
            "until": (None, after),
        }
        since, until = spans.get(name, (first, after))
        return _Found(place, one.end, since, until, one, name, weak)

    def _after_word(self, word: re.Pattern[str], place: int) -> Moment | None:
        """The moment behind a word at `place`."""
        if word.match(self._text, place) is None or (start := self._joined(word, place)) is None:
            return None
        return self._language.moment(self._text, start, self._today)

    def _joined(self, word: re.Pattern[str], place: int) -> int | None:
        """The place after a word at `place` (or after blanks there); None if the word is not there."""
        gap = _GAP.match(self._text, place)
        found = word.match(self._text, gap.end() if gap else place)
        if found is None or not self._language.spaced:
            return None if found is None else found.end()
        gap = _GAP.match(self._text, found.end())
        return None if gap is None else gap.end()

    # What counts

    def _counts(self, found: _Found) -> bool:
        """Whether it is about when something was highlighted."""
        language, text = self._language, self._text
        before, behind = text[: found.start].rstrip(), text[found.end :]
        if not language.spaced:
            return bool(found.preposition) or not found.moment.absolute or self._reads
        noun_before = self._noun_ends(before)
        if found.weak and before and not (noun_before or self._noun_begins(behind)):
            return False
        if not found.preposition and found.moment.absolute:
            beside = noun_before or self._noun_begins(behind) or (language.bare_year and self._reads)
            if not beside or (found.moment.kind == "month" and not found.moment.has_year):
                return False
        word_before = _last_word(before)
        if not noun_before and language.any_of("refuse_before").fullmatch(word_before):
            return False
        if _ENDS.match(behind) or self._noun_begins(behind):
            return True
        follows = behind.lstrip()
        if language.any_of("refuse_next").match(follows):
            return False
        if self._reads and language.verbs.match(follows):
            return True
        if language.any_of("follow").match(follows):
            return True
        return self._reads and not found.moment.absolute

    def _noun_ends(self, before: str) -> bool:
        return self._language.nouns.fullmatch(_last_word(before)) is not None

    def _noun_begins(self, behind: str) -> bool:
        gap = _POSSESSIVE.match(behind)
        return gap is not None and self._language.nouns.match(behind, gap.end()) is not None

    def _is_sure(self, found: _Found) -> bool:
        """Whether it can hardly be about anything else, in a question that does not speak of reading."""
        one = found.moment
        if self._is_general(one) or (one.kind == "ago" and one.unit == "year"):
            return False
        bare_month = one.kind == "month" and not one.has_year
        return not one.absolute or (bare_month and found.preposition in ("since", "between"))

    def _is_general(self, one: Moment) -> bool:
        """Whether it is said of the present or the past in general: "today", "in the last hundred years"."""
        long_ago = self._today - one.span[0] > _MAX_AGO
        return one.kind in _WEAK or (one.kind in ("ago", "last_n") and long_ago)

    def _speaks_of_reading(self) -> bool:
        if self._language.nouns.search(self._text):
            return True
        return next(self._verbs(), None) is not None

    def _verbs(self) -> Iterator[tuple[int, int]]:
        """Where the question says that somebody here read or marked something."""
        persons = self._language.any_of("persons")
        for verb in self._language.verbs.finditer(self._text):
            if not self._language.spaced:
                yield verb.span()
                continue
            near = [one.group() for one in _WORD.finditer(self._text, 0, verb.start())]
            near = near if self._language.verb_far else near[-_VERB_DISTANCE:]
            alone = any(one in ("é", "í") for one in verb.group()[-1:])  # "leí": the verb has its person
            if alone or any(persons.fullmatch(one) for one in near):
                yield verb.span()

    def _newest(self, text: str) -> tuple[int, int] | None:
        """Where the question asks for the latest highlights."""
        language = self._language
        nouns, newest = language.nouns, language.any_of("newest")
        gap = r"\s+(?:\d{1,3}\s+)?" if language.spaced else r"\s*"
        for one in newest.finditer(text):
            behind = re.compile(gap).match(text, one.end())
            noun = nouns.match(text, behind.end()) if behind else None
            if noun is not None and not self._is_refused(text[noun.end() :]):
                return one.span()
            if (
                language.spaced
                and self._noun_ends(text[: one.start()].rstrip())
                and _ENDS.match(text, one.end())
            ):
                return one.span()
        if self._reads and (found := language.any_of("lately").search(text)):
            return found.span()
        begin = _skip(text, language.any_of("requests"))
        if found := language.any_of("alone").match(text, begin):
            behind_it = text[found.end() :].lstrip()
            if _ENDS.match(behind_it) or language.any_of("about").match(behind_it):
                return found.span()
        return None

    def _favourites(self, text: str) -> tuple[int, int] | None:
        """Where the question asks for favourites: "my favourite quotes about sleep", not "my favourite colour"."""
        language = self._language
        for one in language.any_of("favourites").finditer(text):
            before, behind = text[: one.start()].rstrip(), text[one.end() :]
            if self._noun_begins(behind) if language.spaced else language.nouns.match(behind):
                return one.span()
            begins = _skip(text, language.any_of("requests")) in (
                one.start(),
                len(before),
            ) or self._noun_ends(before)
            if (
                begins
                and not self._is_refused(behind)
                and (_ENDS.match(behind) or language.any_of("about").match(behind.lstrip()))
            ):
                return one.span()
        return None

    def _is_refused(self, behind: str) -> bool:
        """Whether what follows a noun makes it somebody else's: "the last passage of the book"."""
        return (
            self._language.spaced and self._language.any_of("refuse_next").match(behind.lstrip()) is not None
        )

    # What is left

    def _frame(self) -> list[tuple[int, int]]:
        """The words that only say that highlights are meant."""
        return [*(one.span() for one in self._language.nouns.finditer(self._text)), *self._verbs()]

    def _without(self, spans: Iterable[tuple[int, int]]) -> str:
        text = self._text
        for start, end in spans:
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _without_requests(self, text: str) -> str:
        """The text; all blank if nothing but "show me all of my" is left of it."""
        left = self._language.any_of("requests", "persons", "particles").sub(" ", text)
        if not self._language.spaced:
            left = re.sub(f"[{self._language.particles}]", " ", left)
            left = left if left.strip(" ?？!！.。") else ""
        return (
            text
            if _WORD.search(re.sub(r"\b(?:of|did|do|have|from|the|in|for)\b", " ", left))
            else " " * len(text)
        )


def _last_word(text: str) -> str:
    found = re.search(r"[\w'’-]+$", text)
    return found.group() if found else ""


def _skip(text: str, words: re.Pattern[str]) -> int:
    """Where the text goes on behind these words at its begin."""
    place = len(text) - len(text.lstrip())
    while found := words.match(text, place):
        if found.end() == place:
            break
        gap = _GAP.match(text, found.end())
        place = gap.end() if gap else found.end()
    return place
