"""Slack over HTTP: signed requests to `/slack/events`.

The signature is verified here, before the body is read, and not by slack-bolt. Slack-bolt fails, with a line in the log, on a
timestamp that is no number or on a body that is no text; and it uses the clock of this machine, which may be wrong.
"""

import time
from collections.abc import Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.signature import Clock, SignatureVerifier

from adapters.http_server import Handler
from adapters.slack.platform import Slack

MAX_TIMESTAMP_DIGITS = 12


def handler(slack: Slack) -> Handler:
    """A handler that gives requests to slack-bolt. Until the tokens were checked, and while Slack refuses them, it answers 503,
    so that Slack sends the request again."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if slack.app is None or slack.stopping or slack.api.refused is not None:
            return web.Response(status=503)
        if not is_signed(await request.read(), request.headers, slack.signing_secret, slack.now):
            return web.Response(status=401)
        response: web.Response = await to_aiohttp_response(
            await slack.app.async_dispatch(await to_bolt_request(request))
        )
        return response

    return handle


class _Clock(Clock):
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def now(self) -> float:
        return self._now()


def is_signed(
    body: bytes, headers: Mapping[str, str], secret: str | None, now: Callable[[], float] = time.time
) -> bool:
    """Whether Slack signed this body within the last five minutes (docs.slack.dev/authentication/verifying-requests-from-slack).
    `now` returns Slack's time, which may differ from the clock of this machine."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    plausible = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= MAX_TIMESTAMP_DIGITS
    if not secret or not plausible or not signature.isascii():
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return SignatureVerifier(secret, _Clock(now)).is_valid(text, timestamp, signature)
