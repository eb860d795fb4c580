"""Slack as a platform: checks the tokens, connects in Socket Mode or over HTTP, and stays connected.

A token counts as dead only once `auth.test` says so. Then the sockets are closed, so that Slack sends events to other copies or
keeps them for later. From time to time the token that the settings have by then is tried.

When a socket ends, another one is opened: at once if Slack asked for it (the old one is served until it closes, so that
nothing is missed), else after a growing pause with jitter. Each try writes one line to the log.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from logging import INFO, WARNING, getLogger
from time import monotonic

from slack_bolt.async_app import AsyncApp

from adapters.slack.arrivals import Identity, get_string
from adapters.slack.credentials import OPTIONAL_SCOPES, REQUIRED_SCOPES, SOCKET_MODE_SCOPE, Credentials
from adapters.slack.directory import Directory
from adapters.slack.errors import TokenError
from adapters.slack.events.listeners import build_app
from adapters.slack.events.receiver import Receiver
from adapters.slack.proactive import ProactiveTarget
from adapters.slack.socket_mode import HEARTBEAT_S, Socket, SocketClosedError
from adapters.slack.web_api import Api
from bot.delivery.platform import ConnectionFailedError, Membership, UnreachableError
from bot.delivery.target import LimitedError, PostError, RefusedError, Target, UnreachedTarget
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import SettingsError

log = getLogger("analects.slack")

_PLANNED_RECONNECTS = frozenset({"warning", "refresh_requested"})
"""Reasons of Slack's `disconnect` messages that announce a planned reconnect: it may follow at once."""

SCOPES_PAGE = "OAuth & Permissions, Bot Token Scopes; then install the app again"
"""The page on which scopes are added."""


