"""A whole platform in one file: Analects on IRC. `docs/write-a-platform.md` goes through it.

    python -m examples.irc_platform irc.example.org 6667 analects '#books'

It answers from the sample notes, or from those that the settings name, when somebody writes `analects: why do we forget?` or
`!highlight random` in a channel, or writes to it directly.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from logging import getLogger

from adapters.terminal.render import render
from bot.access.rules import Rules
from bot.assembly import assemble
from bot.chat.arrival import Arrival
from bot.chat.conversation import Bot
from bot.chat.replies import Help, Notice, Reply
from bot.chat.requests import parse
from bot.chat.wording import as_typed, help_text
from bot.delivery.platform import Membership, UnreachableError
from bot.delivery.target import LookupFailedError, Target, UncertainError, UnreachedTarget
from bot.library.snapshot import load_snapshot
from bot.runtime.backoff import backoff
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import load_settings
from bot.state.fallback import StateWithFallback
from bot.state.opening import opener

log = getLogger("analects.irc")

COMMAND = "!highlight"
"""What `/highlight` is called here: many IRC clients keep what begins with "/" for themselves."""
MAX_LINE_BYTES = 400
"""Of a message: IRC cuts lines at 512 bytes, with the sender's address."""


def lines_of(reply: Reply) -> list[str]:
    """The messages that show a reply: the lines that the terminal shows, with commands as they are typed here."""
    if isinstance(reply, Help):
        reply = Notice(help_text(reply.about, reply.sections, COMMAND))
    elif isinstance(reply, Notice):
        reply = replace(reply, text=as_typed(reply.text, COMMAND))
    return render(reply, width=72).plain.splitlines()


@dataclass(frozen=True, slots=True)
class IrcTarget:
    """A channel, or one person. Posts a reply as one message a line."""

    writer: asyncio.StreamWriter
    place: str
    asker: str

    @property
    def lane(self) -> str:
        return f"irc:{self.place}"

    async def post(self, reply: Reply) -> str:
        for line in lines_of(reply):
            await self._send("PRIVMSG", self.place, line or " ")
        return ""

    async def find(self) -> str | None:
        raise LookupFailedError("IRC keeps no history")

    async def tell(self, notice: Notice) -> None:
        await self._send("NOTICE", self.asker, " ".join(as_typed(notice.text, COMMAND).split()))

    async def _send(self, command: str, to: str, text: str) -> None:
        shown = text.encode()[:MAX_LINE_BYTES].decode(errors="ignore")
        try:
            self.writer.write(f"{command} {to} :{shown}\r\n".encode())
            await self.writer.drain()
        except OSError as error:
            raise UncertainError(type(error).__name__) from error


@dataclass(frozen=True)
class IrcDigestTarget(IrcTarget):
    """The place of a digest. Before each post, the rules decide whether it is still allowed there."""

    rules: Rules
    arrival: Arrival
    """The place, as the rules see it."""

    async def post(self, reply: Reply) -> str:
        await self.rules.check_place(self.arrival)
        return await super().post(reply)

    async def tell(self, notice: Notice) -> None:
        """Does nothing, because nobody asked for the digest."""


