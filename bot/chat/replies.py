"""What a reply can be, before a platform renders it."""

from dataclasses import dataclass, field

from bot.answering import listing
from bot.chat import wording
from bot.chat.requests import Command
from bot.model import Answer, Quote
from bot.state.chosen import ServerChoices


@dataclass(frozen=True, slots=True)
class Picks:
    """Highlights picked at random."""

    quotes: tuple[Quote, ...]
    command: Command
    alike: bool = False
    """Whether "More like this" may be offered below each quote."""
    drawable: bool = False
    """Whether "As a picture" may be offered."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """A page of highlights by an author, from a title, with a tag, or like another highlight."""

    command: Command
    page: listing.Page
    alike: bool = False
    drawable: bool = False

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
    """A few sentences: why there is nothing to show, or what was done."""

    text: str
    moment: tuple[str, int] | None = field(default=None, kw_only=True)
    """A moment as `text` names it, and in seconds since 1970: platforms can show it by the reader's own clock."""


@dataclass(frozen=True, slots=True)
class Picture(Notice):
    """A quote as a picture. `text` says the same in words, for those who cannot see it."""

    png: bytes = field(repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Saved(Notice):
    """Tells that a message is saved, now or before."""


@dataclass(frozen=True, slots=True)
class Numbers(Notice):
    """Statistics. `text` says them; a platform may set the headings of `parts` apart."""

    parts: tuple[tuple[str, str], ...] = ()
    """Headings, and the lines below each."""


@dataclass(frozen=True, slots=True)
class Hidden(Notice):
    """Lists highlights that the digests of a channel no longer show. Each can be shown again (`DigestPress` "undo")."""

    highlights: tuple[tuple[str, str], ...] = ()
    """Id and beginning of each."""


@dataclass(frozen=True, slots=True)
class ServerSettings(Notice):
    """The settings of a server, for whoever manages it. `text` says them; a platform may make a form of them."""

    choices: ServerChoices = field(default_factory=ServerChoices)
    overruled: frozenset[str] = frozenset()
    """Environment settings that overrule these: "ALLOWED_CHANNELS"."""


@dataclass(frozen=True, slots=True)
class Help(Notice):
    """How to ask, and the commands. What it says is `about` and `sections`; `text` has both, for platforms without a layout
    of their own."""

    text: str = field(default_factory=wording.help_text)
    about: str = field(default_factory=lambda: wording.ABOUT)
    sections: tuple[wording.HelpSection, ...] = field(default_factory=wording.help_sections)


def digest_help() -> Help:
    """How to set a digest."""
    about, sections = wording.DIGEST_ABOUT, wording.digest_help_sections()
    return Help(wording.help_text(about, sections), about=about, sections=sections)


@dataclass(frozen=True, slots=True)
class Welcome(Notice):
    """Posted once when the bot is invited. A platform may make buttons of the questions."""

    text: str = field(default_factory=lambda: wording.WELCOME)
    questions: tuple[str, ...] = ()
    """Questions that this library answers."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The highlights of a channel's digest, with the buttons Another, Keep and Not this one (`DigestPress`) below."""

    quotes: tuple[Quote, ...]
    about: str = ""
    """What it is restricted to, in words: "by Ann Author"; "" if to nothing."""
    above: tuple[tuple[str, str], ...] = ()
    """What stands above the highlights, as `Numbers.parts`: the year in numbers."""


Reply = Answer | Picks | Quotes | Sources | Digest | Notice