@dataclass(frozen=True, slots=True)
class Times:
    """Times in seconds; tests use shorter ones."""

    heartbeat: float = HEARTBEAT_S
    first_pause: float = 1.0
    """Before the second try; it doubles with each further try."""
    max_pause: float = 60.0
    crowded_pause: float = 15.0
    """The shortest pause after `too_many_websockets`."""
    stable_after: float = 5.0
    """After a connection that lasted this long, pauses start from the first one again."""
    give_up_after: float = 600.0
    """If Slack answers but no socket opens for this long, the platform gives up."""
    drain: float = 2.0
    """Envelopes being converted may take this long at the end."""
    token_pause: float = 15.0
    """Before a dead token is tried again; it doubles with each further try."""
    max_token_pause: float = 300.0
    settings_pause: float = 5.0
    """How often the settings are read again while a token is dead. Another token is tried at once."""


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
        self._sockets: set[Socket] = set()
        self._entered = False
        self.stopping = False
        self._refused = asyncio.Event()
        self._confirming: asyncio.Task[None] | None = None
        self._last_socket_count = 1
        health.expect(self.name)

    def now(self) -> float:
        """Slack's time, in seconds since 1970."""
        clock = self._health.clock
        return clock.corrected(clock.now())

    @property
    def over_http(self) -> bool:
        return self._credentials.app_token is None

    @property
    def signing_secret(self) -> str | None:
        """The secret that signs requests over HTTP; None if there is none."""
        return self._credentials.signing_secret

    @property
    def app(self) -> AsyncApp | None:
        """The slack-bolt app, which takes requests over HTTP; None until the tokens were checked."""
        return self._app

    async def check(self) -> None:
        """Checks tokens and scopes, and learns the app's identity. Raises SettingsError, UnreachableError."""
        if not self._entered:
            await self.api.__aenter__()
            self._entered = True
        identity, granted = await self.identify()
        check_scopes(granted)
        if self._credentials.app_token is not None:
            await self.new_url()
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

    async def identify(self) -> tuple[Identity, frozenset[str]]:
        """The app's identity and its granted scopes. Raises SettingsError, UnreachableError."""
        try:
            body, headers = await self.api.call("auth.test")
        except TokenError as error:
            raise SettingsError(
                "SLACK_BOT_TOKEN",
                f"Slack refuses it ({error})",
                "copy the Bot User OAuth Token from OAuth & Permissions",
            ) from None
        except PostError as error:
            raise UnreachableError(str(error)) from None
        scopes = headers.get("x-oauth-scopes", "")
        return identity_of(body), frozenset(part.strip() for part in scopes.split(",") if part.strip())

    async def new_url(self) -> str:
        """A URL for one socket, which Slack accepts once. Raises SettingsError, LimitedError, UnreachableError."""
        try:
            body, _ = await self.api.call("apps.connections.open", token=self._credentials.app_token)
        except TokenError as error:
            if not await self._app_token_is_dead():
                raise UnreachableError(str(error)) from None
            raise SettingsError(
                "SLACK_APP_TOKEN",
                f"Slack refuses it ({error})",
                "copy an app-level token from Basic Information, and check that Socket Mode is on",
            ) from None
        except RefusedError as error:
            raise SettingsError(
                "SLACK_APP_TOKEN",
                str(error),
                f"make an app-level token with {SOCKET_MODE_SCOPE} under Basic Information",
            ) from None
        except LimitedError:
            raise
        except PostError as error:
            raise UnreachableError(str(error)) from None
        return get_string(body, "url")

    async def run(self) -> None:
        """Connects, and stays connected until cancelled."""
        while True:
            await self._check_until_reached()
            if self.over_http:
                self._health.up(self.name)
                await self._refused.wait()
            else:
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
        del server  # an admin of the workspace or of its organisation
        return await self.is_operator(person)

    async def is_operator(self, person: str) -> bool:
        return self._receiver is not None and (await self._receiver.directory.person(person)).admin

    async def hear_again(self, key: str) -> bool:
        return self._receiver is not None and await self._receiver.hear_again(key)

    async def is_public(self, channel: str) -> bool:
        return self._receiver is not None and (await self._receiver.directory.channel(channel)).public

    async def stop_listening(self) -> None:
        self.stopping = True
        await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)
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
                pause = self._pause(tries)
                self._health.down(self.name, f"not reached: {error}")
                log.warning(
                    "slack cannot be reached: %(error)s; next try in %(pause_s).1f s",
                    {"error": str(error), "pause_s": pause},
                )
                await asyncio.sleep(pause)

    async def _stay_connected(self) -> None:
        tries, no_socket_since = 0, None
        while not self._refused.is_set():
            pause = 0.0
            try:
                url = await self.new_url()
                no_socket_since = no_socket_since or monotonic()
                began = await self._connected(url)
                no_socket_since = None
                reason = await self._until_closing()
                tries = 0 if monotonic() - began >= self._times.stable_after else tries + 1
            except SettingsError as error:
                self._token_refused(f"{error.finding}; {error.fix}")
                return
            except LimitedError as error:
                tries, no_socket_since, reason = tries + 1, None, str(error)
                pause = error.wait or 30.0
            except UnreachableError as error:
                tries, no_socket_since, reason = tries + 1, None, str(error)
            except SocketClosedError as error:
                tries, reason = tries + 1, str(error)
                if reason == "too_many_websockets":
                    pause = self._times.crowded_pause
                    reason += ": other copies are running, or Slack still counts lost sockets"
            if self._refused.is_set():
                return
            if tries or reason not in _PLANNED_RECONNECTS:
                pause = max(pause, self._pause(tries) if tries else self._pause(1) / 4)
            self._report(reason, pause)
            if no_socket_since is not None and monotonic() - no_socket_since > self._times.give_up_after:
                raise ConnectionFailedError("Slack answers, but no socket stays open")
            await asyncio.sleep(pause)

    async def _connected(self, url: str) -> float:
        assert self._app is not None
        socket = Socket(self._app, self._times.heartbeat, self._socket_ended)
        self._newest = socket
        count = await socket.open(self.api.session, url, self.api.client.proxy)
        self._sockets = {one for one in self._sockets if one.alive} | {socket}
        ours = len(self._sockets)
        if count > ours and count > self._last_socket_count:
            log.warning(
                "slack counts %(sockets)d sockets of this app, %(ours)d of them ours: is another copy running?",
                {"sockets": count, "ours": ours},
            )
        self._last_socket_count = max(count, 1)
        log.info("slack connected")
        self._health.up(self.name)
        return monotonic()

    async def _until_closing(self) -> str:
        socket = self._newest
        await socket.closing.wait()
        return socket.reason

    def _socket_ended(self) -> None:
        alive = {socket for socket in self._sockets if socket.alive}
        if alive == self._sockets:
            return  # it never was connected
        self._sockets = alive
        if not alive and not self.stopping and not self._refused.is_set():
            self._health.down(self.name, "connection lost")

    def _report(self, reason: str, pause: float) -> None:
        """Writes the one log line of a try."""
        if not self._sockets:
            self._health.down(self.name, reason)
        log.log(
            INFO if self._sockets else WARNING,
            "slack: connection ended: %(error)s; next try in %(pause_s).2f s",
            {"error": reason or "closed", "pause_s": pause},
        )

    def _pause(self, tries: int) -> float:
        return backoff(tries, self._times.first_pause, self._times.max_pause)

    def _doubt_token(self, reason: str) -> None:
        """A call was answered as if the token did not work: asks `auth.test` whether that is so."""
        if self._identity is None or self._refused.is_set():
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

    async def _app_token_is_dead(self) -> bool:
        try:
            await self.api.call("auth.test", token=self._credentials.app_token)
        except TokenError:
            return True
        except PostError:
            return False
        return False

    def _token_refused(self, reason: str) -> None:
        if self._identity is None or self._refused.is_set():
            return
        self._refused.set()
        self.api.refused = reason
        self._health.down(self.name, f"refused: {reason}")
        log.error(
            "slack refuses the token: %(error)s. The bot is offline on Slack until the token works or is replaced in the settings",
            {"error": reason},
        )
        for socket in self._sockets:
            socket.closing.set()

    async def _until_token_works(self) -> None:
        """Closes the sockets, and tries the token now and then; another one in the settings at once."""
        await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)
        pause, next_try = self._times.token_pause, monotonic() + self._times.token_pause
        while True:
            await asyncio.sleep(min(self._times.settings_pause, max(0.0, next_try - monotonic())))
            given = await asyncio.to_thread(self._reload)
            replaced = given is not None and given != self._credentials
            if not replaced and monotonic() < next_try:
                continue
            if given is not None and (given.app_token is None) == self.over_http:
                self._credentials = given
                self.api.use_token(given.bot_token)
            if await self._tokens_work():
                break
            pause = min(pause * 2, self._times.max_token_pause)
            next_try = monotonic() + pause
        log.info("slack: the token works")
        self._app, self.api.refused = None, None
        self._refused.clear()

    async def _tokens_work(self) -> bool:
        try:
            _, granted = await self.identify()
            check_scopes(granted)
        except (SettingsError, UnreachableError):
            return False
        return self.over_http or not await self._app_token_is_dead()


def identity_of(body: Mapping[str, object]) -> Identity:
    """The identity in the answer of `auth.test`."""
    team, enterprise = get_string(body, "team_id"), get_string(body, "enterprise_id")
    for_organisation = body.get("is_enterprise_install") is True
    return Identity(
        team=enterprise if for_organisation and enterprise else team,
        user=get_string(body, "user_id"),
        bot=get_string(body, "bot_id"),
        enterprise=enterprise,
        url=get_string(body, "url"),
        for_organisation=for_organisation,
    )


def check_scopes(granted: frozenset[str]) -> None:
    """Raises SettingsError if a required scope is missing. An empty `granted` means that Slack named none."""
    missing = [f"{scope} ({reason})" for scope, reason in REQUIRED_SCOPES.items() if scope not in granted]
    if granted and missing:
        raise SettingsError(
            "SLACK_BOT_TOKEN", f"scopes are missing: {', '.join(missing)}", f"add them under {SCOPES_PAGE}"
        )
