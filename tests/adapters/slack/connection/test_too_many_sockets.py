"""Slack still counts lost sockets, or another copy runs. The log says how many, and the bot retries with pauses (fault 9)."""

import logging
from itertools import pairwise

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_the_bot_retries_with_pauses_when_slack_refuses_another_socket(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with SlackServer() as slack:
        slack.sockets.add_ghosts(10)
        async with start(slack, ready=False) as bot:
            await slack.until(lambda: slack.sockets.refused == 3)
            tries = [call.at for call in slack.calls("apps.connections.open")][1:]
            assert min(b - a for a, b in pairwise(tries)) >= 0.05, "the pause is kept"
            assert not bot.health.ready
            slack.sockets.remove_ghosts()
            await bot.ready()
            assert len(slack.sockets.live) == 1
    lines = [record for record in caplog.records if "too_many_websockets" in record.message]
    assert 3 <= len(lines) <= 6, "one line for each try"


async def test_the_log_says_how_many_sockets_are_not_ours(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack:
        slack.sockets.add_ghosts(3)
        async with start(slack):
            assert "slack counts 4 sockets of this app, 1 of them ours" in caplog.text
