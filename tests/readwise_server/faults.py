"""Faults that the server answers requests with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """A wrong response. `kind`: "status", "cut", "closed", "text", "shape", "slow"."""

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<html>Something went wrong</html>"

    async def answer(self, request: web.Request, right: bytes) -> web.StreamResponse:
        """Answers a request with this fault. `right` is the body of the correct response."""
        if self.kind == "closed":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if self.kind == "cut":
            response = web.StreamResponse(
                headers={"Content-Type": "application/json", "Content-Length": str(len(right))}
            )
            await response.prepare(request)
            await response.write(right[: len(right) // 2])
            assert request.transport is not None
            request.transport.close()
            return response
        if self.kind == "slow":
            await asyncio.Event().wait()
        if self.kind in ("text", "shape"):
            body = self.body if self.kind == "text" else b'{"count": 1, "results": {"not": "a list"}}'
            return web.Response(body=body, content_type="application/json")
        return web.Response(status=self.status, headers=self.headers, body=self.body)


def limited(seconds: int) -> Fault:
    return Fault("status", 429, {"Retry-After": str(seconds)}, b'{"detail": "Request was throttled."}')


FAULTS = (
    Fault("status", 500),
    Fault("status", 502),
    Fault("status", 503),
    limited(1),
    Fault("cut"),
    Fault("closed"),
    Fault("text"),
    Fault("text", body=b""),
    Fault("shape"),
)
"""One fault of each kind, except "slow"."""
