"""Where replies go on a platform, and how posting fails (`PostError`; the tree of all errors stands in `corpus/errors.py`).

An adapter implements `Target`, and translates its library's exceptions into these, in one place.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.chat.replies import Notice, Reply
from corpus.errors import AnalectsError


class PostError(AnalectsError):
    """Posting failed. The message is the platform's own error code or a word: never a text, a token or a URL."""


class LimitedError(PostError):
    """The platform asks to wait `wait` seconds (None if it did not say). Nothing was posted."""

    def __init__(self, reason: str, wait: float | None) -> None:
        super().__init__(reason)
        self.wait = wait


class UnsentError(PostError):
    """Certainly nothing was posted. Trying again may help."""


class UncertainError(PostError):
    """A time limit, a lost connection, a server error: it may have been posted, or not."""


class RefusedError(PostError):
    """The channel does not accept it, and trying again will not help. `fix` says what to grant or do."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.fix = fix


class UndeliverableError(PostError):
    """Only this message cannot be delivered: its interaction expired, or the message it belongs to was deleted."""


class LookupFailedError(AnalectsError):
    """Cannot find out whether a message was posted: no permission to read, or no response. `may_retry`: whether looking again
    later may help."""

    def __init__(self, reason: str, may_retry: bool = False) -> None:
        super().__init__(reason)
        self.may_retry = may_retry


class Target(Protocol):
    """Where the reply to one arrival goes."""

    @property
    def lane(self) -> str:
        """Replies with the same lane are posted one after the other: "slack:C012"."""

    async def post(self, reply: Reply) -> str:
        """Posts once, without retrying. Returns the id of the message, "" if it has none. Raises PostError.

        It may be called again with the same reply after LimitedError, UnsentError, or UncertainError and a `find` that found
        nothing. A reply of several messages is then posted from where it stopped.
        """

    async def find(self) -> str | None:
        """The id of the reply if it was posted whole, None if it, or a part of it, certainly was not. Raises LookupFailedError."""

    async def tell(self, notice: Notice) -> None:
        """Shows a notice to the asker alone if the platform can, else to nobody. Raises PostError."""


@dataclass(frozen=True, slots=True)
class UnreachedTarget:
    """A `Target` on a platform that has not been reached yet."""

    lane: str

    async def post(self, reply: Reply) -> str:
        del reply
        raise UnsentError("not connected yet")

    async def find(self) -> str | None:
        raise LookupFailedError("not connected yet", may_retry=True)

    async def tell(self, notice: Notice) -> None:
        del notice
