"""Calls fail as a test has ordered it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server import (
    SlackServer,
    delayed,
    dropped,
    error,
    lost_answer,
    no_answer,
    rate_limited,
    server_error,
)
from tests.slack_server.sample import (
    client,
    refused,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_the_second_post_is_rate_limited() -> None:
    async with SlackServer() as slack:
        general, quiet_place = slack.channel("general").id, slack.channel("random").id
        slack.faults.order("chat.postMessage", rate_limited(1), nth=2, channel=general)
        post = client(slack).chat_postMessage
        await post(channel=general, text="one")
        await post(channel=quiet_place, text="elsewhere")
        with pytest.raises(SlackApiError) as caught:
            await post(channel=general, text="two")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
        slack.faults.order("chat.postMessage", rate_limited(None), times=1)
        assert (await refused(post(channel=general, text="two")))["error"] == "ratelimited"
        assert [call.status for call in slack.calls("chat.postMessage")] == [200, 200, 429, 429]
        slack.faults.order("chat.postMessage", rate_limited(0), times=1)
        patient = client(slack, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)])
        await patient.chat_postMessage(channel=general, text="two")
        assert len(slack.posts(general)) == 2


async def test_every_third_call_fails_until_the_fault_is_lifted() -> None:
    async with SlackServer() as slack:
        order = slack.faults.order("auth.test", server_error(500, "json"), every=3)
        results = []
        for _ in range(6):
            try:
                await client(slack).auth_test()
                results.append(200)
            except SlackApiError as refusal:
                results.append(refusal.response.status_code)
        assert results == [200, 200, 500, 200, 200, 500]
        assert order.hits == 2
        order.lift()
        for _ in range(3):
            await client(slack).auth_test()


async def test_server_errors_have_the_bodies_of_slack() -> None:
    async with SlackServer() as slack:
        for content, kind in (("html", dict), ("text", str), ("json", dict)):
            slack.faults.order("auth.test", server_error(503, content), times=1)  # type: ignore[arg-type]
            with pytest.raises(SlackApiError) as caught:
                await client(slack).auth_test()
            assert isinstance(caught.value.response.data, kind)


async def test_answers_are_lost_and_connections_break() -> None:
    async with SlackServer() as slack:
        general = slack.channel("general").id
        for fault, raised, posted in (
            (lost_answer(), asyncio.TimeoutError, 1),
            (no_answer(), asyncio.TimeoutError, 0),
            (dropped(after=True), aiohttp.ServerDisconnectedError, 1),
            (dropped(after=False), aiohttp.ServerDisconnectedError, 0),
        ):
            before = len(slack.posts())
            slack.faults.order("chat.postMessage", fault, times=1)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
                with pytest.raises(raised):
                    await client(slack, session=session).chat_postMessage(channel=general, text="x")
            assert len(slack.posts()) - before == posted
        slack.faults.order("chat.postMessage", error("fatal_error", after=True), times=1)
        assert (await refused(client(slack).chat_postMessage(channel=general, text="x")))[
            "error"
        ] == "fatal_error"
        slack.faults.order("chat.postMessage", delayed(0.1), times=1)
        started = time.monotonic()
        await client(slack).chat_postMessage(channel=general, text="x")
        assert time.monotonic() - started > 0.1
        assert len(slack.posts()) == 4


async def test_the_default_client_posts_twice_when_the_answer_is_lost() -> None:
    async with SlackServer() as slack:
        slack.faults.order("chat.postMessage", dropped(after=True), times=1)
        usual = AsyncWebClient(token=slack.installation.bot_token, base_url=slack.api_url)
        await usual.chat_postMessage(channel=slack.channel("general").id, text="x")
        assert len(slack.posts()) == 2
