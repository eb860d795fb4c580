"""What `/highlight digest …` and the buttons below a digest ask for. `bot.chat.digest_parser` reads it from text and forms."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

from bot.chat import wording
from bot.schedule.plan import MAX_HIGHLIGHTS, YEARLY_HIGHLIGHTS, Filter, Frequency

DigestAction = Literal["set", "off", "now", "status", "list", "hidden", "help"]
PressAction = Literal["another", "keep", "snooze", "never", "undo"]
Part = Literal["name", "every", "at", "zone", "count", "only", "less", "never"]
DEFAULT_TIME = time(9)


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
    """Categories and titles that do not come at all."""
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


def highlight_presses() -> tuple[tuple[str, PressAction], ...]:
    """The buttons for one highlight of a digest: labels and what each does, in the order of every platform."""
    return ((wording.KEEP, "keep"), (wording.SNOOZE, "snooze"), (wording.NOT_THIS_ONE, "never"))


def default_count(every: Frequency, only: Filter | None) -> int:
    """Highlights in a digest if no number was chosen; for a Daily Review, the highest possible number."""
    if only is not None and only.kind == "review":
        return MAX_HIGHLIGHTS
    return YEARLY_HIGHLIGHTS if every == "yearly" else 1
