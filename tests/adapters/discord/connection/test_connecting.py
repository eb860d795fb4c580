"""The bot connects, loses the connection, resumes it, or is refused (faults 3, 10, 11 and 16)."""

import asyncio
import logging
from pathlib import Path

import discord
import pytest

from adapters.discord import platform
from adapters.discord.client import intents
from adapters.discord.credentials import Credentials
from bot.chat.conversation import Bot
from bot.delivery.platform import ConnectionFailedError, UnreachableError
from bot.runtime.backoff import backoff
from bot.settings import SettingsError
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


async def test_a_question_is_answered_over_real_sockets(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        question = server.ask("ann", channel, "what about memory?")
        await server.answered(channel, question)
        assert server.gateway.requested_intents == [intents().value]


def test_no_privileged_intent_is_asked_for() -> None:
    requested = intents()
    assert {name for name, on in requested if on} == {"guilds", "guild_messages", "dm_messages"}


async def test_a_broken_session_is_resumed_and_no_question_is_missed(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        for number in range(3):
            server.gateway.drop()
            question = server.ask("ann", channel, f"memory {number}")  # while the bot is not connected
            await server.answered(channel, question)
        assert (server.gateway.identified, server.gateway.resumed) == (1, 3)


async def test_events_replayed_by_resume_are_not_answered_again(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 3."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        first = server.ask("ann", channel, "memory")
        await server.answered(channel, first)
        server.gateway.repeat_on_resume = 50
        server.gateway.drop()
        await server.until(lambda: server.gateway.resumed == 1)
        second = server.ask("ann", channel, "habits")
        await server.answered(channel, second)
        assert len(server.answers(channel, first)) == 1
        assert instance.service.counts["repeated"] >= 1


async def test_a_replay_after_a_restart_is_not_answered_again(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 3. The next process knows which questions were answered."""
    async with server:
        channel = server.channel("books")
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            server.backend.announce_message_create(question)
            await server.until(lambda: instance.service.counts["repeated"])
        assert len(server.answers(channel)) == 1


async def test_two_copies_with_one_state_answer_once(server: DiscordServer, bot: Bot, tmp_path: Path) -> None:
    """Fault 5."""
    async with server, started(server, bot, tmp_path) as first:
        await first.ready()
        async with started(server, bot, tmp_path) as second:
            await second.ready()
            channel = server.channel("books")
            questions = [server.ask("ann", channel, f"memory {number}") for number in range(5)]
            counts = first.service.counts, second.service.counts
            await server.until(lambda: sum(count["answered"] + count["repeated"] for count in counts) == 10)
            assert [len(server.answers(channel, question)) for question in questions] == [1] * 5
            assert sum(count["answered"] for count in counts) == 5


async def test_the_bot_resumes_when_discord_asks_it_to_reconnect(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Opcode 7."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.gateway.reconnect()
        await server.until(lambda: server.gateway.resumed == 1)
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)


@pytest.mark.parametrize("resumable", [True, False])
async def test_the_bot_reconnects_when_discord_ends_the_session(
    server: DiscordServer, bot: Bot, tmp_path: Path, resumable: bool
) -> None:
    """Opcode 9. The new session, too, connects to the test server and not to the real Discord."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.gateway.invalidate(resumable)
        await server.until(lambda: server.gateway.resumed + server.gateway.identified == 2)
        await instance.ready()
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)
        assert discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY.host == "127.0.0.1"


@pytest.mark.long
async def test_the_bot_retries_when_the_first_connections_fail(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with server:
        server.gateway.refuse_next = 3
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            channel = server.channel("books")
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)
    tries = [record for record in caplog.records if "no connection to the gateway" in record.getMessage()]
    assert len(tries) == 3
    assert all(record.exc_info is None for record in caplog.records)


async def test_the_bot_retries_while_discord_is_down(
    server: DiscordServer,
    bot: Bot,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fault 11. Each try logs at most one line, pauses get longer, and the bot recovers by itself."""
    pauses: list[int] = []

    def pause(tries: int, minimum: float, maximum: float) -> float:
        pauses.append(tries)
        return backoff(tries, minimum, maximum)

    monkeypatch.setattr(platform, "backoff", pause)
    async with server:
        channel = server.channel("books")
        await server.stop()
        async with started(server, bot, tmp_path) as instance:
            with pytest.raises(UnreachableError):
                await instance.platform.check()
            await server.until(lambda: pauses == [1, 2, 3])
            assert not instance.health.ready
            await server.start()
            await instance.ready()
            await server.stop()
            await server.until(lambda: not instance.health.ready)
            await server.until(lambda: len(pauses) >= 6)
            await server.start()
            await instance.ready()
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len([line for line in lines if "next try in" in line]) == len(pauses)
    assert all("\n" not in line and server.settings["DISCORD_TOKEN"] not in line for line in lines)


async def test_the_bot_replaces_a_socket_on_which_nothing_arrives(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 10. The bot replaces a connection if its last frame is too old."""
    server.gateway.heartbeat = 0.1
    async with server, started(server, bot, tmp_path, max_silence=0.6) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.gateway.freeze()
        await server.until(lambda: server.gateway.identified == 2)
        await instance.ready()
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)
    assert "no frame for" in caplog.text


async def test_the_platform_gives_up_if_the_gateway_never_answers(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 10. Discord's REST API answers, but its gateway never does."""
    async with server:
        server.gateway.refuse_next = 10_000
        async with started(server, bot, tmp_path) as instance:
            with pytest.raises(ConnectionFailedError):
                await asyncio.wait_for(asyncio.shield(instance.running), 10)


async def test_a_wrong_token_ends_the_start_with_one_request(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 16. The error at the start names the variable but not its value. The bot makes one request only."""
    async with server, started(server, bot, tmp_path, DISCORD_TOKEN="wrong.token.value") as instance:
        with pytest.raises(SettingsError, match="DISCORD_TOKEN") as caught:
            await asyncio.wait_for(asyncio.shield(instance.running), 10)
        assert "wrong.token" not in str(caught.value)
        assert server.rest.counts["401"] == 1


async def test_a_token_that_is_reset_can_be_replaced_without_a_restart(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 16. The bot is down and does not try to log in again and again. Fault 72. It tries a new token without a restart."""
    token_settings: list[Credentials | None] = [None]
    async with server, started(server, bot, tmp_path, reload=lambda: token_settings[-1]) as instance:
        await instance.ready()
        token_settings.append(
            Credentials(server.settings["DISCORD_TOKEN"], server.settings["DISCORD_API_URL"])
        )
        server.rest.token = server.gateway.token = "another"
        await server.gateway.close(4004)
        await server.until(lambda: "refuses the token" in caplog.text)
        assert not instance.health.ready
        requests_before = len(server.rest.log)
        await asyncio.sleep(0.3)
        assert len(server.rest.log) == requests_before
        assert not instance.running.done()
        token_settings.append(Credentials("another", server.settings["DISCORD_API_URL"]))
        await instance.ready()
        channel = server.channel("books")
        await server.answered(channel, server.ask("ann", channel, "memory"))


async def test_an_answer_under_way_survives_a_new_connection(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """The answer still goes out through the old connection."""
    server.gateway.heartbeat = 0.1
    async with server, started(server, bot, tmp_path, max_silence=0.6) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.limit(1.5)
        question = server.ask("ann", channel, "memory")
        await server.until(lambda: server.rest.counts["429"])
        server.gateway.freeze()
        await server.until(lambda: server.gateway.identified == 2)
        assert server.answers(channel) == []
        await server.answered(channel, question)
        await server.until(lambda: instance.service.counts["answered"] == 1)


async def test_the_bot_waits_at_the_limit_of_new_sessions(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord resets the token of a bot that starts more sessions than it may."""
    async with server:
        server.rest.sessions_left = 1
        async with started(server, bot, tmp_path) as instance:
            await server.until(lambda: "limit of new sessions" in caplog.text)
            assert server.gateway.identified == 0
            server.rest.sessions_left = 1000
            await instance.ready()


async def test_the_bot_is_ready_when_all_shards_are_connected(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """The bot connects as many shards as Discord names, and is ready when all of them are."""
    async with server:
        server.rest.shards = 3
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            assert server.gateway.identified == 3
            channel = server.channel("books")
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)
            server.gateway.invalidate()
            await server.until(lambda: server.gateway.identified == 6)
            await instance.ready()
            question = server.ask("ann", channel, "memory again")
            await server.answered(channel, question)
