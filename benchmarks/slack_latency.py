"""Measures the time from event to chat.postMessage, for this bot with 10,000 highlights and for a minimal slack-bolt bot.

Each bot is connected to a Slack server on loopback.

    python -m benchmarks.slack_latency [--questions 200] [--highlights 10000]

Servers and bots are processes; this bot answers by words alone. Questions are asked one at a time, alternating between the bots.
Prints one line of JSON with the medians in milliseconds. Exits with 1 if this bot adds more than 10 ms, and more than five times
what the minimal bot takes.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.processes import analects, environment
from tests.slack_server.remote import RemoteSlack

MAX_ADDED_MS, MAX_ADDED_RATIO = 10.0, 5.0
"""How much longer this bot may take: so many milliseconds or, on a slow machine, so many times what the minimal bot takes."""
WARM_UP_QUESTIONS = 20
MINIMAL_CLIENT = """
import asyncio, os, sys
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

app = AsyncApp(client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))

@app.event("app_mention")
async def mentioned(event, say):
    await say(text="an answer", thread_ts=event["ts"])

async def main():
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect_async()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
_WORDS = (
    "memory sleep habit attention reading lamp river stone letter garden winter engine market doubt courage silence map bridge "
    "teacher mirror island harbour forest clock window thread promise journey weather music border salt paper glass"
)
WORDS = _WORDS.split()


def write_notes(folder: Path, highlights: int) -> None:
    """Writes notes with a hundred highlights each."""
    generator = random.Random(7)
    for number in range(highlights // 100):
        passages = "\n".join(
            f"- {' '.join(generator.choices(WORDS, k=25)).capitalize()} number {number}-{part}."
            for part in range(100)
        )
        (folder / f"book {number}.md").write_text(f"# Book {number}\n\n## Highlights\n{passages}\n", "utf-8")


@asynccontextmanager
async def run_minimal_bot(variables: Mapping[str, str], folder: Path) -> AsyncIterator[None]:
    """Runs the minimal bot, and waits until it is connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MINIMAL_CLIENT, stdout=asyncio.subprocess.PIPE, env={**environment(variables, folder)},
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        await process.communicate()


async def ask_and_time(slack: RemoteSlack, questions: int) -> AsyncIterator[float]:
    """Asks one question after the other, and yields the milliseconds that each took."""
    user = (await slack.do("user", name="ann"))["id"]
    room = (await slack.do("channel", name="room", members=[user]))["id"]
    generator = random.Random(3)
    for number in range(questions + WARM_UP_QUESTIONS):
        text = " ".join(generator.sample(WORDS, 4))
        asked = await slack.do("mention", user=user, channel=room, text=f"what about {text}?")
        posts = (await slack.do("wait", posts=number + 1, since=number))["posts"]
        if number >= WARM_UP_QUESTIONS:
            yield (posts[0]["at"] - asked["attempts"][0]["at"]) * 1000


async def compare(questions: int, highlights: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        write_notes(folder / "notes", highlights)
        variables = {
            "CORPUS_PATH": str(folder / "notes"),
            "QUESTIONS_PER_MINUTE": "99999,99999",
            "EMBEDDING_MODEL": "off",
        }
        own_times, minimal_times = [], []
        async with (
            RemoteSlack() as own_server,
            RemoteSlack() as minimal_server,
            run_minimal_bot(minimal_server.settings, folder),
            analects(folder, {**own_server.settings, **variables}) as bot,
        ):
            await bot.ready()
            first, second = ask_and_time(own_server, questions), ask_and_time(minimal_server, questions)
            for _ in range(questions):
                own_times.append(await anext(first))
                minimal_times.append(await anext(second))
    own_median, minimal_median = statistics.median(own_times), statistics.median(minimal_times)
    return {
        "questions": questions, "highlights": highlights, "median_ms": round(own_median, 2),
        "bare_median_ms": round(minimal_median, 2), "above_ms": round(own_median - minimal_median, 2),
        "p95_ms": round(statistics.quantiles(own_times, n=20)[-1], 2),
        "bare_p95_ms": round(statistics.quantiles(minimal_times, n=20)[-1], 2), "cpus": os.cpu_count() or 0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description="From event to chat.postMessage, compared with a minimal slack-bolt bot."
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--highlights", type=int, default=10_000)
    options = parser.parse_args()
    result = asyncio.run(compare(options.questions, options.highlights))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["above_ms"] <= max(MAX_ADDED_MS, MAX_ADDED_RATIO * result["bare_median_ms"]) else 1)


if __name__ == "__main__":
    main()
