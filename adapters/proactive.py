"""What the targets of Slack and Discord share that post to a channel where nobody asked: digests."""

from dataclasses import dataclass
from typing import ClassVar

from bot.chat.replies import Notice

CLOCK_SKEW_S = 300.0
"""How far the clocks of a platform and of the bot may differ."""


@dataclass(frozen=True, slots=True)
class ProactiveBase:
    """Where a digest goes: to everyone in a channel, or to the one `person` whose direct messages `channel` is."""

    platform: ClassVar[str]

    channel: str
    key: str
    """Names the post. It marks the message on the platform, so that it is found again."""
    since: float
    """When the post became due, in seconds since 1970."""
    person: str = ""

    @property
    def lane(self) -> str:
        return f"{self.platform}:{self.channel}"

    @property
    def oldest(self) -> float:
        """The time from which on the post may stand in the channel, in seconds since 1970."""
        return max(0.0, self.since - CLOCK_SKEW_S)

    async def tell(self, notice: Notice) -> None:
        """Does nothing: nobody asked."""
        del notice
