"""The traffic of a day in fast forward, on both platforms at once, while the notes change: `python -m tests.soak [--minutes 10]`.

`analects run` as a process of its own answers 2,000 mentions and commands (in ten minutes), some of them delivered twice, some
refused with 429. Every few seconds a note is written, renamed or deleted, now and then the sockets break. Memory, open files and
sockets of the process are printed all along. After the first fifth and at the end the traffic rests until idle connections are
closed; then each may be at most 1.1 times what it was. Exit code 1 if one is more, where questions stay unanswered, or where the
bot does not stop when told. Needs /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simcord.backend.models import Channel, Message

from corpus.load import SAMPLE_NOTES
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import Process, analects
from tests.slack_server.remote import RemoteSlack

PAUSE, PEOPLE = 0.3, 20
"""Seconds between two things that people do, and how many people there are."""
GROWTH = 1.1
REST = 20.0
"""Seconds without traffic, in which idle connections are closed (they are kept for 15)."""
CHANGE_EVERY, BREAK_EVERY, TOLD_EVERY = 4.0, 30.0, 15.0
ASKED = (
    "what about memory and sleep?",
    "why do we forget?",
    "author:krautbach precision",
    "how do I bake sourdough?",
)
COMMANDS = (
    "random",
    "search memory",
    "sources",
    "by krautbach",
    "digest status",
    "digest now",
    "tag favorite",
)


@dataclass(frozen=True)
class Used:
    """The memory, files and sockets that a process holds."""

    memory_kib: int
    files: int
    sockets: int


def resources_of(process: int) -> Used:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    links = []
    for one in Path(f"/proc/{process}/fd").iterdir():
        try:
            links.append(os.readlink(one))  # noqa: PTH115
        except OSError:  # closed meanwhile
            continue
    memory = int(status.split("VmRSS:")[1].split()[0])
    return Used(memory, len(links), sum(link.startswith("socket:") for link in links))


class Soak:
    """One run."""

    def __init__(self, minutes: float) -> None:
        self.seconds = 60 * minutes
        self.discord = DiscordServer()
        self.asked: list[tuple[Channel, Message]] = []
        self.on_slack = 0
        self.began = time.monotonic()

    async def run(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as name:
            folder, notes = Path(name), Path(name) / "notes"
            shutil.copytree(SAMPLE_NOTES, notes)
            async with RemoteSlack() as slack, self.discord:
                more = {"CORPUS_PATH": str(notes), "QUESTIONS_PER_MINUTE": "9999,9999", **slack.settings}
                async with analects(folder, settings_with(self.discord, **more), fresh=True) as bot:
                    await bot.ready()
                    return await self._soak(slack, bot, notes)

    async def _soak(self, slack: RemoteSlack, bot: Process, notes: Path) -> dict[str, Any]:
        await slack.do(
            "order", method="chat.postMessage", fault="rate_limited", options={"retry_after": 1}, every=50
        )
        self.discord.rest.limit(1.0, times=1 << 30, every=50)
        beside = asyncio.gather(_change(notes), self._break(slack), self._tell(bot))
        traffic = self._traffic(slack)
        await self._for(self.seconds / 5, traffic)
        before = await self._at_rest(bot)
        await self._for(self.seconds * 4 / 5, traffic)
        after = await self._at_rest(bot)
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
        answered = sum(bool(self.discord.answers(channel, said)) for channel, said in self.asked)
        posts = (await slack.do("state"))["posts"]
        return {
            "seconds": round(time.monotonic() - self.began), "asked_on_discord": len(self.asked),
            "answered_on_discord": answered, "asked_on_slack": self.on_slack, "posts_on_slack": posts,
            "reloads": bot.log.count("notes updated"), "after_a_fifth": asdict(before), "at_the_end": asdict(after),
            "exit": await bot.terminate(),
        }  # fmt: skip

    async def _for(self, seconds: float, traffic: Callable[[], Any]) -> None:
        """Makes traffic for `seconds`."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            began = time.monotonic()
            await traffic()
            await asyncio.sleep(max(0.0, began + PAUSE - time.monotonic()))

    def _traffic(self, slack: RemoteSlack) -> Callable[[], Any]:
        """Does the next thing that people do, alternating between both platforms."""
        numbers, places = itertools.count(), list[tuple[str, str]]()
        rooms = [self.discord.channel(f"room{number}") for number in range(PEOPLE)]

        async def do() -> None:
            number = next(numbers)
            if len(places) < PEOPLE:
                user = (await slack.do("user", name=f"user{number}"))["id"]
                places.append((user, (await slack.do("channel", name=f"room{number}", members=[user]))["id"]))
            (user, room), text = places[number % len(places)], f"{ASKED[number % len(ASKED)]} {number}"
            if number % 8 == 5:
                await slack.do(
                    "slash", user=user, channel=room, command="/highlight", text=COMMANDS[number % 7]
                )
            elif number % 2:
                doing = await slack.do("mention", user=user, channel=room, text=text)
                self.on_slack += 1
                if number % 10 == 9:
                    await slack.do("redeliver", number=doing["number"])
            elif self.discord.gateway.connected:
                channel = rooms[number // 2 % PEOPLE]
                said = self.discord.ask(f"user{number % PEOPLE}", channel, text)
                self.asked.append((channel, said))
                if number % 10 == 8:
                    self.discord.backend.announce_message_create(said)

        return do

    async def _at_rest(self, bot: Process) -> Used:
        await asyncio.sleep(REST)
        seen = [resources_of(bot.process.pid)]
        for _ in range(9):
            await asyncio.sleep(0.5)
            seen.append(resources_of(bot.process.pid))
        return Used(*(min(getattr(one, name) for one in seen) for name in ("memory_kib", "files", "sockets")))

    async def _break(self, slack: RemoteSlack) -> None:
        for reason in itertools.cycle(("refresh_requested", "abort")):
            await asyncio.sleep(BREAK_EVERY)
            if reason == "abort":
                await slack.do("abort")
                self.discord.gateway.drop()
            else:
                await slack.do("disconnect", reason=reason)

    async def _tell(self, bot: Process) -> None:
        while True:
            now = resources_of(bot.process.pid)
            print(f"{time.monotonic() - self.began:6.0f} s  {now.memory_kib / 1024:6.1f} MB  "
                  f"{now.files:3} files  {now.sockets:3} sockets", file=sys.stderr)  # fmt: skip
            await asyncio.sleep(TOLD_EVERY)


async def _change(notes: Path) -> None:
    """Writes, renames and deletes notes, like somebody who reads a lot."""
    chance = random.Random(1)
    for number in itertools.count():
        await asyncio.sleep(CHANGE_EVERY)
        path = notes / f"added{number % 12}.md"
        passages = [
            f"- Passage {number} of {one}: memory {chance.random()} and sleep.\n" for one in range(30)
        ]
        path.write_text(f"# Book {number}\n\n## Highlights\n{''.join(passages)}", encoding="utf-8")
        if number % 3 == 2:
            path.rename(notes / f"renamed{number % 12}.md")
        elif number % 5 == 4:
            path.unlink()


def broken(told: dict[str, Any]) -> list[str]:
    """The promises that were broken."""
    before, after = told["after_a_fifth"], told["at_the_end"]
    found = [f"{name} grew" for name in before if after[name] > GROWTH * before[name]]
    if (
        told["answered_on_discord"] < told["asked_on_discord"]
        or told["posts_on_slack"] < told["asked_on_slack"]
    ):
        found.append("unanswered")
    return [*found, *(["did not stop"] if told["exit"] else [])]


def main() -> None:
    parser = argparse.ArgumentParser(
        description="The traffic of a day in fast forward: does the bot leak memory, files or sockets?"
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    told = asyncio.run(Soak(parser.parse_args().minutes).run())
    found = broken(told)
    print(json.dumps({**told, "broken": found}))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
