"""The single path every question takes, on every platform: arrival → rules → claim → reply → post → done.

    service = Service(bot, rules, claims)
    service.hear(arrival, target)      # returns immediately; an adapter acknowledges before or after, as its platform requires
    await service.stop(5)              # accepts no more; questions being answered have five seconds to finish

Replies with the same `Target.lane` (a channel) are posted one after the other (`bot.lanes`). Arrivals in a queue are already
claimed: if the process is killed, `bot.recovery` answers them later. Logs hold ids and counts only.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from logging import getLogger
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

from cachetools import LRUCache

from bot.access.refusal import Reason, Refusal
from bot.access.rules import Rules
from bot.access.settings_requests import SettingsRequests
from bot.chat import commands, wording
from bot.chat.arrival import Arrival, Asked, FoundPage, QuotesById, QuotesByLink
from bot.chat.conversation import Bot, interpret
from bot.chat.digest_commands import InvalidDigestCommand
from bot.chat.feedback import Feedback
from bot.chat.paging import page_of, quotes_again
from bot.chat.replies import Notice, Reply
from bot.chat.requests import Command, Request
from bot.chat.save_request import SaveMessage
from bot.chat.settings_commands import InvalidSettingsCommand, PostingCommand, SettingsCommand
from bot.chat.small_talk import refers
from bot.delivery.delivery import Delivery, Outcome
from bot.delivery.target import LookupFailedError, PostError, Target
from bot.digest.requests import DigestRequests
from bot.feedback import FeedbackRequests, asks_in_own_words
from bot.lanes import Handle, Lanes, Queued, already_finished
from bot.model import Answer, Question, Quote
from bot.pictures.reply import picture_of
from bot.runtime.logs import describe_error
from bot.saving.saver import Saver
from bot.state.claims import LEASE_S, Claim, Claims
from bot.state.found_lists import FoundLists, MemoryFoundLists

log = getLogger("analects.service")

LEASE_MARGIN_S = 5.0
"""Safety margin, in seconds, on both sides of a lease's end."""
MAX_DONE = 10_000
ANSWER_TIMEOUT_S = 10.0
"""Time limit for answering one question, in seconds. After it the asker gets a notice, and the next question is answered."""
MAX_CONVERSATIONS = 2_000
"""Conversations in which "more" is understood: the most recent ones."""
_LOGGED_REASONS = (Reason.OLD, Reason.LIMIT)

P = ParamSpec("P")
T = TypeVar("T")

Observer = Callable[[str, str, float], None]
"""Called with "answering" or "posting", the platform, and how long it took in seconds."""


def no_observer(what: str, platform: str, seconds: float) -> None:
    """Measures nothing."""
    del what, platform, seconds


@dataclass(frozen=True, slots=True)
class _Checked:
    """Whether to answer an arrival."""

    refusal: Refusal | None
    ours: bool
    """Whether this process has the claim, or none is needed."""
    at: float
    """When it was claimed, in seconds by `perf_counter`."""


@dataclass(frozen=True, slots=True)
class _Queued:
    """An arrival in its lane, and what answering it needs."""

    arrival: Arrival
    target: Target
    began: float
    checking: asyncio.Task[_Checked]
    language: str
    """The reader's language, set by the adapter before it called `hear` (`bot.chat.wording.reader`)."""


