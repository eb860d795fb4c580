"""The response_url of slash commands, buttons and shortcuts.

Source: docs.slack.dev/interactivity/handling-user-interaction.

A response_url takes five posts within 30 minutes; after that it answers 404 with `used_url` or `expired_url`. Without
`response_type: in_channel`, only the person sees the message. `replace_original` and `delete_original` change the
message with the button, even an ephemeral one. A slash command has no such message, so that they post a new one
(slackapi/bolt-python issue 1268). The limit for the size of all blocks does not apply here (slackapi/bolt-js issue
2867).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from aiohttp import web

from tests.slack_server.chat import change, content_of, put, remove
from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.to_app.delivery import Delivery
from tests.slack_server.web_api import RefusalError, WebApi, flag
from tests.slack_server.workspace import Channel, Message

MAX_USES = 5


@dataclass(eq=False)
class _Url:
    user: str
    channel: Channel
    original: Message | None
    expires: float
    cause: Delivery | None = None
    uses: int = 0


class ResponseUrls:
    """Issues response_urls, and handles the posts to them."""

    def __init__(self, core: Core, api: WebApi) -> None:
        self.core = core
        self.api = api
        self._urls: dict[str, _Url] = {}

    def new(self, user: str, channel: Channel, original: Message | None = None) -> str:
        name = self.core.workspace.next_id("answer")
        expires = time.monotonic() + self.core.timing.response_url
        self._urls[name] = _Url(user, channel, original, expires)
        return f"{self.core.base}/hooks/{name}"

    def set_cause(self, url: str, delivery: Delivery) -> None:
        """Notes to which delivery a response_url belongs."""
        self._urls[url.rpartition("/")[2]].cause = delivery

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text())
        except ValueError:
            body = None
        arguments: Json = body if isinstance(body, dict) else {}
        url = self._urls.get(request.match_info["name"])

        def work() -> tuple[int, Json]:
            if not isinstance(body, dict):
                return 400, {"ok": False, "error": "invalid_payload"}
            if url is None or time.monotonic() > url.expires:
                return 404, {"ok": False, "error": "expired_url"}
            if url.uses >= MAX_USES:
                return 404, {"ok": False, "error": "used_url"}
            try:
                self.answer(url, arguments)
            except RefusalError as refusal:
                return 400, refusal.body
            url.uses += 1
            return 200, {"ok": True}

        return await self.api.answer(request, "response_url", arguments, work)

    def answer(self, url: _Url, arguments: Json) -> None:
        """Posts a new message, or changes the message with the button, as the body asks."""
        original = None if url.original is None or url.original.deleted else url.original
        if flag(arguments, "delete_original") and original is not None:
            remove(self.core, original)
            return
        content = content_of(arguments, limited=False)
        if flag(arguments, "replace_original") and original is not None:
            change(self.core, original, content)
            return
        private = arguments.get("response_type") != "in_channel"
        thread_ts = arguments.get("thread_ts")
        put(
            self.core,
            url.channel,
            content,
            via="response_url",
            thread_ts=str(thread_ts) if thread_ts else None,
            ephemeral_to=url.user if private else None,
            cause=url.cause,
        )

    def acknowledgement(self, delivery: Delivery, channel: Channel) -> None:
        """Shows the message in the acknowledgement of a slash command, if there is one."""
        if not delivery.response:
            return
        url = _Url(str(delivery.user), channel, None, 0.0, delivery)
        try:
            self.answer(url, delivery.response or {})
        except RefusalError as refusal:
            delivery.error = str(refusal)
