"""`/digest.atom?key=…`: the digests of channels as a feed, for whoever has the key.

Without `FEED_KEY` there is no such address. With a wrong key the answer is the same as for an address that does not exist.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import SecretStr

from bot.digest.feed import DigestFeed
from bot.search.index import Index
from bot.state.claims import StateError

PATH = "/digest.atom"
MAX_KEY_CHARS = 1_000


def handler(
    key: SecretStr, feed: DigestFeed, index: Callable[[], Index]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of GET requests to `PATH`."""
    expected = hashlib.sha256(key.get_secret_value().encode("utf-8", "surrogatepass")).digest()

    async def answer(request: web.Request) -> web.Response:
        given = request.query.get("key", "")[:MAX_KEY_CHARS]
        # digests of equal length, compared in constant time, so that timing reveals nothing about the key
        if not hmac.compare_digest(hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest(), expected):
            raise web.HTTPNotFound
        try:
            body = await feed.atom(index(), request.query.get("channel", ""))
        except StateError:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"}) from None
        if body is None:
            raise web.HTTPNotFound
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
        if f'"{tag}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/atom+xml", charset="utf-8", headers=headers)

    return answer
