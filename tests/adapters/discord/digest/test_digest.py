"""A digest on Discord is set, posted once a day and has working buttons, through kills and lost answers (faults 38, 39)."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from simcord.backend.models import Channel, Message
from simcord.components import walk_components

from adapters.discord.cards.actions import DigestAction
from adapters.discord.cards.custom_ids import decode
from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import DiscordInstance, started
from tests.discord_server import DiscordServer
from tests.platforms import Clock

DAY = 86_400.0
POSTS = "/channels/*/messages"


@pytest.fixture
def clock() -> Clock:
    """A clock at eight in the morning in Berlin."""
    return Clock(datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())


@pytest.fixture
def server(clock: Clock) -> DiscordServer:
    return DiscordServer(clock)


@pytest.fixture
def channel(server: DiscordServer) -> Channel:
    return server.channel("books")


class DigestBot:
    """A running bot with its Discord, and shortcuts for digest commands."""

    def __init__(self, server: DiscordServer, instance: DiscordInstance) -> None:
        self.server, self.instance = server, instance

    async def command(self, name: str, where: Channel, subcommand: str, **options: object) -> str:
        """Someone uses `/highlight digest …`. Returns the private reply."""
        record = self.server.command(name, where, f"digest {subcommand}", **options)
        return await self.answered(record, where)

    async def answered(self, record: object, where: Channel) -> str:
        await self.server.until(lambda: record.message_id and not record.loading)  # type: ignore[attr-defined]
        message = self.server.backend.messages[where.id][record.message_id]  # type: ignore[attr-defined]
        assert message.is_ephemeral
        return text_of(message.components).replace("\\", "")

    async def set_due_digest(self, clock: Clock, where: Channel, **options: object) -> None:
        """Sets a digest and moves the clock to its time."""
        assert "Set: every day at 09:00 (Europe/Berlin)" in await self.command(
            "owner", where, "set", **options
        )
        clock.now += 3600 + 10


Starting = Callable[..., AbstractAsyncContextManager[DigestBot]]


@pytest.fixture
def start(bot: Bot, tmp_path: Path, clock: Clock, server: DiscordServer) -> Starting:
    @asynccontextmanager
    async def starting(**variables: Any) -> AsyncIterator[DigestBot]:
        async with started(server, bot, tmp_path, clock=clock, **variables) as instance:
            await instance.ready()
            await server.until(lambda: server.backend.commands.get(None))
            yield DigestBot(server, instance)

    return starting


def shown_ids(message: Message) -> list[str]:
    """The ids of a digest's highlights, read from its buttons or its menu."""
    found: list[str] = []
    for component in walk_components(message.components):
        pressed = [decode(component["custom_id"])] if component.get("type") == 2 else []
        if component.get("type") == 3:
            pressed = [decode(component["custom_id"], (option["value"],)) for option in component["options"]]
        found += [
            press.highlight for press in pressed if isinstance(press, DigestAction) and press.press == "keep"
        ]
    return found


async def test_a_digest_is_posted_once_a_day(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel, highlights=2, zone="Europe/Berlin")
        clock.now -= 20
        await digest_bot.instance.post_due_digests()
        assert server.answers(channel) == []
        seen: list[str] = []
        for day in range(1, 4):
            clock.now += 20
            for _ in range(2):
                await digest_bot.instance.post_due_digests()
            assert len(server.answers(channel)) == day
            digest = server.answers(channel)[-1]
            assert digest.reference is None
            assert text_of(digest.components).startswith("-# From this library\n")
            seen += shown_ids(digest)
            clock.now += DAY - 20
        assert len(set(seen)) == len(seen) == 6
        status = await digest_bot.command("ann", channel, "status")
        assert re.search(r"The next one is on <t:(\d+):F>", status)
        assert "Shown in this round: 6 of " in status
        posts = [
            body for method, path, body in server.rest.log if method == "POST" and path.endswith("/messages")
        ]
        assert all(body["allowed_mentions"] == {"parse": []} for body in posts)


