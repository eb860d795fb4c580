"""Connects one client to Discord, and waits until its connection ends.

discord.py resumes a session whose socket broke. It does not notice every dead connection, so a connection also ends here if no
frame arrives for two minutes, or if discord.py only logs that it failed.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.client import IDENTIFY_INTERVAL_S, Client
from adapters.discord.connection_errors import (
    AUTHENTICATION_FAILED,
    CLOSE_FIXES,
    DISALLOWED_INTENTS,
    INVALID_INTENTS,
    refused_intents,
    refused_token,
)
from adapters.discord.library_log import LogWatcher
from bot.delivery.platform import UnreachableError
from corpus.errors import AnalectsError

_CANCEL_INTERVAL_S = 1.0


@dataclass(frozen=True, slots=True)
class Times:
    """Times in seconds; tests use shorter ones."""

    max_silence: float = 120.0
    """A connection that has no frame, or no session, for this long counts as dead."""
    check_interval: float = 5.0
    """How often this is checked."""
    login_timeout: float = 60.0
    close_timeout: float = 3.0
    identify_interval: float = IDENTIFY_INTERVAL_S
    close_retired_after: float = 120.0
    """How long answers may still be posted through a client that was replaced."""
    first_pause: float = 1.0
    """The pause before the second try; it doubles with each further try."""
    max_pause: float = 60.0
    stable_after: float = 60.0
    """After a connection that lasted this long, the next pause is the first one again."""
    give_up_after: float = 600.0
    """If Discord answers but no connection opens for this long, the program gives up on Discord."""
    settings_pause: float = 5.0
    """How often the settings are read while Discord refuses the token or an intent. Other values in them are tried at once."""


class SocketClosedError(AnalectsError):
    """The connection can no longer be used. The message is the reason."""


class SessionLimitError(UnreachableError):
    """No more sessions are allowed for `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("the daily limit of new sessions is reached")
        self.wait = wait


async def stay_connected(client: Client, token: str, watcher: LogWatcher, times: Times) -> None:
    """Connects a client and waits until its connection ends.

    Raises SettingsError, UnreachableError, SocketClosedError.
    """
    try:
        async with asyncio.timeout(times.login_timeout):
            await client.login(token)
            shards, gateway, limit = await client.http.get_bot_gateway()
    except discord.LoginFailure:
        raise refused_token() from None
    except Exception as error:  # any error is possible, for example if a proxy answers with a page
        raise UnreachableError(describe_error(error)) from None
    if limit["remaining"] <= shards:  # if more sessions are started than allowed, Discord resets the token
        raise SessionLimitError(limit["reset_after"] / 1000)
    client.max_concurrency = max(1, limit["max_concurrency"])
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    # with the number of shards, discord.py does not ask for the gateway again and uses DEFAULT_GATEWAY
    client.shard_count = shards
    client.last_frame = client.down_since = monotonic()
    watcher.failed = asyncio.get_running_loop().create_future()
    connecting = asyncio.create_task(client.connect())
    watching = asyncio.create_task(_watch(client, times))
    tasks: list[asyncio.Future[Any]] = [connecting, watching, watcher.failed]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks[:2]:
            if task.done():
                task.result()
        if watcher.failed.done():
            raise SocketClosedError(f"no connection to the gateway: {watcher.failed.result()}")
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise refused_token() from None
        if error.code in (INVALID_INTENTS, DISALLOWED_INTENTS):
            raise refused_intents(error.code) from None
        fix = CLOSE_FIXES.get(error.code or 0)
        raise SocketClosedError(f"closed with {error.code}" + (f": {fix}" if fix else "")) from None
    except discord.PrivilegedIntentsRequired:
        raise refused_intents(DISALLOWED_INTENTS) from None
    finally:
        await _cancel(connecting, watching)
        watcher.failed.cancel()


async def _watch(client: Client, times: Times) -> None:
    """Raises SocketClosedError if the connection is dead, even if discord.py has not noticed."""
    while True:
        await asyncio.sleep(times.check_interval)
        now = monotonic()
        if now - client.last_frame > times.max_silence:
            raise SocketClosedError(f"no frame for {now - client.last_frame:.0f} s")
        if client.down_since is not None and now - client.down_since > times.max_silence:
            raise SocketClosedError(f"no session for {now - client.down_since:.0f} s")


async def _cancel(*tasks: "asyncio.Future[Any]") -> None:
    """Cancels the tasks until they have ended.

    One cancellation can be lost: `asyncio.wait_for`, which discord.py connects with, loses it in Python 3.11 if its awaitable
    ends at the same moment (python/cpython#86296).
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_CANCEL_INTERVAL_S)
    await asyncio.gather(*tasks, return_exceptions=True)


def describe_error(error: Exception) -> str:
    """The type of an error, or the HTTP status; never its text."""
    if isinstance(error, SocketClosedError):
        return str(error)
    cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
    if isinstance(cause, discord.HTTPException):
        return f"HTTP {cause.status}"
    return type(cause).__name__
