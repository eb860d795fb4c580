"""Runs the bot on Slack in the process of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from adapters.slack.credentials import credentials
from adapters.slack.platform import Slack, Times
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from tests.adapters.instance import Instance, make_settings, running_bot
from tests.platforms import Clock
from tests.slack_server import SlackServer

SHORT_TIMES = Times(
    heartbeat=0.2,
    first_pause=0.02,
    max_pause=0.1,
    crowded_pause=0.05,
    stable_after=0.2,
    give_up_after=0.5,
    drain=1.0,
)

SlackInstance: TypeAlias = Instance[Slack]
Starting = Callable[..., AbstractAsyncContextManager[SlackInstance]]


@pytest.fixture
def start(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starting:
    """Starts the bot on a workspace: `async with start(slack, ALLOWED_CHANNELS=…) as instance`."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    @asynccontextmanager
    async def starting(
        server: SlackServer,
        ready: bool = True,
        clock: Clock | None = None,
        **variables: str,
    ) -> AsyncIterator[SlackInstance]:
        settings = make_settings({**server.settings, **variables}, tmp_path)
        given = credentials(settings)
        assert given is not None
        delivery = Delivery(settle_s=0.01, max_wait_s=3.0)
        async with running_bot(
            settings, bot, lambda service, health: Slack(given, service, health, SHORT_TIMES), delivery, clock
        ) as instance:
            if ready:
                await instance.ready()
            yield instance

    return starting
