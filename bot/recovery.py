"""Answers questions that a process claimed and never answered because it was killed, once their lease is over.

The state holds no text, so the platform reads the message again by its key. What the platform cannot read again (a command, a
button) was answered or its asker was told by the platform.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from logging import getLogger

from bot.access.rules import MAX_AGE_S
from bot.delivery.platform import Platforms
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.service")

INTERVAL_S = 15.0
"""How often it looks for such questions, in seconds."""
MAX_TRIES = 3
"""How often a message that cannot be read is tried."""
MAX_COUNTED = 10_000


@dataclass(slots=True)
class Recovery:
    """Takes up what was claimed and never answered, by this process before it was restarted or by another copy."""

    service: Service
    platforms: Platforms
    _tries: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Looks now and then, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(INTERVAL_S)

    async def look(self) -> int:
        """Takes up what is there to take up; returns how many questions."""
        taken_up = 0
        for key in await self.service.claims.abandoned(MAX_AGE_S):
            if self.service.has_in_hand(key) or self._tries[key] >= MAX_TRIES:
                continue
            try:
                heard = await self.platforms.hear_again(key)
            except Exception as error:  # a platform that fails now may work at the next look
                log.error("not resumed: %(key)s: %(error)s", {"key": key, "error": describe_error(error)})
                heard = False
            if heard:
                taken_up += 1
                log.info("resumed: %(key)s", {"key": key})
            self._tries[key] += 1
        if len(self._tries) > MAX_COUNTED:
            self._tries.clear()
        return taken_up
