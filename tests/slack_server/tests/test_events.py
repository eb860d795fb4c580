"""Events arrive over Socket Mode, and are sent again if they are not acknowledged."""

from __future__ import annotations

import time

import aiohttp
import pytest

from tests.slack_server import (
    EVERY_EVENT,
    Installation,
    SlackServer,
)
from tests.slack_server.sample import (
    OTHER_TEAM,
    QUICK,
    bot,
    client,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_a_mention_is_answered_in_its_thread() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "what & <why>?")
        answer = await slack.reply_to(question)
        assert (slack.visible_text(answer), answer.thread_ts) == ("an answer", question.ts)
        event, headers = app.heard[0]
        assert event["text"] == f"<@{slack.bot_user}> what &amp; &lt;why&gt;?"
        assert headers["x-slack-retry-num"] == ["0"]
        assert question.acked
        assert question.twin is not None
        assert question.twin.skipped == "not subscribed to message.channels"
        follow_up = await slack.mention(ann, general, "and @analects, more?", thread_ts=question.ts)
        assert (await slack.reply_to(follow_up)).thread_ts == question.ts
        assert len(slack.thread(general, question.ts or "")) == 3


async def test_a_direct_message_is_answered_and_the_bot_hears_itself() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        question = await slack.direct_message(ann, "hello")
        assert (await slack.reply_to(question)).text == "a direct answer"
        await slack.quiet()
        own = [
            delivery.payload["event"]
            for delivery in slack.deliveries.sent
            if "bot_id" in delivery.payload["event"]
        ]
        assert [event["text"] for event in own] == ["a direct answer"]
        assert len(app.heard) == 1


async def test_everything_people_do_in_a_channel_arrives() -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, bot(slack) as app:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "helo")
        assert question.twin is not None
        assert question.twin.payload["event"]["ts"] == question.ts
        assert question.twin.event_id != question.event_id
        edited = await slack.edit(question, "hello")
        await slack.bot_message(general, "a build failed", mention=True)
        await slack.join(slack.user("bob"), general)
        await slack.say(ann, general, "a topic", subtype="channel_topic")
        await slack.delete_message(question)
        await slack.quiet()
        kinds = [(event["type"], event.get("subtype")) for event, _ in app.heard]
        for expected in ("message_changed", "message_deleted", "channel_join", "channel_topic"):
            assert ("message", expected) in kinds
        assert ("member_joined_channel", None) in kinds
        edited_event = edited[1].payload["event"]
        assert (edited_event["type"], edited_event["ts"], "edited" in edited_event) == (
            "app_mention",
            question.ts,
            True,
        )
        assert edited[1].event_id != question.event_id


async def test_strangers_write_in_shared_channels() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        eve = slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [eve], shared_with=[OTHER_TEAM])
        question = await slack.mention(eve, shared, "hello")
        await slack.reply_to(question)
        assert question.payload["is_ext_shared_channel"]
        assert question.payload["authorizations"][0]["team_id"] == question.payload["team_id"]
        assert app.heard[0][0]["user_team"] == OTHER_TEAM


async def test_an_event_without_acknowledgement_is_sent_again_three_times() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        item = {"type": "message", "channel": "C1", "ts": "1.1"}
        started = time.monotonic()
        unacknowledged = await slack.deliver({"type": "reaction_added", "user": "U1", "item": item})
        await slack.settled(unacknowledged)
        assert [attempt.number for attempt in unacknowledged.attempts] == [0, 1, 2, 3]
        assert [attempt.reason for attempt in unacknowledged.attempts] == [
            "",
            "timeout",
            "timeout",
            "timeout",
        ]
        assert not unacknowledged.acked
        assert time.monotonic() - started > 1.4


async def test_envelopes_and_acknowledgements_have_the_fields_of_slack() -> None:
    async with SlackServer(timing=QUICK) as slack, aiohttp.ClientSession() as session:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        async with session.ws_connect(url) as socket:
            await socket.receive_json()
            question = await slack.mention(ann, general, "hello")
            first, second = await socket.receive_json(), await socket.receive_json()
            assert (first["type"], first["accepts_response_payload"]) == ("events_api", False)
            assert [envelope["retry_attempt"] for envelope in (first, second)] == [0, 1]
            assert [envelope["retry_reason"] for envelope in (first, second)] == ["", "timeout"]
            assert first["payload"] == second["payload"] == question.payload
            assert first["envelope_id"] != second["envelope_id"]
            await socket.send_json({"envelope_id": first["envelope_id"], "payload": {"text": "ignored"}})
            await slack.settled(question)
            assert (question.acked, question.response) == (True, None)
            command = await slack.slash(ann, general, "/highlight", "random")
            envelope = await socket.receive_json()
            assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
            assert "retry_attempt" not in envelope
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "for you"}})
            assert (await slack.reply_to(command)).text == "for you"
            assert slack.posts() == []


async def test_a_socket_that_stays_after_its_warning_is_closed() -> None:
    async with SlackServer(timing=QUICK) as slack, aiohttp.ClientSession() as session:
        for reason in ("warning", "refresh_requested", "link_disabled"):
            opened = await client(slack).apps_connections_open(app_token=slack.installation.app_token)
            async with session.ws_connect(opened["url"]) as socket:
                await socket.receive_json()
                await slack.sockets.disconnect(reason)
                frame = await socket.receive_json()
                assert (frame["type"], frame["reason"]) == ("disconnect", reason)
                assert (await socket.receive(timeout=30)).type == aiohttp.WSMsgType.CLOSE


async def test_a_redelivered_event_reaches_the_listener_twice() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        await slack.reply_to(question)
        await slack.redeliver(question)
        await slack.quiet()
        assert len(slack.replies_to(question)) == 2
        assert app.heard[1][1]["x-slack-retry-num"] == ["1"]
