"""Slack as a platform: tokens checked, connected in Socket Mode or over HTTP, and kept so.

A connection that ends is followed by another: at once where Slack asked for it (the old one is served until it closes, so that
nothing is missed), else with a growing, jittered pause; one line in the log a try.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from logging import INFO, WARNING, getLogger
from time import monotonic

from slack_bolt.async_app import AsyncApp

from adapters.slack.arrivals import Identity, word
from adapters.slack.credentials import APP_NEEDED, NEEDED, WANTED, Credentials
from adapters.slack.directory import People
from adapters.slack.errors import TokenError
from adapters.slack.listeners import Receiver, listening
from adapters.slack.proactive import ProactiveTarget
from adapters.slack.socket_mode import HEARTBEAT, Socket, SocketClosedError
from adapters.slack.web_api import Api
from bot.delivery.platform import ConnectionFailedError, UnreachableError
from bot.delivery.target import LimitedError, PostError, RefusedError, Target, UnreachedTarget
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError

log = getLogger("analects.slack")

_ASKED = frozenset({"warning", "refresh_requested"})
"""Reasons of Slack's for which it waits for the next connection."""

SCOPES_AT = "OAuth & Permissions, Bot Token Scopes; then install the app again"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; shorter in tests."""

    heartbeat: float = HEARTBEAT
    pause: float = 1.0
    """Before the second try; doubled for each further one."""
    longest_pause: float = 60.0
    crowded: float = 15.0
    """At least, after too_many_websockets."""
    steady: float = 5.0
    """A connection that held for so long starts the pauses anew."""
    hopeless: float = 600.0
    drain: float = 2.0


class Slack:
    """Implements `bot.delivery.platform.Platform`."""

    name = "slack"

    def __init__(
        self, credentials: Credentials, service: Service, health: Health, times: Times | None = None
    ) -> None:
        self._credentials = credentials
        self._service = service
        self._health = health
        self._times = times or Times()
        self.api = Api(credentials.bot_token, credentials.api_url)
        self.api.dead = self._token_died
        self.api.limited = partial(health.record_rate_limit, self.name)
        self._me: Identity | None = None
        self._app: AsyncApp | None = None
        self._receiver: Receiver | None = None
        self._sockets: set[Socket] = set()
        self._entered = False
        self.stopping = False
        self._dead = asyncio.Event()
        self._counted = 1
        health.expect(self.name)

    @property
    def over_http(self) -> bool:
        return self._credentials.app_token is None

    @property
    def app(self) -> AsyncApp | None:
        """slack-bolt, once the tokens were checked: what requests over HTTP are given to."""
        return self._app

    async def check(self) -> None:
        """Who the bot is; whether tokens and scopes do. Raises SettingsError, UnreachableError."""
        if not self._entered:
            await self.api.__aenter__()
            self._entered = True
        me, granted = await self.identify()
        check_scopes(granted)
        if self._credentials.app_token is not None:
            await self.new_url()
        for scope, reason in WANTED.items():
            if scope not in granted:
                log.warning(
                    "slack: without the scope %(scope)s (%(reason)s) it does less: %(mend)s",
                    {"scope": scope, "reason": reason, "mend": SCOPES_AT},
                )
        self._me = me
        people = People(self.api)
        self._receiver = Receiver(self.api, self._service, people, me)
        self._app = listening(self._receiver, self._credentials.signing_secret if self.over_http else None)
        self._service.rules.memberships[self.name] = people.membership
        self._service.rules.managers[self.name] = people.manages

    async def identify(self) -> tuple[Identity, frozenset[str]]:
        """The app in its workspace, and the scopes granted. Raises SettingsError, UnreachableError."""
        try:
            body, headers = await self.api.call("auth.test")
        except TokenError as error:
            raise SettingsError(
                f"SLACK_BOT_TOKEN: Slack refuses it ({error}); copy the Bot User OAuth Token from OAuth & Permissions"
            ) from None
        except PostError as error:
            raise UnreachableError(str(error)) from None
        scopes = headers.get("x-oauth-scopes", "")
        me = Identity(
            *(word(body, name) for name in ("team_id", "user_id", "bot_id", "enterprise_id", "url"))
        )
        return me, frozenset(part.strip() for part in scopes.split(",") if part.strip())

    async def new_url(self) -> str:
        """A URL for one socket. Raises SettingsError, LimitedError, UnreachableError."""
        try:
            body, _ = await self.api.call("apps.connections.open", token=self._credentials.app_token)
        except TokenError as error:
            raise SettingsError(
                f"SLACK_APP_TOKEN: Slack refuses it ({error}); copy an app-level token from Basic Information, and see "
                "that Socket Mode is switched on"
            ) from None
        except RefusedError as error:
            raise SettingsError(
                f"SLACK_APP_TOKEN: {error}; make an app-level token with {APP_NEEDED} under Basic Information"
            ) from None
        except LimitedError:
            raise
        except PostError as error:
            raise UnreachableError(str(error)) from None
        return word(body, "url")

    async def run(self) -> None:
        """Connects, and stays connected until cancelled."""
        await self._checked()
        if self.over_http:
            self._health.up(self.name)
            await self._dead.wait()
        else:
            await self._stay_connected()
        await asyncio.Event().wait()  # the token is dead: down until the operator starts it with another

    def place(self, channel: str, key: str, since: float, person: str = "") -> Target:
        if self._receiver is None:
            return UnreachedTarget(f"slack:{channel}")
        rules, people = self._service.rules, self._receiver.people
        return ProactiveTarget(self.api, people, rules, self._receiver.me, channel, key, since, person)

    async def stop_listening(self) -> None:
        self.stopping = True
        await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)
        if self._receiver is not None:
            await self._receiver.drain(self._times.drain)

    async def close(self) -> None:
        await self.stop_listening()
        if self._entered:
            await self.api.__aexit__(None, None, None)

    async def _checked(self) -> None:
        tries = 0
        while self._app is None:
            try:
                await self.check()
            except UnreachableError as error:
                tries += 1
                pause = self._pause(tries)
                self._health.down(self.name, f"not reached: {error}")
                log.warning(
                    "slack is not reached: %(error)s; again in %(pause_s).1f s",
                    {"error": str(error), "pause_s": pause},
                )
                await asyncio.sleep(pause)

    async def _stay_connected(self) -> None:
        tries, deaf_since = 0, None
        while not self._dead.is_set():
            pause = 0.0
            try:
                url = await self.new_url()
                deaf_since = deaf_since or monotonic()
                began = await self._connected(url)
                deaf_since = None
                reason = await self._until_going()
                tries = 0 if monotonic() - began >= self._times.steady else tries + 1
            except SettingsError as error:
                self._token_died(str(error).partition(":")[2].strip())
                return
            except LimitedError as error:
                tries, deaf_since, reason = tries + 1, None, str(error)
                pause = error.wait or 30.0
            except UnreachableError as error:
                tries, deaf_since, reason = tries + 1, None, str(error)
            except SocketClosedError as error:
                tries, reason = tries + 1, str(error)
                if reason == "too_many_websockets":
                    pause = self._times.crowded
                    reason += ": other copies run, or lost sockets linger"
            if tries or reason not in _ASKED:
                pause = max(pause, self._pause(tries) if tries else self._pause(1) / 4)
            self._note(reason, pause)
            if deaf_since is not None and monotonic() - deaf_since > self._times.hopeless:
                raise ConnectionFailedError("Slack answers, but no socket holds")
            await asyncio.sleep(pause)

    async def _connected(self, url: str) -> float:
        assert self._app is not None
        socket = Socket(self._app, self._times.heartbeat)
        self._newest = socket
        count = await socket.open(self.api.session, url, self.api.client.proxy)
        self._sockets = {one for one in self._sockets if one.alive} | {socket}
        mine = len(self._sockets)
        if count > mine and count > self._counted:
            log.warning(
                "slack counts %(sockets)d sockets of this app, %(ours)d of them ours: does another copy run?",
                {"sockets": count, "ours": mine},
            )
        self._counted = max(count, 1)
        socket.on_end = self._ended
        log.info("slack connected")
        self._health.up(self.name)
        return monotonic()

    async def _until_going(self) -> str:
        socket = self._newest
        await socket.going.wait()
        return socket.reason

    def _ended(self) -> None:
        self._sockets = {one for one in self._sockets if one.alive}
        if not self._sockets and not self.stopping:
            self._health.down(self.name, "connection lost")

    def _note(self, reason: str, pause: float) -> None:
        """The one line of this try."""
        if not self._sockets:
            self._health.down(self.name, reason)
        log.log(
            INFO if self._sockets else WARNING,
            "slack: connection over: %(error)s; again in %(pause_s).2f s",
            {"error": reason, "pause_s": pause},
        )

    def _pause(self, tries: int) -> float:
        return backoff(tries, self._times.pause, self._times.longest_pause)

    def _token_died(self, reason: str) -> None:
        if self._me is None or self._dead.is_set():
            return
        self._dead.set()
        self._health.down(self.name, f"refused: {reason}")
        log.error(
            "slack refuses the token: %(error)s. It stays down until it is started with another token",
            {"error": reason},
        )
        for socket in self._sockets:
            socket.going.set()


def check_scopes(granted: frozenset[str]) -> None:
    """Raises SettingsError where the app can't do its work. No header, no check: Slack always sends one."""
    missing = [f"{scope} ({reason})" for scope, reason in NEEDED.items() if scope not in granted]
    if granted and missing:
        raise SettingsError(
            f"SLACK_BOT_TOKEN: scopes are missing: {', '.join(missing)}; add them under {SCOPES_AT}"
        )
