"""What discord.py and its HTTP client raise, translated once into how posting fails (`bot.delivery.target`).

Codes are those of Discord's "JSON error codes". The names of grants are those of Discord's settings.
"""

from collections.abc import Callable

import aiohttp
import discord

from adapters.discord.setup import PERMISSIONS
from bot.delivery.target import (
    LimitedError,
    PostError,
    RefusedError,
    UncertainError,
    UndeliverableError,
    UnsentError,
)

FAILURES = (
    discord.HTTPException,
    discord.RateLimited,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    KeyError,
    RuntimeError,
)
"""What a request raises: KeyError is discord.py's at a 429 whose body names no time, RuntimeError aiohttp's where the session was
closed meanwhile."""

MISSING_ACCESS, MISSING_PERMISSIONS, NO_HISTORY = 50001, 50013, 160002
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ALREADY_ACKNOWLEDGED, CLOSED_TO_DIRECT_MESSAGES, ARCHIVED, LOCKED = 40060, 50007, 50083, 160005
INVALID_TOKEN, INVALID_FORM, AUTO_MODERATION = 50027, 50035, 200000

_GONE = frozenset(
    {UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED, INVALID_TOKEN}
)
_MENDS = {
    UNKNOWN_CHANNEL: "The channel is gone",
    CLOSED_TO_DIRECT_MESSAGES: "The person takes no direct messages from it",
    ARCHIVED: "Unarchive the thread, or unlock it",
    LOCKED: "Unlock the thread",
    NO_HISTORY: "Grant Read Message History there",
    AUTO_MODERATION: "AutoMod blocked it: exempt the bot's role",
}


def translated(error: Exception, missing: Callable[[], str] = lambda: "") -> PostError:
    """The error in the words of the core; `missing` names the grants that are wanting in that place."""
    if isinstance(error, discord.RateLimited):
        return LimitedError("429", error.retry_after)
    if isinstance(error, KeyError):
        return LimitedError("429", None)
    if isinstance(error, discord.HTTPException):
        return _of_status(error, missing)
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError) or _is_closed(error):
        return UnsentError(type(error).__name__)
    return UncertainError(type(error).__name__)


def is_invalid_form(error: Exception) -> bool:
    """Whether Discord took exception at what was sent (an address, a text), so that something else may pass."""
    return (
        isinstance(error, discord.HTTPException) and error.code == INVALID_FORM and not _question_gone(error)
    )


def missing_grants(channel: object, guild: discord.Guild | None) -> str:
    """The permissions that the bot wants in a channel and does not have; those it needs at all where that is not known."""
    wanted = lacking(discord.Permissions.none(), channel)
    if guild is not None and isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        try:
            has = channel.permissions_for(guild.me)
        except (discord.ClientException, AttributeError):
            return ", ".join(wanted)
        return ", ".join(lacking(has, channel) or wanted)
    return ", ".join(wanted)


def lacking(has: discord.Permissions, channel: object) -> list[str]:
    """What the bot needs in a channel beyond what it `has`, by the names of Discord's settings."""
    other = "send_messages" if isinstance(channel, discord.Thread) else "send_messages_in_threads"
    return [shown for name, shown, _ in PERMISSIONS if name != other and not getattr(has, name)]


def _is_closed(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and str(error) == "Session is closed"


def _of_status(error: discord.HTTPException, missing: Callable[[], str]) -> PostError:
    reason = f"{error.status}/{error.code}" if error.code else str(error.status)
    if error.status == 429:
        return LimitedError(reason, _retry_after(error))
    if error.status >= 500:
        return UncertainError(reason)
    if error.code in _GONE or _question_gone(error):
        return UndeliverableError(f"{reason}, gone or too late")
    if error.code in _MENDS:
        return RefusedError(reason, _MENDS[error.code])
    if error.status == 403:
        return RefusedError(reason, f"Grant {missing() or 'what it needs'} there")
    if error.status == 404:
        return UndeliverableError(reason)
    if error.status == 401:
        return UnsentError(f"{reason}, the token is refused")
    return UndeliverableError(reason)


def _question_gone(error: discord.HTTPException) -> bool:
    """A reply to a message that was deleted is refused as an invalid form."""
    return error.code == INVALID_FORM and "message_reference" in error.text


def _retry_after(error: discord.HTTPException) -> float | None:
    """Seconds by the header; None where there is none that can be read."""
    told = error.response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(told))
    except ValueError:
        return None
