"""Discord as a platform: stays connected for as long as the process lives, with one client after another.

discord.py resumes a session whose socket broke. If that fails, or the first connection fails, it retries with pauses of up to a
quarter of an hour, or gives up. So a client is replaced when a connection fails, when it ends, or when no frame arrives for two
minutes. A token that Discord refuses is not tried again.

discord.py has two addresses, REST and gateway, and both are set. The gateway is what `/gateway/bot` answers, because discord.py
would reconnect to its own default.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.client import IDENTIFY_INTERVAL_S, Client
from adapters.discord.connection_errors import (
    AUTHENTICATION_FAILED,
    CLOSE_FIXES,
    DISALLOWED_INTENTS,
    INVALID_INTENTS,
    refused_intents,
    refused_token,
)
from adapters.discord.credentials import Credentials
from adapters.discord.library_log import LogWatcher, quiet_discord_py
from adapters.discord.proactive import ProactiveTarget
from adapters.response_trace import response_trace
from bot.delivery.platform import ConnectionFailedError, Membership, UnreachableError
from bot.delivery.target import Target
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError
from corpus.errors import AnalectsError

log = logging.getLogger("analects.discord")


@dataclass(frozen=True, slots=True)
class Times:
    """Times in seconds; tests use shorter ones."""

    max_silence: float = 120.0
    """A connection without a frame, or without a session, for this long is given up."""
    check_interval: float = 5.0
    """How often that is checked."""
    login_timeout: float = 60.0
    close_timeout: float = 3.0
    identify_interval: float = IDENTIFY_INTERVAL_S
    close_retired_after: float = 120.0
    """How long answers may still be posted through a client that was replaced."""
    first_pause: float = 1.0
    """Before the second try; it doubles with each further try."""
    max_pause: float = 60.0
    stable_after: float = 60.0
    """After a connection that lasted this long, pauses start from the first one again."""
    give_up_after: float = 600.0
    """If Discord answers but no connection opens for this long, the platform gives up."""
    settings_pause: float = 5.0
    """How often the settings are read again while Discord refuses the token or an intent. Others are tried at once."""


class SocketClosedError(AnalectsError):
    """The connection can no longer be used. The message is the reason."""


class SessionLimitError(UnreachableError):
    """No more sessions are allowed for `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("the daily limit of new sessions is reached")
        self.wait = wait


class Discord:
    """Implements `bot.delivery.platform.Platform`."""

    name = "discord"

    def __init__(
        self,
        token: str,
        api_url: str,
        service: Service,
        health: Health,
        times: Times | None = None,
        message_content: bool = False,
        reload: Callable[[], Credentials | None] | None = None,
    ) -> None:
        """`message_content` is that of `Credentials`; `reload` reads these again from the settings, None if they cannot be
        used."""
        self._credentials = Credentials(token, api_url, message_content)
        self._reload = reload or (lambda: self._credentials)
        self._service = service
        self._health = health
        self._times = times or Times()
        self._client: Client | None = None
        self._retired: dict[Client, asyncio.Task[None]] = {}
        self._served = False
        health.expect(self.name)
        Route.BASE = api_url.rstrip("/")
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot does not use voice

    async def check(self) -> None:
        """Checks the token once. Raises SettingsError, UnreachableError."""
        client = self._new_client()
        try:
            async with asyncio.timeout(self._times.login_timeout):
                await client.http.static_login(self._credentials.token)
        except discord.LoginFailure:
            raise refused_token() from None
        except Exception as error:
            raise UnreachableError(describe_error(error)) from None
        finally:
            await client.http.close()

    async def run(self) -> None:
        """Connects, and stays connected until cancelled."""
        with quiet_discord_py() as watcher:
            tries, no_connection_since = 0, None
            while True:
                client = self._client = self._new_client()
                began, wait = monotonic(), 0.0
                try:
                    await self._stay_connected(client, watcher)
                    reason = "closed"
                except SettingsError as error:
                    await client.close_now(self._times.close_timeout)
                    if not self._served:
                        raise
                    log.error(
                        "discord refuses the token or an intent; offline until the settings change: %(error)s",
                        {"error": str(error)},
                    )
                    self._health.down(self.name, f"refused: {error}")
                    await self._until_replaced()
                    tries = 0
                    continue
                except UnreachableError as error:
                    reason, no_connection_since = str(error), None
                    wait = error.wait if isinstance(error, SessionLimitError) else 0.0
                except Exception as error:
                    reason = describe_error(error)
                    no_connection_since = None if client.served else no_connection_since or began
                await self._retire(client)
                if (
                    no_connection_since is not None
                    and monotonic() - no_connection_since > self._times.give_up_after
                ):
                    raise ConnectionFailedError("Discord answers, but no connection stays open")
                tries = 1 if client.served and monotonic() - began > self._times.stable_after else tries + 1
                pause = max(wait, backoff(tries, self._times.first_pause, self._times.max_pause))
                self._health.down(self.name, reason)
                log.warning(
                    "discord is not connected: %(error)s; next try in %(pause_s).1f s",
                    {"error": reason, "pause_s": pause},
                )
                await asyncio.sleep(pause)

    async def _until_replaced(self) -> None:
        """Waits until the settings have another token, or ask for other intents. The one that was refused is not tried again."""
        given: Credentials | None = None
        while given is None or given == self._credentials:
            await asyncio.sleep(self._times.settings_pause)
            given = await asyncio.to_thread(self._reload)
        log.info("discord: the settings have changed, and are tried")
        self._credentials = given

    def proactive_target(self, channel: str, key: str, since: float, person: str = "") -> Target:
        return ProactiveTarget(channel, key, since, person, client=lambda: self._client)

    async def membership(self, person: str, channel: str) -> Membership:
        if self._client is None:
            return Membership.UNKNOWN
        return await self._client.directory.membership(person, channel)

    async def manages(self, person: str, channel: str) -> bool:
        return self._client is not None and await self._client.directory.manages(person, channel)

    async def is_operator(self, person: str) -> bool:
        owners = self._client.directory.owners() if self._client is not None else frozenset[int]()
        return person.isdecimal() and int(person) in owners

    async def administers(self, person: str, server: str) -> bool:
        return self._client is not None and await self._client.directory.administers(person, server)

    async def hear_again(self, key: str) -> bool:
        return self._client is not None and await self._client.hear_again(key)

    async def is_public(self, channel: str) -> bool:
        return self._client is not None and self._client.directory.is_public(channel)

    async def stop_listening(self) -> None:
        if self._client is not None:
            await self._client.stop_hearing(self._times.close_timeout)

    async def close(self) -> None:
        clients = {client for client in (self._client, *self._retired) if client is not None}
        for task in self._retired.values():
            task.cancel()
        await asyncio.gather(*(client.close_now(self._times.close_timeout) for client in clients), *self._retired.values(),
                             return_exceptions=True)  # fmt: skip

    async def _retire(self, client: Client) -> None:
        """Closes the sockets of a client. Messages that it received are still answered through it for a while."""
        if not client.served:
            await client.close_now(self._times.close_timeout)
            return
        await client.stop_hearing(self._times.close_timeout)
        self._retired[client] = asyncio.create_task(self._close_later(client))

    async def _close_later(self, client: Client) -> None:
        await asyncio.sleep(self._times.close_retired_after)
        await client.close_now(self._times.close_timeout)
        self._retired.pop(client, None)

    def _new_client(self) -> Client:
        trace = response_trace(partial(self._health.record_rate_limit, self.name), self._health.clock)
        return Client(
            self._service,
            self._on_change,
            self._on_commands,
            identify_interval=self._times.identify_interval,
            http_trace=trace,
            message_content=self._credentials.message_content,
        )

    def _on_change(self, client: Client) -> None:
        """Called when all shards are connected, and when one no longer is."""
        if client is not self._client:
            return
        if client.connected:
            self._served = True
            self._health.up(self.name)
        else:
            self._health.down(self.name, "connection lost")

    def _on_commands(self, problem: str | None) -> None:
        self._health.record_feature(self.name, "commands", problem)

    async def _stay_connected(self, client: Client, watcher: LogWatcher) -> None:
        """Connects a client and waits until its connection ends.

        Raises SettingsError, UnreachableError, SocketClosedError.
        """
        try:
            async with asyncio.timeout(self._times.login_timeout):
                await client.login(self._credentials.token)
                shards, gateway, limit = await client.http.get_bot_gateway()
        except discord.LoginFailure:
            raise refused_token() from None
        except Exception as error:  # anything, for example where a proxy answers with a page
            raise UnreachableError(describe_error(error)) from None
        if limit["remaining"] <= shards:  # with more sessions than allowed, Discord resets the token
            raise SessionLimitError(limit["reset_after"] / 1000)
        client.max_concurrency = max(1, limit["max_concurrency"])
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        client.shard_count = (
            shards  # known, so discord.py does not ask for the gateway again and uses DEFAULT_GATEWAY
        )
        client.last_frame = client.down_since = monotonic()
        watcher.failed = asyncio.get_running_loop().create_future()
        connecting = asyncio.create_task(client.connect())
        watching = asyncio.create_task(self._watch(client))
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
            await _cancelled(connecting, watching)
            watcher.failed.cancel()

    async def _watch(self, client: Client) -> None:
        """Raises SocketClosedError if the connection is dead, even if discord.py has not noticed."""
        while True:
            await asyncio.sleep(self._times.check_interval)
            now = monotonic()
            if now - client.last_frame > self._times.max_silence:
                raise SocketClosedError(f"no frame for {now - client.last_frame:.0f} s")
            if client.down_since is not None and now - client.down_since > self._times.max_silence:
                raise SocketClosedError(f"no session for {now - client.down_since:.0f} s")


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
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


_CANCEL_INTERVAL_S = 1.0


def describe_error(error: Exception) -> str:
    """The type of an error, or the HTTP status; never its text."""
    if isinstance(error, SocketClosedError):
        return str(error)
    cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
    if isinstance(cause, discord.HTTPException):
        return f"HTTP {cause.status}"
    return type(cause).__name__
