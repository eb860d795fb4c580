"""A Slack bot in the process of the test, for tests that need shorter times or look at its parts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from adapters.slack.credentials import credentials
from adapters.slack.platform import Slack, Times
from bot.assembly import assemble
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from bot.runtime.health import Health
from bot.settings import load_settings
from bot.state.database import address
from bot.state.fallback import StateWithFallback, open_state, opener
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
        state = StateWithFallback(opener(None, settings.state_path))
        if clock is not None:
            state = StateWithFallback(
                partial(open_state, address(None, settings.state_path), clock), clock=clock
            )
        await state.open()
        health = Health(state_problem=lambda: state.problem)
        core = assemble(
            settings,
            Bot(bot.index, embedding=bot.embedding),
            state,
            health,
            delivery=Delivery(settle_s=0.01, max_wait_s=3.0),
            clock=clock or time.time,
        )
        slack = Slack(given, core.service, health, times)
        core.platforms.add(slack)
        instance = SlackInstance(core.service, health, asyncio.create_task(slack.run()), slack)
        try:
            if ready:
                await instance.ready()
            yield instance
        finally:
            instance.running.cancel()
            await asyncio.gather(instance.running, return_exceptions=True)
            await slack.stop_listening()
            await instance.publisher.stop(0)
            await core.service.stop(2)
            await slack.close()
            await state.close()

    return starting
