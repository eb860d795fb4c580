"""The path of every question, on every platform: arrival → rules → claim → reply → post → done.

    service = Service(bot, rules, claims)
    service.hear(arrival, target)      # returns immediately; an adapter acknowledges before or after, as its platform requires
    await service.stop(5)              # accepts no more; running questions have five seconds to finish

Replies with the same `Target.lane` (a channel) are posted one after the other (`bot.lanes`). Arrivals in a queue are already
claimed: if the process is killed, `bot.recovery` answers them later. Logs hold ids and counts only.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from logging import getLogger
from time import perf_counter
from typing import Any

from cachetools import LRUCache

from bot.access.refusal import Reason, Refusal
from bot.access.rules import Rules
from bot.answering.lookup import as_shown
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Reply, Sources
from bot.conversations import Conversations
from bot.delivery.delivery import Delivery, Outcome
from bot.delivery.target import LookupFailedError, PostError, Target
from bot.digest.requests import DigestRequests
from bot.dispatch import dispatch
from bot.feedback import FeedbackRequests, asks_in_own_words
from bot.lanes import Handle, Lanes, Queued, already_finished
from bot.model import Answer, Quote
from bot.runtime.logs import describe_error
from bot.saving.saver import Saver
from bot.state.claims import LEASE_S, Claim, Claims
from bot.state.found_lists import FoundLists, MemoryFoundLists

log = getLogger("analects.service")

LEASE_MARGIN_S = 5.0
"""Safety margin, in seconds, on both sides of a lease's end."""
MAX_DONE = 10_000
MAX_REPLIES = 3
"""So many replies are made for one question if what they show leaves the library while they wait to be posted."""
"""Answered arrivals that are remembered, to recognise those that are delivered again."""

ANSWER_TIMEOUT_S = 10.0
"""Time limit for answering one question, in seconds. After it the asker gets a notice, and the next question is answered."""
_LOGGED_REASONS = (Reason.OLD, Reason.LIMIT)

Observer = Callable[[str, str, float], None]
"""Called with a step ("answering" or "posting"), the platform, and how long the step took in seconds."""


def no_observer(step: str, platform: str, seconds: float) -> None:
    """The default observer: records nothing."""
    del step, platform, seconds


@dataclass(frozen=True, slots=True)
class _Checked:
    """The result of checking an arrival: whether to answer it."""

    refusal: Refusal | None
    may_answer: bool
    """Whether this process has the claim, or needs none."""
    at: float
    """When the check ended, in seconds by `perf_counter`. The lease began at most a moment earlier."""


@dataclass(frozen=True, slots=True)
class _Queued:
    """An arrival in its lane, with everything that is needed to answer it."""

    arrival: Arrival
    target: Target
    began: float
    checking: asyncio.Task[_Checked]
    language: str
    """The reader's language, set by the adapter before it called `hear` (`bot.chat.wording.reader`)."""


