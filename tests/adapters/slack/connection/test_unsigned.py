"""Any request that is not signed by Slack gets 401 and leaves no line in the log."""

import hashlib
import hmac
import time
from pathlib import Path

import aiohttp

from tests.processes import analects
from tests.slack_server import SlackServer


def signed(secret: str, timestamp: str, body: bytes) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()


async def test_unsigned_requests_get_401_and_are_not_logged(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.http_settings) as bot:
        await bot.ready()
        url = (await bot.says("listening on")).rsplit(" ", 1)[1] + "/slack/events"
        secret, now = slack.http_settings["SLACK_SIGNING_SECRET"], str(int(time.time()))
        stamps = ("", "soon", "-1", "1e9", "٣", "9" * 400, "nan", str(int(time.time()) - 301))
        attempts: list[tuple[str, str, bytes]] = [
            (stamp, signed(secret, stamp, b"{}"), b"{}") for stamp in stamps
        ]
        attempts += [
            (now, signature, b"{}") for signature in ("", "v0=", "v0=é", "v1=" + "0" * 64, "x" * 2000)
        ]
        attempts += [
            (now, signed("another", now, body), body)
            for body in (b"", b"\xff\xfe\0", b"{" * 5000, b"payload=%zz")
        ]
        attempts += [(now, signed(secret, now, b"\xff\xfe"), b"\xff\xfe")]
        async with aiohttp.ClientSession() as session:
            for timestamp, signature, body in attempts:
                headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
                for kind in ("application/json", "application/x-www-form-urlencoded; charset=nonsense"):
                    sent = {**headers, "Content-Type": kind}
                    async with session.post(url, data=body, headers=sent) as response:
                        assert response.status == 401, (timestamp, signature, body)
            async with session.post(
                url, data=b"no gzip", headers={"Content-Encoding": "gzip"}, compress=False
            ) as response:
                assert response.status in (400, 401)
        assert await bot.terminate() == 0
        assert not [line for line in bot.lines if "ERROR" in line or "WARNING" in line]
