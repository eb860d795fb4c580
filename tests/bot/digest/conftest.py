"""A platform whose channels remember what was posted, and everything of the digest before it, with a clock set by hand."""

import asyncio
import shutil
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.chat.digest_commands import DigestCommand, DigestPress, Wrong
from bot.chat.replies import Digest, Notice, Reply
from bot.chat.requests import parse
from bot.delivery.delivery import Delivering
from bot.delivery.target import LookupFailedError
from bot.digest.chooser import Chooser
from bot.digest.publisher import DigestPublisher
from bot.digest.requests import DigestRequests
from bot.state.fallback import Keeper, Patience, State, opened
from tests.platforms import Clock, said


@dataclass(frozen=True)
class Spot:
    """Implements `Target`."""

    board: "Board"
    channel: str
    key: str

    @property
    def lane(self) -> str:
        return f"test:{self.channel}"

    async def post(self, reply: Reply) -> str:
        self.board.tries[self.key] += 1
        if isinstance(reply, Digest):
            self.board.tried += [quote.highlight.id for quote in reply.quotes]
        if self.board.failures[self.channel]:
            raise self.board.failures[self.channel].popleft()
        self.board.posts.append((self.channel, self.key, reply))
        if self.board.lost[self.channel]:
            raise self.board.lost[self.channel].popleft()
        return f"m{len(self.board.posts)}"

    async def find(self) -> str | None:
        if self.board.blind is not None:
            raise self.board.blind
        there = (number for number, (_, key, _) in enumerate(self.board.posts, 1) if key == self.key)
        return next((f"m{number}" for number in there), None)

    async def tell(self, notice: Notice) -> None:
        """Nobody asked."""


@dataclass
class Board:
    """A platform: what stands in its channels, and what goes wrong next in each."""

    posts: list[tuple[str, str, Reply]] = field(default_factory=list)
    failures: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    """Raised before it stands there."""
    lost: defaultdict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    """Raised after that."""
    blind: LookupFailedError | None = None
    tries: Counter[str] = field(default_factory=Counter)
    tried: list[str] = field(default_factory=list)
    """Ids of all that was to be posted, whether it went well or not."""

    def place(self, channel: str, key: str, since: float, person: str) -> Spot:
        return Spot(self, channel, key)

    def keys(self, channel: str = "C1") -> list[str]:
        return [key for where, key, _ in self.posts if where == channel]

    def shown(self, channel: str = "C1") -> list[str]:
        """Ids of the highlights of all digests."""
        digests = [one for where, _, one in self.posts if where == channel and isinstance(one, Digest)]
        return [quote.highlight.id for one in digests for quote in one.quotes]


@dataclass(repr=False)  # asyncio would write out the whole index at each start
class Office:
    """One process of the bot, as far as digests go."""

    clock: Clock
    keeper: Keeper
    board: Board
    clerk: DigestPublisher
    desk: DigestRequests

    async def say(self, command: str, **facts: Any) -> str:
        """What a command is answered."""
        meant = parse(f"digest {command}")
        assert isinstance(meant, DigestCommand | Wrong)
        reply = await self.desk.reply(said(request=meant, **{"manages": True, **facts}), meant)
        assert isinstance(reply, Notice)
        return reply.text

    async def press(self, action: str, highlight: str = "", **facts: Any) -> Reply:
        press = DigestPress(action, highlight)  # type: ignore[arg-type]
        return await self.desk.reply(said(request=press, **facts), press)

    async def look(self, at: str | float | None = None, zone: str = "UTC") -> None:
        """A look of the clerk at this time, an ISO one by the clocks of the zone."""
        if at is not None:
            self.clock.now = at if isinstance(at, float) else moment(at, zone)
        await self.clerk.tick()
        await self.clerk.idle()


def moment(iso: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(iso).replace(tzinfo=ZoneInfo(zone)).timestamp()


async def office(bot: Bot, url: str, clock: Clock, board: Board, **more: object) -> Office:
    """A process that is started; beside or after another one, with the same address."""

    async def opening() -> State:
        return await opened(url, clock)

    keeper = Keeper(opening, Patience(statement=30.0), clock)
    await keeper.open()
    chooser = Chooser(bot, keeper)
    clerk = DigestPublisher(
        chooser, Delivering(clock=clock, sleep=clock.sleep), {"test": board.place}, clock=clock,
        sleep=clock.sleep, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return Office(clock, keeper, board, clerk, DigestRequests(chooser, clerk, Rules(), "UTC", clock))


@pytest.fixture
def clock() -> Clock:
    return Clock(moment("2026-11-25T08:00"))


@pytest.fixture(scope="session")
def empty_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with its tables, in which nothing is."""
    path = tmp_path_factory.mktemp("state") / "state.sqlite3"

    async def make() -> None:
        await (await opened(f"sqlite:///{path}")).claims.close()

    with ThreadPoolExecutor(1) as other:  # no loop runs there
        other.submit(asyncio.run, make()).result()
    return path


@pytest.fixture
def url(tmp_path: Path, empty_state: Path) -> str:
    """The state of a test; to copy it takes a tenth of the time of making its tables."""
    return f"sqlite:///{shutil.copy(empty_state, tmp_path)}"


@pytest.fixture
async def work(bot: Bot, clock: Clock, url: str) -> AsyncIterator[Office]:
    made = await office(bot, url, clock, Board())
    yield made
    await made.keeper.close()
