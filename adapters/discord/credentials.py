"""Discord's token from the settings."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token of the right form. Only Discord can say whether it is valid."""

    token: str = field(repr=False)
    api_url: str
    message_content: bool = False
    """Whether the bot requests the texts of all messages, for which Discord has the privileged message content intent."""


def ask_channel_ids(channels: Iterable[str]) -> frozenset[int]:
    """The Discord channels in `ASK_CHANNELS`, by their ids."""
    ids = (channel.partition(":")[2] for channel in channels if channel.startswith("discord:"))
    return frozenset(int(id_) for id_ in ids if id_.isdecimal())


def application_of(token: str) -> str | None:
    """The id of the application to which a token belongs: the first part of the token, in base64. None if it is not there."""
    first = token.partition(".")[0]
    try:
        decoded = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except ValueError:
        return None
    return decoded if decoded.isdecimal() else None


def credentials(settings: Settings) -> Credentials | None:
    """Discord's token; None if none is set. Raises SettingsError if the value is no token."""
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token is not None else ""
    if not token:
        return None
    if token.lower().startswith("bot "):
        raise SettingsError("DISCORD_TOKEN", "it begins with the word Bot", "leave that out")
    if token.startswith(("xoxb-", "xapp-")):
        raise SettingsError("DISCORD_TOKEN", "this is a Slack token", "give the one under Bot, Reset Token")
    if len(token) == 64 and all(character in "0123456789abcdef" for character in token):
        raise SettingsError(
            "DISCORD_TOKEN", "this is the public key", "give the token under Bot, Reset Token"
        )
    if not token.isascii() or any(character.isspace() for character in token):
        raise SettingsError("DISCORD_TOKEN", "it contains blanks or non-ASCII characters", "copy it again")
    content = settings.discord_message_content == "on" or bool(ask_channel_ids(settings.ask_channels))
    return Credentials(token, settings.discord_api_url, content)
