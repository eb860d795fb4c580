"""`ASK_CHANNELS` on Discord: with the message content intent, questions and new forum posts are answered without a mention."""

from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer


@pytest.fixture
async def server() -> DiscordServer:
    server = DiscordServer()
    server.gateway.content_intent = server.rest.content_intent = True
    return server


async def test_only_in_ask_channels_questions_need_no_mention(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server:
        ask_channel, other = server.channel("questions"), server.channel("books")
        async with started(server, bot, tmp_path, ASK_CHANNELS=f"discord:{ask_channel.id}") as instance:
            await instance.ready()
            statement = server.say("ann", ask_channel, "I had lunch.")
            elsewhere = server.say("ann", other, "what do we know about memory?")
            question = server.say("ann", ask_channel, "what do we know about memory?")
            await server.answered(ask_channel, question)
            assert server.answers(ask_channel, statement) == server.answers(other, elsewhere) == []
            assert set(server.gateway.requested_intents) == {4609 | 1 << 15}


async def test_without_ask_channels_no_privileged_intent_is_asked_for(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        assert set(server.gateway.requested_intents) == {4609}


async def test_a_new_forum_post_is_answered_even_if_it_is_not_a_question(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server:
        forum = server.forum("help")
        async with started(server, bot, tmp_path, ASK_CHANNELS=f"discord:{forum.id}") as instance:
            await instance.ready()
            post, first = server.post("ann", forum, "Memory palaces", "I keep forgetting them.")
            await server.answered(post, first)
            chat = server.say("ben", post, "Same here.")
            question = server.say("ben", post, "and what about sleep?")
            await server.answered(post, question)
            assert server.answers(post, chat) == []
