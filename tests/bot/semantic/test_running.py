"""`analects run` as a process with a real model, connected to the loopback Slack."""

from pathlib import Path

import pytest

from bot.chat import wording
from tests.processes import Process, analects
from tests.slack_server import Message, SlackServer

LOAD_LATER = """
import time
from pathlib import Path
from bot.semantic import model
load = model.load
def load_later(*given):
    while not Path("may-load").exists():
        time.sleep(0.01)
    return load(*given)
model.load = load_later
"""
"""Code for the bot's process: the model is loaded once a file exists."""
SLOW_MODEL = """
import sys, time
from bot.semantic import model
from tests.bot.semantic.models import Thesaurus
class Stuck(Thesaurus):
    def passages(self, texts):
        print("reading for meaning", file=sys.stderr, flush=True)
        time.sleep(40)
        return super().passages(texts)
model.load = lambda *_: Stuck()
"""
"""Code for the bot's process: the model takes 40 seconds for a few passages."""
NOTES = """# On rest

## Highlights
- A short nap before a hard problem makes the answer come by itself.
- Sleeping on it is the oldest way of solving anything.
- The lighthouse state counts ships, never days.
- Taxes are raised in good years and kept in bad ones.
- Bread rises while the baker reads.
"""
QUESTION = "does a snooze help against tricky puzzles?"


async def test_questions_are_answered_by_words_at_once_and_by_meaning_later(
    model_folder: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "rest.md").write_text(NOTES, encoding="utf-8")
    settings = {"EMBEDDING_MODEL": str(model_folder), "CORPUS_PATH": str(notes)}
    async with (
        SlackServer() as slack,
        analects(tmp_path, {**slack.settings, **settings}, before=LOAD_LATER) as bot,
    ):
        await bot.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])

        async def answered(text: str) -> Message:
            return await slack.reply_to(await slack.mention(ann, general, text))

        assert "counts ships" in slack.visible_text(await answered("lighthouse state"))
        assert wording.CLOSE_IN_MEANING not in slack.visible_text(await answered(QUESTION))
        assert await model_state(bot) == ("loading", 0, 0)
        (tmp_path / "may-load").touch()
        await bot.says("5 highlights are found by meaning too")
        assert await model_state(bot) == ("ready", 5, 5)
        answer = await answered(QUESTION)
        assert "Sleeping on it" in slack.visible_text(answer)
        assert wording.CLOSE_IN_MEANING in slack.visible_text(answer)
        further = await slack.reply_to(await slack.press(ann, answer, "alike"))
        assert "like “" in slack.visible_text(further)
        assert await bot.terminate() == 0
    assert not [line for line in bot.lines if " INFO " not in line]
    assert "snooze" not in bot.log


@pytest.mark.long
async def test_the_bot_can_be_stopped_while_vectors_are_computed(tmp_path: Path) -> None:
    """Vectors are computed at low priority, so on a busy machine the current step may take longer than Docker waits."""
    settings = {"EMBEDDING_MODEL": "thesaurus"}
    async with (
        SlackServer() as slack,
        analects(tmp_path, slack.settings | settings, before=SLOW_MODEL) as bot,
    ):
        await bot.ready()
        await bot.says("reading for meaning")
        assert await bot.terminate(30) == 0
        assert "stopped while highlights were read for their meaning" in bot.log


@pytest.mark.long
async def test_a_chat_can_be_ended_while_vectors_are_computed(tmp_path: Path) -> None:
    settings = {"EMBEDDING_MODEL": "thesaurus"}
    async with analects(tmp_path, settings, "chat", before=SLOW_MODEL) as talk:
        await talk.says("reading for meaning")
        assert talk.process.stdin is not None
        assert talk.process.stdout is not None
        talk.process.stdin.write(b"/highlight help\nquit\n")
        assert await talk.ends(30) == 0
        assert b"/highlight random" in await talk.process.stdout.read()


async def model_state(bot: Process) -> tuple[object, object, object]:
    """Reads from `/readyz` the state of the model, and the numbers of highlights that have and that need vectors."""
    meaning = (await bot.get("/readyz"))[1]["meaning"]
    assert isinstance(meaning, dict)
    return meaning["state"], meaning["vectors"], meaning["wanted"]
