"""What a reply can be, before a platform renders it."""

from dataclasses import dataclass

from bot.answering import listing
from bot.chat.requests import Command
from bot.model import Answer, Quote


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
    freshness: str = ""
    """How fresh the highlights are, a sentence or two."""


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


Reply = Answer | Picks | Quotes | Sources | Digest | Notice
