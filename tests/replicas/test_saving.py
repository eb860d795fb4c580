"""People save messages through two replicas that are killed between the write and the confirmation.

Each message becomes exactly one complete note, and both replicas find it.
"""

import asyncio
import os
from pathlib import Path

import pytest

from bot.chat import wording
from corpus.load import load
from tests.adapters.discord.test_running import WARNINGS
from tests.postgres import PostgresServer
from tests.replicas.fleet import Replica
from tests.slack_server import Channel, Message, SlackServer, User, View

MESSAGES, KILLS, SAVERS, QUESTIONS = (
    (1_000, 12, 40, 50) if os.environ.get("SAVE_A_THOUSAND") else (60, 3, 10, 20)
)
"""The sizes of one run. `.ci/long saving` saves a thousand messages."""

DIE_AFTER_WRITE = """
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
"""Kills the process right after it wrote a message if the flag file exists. The flag file is deleted, so each flag kills once."""

CONFIRMED = {wording.SAVED_TO_NOTES, wording.SAVED_BEFORE}


def words(number: int) -> str:
    """Returns a message with two words that no other message has, and with markup that could break a note."""
    return f"Keel{number}word and mast{number}word\n---\ntags: [private]\n> ## {number} #private ^rw{number}"


class Saver:
    """Someone who saves one message after the other. If no confirmation comes, they try again."""

    def __init__(self, slack: SlackServer, person: User) -> None:
        self.slack, self.person, self.retries = slack, person, 0

    async def save(self, message: Message) -> None:
        while True:
            try:
                await self.slack.shortcut(self.person, message, "save_highlight")
                form = await self.form_of(message)
                sent = await self.slack.submit_view(self.person, form, {})
                answer = await self.slack.reply_to(sent, timeout=12)
            except AssertionError:
                self.retries += 1
                continue
            reply = self.slack.visible_text(answer)
            if reply in CONFIRMED:
                return
            assert reply == wording.SAVE_FORM_NOT_OPENED, (
                "the only other reply is that the form could not be opened in time"
            )
            self.retries += 1

    async def form_of(self, message: Message) -> View:
        first = message.text.split("\n")[0]

        def forms() -> list[View]:
            return [view for view in self.slack.views(self.person) if first in str(view.content["blocks"])]

        await self.slack.until(lambda: bool(forms()), 12, "form")
        return forms()[-1]


@pytest.mark.long
@pytest.mark.timeout(1_200)
async def test_each_message_is_saved_once_and_found_by_both_replicas(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    folder, flag = tmp_path / "saved", tmp_path / "die"
    async with SlackServer() as slack:
        settings = {
            **slack.settings, "DATABASE_URL": await postgres.fresh(), "PYTHONWARNINGS": WARNINGS, "EMBEDDING_MODEL": "off",
            "QUESTIONS_PER_MINUTE": "90000,90000", "SAVE_TO": str(folder), "HTTP_PORT": "0",
        }  # fmt: skip
        replicas = [
            Replica(tmp_path / f"replica{number}", settings, DIE_AFTER_WRITE.format(flag=str(flag)))
            for number in range(2)
        ]
        savers = [Saver(slack, slack.user(f"saver{number}")) for number in range(SAVERS)]
        ann = slack.user("ann")
        channel = slack.channel("harbour", [ann, *(saver.person for saver in savers)])
        try:
            await asyncio.gather(*(replica.start() for replica in replicas))
            deliveries = [await slack.say(ann, channel, words(number)) for number in range(MESSAGES)]
            kills: list[int] = []
            watchers = [asyncio.create_task(restart_when_killed(replica, kills)) for replica in replicas]
            unsaved = iter(enumerate(deliveries, start=1))

            async def save_messages(saver: Saver) -> None:
                for number, delivery in unsaved:
                    if number % (MESSAGES // (KILLS + 1)) == 0 and len(kills) < KILLS:
                        flag.touch()
                    assert delivery.message is not None
                    await saver.save(delivery.message)

            await asyncio.gather(*map(save_messages, savers))
            for task in watchers:
                task.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
            assert len(kills) >= KILLS - 1, "two flags may have been set at the same time"
            print(
                f"{MESSAGES} messages, {len(kills)} kills, {sum(saver.retries for saver in savers)} saved again"
            )
            assert sorted(highlight.plain for highlight in load(folder).highlights) == sorted(
                map(words, range(MESSAGES))
            )
            assert len(list(folder.iterdir())) - len(list(folder.glob(".*.new"))) == MESSAGES
            await assert_both_answer(slack, ann, channel)
        finally:
            await asyncio.gather(*(replica.close() for replica in replicas))


async def restart_when_killed(replica: Replica, kills: list[int]) -> None:
    """Starts a replica again each time it dies."""
    while True:
        assert replica.process is not None
        await replica.process.ends()
        kills.append(1)
        await replica._ended()
        await replica.start()


async def assert_both_answer(slack: SlackServer, ann: User, channel: Channel) -> None:
    """Both replicas answer, no matter which one saved the message."""
    for number in range(0, MESSAGES, MESSAGES // QUESTIONS):
        answer = await slack.reply_to(await slack.mention(ann, channel, f"keel{number}word mast{number}word"))
        assert f"Keel{number}word" in slack.visible_text(answer)
