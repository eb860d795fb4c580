"""Signed requests over HTTP."""

from __future__ import annotations

import pytest

from tests.slack_server import (
    SlackServer,
)
from tests.slack_server.sample import (
    QUICK,
    http_bot,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_signed_requests_are_answered_over_http() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack) as app:
        assert slack.http is not None
        assert await slack.http.verify_url()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "hello")
        await slack.reply_to(question)
        assert "x-slack-retry-num" not in app.heard[0][1]
        command = await slack.slash(ann, general, "/highlight", "random")
        await slack.until(lambda: len(slack.replies_to(command)) == 2)
        private = next(reply for reply in slack.replies_to(command) if reply.blocks)
        await slack.press(ann, private, "more")
        await slack.until(lambda: slack.visible_text(private) == "more for you")


async def test_the_app_refuses_wrong_and_old_signatures() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack) as app:
        assert slack.http is not None
        slack.http.secret = "another"
        forged = await slack.deliver({"type": "app_mention"})
        await slack.settled(forged)
        slack.http.secret, slack.http.age = None, 301
        old = await slack.deliver({"type": "app_mention"})
        await slack.settled(old)
        assert {answer.status for answer in slack.http.answers} == {401}
        assert not forged.acked
        assert not old.acked
        assert app.heard == []


async def test_http_retries_have_a_number_and_a_reason() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack):
        unacknowledged = await slack.deliver({"type": "reaction_added", "user": "U1", "item": {}})
        await slack.settled(unacknowledged)
        assert [(attempt.number, attempt.reason) for attempt in unacknowledged.attempts] == [
            (0, ""),
            (1, "http_error"),
            (2, "http_error"),
            (3, "http_error"),
        ]
        slow = await slack.slash(slack.user("ann"), slack.channel("general"), "/highlight", "never")
        await slack.settled(slow)
        assert slow.error == "operation_timeout"
    async with SlackServer(timing=QUICK) as slack:
        slack.use_http("http://127.0.0.1:1/slack/events")
        lost = await slack.deliver({"type": "app_mention"})
        await slack.settled(lost)
        assert {attempt.failed for attempt in lost.attempts} == {"connection_failed"}
