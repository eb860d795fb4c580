"""`analects run` as a process on Discord, over real sockets: it is started, asked, stopped and killed. Faults 5, 12, 16, 32, 40."""

from pathlib import Path
from typing import Any

import pytest

from tests.discord_server import DiscordServer
from tests.processes import analects
from tests.slack_server import SlackServer

WARNINGS = "error,ignore:'audioop' is deprecated:DeprecationWarning"
"""discord.py imports `audioop` in versions of Python that still have it."""


def settings_with(server: DiscordServer, **more: str) -> dict[str, str]:
    return {**server.settings, "PYTHONWARNINGS": WARNINGS, **more}


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


async def test_the_bot_starts_answers_and_stops(server: DiscordServer, tmp_path: Path) -> None:
    """Without settings, it answers in servers of its owner and in direct messages of their members, and nowhere else."""
    async with server:
        channel = server.channel("books")
        foreign = server.channel("lobby", server.server("Strangers", home=False))
        async with analects(tmp_path, settings_with(server)) as bot:
            await bot.ready()
            assert (await bot.get("/readyz"))[0] == 200
            ignored = server.ask("eve", foreign, "memory")
            question = server.ask("ann", channel, "what about memory?")
            await server.answered(channel, question)
            direct = server.direct("ann")
            privately = server.say("ann", direct, "habits")
            await server.answered(direct, privately)
            stranger = server.direct("eve")
            server.say("eve", stranger, "memory")
            await bot.says("a direct message is not allowed")
            line = await bot.says(f"add ALLOWED_CHANNELS=discord:{foreign.id}")
            assert "not answered" in line
            assert await bot.terminate() == 0
            assert (server.answers(foreign, ignored), server.answers(stranger)) == ([], [])
        assert server.settings["DISCORD_TOKEN"] not in bot.log
        assert "what about memory" not in bot.log
        assert server.gateway.requested_intents == [4609]


async def test_a_wrong_token_ends_the_start(server: DiscordServer, tmp_path: Path) -> None:
    """Fault 16."""
    async with server:
        async with analects(tmp_path, settings_with(server, DISCORD_TOKEN="a.wrong.one")) as bot:
            assert await bot.ends() == 2
        assert "DISCORD_TOKEN" in bot.log
        assert "a.wrong.one" not in bot.log
        assert server.gateway.identified == 0


@pytest.mark.parametrize("token", ["xoxb-1-2", "a" * 64, "Bot abc.def.ghi"])
async def test_a_token_of_another_kind_ends_the_start(tmp_path: Path, token: str) -> None:
    """Fault 16. The bot notices it before its first request."""
    settings = {"DISCORD_TOKEN": token, "DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
    async with analects(tmp_path, settings) as bot:
        assert await bot.ends() == 2
    assert "DISCORD_TOKEN" in bot.log
    assert token not in bot.log


async def test_the_bot_starts_while_discord_is_down(server: DiscordServer, tmp_path: Path) -> None:
    """Fault 11."""
    async with server:
        channel = server.channel("books")
        await server.stop()
        async with analects(tmp_path, settings_with(server)) as bot:
            await bot.says("next try in")
            assert (await bot.get("/readyz"))[0] == 503
            await server.start()
            await bot.ready()
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)


@pytest.mark.long
async def test_a_killed_bot_does_not_answer_twice(server: DiscordServer, tmp_path: Path) -> None:
    """Fault 12. It does not answer a question again, even if Discord repeats the event."""
    async with server:
        channel = server.channel("books")
        questions: list[Any] = []
        for round_ in range(2):
            async with analects(tmp_path, settings_with(server)) as bot:
                await bot.ready()
                for question in questions:
                    server.backend.announce_message_create(question)
                fresh = [server.ask(f"p{number}", channel, f"memory {round_}{number}") for number in range(4)]
                for question in fresh:
                    await server.answered(channel, question)
                questions += fresh
                await bot.kill()
        assert [len(server.answers(channel, question)) for question in questions] == [1] * 8
        assert server.rest.counts["nonce"] == 0, "no second post was tried"


@pytest.mark.long
async def test_a_stopped_bot_finishes_its_answer(server: DiscordServer, tmp_path: Path) -> None:
    """Fault 12. The bot finishes the answer first."""
    async with server:
        channel = server.channel("books")
        async with analects(tmp_path, settings_with(server)) as bot:
            await bot.ready()
            fault = server.rest.limit(1.0)
            question = server.ask("ann", channel, "memory")
            await server.until(lambda: fault not in server.rest.faults)
            assert await bot.terminate() == 0
            assert len(server.answers(channel, question)) == 1


async def test_discord_works_while_slack_is_down(server: DiscordServer, tmp_path: Path) -> None:
    slack = {
        "SLACK_BOT_TOKEN": "xoxb-1-2-3",
        "SLACK_APP_TOKEN": "xapp-1-2-3",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }
    async with server:
        channel = server.channel("books")
        async with analects(tmp_path, settings_with(server, **slack)) as bot:
            await bot.says("discord connected")
            question = server.ask("ann", channel, "memory")
            await server.answered(channel, question)
            status, report = await bot.get("/readyz")
            assert status == 503
            platforms = report["platforms"]
            assert isinstance(platforms, dict)
            assert {name: state["up"] for name, state in platforms.items()} == {
                "discord": True,
                "slack": False,
            }
            assert await bot.terminate() == 0


@pytest.mark.long
async def test_each_platform_works_while_the_other_is_down(server: DiscordServer, tmp_path: Path) -> None:
    """Fault 11. The other platform keeps working."""
    async with server, SlackServer() as slack:
        channel = server.channel("books")
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.go_down()
        async with analects(tmp_path, settings_with(server, **slack.settings)) as bot:
            await bot.says("discord connected")
            await server.answered(channel, server.ask("ann", channel, "memory"))
            await slack.come_back()
            await bot.ready()
            await server.stop()
            await bot.says("discord is not connected")
            await slack.reply_to(await slack.mention(ann, general, "what about memory?"))
            await server.start()
            await bot.says("discord connected", times=2)
            await server.answered(channel, server.ask("ann", channel, "memory again"))
            assert (await bot.get("/readyz"))[0] == 200
            assert await bot.terminate() == 0
