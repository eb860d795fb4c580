"""Simulated digests: six weeks in memory, some days over the adapters, and the day that Apia skipped.

`.ci/long digest-walk` simulates two years.
"""

from datetime import date
from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from tests.bot.digest.walk.counts import Counts
from tests.bot.digest.walk.plans import APIA, Days
from tests.bot.digest.walk.platforms import in_memory, over_sockets

SPRING = (date(2026, 2, 27), 42)
"""Clocks change in New York, Berlin and Lord Howe."""
TWO_CHANGES = (date(2026, 3, 27), 11)
"""Clocks change in Berlin and Lord Howe."""


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("walk", "days"),
    [(in_memory, SPRING), (in_memory, APIA), (over_sockets, TWO_CHANGES), (over_sockets, APIA)],
)
async def test_one_digest_a_day_despite_kills_and_changed_clocks(
    bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str], walk: object, days: Days
) -> None:
    counts = await walk(bot, f"sqlite:///{tmp_path}/state.sqlite3", 1, days)  # type: ignore[operator]
    with capsys.disabled():
        print(f"\n{days[1]} days from {days[0]}, {walk.__name__}: {counts}")  # type: ignore[attr-defined]
    assert isinstance(counts, Counts)
    assert counts.good
    assert counts.kills
    assert counts.posted > 0.7 * counts.due
