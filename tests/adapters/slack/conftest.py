"""The bot in the process of the test, for what needs shorter times or a look inside."""

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
from bot.delivery.delivery import Delivery
from bot.digest.publisher import DigestPublisher
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import load_settings
from bot.state.database import address
from bot.state.fallback import StateWithFallback, open_state, opener
from tests.platforms import Clock
from tests.slack_server import SlackServer

QUICK = Times(heartbeat=0.2, pause=0.02, longest_pause=0.1, crowded=0.05, steady=0.2, hopeless=0.5, drain=1.0)


@dataclass
class Inside:
    """The parts of a bot that runs here."""

    slack: Slack
    service: Service
    health: Health
    running: asyncio.Task[None]

    @property
    def publisher(self) -> DigestPublisher:
        assert self.service.digest_requests is not None
        return self.service.digest_requests.publisher

    async def look(self) -> None:
        """A look at what digests are due, to its end."""
        await self.publisher.tick()
        await self.publisher.idle()

    async def ready(self) -> None:
        async with asyncio.timeout(10):
            while not self.health.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


Starting = Callable[..., AbstractAsyncContextManager[Inside]]


@pytest.fixture
def start(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starting:
    """Starts the bot on a workspace: `async with start(slack, ALLOWED_CHANNELS=…) as inside`."""
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
    ) -> AsyncIterator[Inside]:
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
        working = service(settings, Bot(bot.index, embedding=bot.embedding), state)
        working.delivery = Delivery(settle=0.01, bound=3.0)
        assert working.digest_requests is not None
        working.digest_requests.publisher.delivery = working.delivery
        if clock is not None:
            working.rules.now = working.digest_requests.clock = working.digest_requests.publisher.clock = (
                clock
            )
        health = Health(state_problem=lambda: state.problem)
        slack = Slack(given, working, health, times)
        working.digest_requests.publisher.places, working.digest_requests.publisher.up = (
            {"slack": slack.place},
            bool,
        )
        inside = Inside(slack, working, health, asyncio.create_task(slack.run()))
        try:
            if ready:
                await inside.ready()
            yield inside
        finally:
            inside.running.cancel()
            await asyncio.gather(inside.running, return_exceptions=True)
            await slack.stop_listening()
            await inside.publisher.stop(0)
            await working.stop(2)
            await slack.close()
            await state.close()

    return starting