@dataclass(slots=True)
class Service:
    """Answers what arrives."""

    bot: Bot
    rules: Rules
    claims: Claims
    delivery: Delivery = field(default_factory=Delivery)
    digest_requests: DigestRequests | None = None
    """Answers requests about digests, and `/highlight random`; without it, random picks repeat themselves."""
    feedback: FeedbackRequests | None = None
    """Records votes and unanswered questions; without it, answers have no buttons for that."""
    found_lists: FoundLists = field(default_factory=MemoryFoundLists)
    """Results of questions that cannot be read again, for their next pages."""
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
    """Keys of answered arrivals: if one is delivered again, it does not count towards the limits a second time."""
    _checking: set[asyncio.Task[_Checked]] = field(default_factory=set)
    _on_more: LRUCache[str, Request | Notice] = field(default_factory=lambda: LRUCache(MAX_CONVERSATIONS))
    """By conversation, what "more" means in it."""
    _telling: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: bool = False

    def __post_init__(self) -> None:
        self._lanes = Lanes(self._work_on)

    def hear(self, arrival: Arrival, target: Target) -> Handle:
        """Accepts an arrival, and answers or refuses it in the background."""
        self._count("heard", arrival)
        dropped = self._dropped(arrival, target.lane)
        if dropped is not None:
            self._count(dropped, arrival)
            if dropped == "overflow" and not arrival.bot and not arrival.unaddressed:
                telling = asyncio.create_task(self._tell_busy(arrival, target), name=f"busy {target.lane}")
                self._telling.add(telling)
                telling.add_done_callback(self._telling.discard)
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
        """Arrivals that are queued or being answered."""
        return self._lanes.waiting

    def has_in_hand(self, key: str) -> bool:
        """Whether this arrival is queued or being answered here."""
        return self._lanes.handle_of(key) is not None

    async def stop(self, grace: float) -> bool:
        """Accepts no more arrivals and waits for those in progress. Returns whether all were finished within `grace` seconds."""
        self._stopped = True
        tasks = self._lanes.tasks
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        late: list[asyncio.Task[Any]] = [
            task for task in (*tasks, *self._telling, *self._checking) if not task.done()
        ]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            log.warning("stopped with %(count)d unanswered", {"count": self.waiting})
        return not late

    def _dropped(self, arrival: Arrival, lane: str) -> str | None:
        """Why an arrival is not queued; None if it is."""
        if self._stopped:
            return "stopped"
        if self.has_in_hand(arrival.key) or arrival.key in self._done:
            return "repeated"
        if not self._lanes.is_full(lane):
            return None
        log.warning("too many questions at once in %(lane)s: some are dropped", {"lane": lane})
        return "overflow"

    async def _work_on(self, queued: _Queued) -> None:
        """Answers one arrival in its asker's language. Whatever goes wrong, the next one is answered."""
        try:
            with wording.in_language(queued.language):  # one task answers everyone in this lane
                await self._answer(queued)
        except Exception as error:
            self._count("failed", queued.arrival)
            log.error(
                "question %(key)s failed: %(error)s",
                {"key": queued.arrival.key, "error": describe_error(error)},
            )

    async def _check(self, arrival: Arrival, target: Target, handle: Handle) -> _Checked:
        """Checks the rules and claims the arrival, before its turn in its lane comes."""
        refusal = await self.rules.check(arrival)
        ours = False
        if refusal is None or refusal.reason is Reason.NO_WORDS:
            if self.delivery.is_paused(target.lane):
                self._count("resting", arrival)
            else:
                ours = await self._claim(arrival, target)
        if ours and not handle.claimed.done():
            handle.claimed.set_result(None)
        return _Checked(refusal, ours, perf_counter())

    async def _answer(self, queued: _Queued) -> None:
        arrival, target = queued.arrival, queued.target
        checked = await queued.checking
        refusal = checked.refusal
        if refusal is not None and refusal.reason is not Reason.NO_WORDS:
            await self._refuse(arrival, target, refusal)
            return
        if not checked.ours or not await self._still_ours(queued, checked):
            return
        if self.delivery.is_paused(target.lane):
            self._count("resting", arrival)
            if arrival.claimed:
                await self.claims.complete(arrival.key, "")
            return
        if refusal is not None and refusal.message is not None:
            reply: Reply = Notice(refusal.message)
        else:
            began = perf_counter()
            reply = self._with_feedback(await self._reply(arrival, self._conversation(arrival)), arrival)
            self.observe("answering", arrival.platform, perf_counter() - began)
        await self._post(queued, reply)

    async def _still_ours(self, queued: _Queued, checked: _Checked) -> bool:
        """Whether an arrival that waited in its lane is still ours. It is claimed again if its lease may have ended."""
        left_s = checked.at + LEASE_S - LEASE_MARGIN_S - perf_counter()
        if not queued.arrival.claimed:
            return True
        if left_s > 0:
            return True
        await asyncio.sleep(max(0.0, left_s + 2 * LEASE_MARGIN_S))
        return await self._claim(queued.arrival, queued.target)

    async def _tell_busy(self, arrival: Arrival, target: Target) -> None:
        """Says once a minute that the queue is full, but only to people who may ask here."""
        notices = self.rules.person  # one notice a minute, of the limit or of the queue
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
                if arrival.claimed:
                    await self.claims.complete(arrival.key, "")
                    self._done[arrival.key] = True
        elif refusal.reason in _LOGGED_REASONS:
            log.info(
                "not answered: %(key)s: %(reason)s", {"key": arrival.key, "reason": refusal.reason.value}
            )

    async def _claim(self, arrival: Arrival, target: Target) -> bool:
        """Whether this process may answer it. Commands and most buttons need no claim: Slack delivers them once, to one socket,
        and Discord lets only one session acknowledge them, which the adapter does first."""
        if not arrival.claimed:
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

    async def _reply(self, arrival: Arrival, conversation: str) -> Reply:
        """The reply. A question that raises an error is logged and gets a notice; the next one is answered."""
        try:
            request = self._asked_for(arrival, conversation)
            return request if isinstance(request, Notice) else await self._reply_to(arrival, request)
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

    def _asked_for(self, arrival: Arrival, conversation: str) -> Asked | Notice:
        """The request of a command or a button, else what the text means."""
        if arrival.request is not None:
            return arrival.request
        if refers(arrival.text) and not arrival.context and not arrival.direct:
            return Notice(wording.NAME_IT)
        on_more = self._on_more.get(conversation, Notice(wording.NOTHING_BEFORE))
        return interpret(_asked(arrival), self.bot.quotes, on_more)

    async def _reply_to(self, arrival: Arrival, request: Asked) -> Reply:
        """The reply to a request. Answers are computed in a thread, so that a long one delays nobody."""
        if isinstance(request, QuotesById | QuotesByLink | FoundPage | Feedback):
            return await self._of_button(arrival, request)
        if self.feedback is not None and isinstance(request, Command) and request.name == "gaps":
            return await self.feedback.gaps(arrival)
        if isinstance(request, Command) and request.name == "picture":
            return await self._computed(picture_of, request.argument, self.draw, self.bot.index)
        if isinstance(request, SaveMessage):
            return await self.saver.reply(arrival, request) if self.saver else Notice(wording.SAVING_OFF)
        if isinstance(request, SettingsCommand | InvalidSettingsCommand | PostingCommand):
            return await SettingsRequests(self.rules).reply(arrival, request)
        if isinstance(request, Question) or (isinstance(request, Command) and request.name != "random"):
            return await self._computed(self.bot.reply, request)
        if self.digest_requests is not None:
            return await self.digest_requests.reply(arrival, request)
        if isinstance(request, Command):
            return await self._computed(self.bot.reply, request)
        if isinstance(request, InvalidDigestCommand):
            return Notice(request.message)
        return Notice(wording.DIGEST_ELSEWHERE)

    async def _computed(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """Runs `work` in a thread and returns its result. Raises TimeoutError if that takes too long; a later result is
        dropped."""
        async with asyncio.timeout(self.answer_timeout_s):
            return await asyncio.to_thread(work, *args, **given)

    def _with_feedback(self, reply: Reply, arrival: Arrival) -> Reply:
        """The reply; an answer gets the key that feedback refers to."""
        if self.feedback is None or not isinstance(reply, Answer) or reply.offset:
            return reply
        own = asks_in_own_words(arrival) and reply.question != arrival.context
        return replace(reply, key=arrival.key, own_words=own)

    async def _of_button(
        self, arrival: Arrival, request: QuotesById | QuotesByLink | FoundPage | Feedback
    ) -> Reply:
        if isinstance(request, QuotesById | QuotesByLink):
            return await self._computed(quotes_again, request, self.bot.index)
        if isinstance(request, FoundPage):
            return await self._found_page(request)
        if self.feedback is None:
            return Notice(wording.FEEDBACK_NOT_NOTED)
        return await self.feedback.vote(arrival, request)

    async def _found_page(self, request: FoundPage) -> Reply:
        found = await self.found_lists.load_found(request.key)
        if found is None:
            return Notice(wording.PAGES_GONE)
        return await self._computed(page_of, found, self.bot, request.offset, request.limit)

    async def _post(self, queued: _Queued, reply: Reply) -> None:
        arrival = queued.arrival
        claims = self.claims if arrival.claimed else None
        began = perf_counter()
        outcome = await self.delivery.post(queued.target, reply, arrival.key, claims)
        ended = perf_counter()
        if arrival.claimed:
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
        self._remember(self._conversation(arrival), reply)
        took_ms = (ended - queued.began) * 1000
        log.info("answered %(key)s in %(took_ms).0f ms", {"key": arrival.key, "took_ms": took_ms})

    def _count(self, what: str, arrival: Arrival) -> None:
        self.counts[what] += 1
        self.by_platform[arrival.platform, what] += 1

    async def _tell(self, target: Target, message: str) -> bool:
        """Shows a notice to the asker; whether it was delivered."""
        try:
            await target.tell(Notice(message))
        except PostError as error:
            log.info(
                "notice not delivered in %(lane)s: %(error)s", {"lane": target.lane, "error": str(error)}
            )
            return False
        return True

    def _conversation(self, arrival: Arrival) -> str:
        """The conversation in which "more" continues the last reply: a direct message, a thread, a channel, or one person's
        private replies."""
        place = arrival.conversation or arrival.place
        return f"{place}:{arrival.thread or ''}:{arrival.person if arrival.private else ''}"

    def _remember(self, conversation: str, reply: Reply) -> None:
        if not isinstance(reply, Notice):
            self._on_more[conversation] = commands.next_page(reply) or Notice(wording.NO_MORE)


def _asked(arrival: Arrival) -> str:
    """The text to search for: the message, or, as in "anything on this?", the text it refers to."""
    return arrival.context if arrival.context and refers(arrival.text) else arrival.text