async def test_only_those_who_manage_the_channel_may_set_its_digest(
    start: Starting, server: DiscordServer, channel: Channel
) -> None:
    async with server, start() as digest_bot:
        for subcommand in ("set", "off", "now"):
            assert await digest_bot.command("ann", channel, subcommand) == wording.DIGEST_NOT_ALLOWED
        status = await digest_bot.command("ann", channel, "status")
        assert status.startswith("No digest is set here.")
        root = next(
            command for command in server.backend.commands[None].values() if command["name"] == "highlight"
        )
        assert f"</highlight digest set:{root['id']}> every: Every day at: 9" in status
        assert "Set: " in await digest_bot.command("owner", channel, "set")
        question = server.ask("ann", channel, "/highlight digest daily at 9")
        answer = await server.answered(channel, question)
        assert wording.DIGEST_NOT_ALLOWED in text_of(answer.components)


async def test_a_digest_can_be_posted_now_and_switched_off(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel)
        assert await digest_bot.command("owner", channel, "now") == wording.DIGEST_POSTED
        assert len(server.answers(channel)) == 1
        assert await digest_bot.command("owner", channel, "off") == wording.DIGEST_OFF
        await digest_bot.instance.post_due_digests()
        assert len(server.answers(channel)) == 1


async def test_the_buttons_of_a_digest_work_after_a_restart(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    async with server:
        async with start() as digest_bot:
            await digest_bot.set_due_digest(clock, channel)
            await digest_bot.instance.post_due_digests()
        (digest,) = server.answers(channel)
        async with start() as digest_bot:
            for label, says in (
                (wording.KEEP, f"{wording.KEPT_IN_DIGEST}\n[{wording.UNDO}]"),
                (wording.NOT_THIS_ONE, f"{wording.NEVER_AGAIN}\n[{wording.UNDO}]"),
                (wording.KEEP, f"{wording.KEPT_IN_DIGEST}\n[{wording.UNDO}]"),
            ):
                assert await digest_bot.answered(server.press("ann", channel, digest, label), channel) == says
            server.press("ann", channel, digest, wording.ANOTHER)
            await server.until(lambda: len(server.answers(channel)) == 2)
            another = server.answers(channel)[-1]
            assert another.reference is not None
            assert int(another.reference["message_id"]) == digest.id
            assert shown_ids(another) != shown_ids(digest)


async def test_one_of_several_highlights_is_chosen_from_the_menu(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel, highlights=3)
        await digest_bot.instance.post_due_digests()
        (digest,) = server.answers(channel)
        assert len(shown_ids(digest)) == 3
        record = server.choose("ann", channel, digest, wording.NOT_THIS_ONE)
        reply = await digest_bot.answered(record, channel)
        assert reply == f"{wording.NEVER_AGAIN}\n[{wording.UNDO}]"


async def test_hidden_highlights_are_listed_and_anyone_can_undo_it(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    """Fault 66. Pressing Keep afterwards brings the highlight back."""
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel, highlights=3)
        await digest_bot.instance.post_due_digests()
        (digest,) = server.answers(channel)
        assert await digest_bot.command("ben", channel, "hidden") == wording.NONE_HIDDEN
        store = digest_bot.instance.service.digest_requests
        assert store is not None
        record = server.choose("ann", channel, digest, wording.NOT_THIS_ONE)
        await digest_bot.answered(record, channel)
        assert len((await store.store.history(f"discord:{channel.id}", "")).never) == 1
        hidden_list = await digest_bot.command("ben", channel, "hidden")
        assert hidden_list.startswith(wording.HIDDEN)
        assert hidden_list.endswith(f"[{wording.UNDO}]")
        private = [
            message for message in server.backend.messages[channel.id].values() if message.is_ephemeral
        ][-1]
        undo = server.press("ben", channel, private, wording.UNDO)
        assert await digest_bot.answered(undo, channel) == wording.SHOWN_AGAIN
        assert (await store.store.history(f"discord:{channel.id}", "")).never == frozenset()
        for label in (wording.NOT_THIS_ONE, wording.KEEP):
            await digest_bot.answered(server.choose("ann", channel, digest, label), channel)
        history = await store.store.history(f"discord:{channel.id}", "")
        assert (len(history.kept), history.never) == (1, frozenset())


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_digest_is_posted_once_though_discords_answer_was_lost(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel, arrived: bool
) -> None:
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel)
        server.rest.fail("POST", POSTS, done_first=arrived, cut=True)
        await digest_bot.instance.post_due_digests()
        await digest_bot.instance.post_due_digests()
        assert len(server.answers(channel)) == 1
        posts = [1 for method, path, _ in server.rest.log if method == "POST" and path.endswith("/messages")]
        assert len(posts) == (1 if arrived else 2)
        assert digest_bot.instance.service.counts["digest_posted"] == 1


