"""Passages of many thousand characters, twenty of them: Slack takes the answer (fault 19)."""

from pathlib import Path

from tests.slack.processes import analects
from tests.slack_server import SlackServer


async def test_very_long_passages(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(25):
        passage = f"Lamp {number} burns oil. " + "The wick and its keeper, & <all> that follows. " * 300
        note = f"# Lamps {number}\n\n## Highlights\n- {passage}\n"
        (notes / f"lamp {number}.md").write_text(note, encoding="utf-8")
    settings = {"CORPUS_PATH": str(notes), "QUOTES_PER_ANSWER": "20"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "which lamp burns oil?")
        answer = await slack.reply_to(asked)
        assert "burns oil" in slack.visible_text(answer)
        assert [call.error for call in slack.calls("chat.postMessage")] == [None]
