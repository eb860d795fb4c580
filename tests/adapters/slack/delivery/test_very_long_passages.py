"""Twenty passages have many thousand characters each. Slack accepts the answer (fault 19)."""

import random
from pathlib import Path

import pytest

from tests.processes import analects
from tests.slack_server import SlackServer


@pytest.mark.long
async def test_slack_accepts_an_answer_with_very_long_passages(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz&<>"
    for number in range(25):
        words = ["".join(rng.choices(letters, k=7)) for _ in range(1500)]
        words[::40] = ["lamp"] * len(words[::40])
        passage = " ".join(words)
        note = f"# Lamps {number}\n\n## Highlights\n- {passage}\n"
        (notes / f"lamp {number}.md").write_text(note, encoding="utf-8")
    settings = {"CORPUS_PATH": str(notes), "QUOTES_PER_ANSWER": "20"}
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **settings}) as bot:
        await bot.ready()
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "lamp")
        answer = await slack.reply_to(question)
        assert slack.visible_text(answer).count("lamp") >= 10
        assert [call.error for call in slack.calls("chat.postMessage")] == [None]