@dataclass(slots=True)
class Service:
    """Answers questions, commands and buttons as they arrive."""

    bot: Bot
    rules: Rules
    claims: Claims
    delivery: Delivery = field(default_factory=Delivery)
    digest_requests: DigestRequests | None = None
    """Answers requests about digests, and `/highlight random`; without it, random picks repeat themselves."""
    feedback: FeedbackRequests | None = None
    """Records votes and unanswered questions; without it, answers have no buttons for that."""
    found_lists: FoundLists = field(default_factory=MemoryFoundLists)
    """Results of questions whose text cannot be read again, for their next pages."""
    saver: Saver | None = None
    """Saves messages as highlights."""
    draw: Callable[[Quote], bytes] | None = None
    """Draws a quote as a PNG; None if pictures are off. It raises PictureError."""
    answer_timeout_s: float = ANSWER_TIMEOUT_S
    observe: Observer = no_observer
    counts: Counter[str] = field(default_factory=Counter)
    """Counts since the start: heard, answered, nothing_fits, repeated, each `Reason`, each `Outcome`, …"""
    by_platform: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same counts for each platform."""
    _lanes: Lanes[_Queued] = field(init=False)
    _done: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(MAX_DONE))
    """Keys of answered arrivals. If one is delivered again, it does not count towards the limits a second time."""
    _checking: set[asyncio.Task[_Checked]] = field(default_factory=set)
    _conversations: Conversations = field(default_factory=Conversations)
    _notice_tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: bool = False

    def __post_init__(self) -> None:
        self._lanes = Lanes(self._answer_safely)

    def hear(self, arrival: Arrival, target: Target) -> Handle:
        """Accepts an arrival, and answers or refuses it in the background."""
        self._count("heard", arrival)
        dropped = self._dropped(arrival, target.lane)
        if dropped is not None:
            self._count(dropped, arrival)
            if dropped == "overflow" and not arrival.bot and not arrival.unaddressed:
                notice_task = asyncio.create_task(
                    self._tell_busy(arrival, target), name=f"busy {target.lane}"
                )
                self._notice_tasks.add(notice_task)
                notice_task.add_done_callback(self._notice_tasks.discard)
            return self._lanes.handle_of(arrival.key) or already_finished()
        loop = asyncio.get_running_loop()
        handle = Handle(loop.create_future(), loop.create_future())
        checking = asyncio.create_task(self._check(arrival, target, handle), name=f"check {target.lane}")
        self._checking.add(checking)
        checking.add_done_callback(self._checking.discard)
        work = _Queued(arrival, target, perf_counter(), checking, wording.language())
        self._lanes.add(Queued(arrival.key, target.lane, handle, work))
        return handle

    @property
    def waiting(self) -> int:
        """Number of arrivals that are queued or being answered."""
        return self._lanes.waiting

    def has_in_hand(self, key: str) -> bool:
        """Whether this process has queued this arrival or is answering it."""
        return self._lanes.handle_of(key) is not None

    async def stop(self, grace: float) -> bool:
        """Accepts no more arrivals and waits for those in progress. Returns whether all were finished within `grace` seconds."""
        self._stopped = True
        tasks = self._lanes.tasks
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        late: list[asyncio.Task[Any]] = [
            task for task in (*tasks, *self._notice_tasks, *self._checking) if not task.done()
        ]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("stopped with %(count)d unanswered", {"count": self.waiting})
        return not late

    def _dropped(self, arrival: Arrival, lane: str) -> str | None:
        """Returns why an arrival is not queued, or None if it is queued."""
        if self._stopped:
            return "stopped"
        if self.has_in_hand(arrival.key) or arrival.key in self._done:
            return "repeated"
        if not self._lanes.is_full(lane):
            return None
        log.warning("too many questions at once in %(lane)s: some are dropped", {"lane": lane})
        return "overflow"

    async def _answer_safely(self, queued: _Queued) -> None:
        """Answers one arrival in its asker's language. An error is logged, so that the next arrival is still answered."""
        try:
            # One task answers everyone in a lane, so the language is set for each arrival.
            with wording.in_language(queued.language):
                await self._answer(queued)
        except Exception as error:
            self._count("failed", queued.arrival)
            log.error(
                "question %(key)s failed: %(error)s",
                {"key": queued.arrival.key, "error": describe_error(error)},
            )

    async def _check(self, arrival: Arrival, target: Target, handle: Handle) -> _Checked:
        """Checks the rules and claims the arrival, while it still waits in its lane."""
        refusal = await self.rules.check(arrival)
        may_answer = False
        if refusal is None or refusal.reason is Reason.NO_WORDS:
            if self.delivery.is_paused(target.lane):
                self._count("resting", arrival)
            else:
                may_answer = await self._claim(arrival, target)
        if may_answer and not handle.claimed.done():
            handle.claimed.set_result(None)
        return _Checked(refusal, may_answer, perf_counter())

    async def _answer(self, queued: _Queued) -> None:
        arrival, target = queued.arrival, queued.target
        checked = await queued.checking
        refusal = checked.refusal
        if refusal is not None and refusal.reason is not Reason.NO_WORDS:
            await self._refuse(arrival, target, refusal)
            return
        if not checked.may_answer or not await self._still_claimed(queued, checked):
            return
        if self.delivery.is_paused(target.lane):
            self._count("resting", arrival)
            if arrival.needs_claim:
                await self.claims.complete(arrival.key, "")
            return
        if refusal is not None and refusal.message is not None:
            reply: Reply = Notice(refusal.message)
        else:
            began = perf_counter()
            reply = self._with_feedback(await self._reply(arrival), arrival)
            self.observe("answering", arrival.platform, perf_counter() - began)
        await self._post(queued, reply)

    async def _still_claimed(self, queued: _Queued, checked: _Checked) -> bool:
        """Whether this process still has the claim after the arrival waited in its lane. If the lease may have ended, claims it
        again."""
        left_s = checked.at + LEASE_S - LEASE_MARGIN_S - perf_counter()
        if not queued.arrival.needs_claim:
            return True
        if left_s > 0:
            return True
        await asyncio.sleep(max(0.0, left_s + 2 * LEASE_MARGIN_S))
        return await self._claim(queued.arrival, queued.target)

    async def _tell_busy(self, arrival: Arrival, target: Target) -> None:
        """Says once a minute that the queue is full, but only to people who may ask here."""
        notices = self.rules.person  # notices about the limit and about the queue share one count
        if not notices.may_notify(arrival.asker):
            return
        allowed = await self.rules.only_where_allowed(arrival) is None
        if not allowed or not await self._tell(target, wording.BUSY):
            notices.forget_notice(arrival.asker)

    async def _refuse(self, arrival: Arrival, target: Target, refusal: Refusal) -> None:
        self._count(refusal.reason.value, arrival)
        if refusal.message is not None:
            if await self._claim(arrival, target):  # another replica may have received it too
                if not await self._tell(target, refusal.message):
                    refusal.on_undelivered()
                if arrival.needs_claim:
                    await self.claims.complete(arrival.key, "")
                    self._done[arrival.key] = True
        elif refusal.reason in _LOGGED_REASONS:
            log.info(
                "not answered: %(key)s: %(reason)s", {"key": arrival.key, "reason": refusal.reason.value}
            )

    async def _claim(self, arrival: Arrival, target: Target) -> bool:
        """Claims an arrival. Returns whether this process may answer it.

        Commands and most buttons need no claim: Slack delivers them once, to one socket, and Discord lets only one session
        acknowledge them, which the adapter does first.
        """
        if not arrival.needs_claim:
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
            log.info("outcome unknown, not retried: %(key)s", {"key": arrival.key})
            await self.claims.complete(arrival.key, "")
            return False
        if found is not None:
            await self.claims.complete(arrival.key, found)
        return found is None

    async def _reply(self, arrival: Arrival) -> Reply:
        """Returns the reply. If that raises an error, the error is logged, and the asker gets a notice."""
        try:
            request = self._conversations.request_of(arrival, self.bot.quotes)
            return request if isinstance(request, Notice) else await dispatch(self, arrival, request)
        except TimeoutError:
            self._count("timeout", arrival)
            log.warning(
                "question %(key)s timed out after %(wait_s).0f s",
                {"key": arrival.key, "wait_s": self.answer_timeout_s},
            )
            return Notice(wording.QUESTION_CUT_OFF)
        except Exception as error:
            self._count("failed", arrival)
            log.error("no reply to %(key)s: %(error)s", {"key": arrival.key, "error": describe_error(error)})
            return Notice(wording.QUESTION_FAILED)

    def _with_feedback(self, reply: Reply, arrival: Arrival) -> Reply:
        """Returns the reply. If it is an answer, it gets the key that feedback buttons refer to."""
        if self.feedback is None or not isinstance(reply, Answer) or reply.offset:
            return reply
        own_words = asks_in_own_words(arrival) and reply.question != arrival.context
        return replace(reply, key=arrival.key, own_words=own_words)

    async def _post(self, queued: _Queued, reply: Reply) -> None:
        arrival = queued.arrival
        claims = self.claims if arrival.needs_claim else None
        began = perf_counter()
        for _ in range(MAX_REPLIES):
            is_current = partial(self._is_current, reply)
            outcome = await self.delivery.post(queued.target, reply, arrival.key, claims, is_current)
            if outcome is not Outcome.OUTDATED:
                break
            reply = self._with_feedback(await self._reply(arrival), arrival)
        ended = perf_counter()
        if arrival.needs_claim:
            self._done[arrival.key] = True
        if outcome is not Outcome.POSTED:
            self._count(outcome.value, arrival)
            return
        self.observe("posting", arrival.platform, ended - began)
        self._count("answered", arrival)
        if isinstance(reply, Answer) and not reply.found:
            self._count("nothing_fits", arrival)
        if isinstance(reply, Answer) and self.feedback is not None:
            await self.feedback.answered(reply, arrival.key)
        self._conversations.remember(arrival, reply)
        took_ms = (ended - queued.began) * 1000
        log.info("answered %(key)s in %(took_ms).0f ms", {"key": arrival.key, "took_ms": took_ms})

    def _is_current(self, reply: Reply) -> bool:
        """Whether everything that a reply shows is still in the library."""
        if isinstance(reply, Sources):
            return {counted.source for counted in reply.page.sources} <= set(self.bot.index.sources)
        return isinstance(reply, Notice) or as_shown(reply.quotes, self.bot.index)

    def _count(self, event: str, arrival: Arrival) -> None:
        self.counts[event] += 1
        self.by_platform[arrival.platform, event] += 1

    async def _tell(self, target: Target, message: str) -> bool:
        """Shows a notice to the asker. Returns whether it was delivered."""
        try:
            await target.tell(Notice(message))
        except PostError as error:
            log.info(
                "notice not delivered in %(lane)s: %(error)s", {"lane": target.lane, "error": str(error)}
            )
            return False
        return True
