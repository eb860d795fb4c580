"""The state is corrupt: the bot answers, and says so."""

from pathlib import Path

from bot.state.database import FILE
from bot.state.sqlite import DAMAGED
from tests.slack.processes import analects
from tests.slack_server import SlackServer


async def test_state_cannot_be_used(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / FILE).write_bytes(b"no database " * 1000)
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.redeliver(asked)
        await slack.reply_to(asked)
        await slack.quiet()
        assert len(slack.replies_to(asked)) == 1
        assert bot.log.count("state cannot be used") == 1
        status, told = await bot.get("/readyz")
        assert status == 200
        assert told["state"] == {"ok": False, "problem": DAMAGED}