async def test_a_digest_is_posted_once_though_the_first_post_arrived_late(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel
) -> None:
    """The nonce, which is made from the key, prevents a second message."""
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel)
        late = asyncio.Event()
        server.rest.fail("POST", POSTS, late=late)
        await digest_bot.instance.post_due_digests()
        late.set()
        await server.until(lambda: server.rest.counts["nonce"] == 1)
        assert len(server.answers(channel)) == 1


@pytest.mark.parametrize("minutes", [2, pytest.param(120, marks=pytest.mark.long)])
async def test_a_digest_is_posted_once_though_the_process_was_killed_before_recording_it(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel, minutes: int
) -> None:
    """The digest is found in the channel's history, even after many other messages and after its nonce has expired."""
    async with server:
        async with start() as digest_bot:
            await digest_bot.set_due_digest(clock, channel)
            server.rest.fail("POST", POSTS, done_first=True, hang_until_stopped=True)
            await digest_bot.instance.publisher.tick()
            await server.until(lambda: server.answers(channel))
        for number in range(230):
            server.say("ann", channel, f"talk {number}")
        clock.now += 60 * minutes
        server.rest.forget_nonces()
        async with start() as digest_bot:
            await digest_bot.instance.post_due_digests()
            assert len(server.answers(channel)) == 1
            assert digest_bot.instance.service.counts["digest_posted"] == 1
            clock.now += DAY
            await digest_bot.instance.post_due_digests()
            first, second = server.answers(channel)
            assert shown_ids(first) != shown_ids(second)


async def test_a_digest_is_not_posted_where_it_is_no_longer_allowed(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with server:
        async with start() as digest_bot:
            await digest_bot.set_due_digest(clock, channel)
        async with start(ALLOWED_CHANNELS="discord:4711") as digest_bot:
            await digest_bot.instance.post_due_digests()
            assert server.answers(channel) == []
            assert digest_bot.instance.service.counts["digest_refused"] == 1
    assert f"ALLOWED_CHANNELS=discord:{channel.id}" in caplog.text


async def test_a_digest_that_cannot_be_posted_is_tried_once_and_the_log_names_the_fix(
    start: Starting, clock: Clock, server: DiscordServer, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with server, start() as digest_bot:
        await digest_bot.set_due_digest(clock, channel)
        body = {"message": "Missing Access", "code": 50001}
        server.rest.fail("POST", POSTS, times=9, status=403, body=body)
        for _ in range(3):
            await digest_bot.instance.post_due_digests()
    lines = [record.getMessage() for record in caplog.records if "403/50001" in record.getMessage()]
    assert len(lines) == 1
    assert "Grant" in lines[0]


async def test_a_digest_in_direct_messages_goes_to_the_person_who_set_it(
    start: Starting, clock: Clock, server: DiscordServer
) -> None:
    async with server:
        server.person("ann")
        direct = server.direct("ann")
        async with start() as digest_bot:
            assert "Set: " in await digest_bot.command("ann", direct, "set")
        clock.now += 3610
        async with start() as digest_bot:  # this process has not seen the direct messages yet
            await digest_bot.instance.post_due_digests()
            assert len(server.answers(direct)) == 1
