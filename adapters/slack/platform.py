"""Slack as a platform: checks the tokens, connects in Socket Mode or over HTTP, and stays connected.

A token counts as refused only if `auth.test` says so. Then the sockets are closed, so that Slack sends events to other copies or
keeps them for later. From time to time the settings are read again, and the token in them is tried.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from logging import getLogger
from time import monotonic

from slack_bolt.async_app import AsyncApp

from adapters.slack.arrivals import Identity
from adapters.slack.connection import Connection, Times
from adapters.slack.credentials import OPTIONAL_SCOPES, Credentials
from adapters.slack.directory import Directory
from adapters.slack.errors import TokenError
from adapters.slack.events.listeners import build_app
from adapters.slack.events.receiver import Receiver
from adapters.slack.proactive import ProactiveTarget
from adapters.slack.tokens import SCOPES_PAGE, app_token_is_dead, check_scopes, identify, socket_url
from adapters.slack.web_api import Api
from bot.delivery.platform import Membership, UnreachableError
from bot.delivery.target import PostError, Target, UnreachedTarget
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError

log = getLogger("analects.slack")


class Slack:
    """Implements `bot.delivery.platform.Platform`."""

    name = "slack"

    def __init__(
        self,
        credentials: Credentials,
        service: Service,
        health: Health,
        times: Times | None = None,
        reload: Callable[[], Credentials | None] | None = None,
    ) -> None:
        """`reload` reads the tokens again from the settings; None if they cannot be used."""
        self._credentials = credentials
        self._reload = reload or (lambda: self._credentials)
        self._service = service
        self._health = health
        self._times = times or Times()
        self.api = Api(
            credentials.bot_token,
            credentials.api_url,
            credentials.command,
            on_token_doubted=self._doubt_token,
            on_rate_limit=partial(health.record_rate_limit, self.name),
            clock=health.clock,
        )
        self._identity: Identity | None = None
        self._app: AsyncApp | None = None
        self._receiver: Receiver | None = None
        self._connection = Connection(self.name, self.api, health, self._times)
        self._entered = False
        self._confirming: asyncio.Task[None] | None = None
        health.expect(self.name)

    def now(self) -> float:
        """Slack's time, in seconds since 1970."""
        clock = self._health.clock
        return clock.corrected(clock.now())

    @property
    def stopping(self) -> bool:
        """Whether the program stops: then no further requests are answered."""
        return self._connection.stopping

    @property
    def over_http(self) -> bool:
        return self._credentials.app_token is None

    @property
    def signing_secret(self) -> str | None:
        """The secret that signs requests over HTTP; None if there is none."""
        return self._credentials.signing_secret

    @property
    def app(self) -> AsyncApp | None:
        """The slack-bolt app, to which requests over HTTP are reloaded; None until the tokens were checked."""
        return self._app

    async def check(self) -> None:
        """Checks tokens and scopes, and learns the app's identity. Raises SettingsError, UnreachableError."""
        if not self._entered:
            await self.api.__aenter__()
            self._entered = True
        identity, granted = await identify(self.api)
        check_scopes(granted)
        if self._credentials.app_token is not None:
            await socket_url(self.api, self._credentials.app_token)
        for scope, reason in OPTIONAL_SCOPES.items():
            if scope not in granted:
                log.warning(
                    "slack: optional scope missing: %(scope)s (%(reason)s); add it under %(mend)s",
                    {"scope": scope, "reason": reason, "mend": SCOPES_PAGE},
                )
        self._identity = identity
        directory = Directory(self.api)
        self._receiver = Receiver(self.api, self._service, directory, identity)
        self._app = build_app(self._receiver)

    async def run(self) -> None:
        """Connects, and stays connected until cancelled."""
        while True:
            await self._check_until_reached()
            await self._stay_connected()
            await self._until_token_works()

    def proactive_target(self, channel: str, key: str, since: float, person: str = "") -> Target:
        if self._receiver is None:
            return UnreachedTarget(f"slack:{channel}")
        rules, directory = self._service.rules, self._receiver.directory
        return ProactiveTarget(
            channel, key, since, person,
            api=self.api, directory=directory, rules=rules, identity=self._receiver.identity,
        )  # fmt: skip

    async def membership(self, person: str, channel: str) -> Membership:
        if self._receiver is None:
            return Membership.UNKNOWN
        return await self._receiver.directory.membership(person, channel)

    async def manages(self, person: str, channel: str) -> bool:
        return self._receiver is not None and await self._receiver.directory.manages(person, channel)

    async def administers(self, person: str, server: str) -> bool:
        del server  # Slack's facts are about the workspace and its organisation
        return await self.is_operator(person)

    async def is_operator(self, person: str) -> bool:
        return self._receiver is not None and (await self._receiver.directory.person(person)).admin

    async def hear_again(self, key: str) -> bool:
        return self._receiver is not None and await self._receiver.hear_again(key)

    async def is_public(self, channel: str) -> bool:
        return self._receiver is not None and (await self._receiver.directory.channel(channel)).public

    async def stop_listening(self) -> None:
        self._connection.stopping = True
        await self._connection.close()
        if self._receiver is not None:
            await self._receiver.drain(self._times.drain)

    async def close(self) -> None:
        await self.stop_listening()
        if self._confirming is not None:
            self._confirming.cancel()
            await asyncio.gather(self._confirming, return_exceptions=True)
        if self._entered:
            await self.api.__aexit__(None, None, None)

    async def _check_until_reached(self) -> None:
        tries = 0
        while self._app is None:
            try:
                await self.check()
            except UnreachableError as error:
                tries += 1
                pause = backoff(tries, self._times.first_pause, self._times.max_pause)
                self._health.down(self.name, f"not reached: {error}")
                log.warning(
                    "slack cannot be reached: %(error)s; next try in %(pause_s).1f s",
                    {"error": str(error), "pause_s": pause},
                )
                await asyncio.sleep(pause)

    async def _stay_connected(self) -> None:
        """Stays connected until Slack refuses a token."""
        app_token = self._credentials.app_token
        if app_token is None:
            self._health.up(self.name)
            await self._connection.refused.wait()
            return
        assert self._app is not None
        try:
            await self._connection.stay_open(self._app, app_token)
        except SettingsError as error:
            self._token_refused(f"{error.finding}; {error.fix}")

    def _doubt_token(self, reason: str) -> None:
        """After an answer that raises a doubt about the token: asks `auth.test` whether it works."""
        if self._identity is None or self._connection.refused.is_set():
            return
        if self._confirming is None or self._confirming.done():
            self._confirming = asyncio.create_task(self._confirm(reason), name="slack token")

    async def _confirm(self, reason: str) -> None:
        try:
            await self.api.call("auth.test")
        except TokenError as error:
            self._token_refused(str(error))
        except PostError as error:
            log.info(
                "slack answered %(reason)s, and whether the token works is not known: %(error)s",
                {"reason": reason, "error": str(error)},
            )
        else:
            log.info("slack answered %(reason)s, but the token works", {"reason": reason})

    def _token_refused(self, reason: str) -> None:
        if self._identity is None or self._connection.refused.is_set():
            return
        self._connection.refuse()
        self.api.refused = reason
        self._health.down(self.name, f"refused: {reason}")
        log.error(
            "slack refuses the token: %(error)s. The bot is offline on Slack until the token works or is replaced in the settings",
            {"error": reason},
        )

    async def _until_token_works(self) -> None:
        """Closes the sockets, and tries the token from time to time. Another token in the settings is tried at once."""
        await self._connection.close()
        pause, next_try = self._times.token_pause, monotonic() + self._times.token_pause
        while True:
            await asyncio.sleep(min(self._times.settings_pause, max(0.0, next_try - monotonic())))
            reloaded = await asyncio.to_thread(self._reload)
            replaced = reloaded is not None and reloaded != self._credentials
            if not replaced and monotonic() < next_try:
                continue
            if reloaded is not None and (reloaded.app_token is None) == self.over_http:
                self._credentials = reloaded
                self.api.use_token(reloaded.bot_token)
            if await self._tokens_work():
                break
            pause = min(pause * 2, self._times.max_token_pause)
            next_try = monotonic() + pause
        log.info("slack: the token works")
        self._app, self.api.refused = None, None
        self._connection.refused.clear()

    async def _tokens_work(self) -> bool:
        try:
            _, granted = await identify(self.api)
            check_scopes(granted)
        except (SettingsError, UnreachableError):
            return False
        return self.over_http or not await app_token_is_dead(self.api, self._credentials.app_token)
