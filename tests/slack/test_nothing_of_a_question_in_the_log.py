"""Questions, passages and tokens stay out of the log, at every level."""

from pathlib import Path

import pytest

from tests.slack.processes import analects
from tests.slack_server import SlackServer, dropped, error, server_error


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
async def test_nothing_of_a_question_in_the_log(level: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    note = "# Lamps\n\n## Highlights\n- A zyzzyva lamp burns oil.\n"
    (notes / "lamp.md").write_text(note, encoding="utf-8")
    settings = {"LOG_LEVEL": level, "LOG_FORMAT": "json", "CORPUS_PATH": str(notes)}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.says('"event": "ready"')
        ann = slack.user("ann")
        faults = [
            None,
            dropped(after=True),
            server_error(503, "text"),
            error("invalid_blocks"),
            error("is_archived"),
        ]
        for number, fault in enumerate(faults):
            room = slack.channel(f"room{number}", [ann])
            if fault is not None:
                slack.faults.order("chat.postMessage", fault, times=1, channel=room)
            await slack.mention(ann, room, "which zyzzyva lamp, quixotry?")
        command = await slack.slash(
            ann, slack.channel("general", [ann]), "/highlight", "search zyzzyva quixotry"
        )
        await slack.reply_to(command)
        await slack.until(lambda: len(slack.posts()) == 4, timeout=15)
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2)
        assert await bot.terminate() == 0
    for word in ("zyzzyva", "quixotry", "xoxb-", "xapp-", "ticket", "Lamps"):
        assert word not in bot.log
