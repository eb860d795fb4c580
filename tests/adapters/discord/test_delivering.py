"""Delivery of answers: rate limits, lost answers, server errors, refusals. Faults 13, 14 and 15."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer

POSTS = "/channels/*/messages"


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


def posts(server: DiscordServer) -> int:
    return len([1 for method, path, _ in server.rest.log if method == "POST" and path.endswith("/messages")])


async def test_a_rate_limited_channel_keeps_its_order_and_delays_no_other(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 13. The channel keeps its order, and another channel does not wait."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        busy, other = server.channel("busy"), server.channel("other")
        server.rest.limit(0.5, path=f"/channels/{busy.id}/messages")
        questions = [server.ask("ann", busy, f"memory {number}") for number in range(3)]
        quick = server.ask("ben", other, "memory")
        await server.answered(other, quick)
        assert server.answers(busy) == []
        await server.answered(busy, questions[-1])
        order = [int(answer.reference["message_id"]) for answer in server.answers(busy) if answer.reference]
        assert order == [question.id for question in questions]


async def test_the_bot_retries_if_a_rate_limit_gives_no_time(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 13. The answer 429 has no Retry-After, as from a proxy."""
    async with server, started(server, bot, tmp_path) as instance:
        instance.service.delivery = Delivery(settle_s=0.01, sleep=lambda seconds: asyncio.sleep(0))
        await instance.ready()
        channel = server.channel("books")
        server.rest.limit(None)
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)
        assert (posts(server), len(server.answers(channel))) == (2, 1)


