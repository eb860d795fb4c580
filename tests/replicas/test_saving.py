"""A thousand messages saved through two replicas that die between the write and the confirmation: each is one whole note, found."""

import asyncio
from pathlib import Path

import pytest

from bot.chat import wording
from corpus.load import load
from tests.adapters.discord.test_running import WARNINGS
from tests.postgres import PostgresServer
from tests.replicas.fleet import Replica
from tests.slack_server import Channel, Message, SlackServer, User

MESSAGES, KILLS, SAVERS, ASKED = 60, 3, 8, 20

DIES = """
import os, signal
from bot.saving import store
written = store.FolderStore._write
def write(self, name, data):
    is_new = written(self, name, data)
    try:
        os.unlink({flag!r})
    except FileNotFoundError:
        return is_new
    os.kill(os.getpid(), signal.SIGKILL)
store.FolderStore._write = write
"""
"""Kills the process that has just written a message, once for each time that the flag is raised."""

CONFIRMED = {wording.SAVED_TO_NOTES, wording.SAVED_BEFORE}


def words(number: int) -> str:
    """A message of its own: two words that no other has, and what a file or a note could trip over."""
    return f"Keel{number}word and mast{number}word\n---\ntags: [private]\n> ## {number} #private ^rw{number}"


class Crew:
    """People who save one message after the other, again where no confirmation came."""

    def __init__(self, slack: SlackServer, ann: User, flag: Path) -> None:
        self.slack, self.ann, self.flag = slack, ann, flag
        self.again = 0

    async def save(self, said: Message) -> None:
        while True:
            try:
                await self.slack.shortcut(self.ann, said, "save_highlight")
                form = await self.form_of(said)
                sent = await self.slack.submit_view(self.ann, form, {})
                answer = await self.slack.reply_to(sent, timeout=6)
            except AssertionError:
                self.again += 1
                continue
            assert self.slack.visible_text(answer) in CONFIRMED
            return

    async def form_of(self, said: Message):  # type: ignore[no-untyped-def]  # a View
        def found():  # type: ignore[no-untyped-def]
            first = said.text.split("\n")[0]
            return [one for one in self.slack.views(self.ann) if first in str(one.content["blocks"])]

        await self.slack.until(lambda: bool(found()), 6, "form")
        return found()[-1]


@pytest.mark.long
@pytest.mark.timeout(1_200)
async def test_each_message_is_saved_once_whole_and_found(postgres: PostgresServer, tmp_path: Path) -> None:
    folder, flag = tmp_path / "saved", tmp_path / "die"
    async with SlackServer() as slack:
        settings = {
            **slack.settings, "DATABASE_URL": await postgres.fresh(), "PYTHONWARNINGS": WARNINGS, "EMBEDDING_MODEL": "off",
            "QUESTIONS_PER_MINUTE": "90000,90000", "SAVE_TO": str(folder), "HTTP_PORT": "0",
        }  # fmt: skip
        replicas = [Replica(tmp_path / f"replica{one}", settings, DIES.format(flag=str(flag))) for one in range(2)]
        ann = slack.user("ann")
        channel = slack.channel("harbour", [ann])
        try:
            await asyncio.gather(*(one.start() for one in replicas))
            said = [await slack.say(ann, channel, words(number)) for number in range(MESSAGES)]
            crew = Crew(slack, ann, flag)
            kills = asyncio.create_task(killed(replicas, flag, folder))
            waiting = iter(said)

            async def work() -> None:
                for one in waiting:
                    await crew.save(one.message if hasattr(one, "message") else one)

            await asyncio.gather(*(work() for _ in range(SAVERS)))
            died = await kills
            assert died == KILLS
            print(f"{MESSAGES} messages, {died} kills, {crew.again} saved again")
            assert sorted(one.plain for one in load(folder).highlights) == sorted(map(words, range(MESSAGES)))
            assert len(list(folder.iterdir())) - len(list(folder.glob(".*.new"))) == MESSAGES
            await asked(slack, ann, channel)
        finally:
            await asyncio.gather(*(one.close() for one in replicas))


async def killed(replicas: list[Replica], flag: Path, folder: Path) -> int:
    """Has a replica die with every so many messages, and starts it again. Returns how often."""
    died = 0
    while died < KILLS:
        goal = (died + 1) * MESSAGES // (KILLS + 2)
        while len(list(folder.glob("*.md"))) < goal:
            await asyncio.sleep(0.05)
        flag.touch()
        ending = {asyncio.create_task(one.process.ends()): one for one in replicas if one.process is not None}
        (first, *_), rest = await asyncio.wait(ending, return_when=asyncio.FIRST_COMPLETED)
        for one in rest:
            one.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await ending[first]._ended()
        await ending[first].start()
        died += 1
    return died


async def asked(slack: SlackServer, ann: User, channel: Channel) -> None:
    """Both replicas answer, whichever of them saved it."""
    for number in range(0, MESSAGES, MESSAGES // ASKED):
        answer = await slack.reply_to(await slack.mention(ann, channel, f"keel{number}word mast{number}word"))
        assert f"Keel{number}word" in slack.visible_text(answer)
