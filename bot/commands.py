"""The `/highlight` commands, said the same way on every platform, and what they answer.

A list is a page of highlights (newest first) or of sources (those with the most highlights first).
"""

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from bot import listing, wording
from bot.alike import alike
from bot.answering import answer
from bot.digest import command as digest
from bot.digest.command import DigestCommand, Wrong
from bot.index import Index
from bot.model import Answer, Question, Quote

if TYPE_CHECKING:
    from bot.meaning.embedding import Embedding

QUOTES_A_PAGE = 5
SOURCES_A_PAGE = 10
MOST_AT_RANDOM = 10
KINDS = {"by": "author", "from": "title", "tag": "tag", "like": "like"}
"""What each listing command lists by; "like", which takes the id of a highlight, stands behind buttons only."""
ALIKE_A_PAGE = 3


@dataclass(frozen=True, slots=True)
class Command:
    """A `/highlight` command as meant."""

    name: str
    """"random", "search", "by", "from", "tag", "like", "sources" or "help"."""
    argument: str = ""
    offset: int = 0
    """Items of a list to leave out, as already shown."""
    limit: int | None = None
    """Items of a list; None for what is usual."""


@dataclass(frozen=True, slots=True)
class Picks:
    """Highlights brought up at random."""

    quotes: tuple[Quote, ...]
    command: Command
    alike: bool = False
    """Whether "More like this" may stand below each quote."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """A page of highlights by an author, from a title or with a tag."""

    command: Command
    page: listing.Page
    alike: bool = False

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return self.page.quotes


@dataclass(frozen=True, slots=True)
class Sources:
    """A page of sources."""

    command: Command
    page: listing.SourcePage


@dataclass(frozen=True, slots=True)
class Notice:
    """A few sentences: help, or why there is nothing to show."""

    text: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The highlights that a channel's digest brings. Below it stand Another, Keep and Not this one (`DigestPress`)."""

    quotes: tuple[Quote, ...]
    about: str = ""
    """What it is restricted to, in words: "by Ann Author"; "" where to nothing."""


Request = Question | Command
"""What the notes alone answer."""
Reply = Answer | Picks | Quotes | Sources | Digest | Notice


def parse(said: str) -> Command | DigestCommand | Wrong:
    """What follows `/highlight`. What is no command is looked for, as if "search" stood before it."""
    words = said.strip().split(maxsplit=1)
    if not words:
        return Command("help")
    name, rest = words[0].lower(), words[1].strip() if len(words) > 1 else ""
    if name in ("help", "sources") and not rest:
        return Command(name)
    if name == "random" and (not rest or rest.isdecimal()):
        return Command(name, limit=min(int(rest[:4]), MOST_AT_RANDOM) if rest else 1)
    if name == "digest":
        return digest.parse(rest)
    if name in (*KINDS, "search") and name != "like":
        return Command(name, _unquoted(rest) if name in KINDS else rest)
    return Command("search", said.strip())


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


def _unquoted(text: str) -> str:
    pairs = {'"': '"', "“": "”", "«": "»", "'": "'"}
    return text[1:-1].strip() if len(text) > 1 and pairs.get(text[0]) == text[-1] else text
