"""The example platform of the documentation works: people on a small IRC server ask the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.delivery.platform import Membership, Platform, UnreachableError
from bot.delivery.target import LookupFailedError, Target
from bot.runtime.health import Health
from bot.service import Service
from bot.state.memory_claims import MemoryClaims
from examples.irc_platform import MAX_LINE_BYTES, Irc
from tests import ROOT


@dataclass
class IrcServer:
    """Accepts one client at a time, and records the lines that it sends."""

    lines: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    connections: int = 0
    writer: asyncio.StreamWriter | None = None
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drop()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            text = line.decode().rstrip()
            if text.startswith("USER"):
                self.connections, self.writer = self.connections + 1, writer
                self.send(":here 001 analects :Welcome")
            self.lines.put_nowait(text)
        writer.close()

    def send(self, line: str) -> None:
        assert self.writer is not None
        self.writer.write(f"{line}\r\n".encode())

    def drop(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    async def receives(self, beginning: str) -> str:
        """Returns the next line with this beginning."""
        async with asyncio.timeout(30):
            while not (line := await self.lines.get()).startswith(beginning):
                pass
        return line


@asynccontextmanager
async def run_bot(bot: Bot, server: IrcServer) -> AsyncIterator[tuple[Irc, Service, Health]]:
    health = Health()
    service = Service(bot, Rules(), MemoryClaims())
    irc = Irc(("127.0.0.1", server.port), "analects", ["#books"], service, health)
    platform: Platform = irc  # checks that it implements the protocol
    task = asyncio.create_task(platform.run())
    try:
        await server.receives("JOIN #books")
        yield irc, service, health
    finally:
        await platform.stop_listening()
        await service.stop(5)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await platform.close()


async def test_a_question_in_a_channel_is_answered_there(bot: Bot) -> None:
    async with IrcServer() as server, run_bot(bot, server) as (_, _, health):
        server.send(":ann!a@host PRIVMSG #books :is anybody here?")
        server.send(":ann!a@host PRIVMSG #books :analects: why do we forget?")
        assert (await server.receives("PRIVMSG")).startswith("PRIVMSG #books :▌ ")
        assert health.platforms["irc"].up


async def test_a_private_question_is_answered_privately(bot: Bot) -> None:
    async with IrcServer() as server, run_bot(bot, server):
        server.send(":ann!a@host PRIVMSG analects :xylophone zebra?")
        assert (await server.receives("PRIVMSG")).startswith("PRIVMSG ann :Nothing fits.")


async def test_only_lines_addressed_to_the_bot_are_answered(bot: Bot) -> None:
    async with IrcServer() as server, run_bot(bot, server) as (_, service, _):
        server.send(":ann!a@host PRIVMSG #books :why do we forget?")
        server.send("PING :12")
        assert await server.receives("PONG") == "PONG :12"
        assert service.counts["heard"] == 0


async def test_the_platform_reconnects(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examples.irc_platform.backoff", lambda tries: 0.0)
    async with IrcServer() as server, run_bot(bot, server):
        server.drop()
        await server.receives("JOIN #books")
        assert server.connections == 2
        server.send(":ann!a@host PRIVMSG #books :analects: sleep")
        await server.receives("PRIVMSG #books :▌ ")


async def test_long_lines_fit_into_a_message(bot: Bot) -> None:
    async with IrcServer() as server, run_bot(bot, server) as (irc, _, _):
        from bot.chat.replies import Notice

        target = irc.proactive_target("#books", "key", 0.0)
        await target.post(Notice("遗忘" * 400))
        line = await server.receives("PRIVMSG")
        assert len(line.partition(" :")[2].encode()) <= MAX_LINE_BYTES


@pytest.mark.parametrize("protocol", [Platform, Target])
def test_the_page_names_every_method_of_the_protocol(protocol: type) -> None:
    page = (ROOT / "docs" / "write-a-platform.md").read_text(encoding="utf-8")
    members = [name for name in vars(protocol) if not name.startswith("_")]
    assert members
    for name in members:
        assert f"`{name}`" in page or f"`{name}(" in page, name


async def test_facts_that_irc_does_not_provide(bot: Bot) -> None:
    async with IrcServer() as server, run_bot(bot, server) as (irc, _, _):
        with pytest.raises(LookupFailedError):
            await irc.proactive_target("#books", "key", 0.0).find()
        assert await irc.membership("ann", "#books") is Membership.UNKNOWN
        assert not await irc.manages("ann", "#books")
        assert not await irc.hear_again("irc:#books:1")
        await irc.check()
    with pytest.raises(UnreachableError):
        await irc.check()
