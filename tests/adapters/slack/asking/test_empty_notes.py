"""There are no notes. The bot runs and says so."""

from pathlib import Path

from tests.processes import analects
from tests.slack_server import SlackServer


async def test_the_bot_answers_without_any_notes(tmp_path: Path) -> None:
    missing_notes = {"CORPUS_PATH": str(tmp_path / "gone")}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **missing_notes}) as bot:
        await bot.says("no notes")
        await bot.ready()
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        assert slack.visible_text(await slack.reply_to(question))
