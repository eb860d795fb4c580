"""`/digest.atom?key=…`: the digests of channels as a feed, for everyone who has the key.

Without `FEED_KEY` the address does not exist. To a wrong key the answer is the same as if it did not exist.
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
MAX_ADDRESS_CHARS = 2_000


def handler(
    key: SecretStr, feed: DigestFeed, index: Callable[[], Index]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of GET requests to `PATH`."""
    secret = key.get_secret_value().encode("utf-8", "surrogatepass")
    expected = hashlib.sha256(secret).digest()
    owner = hmac.new(secret, b"the id of the feed", hashlib.sha256).hexdigest()

    async def answer(request: web.Request) -> web.Response:
        sent_key = request.query.get("key", "")[:MAX_KEY_CHARS]
        # hashes of equal length are compared in constant time, so that timing reveals nothing about the key
        if not hmac.compare_digest(
            hashlib.sha256(sent_key.encode("utf-8", "surrogatepass")).digest(), expected
        ):
            raise web.HTTPNotFound
        try:
            body = await feed.atom(index(), request.query.get("channel", ""), owner, _address(request))
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


def _address(request: web.Request) -> str:
    """The address of the feed as the reader requested it, with https if a proxy adds TLS; "" if it is not a valid address."""
    try:
        url = request.url
        if request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https":
            url = url.with_scheme("https")
    except ValueError:  # the request names no valid host
        return ""
    return str(url) if len(str(url)) <= MAX_ADDRESS_CHARS else ""
