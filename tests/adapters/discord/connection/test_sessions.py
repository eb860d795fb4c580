"""Discord's rules for sessions: the limit of new sessions, and close codes with their fix (fault 70)."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from adapters.discord.client import Client
from bot.chat.conversation import Bot
from bot.settings import SettingsError
from tests.adapters.discord.instance import started
from tests.discord_server import DiscordServer


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


async def test_no_session_is_started_before_the_limit_is_reset(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with server:
        server.rest.sessions_left, server.rest.reset_after_ms = 0, 1500
        began = monotonic()
        async with started(server, bot, tmp_path) as instance:
            await server.until(lambda: "limit of new sessions" in caplog.text)
            server.rest.sessions_left = 1000
            await instance.ready()
            assert monotonic() - began >= 1.5
            assert server.gateway.identified == 1


@pytest.mark.parametrize(
    ("code", "fix"),
    [(4013, "update discord.py"), (4014, "switch on Message Content Intent")],
)
async def test_a_refused_intent_ends_the_start_and_the_error_names_the_fix(
    server: DiscordServer, bot: Bot, tmp_path: Path, code: int, fix: str
) -> None:
    async with server:
        server.gateway.close_identify = code
        async with started(server, bot, tmp_path, ASK_CHANNELS="discord:1") as instance:
            with pytest.raises(SettingsError) as refused:
                await asyncio.wait_for(instance.running, 60)
            assert "ASK_CHANNELS" in str(refused.value)
            assert fix in str(refused.value)


async def test_the_bot_uses_more_shards_if_discord_requires_them(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with server:
        server.gateway.close_identify = 4011
        async with started(server, bot, tmp_path) as instance:
            await server.until(lambda: "too many servers" in caplog.text)
            server.gateway.close_identify = None
            await instance.ready()


async def test_as_many_shards_connect_at_once_as_discord_allows(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards whose ids have the same remainder modulo `max_concurrency` connect in turn, the others at the same time."""
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(round(seconds))

    monkeypatch.setattr(asyncio, "sleep", wait)
    monkeypatch.setattr(Client, "last_identify", {})
    client = Client.__new__(Client)
    client._identify_interval = 5.0
    client.max_concurrency = 4
    for shard in range(8):
        await client.before_identify_hook(shard)
    assert waits == [5, 5, 5, 5]
