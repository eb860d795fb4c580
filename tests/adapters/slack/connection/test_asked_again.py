"""Over HTTP, an event arrives while the bot stops or while its token is refused. Slack is asked to send it again."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.slack import http_mode


@pytest.mark.parametrize(
    ("attributes", "status"),
    [({}, 401), ({"stopping": True}, 503), ({"refused": "token_revoked"}, 503), ({"app": None}, 503)],
)
async def test_the_status_makes_slack_send_the_event_again(
    attributes: dict[str, object], status: int
) -> None:
    platform: Any = SimpleNamespace(
        app=attributes.get("app", object()),
        stopping=attributes.get("stopping", False),
        api=SimpleNamespace(refused=attributes.get("refused")),
        signing_secret="of a test",
        now=lambda: 1_790_000_000.0,
    )
    app = web.Application()
    app.router.add_post("/slack/events", http_mode.handler(platform))
    async with TestClient(TestServer(app)) as client, client.post("/slack/events", data=b"{}") as response:
        assert response.status == status


def test_a_signature_is_valid_for_five_minutes_of_slacks_time() -> None:
    from slack_sdk.signature import SignatureVerifier

    signature = SignatureVerifier("s").generate_signature(timestamp="1790000000", body="{}") or ""
    headers = {"X-Slack-Request-Timestamp": "1790000000", "X-Slack-Signature": signature}
    assert http_mode.is_signed(b"{}", headers, "s", lambda: 1_790_000_299.0)
    assert not http_mode.is_signed(b"{}", headers, "s", lambda: 1_790_000_301.0)
    assert not http_mode.is_signed(b"{} ", headers, "s", lambda: 1_790_000_000.0)