class Irc:
    """Implements `Platform`: one server, some channels."""

    name = "irc"

    def __init__(
        self, address: tuple[str, int], nick: str, channels: list[str], service: Service, health: Health
    ) -> None:
        self._address, self._nick, self._channels = address, nick, channels
        self._service, self._health = service, health
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = count()
        self._started = time.time_ns()
        self._stopping = False
        health.expect(self.name)

    async def check(self) -> None:
        try:
            _, writer = await asyncio.open_connection(*self._address)
        except OSError as error:
            raise UnreachableError(type(error).__name__) from error
        writer.close()

    async def run(self) -> None:
        tries = 0
        while True:
            with suppress(OSError):
                async with self._connected() as reader:
                    async for line in reader:
                        tries = 0
                        self._hear(line.decode(errors="replace").rstrip("\r\n"))
            tries += 1
            self._health.down(self.name, "not connected")
            await asyncio.sleep(backoff(tries))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncio.StreamReader]:
        reader, writer = await asyncio.open_connection(*self._address)
        self._writer = writer
        try:
            for line in (
                f"NICK {self._nick}",
                f"USER {self._nick} 0 * :Analects",
                f"JOIN {','.join(self._channels)}",
            ):
                writer.write(f"{line}\r\n".encode())
            yield reader
        finally:
            self._writer = None
            writer.close()

    def _hear(self, line: str) -> None:
        """One line of the server: `:ann!a@host PRIVMSG #books :analects: why do we forget?`."""
        sender, _, rest = line.removeprefix(":").partition(" ") if line.startswith(":") else ("", "", line)
        command, _, rest = rest.partition(" ")
        to, _, text = rest.partition(" :")
        if command == "PING" and self._writer is not None:
            self._writer.write(f"PONG {rest}\r\n".encode())
        elif command == "001":  # welcome
            self._health.up(self.name)
        elif command == "PRIVMSG" and not self._stopping:
            self._ask(sender.partition("!")[0], to, text)

    def _ask(self, person: str, to: str, text: str) -> None:
        direct, mention = to == self._nick, f"{self._nick}:"
        first, _, rest = text.partition(" ")
        request = parse(rest) if first == COMMAND else None
        if not direct and request is None and not text.startswith(mention):
            return
        place = person if direct else to
        arrival = Arrival(
            key=f"irc:{place}:{self._started}-{next(self._numbers)}",  # IRC has no ids, and delivers once
            platform=self.name, server=self._address[0], channel=place, person=person, sent_at=time.time(),
            text=text.removeprefix(mention).strip(), direct=direct, home=True,
            request=request, private=request is not None,  # only the asker sees the reply to a command
        )  # fmt: skip
        assert self._writer is not None
        to = person if arrival.private else place
        self._service.hear(arrival, IrcTarget(self._writer, to, asker=person))

    def proactive_target(self, channel: str, key: str, since: float, person: str = "") -> Target:
        if self._writer is None:
            return UnreachedTarget(f"irc:{channel}")
        arrival = Arrival(
            key=key, platform=self.name, server=self._address[0], channel=channel, person=person, sent_at=since,
            direct=bool(person), home=True,
        )  # fmt: skip
        return IrcDigestTarget(
            self._writer, channel, asker=person, rules=self._service.rules, arrival=arrival
        )

    async def membership(self, person: str, channel: str) -> Membership:
        return Membership.UNKNOWN

    async def manages(self, person: str, channel: str) -> bool:
        return False

    async def administers(self, person: str, server: str) -> bool:
        return False

    async def is_operator(self, person: str) -> bool:
        return False

    async def is_public(self, channel: str) -> bool:
        return False

    async def hear_again(self, key: str) -> bool:
        return False  # nothing can be read again

    async def stop_listening(self) -> None:
        self._stopping = True

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


async def main(host: str, port: int, nick: str, *channels: str) -> None:
    """Runs until it is interrupted. `adapters/serve.py` does the same for Slack and Discord, with metrics and signals, and reads
    notes again when they change."""
    settings, health = load_settings(), Health()
    bot = Bot(load_snapshot(settings.corpus, settings.rules).index, settings.quotes_per_answer)
    state = StateWithFallback(opener(None, settings.state_path))
    core = assemble(settings, bot, state, health)
    irc = Irc((host, port), nick, list(channels), core.service, health)
    core.platforms.add(irc)
    await state.open()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(core.publisher.run())  # digests
            tasks.create_task(core.recovery.run())  # what a killed process left unanswered
            await irc.run()
    finally:
        await irc.stop_listening()
        await asyncio.gather(core.service.stop(grace=5), core.publisher.stop(grace=5))
        await irc.close()
        await state.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
