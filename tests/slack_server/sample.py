"""A small slack-bolt bot and some blocks, for the tests of the server itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond, AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server.core import Timing
from tests.slack_server.json_types import Json
from tests.slack_server.server import SlackServer

QUICK = Timing(acknowledge=0.3, retries=(0.0, 0.1, 0.2), close_after_warning=0.3)
"""Slack's times, short enough for tests."""
OTHER_TEAM = "T0OTHER001"
SHORT_PING = 0.2
"""Seconds between two pings on the socket. After this time, the bot notices that a socket is lost."""


async def refused(call: Awaitable[object]) -> Json:
    """Makes a call that Slack refuses, and returns the body of the refusal."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: Json = caught.value.response.data
    return body


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str, **more: object) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(label: str, action_id: str, **more: object) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text}


def rich(kind: str, *elements: Json, **more: object) -> Json:
    return {
        "type": "rich_text",
        "elements": [{"type": f"rich_text_{kind}", "elements": list(elements), **more}],
    }


def literal(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def modal(title: str = "Digest") -> Json:
    when = {"type": "plain_text_input", "action_id": "time"}
    zone = {
        "type": "external_select",
        "action_id": "zone",
        "placeholder": plain("Zone"),
        "min_query_length": 1,
    }
    return {
        "type": "modal",
        "callback_id": "settings",
        "title": plain(title),
        "submit": plain("Save"),
        "blocks": [
            {"type": "input", "block_id": "when", "label": plain("When"), "element": when},
            section("Where", block_id="where", accessory=zone),
        ],
    }


def client(slack: SlackServer, token: str | None = None, **options: object) -> AsyncWebClient:
    """A client that does not retry by itself, unless `retry_handlers` are given."""
    settings = {"retry_handlers": [], **options}
    return AsyncWebClient(
        token=slack.installation.bot_token if token is None else token,
        base_url=slack.api_url,
        **settings,  # type: ignore[arg-type]
    )


class Bot(AsyncApp):
    """A bot that records, for each call of a listener, the event or payload and the headers of the request."""

    heard: list[tuple[Json, dict[str, Sequence[str]]]]


def listening(slack: SlackServer) -> Bot:
    """A bot with one listener for each kind of event."""
    app = Bot(client=client(slack), signing_secret=slack.installation.signing_secret)
    app.heard = []
    _to_events(app)
    _to_commands_and_messages(app)
    _to_views(app)
    return app


def _to_events(app: Bot) -> None:
    @app.event("app_mention")
    async def mentioned(event: Json, say: AsyncSay, request: AsyncBoltRequest) -> None:
        app.heard.append((event, request.headers))
        await say(text="an answer", thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def message(event: Json, say: AsyncSay) -> None:
        app.heard.append((event, {}))
        if event["channel_type"] == "im" and "subtype" not in event:
            await say(text="a direct answer")

    @app.event("member_joined_channel")
    async def joined(event: Json) -> None:
        app.heard.append((event, {}))


def _to_commands_and_messages(app: Bot) -> None:
    @app.command("/highlight")
    async def command(ack: AsyncAck, command: Json, respond: AsyncRespond) -> None:
        if command["text"] == "never":
            return
        await ack("one moment")
        await respond(text="for you", blocks=[section("for you"), actions(button("More", "more"))])

    @app.action("more")
    async def more(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        await ack()
        app.heard.append((body, {}))
        await respond(text="more for you", replace_original=True)

    @app.shortcut("find")
    async def find(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        user, channel = shortcut["user"]["id"], shortcut["channel"]["id"]
        await client.chat_postEphemeral(
            channel=channel, user=user, text=f"about {shortcut['message']['text']}"
        )


def _to_views(app: Bot) -> None:
    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        blocks = [section("at home"), actions(button("Look", "look"))]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("look")
    async def look(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.options("zone")
    async def zones(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[option(f"Europe/{payload['value']}")])

    @app.view("settings")
    async def submitted(ack: AsyncAck, view: Json) -> None:
        if view["state"]["values"]["when"]["time"]["value"] == "25:00":
            await ack(response_action="errors", errors={"when": "no such time"})
        else:
            await ack(response_action="update", view=modal("Done"))


@asynccontextmanager
async def socket_mode(app: AsyncApp, app_token: str, ping: float = SHORT_PING) -> AsyncIterator[None]:
    """Connects the app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=ping)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def bot(slack: SlackServer, ping: float = SHORT_PING) -> AsyncIterator[Bot]:
    """Runs the bot of `listening` in Socket Mode."""
    app = listening(slack)
    async with socket_mode(app, slack.installation.app_token, ping):
        await slack.connected()
        yield app


@asynccontextmanager
async def http_bot(slack: SlackServer) -> AsyncIterator[Bot]:
    """Runs the bot of `listening` at a URL of its own."""
    app = listening(slack)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield app
    finally:
        await runner.cleanup()
