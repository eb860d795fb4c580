"""HTTP mode: signed requests to the app's own URL.

Source: docs.slack.dev/authentication/verifying-requests-from-slack and /apis/events-api.

The signature is `v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}` with the signing secret. A request whose timestamp
is more than five minutes off counts as a replay. Events are JSON, slash commands a form, interactions a form with one
field, `payload`. Retries have the headers X-Slack-Retry-Num (from 1) and X-Slack-Retry-Reason; the first delivery has
neither. After a refusal with `X-Slack-No-Retry: 1` there are no more retries.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.to_app.delivery import Attempt, Deliveries, Delivery


@dataclass(frozen=True)
class Answer:
    """The app's answer to a request."""

    status: int
    text: str
    headers: Mapping[str, str]


class HttpMode:
    """Requests to one URL. A `Transport`.

    Requests are `age` seconds old. If `secret` is set, their signatures are wrong. The app should refuse both.
    """

    def __init__(self, core: Core, url: str) -> None:
        self.core = core
        self.url = url
        self.deliveries: Deliveries | None = None
        self.answers: list[Answer] = []
        self.age = 0.0
        self.secret: str | None = None
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def sign(self, body: bytes, timestamp: int) -> str:
        key = (self.secret or self.core.installation.signing_secret).encode()
        return "v0=" + hmac.new(key, b"v0:%d:" % timestamp + body, hashlib.sha256).hexdigest()

    async def post(self, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Sends a signed request."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timestamp = int(time.time() - self.age)
        signed = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": self.sign(body, timestamp),
            **(headers or {}),
        }
        timeout = aiohttp.ClientTimeout(total=self.core.timing.acknowledge)
        async with self._session.post(self.url, data=body, headers=signed, timeout=timeout) as response:
            answer = Answer(response.status, await response.text(), response.headers)
        self.answers.append(answer)
        return answer

    async def verify_url(self) -> bool:
        """Checks the URL as Slack does when an operator enters it: the answer must contain the challenge."""
        body: Json = {
            "token": "verification-token",
            "challenge": "a-challenge-of-slack",
            "type": "url_verification",
        }
        answer = await self.post(json.dumps(body).encode(), "application/json")
        return answer.status == 200 and body["challenge"] in answer.text

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        attempt.where = self.url
        self.core.spawn(self._request(delivery, attempt))

    async def _request(self, delivery: Delivery, attempt: Attempt) -> None:
        assert self.deliveries is not None
        headers: dict[str, str] = {}
        if delivery.kind == "events_api":
            body, content_type = json.dumps(delivery.payload).encode(), "application/json"
            if attempt.number:
                headers = {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        else:
            form = (
                delivery.payload
                if delivery.kind == "slash_commands"
                else {"payload": json.dumps(delivery.payload)}
            )
            body, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        try:
            answer = await self.post(body, content_type, headers)
        except TimeoutError:
            self.deliveries.failed(attempt.envelope_id, "http_timeout")
            return
        except aiohttp.ClientError:
            attempt.where = None
            self.deliveries.failed(attempt.envelope_id, "connection_failed")
            return
        if not 200 <= answer.status < 300:
            no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
            self.deliveries.failed(attempt.envelope_id, "no_retry" if no_retry else "http_error")
        else:
            self.deliveries.acknowledged(attempt.envelope_id, _response(answer))


def _response(answer: Answer) -> Json | None:
    """The message or instruction in the body: JSON, or for a slash command plain text."""
    if not answer.text.strip():
        return None
    try:
        body = json.loads(answer.text)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"text": answer.text}
