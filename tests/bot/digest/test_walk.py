"""The walk of digests: half a year in memory (`.ci/long digest-walk`: two), a month over the adapters, the day Apia skipped."""

from datetime import date
from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from tests.bot.digest.walk import APIA, Counts, Days, light, real

HALF_A_YEAR = (date(2026, 2, 1), 180)
SPRING = (date(2026, 3, 6), 32)
"""New York, Berlin and Lord Howe change their clocks."""


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("walk", "days"), [(light, HALF_A_YEAR), (light, APIA), (real, SPRING), (real, APIA)]
)
async def test_one_digest_a_day_despite_kills_and_changed_clocks(
    bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str], walk: object, days: Days
) -> None:
    counts = await walk(bot, tmp_path, 1, days)  # type: ignore[operator]
    with capsys.disabled():
        print(f"\n{days[1]} days from {days[0]}, {walk.__name__}: {counts}")  # type: ignore[attr-defined]
    assert isinstance(counts, Counts)
    assert counts.good
    assert counts.kills
    assert counts.posted > 0.85 * counts.due
