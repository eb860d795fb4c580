"""Discord as a platform: connected for as long as the process lives, by one client after the other.

discord.py resumes a session whose socket broke. Where that fails, or the first connection, it tries on by itself, at last a quarter
of an hour apart, or gives up: so a client is thrown away when a connection of it fails, when it ends, or when nothing is heard for
two minutes, and a fresh one is made. A token that Discord refuses is
not tried again.

REST and gateway are discord.py's two addresses. Both are set: the gateway always to what `/gateway/bot` answers, as discord.py
takes its own default for reconnects.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.client import IDENTIFY_EVERY, Client
from adapters.discord.errors import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from adapters.discord.proactive import ProactiveTarget
from adapters.rate_limit_trace import of_limits
from bot.delivery.platform import ConnectionFailedError, UnreachableError
from bot.delivery.target import Target
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError
from corpus.errors import AnalectsError

log = logging.getLogger("analects.discord")

AUTHENTICATION_FAILED = 4004
REFUSED = "DISCORD_TOKEN: Discord refuses it; reset the token under Bot and copy that one (not the client secret or the public key)"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; shorter in tests."""

    silent: float = 120.0
    """Without a frame, or without a session: then a connection is thrown away."""
    look: float = 5.0
    """Between two looks at that."""
    login: float = 60.0
    close: float = 3.0
    identify: float = IDENTIFY_EVERY
    retired: float = 120.0
    """For which answers may still go out through a connection that was thrown away."""
    pause: float = 1.0
    """Before the second try; doubled for each further one."""
    longest_pause: float = 60.0
    steady: float = 60.0
    """A connection that held for so long starts the pauses anew."""
    hopeless: float = 600.0


class SocketClosedError(AnalectsError):
    """A connection that is of no use any more; the message is the reason in a few words."""


