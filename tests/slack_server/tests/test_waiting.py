"""Waiting, and a server in a process of its own."""

from __future__ import annotations

import time

import pytest
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server import (
    Json,
    SlackServer,
)
from tests.slack_server.remote import RemoteSlack
from tests.slack_server.sample import (
    socket_mode,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_each_wait_has_a_limit() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "hello?")
        with pytest.raises(AssertionError, match="no answer"):
            await slack.reply_to(question, timeout=0.05)
        with pytest.raises(AssertionError, match="quiet"):
            await slack.quiet(timeout=0.1)


async def test_a_question_can_be_older_than_its_delivery() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "hello?", ago=700)
        assert 699 < time.time() - float(question.ts or 0) < 702
        assert question.payload["event"]["event_ts"] == question.ts
        assert time.time() - question.payload["event_time"] > 698


async def test_a_server_in_a_process_of_its_own() -> None:
    async with RemoteSlack("--time-scale", "0.1") as slack:
        ann = (await slack.do("user", name="ann"))["id"]
        general = (await slack.do("channel", name="general", members=[ann]))["id"]
        settings = slack.settings
        app = AsyncApp(
            client=AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        )

        @app.event("app_mention")
        async def mentioned(event: Json, say: AsyncSay) -> None:
            await say(text="an answer", thread_ts=event["ts"])

        async with socket_mode(app, settings["SLACK_APP_TOKEN"]):
            faulty = {"method": "auth.test", "fault": "rate_limited", "options": {"retry_after": 1}}
            await slack.do("order", **faulty, nth=100)
            question = await slack.do("mention", user=ann, channel=general, text="hello")
            posts = (await slack.do("wait", posts=1, timeout=30))["posts"]
            assert posts[0]["thread_ts"] == question["ts"]
            assert (await slack.do("deliveries"))["deliveries"][0]["attempts"][0]["acked_at"]
            assert (await slack.do("disconnect", reason="refresh_requested"))["asked_to_disconnect"] == 1
            assert (await slack.do("state"))["calls"]["chat.postMessage"] == 1
            with pytest.raises(RuntimeError, match="unknown"):
                await slack.do("dance")
