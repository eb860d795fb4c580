"""Soak test: a day's traffic in ten minutes, on both platforms, while the library changes.

python -m tests.soak                                                             # ten minutes, over the sample notes
python -m tests.soak --minutes 60 --highlights 100000 --change-interval 20       # an hour, over a large library

`analects run` answers mentions and commands, three a second, in a process of its own. Some are delivered twice, some posts are
refused with 429. Every few seconds a note is written, renamed or deleted, and a highlight in Readwise is added, changed or deleted;
now and then the sockets break. Every channel sets a daily digest, which is due at some time during the run. The process's memory,
open files, sockets, threads and tasks are printed regularly.

Traffic and changes pause after the first fifth and at the end, until idle connections are closed and changed notes are stored. At
the end each figure may be at most 1.1 times as high as after the first fifth, or three more. Exit code 1 if one is higher, if a
question stays unanswered, if a digest is missing or comes twice, or if the bot does not stop on SIGTERM. Needs /proc. A model is
used if one is installed; EMBEDDING_MODEL=off turns it off.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simcord.backend.models import Channel, Message

from bot.library.follow import POLL_INTERVAL_S
from bot.library.reloading import STORE_AFTER_S
from corpus.load import SAMPLE_NOTES
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import Process, analects
from tests.slack_server.remote import RemoteSlack
from tests.soak.changes import Changes, write_made_up_notes
from tests.soak.resources import Resources, Watch

PAUSE_S, PEOPLE = 0.3, 20
"""Seconds between two actions, and the number of people on each platform, each in a channel of their own."""
MAX_GROWTH, FEW = 1.1, 3
"""How many times as high a figure may be at the end as after the first fifth. A few files or sockets more are none too many:
a connection is opened anew at any time."""
REST_S, REST_S_PER_HIGHLIGHT = STORE_AFTER_S + POLL_INTERVAL_S + 15.0, 1 / 2500
"""Seconds without traffic, until idle connections are closed and changed notes are stored. The last reload takes longer in a large
library."""
BREAK_INTERVAL_S, PRINT_INTERVAL_S, SYNC_INTERVAL_S = 30.0, 15.0, 20.0
"""Seconds between two broken connections, two lines of figures, and two fetches from Readwise."""
START_TIMEOUT_S = 600.0
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
COMMANDS_ON_DISCORD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("random", {}),
    ("search", {"words": "memory"}),
    ("sources", {}),
    ("digest status", {}),
    ("digest now", {}),
)


class Soak:
    """One run of the soak test."""

    def __init__(self, minutes: float, highlights: int, change_interval_s: float) -> None:
        self.seconds = 60 * minutes
        self.highlights, self.change_interval_s = highlights, change_interval_s
        self.rest_s = REST_S + highlights * REST_S_PER_HIGHLIGHT
        self.discord = DiscordServer()
        self.asked: list[tuple[Channel, Message]] = []
        self.asked_on_slack: list[tuple[str, str]] = []
        """Channel and ts of each question."""
        self.digests = 0
        self.began = time.monotonic()

    async def run(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as name:
            folder, notes = Path(name), Path(name) / "notes"
            shutil.copytree(SAMPLE_NOTES, notes)
            if self.highlights:
                write_made_up_notes(notes / "made-up", self.highlights)
            changes, watch = Changes(notes, self.change_interval_s), Watch(folder)
            async with RemoteSlack() as slack, self.discord, changes.readwise as readwise:
                settings = settings_with(
                    self.discord,
                    CORPUS_PATH=str(notes),
                    QUESTIONS_PER_MINUTE="9999,9999",
                    DIGEST_SETTERS="everyone",
                    SYNC_INTERVAL=f"{SYNC_INTERVAL_S:.0f}s",
                    **slack.settings,
                    **readwise.settings,
                )
                async with analects(folder, settings, before=watch.before, fresh=True) as bot:
                    await bot.ready(START_TIMEOUT_S)
                    return await self._soak(slack, bot, changes, watch)

    async def _soak(self, slack: RemoteSlack, bot: Process, changes: Changes, watch: Watch) -> dict[str, Any]:
        await slack.do(
            "order", method="chat.postMessage", fault="rate_limited", options={"retry_after": 1}, every=50
        )
        self.discord.rest.limit(1.0, times=1 << 30, every=50)
        self.began = time.monotonic()
        background = asyncio.gather(
            changes.run(), self._break_sockets(slack), self._print_resources(bot, watch)
        )
        traffic = self._traffic(slack)
        await self._run_for(self.seconds / 5, traffic, background)
        before = await self._at_rest(bot, changes, watch)
        await self._run_for(self.seconds * 4 / 5, traffic, background)
        after = await self._at_rest(bot, changes, watch)
        background.cancel()
        await asyncio.gather(background, return_exceptions=True)
        answered = sum(bool(self.discord.answers(channel, question)) for channel, question in self.asked)
        threads = {(post["channel"], post["thread_ts"]) for post in (await slack.do("posts"))["posts"]}
        posted = Counter(re.findall(r"digest posted: (.+:\d{4}-\d\d-\d\d)$", bot.log, re.MULTILINE))
        return {
            "seconds": round(time.monotonic() - self.began), "asked_on_discord": len(self.asked),
            "answered_on_discord": answered, "asked_on_slack": len(self.asked_on_slack),
            "answered_on_slack": len(threads.intersection(self.asked_on_slack)), "digests": self.digests,
            "posted_digests": len(posted), "posted_twice": sum(times > 1 for times in posted.values()),
            "reloads": bot.log.count("notes updated"), "syncs": len(changes.readwise.requests),
            "after_a_fifth": asdict(before), "at_the_end": asdict(after), "exit": await bot.terminate(),
        }  # fmt: skip

    async def _run_for(
        self, seconds: float, traffic: Callable[[], Any], background: asyncio.Future[Any]
    ) -> None:
        """Repeats `traffic`, one action at a time, for so many seconds. Raises what a background task raised."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if background.done():
                await background
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
                place = len(places)
                user = (await slack.do("user", name=f"user{place}"))["id"]
                places.append((user, (await slack.do("channel", name=f"room{place}", members=[user]))["id"]))
                await self._set_digests(slack, *places[-1], place, rooms[place])
            user, room = places[number % len(places)]
            text = f"{QUESTIONS[number % len(QUESTIONS)]} {number}"
            connected = self.discord.gateway.connected
            if number % 8 == 5:
                command = COMMANDS[number % len(COMMANDS)]
                await slack.do("slash", user=user, channel=room, command="/highlight", text=command)
            elif number % 2:
                question = await slack.do("mention", user=user, channel=room, text=text)
                self.asked_on_slack.append((room, question["ts"]))
                if number % 10 == 9:
                    await slack.do("redeliver", number=question["number"])
            elif connected and number % 8 == 2:
                name, options = COMMANDS_ON_DISCORD[number % len(COMMANDS_ON_DISCORD)]
                self.discord.command(f"user{number % PEOPLE}", rooms[number // 2 % PEOPLE], name, **options)
            elif connected:
                channel = rooms[number // 2 % PEOPLE]
                message = self.discord.ask(f"user{number % PEOPLE}", channel, text)
                self.asked.append((channel, message))
                if number % 10 == 8:
                    self.discord.backend.announce_message_create(message)

        return act

    async def _set_digests(
        self, slack: RemoteSlack, user: str, room: str, place: int, channel: Channel
    ) -> None:
        """Sets a digest in one channel of each platform, due in two minutes or later; together they are spread over the run."""
        wait = timedelta(seconds=120 + place / PEOPLE * max(0.0, self.seconds - 240))
        at = f"{datetime.now(UTC) + wait:%H:%M}"
        await slack.do(
            "slash", user=user, channel=room, command="/highlight", text=f"digest daily at {at} UTC"
        )
        self.discord.command(f"user{place}", channel, "digest set", every="daily", at=at, zone="UTC")
        self.digests += 2

    async def _at_rest(self, bot: Process, changes: Changes, watch: Watch) -> Resources:
        """Returns the lowest of ten measurements after a pause in the traffic and the changes."""
        changes.pauses = True
        await asyncio.sleep(self.rest_s)
        samples = []
        for _ in range(10):
            samples.append(await watch.resources_of(bot.process.pid))
            await asyncio.sleep(0.5)
        changes.pauses = False
        return Resources.lowest(samples)

    async def _break_sockets(self, slack: RemoteSlack) -> None:
        for reason in itertools.cycle(("refresh_requested", "abort")):
            await asyncio.sleep(BREAK_INTERVAL_S)
            if reason == "abort":
                await slack.do("abort")
                self.discord.gateway.drop()
            else:
                await slack.do("disconnect", reason=reason)

    async def _print_resources(self, bot: Process, watch: Watch) -> None:
        while True:
            now = await watch.resources_of(bot.process.pid)
            frequent = ", ".join(f"{name} {number}" for name, number in watch.tasks.most_common(3))
            print(f"{time.monotonic() - self.began:6.0f} s  {now}  ({frequent})", file=sys.stderr, flush=True)
            await asyncio.sleep(PRINT_INTERVAL_S)


def broken_promises(result: dict[str, Any]) -> list[str]:
    """Returns the promises that a run did not keep."""
    before, after = result["after_a_fifth"], result["at_the_end"]
    broken = [
        f"{name} grew" for name in before if after[name] > max(MAX_GROWTH * before[name], before[name] + FEW)
    ]
    if (
        result["answered_on_discord"] < result["asked_on_discord"]
        or result["answered_on_slack"] < result["asked_on_slack"]
    ):
        broken.append("unanswered")
    if result["posted_digests"] != result["digests"] or result["posted_twice"]:
        broken.append("digests missing or posted twice")
    return [*broken, *(["did not stop"] if result["exit"] else [])]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description="A day's traffic in fast forward: does the bot leak memory, files, sockets or tasks?",
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--highlights", type=int, default=0, help="made-up ones, beside the sample notes")
    parser.add_argument("--change-interval", type=float, default=4.0, help="seconds between two changes")
    given = parser.parse_args()
    result = asyncio.run(Soak(given.minutes, given.highlights, given.change_interval).run())
    broken = broken_promises(result)
    print(json.dumps({**result, "broken": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