class Discord:
    """Implements `bot.delivery.platform.Platform`."""

    name = "discord"

    def __init__(
        self,
        token: str,
        api_url: str,
        folder: Path,
        service: Service,
        health: Health,
        times: Times | None = None,
    ) -> None:
        self._token = token
        self._folder = folder
        self._service = service
        self._health = health
        self._times = times or Times()
        self._client: Client | None = None
        self._retired: dict[Client, asyncio.Task[None]] = {}
        self._served = False
        health.expect(self.name)
        Route.BASE = api_url.rstrip("/")
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it does not speak

    async def check(self) -> None:
        """Asks Discord about the token, once. Raises SettingsError, UnreachableError."""
        client = self._fresh()
        try:
            async with asyncio.timeout(self._times.login):
                await client.http.static_login(self._token)
        except discord.LoginFailure:
            raise SettingsError(REFUSED) from None
        except Exception as error:
            raise UnreachableError(named(error)) from None
        finally:
            await client.http.close()

    async def run(self) -> None:
        """Connects, and stays connected until cancelled."""
        with _quiet_discord_py() as heard:
            tries, deaf_since = 0, None
            while True:
                client = self._client = self._fresh()
                began = monotonic()
                try:
                    await self._hold(client, heard)
                    reason = "closed"
                except SettingsError as error:
                    await client.let_go(self._times.close)
                    if not self._served:
                        raise
                    log.error(
                        "discord refuses the token. It stays down until it is started with another token"
                    )
                    self._health.down(self.name, f"refused: {error}")
                    await asyncio.Event().wait()
                except UnreachableError as error:
                    reason, deaf_since = str(error), None
                except Exception as error:
                    reason = named(error)
                    deaf_since = None if client.served else deaf_since or began
                await self._retire(client)
                if deaf_since is not None and monotonic() - deaf_since > self._times.hopeless:
                    raise ConnectionFailedError("Discord answers, but no connection holds")
                tries = 1 if client.served and monotonic() - began > self._times.steady else tries + 1
                pause = backoff(tries, self._times.pause, self._times.longest_pause)
                self._health.down(self.name, reason)
                log.warning(
                    "discord is not connected: %(error)s; again in %(pause_s).1f s",
                    {"error": reason, "pause_s": pause},
                )
                await asyncio.sleep(pause)

    def place(self, channel: str, key: str, since: float, person: str = "") -> Target:
        return ProactiveTarget(lambda: self._client, channel, key, since, person)

    async def stop_listening(self) -> None:
        if self._client is not None:
            await self._client.turn_away(self._times.close)

    async def close(self) -> None:
        clients = {one for one in (self._client, *self._retired) if one is not None}
        for task in self._retired.values():
            task.cancel()
        await asyncio.gather(*(one.let_go(self._times.close) for one in clients), *self._retired.values(),
                             return_exceptions=True)  # fmt: skip

    async def _retire(self, client: Client) -> None:
        """Closes its sockets; what it heard is still answered through it for a while."""
        if not client.served:
            await client.let_go(self._times.close)
            return
        await client.turn_away(self._times.close)
        self._retired[client] = asyncio.create_task(self._let_go_later(client))

    async def _let_go_later(self, client: Client) -> None:
        await asyncio.sleep(self._times.retired)
        await client.let_go(self._times.close)
        self._retired.pop(client, None)

    def _fresh(self) -> Client:
        counting = of_limits(partial(self._health.record_rate_limit, self.name))
        return Client(
            self._service,
            self._folder,
            self._changed,
            identify_every=self._times.identify,
            http_trace=counting,
        )

    def _changed(self, client: Client) -> None:
        """Told when all shards are connected, and when one no longer is."""
        if client is not self._client:
            return
        if client.connected:
            self._served = True
            self._health.up(self.name)
        else:
            self._health.down(self.name, "connection lost")

    async def _hold(self, client: Client, heard: "_Heard") -> None:
        """Connects a client and stays as long as it is of use. Raises SettingsError, UnreachableError, SocketClosedError."""
        try:
            async with asyncio.timeout(self._times.login):
                await client.login(self._token)
                shards, gateway, limit = await client.http.get_bot_gateway()
        except discord.LoginFailure:
            raise SettingsError(REFUSED) from None
        except Exception as error:  # also what discord.py makes of the page of a proxy
            raise UnreachableError(named(error)) from None
        if limit["remaining"] <= shards:  # beyond, Discord resets the token
            raise UnreachableError("no new session is left for today")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        client.shard_count = shards  # so that the default, and not discord.py's own question, is followed
        client.last_frame = client.down_since = monotonic()
        heard.failed = asyncio.get_running_loop().create_future()
        connecting = asyncio.create_task(client.connect())
        watching = asyncio.create_task(self._watch(client))
        tasks: list[asyncio.Future[Any]] = [connecting, watching, heard.failed]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks[:2]:
                if task.done():
                    task.result()
            if heard.failed.done():
                raise SocketClosedError(f"no connection to the gateway: {heard.failed.result()}")
        except discord.ConnectionClosed as error:
            if error.code == AUTHENTICATION_FAILED:
                raise SettingsError(REFUSED) from None
            raise SocketClosedError(f"closed with {error.code}") from None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(connecting, watching, return_exceptions=True)

    async def _watch(self, client: Client) -> None:
        """Raises SocketClosedError when the connection is dead, whatever discord.py thinks of it."""
        while True:
            await asyncio.sleep(self._times.look)
            now = monotonic()
            if now - client.last_frame > self._times.silent:
                raise SocketClosedError(f"nothing heard for {now - client.last_frame:.0f} s")
            if client.down_since is not None and now - client.down_since > self._times.silent:
                raise SocketClosedError(f"no session for {now - client.down_since:.0f} s")


_COMPLETING = "Ignoring exception in autocomplete"
_ANSWERED = (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED)
_NO_CONNECTION = ("Failed to connect for shard_id", "Attempting a reconnect for shard ID")


class _Heard(logging.Filter):
    """What discord.py only logs: that a connection failed. Tracebacks are left out of its lines."""

    failed: "asyncio.Future[Any] | None" = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = record.exc_text = None
        if str(record.msg).startswith(_COMPLETING) and getattr(error, "code", None) in _ANSWERED:
            return False  # another replica was first, or somebody typed on
        if str(record.msg).startswith(_NO_CONNECTION):
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
    library.setLevel(max(logging.WARNING, library.getEffectiveLevel()))
    loggers = [
        logging.getLogger(f"discord.{name}")
        for name in ("app_commands.tree", "client", "gateway", "http", "shard", "state")
    ]
    for one in loggers:
        one.addFilter(heard)
    try:
        yield heard
    finally:
        for one in loggers:
            one.removeFilter(heard)
        library.setLevel(before)


def named(error: Exception) -> str:
    """The kind of an error, with Discord's status; never its text."""
    if isinstance(error, SocketClosedError):
        return str(error)
    cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
    if isinstance(cause, discord.HTTPException):
        return f"HTTP {cause.status}"
    return type(cause).__name__
