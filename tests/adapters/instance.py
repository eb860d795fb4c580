"""Runs the bot in the process of the test, for tests that need shorter times or look at its parts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from adapters.metrics import Durations, Metrics, Watched
from adapters.sources.saved_messages import saving
from bot.assembly import assemble
from bot.chat.conversation import Bot
from bot.chat.feedback import VERDICTS
from bot.delivery.delivery import Delivery
from bot.delivery.platform import Platform
from bot.digest.publisher import DigestPublisher
from bot.runtime.health import Health
from bot.search.index import Index
from bot.service import Service
from bot.settings import Settings
from bot.state.fallback import StateWithFallback
from bot.state.opening import open_state
from corpus.load import load
from tests.empty_state import put_empty_state
from tests.platforms import Clock

PlatformT = TypeVar("PlatformT", bound=Platform)


@dataclass(repr=False)
class Instance(Generic[PlatformT]):
    """The parts of a running bot."""

    service: Service
    health: Health
    publisher: DigestPublisher
    platform: PlatformT
    running: asyncio.Task[None]

    async def post_due_digests(self) -> None:
        """Posts the digests that are due now, and waits until they are posted."""
        await self.publisher.tick()
        await self.publisher.idle()

    async def ready(self, timeout_s: float = 60.0) -> None:
        """Waits until every platform is connected."""
        async with asyncio.timeout(timeout_s):
            while not self.health.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


def votes(instance: Instance[PlatformT]) -> tuple[int, int]:
    """The counts of both votes according to `/metrics`: "helpful" and "not what I meant"."""
    metrics = Metrics(Watched(instance.service, instance.health, None), Durations())
    lines = metrics.exposed("text/plain")[0].decode().splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("analects_feedback{"))
    platform = instance.platform.name
    helpful, wrong = (
        int(float(found[f'analects_feedback{{platform="{platform}",verdict="{verdict}"}}']))
        for verdict in VERDICTS
    )
    return helpful, wrong


class GivenSettings(Settings):
    """Settings of their arguments only. Looking for all of them in the environment takes eight times as long."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def make_settings(variables: Mapping[str, str], folder: Path) -> Settings:
    """The settings in these variables, with the state in `folder`. Neither the environment nor a `.env` file is read."""
    values = {
        "state_path": folder,
        "embedding_model": "off",
        **{name.lower(): value for name, value in variables.items()},
    }
    return GivenSettings(**values)  # type: ignore[arg-type]


@asynccontextmanager
async def running_bot(
    settings: Settings,
    bot: Bot,
    make_platform: Callable[[Service, Health], PlatformT],
    delivery: Delivery,
    clock: Clock | None = None,
) -> AsyncIterator[Instance[PlatformT]]:
    """Runs the bot on one platform, and stops it at the end. The parts are assembled as in `analects run`."""
    now = clock or time.time
    opening = partial(
        open_state, put_empty_state(settings.state_path), now, keep_unanswered_s=settings.keep_unanswered_s
    )
    state = StateWithFallback(opening, clock=now)
    await state.open()
    health = Health(state_problem=lambda: state.problem)
    answering = Bot(bot.index, embedding=bot.embedding)

    async def read_notes() -> None:
        """Reads the saved messages only, because no other notes change in a test."""
        folder = settings.save_folder
        if folder is not None:
            answering.index = Index.build(load(folder, settings.rules))

    saves = saving(settings, read_notes, read_notes)
    core = assemble(settings, answering, state, health, delivery=delivery, clock=now, saving=saves)
    platform = make_platform(core.service, health)
    core.platforms.add(platform)
    running = asyncio.create_task(platform.run())
    try:
        yield Instance(core.service, health, core.publisher, platform, running)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await platform.stop_listening()
        await core.publisher.stop(0)
        await core.service.stop(2)
        await platform.close()
        await state.close()
