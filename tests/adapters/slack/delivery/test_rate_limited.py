"""Slack answers 429. The bot waits as long as Slack says, keeps the order, and delays no other channel (fault 13)."""

import time

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, rate_limited


async def test_a_rate_limited_channel_keeps_its_order_and_delays_no_other(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general, other = slack.channel("general", [ann]), slack.channel("random", [ann])
        slack.faults.order("chat.postMessage", rate_limited(1), times=1, channel=general)
        first = await slack.mention(ann, general, "what about memory?")
        second = await slack.mention(ann, general, "and sleep?")
        elsewhere = await slack.mention(ann, other, "and habits?")
        await slack.reply_to(elsewhere)
        assert slack.replies_to(first) == []
        answers = [await slack.reply_to(first), await slack.reply_to(second)]
        assert answers[0].ts < answers[1].ts
        tries = [
            call.at for call in slack.calls("chat.postMessage") if call.arguments["thread_ts"] == first.ts
        ]
        assert tries[1] - tries[0] >= 1


async def test_the_bot_retries_if_a_rate_limit_gives_no_time(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", rate_limited(None), times=1)
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.reply_to(question)


async def test_the_bot_gives_up_a_post_that_is_rate_limited_for_ten_minutes(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("chat.postMessage", rate_limited(600), channel=general)
        began = time.monotonic()
        for _ in range(3):
            await slack.mention(ann, general, "what about memory?")
        elsewhere = await slack.mention(ann, slack.channel("random", [ann]), "and sleep?")
        await slack.reply_to(elsewhere)
        await slack.quiet()
        assert time.monotonic() - began < 60
        assert len(slack.calls("chat.postMessage")) == 2
        assert caplog.text.count("gave up posting") == 1
