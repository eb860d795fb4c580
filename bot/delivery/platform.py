"""What a platform is to the program that runs it. Slack and Discord implement `Platform`."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from bot.delivery.target import Target
from bot.runtime.health import Health
from corpus.errors import AnalectsError


class PlatformError(AnalectsError):
    """A platform cannot be used. The message is a short reason, never a token or a text."""


class UnreachableError(PlatformError):
    """The network or the platform does not respond. It may work again soon."""


class ConnectionFailedError(PlatformError):
    """The platform responds, but no connection has lasted for ten minutes."""


class Membership(Enum):
    """Whether a person is in a channel, if the platform says so."""

    MEMBER = "member"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Platform(Protocol):
    """Started once, stopped once."""

    @property
    def name(self) -> str:
        """ "slack", "discord": used in keys, logs and health."""

    async def check(self) -> None:
        """Checks tokens and grants once. Raises SettingsError (the operator has to act) or UnreachableError."""

    async def run(self) -> None:
        """Connects and stays connected until cancelled. Raises SettingsError if tokens are rejected before the first connection,
        and ConnectionFailedError."""

    def proactive_target(self, channel: str, key: str, since: float, person: str = "") -> Target:
        """The target of a post that nobody asked for, such as a digest: a channel, or the direct messages of `person`.

        `key` identifies the post for good. The target's `find` looks for the post with this key since `since` (seconds since
        1970). Its `post` first calls `Rules.check_place`, which raises RefusedError if the channel is not, or no longer, allowed.
        """

    async def membership(self, person: str, channel: str) -> Membership:
        """Whether a person (id) is a member of a channel (id)."""

    async def manages(self, person: str, channel: str) -> bool:
        """Whether a person (id) manages a channel (id); False if the platform does not say."""

    async def is_operator(self, person: str) -> bool:
        """Whether a person (id) is one of the bot's operators; False if the platform does not say."""

    async def administers(self, person: str, server: str) -> bool:
        """Whether a person (id) manages a whole server (id); False if the platform does not say."""

    async def hear_again(self, key: str) -> bool:
        """Reads the message with this key (`Arrival.key`) again and hands it to the service, as if it had just arrived.

        False if that is impossible: the key is not a message's, the message was deleted, or the bot may not read it.
        """

    async def is_public(self, channel: str) -> bool:
        """Whether everyone in the workspace or server can read a channel (id); False if the platform does not say."""

    async def stop_listening(self) -> None:
        """Accepts no more work. Replies in progress can still be posted."""

    async def close(self) -> None:
        """Closes every connection."""


@dataclass(frozen=True, slots=True)
class Platforms:
    """The running platforms, by name. They know where digests are posted, and who is in a channel.

    Platforms need the service and the service needs platforms, so each platform is added once it is made, before anything runs.
    """

    health: Health
    _by_name: dict[str, Platform] = field(default_factory=dict)

    def add(self, platform: Platform) -> None:
        self._by_name[platform.name] = platform

    def all(self) -> tuple[Platform, ...]:
        return tuple(self._by_name.values())

    def is_up(self, platform: str) -> bool:
        """Whether this platform runs and is connected."""
        return platform in self._by_name and self.health.platforms[platform].up

    def target(self, place: str, key: str, since: float, person: str) -> Target:
        """`Platform.proactive_target` of the platform that `place` names ("slack:C012")."""
        platform, _, channel = place.partition(":")
        return self._by_name[platform].proactive_target(channel, key, since, person)

    async def hear_again(self, key: str) -> bool:
        """`Platform.hear_again` of the platform that the key names; False if it is not connected."""
        platform = key.partition(":")[0]
        return self.is_up(platform) and await self._by_name[platform].hear_again(key)

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        """`Platform.membership` of this platform; UNKNOWN if it does not run."""
        found = self._by_name.get(platform)
        return Membership.UNKNOWN if found is None else await found.membership(person, channel)

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        """`Platform.manages` of this platform; False if it does not run."""
        found = self._by_name.get(platform)
        return found is not None and await found.manages(person, channel)

    async def is_operator(self, platform: str, person: str) -> bool:
        """`Platform.is_operator` of this platform; False if it does not run."""
        found = self._by_name.get(platform)
        return found is not None and await found.is_operator(person)

    async def administers(self, platform: str, person: str, server: str) -> bool:
        """`Platform.administers` of this platform; False if it does not run."""
        found = self._by_name.get(platform)
        return found is not None and await found.administers(person, server)

    async def is_public(self, place: str) -> bool:
        """`Platform.is_public` of the channel that `place` names ("slack:C012"); False if its platform does not run."""
        platform, _, channel = place.partition(":")
        found = self._by_name.get(platform)
        return found is not None and await found.is_public(channel)
