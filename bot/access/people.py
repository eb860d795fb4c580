"""What the rules ask the platforms about people."""

from typing import Protocol

from bot.delivery.platform import Membership


class People(Protocol):
    """What platforms say about people and channels, by their ids; `bot.delivery.platform.Platforms`."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        """Whether a person is a member of a channel."""

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        """Whether a person manages a channel."""

    async def is_operator(self, platform: str, person: str) -> bool:
        """Whether a person runs the bot."""

    async def administers(self, platform: str, person: str, server: str) -> bool:
        """Whether a person manages a whole server."""


class UnknownPeople:
    """Answers that nothing is known: for processes in which no platform can be asked."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        del platform, person, channel
        return Membership.UNKNOWN

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        del platform, person, channel
        return False

    async def is_operator(self, platform: str, person: str) -> bool:
        del platform, person
        return False

    async def administers(self, platform: str, person: str, server: str) -> bool:
        del platform, person, server
        return False
