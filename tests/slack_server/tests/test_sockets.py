"""Sockets that close, break or stall, and lost sockets that Slack still counts."""

from __future__ import annotations

import aiohttp
import pytest

from tests.slack_server import (
    SlackServer,
    Timing,
)
from tests.slack_server.sample import (
    QUICK,
    bot,
    client,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_the_bot_opens_another_socket_before_slack_closes_the_old_one() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        old = slack.sockets.live[0]
        await slack.sockets.disconnect("warning")
        await slack.until(lambda: slack.sockets.opened == 2)
        assert [socket is old for socket in slack.sockets.live] == [False]
        for reason in ("refresh_requested", "link_disabled"):
            opened = slack.sockets.opened
            await slack.sockets.disconnect(reason)
            await slack.until(lambda opened=opened: slack.sockets.opened > opened)  # type: ignore[misc]
        ann = slack.user("ann")
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "still there?"))


async def test_the_bot_reconnects_after_a_connection_was_reset() -> None:
    async with SlackServer() as slack, bot(slack):
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_the_bot_notices_a_half_open_connection_by_its_missing_pongs() -> None:
    async with SlackServer() as slack, bot(slack):
        slack.sockets.live[0].stall()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_a_short_stall_only_delays_the_answer() -> None:
    async with SlackServer() as slack, bot(slack, ping=5):
        ann = slack.user("ann")
        socket = slack.sockets.live[0]
        socket.stall()
        question = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        with pytest.raises(AssertionError, match="no answer"):
            await slack.reply_to(question, timeout=0.1)
        socket.flow()
        await slack.reply_to(question)


async def test_a_ghost_loses_envelopes_and_answers_pings() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        slack.sockets.live[0].ghost()
        question = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        command = await slack.slash(ann, slack.channel("random", [ann]), "/highlight")
        await slack.settled(question)
        received = slack.sockets.live[0].received
        await slack.until(lambda: slack.sockets.live[0].received > received, timeout=30, what="ping")
        assert (slack.sockets.opened, question.acked, command.error) == (1, False, "operation_timeout")


async def test_ghosts_get_envelopes_and_count_as_sockets() -> None:
    async with SlackServer(timing=QUICK, seed=1) as slack:
        slack.sockets.add_ghosts(9)
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        second_url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))[
            "url"
        ]
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 10)
            assert hello["connection_info"]["app_id"]
            sent = [await slack.deliver({"type": "app_mention", "text": "x"}) for _ in range(30)]
            assert 0 < sum(slack.sockets.live[0].name == delivery.attempts[0].where for delivery in sent) < 15
            async with session.ws_connect(second_url) as refused_socket:
                assert (await refused_socket.receive_json())["reason"] == "too_many_websockets"
                assert (await refused_socket.receive()).type == aiohttp.WSMsgType.CLOSE
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        assert slack.sockets.refused == 1


async def test_each_envelope_goes_to_one_of_the_sockets() -> None:
    async with SlackServer() as slack, bot(slack) as first_bot, bot(slack) as other:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        questions = [await slack.mention(ann, general, f"question {number}") for number in range(20)]
        for question in questions:
            await slack.reply_to(question)
        await slack.quiet()
        assert len(first_bot.heard) + len(other.heard) == 20
        assert min(len(first_bot.heard), len(other.heard)) > 3
        assert all(len(slack.replies_to(question)) == 1 for question in questions)


async def test_without_a_socket_a_command_fails_and_an_event_waits_for_its_retry() -> None:
    async with SlackServer(timing=QUICK) as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        command = await slack.slash(ann, general, "/highlight")
        question = await slack.mention(ann, general, "hello")
        await slack.settled(command)
        assert command.error == "dispatch_failed"
        async with bot(slack):
            await slack.reply_to(question)


async def test_the_bot_reconnects_after_an_outage() -> None:
    async with SlackServer() as slack, bot(slack):
        await slack.go_down()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client(slack).auth_test()
        await slack.come_back()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_the_server_pings_the_client() -> None:
    async with SlackServer(timing=Timing(ping=0.05)) as slack, aiohttp.ClientSession() as session:
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        async with session.ws_connect(url, autoping=False) as socket:
            await socket.receive_json()
            assert (await socket.receive(timeout=1)).type == aiohttp.WSMsgType.PING
