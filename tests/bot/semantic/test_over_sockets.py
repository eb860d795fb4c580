"""Search by meaning on both platforms over real sockets: a question, "More like this", the command on a message."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from simcord.backend.models import Channel, Message

from adapters.slack.cards.actions import FIND_HIGHLIGHTS, SIMILAR
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.search.index import Index
from bot.semantic.backfill import fill
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import started
from tests.adapters.slack.conftest import Starting, start
from tests.bot.semantic.models import make_embedding
from tests.discord_server import DiscordServer
from tests.libraries import highlight, library_of
from tests.slack_server import SlackServer

__all__ = ["start"]  # a fixture of these tests


def has_answers(server: DiscordServer, channel: Channel, number: int) -> bool:
    return len(server.answers(channel)) == number


INDEX = Index.build(
    library_of(
        [
            highlight("doze", "A doze after lunch clears the head.", "On rest"),
            highlight("nap", "Napoleon could take a nap on his horse.", "On horses"),
            highlight("car", "An automobile is a machine for arriving late.", "On roads"),
            highlight("bus", "Any vehicle will do for who is not expected.", "On waiting"),
            highlight("sea", "The sea is older than any of its maps.", "On maps"),
            highlight("oil", "Lamps burn oil until the morning.", "On lamps"),
        ]
    )
)
QUESTION = "Which car should I take to the countryside?"
"""Only the passages "car" and "bus" answer this question."""


@pytest.fixture(scope="module")
def bot() -> Bot:
    embedding = make_embedding()
    assert fill(embedding, INDEX, lambda: False)
    return Bot(INDEX, embedding=embedding)


def quoted_passages(text: str) -> tuple[list[str], int, int]:
    """Returns the ids of the quoted passages, the number of "close in meaning", and the number of "More like this"."""
    lines = [line.replace("*", "").replace("\\", "").removeprefix("> ") for line in text.splitlines()]
    passages = {highlight.plain: highlight.id for highlight in INDEX.library.highlights}
    found = [passages[line] for line in lines if line in passages]
    return found, text.count(wording.CLOSE_IN_MEANING), text.count(f"[{wording.MORE_LIKE_THIS}]")


async def test_a_question_in_a_slack_channel_is_answered_by_meaning(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        question = await slack.mention(ann, slack.channel("general", [ann, bob]), QUESTION)
        answer = await slack.reply_to(question)
        found, *counts = quoted_passages(slack.visible_text(answer))
        assert (sorted(found), counts) == (["bus", "car"], [2, 0])
        first = next(highlight for highlight in INDEX.library.highlights if highlight.id == found[0])
        similar = await slack.reply_to(await slack.choose(bob, answer, first.plain[:20]))
        assert quoted_passages(slack.visible_text(similar)) == ([found[1]], 0, 1)
        again = await slack.reply_to(await slack.press(bob, similar, SIMILAR))  # similar to the similar quote
        assert quoted_passages(slack.visible_text(again)) == ([found[0]], 0, 1)
        for reply in (similar, again):
            assert (reply.thread_ts, reply.ephemeral_to) == (question.ts, bob.id)
        assert slack.posts() == [answer]


async def test_a_private_answer_on_slack_is_found_by_meaning(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        message = await slack.say(bob, slack.channel("general", [ann, bob]), QUESTION)
        answer = await slack.reply_to(await slack.shortcut(ann, message, FIND_HIGHLIGHTS))
        found, *counts = quoted_passages(slack.visible_text(answer))
        assert (sorted(found), counts) == (["bus", "car"], [2, 0])
        assert f"[{wording.MORE_LIKE}]" in slack.visible_text(answer)
        first = next(highlight for highlight in INDEX.library.highlights if highlight.id == found[0])
        further = await slack.reply_to(await slack.choose(ann, answer, first.plain[:20]))
        assert quoted_passages(slack.visible_text(further)) == (found[1:], 0, 1)
        assert (answer.ephemeral_to, further.ephemeral_to) == (ann.id, ann.id)
        assert slack.posts() == []


async def test_a_question_in_a_discord_channel_is_answered_by_meaning(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        last = await server.answered(channel, server.ask("ann", channel, QUESTION))
        found, *counts = quoted_passages(text_of(last.components))
        assert (sorted(found), counts) == (["bus", "car"], [2, 2])
        for number, expected in ((2, found[1]), (3, found[0])):
            server.press("ben", channel, last, wording.MORE_LIKE_THIS)
            await server.until(partial(has_answers, server, channel, number))
            before, last = last, server.answers(channel)[-1]
            assert last.reference is not None
            assert int(last.reference["message_id"]) == before.id
            assert quoted_passages(text_of(last.components)) == ([expected], 0, 1)


async def test_a_private_answer_on_discord_is_found_by_meaning(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        await server.until(lambda: server.backend.commands.get(None))
        message = server.say("ben", channel, QUESTION)
        answer = await server.shown(channel, server.find_about("ann", channel, message))
        found, *counts = quoted_passages(text_of(answer.components))
        assert (sorted(found), counts) == (["bus", "car"], [2, 2])
        further = await server.shown(channel, server.press("ann", channel, answer, wording.MORE_LIKE_THIS))
        assert quoted_passages(text_of(further.components)) == (found[1:], 0, 1)
        assert (answer.is_ephemeral, further.is_ephemeral) == (True, True)
        assert server.answers(channel) == []


async def answer_to(server: DiscordServer, channel: Channel, record: Any) -> Message:
    """Waits for the answer to an interaction."""
    await server.until(lambda: record.message_id and not record.loading)
    return server.backend.messages[channel.id][record.message_id]
