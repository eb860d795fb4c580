"""A fake platform that records posts, and a bot process that posts digests to it. Tests set the clock."""

from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.chat.digest_commands import DigestCommand, DigestPress, InvalidDigestCommand
from bot.chat.replies import Digest, Notice, Reply
from bot.chat.requests import parse
from bot.chat.wording import as_typed
from bot.delivery.delivery import Delivery
from bot.delivery.platform import Membership
from bot.delivery.target import LookupFailedError
from bot.digest.chooser import Chooser
from bot.digest.poster import DigestPoster
from bot.digest.publisher import DigestPublisher
from bot.digest.requests import DigestRequests
from bot.state.claims import StateError
from bot.state.fallback import StateWithFallback
from bot.state.opening import State, StateTimeouts, open_state
from tests.empty_state import put_empty_state
from tests.platforms import Clock, make_arrival


@dataclass(frozen=True)
class PlatformTarget:
    """Implements `Target`."""

    platform: "FakePlatform"
    channel: str
    key: str

    @property
    def lane(self) -> str:
        return f"test:{self.channel}"

    async def post(self, reply: Reply) -> str:
        self.platform.tries[self.key] += 1
        if isinstance(reply, Digest):
            self.platform.tried += [quote.highlight.id for quote in reply.quotes]
        if self.platform.failures[self.channel]:
            raise self.platform.failures[self.channel].popleft()
        self.platform.posts.append((self.channel, self.key, reply))
        if self.platform.lost[self.channel]:
            raise self.platform.lost[self.channel].popleft()
        return f"m{len(self.platform.posts)}"

    async def find(self) -> str | None:
        if self.platform.lookup_error is not None:
            raise self.platform.lookup_error
        there = (number for number, (_, key, _) in enumerate(self.platform.posts, 1) if key == self.key)
        return next((f"m{number}" for number in there), None)

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, so there is nobody to tell."""


@dataclass
class FakePlatform:
    """The platform "test". Implements `Destinations` and `People`.

    It records the posts. `failures` and `lost` say how the next posts to a channel fail.
    """

    posts: list[tuple[str, str, Reply]] = field(default_factory=list)
    failures: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    """By channel: errors that are raised instead of posting."""
    lost: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    """By channel: errors that are raised after posting, as if the platform's response was lost."""
    lookup_error: LookupFailedError | None = None
    up: bool = True
    tries: Counter[str] = field(default_factory=Counter)
    tried: list[str] = field(default_factory=list)
    """Ids of the highlights in all attempts to post."""
    managers: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of a person and a channel that the person manages."""

    def is_up(self, platform: str) -> bool:
        return platform == "test" and self.up

    def target(self, place: str, key: str, since: float, person: str) -> PlatformTarget:
        return PlatformTarget(self, place.partition(":")[2], key)

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        return Membership.UNKNOWN

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        return platform == "test" and (person, channel) in self.managers

    async def administers(self, platform: str, person: str, server: str) -> bool:
        del platform, person, server
        return False

    async def is_operator(self, platform: str, person: str) -> bool:
        del platform, person
        return False

    def keys(self, channel: str = "C1") -> list[str]:
        return [key for where, key, _ in self.posts if where == channel]

    def shown(self, channel: str = "C1") -> list[str]:
        """Ids of the highlights of all digests posted in a channel."""
        digests = [reply for where, _, reply in self.posts if where == channel and isinstance(reply, Digest)]
        return [quote.highlight.id for digest in digests for quote in digest.quotes]


@dataclass(repr=False)  # asyncio calls repr() at each start, and the whole index would be written out
class BotProcess:
    """The parts of a bot process that digests need."""

    clock: Clock
    state: StateWithFallback
    platform: FakePlatform
    publisher: DigestPublisher
    digest_requests: DigestRequests

    async def command(self, command: str, **facts: Any) -> str:
        """Runs a `/highlight digest` command and returns the text of the reply."""
        request = parse(f"digest {command}")
        assert isinstance(request, DigestCommand | InvalidDigestCommand)
        reply = await self.digest_requests.reply(
            make_arrival(request=request, **{"manages": True, **facts}), request
        )
        assert isinstance(reply, Notice)
        return as_typed(reply.text)

    async def press(self, action: str, highlight: str = "", **facts: Any) -> Reply:
        press = DigestPress(action, highlight)  # type: ignore[arg-type]
        return await self.digest_requests.reply(make_arrival(request=press, **facts), press)

    async def publish_due(self, at: str | float | None = None, zone: str = "UTC") -> None:
        """Posts the digests that are due at this time (seconds, or ISO format in `zone`), and waits until they are posted."""
        if at is not None:
            self.clock.now = at if isinstance(at, float) else timestamp(at, zone)
        await self.publisher.tick()
        await self.publisher.idle()


def timestamp(iso: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(iso).replace(tzinfo=ZoneInfo(zone)).timestamp()


async def start_process(
    bot: Bot, url: str, clock: Clock, platform: FakePlatform, broken: str | None = None
) -> BotProcess:
    """Starts a process. Processes with the same `url` share their state, whether they run together or in turn.

    If `broken` is given, the database cannot be opened, and this is the reason.
    """

    async def opening() -> State:
        if broken is not None:
            raise StateError(broken)
        return await open_state(url, clock)

    state = StateWithFallback(opening, StateTimeouts(statement_s=30.0), clock)
    await state.open()
    chooser, delivery = Chooser(bot, state.digests), Delivery(clock=clock, sleep=clock.sleep)
    poster = DigestPoster(chooser, state.digests, delivery, platform, clock=clock)
    publisher = DigestPublisher(poster, state.digests, clock, clock.sleep)
    requests = DigestRequests(chooser, state.digests, poster, Rules(people=platform), "UTC", clock)
    return BotProcess(clock, state, platform, publisher, requests)


@pytest.fixture
def clock() -> Clock:
    return Clock(timestamp("2026-11-25T08:00"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a test's own state."""
    return put_empty_state(tmp_path)


@pytest.fixture
async def process(bot: Bot, clock: Clock, url: str) -> AsyncIterator[BotProcess]:
    made = await start_process(bot, url, clock, FakePlatform())
    yield made
    await made.state.close()


@pytest.fixture
async def daily(process: BotProcess) -> BotProcess:
    """A process with a digest every day at nine. Its publisher has checked once, at eight."""
    await process.command("daily at 9")
    await process.publish_due()
    return process
