"""`POST /readwise/webhook`: Readwise calls it when a highlight is made. It only starts a fetch. The request's body is of no use: it
has no title, and Readwise does not announce changes and deletions.
"""

import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import SecretStr

PATH = "/readwise/webhook"


def handler(
    secret: SecretStr, nudge: Callable[[], None]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answers 200 to Readwise and to its "test" button, which sends an empty body; 403 to anybody else."""
    expected = secret.get_secret_value().encode("utf-8", "surrogatepass")

    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not body.strip():
            return web.Response(text="ok")
        if not hmac.compare_digest(_secret(body), expected):
            return web.Response(status=403, text="wrong secret")
        nudge()
        return web.Response(text="ok")

    return handle


def _secret(body: bytes) -> bytes:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return b""
    found = payload.get("secret") if isinstance(payload, dict) else None
    return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else b""
