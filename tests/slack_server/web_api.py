"""The Web API under /api/: reads a call, checks token and scopes, applies faults, runs the method.

Arguments come as a query, a form, or JSON. The token comes in the Authorization header or, except with JSON, as
an argument. A refusal is `{"ok": false, "error": …}` with status 200 (docs.slack.dev/apis/web-api). Each answer
names the granted scopes in `x-oauth-scopes` and the method's scopes in `x-accepted-oauth-scopes`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from tests.slack_server.core import Call, Core
from tests.slack_server.faults import Fault
from tests.slack_server.json_types import Json


class RefusalError(Exception):
    """Slack refuses a call. Has the error code and further fields of the answer."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}


def invalid(error: str, problems: Iterable[str], *, with_errors: bool = False) -> RefusalError:
    """A refusal with sentences about blocks or views. With `with_errors`, as for blocks, Slack repeats them in `errors`."""
    sentences = list(problems)
    more: Json = {"errors": sentences} if with_errors else {}
    return RefusalError(
        error, **more, response_metadata={"messages": [f"[ERROR] {sentence}" for sentence in sentences]}
    )


Work: TypeAlias = Callable[[Core, Json], Json]


@dataclass(frozen=True)
class Method:
    """A method: the scopes that each call needs, and whether it needs the app-level token."""

    work: Work
    scopes: tuple[str, ...] = ()
    app_level: bool = False


def argument(arguments: Json, name: str) -> str:
    """A required argument."""
    value = arguments.get(name)
    if value in (None, ""):
        raise invalid("invalid_arguments", [f"missing required field: {name}"])
    return str(value)


def flag(arguments: Json, name: str) -> bool | None:
    """A boolean argument, which forms and queries send as a word. None if it is missing."""
    value = arguments.get(name)
    return None if value is None else str(value).lower() in ("1", "true")


def structure(arguments: Json, name: str, error: str) -> object:
    """A structured argument: a JSON value, or a string that contains JSON."""
    value = arguments.get(name)
    if isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            raise RefusalError(error) from None
    return value


class WebApi:
    """Handles /api/{method}, and applies faults to everything that the app calls."""

    def __init__(self, core: Core, methods: dict[str, Method]) -> None:
        self.core = core
        self.methods = methods

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments, token, readable = await _read(request)

        def work() -> tuple[int, Json]:
            if not readable:
                return 200, {"ok": False, "error": "invalid_json"}
            try:
                return 200, self._run(name, arguments, token)
            except RefusalError as refusal:
                return 200, refusal.body

        response = await self.answer(request, name, arguments, work)
        method = self.methods.get(name)
        granted = self._granted(token)
        if granted is not None and not response.prepared:
            response.headers["x-oauth-scopes"] = ",".join(sorted(granted))
            if method is not None and method.scopes:
                response.headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        return response

    async def answer(
        self, request: web.Request, name: str, arguments: Json, work: Callable[[], tuple[int, Json]]
    ) -> web.Response:
        """Runs `work` for a call, or fails if a fault applies. Records the call in both cases."""
        call = Call(name, arguments)
        self.core.calls.append(call)
        self.core.busy += 1
        self.core.touch()
        fault = self.core.faults.next_for(name, arguments)
        try:
            if fault is not None:
                call.fault = fault.kind
            return await self._answer(request, call, fault, work)
        finally:
            call.done = True
            self.core.busy -= 1
            self.core.touch()

    async def _answer(
        self, request: web.Request, call: Call, fault: Fault | None, work: Callable[[], tuple[int, Json]]
    ) -> web.Response:
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            fault = None
        if fault is not None and not fault.after:
            return await self._fail(request, call, fault)
        call.status, body = work()
        call.error = None if body.get("ok") else str(body.get("error"))
        self.core.touch()
        if fault is not None:
            return await self._fail(request, call, fault)
        return web.json_response(body, status=call.status)

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.Response:
        call.status = fault.status
        if fault.kind == "error":
            call.error = fault.body
            return web.json_response({"ok": False, "error": fault.body})
        if fault.kind == "hang":
            self.core.busy -= 1
            try:
                await self._client_gone(request)
            finally:
                self.core.busy += 1
        if fault.kind in ("hang", "drop"):
            if isinstance(request.transport, asyncio.Transport):
                request.transport.abort()
            return web.Response()
        call.error = "ratelimited" if fault.status == 429 else "server_error"
        return web.Response(
            status=fault.status, headers=dict(fault.headers), text=fault.body, content_type=fault.content_type
        )

    async def _client_gone(self, request: web.Request) -> None:
        """Waits until the client gives up or the server closes."""
        while request.transport is not None and not request.transport.is_closing():
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self.core.closing.wait()
                return

    def _granted(self, token: str | None) -> frozenset[str] | None:
        installed = self.core.installation
        if (token or "").startswith("xwfp-"):  # the token for one run of a workflow step
            return installed.scopes
        return {installed.bot_token: installed.scopes, installed.app_token: installed.app_scopes}.get(
            token or ""
        )

    def _run(self, name: str, arguments: Json, token: str | None) -> Json:
        method = self.methods.get(name)
        if method is None and name != "apps.manifest.export":
            raise RefusalError("unknown_method", req_method=name)
        if not token:
            raise RefusalError("not_authed")
        if token in self.core.installation.dead_tokens:
            raise RefusalError(self.core.installation.dead_tokens[token])
        if name == "apps.manifest.export":
            if token != self.core.installation.config_token:
                raise RefusalError("invalid_auth")
            return {"ok": True, "manifest": self.core.installation.manifest}
        assert method is not None
        granted = self._granted(token)
        if granted is None:
            raise RefusalError("invalid_auth")
        app_level = token == self.core.installation.app_token
        if method.app_level != app_level and name != "auth.test":
            raise RefusalError("not_allowed_token_type")
        require(method.scopes, granted)
        return {"ok": True, **method.work(self.core, {**arguments, "token": token})}


def require(scopes: Iterable[str], granted: frozenset[str]) -> None:
    """Raises a `missing_scope` refusal unless all of them are granted."""
    missing = [scope for scope in scopes if scope not in granted]
    if missing:
        raise RefusalError("missing_scope", needed=missing[0], provided=",".join(sorted(granted)))


async def _read(request: web.Request) -> tuple[Json, str | None, bool]:
    """The arguments, the token, and whether the body could be read."""
    arguments: Json = dict(request.query)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or None
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return arguments, bearer, False
        if not isinstance(body, dict):
            return arguments, bearer, False
        return {**arguments, **body}, bearer, True
    if request.method == "POST":
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return arguments, bearer or arguments.pop("token", None), True
