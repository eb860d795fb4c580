"""The network fails, at the start or later. The bot waits and reconnects by itself (fault 11)."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import SlackServer


async def test_the_bot_reconnects_when_the_network_is_back(
    start: Starting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        await slack.go_down()
        tried = "slack: connection ended"
        while caplog.text.count(tried) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not bot.health.ready
        lines = [line for line in caplog.text.splitlines() if tried in line]
        assert all(float(line.rsplit(" ", 2)[-2]) > 0 for line in lines), "no busy loop"
        await slack.come_back()
        await bot.ready()
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.reply_to(question)


@pytest.mark.long
async def test_the_bot_starts_without_a_network_and_connects_later(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        await slack.go_down()
        async with analects(tmp_path, slack.settings) as bot:
            await bot.says("slack cannot be reached: no connection to its host (ClientConnectorError)")
            assert (await bot.get("/healthz"))[0] == 200
            status, report = await bot.get("/readyz")
            assert (status, report["ready"]) == (503, False)
            await slack.come_back()
            await bot.ready()
            assert (await bot.get("/readyz"))[0] == 200
            assert await bot.terminate() == 0
