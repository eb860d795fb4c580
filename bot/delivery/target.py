"""Where replies go on a platform, and how posting fails.

    PostError              (never raised itself)
    ├── LimitedError       the platform asks to wait; nothing was posted
    ├── UnsentError        certain that nothing was posted; may work in a moment
    ├── UncertainError     a time limit, a lost connection, a server error: it may have been posted
    ├── RefusedError       not in this place, and not by trying again: no grant, archived, unknown
    └── UndeliverableError only this one can't be delivered: an answer that expired, a message that is gone

An adapter translates its library's exceptions into these, once, and implements `Target`.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.chat.replies import Notice, Reply


class PostError(Exception):
    """What went wrong, as a word of the platform: never a text, a token or a URL."""


class LimitedError(PostError):
    """Wait so many seconds; None where the platform did not say."""

    def __init__(self, reason: str, wait: float | None) -> None:
        super().__init__(reason)
        self.wait = wait


class UnsentError(PostError):
    """Nothing was posted."""


class UncertainError(PostError):
    """It may have been posted, or not."""


class RefusedError(PostError):
    """The place does not take it; `mend` says what to grant or do."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.mend = mend


class UndeliverableError(PostError):
    """One that can't be delivered; others can."""


class LookupFailedError(Exception):
    """Whether a reply stands there can't be told: no grant to read, or no answer (`again`: may be told in a moment)."""

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


class Target(Protocol):
    """Where the reply to one arrival goes."""

    @property
    def lane(self) -> str:
        """Replies with the same lane are posted one after the other: "slack:C012"."""

    async def post(self, reply: Reply) -> str:
        """Posts it once, without trying again; the id of the message, "" where it has none. Raises PostError."""

    async def find(self) -> str | None:
        """The id of the reply if one stands there, None if certainly none does. Raises LookupFailedError."""

    async def tell(self, notice: Notice) -> None:
        """Tells the asker alone, where that is possible; else nobody. Raises PostError."""


@dataclass(frozen=True, slots=True)
class Later:
    """A `Target` on a platform that was not reached yet."""

    lane: str

    async def post(self, reply: Reply) -> str:
        del reply
        raise UnsentError("not connected yet")

    async def find(self) -> str | None:
        raise LookupFailedError("not connected yet", again=True)

    async def tell(self, notice: Notice) -> None:
        del notice
