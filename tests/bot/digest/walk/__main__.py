"""Simulates two years of digests on both platforms, with kills, in time zones where clocks change.

    python -m tests.bot.digest.walk [--days 730] [--seed 1] [--light] [--replicas 2]

The adapters and their libraries are real and talk over sockets to the loopback Slack and Discord. Two replicas share the state in
PostgreSQL. With `--light`, a platform in memory takes the place of both.

Each channel has several digests with different schedules and themes (`plans.py`). Meanwhile people put highlights aside, snooze
them, keep them and ask for others. The simulation also covers the days around 30 December 2011, a day that Pacific/Apia skipped.
It does so on Slack alone, because Discord's ids begin in 2015.

The bot goes down for minutes, hours and days, and its clock is set back. A replica is killed between claim, post and mark, and is
restarted while the other one goes on. Prints counts. The exit code is 1 if a digest was posted twice or is missing, or if a
highlight was repeated too early (`rounds.py`) or shown although it was put aside.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.load import SAMPLE_NOTES, load
from tests.bot.digest.walk.plans import APIA, YEARS
from tests.bot.digest.walk.platforms import in_memory, over_sockets
from tests.postgres import PostgresServer


async def main(days: int, seed: int, light: bool, replicas: int) -> int:
    bot = Bot(Index.build(load(SAMPLE_NOTES)))
    walk, good = (in_memory if light else over_sockets), True
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(PostgresServer()) if replicas > 1 else None
        for span in ((YEARS[0], days), APIA):
            url = await postgres.fresh() if postgres is not None else f"sqlite:///{folder / str(span[0])}"
            counts = await walk(bot, url, seed, span, replicas)
            print(f"{span[1]} days from {span[0]}: {counts}", flush=True)
            good &= counts.good
    return 0 if good else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Simulates years of digests, with kills")
    parser.add_argument("--days", type=int, default=YEARS[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--light", action="store_true", help="a platform in memory")
    parser.add_argument("--replicas", type=int, default=2, help="several share PostgreSQL, one has SQLite")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    sys.exit(asyncio.run(main(given.days, given.seed, given.light, given.replicas)))
