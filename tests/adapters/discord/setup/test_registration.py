"""Commands are registered until Discord has them (fault 61), over real sockets."""

from pathlib import Path

import pytest

from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import DiscordInstance, started
from tests.discord_server import DiscordServer

COMMANDS = "/applications/*/commands"


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


def commands_problem(instance: DiscordInstance) -> object:
    """The problem with the commands in `/readyz`; "unknown" until the bot knows it."""
    platforms = instance.health.report()["platforms"]
    assert isinstance(platforms, dict)
    return platforms["discord"].get("features", {}).get("commands", {}).get("problem", "unknown")


async def test_registration_is_retried_until_it_works(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server:
        fault = server.rest.fail("PUT", COMMANDS, times=100, status=400, body={"message": "no", "code": 1})
        async with started(server, bot, tmp_path) as instance:
            await server.until(lambda: "400" in str(commands_problem(instance)))
            await instance.ready()
            assert not server.backend.commands.get(None)
            server.rest.faults.remove(fault)
            await server.until(lambda: commands_problem(instance) is None)
            assert {command["name"] for command in server.backend.commands[None].values()} >= {"highlight"}


async def test_missing_commands_are_registered_at_the_next_start(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """The bot keeps its state folder, but the state does not say which commands Discord has."""
    async with server:
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            await server.until(lambda: commands_problem(instance) is None)
        server.backend.commands[None].clear()
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            await server.until(lambda: commands_problem(instance) is None)
            assert server.backend.commands[None]
        puts = sum(method == "PUT" for method, _, _ in server.rest.log)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            await server.until(lambda: commands_problem(instance) is None)
        assert sum(method == "PUT" for method, _, _ in server.rest.log) == puts, "nothing had changed"


async def test_a_command_of_another_version_gets_a_notice(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Discord shows the old command for a while after an upgrade. It must not end in "The application did not respond"."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        await server.until(lambda: server.backend.commands.get(None))
        books = server.channel("books")
        reply = await server.shown(books, server.command("ann", books, "gone"))
        assert reply.is_ephemeral
        assert text_of(reply.components) == wording.QUESTION_FAILED
