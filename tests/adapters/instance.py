"""A bot that runs in the process of the test: what the instances for Slack and Discord share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.digest.publisher import DigestPublisher
from bot.runtime.health import Health
from bot.service import Service


@dataclass(repr=False)
class Instance:
    """The parts of a running bot."""

    service: Service
    health: Health
    running: asyncio.Task[None]

    @property
    def publisher(self) -> DigestPublisher:
        assert self.service.digest_requests is not None
        return self.service.digest_requests.publisher

    async def post_due_digests(self) -> None:
        """Posts the digests that are due now, and waits until they are posted."""
        await self.publisher.tick()
        await self.publisher.idle()

    async def ready(self) -> None:
        """Waits until every platform is connected."""
        async with asyncio.timeout(60):
            while not self.health.ready:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
