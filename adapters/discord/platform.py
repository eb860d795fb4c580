"""Discord as a platform: stays connected for as long as the process lives, with one client after another.

If a session cannot be resumed, or the first connection fails, discord.py retries with pauses of up to a quarter of an hour, or
gives up. So a new client replaces the old one whenever a connection fails or ends. A token that Discord refuses is not tried again.

discord.py has two addresses, REST and gateway, and both are set: REST from the settings, the gateway from `/gateway/bot`. With
its own default, discord.py would reconnect to another place.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from time import monotonic

import discord
from discord.http import Route

from adapters.discord.client import Client
from adapters.discord.connection import SessionLimitError, Times, describe_error, stay_connected
from adapters.discord.connection_errors import refused_token
from adapters.discord.credentials import Credentials
from adapters.discord.library_log import quiet_discord_py
from adapters.discord.proactive import ProactiveTarget
from adapters.response_trace import response_trace
from bot.delivery.platform import ConnectionFailedError, Membership, UnreachableError
from bot.delivery.target import Target
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError

log = logging.getLogger("analects.discord")


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
        """`message_content` is as in `Credentials`. `reload` reads the credentials again from the settings; it returns None if they
        cannot be used."""
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
                    await stay_connected(client, self._credentials.token, watcher, self._times)
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
                    await self._until_settings_change()
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

    async def _until_settings_change(self) -> None:
        """Waits until the settings have another token or request other intents. What was refused is not tried again."""
        reloaded: Credentials | None = None
        while reloaded is None or reloaded == self._credentials:
            await asyncio.sleep(self._times.settings_pause)
            reloaded = await asyncio.to_thread(self._reload)
        log.info("discord: the settings have changed, and are tried")
        self._credentials = reloaded

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
            await self._client.stop_listening(self._times.close_timeout)

    async def close(self) -> None:
        clients = {client for client in (self._client, *self._retired) if client is not None}
        for task in self._retired.values():
            task.cancel()
        await asyncio.gather(*(client.close_now(self._times.close_timeout) for client in clients), *self._retired.values(),
                             return_exceptions=True)  # fmt: skip

    async def _retire(self, client: Client) -> None:
        """Closes the sockets of a client. It still posts the answers to messages that it received."""
        if not client.served:
            await client.close_now(self._times.close_timeout)
            return
        await client.stop_listening(self._times.close_timeout)
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
        """Called when all shards are connected, and when one of them loses its connection."""
        if client is not self._client:
            return
        if client.connected:
            self._served = True
            self._health.up(self.name)
        else:
            self._health.down(self.name, "connection lost")

    def _on_commands(self, problem: str | None) -> None:
        self._health.record_feature(self.name, "commands", problem)
