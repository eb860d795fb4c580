"""Home servers, and people who may use the commands everywhere, over real sockets."""

from pathlib import Path

import pytest

from adapters.discord.credentials import application_of
from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer

MANAGE_SERVER = 1 << 5


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


async def test_a_server_that_the_owner_manages_is_a_home_server(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """The application's owner manages the server without owning it."""
    async with server:
        guild = server.server("Work", home=False)
        other = server.server("Strangers", home=False)
        for server_to_join in (guild, other):
            server.person("owner", server_to_join)
        role = server.backend.create_role(guild.id, "admins", permissions=MANAGE_SERVER)
        server.backend.add_member_role(guild.id, server.people["owner"], role.id)
        books, lobby = server.channel("books", guild), server.channel("lobby", other)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            ignored = server.ask("eve", lobby, "memory")
            question = server.ask("ann", books, "memory")
            await server.answered(books, question)
            await server.until(lambda: instance.service.counts["place"] == 1)
            assert server.answers(lobby, ignored) == []


@pytest.mark.parametrize(("state", "answered"), [(2, True), (1, False)])
async def test_a_server_of_a_team_member_is_a_home_server_only_if_they_accepted(
    server: DiscordServer, bot: Bot, tmp_path: Path, state: int, answered: bool
) -> None:
    async with server:
        guild = server.server("Work", home=False)
        tim = server.person("tim", guild)
        guild.owner_id = tim
        member = {"user": {"id": str(tim), "username": "tim", "discriminator": "0", "avatar": None},
                  "membership_state": state, "team_id": "9", "permissions": ["*"], "role": "admin"}  # fmt: skip
        server.rest.team = {"id": "9", "name": "t", "icon": None, "owner_user_id": "1", "members": [member]}
        books = server.channel("books", guild)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            question = server.ask("ann", books, "memory")
            await server.until(lambda: instance.service.counts["answered"] + instance.service.counts["place"])
            assert bool(server.answers(books, question)) is answered


@pytest.mark.parametrize(("who", "listed", "answered"), [
    ("owner", "", True), ("ann", "ann", True), ("ann", "", False),
])  # fmt: skip
async def test_the_owner_and_discord_users_can_use_commands_in_servers_without_the_bot(
    server: DiscordServer, bot: Bot, tmp_path: Path, who: str, listed: str, answered: bool
) -> None:
    async with server:
        guild = server.server("Elsewhere", home=False)
        channel = server.channel("lobby", guild)
        server.person(who, guild)
        users = str(server.people[listed]) if listed else ""
        async with started(server, bot, tmp_path, DISCORD_USERS=users) as instance:
            await instance.ready()
            await server.until(lambda: server.backend.commands.get(None))
            server.leave(guild)
            server.command(who, channel, "search", words="memory")
            await server.until(lambda: instance.service.counts["answered"] + instance.service.counts["place"])
            await server.until(
                lambda: any(message.components for message in server.backend.messages[channel.id].values())
            )
            (shown,) = list(server.backend.messages[channel.id].values())
            assert shown.is_ephemeral
            assert ("> " in text_of(shown.components)) is answered
            if not answered:
                assert text_of(shown.components) == wording.NOT_HERE


def test_the_application_is_read_from_the_token() -> None:
    assert application_of("MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y") == "123456789012345678"
    assert application_of("no") is None
    assert application_of("ß.x") is None
