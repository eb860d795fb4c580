"""The REST API: SimCord's routes over HTTP, with tokens, nonces, and faults on demand."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.http import router
from simcord.http import routes as _routes  # noqa: F401  registers them

BASE = "/api/v10"


@dataclass
class Fault:
    """A fault for the next requests to a path."""

    method: str
    path: str
    times: int
    status: int = 500
    body: object = None
    headers: dict[str, str] | None = None
    done_first: bool = False
    """Whether the request takes effect before it fails."""
    hang: bool = False
    """Whether no answer comes until the client gives up."""
    cut: bool = False
    """Whether the connection breaks instead of an answer."""
    hang_until_stopped: bool = False
    """Whether no answer comes until the server stops, even if the client gives up."""
    late: asyncio.Event | None = None
    """If given, the connection breaks at once, and the request takes effect when this event is set."""
    every: int = 1
    """Only every n-th of these requests fails."""
    seen: int = 0


class Rest:
    """Answers requests to the REST API."""

    def __init__(self, backend: Backend, token: str) -> None:
        self.backend = backend
        self.token = token
        self.gateway_url = ""
        self.owner = backend.make_user("owner")
        self.public = False
        self.shards = 1
        self.sessions_left = 1000
        self.reset_after_ms = 0
        """Milliseconds until Discord resets `sessions_left`."""
        self.team: dict[str, Any] | None = None
        """The team that owns the application."""
        self.content_intent = False
        """Whether the message content intent is switched on for the application."""
        self.faults: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self.log: list[tuple[str, str, Any]] = []
        """Method, path and body of every request."""
        self.replied: dict[int, float] = {}
        """By id of a message: when the bot first tried to reply to it, by the monotonic clock."""
        self._late: set[asyncio.Task[None]] = set()
        self._nonces: dict[tuple[str, str], dict[str, Any]] = {}

    def fail(self, method: str, path: str, times: int = 1, **more: Any) -> Fault:
        """Orders a fault for requests whose path after /api/v10 matches the pattern `path`."""
        fault = Fault(method, path, times, **more)
        self.faults.append(fault)
        return fault

    def limit(
        self, seconds: float | None, times: int = 1, path: str = "/channels/*/messages", every: int = 1
    ) -> Fault:
        """Orders answers with status 429, with or without Retry-After."""
        if seconds is None:
            return self.fail("POST", path, times, status=429, body={"message": "limited"}, every=every)
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
        headers = {"Retry-After": f"{seconds:g}", "Via": "1.1 google"}
        return self.fail("POST", path, times, status=429, body=body, headers=headers, every=every)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(BASE)
        body = await request.json() if request.can_read_body else None
        self.log.append((request.method, path, body))
        reference = body.get("message_reference") if isinstance(body, dict) else None
        if reference:
            self.replied.setdefault(int(reference["message_id"]), time.monotonic())
        open_to_all = path.startswith(("/interactions/", "/webhooks/"))
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.token}":
            self.counts["401"] += 1
            return self._answer(401, {"message": "401: Unauthorized", "code": 0})
        fault = self._fault(request.method, path)
        if fault is None:
            return self._run(request, path, body)
        if fault.hang:
            while request.transport is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            return web.Response()
        if fault.late is not None:
            if request.transport is not None:
                request.transport.abort()
            self._late.add(task := asyncio.create_task(self._run_later(fault.late, request, path, body)))
            task.add_done_callback(self._late.discard)
            return web.Response()
        if fault.done_first:
            self._run(request, path, body)
        if fault.hang_until_stopped:
            await asyncio.Event().wait()
        if fault.cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        self.counts[str(fault.status)] += 1
        return self._answer(fault.status, fault.body, fault.headers)

    async def _run_later(self, event: asyncio.Event, request: web.Request, path: str, body: Any) -> None:
        await event.wait()
        self._run(request, path, body)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in list(self.faults):
            if fault.method in (method, "*") and fnmatch.fnmatch(path, fault.path):
                fault.seen += 1
                if fault.seen % fault.every:
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _run(self, request: web.Request, path: str, body: Any) -> web.Response:
        try:
            return self._answer(200, self._dispatched(request, path, body))
        except BackendError as error:
            self.counts[str(error.status)] += 1
            return self._answer(error.status, error.to_json())

    def _dispatched(self, request: web.Request, path: str, body: Any) -> object:
        if path == "/gateway/bot":
            limits = {
                "total": 1000,
                "remaining": self.sessions_left,
                "reset_after": self.reset_after_ms,
                "max_concurrency": 1,
            }
            return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": limits}
        found = self._nonce(path, body)
        if found is not None:
            return found
        self._check_reference(request, path, body)
        self._check_thread(request, path)
        params = dict(request.query)
        most = int(params.get("limit", 50)) if "after" in params else None
        if (
            most is not None
        ):  # of the messages after a given one, SimCord returns the newest, Discord the oldest
            params["limit"] = str(1 << 30)
        answer = router.dispatch(
            self.backend,
            request.method,
            path,
            json=body,
            params=params,
            message_content_access=self.content_intent,
        )
        if most is not None and path.endswith("/messages"):
            answer = [
                {key: value for key, value in message.items() if key != "nonce"} for message in answer[-most:]
            ]
        if path == "/oauth2/applications/@me":
            answer |= {"owner": dict(serializers.user_payload(self.owner)), "bot_public": self.public}
            answer |= {"team": self.team, "flags": 1 << 19 if self.content_intent else 0}
        if isinstance(body, dict) and body.get("enforce_nonce"):
            self._nonces[path, str(body["nonce"])] = answer
        return answer

    def forget_nonces(self) -> None:
        """Forgets all nonces, as Discord does some minutes after a post. The same nonce then posts a second message."""
        self._nonces.clear()

    def _nonce(self, path: str, body: Any) -> dict[str, Any] | None:
        """The message that was already posted with this nonce."""
        if not isinstance(body, dict) or not body.get("enforce_nonce"):
            return None
        found = self._nonces.get((path, str(body["nonce"])))
        if found is not None:
            self.counts["nonce"] += 1
        return found

    def _check_reference(self, request: web.Request, path: str, body: Any) -> None:
        """Refuses a reply to a deleted message, unless `fail_if_not_exists` is false."""
        reference = (
            body.get("message_reference") if isinstance(body, dict) and request.method == "POST" else None
        )
        if not reference or not reference.get("fail_if_not_exists", True):
            return
        channel = int(path.split("/")[2])
        if int(reference["message_id"]) not in self.backend.messages.get(channel, {}):
            raise BackendError(400, 50035, "Invalid Form Body\nIn message_reference: Unknown message")

    def _check_thread(self, request: web.Request, path: str) -> None:
        """Refuses a second thread on a message. A thread has the id of its message."""
        match path.split("/"):
            case ["", "channels", _, "messages", message, "threads"] if request.method == "POST":
                if int(message) in self.backend.channels:
                    raise BackendError(400, 160004, "A thread has already been created for this message")

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> web.Response:
        if body is None:
            return web.Response(status=204 if status == 200 else status, headers=headers)
        # discord.py compares the content type with exactly this string
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        return web.Response(status=status, body=json.dumps(body, default=str).encode(), headers=all_headers)
