"""The feedback store of a database that may be unavailable: each call raises StateError while it is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from bot.state.feedback_store import FeedbackStore, Gap, GapReason

T = TypeVar("T")


class WithFeedback(Protocol):
    """Runs `work` on the store of the open database. Raises StateError if none is open."""

    async def __call__(self, work: Callable[[FeedbackStore], Awaitable[T]], /) -> T: ...


class AvailableFeedback:
    """Implements `FeedbackStore`."""

    def __init__(self, with_feedback: WithFeedback) -> None:
        self._run = with_feedback

    async def vote(self, answer: str, person: str, verdict: str) -> None:
        await self._run(lambda store: store.vote(answer, person, verdict))

    async def votes(self) -> Mapping[tuple[str, str], int]:
        return await self._run(lambda store: store.votes())

    async def keep(self, answer: str, question: str, reason: GapReason) -> None:
        await self._run(lambda store: store.keep(answer, question, reason))

    async def gaps(self) -> list[Gap]:
        return await self._run(lambda store: store.gaps())