async def test_the_bot_gives_up_a_post_that_is_rate_limited_for_ten_minutes(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 13. The bot gives the answer up with one log line, and pauses this channel only."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        busy, other = server.channel("busy"), server.channel("other")
        server.rest.limit(600, times=10, path=f"/channels/{busy.id}/messages")
        for number in range(4):
            server.ask("ann", busy, f"memory {number}")
        await server.until(lambda: instance.service.counts["resting"] == 3)
        quick = server.ask("ben", other, "memory")
        await server.answered(other, quick)
        assert server.answers(busy) == []
        assert server.rest.counts["429"] == 1
    assert (
        len([record for record in caplog.records if "is rate limited for 600 s" in record.getMessage()]) == 1
    )


async def test_a_post_that_arrived_is_not_repeated(server: DiscordServer, bot: Bot, tmp_path: Path) -> None:
    """Fault 14. The post arrived, so it is not repeated."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, done_first=True, cut=True)
        question = server.ask("ann", channel, "memory")
        await server.until(lambda: instance.service.counts["answered"] == 1)
        assert len(server.answers(channel, question)) == 1
        assert posts(server) == 1


async def test_a_post_that_did_not_arrive_is_repeated(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 14. The bot looks the post up, does not find it, and repeats it."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, cut=True)
        question = server.ask("ann", channel, "memory")
        await server.until(lambda: instance.service.counts["answered"] == 1)
        assert len(server.answers(channel, question)) == 1
        assert posts(server) == 2


async def test_a_post_that_cannot_be_looked_up_is_not_repeated(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 14. If the post cannot be looked up, no answer is better than two."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, cut=True)
        server.rest.fail("GET", POSTS, status=403, body={"code": 50013, "message": "Missing Permissions"})
        server.ask("ann", channel, "memory")
        await server.until(lambda: instance.service.counts["unknown"] == 1)
        assert (server.answers(channel), posts(server)) == ([], 1)


async def test_a_post_that_arrives_after_the_lookup_is_posted_once(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 14. The second post has the same enforced nonce, so there is one message."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        after_lookup = asyncio.Event()
        server.rest.fail("POST", POSTS, late=after_lookup)
        question = server.ask("ann", channel, "memory")
        lookup = ("GET", f"/channels/{channel.id}/messages", None)
        await server.until(lambda: lookup in server.rest.log)
        after_lookup.set()
        await server.until(lambda: instance.service.counts["answered"] == 1)
        assert len(server.answers(channel, question)) == 1
        assert posts(server) == 2


async def test_an_error_after_the_post_causes_no_second_message(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 14. discord.py retries after a 502. The enforced nonce makes that harmless."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, status=502, body={}, done_first=True)
        question = server.ask("ann", channel, "memory")
        await server.until(lambda: instance.service.counts["answered"] == 1)
        assert len(server.answers(channel, question)) == 1
        assert server.rest.counts["nonce"] == 1


async def test_an_answer_is_posted_once_though_discord_is_overloaded(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, times=2, status=503, body={})
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)
        assert len(server.answers(channel, question)) == 1


@pytest.mark.parametrize(
    ("status", "code", "fix"),
    [
        (403, 50013, "Grant "),
        (403, 50001, "Grant "),
        (403, 160002, "Grant Read Message History there"),
        (400, 50083, "Unarchive the thread"),
        (404, 10003, "The channel is gone"),
    ],
)
async def test_a_channel_that_refuses_is_paused_and_the_log_names_the_fix(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    status: int, code: int, fix: str,
) -> None:  # fmt: skip
    """Fault 15. The bot logs one line, does not retry, and pauses this channel only."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        closed, other = server.channel("closed"), server.channel("other")
        body = {"code": code, "message": "no"}
        server.rest.fail("POST", f"/channels/{closed.id}/messages", times=9, status=status, body=body)
        for number in range(3):
            server.ask("ann", closed, f"memory {number}")
        await server.until(lambda: instance.service.counts["resting"] == 2)
        question = server.ask("ann", other, "memory")
        await server.answered(other, question)
    (line,) = [record.getMessage() for record in caplog.records if "refused in" in record.getMessage()]
    assert fix in line


async def test_the_log_names_a_missing_permission(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 15. The log names the permission that is missing."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        role = next(role for role in server.guild.roles.values() if role.managed)
        role.permissions &= ~(1 << 11)
        server.guild.roles[server.guild.id].permissions &= ~(1 << 11)
        for changed_role in (role, server.guild.roles[server.guild.id]):
            from simcord.backend import serializers

            payload = {"guild_id": str(server.guild.id), "role": dict(serializers.role_payload(changed_role))}
            server.backend.emit("GUILD_ROLE_UPDATE", payload)
        server.backend.create_message(channel.id, server.person("ann"), f"{server.me} memory")
        await server.until(lambda: instance.service.counts["refused"] == 1)
    assert "Grant Send Messages there" in caplog.text


async def test_an_answer_whose_cover_is_refused_is_posted_without_it(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """The answer is shown without covers."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        body = {"code": 50035, "message": "Invalid Form Body", "errors": {"components": {"_errors": []}}}
        server.rest.fail("POST", POSTS, status=400, body=body)
        question = server.ask("ann", channel, "memory")
        answer = await server.answered(channel, question)
        assert '"media"' not in str(answer.components)


@pytest.mark.long
async def test_many_questions_in_one_channel_do_not_hold_up_another(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 31. Two hundred questions at once in one channel do not hold up another."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        busy, other = server.channel("busy"), server.channel("other")
        for number in range(200):
            server.ask(f"p{number % 20}", busy, f"memory {number}")
        quick = server.ask("ann", other, "memory")
        await server.answered(other, quick)
        await server.until(lambda: not instance.service.waiting)
        assert instance.service.counts["overflow"] == 140
        assert len(server.answers(busy)) == 60


async def test_a_question_that_was_deleted_is_not_answered(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 6."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        question = server.ask("ann", channel, "memory")
        server.backend.delete_message(channel.id, question.id)
        await server.until(lambda: instance.service.counts["given_up"] == 1)
        assert server.answers(channel) == []


@pytest.mark.long
async def test_a_rate_limited_channel_does_not_delay_commands(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 18. While a channel waits for a rate limit, commands in it are still answered in time."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        await server.until(lambda: server.backend.commands.get(None))
        channel = server.channel("books")
        server.rest.limit(2.0)
        server.ask("ann", channel, "memory")
        records = [server.command("ben", channel, "search", words="memory") for _ in range(5)]
        await server.until(lambda: all(record.message_id and not record.loading for record in records), 1.5)
        assert server.answers(channel) == []


async def test_a_new_role_of_the_bot_ends_the_pause_of_a_channel(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 65. Discord tells the bot about its own roles without a privileged intent."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        server.rest.fail("POST", POSTS, status=403, body={"code": 50013, "message": "Missing Permissions"})
        server.ask("ann", channel, "memory")
        await server.until(lambda: instance.service.counts["refused"] == 1)
        role = server.backend.create_role(server.guild.id, "speakers")
        server.backend.add_member_role(server.guild.id, server.backend.bot_user.id, role.id)
        await server.until(lambda: not instance.service.delivery.is_paused(f"discord:{channel.id}"))
        question = server.ask("ann", channel, "memory")
        await server.answered(channel, question)


async def test_a_post_answered_with_a_broken_body_is_looked_up(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    """Fault 70."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        for number, body in enumerate(({}, [], "x"), 1):
            server.rest.fail("POST", POSTS, status=200, body=body, done_first=True)
            question = server.ask("ann", channel, "memory")
            await server.until(lambda number=number: instance.service.counts["answered"] == number)  # type: ignore[misc]
            assert len(server.answers(channel, question)) == 1


@pytest.mark.parametrize("lost", [{"cut": True}, {"status": 502}, {"status": 200, "body": "x"}])
async def test_a_command_is_answered_though_the_reply_to_its_acknowledgement_was_lost(
    server: DiscordServer, bot: Bot, tmp_path: Path, lost: dict[str, Any]
) -> None:
    """Fault 70. The asker gets the answer and does not see "thinking" for ever."""
    async with server, started(server, bot, tmp_path) as instance:
        await instance.ready()
        channel = server.channel("books")
        await server.until(lambda: server.backend.commands.get(None))
        server.rest.fail("POST", "/interactions/*/callback", done_first=True, **lost)
        server.person("ann")
        server.command("ann", channel, "search", words="memory")
        await server.until(lambda: instance.service.counts["answered"] == 1)
