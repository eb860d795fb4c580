"""Load test on Slack: `python -m tests.adapters.slack.load [--kills 3] [--seconds 60] [--questions 500]`.

50 people in 50 channels mention the bot, 500 times in 60 seconds. Every tenth event is delivered twice. Every fiftieth post is
refused with 429 and Retry-After 1. Every ten seconds Slack asks the bot to renew its socket. With `--kills`, the bot is killed and
started again in between. The bot and the Slack server run in separate processes.

Prints the counts as one line of JSON. Exit code 1 if a promise is broken: each question is answered exactly once, in its own
thread. Without kills, 99 % of the questions that no 429 delayed are answered within 3 s, and all within 30 s; at the end the
resident memory is at most 1.1 times that after the first fifth.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from tests.adapters.load import PEOPLE, START_TIMEOUT_S, kill_points, options, report, resident_kib, settled
from tests.processes import Process, analects
from tests.slack_server.json_types import Json
from tests.slack_server.remote import RemoteSlack


class Load:
    """One run of the load test."""

    def __init__(self, questions: int, seconds: float, kills: int) -> None:
        self.questions = questions
        self.seconds = seconds
        self.kills = kills
        self.asked: list[Json] = []
        self.memory: list[int] = []

    async def run(self) -> Json:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            async with RemoteSlack() as slack, AsyncExitStack() as stack:
                bot = await stack.enter_async_context(analects(folder, slack.settings, fresh=True))
                await bot.ready(START_TIMEOUT_S)
                await slack.do(
                    "order",
                    method="chat.postMessage",
                    fault="rate_limited",
                    options={"retry_after": 1},
                    every=50,
                )
                places = await self._places(slack)
                disturbing = asyncio.create_task(self._disconnect(slack))
                bot = await self._ask(slack, places, folder, bot, stack)
                disturbing.cancel()
                await self._settle(slack)
                result = await self._judge(slack)
                result["exit"] = await bot.terminate()
                return result

    async def _places(self, slack: RemoteSlack) -> list[tuple[str, str]]:
        places = []
        for number in range(PEOPLE):
            user = (await slack.do("user", name=f"user{number}"))["id"]
            room = (await slack.do("channel", name=f"room{number}", members=[user]))["id"]
            places.append((user, room))
        return places

    async def _ask(
        self,
        slack: RemoteSlack,
        places: list[tuple[str, str]],
        folder: Path,
        bot: Process,
        stack: AsyncExitStack,
    ) -> Process:
        began = time.monotonic()
        kills_after = kill_points(self.questions, self.kills)
        for number in range(self.questions):
            await asyncio.sleep(max(0.0, began + self.seconds * number / self.questions - time.monotonic()))
            user, room = places[number % PEOPLE]
            question = await slack.do(
                "mention", user=user, channel=room, text=f"what about memory and sleep {number}?"
            )
            self.asked.append({**question, "at": time.time()})
            if number % 10 == 9:
                await slack.do("redeliver", number=question["number"])
            if number == self.questions // 5:
                self.memory.append(resident_kib(bot))
            if number in kills_after:
                await bot.kill()
                bot = await stack.enter_async_context(analects(folder, slack.settings, fresh=True))
                await bot.ready(START_TIMEOUT_S)
        self.memory.append(resident_kib(bot))
        return bot

    async def _disconnect(self, slack: RemoteSlack) -> None:
        while True:
            await asyncio.sleep(10)
            await slack.do("disconnect", reason="refresh_requested")

    async def _settle(self, slack: RemoteSlack) -> None:
        async def count_answers() -> int:
            return int((await slack.do("state"))["posts"])

        await settled(self.questions, self.kills, count_answers)

    async def _judge(self, slack: RemoteSlack) -> Json:
        posts = (await slack.do("posts"))["posts"]
        state = await slack.do("state")
        in_thread = Counter((post["channel"], post["thread_ts"]) for post in posts)
        at = {(post["channel"], post["thread_ts"]): post["at"] for post in posts}
        answers = [in_thread[action["channel"], action["ts"]] for action in self.asked]
        waits = sorted(
            at[key] - action["at"]
            for action in self.asked
            if (key := (action["channel"], action["ts"])) in at
        )
        twice = [key for key, posted in in_thread.items() if posted > 1]
        gaps = [
            [round(post["at"] - at[key], 1) for post in posts if (post["channel"], post["thread_ts"]) == key]
            for key in twice
        ]
        calls = state["calls"]["chat.postMessage"]
        # Each of these waited a second for the rate limit, so they are the slowest.
        limited = calls - len(posts)
        undelayed = waits[: max(1, len(waits) - limited)]
        return {
            "asked": len(self.asked),
            "answered_once": answers.count(1),
            "unanswered": answers.count(0),
            "twice": sum(count > 1 for count in answers),
            "gaps_s": gaps,
            "elsewhere": len(posts) - sum(answers),
            "p50_s": round(waits[len(waits) // 2], 4),
            "p99_unhit_s": round(undelayed[int(len(undelayed) * 0.99) - 1], 4),
            "slowest_s": round(waits[-1], 3),
            "rate_limited": limited,
            "sockets_opened": state["opened"],
            "kills": self.kills,
            "memory_kib": self.memory,
            "growth": round(self.memory[-1] / self.memory[0], 3),
        }


def main() -> None:
    arguments = options("The load that the bot must bear on Slack.").parse_args()
    report(Load(arguments.questions, arguments.seconds, arguments.kills).run())


if __name__ == "__main__":
    main()
