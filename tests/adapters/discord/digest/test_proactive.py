"""Messages that nobody asked for: posted only in channels that are still allowed, found again by their key (faults 14 and 39)."""

import asyncio
import time
from pathlib import Path

import discord
import pytest

from adapters.discord.proactive import ProactiveTarget, mark_of
from bot.chat.conversation import Bot
from bot.chat.replies import Picks
from bot.chat.requests import Command
from bot.delivery.target import LookupFailedError, RefusedError, UnsentError
from tests.adapters.discord.conftest import Town
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer


def picks(bot: Bot) -> Picks:
    reply = bot.reply(Command("random"))
    assert isinstance(reply, Picks)
    return reply


async def test_the_nonce_prevents_a_second_post(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        target = instance.platform.proactive_target(str(channel.id), "digest:1", time.time())
        first = await target.post(picks(bot))
        assert await target.post(picks(bot)) == first
        assert len(server.answers(channel)) == 1
        nonces = {body["nonce"] for _, path, body in server.rest.log if path.endswith("/messages") and body}
        assert nonces == {mark_of("digest:1")}
        assert all(len(nonce) <= 25 for nonce in nonces)


async def test_a_lookup_fails_if_there_are_too_many_messages(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.proactive.MAX_MESSAGES_SEARCHED", 3)
    target = ProactiveTarget(
        str(town.channel.id), "1", town.env.now().timestamp(), client=lambda: town.client
    )
    for number in range(2):
        await town.ben.send(town.channel, f"talk {number}")
    assert await target.find() is None
    await town.ben.send(town.channel, "talk")
    with pytest.raises(LookupFailedError) as failed:
        await target.find()
    assert not failed.value.may_retry


async def test_posts_go_only_to_places_that_are_still_allowed(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    strangers = server.server("Strangers", home=False)
    books, strangers_channel = server.channel("books"), server.channel("talk", strangers)
    async with server:
        for allowed_channels, allowed, refused in (
            ("", books, strangers_channel),
            (f"discord:{strangers_channel.id}", strangers_channel, books),
        ):
            async with started(server, bot, tmp_path, ALLOWED_CHANNELS=allowed_channels) as instance:
                await instance.ready()
                await instance.platform.proactive_target(str(allowed.id), "digest:1", time.time()).post(
                    picks(bot)
                )
                with pytest.raises(RefusedError) as error:
                    await instance.platform.proactive_target(str(refused.id), "digest:1", time.time()).post(
                        picks(bot)
                    )
                assert f"ALLOWED_CHANNELS=discord:{refused.id}" in error.value.fix
    assert [len(server.answers(channel)) for channel in (books, strangers_channel)] == [1, 1]


async def test_a_post_to_a_channel_that_is_gone_is_refused(bot: Bot, tmp_path: Path) -> None:
    server = DiscordServer()
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        for channel in ("4711", str(server.direct("ann").id + 1)):
            target = instance.platform.proactive_target(channel, "digest:1", time.time())
            with pytest.raises(RefusedError) as error:
                await target.post(picks(bot))
            assert "invite it again" in error.value.fix
            with pytest.raises(LookupFailedError) as failed:
                await target.find()
            assert not failed.value.may_retry


async def test_nothing_is_posted_before_the_bot_knows_its_servers(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the bot would treat its own server, or a member's direct messages, as those of strangers."""
    monkeypatch.setattr("adapters.discord.client.GUILDS_TIMEOUT_S", 2.0)
    server = DiscordServer()
    server.gateway.announce_guilds_after = asyncio.Event()
    async with server, started(server, bot, tmp_path) as instance:
        server.person("ann")
        places = (server.channel("books"), server.direct("ann"))
        targets = [
            instance.platform.proactive_target(str(channel.id), "digest:1", time.time()) for channel in places
        ]
        with pytest.raises(UnsentError):
            await targets[0].post(picks(bot))
        await instance.ready()
        posting = [asyncio.create_task(target.post(picks(bot))) for target in targets]
        done, _ = await asyncio.wait(posting, timeout=0.2)
        assert not done
        server.gateway.announce_guilds_after.set()
        await asyncio.gather(*posting)
        assert [len(server.answers(channel)) for channel in places] == [1, 1]


async def test_the_permission_manage_channels_counts_in_threads_too(town: Town) -> None:
    role = town.guild.create_role("keepers", permissions=discord.Permissions(manage_channels=True))
    kim = town.guild.add_member(town.env.create_user("kim"), roles=[role])
    thread = town.env.backend.create_thread(town.channel.id, "within", owner_id=town.ann.id)
    manages = town.client.directory.manages
    places = (str(town.channel.id), str(thread.id))
    assert [await manages(str(kim.id), channel) for channel in places] == [True, True]
    assert [await manages(str(town.ann.id), channel) for channel in places] == [False, False]
