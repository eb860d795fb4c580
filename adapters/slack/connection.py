"""Keeps a socket of Socket Mode open.

When a socket ends, another one is opened. If Slack announced the end, this happens at once, and the old socket is served until it
closes, so that nothing is missed. Otherwise a pause with jitter comes first, which grows with each try. Each try writes one line to
the log.
"""

import asyncio
from dataclasses import dataclass
from logging import INFO, WARNING, getLogger
from time import monotonic

from slack_bolt.async_app import AsyncApp

from adapters.slack.socket_mode import HEARTBEAT_S, Socket, SocketClosedError
from adapters.slack.tokens import socket_url
from adapters.slack.web_api import Api
from bot.delivery.platform import ConnectionFailedError, UnreachableError
from bot.delivery.target import LimitedError
from bot.runtime.backoff import backoff
from bot.runtime.health import Health

log = getLogger("analects.slack")

_PLANNED_RECONNECTS = frozenset({"warning", "refresh_requested"})
"""Reasons of Slack's `disconnect` messages that announce a planned end: the next socket may be opened at once."""


@dataclass(frozen=True, slots=True)
class Times:
    """Times in seconds; tests use shorter ones."""

    heartbeat: float = HEARTBEAT_S
    first_pause: float = 1.0
    """The pause before the second try; it doubles with each further try."""
    max_pause: float = 60.0
    crowded_pause: float = 15.0
    """The shortest pause after `too_many_websockets`."""
    stable_after: float = 5.0
    """After a connection that lasted this long, the next pause is the first one again."""
    give_up_after: float = 600.0
    """If Slack answers but no socket opens for this long, the program gives up on Slack."""
    drain: float = 2.0
    """How long unfinished envelopes may take after a signal to stop."""
    token_pause: float = 15.0
    """The pause before a refused token is tried again; it doubles with each further try."""
    max_token_pause: float = 300.0
    settings_pause: float = 5.0
    """How often the settings are read while a token is refused. Another token in them is tried at once."""


class Connection:
    """The sockets of one app: usually one, for a moment two."""

    def __init__(self, name: str, api: Api, health: Health, times: Times) -> None:
        """`name` is the platform's name in `health`."""
        self._name = name
        self._api = api
        self._health = health
        self._times = times
        self._sockets: set[Socket] = set()
        self._last_socket_count = 1
        self.stopping = False
        self.refused = asyncio.Event()
        """Set while Slack refuses a token. Then no socket is opened."""

    async def close(self) -> None:
        """Closes the sockets."""
        await asyncio.gather(*(socket.close() for socket in self._sockets), return_exceptions=True)

    def refuse(self) -> None:
        """Stops opening sockets, and ends `stay_open`, because Slack refuses a token."""
        self.refused.set()
        for socket in self._sockets:
            socket.closing.set()

    async def stay_open(self, app: AsyncApp, app_token: str) -> None:
        """Keeps a socket open until `refuse` is called. Raises SettingsError if Slack refuses the app-level token,
        ConnectionFailedError if no socket holds."""
        tries, no_socket_since = 0, None
        while not self.refused.is_set():
            pause = 0.0
            try:
                url = await socket_url(self._api, app_token)
                no_socket_since = no_socket_since or monotonic()
                began = await self._open(app, url)
                no_socket_since = None
                reason = await self._until_closing()
                tries = 0 if monotonic() - began >= self._times.stable_after else tries + 1
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
            if self.refused.is_set():
                return
            if tries or reason not in _PLANNED_RECONNECTS:
                pause = max(pause, self._pause(tries) if tries else self._pause(1) / 4)
            self._report(reason, pause)
            if no_socket_since is not None and monotonic() - no_socket_since > self._times.give_up_after:
                raise ConnectionFailedError("Slack answers, but no socket stays open")
            await asyncio.sleep(pause)

    async def _open(self, app: AsyncApp, url: str) -> float:
        """Opens a socket, and returns when that was. Raises SocketClosedError."""
        socket = Socket(app, self._times.heartbeat, self._socket_ended)
        self._newest = socket
        count = await socket.open(self._api.session, url, self._api.client.proxy)
        self._sockets = {old for old in self._sockets if old.alive} | {socket}
        ours = len(self._sockets)
        if count > ours and count > self._last_socket_count:
            log.warning(
                "slack counts %(sockets)d sockets of this app, %(ours)d of them ours: is another copy running?",
                {"sockets": count, "ours": ours},
            )
        self._last_socket_count = max(count, 1)
        log.info("slack connected")
        self._health.up(self._name)
        return monotonic()

    async def _until_closing(self) -> str:
        socket = self._newest
        await socket.closing.wait()
        return socket.reason

    def _socket_ended(self) -> None:
        alive = {socket for socket in self._sockets if socket.alive}
        if alive == self._sockets:
            return  # it was never connected
        self._sockets = alive
        if not alive and not self.stopping and not self.refused.is_set():
            self._health.down(self._name, "connection lost")

    def _report(self, reason: str, pause: float) -> None:
        """Writes the one log line of a try."""
        if not self._sockets:
            self._health.down(self._name, reason)
        log.log(
            INFO if self._sockets else WARNING,
            "slack: connection ended: %(error)s; next try in %(pause_s).2f s",
            {"error": reason or "closed", "pause_s": pause},
        )

    def _pause(self, tries: int) -> float:
        return backoff(tries, self._times.first_pause, self._times.max_pause)
