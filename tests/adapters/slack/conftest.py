"""Runs the bot on Slack in the test's own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TypeAlias

import pytest

from adapters.http_server import HttpServer
from adapters.metrics import Durations, Metrics, Watched
from adapters.slack import http_mode
from adapters.slack.connection import Times
from adapters.slack.credentials import credentials
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.platform import Slack
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


@asynccontextmanager
async def over_http(server: SlackServer, instance: SlackInstance) -> AsyncIterator[None]:
    """Makes Slack send signed requests to the bot instead of using sockets."""
    http_server = HttpServer(
        instance.health, Metrics(Watched(instance.service, instance.health, None), Durations())
    )
    http_server.post(EVENTS_PATH, http_mode.handler(instance.platform))
    await http_server.start("127.0.0.1", 0, needed=True)
    server.use_http(f"http://127.0.0.1:{http_server.port}{EVENTS_PATH}")
    try:
        yield
    finally:
        await http_server.close()


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
        http: bool = False,
        **variables: str,
    ) -> AsyncIterator[SlackInstance]:
        defaults = server.http_settings if http else server.settings
        settings = make_settings({**defaults, **variables}, tmp_path)
        slack_credentials = credentials(settings)
        assert slack_credentials is not None
        delivery = Delivery(settle_s=0.01, max_wait_s=3.0)
        async with running_bot(
            settings,
            bot,
            lambda service, health: Slack(slack_credentials, service, health, SHORT_TIMES),
            delivery,
            clock,
        ) as instance:
            if ready:
                await instance.ready()
            async with over_http(server, instance) if http else nullcontext():
                yield instance

    return starting
