"""The one way of every question on every platform: arrival → rules → claim → reply → post → done.

    service = Service(bot, rules, claims)
    service.hear(arrival, target)      # returns at once; an adapter acknowledges before or after, as its platform likes
    await service.stop(5)              # no more work is taken; what is under way has five seconds

Replies with the same `Target.lane` (a channel) are posted one after the other, in the order of their arrival; a lane that
waits or fails holds up no other. Each lane's queue is bounded. Logs hold ids and counts only.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from logging import getLogger
from time import monotonic, perf_counter

from bot.access.rules import Rules
from bot.answering import lookup
from bot.chat import commands, wording
from bot.chat.arrival import Again, Arrival
from bot.chat.conversation import Bot, meant
from bot.chat.digest_commands import Wrong
from bot.chat.replies import Notice, Picks, Reply
from bot.chat.requests import Command, Request
from bot.delivery.delivery import Delivering, Outcome
from bot.delivery.target import LookupFailedError, PostError, Target
from bot.digest.requests import DigestRequests
from bot.model import Answer, Question
from bot.runtime.logs import named
from bot.state.claims import Claim, Claims

log = getLogger("analects.service")

MOST_QUEUED = 60
"""Arrivals that wait in one lane."""
MOST_LANES = 2_000
MOST_REMEMBERED = 2_000
"""Conversations of which the last reply's continuation ("more") is known."""


