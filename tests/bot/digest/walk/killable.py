"""A bot process that can be killed between any two steps, and a record of everything it posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.chat.replies import Digest, Notice, Reply
from bot.delivery.target import Target
from bot.state.digest_store import DigestStore


class Killed(BaseException):
    """Raised to end the process."""


@dataclass
class Fate:
    """Decides when a process is killed. From then on, every step of that process raises `Killed`."""

    after: str | None = None
    dead: bool = False

    def reach(self, step: str) -> None:
        self.dead |= step == self.after
        if self.dead:
            raise Killed


@dataclass
class Ledger:
    """Records the ids of the messages posted for each key, and the digests that were skipped.

    Posts that are made at the same moment count in the order in which their processes recorded that they begin, because each
    process chooses by what the others have recorded. Two requests may overtake each other on their way to the platform.
    """

    posted: Callable[[str, list[str]], None]
    """Called with the key of each new post and the ids of its highlights, when `settle` is called."""
    messages: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    skipped: set[str] = field(default_factory=set)
    """Keys of the skipped digests, as the store recorded them. A counter in memory would be lost with its process."""

    _begun: dict[str, int] = field(default_factory=dict)
    """By key of a post: how many posts had begun before, counting each try."""
    _new: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """Posts since the last `settle`: when they began, key, ids of highlights."""
    _tries: int = 0

    def begin(self, key: str) -> None:
        """Records that a process is about to post."""
        self._tries += 1
        self._begun[key] = self._tries

    def record(self, key: str, message: str, reply: Reply) -> None:
        if message not in self.messages[key] and isinstance(reply, Digest):
            self._new.append((self._begun[key], key, [quote.highlight.id for quote in reply.quotes]))
        self.messages[key].add(message)

    def settle(self) -> None:
        """Passes on the new posts, in order."""
        new, self._new = sorted(self._new), []
        for _, key, ids in new:
            self.posted(key, ids)


@dataclass(frozen=True)
class KillableStore:
    """The digest store of a process that may be killed."""

    inner: DigestStore
    fate: Fate
    ledger: Ledger

    def __getattr__(self, name: str) -> object:
        method = getattr(self.inner, name)

        async def call(*given: object) -> object:
            self.fate.reach("post" if name == "complete" else "")
            answer = await method(*given)
            if name == "renew" and isinstance(answer, float):
                self.ledger.begin(str(given[0]))
            if name == "complete" and given[-1] is None:
                self.ledger.skipped.add(str(given[0]))
            self.fate.reach(name)
            return answer

        return call


Place = Callable[[str, str, float, str], Target]
"""`Platform.proactive_target`."""


@dataclass(frozen=True)
class RecordingTarget:
    """Wraps a platform's target and records its posts."""

    inner: Target
    key: str
    ledger: Ledger
    fate: Fate

    @property
    def lane(self) -> str:
        return self.inner.lane

    async def post(self, reply: Reply) -> str:
        self.fate.reach("")
        message = await self.inner.post(reply)
        self.ledger.record(self.key, message, reply)
        return message

    async def find(self) -> str | None:
        return await self.inner.find()

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, so there is nobody to tell."""


@dataclass(frozen=True)
class KillableDestinations:
    """Implements `Destinations` for a process that may be killed."""

    places: Mapping[str, Place]
    fate: Fate
    ledger: Ledger

    def is_up(self, platform: str) -> bool:
        return platform in self.places

    def target(self, place: str, key: str, since: float, person: str) -> Target:
        platform, _, channel = place.partition(":")
        inner = self.places[platform](channel, key, since, person)
        return RecordingTarget(inner, key, self.ledger, self.fate)
