"""The machine's clock is wrong by fifteen minutes. Questions are answered; the log and `/readyz` report it (fault 50)."""

from pathlib import Path

import pytest

from tests.processes import analects
from tests.slack_server import SlackServer

OFF = """
import time
_right = time.time
time.time = lambda: _right() + {by}
"""


@pytest.mark.slow
@pytest.mark.parametrize("by", [900, -900])
@pytest.mark.long
async def test_clock_off(by: int, tmp_path: Path) -> None:
    async with (
        SlackServer() as slack,
        analects(tmp_path, slack.settings, before=OFF.format(by=by), fresh=True) as bot,
    ):
        await bot.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.reply_to(await slack.mention(ann, general, "what about memory?"))
        _, report = await bot.get("/readyz")
        assert isinstance(report["clock"], dict)
        assert report["clock"]["ok"] is False
        assert "15 min" in report["clock"]["problem"]
    assert len([line for line in bot.lines if "15 min" in line]) == 1