def _unmeasured(what: str, platform: str, seconds: float) -> None:
    del what, platform, seconds


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be answered, and where."""

    arrival: Arrival
    target: Target
    began: float
    over: asyncio.Future[None]


@dataclass(slots=True)
class Service:
    """Answers what arrives."""

    bot: Bot
    rules: Rules
    claims: Claims
    delivering: Delivering = field(default_factory=Delivering)
    desk: DigestRequests | None = None
    """Answers what is asked about digests, and `/highlight random`; without it chance alone picks."""
    clock: Callable[[], float] = monotonic
    counts: Counter[str] = field(default_factory=Counter)
    """answered, nothing_fits, repeated, limited, old, …: since the start."""
    by_platform: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same of questions, with their platform before."""
    took: Callable[[str, str, float], None] = _unmeasured
    """Told how long "answering" or "posting" took on a platform, in seconds."""
    _lanes: dict[str, deque[Work]] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _in_hand: set[str] = field(default_factory=set)
    _next: OrderedDict[str, Request | Notice] = field(default_factory=OrderedDict)
    _stopped: bool = False

    def hear(self, arrival: Arrival, target: Target) -> asyncio.Future[None]:
        """Takes an arrival; what becomes of it is decided and done in the background.

        The future is done when nothing more comes of it, answered or not.
        """
        over = asyncio.get_running_loop().create_future()
        self._count("heard", arrival)
        if self._stopped:
            self._count("stopped", arrival)
            over.set_result(None)
            return over
        if arrival.key in self._in_hand:
            self._count("repeated", arrival)
            over.set_result(None)
            return over
        lane = self._lanes.get(target.lane)
        if (lane is None and len(self._lanes) >= MOST_LANES) or (
            lane is not None and len(lane) >= MOST_QUEUED
        ):
            self._count("overflow", arrival)
            log.warning(
                "too much at once in %(lane)s: %(key)s dropped", {"lane": target.lane, "key": arrival.key}
            )
            over.set_result(None)
            return over
        self._in_hand.add(arrival.key)
        if lane is None:
            lane = self._lanes[target.lane] = deque()
        lane.append(Work(arrival, target, perf_counter(), over))
        if target.lane not in self._tasks:
            task = asyncio.create_task(self._work_off(target.lane), name=f"lane {target.lane}")
            self._tasks[target.lane] = task
        return over

    @property
    def waiting(self) -> int:
        """Arrivals in hand."""
        return len(self._in_hand)

    async def stop(self, grace: float) -> bool:
        """Takes no more, and waits for what is under way. Whether all of it was done in time."""
        self._stopped = True
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        late = [task for task in tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("stopped with %(count)d unanswered", {"count": self.waiting})
        return not late

    async def _work_off(self, name: str) -> None:
        lane = self._lanes[name]
        try:
            while lane:
                work = lane[0]
                try:
                    await self._answer(work)
                except Exception as error:  # whatever it is, the next question is answered
                    self._count("failed", work.arrival)
                    log.error("failed: %(key)s: %(error)s", {"key": work.arrival.key, "error": named(error)})
                finally:
                    lane.popleft()
                    self._in_hand.discard(work.arrival.key)
                    if not work.over.done():
                        work.over.set_result(None)
        finally:
            del self._lanes[name], self._tasks[name]

    async def _answer(self, work: Work) -> None:
        arrival, target = work.arrival, work.target
        objection = await self.rules.object(arrival)
        if objection is not None and objection.reason != "no words":
            self._count(objection.reason, arrival)
            if objection.says is not None:
                if await self._claimed(arrival, target):  # another replica may have heard it too
                    await self._tell(target, objection.says)
                    if arrival.request is None:
                        await self.claims.done(arrival.key, "")
            elif objection.reason in ("old", "limit"):
                log.info(
                    "not answered: %(key)s: %(reason)s", {"key": arrival.key, "reason": objection.reason}
                )
            return
        if self.delivering.rests(target.lane):
            self._count("resting", arrival)
            return
        if not await self._claimed(arrival, target):
            return
        if objection is not None and objection.says is not None:
            reply: Reply = Notice(objection.says)
        else:
            began = perf_counter()
            reply = await self._reply(arrival, self._conversation(arrival))
            self.took("answering", arrival.platform, perf_counter() - began)
        await self._post(work, reply)

    async def _claimed(self, arrival: Arrival, target: Target) -> bool:
        """Whether it is ours to answer. Commands and buttons need no claim: Slack tells them once, to one socket, and Discord lets
        one session acknowledge them, which an adapter does first."""
        if arrival.request is not None:
            return True
        claim = await self.claims.claim(arrival.key)
        if claim is Claim.MINE:
            return True
        self._count("repeated", arrival)
        if claim is not Claim.POSTING:
            return False
        try:
            found = await target.find()
        except LookupFailedError:
            log.info("left as it is, may have been answered: %(key)s", {"key": arrival.key})
            await self.claims.done(arrival.key, "")
            return False
        if found is not None:
            await self.claims.done(arrival.key, found)
        return found is None

    async def _reply(self, arrival: Arrival, conversation: str) -> Reply:
        """Never fails: what goes wrong is a notice. In a thread, so that a long question holds up nobody."""
        try:
            request = arrival.request
            if request is None:
                following = self._next.get(conversation, Notice(wording.NOTHING_BEFORE))
                said = meant(arrival.text, self.bot.quotes, following)
                if isinstance(said, Notice):
                    return said
                request = said
            if isinstance(request, Again):
                return self._again(request)
            if isinstance(request, Question) or (isinstance(request, Command) and request.name != "random"):
                return await asyncio.to_thread(self.bot.reply, request)
            if self.desk is not None:
                return await self.desk.reply(arrival, request)
            if isinstance(request, Command):
                return await asyncio.to_thread(self.bot.reply, request)
            return Notice(request.says if isinstance(request, Wrong) else wording.DIGEST_ELSEWHERE)
        except Exception as error:  # a question that breaks the core is told, and the next one is answered
            self._count("failed", arrival)
            log.error("no reply: %(key)s: %(error)s", {"key": arrival.key, "error": named(error)})
            return Notice(wording.FAILED)

    def _again(self, request: Again) -> Reply:
        quotes = lookup.of_ids(request.ids, self.bot.index)
        return Picks(quotes, Command("random", limit=len(quotes))) if quotes else Notice(wording.STALE)

    async def _post(self, work: Work, reply: Reply) -> None:
        arrival = work.arrival
        claims = self.claims if arrival.request is None else None
        began = perf_counter()
        outcome = await self.delivering.post(work.target, reply, arrival.key, claims)
        ended = perf_counter()
        took_ms = (ended - work.began) * 1000
        if outcome is not Outcome.POSTED:
            self._count(outcome.value, arrival)
            return
        self.took("posting", arrival.platform, ended - began)
        self._count("answered", arrival)
        if isinstance(reply, Answer) and not reply.found:
            self._count("nothing_fits", arrival)
        self._remember(self._conversation(arrival), reply)
        log.info("answered %(key)s in %(took_ms).0f ms", {"key": arrival.key, "took_ms": took_ms})

    def _count(self, what: str, arrival: Arrival) -> None:
        self.counts[what] += 1
        self.by_platform[arrival.platform, what] += 1

    async def _tell(self, target: Target, says: str) -> None:
        try:
            await target.tell(Notice(says))
        except PostError as error:
            log.info(
                "notice not delivered in %(lane)s: %(error)s", {"lane": target.lane, "error": str(error)}
            )

    def _conversation(self, arrival: Arrival) -> str:
        """Where "more" means more of the last reply: a direct message, a thread, a channel's replies."""
        return f"{arrival.place}:{arrival.thread or ''}:{arrival.person if arrival.private else ''}"

    def _remember(self, conversation: str, reply: Reply) -> None:
        if isinstance(reply, Notice):
            return
        self._next.pop(conversation, None)
        self._next[conversation] = commands.more(reply) or Notice(wording.NO_MORE)
        if len(self._next) > MOST_REMEMBERED:
            self._next.popitem(last=False)
