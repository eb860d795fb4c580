"""People ask questions while replicas are killed and started again. The answers are counted.

The promises: nothing is answered twice, and every question is answered unless a killed replica was working on it. On Slack, these
are the questions asked before a kill and not answered by then. On Discord, which sends events to every replica, these are the
questions that the killed one had claimed. Each digest is posted once: if the replica that posts it is killed, the other one takes
over after the lease.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.schedule.plan import Plan
from bot.state.claims import LEASE_S
from bot.state.digest_store import ChannelDigest
from bot.state.opening import State, open_state
from tests.discord_server import DiscordServer
from tests.replicas.fleet import Fleet
from tests.slack_server import SlackServer, delayed

DEAD_SOCKET_S = 0.5
"""For this long after a kill, Slack may still send a command to the dead socket. It never sends a command again."""
ROOMS = 8


@dataclass(frozen=True)
class Asked:
    """Something that a person did. `answers` counts the answers to it. `redeliver` makes the platform deliver it again."""

    kind: str
    at: float
    answers: Callable[[], int]
    redeliver: Callable[[], Any] | None = None


class Load:
    """One run. People ask at a steady pace, and the replicas are killed in turn."""

    def __init__(
        self, fleet: Fleet, slack: SlackServer, discord: DiscordServer, seed: int = 0, a_second: float = 8.0
    ) -> None:
        self.fleet = fleet
        self.slack = slack
        self.discord = discord
        self.random = random.Random(seed)
        self.pause = 1 / a_second
        self.asked: list[Asked] = []
        self.slack_rooms = [slack.channel(f"room{number}", []) for number in range(ROOMS)]
        self.unanswered_at_kill: set[int] = set()
        """Numbers of the questions that were unanswered when a replica was killed."""
        self.digests: list[tuple[str, Callable[[], int]]] = []
        self.rooms = [discord.channel(f"room{number}") for number in range(ROOMS)]

    async def run(self, seconds: float, kills: int) -> dict[str, Any]:
        """Runs everything, and returns the counts."""
        self.slack.faults.order("chat.postMessage", delayed(0.5), times=1 << 30, every=4)
        self.discord.rest.limit(0.5, times=1 << 30, every=4)
        state = await open_state(self.fleet.database_url)
        killing = asyncio.create_task(self._kill(seconds, kills))
        ends = time.monotonic() + seconds
        while time.monotonic() < ends or not killing.done():
            began = time.monotonic()
            await self._ask()
            if len(self.asked) % 8 == 0:
                await self._set_digest(state)
            await asyncio.sleep(max(0.0, began + self.pause - time.monotonic()))
        await killing
        await self._settle()
        codes = await self.fleet.stop()
        await state.claims.close()
        return self.results() | {"exit": codes}

    async def _discord_typing(self, number: int) -> Asked:
        at = time.monotonic()
        record = self.discord.complete(f"p{number}", self.rooms[number % ROOMS], "by", "author", "k")
        return Asked("discord typing", at, lambda: int(record.autocomplete_choices is not None))

    async def _set_digest(self, state: State) -> None:
        """Sets a digest in a new channel that became due a minute ago. It is posted now."""
        number, now = len(self.digests), time.time()
        if number % 2:
            channel = self.slack.channel(f"digest{number}", [])
            place, count = f"slack:{channel.id}", lambda: len(self.slack.posts(channel))
        else:
            room = self.discord.channel(f"digest{number}")
            place, count = f"discord:{room.id}", lambda: len(self.discord.answers(room))
        due = datetime.fromtimestamp(now - 60, UTC)
        plan = Plan("daily", due.time().replace(second=0, microsecond=0), "UTC")
        self.digests.append((place, count))
        await state.digests.set_digest(ChannelDigest(place, place, plan, now - 300, due.date()))

    async def _kill(self, seconds: float, kills: int) -> None:
        """Kills the replicas in turn. It waits until the last one is back before it kills the next."""
        for number in range(kills):
            await asyncio.sleep(seconds / (kills + 1) * self.random.uniform(0.5, 1.0))
            await self.fleet.kill_and_restart(number % len(self.fleet.replicas), self._note_unanswered)

    def _note_unanswered(self) -> None:
        self.unanswered_at_kill |= {number for number, asked in enumerate(self.asked) if not asked.answers()}

    async def _ask(self) -> None:
        number = len(self.asked)
        actions = (
            self._slack_mention, self._discord_mention, self._slack_command, self._discord_command, self._discord_typing,
        )  # fmt: skip
        weights = (4, 4, 1, 1, 1)
        asked = await self.random.choices(actions, weights)[0](number)
        self.asked.append(asked)
        if number % 5 == 4:
            earlier = self.random.choice(self.asked[-40:])
            if earlier.redeliver is not None:
                result = earlier.redeliver()
                if asyncio.iscoroutine(result):
                    await result

    async def _slack_mention(self, number: int) -> Asked:
        ann = self.slack.user(f"u{number}")
        at = time.monotonic()
        delivery = await self.slack.mention(
            ann, self.slack_rooms[number % ROOMS], f"what about memory and sleep {number}?"
        )
        return Asked(
            "slack mention",
            at,
            lambda: len(self.slack.replies_to(delivery)),
            lambda: self.slack.redeliver(delivery),
        )

    async def _slack_command(self, number: int) -> Asked:
        ann = self.slack.user(f"u{number}")
        at = time.monotonic()
        await self.slack.slash(ann, self.slack_rooms[number % ROOMS], "/highlight", "random")
        return Asked("slack command", at, lambda: len(self.slack.ephemerals(ann)))

    async def _discord_mention(self, number: int) -> Asked:
        room = self.rooms[number % ROOMS]
        at = time.monotonic()
        message = self.discord.ask(f"p{number}", room, f"what about memory and sleep {number}?")
        return Asked(
            "discord mention", at, lambda: len(self.discord.answers(room, message)),
            lambda: self.discord.backend.announce_message_create(message),
        )  # fmt: skip

    async def _discord_command(self, number: int) -> Asked:
        room = self.rooms[number % ROOMS]
        at = time.monotonic()
        record = self.discord.command(f"p{number}", room, "random")

        def answers() -> int:
            shown = f"{record.token}/messages/@original"
            return sum(method == "PATCH" and shown in path for method, path, _ in self.discord.rest.log)

        return Asked("discord command", at, answers)

    def _sent_to_dead_socket(self, asked: Asked) -> bool:
        return asked.kind == "slack command" and any(
            0 <= asked.at - kill <= DEAD_SOCKET_S for kill in self.fleet.kills
        )

    async def _settle(self) -> None:
        """Waits until all questions are answered, or until no answer has come for a while."""
        ends, last, since = time.monotonic() + LEASE_S + 40, -1, time.monotonic()
        while time.monotonic() < ends:
            answered = sum(min(asked.answers(), 1) for asked in self.asked)
            if answered != last:
                last, since = answered, time.monotonic()
            over = answered == len(self.asked) or time.monotonic() - since > 4
            if over and all(count() for _, count in self.digests):
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)  # a second answer would come now

    def results(self) -> dict[str, Any]:
        """Returns the counts of the run."""
        answers = [(asked, asked.answers()) for asked in self.asked]
        silent = [(number, asked) for number, (asked, count) in enumerate(answers) if count == 0]
        lost = [
            asked
            for number, asked in silent
            if number not in self.unanswered_at_kill and not self._sent_to_dead_socket(asked)
        ]
        errors = [line for line in self.fleet.log if " ERROR " in line or "Traceback" in line]
        return {
            "asked": len(self.asked),
            "by": dict(sorted(Counter(asked.kind for asked in self.asked).items())),
            "answered_once": sum(count == 1 for _, count in answers),
            "twice": sum(count > 1 for _, count in answers),
            "in_hand_of_a_killed_replica": len(silent) - len(lost),
            "lost": [f"{asked.kind} at {asked.at - self.asked[0].at:.2f} s" for asked in lost],
            "digests": len(self.digests),
            "digests_doubled": [place for place, count in self.digests if count() > 1],
            "digests_missing": [place for place, count in self.digests if not count()],
            "answered_by_each": [
                sum("answered " in line for line in replica.lines) for replica in self.fleet.replicas
            ],
            "digests_by_each": [
                sum("digest posted" in line for line in replica.lines) for replica in self.fleet.replicas
            ],
            "digests_looked_up": sum("digest had already been posted" in line for line in self.fleet.log),
            "kills": [round(kill - self.asked[0].at, 2) for kill in self.fleet.kills],
            "nonces_that_saved": self.discord.rest.counts["nonce"],
            "errors": errors[:5],
        }


def broken_promises(result: dict[str, Any]) -> list[str]:
    """Returns the promises that a run did not keep."""
    broken = {
        "answered twice": result["twice"],
        "lost": result["lost"],
        "digest doubled": result["digests_doubled"],
        "digest missing": result["digests_missing"],
        "errors in a log": result["errors"],
        "did not stop": any(result["exit"]),
        "posted twice if Discord had not checked the nonce": result["nonces_that_saved"],
    }
    return [promise for promise, is_broken in broken.items() if is_broken]
