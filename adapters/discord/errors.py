"""Translates exceptions of discord.py and aiohttp into PostErrors (`bot.delivery.target`).

The codes are Discord's "JSON error codes". Permissions are named as in Discord's settings.
"""

from collections.abc import Callable
from logging import getLogger

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

log = getLogger("analects.discord")

REQUEST_ERRORS = (
    discord.HTTPException,
    discord.RateLimited,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
)
"""What a request may raise. discord.py raises KeyError after a 429 whose body does not say how long to wait, and other errors after
a 200 with a broken body; aiohttp raises RuntimeError if the session was closed meanwhile."""

NO_HISTORY, THREAD_EXISTS, ALREADY_PUBLISHED = 160002, 160004, 40033
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
ALREADY_ACKNOWLEDGED, CLOSED_TO_DIRECT_MESSAGES, ARCHIVED, LOCKED = 40060, 50007, 50083, 160005
INVALID_TOKEN, INVALID_FORM, AUTO_MODERATION = 50027, 50035, 200000

_TOO_LATE_CODES = frozenset(
    {UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED, INVALID_TOKEN}
)
_FIXES = {
    UNKNOWN_CHANNEL: "The channel is gone",
    CLOSED_TO_DIRECT_MESSAGES: "The person accepts no direct messages from the bot",
    ARCHIVED: "Unarchive the thread, or unlock it",
    LOCKED: "Unlock the thread",
    NO_HISTORY: "Grant Read Message History there",
}


def translate(error: Exception, missing: Callable[[], str] = lambda: "") -> PostError:
    """The PostError for an exception; `missing` names the permissions that the bot lacks in the channel."""
    if isinstance(error, discord.RateLimited):
        return LimitedError("429", error.retry_after)
    if isinstance(error, KeyError) and error.args == ("retry_after",):
        return LimitedError("429", None)
    if isinstance(error, discord.HTTPException):
        return _of_status(error, missing)
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError) or _is_closed(error):
        return UnsentError(type(error).__name__)
    return UncertainError(type(error).__name__)


def is_invalid_form(error: Exception) -> bool:
    """Whether Discord refused the content (an address, a text), so that other content may pass."""
    return (
        isinstance(error, discord.HTTPException) and error.code == INVALID_FORM and not _question_gone(error)
    )


def permissions_to_grant(channel: object, guild: discord.Guild | None) -> str:
    """The permissions that the bot needs in a channel and lacks; all that it needs if nobody knows which ones it lacks."""
    needed = missing_permissions(discord.Permissions.none(), channel)
    if guild is not None and isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        try:
            granted = channel.permissions_for(guild.me)
        except (discord.ClientException, AttributeError):
            return ", ".join(needed)
        return ", ".join(missing_permissions(granted, channel) or needed)
    return ", ".join(needed)


def missing_permissions(granted: discord.Permissions, channel: object) -> list[str]:
    """The permissions that the bot needs in a channel and does not have, by their names in Discord's settings."""
    unneeded = "send_messages" if isinstance(channel, discord.Thread) else "send_messages_in_threads"
    return [shown for name, shown, _ in PERMISSIONS if name != unneeded and not getattr(granted, name)]


def _is_closed(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and str(error) == "Session is closed"


def _of_status(error: discord.HTTPException, missing: Callable[[], str]) -> PostError:
    reason = f"{error.status}/{error.code}" if error.code else str(error.status)
    if error.status == 429:
        return LimitedError(reason, _retry_after(error))
    if error.status >= 500:
        return UncertainError(reason)
    if error.code == AUTO_MODERATION:  # refuses only this text: others can still be posted
        log.warning(
            "AutoMod of the server blocked an answer. To allow it, exempt the bot's role from AutoMod there"
        )
        return UndeliverableError(f"{reason}, blocked by AutoMod")
    if error.code in _TOO_LATE_CODES or _question_gone(error):
        return UndeliverableError(f"{reason}, gone or too late")
    if error.code in _FIXES:
        return RefusedError(reason, _FIXES[error.code])
    if error.status == 403:
        return RefusedError(reason, f"Grant {missing() or 'the missing permissions'} there")
    if error.status == 404:
        return UndeliverableError(reason)
    if error.status == 401:
        return UnsentError(f"{reason}, the token is refused")
    return UndeliverableError(reason)


def _question_gone(error: discord.HTTPException) -> bool:
    """Whether a reply failed because its question was deleted. Discord then calls the form invalid."""
    return error.code == INVALID_FORM and "message_reference" in error.text


def _retry_after(error: discord.HTTPException) -> float | None:
    """Seconds to wait, from the Retry-After header; None if it is missing or not a number."""
    header = error.response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(header))
    except ValueError:
        return None
