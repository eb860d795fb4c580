"""Load test on Discord: `python -m tests.adapters.discord.load [--kills 3] [--seconds 60] [--questions 500]`.

50 people in 50 channels mention the bot, 500 times in 60 seconds. Every tenth message arrives twice. Every fiftieth post is refused
with 429 and Retry-After 1. The socket breaks every ten seconds (RESUME, with replayed events), and one time the session ends
(opcode 9). With `--kills`, the process is killed and started again. With `--slack`, the bot is on Slack, too. Slack is down at the
start, then goes away and comes back every fifteen seconds; at the end the bot must answer a question there.

Nobody asks while the bot has no session, because a new session replays no events, neither here nor on Discord.

Prints the counts as one line of JSON. Exit code 1 if a promise is broken: each question is answered exactly once (with kills: at
most once). 99 % of the questions that no fault delayed are answered within 3 s, and all within 30 s. At the end the resident memory
is at most 1.1 times that after the first fifth.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from simcord.backend.models import Channel, Message

from tests.adapters.discord.test_running import settings_with as settings_for
from tests.adapters.load import PEOPLE, START_TIMEOUT_S, kill_points, options, report, resident_kib, settled
from tests.discord_server import DiscordServer
from tests.processes import Process, analects
from tests.slack_server import SlackServer

BREAK_INTERVAL_S, SLACK_AWAY_S = 10.0, 15.0


class Load:
    """One run of the load test."""

    def __init__(self, questions: int, seconds: float, kills: int, slack: bool) -> None:
        self.questions = questions
        self.seconds = seconds
        self.kills = kills
        self.server = DiscordServer()
        self.slack = SlackServer() if slack else None
        self.more = {"QUESTIONS_PER_MINUTE": "20,60"}
        self.asked: list[tuple[Channel, Message, float]] = []
        self.answered_at: dict[int, float] = {}
        self.memory: list[int] = []
        self.breaks: list[float] = []

    async def run(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as name:
            async with self.server, AsyncExitStack() as stack:
                self.server.backend.subscribers.append(self._note_answer)
                if self.slack is not None:
                    await stack.enter_async_context(self.slack)
                    await self.slack.go_down()
                    self.more |= self.slack.settings
                bot = await self._start(stack, Path(name))
                self.server.rest.limit(1.0, times=1 << 30, every=50)
                disturbing = asyncio.gather(self._disturb(), self._interrupt_slack())
                bot = await self._ask(stack, Path(name), bot)
                disturbing.cancel()
                await asyncio.gather(disturbing, return_exceptions=True)
                await self._settle()
                self.memory.append(resident_kib(bot))
                result = self._judge()
                result["slack_answered"] = await self._answered_on_slack(bot)
                result["exit"] = await bot.terminate()
                return result

    async def _start(self, stack: AsyncExitStack, folder: Path) -> Process:
        bot = await stack.enter_async_context(
            analects(folder, settings_for(self.server, **self.more), fresh=True)
        )
        await bot.says("discord connected", timeout=START_TIMEOUT_S)
        return bot

    def _note_answer(self, event: str, payload: Any) -> None:
        reference = payload.get("message_reference") if event == "MESSAGE_CREATE" else None
        if reference:
            self.answered_at.setdefault(int(reference["message_id"]), time.monotonic())

    async def _ask(self, stack: AsyncExitStack, folder: Path, bot: Process) -> Process:
        rooms = [self.server.channel(f"room{number}") for number in range(PEOPLE)]
        kills_after = kill_points(self.questions, self.kills)
        began = time.monotonic()
        for number in range(self.questions):
            await asyncio.sleep(max(0.0, began + self.seconds * number / self.questions - time.monotonic()))
            await self.server.until(lambda: self.server.gateway.sessions, 60)
            room = rooms[number % PEOPLE]
            question = self.server.ask(
                f"user{number % PEOPLE}", room, f"what about memory and sleep {number}?"
            )
            self.asked.append((room, question, time.monotonic()))
            if number % 10 == 9:
                self.server.backend.announce_message_create(question)
            if number == self.questions // 5:
                self.memory.append(resident_kib(bot))
            if number in kills_after:
                await bot.kill()
                self.server.gateway.sessions.clear()
                bot = await self._start(stack, folder)
                for _, before, _ in self.asked[-20:]:
                    self.server.backend.announce_message_create(before)
        return bot

    async def _disturb(self) -> None:
        """Breaks the socket now and then. Once, halfway through, it ends the session instead."""
        self.server.gateway.repeat_on_resume = 20
        halfway = int(self.seconds / BREAK_INTERVAL_S / 2)
        number = 0
        while True:
            await asyncio.sleep(BREAK_INTERVAL_S)
            number += 1
            self.breaks.append(time.monotonic())
            if number == halfway:
                await asyncio.sleep(
                    1.0
                )  # waits for messages under way, because a new session would lose them, as on Discord
                self.server.gateway.invalidate()
            else:
                self.server.gateway.drop()

    async def _interrupt_slack(self) -> None:
        """Stops Slack and starts it again, if it takes part."""
        while self.slack is not None:
            await asyncio.sleep(SLACK_AWAY_S)
            await self.slack.come_back()
            await asyncio.sleep(SLACK_AWAY_S)
            await self.slack.go_down()

    async def _answered_on_slack(self, bot: Process) -> bool | None:
        if self.slack is None:
            return None
        await self.slack.go_down()
        await self.slack.come_back()
        await self.slack.connected(timeout=90)
        ann = self.slack.user("ann")
        question = await self.slack.mention(ann, self.slack.channel("general", [ann]), "what about memory?")
        return bool(await self.slack.reply_to(question))

    async def _settle(self) -> None:
        async def count_answers() -> int:
            return len(self.answered_at)

        await settled(self.questions, self.kills, count_answers)

    def _judge(self) -> dict[str, Any]:
        answers = [len(self.server.answers(room, question)) for room, question, _ in self.asked]
        posted = sum(
            len(self.server.answers(room))
            for room in {action[0].id: action[0] for action in self.asked}.values()
        )
        waits = {
            question.id: self.answered_at[question.id] - at
            for _, question, at in self.asked
            if question.id in self.answered_at
        }
        undelayed = sorted(
            waits[question.id] for _, question, at in self.asked
            if question.id in waits and not any(-2.0 < at - broken_at < 6.0 for broken_at in self.breaks)
        )  # fmt: skip
        limited = self.server.rest.counts["429"]
        undelayed = undelayed[
            : max(1, len(undelayed) - limited)
        ]  # without the slowest, which waited for the rate limit
        every = sorted(waits.values())
        return {
            "asked": len(self.asked),
            "answered_once": answers.count(1),
            "unanswered": answers.count(0),
            "twice": sum(count > 1 for count in answers),
            "elsewhere": posted - sum(answers),
            "p50_s": round(every[len(every) // 2], 4),
            "p99_unhit_s": round(undelayed[int(len(undelayed) * 0.99) - 1], 4),
            "slowest_s": round(every[-1], 3),
            "rate_limited": limited,
            "resumed": self.server.gateway.resumed,
            "identified": self.server.gateway.identified,
            "kills": self.kills,
            "memory_kib": self.memory,
            "growth": round(self.memory[-1] / self.memory[0], 3),
        }


def main() -> None:
    parser = options("The load that the bot must bear on Discord.")
    parser.add_argument("--slack", action="store_true", help="also run a Slack that goes away and comes back")
    arguments = parser.parse_args()
    report(Load(arguments.questions, arguments.seconds, arguments.kills, arguments.slack).run())


if __name__ == "__main__":
    main()
