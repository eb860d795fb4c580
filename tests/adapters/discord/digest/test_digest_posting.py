"""How digests are posted: with a thread below, with a ping of one role, and published in announcement channels."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from simcord.backend.models import Channel, Message
from simcord.enums import ChannelType

from adapters.discord import digest_extras
from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import DiscordInstance, started
from tests.discord_server import DiscordServer
from tests.platforms import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())


@pytest.fixture
def server(clock: Clock) -> DiscordServer:
    return DiscordServer(clock)


@pytest.fixture
def announcement_channel(server: DiscordServer) -> Channel:
    return server.backend.create_channel(server.guild.id, "news", type=ChannelType.NEWS)


def is_answered(record: Any) -> bool:
    """Whether an interaction of SimCord has its reply."""
    return bool(record.message_id) and not record.loading


async def private_reply(server: DiscordServer, where: Channel, subcommand: str, **options: Any) -> str:
    record = server.command("owner", where, f"digest {subcommand}", **options)
    await server.until(lambda: record.message_id and not record.loading)
    return text_of(server.backend.messages[where.id][record.message_id].components).replace("\\", "")


async def post_digest(
    server: DiscordServer, instance: DiscordInstance, clock: Clock, where: Channel
) -> Message:
    """Moves the clock to nine, and returns the digest that is posted."""
    await private_reply(server, where, "set", at="9")
    clock.now += 3700.0
    await instance.post_due_digests()
    (message,) = server.answers(where)
    return message


def bodies(server: DiscordServer, path: str) -> list[Any]:
    return [
        body for method, request_path, body in server.rest.log if method == "POST" and request_path == path
    ]


async def test_a_digest_can_open_a_thread_ping_a_role_and_be_published(
    server: DiscordServer, bot: Bot, announcement_channel: Channel, clock: Clock, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, clock) as instance:
        await instance.ready()
        role = server.backend.create_role(server.guild.id, "readers", mentionable=True)
        reply = await private_reply(
            server, announcement_channel, "posting", thread=True, ping=role.id, publish=True
        )
        assert reply == wording.POSTING_SET.format(what=", ".join(wording.POSTING_PARTS.values()))
        message = await post_digest(server, instance, clock, announcement_channel)
        assert text_of(message.components).startswith(f"<@&{role.id}>\n")
        (body,) = bodies(server, f"/channels/{announcement_channel.id}/messages")
        assert body["allowed_mentions"] == {"parse": [], "roles": [role.id]}
        await server.until(lambda: message.id in server.backend.channels)
        assert server.backend.channels[message.id].name == "Highlights for 25 November 2026"
        await server.until(
            lambda: (
                bodies(server, f"/channels/{announcement_channel.id}/messages/{message.id}/crosspost") != []
            )
        )
        assert await private_reply(
            server, announcement_channel, "posting", silent=True, thread=False, publish=False
        ) == (wording.POSTING_SET.format(what=wording.POSTING_PLAIN))


@pytest.mark.long
async def test_by_default_a_digest_pings_nobody_and_opens_no_thread(
    server: DiscordServer, bot: Bot, announcement_channel: Channel, clock: Clock, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, clock) as instance:
        await instance.ready()
        message = await post_digest(server, instance, clock, announcement_channel)
        (body,) = bodies(server, f"/channels/{announcement_channel.id}/messages")
        assert body["allowed_mentions"]["parse"] == []
        assert not body["allowed_mentions"].get("roles")
        assert message.id not in server.backend.channels
        assert bodies(server, f"/channels/{announcement_channel.id}/messages/{message.id}/crosspost") == []


async def test_a_digest_counts_as_posted_though_publishing_is_rate_limited(
    server: DiscordServer, bot: Bot, announcement_channel: Channel, clock: Clock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(digest_extras, "MAX_WAIT_S", 0.05)
    async with server, started(server, bot, tmp_path, clock) as instance:
        await instance.ready()
        await private_reply(server, announcement_channel, "posting", publish=True)
        server.rest.limit(1800, path="/channels/*/messages/*/crosspost")
        message = await post_digest(server, instance, clock, announcement_channel)
        crosspost = f"/channels/{announcement_channel.id}/messages/{message.id}/crosspost"
        await server.until(lambda: len(bodies(server, crosspost)) == 2)
        assert "was not published: 429" in caplog.text
        assert instance.service.counts["digest_posted"] == 1


async def test_a_choice_that_is_not_possible_is_refused_with_the_reason(
    server: DiscordServer, bot: Bot, announcement_channel: Channel, clock: Clock, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, clock) as instance:
        await instance.ready()
        books = server.channel("books")
        everyone = await private_reply(server, announcement_channel, "posting", ping=server.guild.id)
        assert everyone == wording.PING_EVERYONE
        assert (
            await private_reply(server, books, "posting", publish=True) == wording.NOT_AN_ANNOUNCEMENT_CHANNEL
        )
        quiet = server.backend.create_role(server.guild.id, "quiet")
        keepers = server.backend.create_role(server.guild.id, "keepers", permissions=1 << 4)
        server.backend.add_member_role(server.guild.id, server.person("kim"), keepers.id)
        for name, expected in (("kim", wording.PING_NOT_ALLOWED), ("ann", wording.PING_NOT_ALLOWED)):
            record = server.command(name, books, "digest posting", ping=quiet.id)
            await server.until(partial(is_answered, record))
            assert text_of(server.backend.messages[books.id][record.message_id].components) == expected
        record = server.command("ann", books, "digest posting", thread=True)
        await server.until(lambda: record.message_id and not record.loading)
        refused = text_of(server.backend.messages[books.id][record.message_id].components)
        assert refused == wording.DIGEST_NOT_ALLOWED
