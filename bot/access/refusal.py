"""Why an arrival is not answered, and the notice for its asker."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


def _nothing() -> None:
    """Does nothing."""


class Reason(Enum):
    """Why something is not answered. The value is the label of the metric `analects_unanswered_total`."""

    BOT = "bot"
    EDITED = "edited"
    BROADCAST = "broadcast"
    OLD = "old"
    ASIDE = "aside"
    """A message that is not for the bot."""
    PLACE = "place"
    RIGHT = "right"
    """A button that this person may not press."""
    LIMIT = "limit"
    NO_WORDS = "no_words"
    """There is nothing to search for. It is answered, with a short help."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not answered. `message` is shown to the asker alone; None means silence."""

    reason: Reason
    message: str | None = None
    on_undelivered: Callable[[], None] = _nothing
    """Called if the message could not be delivered, so that it may be sent next time."""
