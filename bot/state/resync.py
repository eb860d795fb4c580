"""Brings a database up to date after it was unavailable or replaced: claims from memory, and confirmed settings."""

from contextlib import suppress
from logging import getLogger

from bot.state.available_chosen import AvailableChosen
from bot.state.claims import RejectedError
from bot.state.confirmed import ConfirmedSettings
from bot.state.memory_claims import MemoryClaims
from bot.state.opening import State

log = getLogger("analects.state")

MAX_CLAIMS_PER_TRANSACTION = 500
"""Claims copied into the database in one transaction."""


async def copy_claims(memory: MemoryClaims, database: State, since: float) -> None:
    """Copies claims made since a time into the database, so that no process answers the same question again. Raises StateError."""
    claims = memory.known_since(since)
    for first in range(0, len(claims), MAX_CLAIMS_PER_TRANSACTION):
        batch = claims[first : first + MAX_CLAIMS_PER_TRANSACTION]
        try:
            await database.claims.restore(batch)
        except RejectedError:
            for claim in batch:
                with suppress(RejectedError):  # this key cannot be stored
                    await database.claims.restore([claim])


async def sync_settings(
    database: State, confirmed: ConfirmedSettings, chosen: AvailableChosen, restore: bool, now: float
) -> None:
    """Loads the settings in the database. If `restore`, first writes confirmed settings that it has lost. Raises StateError."""
    if restore:
        restored = await confirmed.restore(database.digests, now)
        restored += await chosen.restore(database.chosen) if database.chosen is not None else 0
        if restored:
            log.warning(
                "restored %(count)d settings that were missing from the database", {"count": restored}
            )
    await confirmed.load(database.digests, now)
    if database.chosen is not None:
        await chosen.learn(database.chosen)
