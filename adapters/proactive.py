"""What the targets for digests on Slack and on Discord have in common."""

from dataclasses import dataclass
from typing import ClassVar

from bot.chat.replies import Notice

CLOCK_SKEW_S = 300.0
"""Seconds by which the clocks of a platform and of the bot may differ."""


@dataclass(frozen=True, slots=True)
class ProactiveBase:
    """The place of a digest: a channel, or the direct messages of `person`."""

    platform: ClassVar[str]

    channel: str
    key: str
    """Identifies the post. It is attached to the message, so that the message can be found again."""
    since: float
    """When the post became due, in seconds since 1970."""
    person: str = ""

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.channel}"

    @property
    def oldest(self) -> float:
        """The earliest time at which the post may have been made, in seconds since 1970."""
        return max(0.0, self.since - CLOCK_SKEW_S)

    async def tell(self, notice: Notice) -> None:
        """Does nothing, because nobody asked for the digest."""
        del notice
