"""Finds the words of a question that say when something was highlighted, or ask for the latest highlights or favourites.

Most words for time are about something else in a library: "what may help", "the last week of his life", "the world of yesterday",
"the crisis of 2008". So such words count only in the forms in which people write about their own reading:

- A month or a year needs a word before it ("since May", "in 2024").
- After the expression the question ends, or goes on with a function word or a word for highlights: "last week about sleep",
  "last week's highlights". "In August Strindberg’s plays" and "the last week before an exam" are about something else.
- A question speaks of reading if it has words such as "highlights" or "what did I read". In other questions, only expressions that
  can hardly mean anything else are sure ("last month"). A month or a year then counts only if the library has highlights of that
  time (`Reading.sure`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.understanding.times.expressions import GAP, Expression, Expressions
from bot.understanding.times.language import Language, Moment, languages_hinted_at

MAX_READ_CHARS = 400
"""A longer question is a pasted text: no words in it are about time."""
_ENDS = re.compile(r"\s*(?:[,;:.?!…)。？！，、]|$)")
_POSSESSIVE = re.compile(r"['’]?s?\s+")
_WORD = re.compile(r"[\w'’-]+")
_VERB_DISTANCE = 3
"""Most words from the person to the verb, as in "did I ever read"."""
_MAX_AGO = timedelta(days=9 * 366)
"""Expressions that count back further are seldom about reading."""
_WEAK = ("today", "yesterday", "before_yesterday", "past")
"""Kinds that usually mean the present or the past in general, unless the question speaks of reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question says about time."""

    text: str
    """The question with blanks in place of the words about time. Every other word keeps its position."""
    after: date | None = None
    """The first day that counts."""
    before: date | None = None
    """The day after the last one that counts."""
    newest: bool = False
    """Whether the latest highlights are asked for."""
    sure: bool = True
    """Whether the words can hardly mean anything else. Otherwise the library decides."""
    favourites: bool = False
    """Whether favourites are asked for."""
    words: str = ""
    """The expression of time, as typed."""
    fixed: bool = True
    """Whether the days are calendar days ("since May") and not counted from today ("last month")."""

    @property
    def says(self) -> bool:
        """Whether the question says anything about time, order or favourites."""
        return self.newest or self.favourites or self.after is not None or self.before is not None


def read(question: str, today: date) -> Reading:
    """Reads what a question, or the text of a command, says about time, counted from `today`. Never raises."""
    nothing = Reading(question)
    if len(question) > MAX_READ_CHARS:
        return nothing
    readings = [_Question(language, question, today).reading() for language in languages_hinted_at(question)]
    understood = [reading for reading in readings if reading.says]
    return max(
        understood,
        key=lambda reading: (reading.sure, reading.text.count(" "), bool(reading.words)),
        default=nothing,
    )


class _Question:
    """One question in one language."""

    def __init__(self, language: Language, text: str, today: date) -> None:
        self._language = language
        self._text = text
        self._today = today
        self._expressions = Expressions(language, text, today)
        self._reads = self._speaks_of_reading()

    def reading(self) -> Reading:
        found = next(filter(self._counts, self._expressions.all()), None)
        spans = [(found.start, found.end)] if found else []
        newest = self._newest(self._without(spans))
        favourites = self._favourites(self._without(spans))
        if found is None and newest is None and favourites is None:
            return Reading(self._text)
        spans += [span for span in (newest, favourites) if span is not None]
        text = self._without_requests(self._without([*spans, *self._highlight_words()]))
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

    # Which expressions count

    def _counts(self, found: Expression) -> bool:
        """Whether an expression says when something was highlighted."""
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

    def _is_sure(self, found: Expression) -> bool:
        """Whether an expression can hardly mean anything else, in a question that does not speak of reading."""
        moment = found.moment
        if self._is_general(moment) or (moment.kind == "ago" and moment.unit == "year"):
            return False
        bare_month = moment.kind == "month" and not moment.has_year
        return not moment.absolute or (bare_month and found.preposition in ("since", "between"))

    def _is_general(self, moment: Moment) -> bool:
        """Whether a moment may mean the present or the past in general: "today", "in the last hundred years"."""
        long_ago = self._today - moment.span[0] > _MAX_AGO
        return moment.kind in _WEAK or (moment.kind in ("ago", "last_n") and long_ago)

    def _speaks_of_reading(self) -> bool:
        if self._language.nouns.search(self._text):
            return True
        return next(self._verbs(), None) is not None

    def _verbs(self) -> Iterator[tuple[int, int]]:
        """Yields the positions of verbs that say that a person read or marked something."""
        persons = self._language.any_of("persons")
        for verb in self._language.verbs.finditer(self._text):
            if not self._language.spaced:
                yield verb.span()
                continue
            near = [word.group() for word in _WORD.finditer(self._text, 0, verb.start())]
            near = near if self._language.verb_far else near[-_VERB_DISTANCE:]
            has_person = any(
                char in ("é", "í") for char in verb.group()[-1:]
            )  # "leí": the ending shows the person
            if has_person or any(persons.fullmatch(word) for word in near):
                yield verb.span()

    def _newest(self, text: str) -> tuple[int, int] | None:
        """Returns the position of words that ask for the latest highlights, or None."""
        language = self._language
        nouns, newest = language.nouns, language.any_of("newest")
        gap = r"\s+(?:\d{1,3}\s+)?" if language.spaced else r"\s*"
        for match in newest.finditer(text):
            behind = re.compile(gap).match(text, match.end())
            noun = nouns.match(text, behind.end()) if behind else None
            if noun is not None and not self._is_refused(text[noun.end() :]):
                return match.span()
            if (
                language.spaced
                and self._noun_ends(text[: match.start()].rstrip())
                and _ENDS.match(text, match.end())
            ):
                return match.span()
        if self._reads and (found := language.any_of("lately").search(text)):
            return found.span()
        begin = _skip(text, language.any_of("requests"))
        if found := language.any_of("alone").match(text, begin):
            behind_it = text[found.end() :].lstrip()
            if _ENDS.match(behind_it) or language.any_of("about").match(behind_it):
                return found.span()
        return None

    def _favourites(self, text: str) -> tuple[int, int] | None:
        """Returns the position of words that ask for favourites ("my favourite quotes", not "my favourite colour"), or None."""
        language = self._language
        for match in language.any_of("favourites").finditer(text):
            before, behind = text[: match.start()].rstrip(), text[match.end() :]
            if self._noun_begins(behind) if language.spaced else language.nouns.match(behind):
                return match.span()
            begins = _skip(text, language.any_of("requests")) in (
                match.start(),
                len(before),
            ) or self._noun_ends(before)
            if (
                begins
                and not self._is_refused(behind)
                and (_ENDS.match(behind) or language.any_of("about").match(behind.lstrip()))
            ):
                return match.span()
        return None

    def _is_refused(self, behind: str) -> bool:
        """Whether the words after a noun make it somebody else's: "the last passage of the book"."""
        return (
            self._language.spaced and self._language.any_of("refuse_next").match(behind.lstrip()) is not None
        )

    # The rest of the question

    def _highlight_words(self) -> list[tuple[int, int]]:
        """Returns the positions of words that only say that highlights are meant."""
        return [*(noun.span() for noun in self._language.nouns.finditer(self._text)), *self._verbs()]

    def _without(self, spans: Iterable[tuple[int, int]]) -> str:
        text = self._text
        for start, end in spans:
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    def _without_requests(self, text: str) -> str:
        """Returns the text, or only blanks if nothing but words such as "show me all of my" is left."""
        rest = self._language.any_of("requests", "persons", "particles").sub(" ", text)
        if not self._language.spaced:
            rest = re.sub(f"[{self._language.particles}]", " ", rest)
            rest = rest if rest.strip(" ?？!！.。") else ""
        return (
            text
            if _WORD.search(re.sub(r"\b(?:of|did|do|have|from|the|in|for)\b", " ", rest))
            else " " * len(text)
        )


def _last_word(text: str) -> str:
    found = re.search(r"[\w'’-]+$", text)
    return found.group() if found else ""


def _skip(text: str, words: re.Pattern[str]) -> int:
    """Returns the position after these words at the beginning of the text."""
    place = len(text) - len(text.lstrip())
    while found := words.match(text, place):
        if found.end() == place:
            break
        gap = GAP.match(text, found.end())
        place = gap.end() if gap else found.end()
    return place
