"""Soak test: a day's traffic in ten minutes, on both platforms, while the notes change: `python -m tests.soak [--minutes 10]`.

`analects run` answers 2,000 mentions and commands in a process of its own. Some are delivered twice, some posts are refused with
429. Every few seconds a note is written, renamed or deleted; now and then the sockets break. The process's memory, open files and
sockets are printed regularly.

The traffic pauses after the first fifth and at the end, until idle connections are closed. At the end each figure may be at most
1.1 times as high as after the first fifth. Exit code 1 if one is higher, if a question stays unanswered, or if the bot does not
stop on SIGTERM. Needs /proc.
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

PAUSE_S, PEOPLE = 0.3, 20
"""Seconds between two actions, and the number of people."""
MAX_GROWTH = 1.1
"""How many times as high a figure may be at the end as after the first fifth."""
REST_S = 20.0
"""Seconds without traffic. Idle connections are closed after 15."""
CHANGE_INTERVAL_S, BREAK_INTERVAL_S, PRINT_INTERVAL_S = 4.0, 30.0, 15.0
"""Seconds between two changes to the notes, two broken connections, and two lines of figures."""
QUESTIONS = (
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
class Resources:
    """The memory, open files and sockets of a process."""

    memory_kib: int
    files: int
    sockets: int


def resources_of(process: int) -> Resources:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    links = []
    for path in Path(f"/proc/{process}/fd").iterdir():
        try:
            links.append(os.readlink(path))  # noqa: PTH115
        except OSError:  # closed meanwhile
            continue
    memory = int(status.split("VmRSS:")[1].split()[0])
    return Resources(memory, len(links), sum(link.startswith("socket:") for link in links))


class Soak:
    """One run of the soak test."""

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
                variables = {"CORPUS_PATH": str(notes), "QUESTIONS_PER_MINUTE": "9999,9999", **slack.settings}
                async with analects(folder, settings_with(self.discord, **variables), fresh=True) as bot:
                    await bot.ready()
                    return await self._soak(slack, bot, notes)

    async def _soak(self, slack: RemoteSlack, bot: Process, notes: Path) -> dict[str, Any]:
        await slack.do(
            "order", method="chat.postMessage", fault="rate_limited", options={"retry_after": 1}, every=50
        )
        self.discord.rest.limit(1.0, times=1 << 30, every=50)
        background = asyncio.gather(
            _change_notes(notes), self._break_sockets(slack), self._print_resources(bot)
        )
        traffic = self._traffic(slack)
        await self._run_for(self.seconds / 5, traffic)
        before = await self._at_rest(bot)
        await self._run_for(self.seconds * 4 / 5, traffic)
        after = await self._at_rest(bot)
        background.cancel()
        await asyncio.gather(background, return_exceptions=True)
        answered = sum(bool(self.discord.answers(channel, question)) for channel, question in self.asked)
        posts = (await slack.do("state"))["posts"]
        return {
            "seconds": round(time.monotonic() - self.began), "asked_on_discord": len(self.asked),
            "answered_on_discord": answered, "asked_on_slack": self.on_slack, "posts_on_slack": posts,
            "reloads": bot.log.count("notes updated"), "after_a_fifth": asdict(before), "at_the_end": asdict(after),
            "exit": await bot.terminate(),
        }  # fmt: skip

    async def _run_for(self, seconds: float, traffic: Callable[[], Any]) -> None:
        """Repeats `traffic`, one action at a time, for so many seconds."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            began = time.monotonic()
            await traffic()
            await asyncio.sleep(max(0.0, began + PAUSE_S - time.monotonic()))

    def _traffic(self, slack: RemoteSlack) -> Callable[[], Any]:
        """Returns a function that does the next action: on Slack and on Discord in turn."""
        numbers, places = itertools.count(), list[tuple[str, str]]()
        rooms = [self.discord.channel(f"room{number}") for number in range(PEOPLE)]

        async def act() -> None:
            number = next(numbers)
            if len(places) < PEOPLE:
                user = (await slack.do("user", name=f"user{number}"))["id"]
                places.append((user, (await slack.do("channel", name=f"room{number}", members=[user]))["id"]))
            (user, room), text = (
                places[number % len(places)],
                f"{QUESTIONS[number % len(QUESTIONS)]} {number}",
            )
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
                question = self.discord.ask(f"user{number % PEOPLE}", channel, text)
                self.asked.append((channel, question))
                if number % 10 == 8:
                    self.discord.backend.announce_message_create(question)

        return act

    async def _at_rest(self, bot: Process) -> Resources:
        """Returns the lowest of ten measurements after a pause in the traffic."""
        await asyncio.sleep(REST_S)
        samples = [resources_of(bot.process.pid)]
        for _ in range(9):
            await asyncio.sleep(0.5)
            samples.append(resources_of(bot.process.pid))
        names = ("memory_kib", "files", "sockets")
        return Resources(*(min(getattr(sample, name) for sample in samples) for name in names))

    async def _break_sockets(self, slack: RemoteSlack) -> None:
        for reason in itertools.cycle(("refresh_requested", "abort")):
            await asyncio.sleep(BREAK_INTERVAL_S)
            if reason == "abort":
                await slack.do("abort")
                self.discord.gateway.drop()
            else:
                await slack.do("disconnect", reason=reason)

    async def _print_resources(self, bot: Process) -> None:
        while True:
            now = resources_of(bot.process.pid)
            print(f"{time.monotonic() - self.began:6.0f} s  {now.memory_kib / 1024:6.1f} MB  "
                  f"{now.files:3} files  {now.sockets:3} sockets", file=sys.stderr)  # fmt: skip
            await asyncio.sleep(PRINT_INTERVAL_S)


async def _change_notes(notes: Path) -> None:
    """Writes, renames and deletes notes all the time."""
    random_ = random.Random(1)
    for number in itertools.count():
        await asyncio.sleep(CHANGE_INTERVAL_S)
        path = notes / f"added{number % 12}.md"
        passages = [
            f"- Passage {number} of {part}: memory {random_.random()} and sleep.\n" for part in range(30)
        ]
        path.write_text(f"# Book {number}\n\n## Highlights\n{''.join(passages)}", encoding="utf-8")
        if number % 3 == 2:
            path.rename(notes / f"renamed{number % 12}.md")
        elif number % 5 == 4:
            path.unlink()


def broken_promises(result: dict[str, Any]) -> list[str]:
    """Returns the promises that a run did not keep."""
    before, after = result["after_a_fifth"], result["at_the_end"]
    broken = [f"{name} grew" for name in before if after[name] > MAX_GROWTH * before[name]]
    if (
        result["answered_on_discord"] < result["asked_on_discord"]
        or result["posts_on_slack"] < result["asked_on_slack"]
    ):
        broken.append("unanswered")
    return [*broken, *(["did not stop"] if result["exit"] else [])]


def main() -> None:
    parser = argparse.ArgumentParser(
        description="A day's traffic in fast forward: does the bot leak memory, files or sockets?"
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    result = asyncio.run(Soak(parser.parse_args().minutes).run())
    broken = broken_promises(result)
    print(json.dumps({**result, "broken": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
