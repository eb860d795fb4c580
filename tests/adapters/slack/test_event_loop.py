"""No request holds up other people. Work that looks at every highlight runs in a thread, not in the event loop."""

import asyncio
import gc
import math
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from bot.chat import wording
from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.model import Highlight, Library, Source
from corpus.passages import NotePassages, Passages
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, Channel, Installation, SlackServer, User

SOURCES, HIGHLIGHTS_OF_EACH = 200, 50
MAX_BLOCKED_MS = 20.0
"""The promise is 100 ms with 100,000 highlights, and the library of this test has a tenth of them. Work on every highlight takes
longer than this limit, so it is noticed."""
ROUNDS = 3
"""What blocks the event loop does so in every round. What the machine adds now and then is not in all of them."""
TIMEOUT_S = 120.0
LINK = "https://read.readwise.io/read/01lantern{}"


@pytest.fixture(scope="module")
def bot() -> Bot:
    return Bot(Index.build(large_library()))


def large_library() -> Library:
    """A large library, packed like one that was read from notes."""
    rng = random.Random(7)
    words = ["".join(rng.choices("aeioulmnrst", k=rng.randint(3, 9))) for _ in range(2_000)]
    notes, sources, number = [], [], 0
    for index in range(SOURCES):
        source = Source(f"The Lantern of {words[index]}", (f"Ada {words[index].title()}",), "books")
        sources.append(source)
        highlights = []
        for _ in range(HIGHLIGHTS_OF_EACH):
            text = f"The {' '.join(rng.choices(words, k=10))} of the lantern keeper."
            link = LINK.format(number)
            highlights.append(
                Highlight(f"h{number}", text, text, source, link, added="2026-03-04", path=f"{index}.md")
            )
            number += 1
        notes.append(NotePassages.of(highlights))
    return Library(tuple(sources), Passages(notes))


@dataclass
class Longest:
    """Records the callback of the event loop that used the most CPU time."""

    ms: float = 0.0
    source: str = ""


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Longest]:
    """Measures the CPU time of each callback of the event loop. Other work of the machine does not change it, unlike wall time.

    What the tests before this one left in memory is not looked through by the garbage collector: that takes longer than the limit.
    """
    longest, run = Longest(), asyncio.Handle._run
    gc.collect()
    gc.freeze()

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        taken = (time.thread_time() - began) * 1000
        if taken > longest.ms:
            longest.ms, longest.source = taken, repr(handle)

    with monkeypatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", timed)
        try:
            yield longest
        finally:
            gc.unfreeze()


async def make_every_request(slack: SlackServer, ann: User, channel: Channel) -> None:
    """Makes every kind of request that looks at all highlights."""
    deliveries = [
        await slack.mention(ann, channel, "what about the lantern keeper?"),
        *[
            await slack.slash(ann, channel, "/highlight", text)
            for text in ("random", "stats", "sources", "help", "digest daily at 9:00 UTC", "hidden")
        ],
    ]
    for delivery in deliveries:
        await slack.reply_to(delivery)
    before = len(slack.calls("views.publish")), len(slack.core.unfurled)
    await slack.open_home(ann)
    await slack.link(ann, channel, f"look: {LINK.format(9_000)}")
    await slack.until(lambda: len(slack.calls("views.publish")) > before[0], TIMEOUT_S)
    await slack.until(lambda: len(slack.core.unfurled) > before[1], TIMEOUT_S)
    await slack.slash(ann, channel, "/highlight", "digest now")
    await slack.until(lambda: bool(slack.posts(channel)), TIMEOUT_S)
    await slack.quiet()


@pytest.mark.long
async def test_no_request_blocks_the_event_loop(start: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = frozenset({*ALL_SCOPES, "links:read", "links:write"})
    async with SlackServer(installation=Installation(scopes=scopes)) as slack, start(slack) as instance:
        ann = slack.user("ann")
        channel = slack.channel("general", [ann], creator=ann)
        await make_every_request(
            slack, ann, channel
        )  # a first round, which imports modules and compiles patterns
        longest = Longest(math.inf)
        for _ in range(ROUNDS):
            with watched(monkeypatch) as in_round:
                await make_every_request(slack, ann, channel)
            longest = min(longest, in_round, key=lambda one: one.ms)
            if longest.ms < MAX_BLOCKED_MS:
                break
        assert instance.service.counts["failed"] == 0
        assert wording.OF_THE_DAY in slack.visible_text(await slack.home_for(ann))
    assert 0 < longest.ms < MAX_BLOCKED_MS, longest.source
