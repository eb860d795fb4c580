"""Runs the `/highlight` commands that the notes alone answer. They work the same way on every platform.

A list is shown page by page: highlights newest first, sources with the most highlights first.
"""

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from bot.answering import listing, themes
from bot.answering.answer import answer
from bot.answering.similar import similar_highlights
from bot.answering.statistics import statistics
from bot.answering.word_filters import local_today
from bot.chat import wording
from bot.chat.replies import Help, Notice, Numbers, Picks, Quotes, Reply, Sources
from bot.chat.requests import LIST_FACETS, Command, Request
from bot.chat.welcome import welcome
from bot.chat.wording import numbers
from bot.model import Answer, Question, WordFilter
from bot.schedule.plan import EVERYTHING, Theme
from bot.search.index import Index

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

QUOTES_PER_PAGE = 3
SOURCES_PER_PAGE = 10
SIMILAR_PER_PAGE = 3
MAX_SUGGESTIONS = 3


def run(
    command: Command,
    index: Index,
    quotes: int,
    random: Random | None = None,
    embedding: "Embedding | None" = None,
) -> Reply:
    """Runs a command. `quotes` is the number of quotes in an answer."""
    if command.name == "welcome":
        return welcome(index)
    if command.name in ("help", "sources") and command.argument:
        return left_over(command.name, command.argument)
    if command.name == "help":
        return Help()
    if command.name == "gaps":
        return Notice(wording.GAPS_ELSEWHERE)
    if command.name == "sources":
        return _sources(command, index)
    if command.name == "stats":
        return _statistics(command, index)
    if command.name == "random":
        return _random(command, index, random)
    if command.name == "recent":
        return _recent(command, index)
    if command.name == "like":
        similar = similar_highlights(
            command.argument, index, embedding, command.limit or SIMILAR_PER_PAGE, command.offset
        )
        return Quotes(command, similar) if similar.quotes else Notice(wording.NONE_SIMILAR)
    if not command.argument:
        return Notice(wording.MISSING_ARGUMENT[command.name])
    if command.name == "search":
        question = Question(command.argument, command.limit or quotes, command.offset)
        return answer(question, index, embedding)
    return _list(command, index)


def _sources(command: Command, index: Index) -> Reply:
    page = listing.sources(index, command.limit or SOURCES_PER_PAGE, command.offset)
    if page.sources:
        return Sources(command, page)
    return Notice(wording.NO_MORE if page.total else wording.NO_HIGHLIGHTS_YET)


def _random(command: Command, index: Index, random: Random | None) -> Reply:
    theme = theme_of(command, index)
    if isinstance(theme, Notice):
        return theme
    within = themes.fitting(theme, index, local_today())
    picks = listing.at_random(index, max(1, command.limit or 1), random, within)
    return Picks(picks, command) if picks else nothing_in(theme)


def _statistics(command: Command, index: Index) -> Notice:
    year = int(command.argument) if command.argument.isdecimal() else None
    found = statistics(index, year)
    if found.highlights:
        parts = numbers.statistics(found, year)
        return Numbers(numbers.as_text(parts), parts=parts)
    return Notice(wording.STATS_NONE_IN_YEAR.format(year=year) if year else wording.NO_HIGHLIGHTS_YET)


def _list(command: Command, index: Index) -> Reply:
    """Highlights by an author, from a title or source, or with a tag."""
    if command.name == "source":
        found = listing.of_source(command.argument, index, command.limit or QUOTES_PER_PAGE, command.offset)
        return (
            Quotes(command, found)
            if found.quotes
            else Notice(wording.NO_MORE if found.total else wording.OLD_BUTTON)
        )
    kind = LIST_FACETS[command.name]
    name, word_filter = themes.without_time(kind, command.argument, index, local_today())
    within = themes.added(index, word_filter.after, word_filter.before)
    found = listing.list_by(kind, name, index, command.limit or QUOTES_PER_PAGE, command.offset, within)
    if found.quotes:
        return Quotes(command, replace(found, word_filter=word_filter))
    if found.meant and not found.total:
        return Notice(wording.none_in_period(wording.listed(kind, found.meant), word_filter))
    if found.total:
        return Notice(wording.NO_MORE)
    suggestions = listing.complete(kind, name, index, MAX_SUGGESTIONS)
    return Notice(wording.none_listed(kind, name, suggestions))


def _recent(command: Command, index: Index) -> Reply:
    """All highlights, or those of a theme, newest first."""
    theme = theme_of(command, index)
    if isinstance(theme, Notice):
        return theme
    today = local_today()
    names = tuple(filter_.value for filter_ in theme.filters)
    found = listing.page_of(
        themes.fitting(theme, index, today), names, index, command.limit or QUOTES_PER_PAGE, command.offset
    )
    if found.quotes:
        word_filter = WordFilter(theme.after, theme.before, newest=True)
        return Quotes(command, replace(found, word_filter=word_filter))
    return Notice(wording.NO_MORE) if found.total else nothing_in(theme)


def theme_of(command: Command, index: Index) -> Theme | Notice:
    """What a command is restricted to, or what is wrong with it: it is not understood, or fits nothing."""
    theme = themes.read(command.argument, index, local_today())
    if isinstance(theme, themes.LeftOver):
        return left_over(command.name, theme.words)
    if (wrong := themes.unmatched(theme, index)) is not None:
        return Notice(wording.none_listed(wrong.facet, wrong.name, wrong.suggestions))
    return theme


def nothing_in(theme: Theme) -> Notice:
    """Says that a theme has no highlight."""
    if theme == EVERYTHING:
        return Notice(wording.NO_HIGHLIGHTS_YET)
    return Notice(wording.none_in_period(wording.themed(theme), WordFilter(theme.after, theme.before)))


def left_over(name: str, words: str) -> Notice:
    """Says which words of a command were not understood."""
    return Notice(wording.left_over(name, words))


def next_page(reply: Reply) -> Request | None:
    """The request for the next page of a reply; None if there is none."""
    if isinstance(reply, Answer):
        shown = reply.offset + len(reply.quotes)
        has_more = reply.quotes and shown < reply.total
        return Question(reply.question, reply.limit or len(reply.quotes), shown) if has_more else None
    if isinstance(reply, Picks):
        return reply.command
    if isinstance(reply, Quotes) and reply.page.more:
        return replace(reply.command, offset=reply.page.offset + len(reply.page.quotes))
    if isinstance(reply, Sources) and reply.page.more:
        return replace(reply.command, offset=reply.page.offset + len(reply.page.sources))
    return None
