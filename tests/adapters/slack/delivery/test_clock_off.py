"""The clock of the machine is fifteen minutes off: questions are answered, and the log and `/readyz` say so (fault 50)."""

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
        _, told = await bot.get("/readyz")
        assert isinstance(told["clock"], dict)
        assert told["clock"]["ok"] is False
        assert "15 min" in told["clock"]["problem"]
    assert len([line for line in bot.lines if "15 min" in line]) == 1
