"""Places other than text channels: the chats of voice and stage channels, and archived threads, over real sockets."""

from pathlib import Path

import pytest
from simcord.enums import ChannelType

from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ChannelType.VOICE, ChannelType.STAGE_VOICE, ChannelType.NEWS])
async def test_the_bot_answers_in_voice_stage_and_announcement_channels(
    bot: Bot, tmp_path: Path, kind: ChannelType
) -> None:
    server = DiscordServer()
    async with server:
        place = server.backend.create_channel(server.guild.id, "talk", type=kind)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            answer = await server.answered(place, server.ask("ann", place, "memory"))
            assert "> " in text_of(answer.components)
            record = server.command("ann", place, "search", words="memory")
            assert "> " in text_of((await server.shown(place, record)).components)
            record = server.command("owner", place, "digest set", every="daily", at="9")
            assert "Set: " in text_of((await server.shown(place, record)).components)
            server.command("owner", place, "digest now")
            await server.until(lambda: len(server.answers(place)) >= 2)


@pytest.mark.slow
async def test_the_bot_answers_in_an_archived_thread(bot: Bot, tmp_path: Path) -> None:
    """Discord does not list an archived thread at the start. A message in it, or the bot's answer, opens it again."""
    server = DiscordServer()
    async with server:
        parent = server.channel("books")
        thread = server.backend.create_thread(parent.id, "sleep", owner_id=server.person("ann"))
        assert thread.thread_metadata is not None
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            first = await server.answered(thread, server.ask("ann", thread, "memory"))
        thread.thread_metadata.archived = True
        async with started(server, bot, tmp_path) as instance:  # this process has never seen the thread
            await instance.ready()
            server.press("ann", thread, first, "▶")
            await server.until(
                lambda: text_of(first.components).startswith("memory") or first.edited_timestamp
            )
            question = server.ask("ann", thread, "what about sleep?")
            answer = await server.answered(thread, question)
            assert "> " in text_of(answer.components)


@pytest.mark.slow
async def test_a_digest_is_posted_in_an_archived_thread(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server:
        parent = server.channel("books")
        thread = server.backend.create_thread(parent.id, "sleep", owner_id=server.person("ann"))
        assert thread.thread_metadata is not None
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            record = server.command("owner", thread, "digest set", every="daily", at="9")
            assert "Set: " in text_of((await server.shown(thread, record)).components)
        thread.thread_metadata.archived = True
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            record = server.command("owner", thread, "digest now")
            await server.until(lambda: server.answers(thread))
