"""A Slack bot in the process of the test, for tests that need shorter times or look at its parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from adapters.serve import service
from adapters.slack.credentials import credentials
from adapters.slack.platform import Slack, Times
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivering
from bot.runtime.health import Health
from bot.settings import load_settings
from bot.state.database import address
from bot.state.fallback import Keeper, at, opened
from tests.adapters.instance import Instance
from tests.platforms import Clock
from tests.slack_server import SlackServer

QUICK = Times(
    heartbeat=0.2,
    first_pause=0.02,
    max_pause=0.1,
    crowded_pause=0.05,
    stable_after=0.2,
    give_up_after=0.5,
    drain=1.0,
)


@dataclass(repr=False)
class SlackInstance(Instance):
    """A bot that runs on Slack."""

    slack: Slack


Starting = Callable[..., AbstractAsyncContextManager[SlackInstance]]


@pytest.fixture
def start(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starting:
    """Starts the bot on a workspace: `async with start(slack, ALLOWED_CHANNELS=…) as instance`."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    @asynccontextmanager
    async def starting(
        server: SlackServer,
        times: Times = QUICK,
        environment: Mapping[str, str] | None = None,
        ready: bool = True,
        clock: Clock | None = None,
        **variables: str,
    ) -> AsyncIterator[SlackInstance]:
        for name, value in {
            "STATE_PATH": str(tmp_path),
            **(environment or server.settings),
            **variables,
        }.items():
            monkeypatch.setenv(name, value)
        settings = load_settings()
        given = credentials(settings)
        assert given is not None
        keeper = Keeper(at(None, settings.state_path))
        if clock is not None:
            keeper = Keeper(partial(opened, address(None, settings.state_path), clock), clock=clock)
        await keeper.open()
        working = service(settings, Bot(bot.index, embedding=bot.embedding), keeper)
        working.delivering = Delivering(settle=0.01, bound=3.0)
        assert working.desk is not None
        working.desk.clerk.delivering = working.delivering
        if clock is not None:
            working.rules.now = working.desk.clock = working.desk.clerk.clock = clock
        health = Health(state_problem=lambda: keeper.problem)
        slack = Slack(given, working, health, times)
        working.desk.clerk.places, working.desk.clerk.up = {"slack": slack.place}, bool
        instance = SlackInstance(working, health, asyncio.create_task(slack.run()), slack)
        try:
            if ready:
                await instance.ready()
            yield instance
        finally:
            instance.running.cancel()
            await asyncio.gather(instance.running, return_exceptions=True)
            await slack.stop_listening()
            await instance.publisher.stop(0)
            await working.stop(2)
            await slack.close()
            await keeper.close()

    return starting
