"""Other words, same meaning, on both platforms over real sockets: a question, "More like this", the command on a message."""

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
from tests.adapters.slack.conftest import Starting
from tests.bot.semantic.models import meaning
from tests.discord_server import DiscordServer
from tests.libraries import highlight, library_of
from tests.slack_server import SlackServer


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
SAID = "Which car should I take to the countryside?"
"""Only "car" and "bus" are about that."""


@pytest.fixture(scope="module")
def bot() -> Bot:
    made = meaning()
    assert fill(made, INDEX, lambda: False)
    return Bot(INDEX, embedding=made)


def quoted_passages(text: str) -> tuple[list[str], int, int]:
    """The passages a reply quotes, by their ids; how often it says "close in meaning"; how many "More like this" it has."""
    lines = [line.replace("*", "").replace("\\", "").removeprefix("> ") for line in text.splitlines()]
    passages = {one.plain: one.id for one in INDEX.library.highlights}
    found = [passages[line] for line in lines if line in passages]
    return found, text.count(wording.CLOSE_IN_MEANING), text.count(f"[{wording.MORE_LIKE_THIS}]")


async def test_slack_in_a_channel(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        asked = await slack.mention(ann, slack.channel("general", [ann, bob]), SAID)
        answer = await slack.reply_to(asked)
        found, *counts = quoted_passages(slack.visible_text(answer))
        assert (sorted(found), counts) == (["bus", "car"], [2, 0])
        first = next(one for one in INDEX.library.highlights if one.id == found[0])
        similar = await slack.reply_to(await slack.choose(bob, answer, first.plain[:20]))
        assert quoted_passages(slack.visible_text(similar)) == ([found[1]], 0, 1)
        again = await slack.reply_to(await slack.press(bob, similar, SIMILAR))  # like what that brought
        assert quoted_passages(slack.visible_text(again)) == ([found[0]], 0, 1)
        for one in (similar, again):
            assert (one.thread_ts, one.ephemeral_to) == (asked.ts, bob.id)
        assert slack.posts() == [answer]


async def test_slack_to_one_alone(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        said = await slack.say(bob, slack.channel("general", [ann, bob]), SAID)
        answer = await slack.reply_to(await slack.shortcut(ann, said, FIND_HIGHLIGHTS))
        found, *counts = quoted_passages(slack.visible_text(answer))
        assert (sorted(found), counts) == (["bus", "car"], [2, 0])
        assert f"[{wording.MORE_LIKE}]" in slack.visible_text(answer)
        first = next(one for one in INDEX.library.highlights if one.id == found[0])
        further = await slack.reply_to(await slack.choose(ann, answer, first.plain[:20]))
        assert quoted_passages(slack.visible_text(further)) == (found[1:], 0, 1)
        assert (answer.ephemeral_to, further.ephemeral_to) == (ann.id, ann.id)
        assert slack.posts() == []


async def test_discord_in_a_channel(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        last = await server.answered(channel, server.ask("ann", channel, SAID))
        found, *counts = quoted_passages(text_of(last.components))
        assert (sorted(found), counts) == (["bus", "car"], [2, 2])
        for number, expected in ((2, found[1]), (3, found[0])):
            server.press("ben", channel, last, wording.MORE_LIKE_THIS)
            await server.until(partial(has_answers, server, channel, number))
            before, last = last, server.answers(channel)[-1]
            assert last.reference is not None
            assert int(last.reference["message_id"]) == before.id
            assert quoted_passages(text_of(last.components)) == ([expected], 0, 1)


async def test_discord_to_one_alone(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        await server.until(lambda: server.backend.commands.get(None))
        said = server.say("ben", channel, SAID)
        answer = await server.shown(channel, server.find_about("ann", channel, said))
        found, *counts = quoted_passages(text_of(answer.components))
        assert (sorted(found), counts) == (["bus", "car"], [2, 2])
        further = await server.shown(channel, server.press("ann", channel, answer, wording.MORE_LIKE_THIS))
        assert quoted_passages(text_of(further.components)) == (found[1:], 0, 1)
        assert (answer.is_ephemeral, further.is_ephemeral) == (True, True)
        assert server.answers(channel) == []


async def answer_to(server: DiscordServer, channel: Channel, record: Any) -> Message:
    """The answer to an interaction, once it is there."""
    await server.until(lambda: record.message_id and not record.loading)
    return server.backend.messages[channel.id][record.message_id]
