"""Slack closes the socket, resets it, or sends nothing. The bot reconnects by itself and loses nothing (faults 9 and 10)."""

import asyncio

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, Timing


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_the_bot_reconnects_when_slack_closes_the_socket(start: Starting, reason: str) -> None:
    async with SlackServer(timing=Timing(close_after_warning=0.3)) as slack, start(slack) as bot:
        ann = slack.user("ann")
        await slack.sockets.disconnect(reason)
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: slack.sockets.opened == 2)
        if reason != "link_disabled":
            await slack.reply_to(question)
        await bot.ready()
        later = await slack.mention(ann, slack.channel("random", [ann]), "and sleep?")
        await slack.reply_to(later)


async def test_the_bot_reconnects_after_a_reset(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2)
        await bot.ready()


async def test_the_bot_replaces_a_socket_on_which_nothing_arrives(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        slack.sockets.live[0].stall()
        await slack.until(lambda: slack.sockets.opened == 2)
        await bot.ready()


async def test_a_quiet_socket_is_left_alone(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        received = slack.sockets.live[0].received
        await slack.until(lambda: slack.sockets.live[0].received >= received + 5)
        assert slack.sockets.opened == 1


async def test_a_url_that_opens_no_socket_is_not_used_again(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        slack.sockets.refuses_upgrades = True
        slack.sockets.live[0].abort()
        before = len(slack.calls("apps.connections.open"))
        await slack.until(lambda: len(slack.calls("apps.connections.open")) >= before + 3)
        assert not bot.health.ready
        slack.sockets.refuses_upgrades = False
        await bot.ready()


async def test_the_program_gives_up_if_no_socket_lasts_and_no_other_platform_is_up(start: Starting) -> None:
    async with SlackServer() as slack:
        slack.sockets.refuses_upgrades = True
        async with start(slack, ready=False) as bot:
            await asyncio.wait([bot.running], timeout=60)
            assert type(bot.running.exception()).__name__ == "ConnectionFailedError"
