"""What a platform is to the program that starts it: Slack and Discord implement `Platform`.

    PlatformError
    ├── UnreachableError   the network or the platform is away: try again later
    └── ConnectionFailedError      it answers, and yet no connection holds

Refused tokens and missing grants are a SettingsError: they need the operator.
"""

from typing import Protocol

from bot.delivery.target import Target


class PlatformError(Exception):
    """What keeps a platform from working; a word or two, never a token or a text."""


class UnreachableError(PlatformError):
    """May work in a moment."""


class ConnectionFailedError(PlatformError):
    """Trying again here did not help for ten minutes."""


class Platform(Protocol):
    """Started once, stopped once."""

    @property
    def name(self) -> str:
        """ "slack", "discord": in keys, logs and health."""

    async def check(self) -> None:
        """One look at tokens and grants. Raises SettingsError or UnreachableError."""

    async def run(self) -> None:
        """Connects and stays connected, until cancelled. Raises SettingsError where tokens are refused before it ever was
        connected, ConnectionFailedError."""

    def place(self, channel: str, key: str, since: float, person: str = "") -> Target:
        """Where something is posted that nobody asked for: a channel, or the direct messages of `person`.

        `key` names the post for good; its `find` looks for the post of this key since `since` (seconds since 1970). Its `post`
        asks the rules whether the place is still allowed, and raises RefusedError where not.
        """

    async def stop_listening(self) -> None:
        """Takes no more work; what is under way can still be posted."""

    async def close(self) -> None:
        """Lets go of everything."""
