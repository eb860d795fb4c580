"""The `/highlight` commands, said the same way on every platform, and what they answer.

A list is a page of highlights (newest first) or of sources (those with the most highlights first).
"""

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from bot.answering import listing
from bot.answering.answer import answer
from bot.answering.similar import alike
from bot.chat import wording
from bot.chat.replies import Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import KINDS, Command, Request
from bot.model import Answer, Question
from bot.search.index import Index

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

QUOTES_A_PAGE = 5
SOURCES_A_PAGE = 10
ALIKE_A_PAGE = 3


def run(
    command: Command,
    index: Index,
    quotes: int,
    random: Random | None = None,
    meaning: "Embedding | None" = None,
) -> Reply:
    """Carries a command out. `quotes` is how many an answer shows."""
    if command.name == "help":
        return Notice(wording.HELP)
    if command.name == "sources":
        page = listing.sources(index, command.limit or SOURCES_A_PAGE, command.offset)
        return (
            Sources(command, page)
            if page.sources
            else Notice(wording.EMPTY if not page.total else wording.NO_MORE)
        )
    if command.name == "random":
        picks = listing.at_random(index, max(1, command.limit or 1), random)
        return Picks(picks, command) if picks else Notice(wording.EMPTY)
    if command.name == "like":
        similar = alike(command.argument, index, meaning, command.limit or ALIKE_A_PAGE, command.offset)
        return Quotes(command, similar) if similar.quotes else Notice(wording.NONE_ALIKE)
    if not command.argument:
        return Notice(wording.WANTING[command.name])
    if command.name == "search":
        return answer(Question(command.argument, command.limit or quotes, command.offset), index, meaning)
    kind = KINDS[command.name]
    found = listing.by(kind, command.argument, index, command.limit or QUOTES_A_PAGE, command.offset)
    if found.quotes:
        return Quotes(command, found)
    if found.total:
        return Notice(wording.NO_MORE)
    near = listing.complete(kind, command.argument, index, 3)
    return Notice(wording.none_listed(kind, command.argument, near))


def more(reply: Reply) -> Request | None:
    """What shows the next part of a reply; None where there is no more."""
    if isinstance(reply, Answer):
        shown = reply.offset + len(reply.quotes)
        return (
            Question(reply.question, max(1, len(reply.quotes)), shown)
            if reply.quotes and shown < reply.total
            else None
        )
    if isinstance(reply, Picks):
        return reply.command
    if isinstance(reply, Quotes):
        return (
            replace(reply.command, offset=reply.page.offset + len(reply.page.quotes))
            if reply.page.more
            else None
        )
    if isinstance(reply, Sources):
        return (
            replace(reply.command, offset=reply.page.offset + len(reply.page.sources))
            if reply.page.more
            else None
        )
    return None
