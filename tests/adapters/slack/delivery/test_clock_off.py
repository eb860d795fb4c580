"""The machine's clock is wrong by fifteen minutes. Questions are answered; the log and `/readyz` report it (fault 50)."""

from pathlib import Path

import pytest

from tests.processes import analects
from tests.slack_server import SlackServer

WRONG_CLOCK = """
import time
right_time = time.time
time.time = lambda: right_time() + {offset_s}
"""


@pytest.mark.slow
@pytest.mark.parametrize("offset_s", [900, -900])
@pytest.mark.long
async def test_with_a_wrong_clock_questions_are_answered_and_the_log_says_so(
    offset_s: int, tmp_path: Path
) -> None:
    async with (
        SlackServer() as slack,
        analects(tmp_path, slack.settings, before=WRONG_CLOCK.format(offset_s=offset_s), fresh=True) as bot,
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
