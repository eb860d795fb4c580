"""Discord as a platform: connected for as long as the process lives, by one client after the other.

discord.py resumes a session whose socket broke. It gives up where the first connection fails, and waits long after others: so each
client is thrown away when it ends, or is not connected for two minutes, and a fresh one is made. A token that Discord refuses is
not tried again.

REST and gateway are discord.py's two addresses. Both are set: the gateway always to what `/gateway/bot` answers, as discord.py
takes its own default for reconnects.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.client import Client
from bot.service import Service

log = logging.getLogger("analects.discord")

SILENT = 120.0
"""Seconds without a frame, or without a session, after which a connection is thrown away."""
LOGIN_WITHIN = 60.0
CLOSE_WITHIN = 3.0
LOOK_EVERY = 5.0
LONGEST_WAIT = 60.0
"""Seconds between two tries to connect, at most."""
STEADY = 60.0
"""Seconds of being connected after which the next wait is a short one again."""
AUTHENTICATION_FAILED = 4004

REFUSED = "DISCORD_TOKEN: Discord refuses it; take the one under Bot, Reset Token (not the client secret)"


class RefusedTokenError(Exception):
    """Discord does not know the token, or not any more. The message names the variable, never the value."""


class LostError(Exception):
    """A connection that is of no use any more; the message is the reason in a few words."""


def point_to(api_url: str) -> None:
    """Sets discord.py's address of REST; that of the gateway follows with each connection."""
    Route.BASE = api_url.rstrip("/")


class Discord:
    """Connects, and stays so."""

    name = "discord"

    def __init__(self, token: str, api_url: str, service: Service, folder: Path) -> None:
        self._token = token
        self._api_url = api_url
        self._service = service
        self._folder = folder
        self._client: Client | None = None
        self._closing = asyncio.Event()
        self.sleep: Callable[[float], Awaitable[None]] = self._sleep
        self.silent = SILENT
        self.look_every = LOOK_EVERY
        self.refused: str | None = None
        """Why it is down for good."""

    @property
    def ready(self) -> bool:
        """Whether each shard has a session."""
        return self._client is not None and self._client.connected

    @property
    def last_frame(self) -> float | None:
        """Seconds since something was heard; None before anything was."""
        return monotonic() - self._client.last_frame if self._client is not None else None

    async def check(self) -> None:
        """Asks Discord about the token, once. Raises RefusedTokenError; a network that is down is not its fault."""
        point_to(self._api_url)
        client = self._fresh()
        try:
            async with asyncio.timeout(LOGIN_WITHIN):
                await client.http.static_login(self._token)
        except discord.LoginFailure:
            raise RefusedTokenError(REFUSED) from None
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("discord not reached yet: %s", _named(error))
        finally:
            await client.http.close()

    async def run(self) -> None:
        """Until `close`, or until Discord refuses the token."""
        point_to(self._api_url)
        with _quiet_discord_py() as heard:
            tries = 0
            while not self._closing.is_set():
                client = self._client = self._fresh()
                began = monotonic()
                try:
                    await self._hold(client, heard)
                    reason = "closed"
                except RefusedTokenError as error:
                    self.refused = str(error)
                    log.error("discord is down until the next start: %s", error)
                    return
                except Exception as error:
                    reason = _named(error)
                finally:
                    await client.let_go(CLOSE_WITHIN)
                if self._closing.is_set():
                    return
                tries = 0 if client.served and monotonic() - began > STEADY else tries + 1
                wait = min(LONGEST_WAIT, 2.0 ** min(tries, 6)) * random.uniform(0.5, 1.0)  # noqa: S311
                log.warning("discord not connected: %s; next try in %.1f s", reason, wait)
                await self.sleep(wait)

    async def close(self) -> None:
        """Ends `run` and lets go of the connection."""
        self._closing.set()
        if self._client is not None:
            await self._client.let_go(CLOSE_WITHIN)

    def _fresh(self) -> Client:
        return Client(self._service, self._folder)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    async def _hold(self, client: Client, heard: "_Heard") -> None:
        """Connects a client and stays as long as it is of use."""
        try:
            async with asyncio.timeout(LOGIN_WITHIN):
                await client.login(self._token)
                shards, gateway, _ = await client.http.get_bot_gateway()
        except discord.LoginFailure:
            raise RefusedTokenError(REFUSED) from None
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        client.shard_count = shards  # so that the default, and not discord.py's own question, is followed
        client.last_frame = client.down_since = monotonic()
        heard.failed = asyncio.get_running_loop().create_future()
        connecting = asyncio.create_task(client.connect())
        watching = asyncio.create_task(self._watch(client))
        closing = asyncio.create_task(self._closing.wait())
        tasks: list[asyncio.Future[Any]] = [connecting, watching, closing, heard.failed]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks[:2]:
                if task.done():
                    task.result()
            if heard.failed.done():
                raise LostError(f"no connection, {heard.failed.result()}")
        except discord.ConnectionClosed as error:
            if error.code == AUTHENTICATION_FAILED:
                raise RefusedTokenError(REFUSED) from None
            raise LostError(f"closed with {error.code}") from None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(connecting, watching, closing, return_exceptions=True)

    async def _watch(self, client: Client) -> None:
        """Raises LostError when the connection is dead, whatever discord.py thinks of it."""
        while True:
            await asyncio.sleep(self.look_every)
            now = monotonic()
            if now - client.last_frame > self.silent:
                raise LostError(f"nothing heard for {now - client.last_frame:.0f} s")
            if client.down_since is not None and now - client.down_since > self.silent:
                raise LostError(f"no session for {now - client.down_since:.0f} s")


class _Heard(logging.Filter):
    """What discord.py only logs: that a first connection failed. Tracebacks are left out of its lines."""

    failed: "asyncio.Future[object] | None" = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = None
        if str(record.msg).startswith("Failed to connect for shard_id"):
            if self.failed is not None and not self.failed.done():
                self.failed.set_result(type(error).__name__)
            return False
        return True


@contextmanager
def _quiet_discord_py() -> Iterator[_Heard]:
    """discord.py logs whole messages at DEBUG and tracebacks for each try: neither is wanted."""
    heard = _Heard()
    library = logging.getLogger("discord")
    before = library.level
    library.setLevel(max(logging.INFO, library.getEffectiveLevel()))
    loggers = [
        logging.getLogger(f"discord.{name}") for name in ("client", "gateway", "http", "shard", "state")
    ]
    for one in loggers:
        one.addFilter(heard)
    try:
        yield heard
    finally:
        for one in loggers:
            one.removeFilter(heard)
        library.setLevel(before)


def _named(error: Exception) -> str:
    """The kind of an error, with Discord's status; never its text."""
    if isinstance(error, LostError):
        return str(error)
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__} {error.status}"
    return type(error).__name__
