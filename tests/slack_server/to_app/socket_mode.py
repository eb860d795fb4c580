"""Socket Mode: WebSockets to the app (docs.slack.dev/apis/events-api/using-socket-mode).

apps.connections.open returns a URL with a ticket for one socket. Slack greets a new socket with `hello`, which says how
many sockets the app has. The limit is 10: the next socket gets no greeting, but `disconnect` with `too_many_websockets`.
Slack sends each envelope to one of the sockets.

If the app loses a socket without closing it, Slack still counts it and sends envelopes to it
(slackapi/python-slack-sdk issue 1940). Here such a socket is called a ghost; see `add_ghosts`. To a ticket that was used
or has expired, Slack answers 408 (issue 1110).
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.to_app.delivery import Attempt, Deliveries, Delivery
from tests.slack_server.workspace import APP_ID

MAX_SOCKETS = 10


class Socket:
    """One socket of the app, as Slack sees it."""

    def __init__(
        self, name: str, ws: web.WebSocketResponse | None, transport: asyncio.Transport | None
    ) -> None:
        self.name = name
        self.ws = ws
        self._transport = transport
        self.loses_envelopes = ws is None
        self.opened_at = time.time()
        self.received = 0  # frames from the app, pings too
        self.sent = 0
        self.closing = False
        self._flowing = asyncio.Event()
        self._flowing.set()

    @property
    def open(self) -> bool:
        return self.ws is None or not self.ws.closed

    async def send(self, body: Json) -> None:
        """Sends a text frame. A stalled socket sends it after `flow`; a ghost drops it silently."""
        if self.ws is None:
            return
        await self._flowing.wait()
        self.sent += 1
        with suppress(ConnectionError, RuntimeError):
            await self.ws.send_str(json.dumps(body))

    async def pong(self, data: bytes) -> None:
        await self._flowing.wait()
        if self.ws is not None:
            with suppress(ConnectionError, RuntimeError):
                await self.ws.pong(data)

    async def ping(self) -> None:
        if self.ws is not None and self._flowing.is_set():
            with suppress(ConnectionError, RuntimeError):
                await self.ws.ping(b"Ping from applink")

    def ghost(self) -> None:
        """Makes the socket a ghost: it still answers pings, but loses its envelopes."""
        self.loses_envelopes = True

    def stall(self) -> None:
        """Makes the connection half open: it sends nothing, not even a pong, until `flow`."""
        self._flowing.clear()

    def flow(self) -> None:
        """Ends `stall` and sends the frames that waited."""
        self._flowing.set()

    def abort(self) -> None:
        """Resets the TCP connection, without a close frame."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Closes the socket with a close frame."""
        if self.ws is not None:
            with suppress(ConnectionError, RuntimeError):
                await self.ws.close(code=WSCloseCode.OK)


class SocketMode:
    """All sockets of the app. A `Transport`."""

    def __init__(self, core: Core, seed: int = 0) -> None:
        self.core = core
        self.deliveries: Deliveries | None = None
        self.sockets: list[Socket] = []
        self.opened = 0  # sockets greeted so far
        self.refused = 0  # sockets refused because there were too many
        self.refuses_upgrades = False
        self._tickets: set[str] = set()
        self._random = random.Random(seed)

    def new_url(self) -> str:
        ticket = self.core.workspace.next_id("ticket")
        self._tickets.add(ticket)
        return f"ws{self.core.base.removeprefix('http')}/link/?ticket={ticket}&app_id={APP_ID}"

    def expire_tickets(self) -> None:
        """Makes all URLs that were issued and not yet used invalid."""
        self._tickets.clear()

    def add_ghosts(self, count: int = 1) -> None:
        """Adds ghosts: sockets that Slack counts and sends envelopes to, but that the app has lost."""
        self.sockets += [Socket(self.core.workspace.next_id("ghost"), None, None) for _ in range(count)]

    def remove_ghosts(self) -> None:
        self.sockets = [socket for socket in self.sockets if socket.ws is not None]

    @property
    def live(self) -> list[Socket]:
        """The sockets without the ghosts."""
        return [socket for socket in self.sockets if socket.ws is not None and socket.open]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serves the URL from apps.connections.open."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self.refuses_upgrades:
            return web.Response(status=408)
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        socket = Socket(self.core.workspace.next_id("socket"), ws, transport)
        if len(self.sockets) >= MAX_SOCKETS:
            self.refused += 1
            await socket.send(self._disconnect("too_many_websockets"))
            await socket.close()
            return ws
        self.sockets.append(socket)
        self.opened += 1
        await socket.send(
            {
                "type": "hello",
                "num_connections": len(self.sockets),
                "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP_ID},
            }
        )
        self.core.touch()
        pinging = self.core.spawn(self._ping(socket))
        try:
            await self._listen(socket, ws)
        finally:
            pinging.cancel()
            if socket in self.sockets:
                self.sockets.remove(socket)
            self.core.touch()
        return ws

    async def _listen(self, socket: Socket, ws: web.WebSocketResponse) -> None:
        async for frame in ws:
            socket.received += 1
            self.core.wake_waiting()
            if frame.type == WSMsgType.PING:
                await socket.pong(frame.data)
            elif frame.type == WSMsgType.TEXT and self.deliveries is not None:
                body: Json = json.loads(frame.data)
                self.deliveries.acknowledged(str(body.get("envelope_id")), body.get("payload"))

    async def _ping(self, socket: Socket) -> None:
        while True:
            await asyncio.sleep(self.core.timing.ping)
            await socket.ping()

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Sends the envelope to one of the sockets at random. Without a socket it is lost."""
        candidates = [socket for socket in self.sockets if socket.open and not socket.closing]
        if not candidates:
            return
        socket = self._random.choice(candidates)
        attempt.where = socket.name
        if socket.loses_envelopes:
            return
        envelope: Json = {
            "envelope_id": attempt.envelope_id,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        self.core.spawn(socket.send(envelope))

    def _disconnect(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}

    async def disconnect(self, reason: str = "warning") -> list[Socket]:
        """Asks the open sockets to disconnect, as Slack does from time to time. Returns these sockets.

        After `warning` and `refresh_requested` the app has time to open another socket before this one is
        closed. After `link_disabled` (Socket Mode was switched off) it is closed at once.
        """
        live = self.live
        for socket in live:
            await socket.send(self._disconnect(reason))
            if reason == "link_disabled":
                await socket.close()
            else:
                self.core.spawn(self._close_later(socket))
        return live

    async def _close_later(self, socket: Socket) -> None:
        await asyncio.sleep(self.core.timing.close_after_warning)
        socket.closing = True
        await socket.close()
