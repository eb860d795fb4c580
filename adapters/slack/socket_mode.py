"""One socket of Socket Mode, from its URL to its end (docs.slack.dev/apis/events-api/using-socket-mode).

slack-sdk's client is not used, for three reasons: after `too_many_websockets` it reconnects without a pause, it tries a refused
URL for ever, and at every `disconnect` it is offline for a moment. A `Socket` connects once; `adapters.slack.connection` decides
what follows.

After `heartbeat` seconds without a frame, the socket sends a ping; if no answer comes within half of that time, it closes. A
socket that answers pings but gets no envelopes looks the same as a quiet one.
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

HEARTBEAT_S = 10.0
HELLO_TIMEOUT_S = 15.0
"""How long Slack may take to send `hello`, in seconds, connecting included."""
MAX_FRAME_BYTES = 4 * 1024 * 1024

Envelope = dict[str, object]


class SocketClosedError(AnalectsError):
    """The socket closed, or did not open. The message is the reason, without the URL."""


class Socket:
    """Open it with `open`, then wait for `closing`. Without an `app`, no envelope is acknowledged, and Slack sends each again."""

    def __init__(
        self,
        app: AsyncApp | None,
        heartbeat: float = HEARTBEAT_S,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_end` is called when the socket is no longer alive."""
        self._app = app
        self._on_end = on_end
        self._heartbeat = heartbeat
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._dispatching: set[asyncio.Task[None]] = set()
        self._hello: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.closing = asyncio.Event()
        """Set when Slack asks for another connection, or when the socket closed."""
        self.reason = ""
        self.alive = False

    async def open(self, session: aiohttp.ClientSession, url: str, proxy: str | None) -> int:
        """Connects, and returns how many sockets of this app Slack counts. Raises SocketClosedError."""
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                self._ws = await session.ws_connect(
                    url,
                    heartbeat=self._heartbeat,
                    max_msg_size=MAX_FRAME_BYTES,
                    proxy=proxy,
                    timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
                )
                self.alive = True
                self._reading = asyncio.create_task(self._read(self._ws))
                return await self._hello
        except aiohttp.WSServerHandshakeError as error:
            raise SocketClosedError(f"HTTP {error.status}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self.close()
            raise SocketClosedError(type(error).__name__) from None

    async def close(self) -> None:
        """Closes the socket, after up to a second for the envelopes in work to be acknowledged."""
        if self._dispatching:
            await asyncio.wait(self._dispatching, timeout=1)
        if self._ws is not None:
            await self._ws.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in ws:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._receive(ws, frame.data)
            self.reason = self.reason or _close_reason(ws)
        finally:
            self.reason = self.reason or "closed"
            if not self._hello.done():
                self._hello.set_exception(SocketClosedError(self.reason))
                self._hello.exception()  # marks it as retrieved: perhaps nobody waits for it any more
            self.alive = False
            self.closing.set()
            self._on_end()

    def _receive(self, ws: aiohttp.ClientWebSocketResponse, text: str) -> None:
        try:
            body = json.loads(text)
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        kind = body.get("type")
        if kind == "hello":
            count = body.get("num_connections")
            if not self._hello.done():
                self._hello.set_result(count if isinstance(count, int) else 1)
        elif kind == "disconnect":
            self.reason = str(body.get("reason") or "disconnect")[:40]
            if not self._hello.done():
                self._hello.set_exception(SocketClosedError(self.reason))
            self.closing.set()
        elif body.get("envelope_id") and self._app is not None:
            task = asyncio.create_task(self._dispatch(self._app, ws, body))
            self._dispatching.add(task)
            task.add_done_callback(self._dispatching.discard)

    async def _dispatch(self, app: AsyncApp, ws: aiohttp.ClientWebSocketResponse, envelope: Envelope) -> None:
        """Gives an envelope to slack-bolt, and sends its acknowledgement to Slack."""
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
            log.info("slack-bolt did not take an envelope: %(envelope)s", {"envelope": envelope.get("type")})
            return
        answer = {"envelope_id": envelope["envelope_id"]}
        if response.body.startswith("{"):
            answer["payload"] = json.loads(response.body)
        try:
            await ws.send_str(json.dumps(answer))
        except (ConnectionError, aiohttp.ClientError, RuntimeError):
            log.info("an acknowledgement was lost: Slack will send the envelope again")


def _close_reason(ws: aiohttp.ClientWebSocketResponse) -> str:
    error = ws.exception()
    return type(error).__name__ if error is not None else f"closed ({ws.close_code})"
