"""One socket of Socket Mode, from its URL to its end (docs.slack.dev/apis/events-api/using-socket-mode).

slack-sdk's client is not used for this: it reconnects without a pause when Slack says too_many_websockets, tries a refused URL
for ever, and leaves a gap at every `disconnect`. Here a connection is held once; `connect` decides what follows.

Liveness: the socket is pinged when nothing came for `heartbeat` seconds, and given up when half of that again passes in
silence, which is far within two minutes. (A ghost socket answers pings: it can't be told from a quiet one.)
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from logging import getLogger

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.runtime.logs import describe_error
from corpus.errors import AnalectsError

log = getLogger("analects.slack")

HEARTBEAT = 10.0
GREETING = 15.0
"""Seconds to wait for `hello`."""
MOST_FRAME = 4 * 1024 * 1024

Envelope = dict[str, object]


class SocketClosedError(AnalectsError):
    """The socket is gone, or was never opened; the message is a reason without URL or text."""


class Socket:
    """Hold one with `open`, then wait until it is `going`. Without an `app` nothing is taken: Slack sends it again."""

    def __init__(self, app: AsyncApp | None, heartbeat: float = HEARTBEAT) -> None:
        self._app = app
        self._heartbeat = heartbeat
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._greeted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.going = asyncio.Event()
        """Slack told it to go, or it is gone."""
        self.reason = ""
        self.alive = False
        self.on_end: Callable[[], None] = lambda: None

    async def open(self, session: aiohttp.ClientSession, url: str, proxy: str | None) -> int:
        """Connects; the number of sockets of this app that Slack counts. Raises SocketClosedError."""
        try:
            async with asyncio.timeout(GREETING):
                self._ws = await session.ws_connect(
                    url,
                    heartbeat=self._heartbeat,
                    max_msg_size=MOST_FRAME,
                    proxy=proxy,
                    timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
                )
                self.alive = True
                self._reading = asyncio.create_task(self._read(self._ws))
                return await self._greeted
        except aiohttp.WSServerHandshakeError as error:
            raise SocketClosedError(f"HTTP {error.status}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self.close()
            raise SocketClosedError(type(error).__name__) from None

    async def close(self) -> None:
        """Says goodbye; envelopes that were taken are still acknowledged where that is quick."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=1)
        if self._ws is not None:
            await self._ws.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in ws:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._take(ws, frame.data)
            self.reason = self.reason or _closing(ws)
        finally:
            self.reason = self.reason or "closed"
            if not self._greeted.done():
                self._greeted.set_exception(SocketClosedError(self.reason))
                self._greeted.exception()  # seen: nobody may wait any more
            self.alive = False
            self.going.set()
            self.on_end()

    def _take(self, ws: aiohttp.ClientWebSocketResponse, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        kind = body.get("type")
        if kind == "hello":
            number = body.get("num_connections")
            if not self._greeted.done():
                self._greeted.set_result(number if isinstance(number, int) else 1)
        elif kind == "disconnect":
            self.reason = str(body.get("reason", "disconnect"))[:40]
            if not self._greeted.done():
                self._greeted.set_exception(SocketClosedError(self.reason))
            self.going.set()
        elif body.get("envelope_id") and self._app is not None:
            task = asyncio.create_task(self._answer(self._app, ws, body))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, app: AsyncApp, ws: aiohttp.ClientWebSocketResponse, envelope: Envelope) -> None:
        """Gives an envelope to slack-bolt, and acknowledges it when that has."""
        payload = envelope.get("payload")
        headers: dict[str, str | Sequence[str]] = {}
        if isinstance(envelope.get("retry_attempt"), int):
            headers["x-slack-retry-num"] = str(envelope["retry_attempt"])
        try:
            request = AsyncBoltRequest(
                mode="socket_mode", body=payload if isinstance(payload, dict) else {}, headers=headers
            )
            response = await app.async_dispatch(request)
        except Exception as error:
            log.error("an envelope failed: %(error)s", {"error": describe_error(error)})
            return
        if response.status != 200:
            log.info("an envelope was not taken: %(envelope)s", {"envelope": envelope.get("type")})
            return
        answer = {"envelope_id": envelope["envelope_id"]}
        if response.body.startswith("{"):
            answer["payload"] = json.loads(response.body)
        try:
            await ws.send_str(json.dumps(answer))
        except (ConnectionError, aiohttp.ClientError, RuntimeError):
            log.info("an acknowledgement was lost: it will come again")


def _closing(ws: aiohttp.ClientWebSocketResponse) -> str:
    error = ws.exception()
    return type(error).__name__ if error is not None else f"closed ({ws.close_code})"
