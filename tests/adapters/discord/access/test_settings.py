"""`/highlight settings` on Discord, over sockets: who may change settings, what they do, and that they survive a restart."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from simcord.backend.models import Message
from simcord.components import walk_components
from simcord.enums import ChannelType

from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer

MANAGE_SERVER = 1 << 5


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


def manager(server: DiscordServer) -> str:
    """A person who may manage the server but does not own it."""
    role = server.backend.create_role(server.guild.id, "managers", permissions=MANAGE_SERVER)
    server.backend.add_member_role(server.guild.id, server.person("kim"), role.id)
    return "kim"


async def wait_for_change(server: DiscordServer, form: Message, record: Any) -> None:
    """Waits until the form shows a new choice."""
    before = json.dumps(form.components)
    await server.until(lambda: json.dumps(form.components) != before or record.followup_ids)
    notices = [
        text_of(server.backend.messages[form.channel_id][id_].components) for id_ in record.followup_ids
    ]
    assert notices == []


async def test_the_chosen_channels_are_kept_after_a_restart(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server:
        shelf = server.backend.create_channel(server.guild.id, "Shelf", type=ChannelType.CATEGORY)
        books, lobby = server.channel("books"), server.channel("lobby")
        inner = server.backend.create_channel(server.guild.id, "inner", parent_id=shelf.id)
        kim = manager(server)
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            form = await server.shown(lobby, server.command(kim, lobby, "settings"))
            assert wording.SETTINGS["channels"] in text_of(form.components)
            await wait_for_change(server, form, server.pick(kim, lobby, form, "channels", books.id, shelf.id))
            menu = next(
                component
                for component in walk_components(form.components)
                if component.get("custom_id") == "s1:c:channels"
            )
            assert {int(value["id"]) for value in menu["default_values"]} == {books.id, shelf.id}
        async with started(server, bot, tmp_path) as instance:
            await instance.ready()
            left_out = server.ask("ann", lobby, "memory")
            for channel in (books, inner):
                await server.answered(channel, server.ask("ann", channel, "memory"))
            assert server.answers(lobby, left_out) == []
            refused = await server.shown(lobby, server.command("ann", lobby, "search", words="memory"))
            assert "I answer in other channels of this server" in text_of(refused.components)
            form = await server.shown(lobby, server.command(kim, lobby, "settings"))
            await wait_for_change(server, form, server.pick(kim, lobby, form, "channels"))
            await server.answered(lobby, server.ask("ann", lobby, "memory"))


async def test_only_people_who_manage_the_server_can_change_its_settings(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        lobby = server.channel("lobby")
        refused = await server.shown(lobby, server.command("ann", lobby, "settings"))
        assert text_of(refused.components) == wording.SETTINGS_NOT_ALLOWED
        form = await server.shown(lobby, server.command("owner", lobby, "settings"))
        record = server.pick("ann", lobby, form, "threads", "on")  # Ann uses the menu of another person
        await server.until(lambda: record.followup_ids)
        assert text_of(server.backend.messages[lobby.id][record.followup_ids[0]].components) == (
            wording.SETTINGS_NOT_ALLOWED
        )
        question = server.ask("owner", lobby, "/highlight settings")
        answer = await server.answered(lobby, question)
        assert "Type </highlight settings:" in text_of(answer.components)


async def test_only_people_with_a_chosen_role_are_answered(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        lobby = server.channel("lobby")
        readers = server.backend.create_role(server.guild.id, "readers")
        server.backend.add_member_role(server.guild.id, server.person("ben"), readers.id)
        form = await server.shown(lobby, server.command("owner", lobby, "settings"))
        await wait_for_change(server, form, server.pick("owner", lobby, form, "roles", readers.id))
        stranger = server.ask("ann", lobby, "memory")
        await server.answered(lobby, server.ask("ben", lobby, "memory"))
        assert server.answers(lobby, stranger) == []
        reply = await server.shown(lobby, server.command("ann", lobby, "random"))
        assert text_of(reply.components) == wording.NOT_FOR_YOU
        server.rest.fail(
            "PATCH", "/webhooks/*", 1, status=400, body={"code": 50035, "message": "Invalid Form Body"}
        )
        second_form = await server.shown(lobby, server.command("owner", lobby, "settings"))
        assert "default_values" not in json.dumps(second_form.components) or not re.search(
            r'"default_values": \[\{', json.dumps(second_form.components)
        )


async def test_environment_variables_win_and_the_reply_says_so(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server:
        books, lobby = server.channel("books"), server.channel("lobby")
        allowed = f"discord:{books.id}"
        async with started(
            server, bot, tmp_path, ALLOWED_CHANNELS=allowed, ALLOWED_SERVERS="discord:home"
        ) as instance:
            await instance.ready()
            form = await server.shown(lobby, server.command("owner", lobby, "settings"))
            assert "ALLOWED\\_CHANNELS" in text_of(form.components)
            await wait_for_change(server, form, server.pick("owner", lobby, form, "channels", lobby.id))
            await server.answered(books, server.ask("ann", books, "memory"))


async def test_buttons_can_be_for_the_asker_only(server: DiscordServer, bot: Bot, tmp_path: Path) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        lobby = server.channel("lobby")
        form = await server.shown(lobby, server.command("owner", lobby, "settings"))
        record = server.pick("owner", lobby, form, "buttons", "asker")
        await wait_for_change(server, form, record)
        answer = await server.answered(lobby, server.ask("ann", lobby, "memory"))
        before = text_of(answer.components)
        refused = server.press("ben", lobby, answer, wording.NEXT_PAGE)
        await server.until(lambda: refused.followup_ids)
        assert text_of(answer.components) == before
        turned = server.press("ann", lobby, answer, wording.NEXT_PAGE)
        await server.until(lambda: text_of(answer.components) != before)
        assert turned.responded
