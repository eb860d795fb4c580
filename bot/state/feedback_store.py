"""Types for votes on answers, and for questions that found nothing or the wrong thing, independent of any database.

A vote is stored without text: the key of the answer, a hash of the person. The text of a question is stored only if
`KEEP_UNANSWERED` is set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, Protocol

VOTE_RETENTION_S = 90 * 86400.0
"""How long a vote is stored, and can be changed, in seconds."""
MAX_QUESTION_CHARS = 500

GapReason = Literal["nothing", "wrong"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that found nothing, or whose answer somebody marked as wrong."""

    question: str
    reason: GapReason
    at: float
    """When it was asked or marked, in seconds since 1970."""
    times: int = 1
    """How often it was asked in these words."""


def voter(answer: str, person: str) -> str:
    """A person's id in the table of votes: a different one for each answer, so that votes reveal nothing about a person."""
    return blake2b(f"{answer}\x1f{person}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


class FeedbackStore(Protocol):
    """Everything stored about answers. Methods raise StateError."""

    async def vote(self, answer: str, person: str, verdict: str) -> None:
        """Records someone's vote on an answer (`Answer.key`) in place of their earlier one."""

    async def votes(self) -> Mapping[tuple[str, str], int]:
        """The current votes by platform and verdict."""

    async def keep(self, answer: str, question: str, reason: GapReason) -> None:
        """Stores a question, once for each answer; does nothing if `KEEP_UNANSWERED` is off."""

    async def gaps(self) -> list[Gap]:
        """The stored questions, each once, the latest first. One with the reason "wrong" counts only while somebody's vote
        says so."""
