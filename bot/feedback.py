"""Votes on answers, and the questions that found nothing or the wrong thing (`KEEP_UNANSWERED`).

Whoever runs the bot reads these questions by `/highlight gaps` and `analects gaps`. Only what a person asked in their own words is
kept: not the words of somebody else's message that they asked about.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import getLogger

from cachetools import LRUCache

from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.feedback import Feedback
from bot.chat.replies import Notice, Reply
from bot.chat.requests import Command
from bot.model import Answer
from bot.state.claims import StateError
from bot.state.feedback_store import FeedbackStore

log = getLogger("analects.service")

MAX_QUESTIONS = 2_000
"""Questions of the latest answers, in memory, for answers whose buttons have no room for the question."""


@dataclass(slots=True)
class FeedbackRequests:
    """Records feedback, and lists what was asked in vain."""

    store: FeedbackStore
    rules: Rules
    keep_days: int | None = None
    """`KEEP_UNANSWERED`; None: no question is kept."""
    clock: Callable[[], float] = time.time
    votes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """The current votes by platform and verdict, as last read."""
    _questions: LRUCache[str, str] = field(default_factory=lambda: LRUCache(MAX_QUESTIONS))

    async def vote(self, arrival: Arrival, feedback: Feedback) -> Reply:
        """Records a vote, and says that it was recorded."""
        try:
            await self.store.vote(feedback.answer, arrival.asker, feedback.verdict)
            if feedback.verdict == "wrong" and self.keep_days is not None:
                question = feedback.question or self._questions.get(feedback.answer, "")
                await self.store.keep(feedback.answer, question, "wrong")
            self.votes = await self.store.votes()
        except StateError:
            return Notice(wording.FEEDBACK_NOT_NOTED)
        return Notice(
            wording.FEEDBACK_NOTED if feedback.verdict == "helpful" else wording.FEEDBACK_WRONG_NOTED
        )

    async def gaps(self, arrival: Arrival) -> Reply:
        """The kept questions, for whoever runs the bot and nobody else."""
        if not await self.rules.runs_the_bot(arrival):
            return Notice(wording.GAPS_NOT_FOR_YOU)
        if not arrival.private and not arrival.direct:
            return Notice(wording.GAPS_PRIVATELY)
        if self.keep_days is None:
            return Notice(wording.GAPS_OFF)
        try:
            return Notice(wording.gaps(await self.store.gaps(), self.keep_days, self.clock()))
        except StateError:
            return Notice(wording.FEEDBACK_NOT_NOTED)

    async def answered(self, answer: Answer, key: str) -> None:
        """Keeps the question of an answer that was posted, if nothing fits and it is to be kept."""
        if self.keep_days is None or answer.offset or not answer.own_words:
            return
        if answer.found:
            self._questions[key] = answer.question
            return
        try:
            await self.store.keep(key, answer.question, "nothing")
        except StateError as error:
            log.info("a question was not kept: %(reason)s", {"reason": str(error)})

    async def refresh(self) -> None:
        """Reads the votes."""
        try:
            self.votes = await self.store.votes()
        except StateError as error:
            log.info("the votes were not read: %(reason)s", {"reason": str(error)})


def asks_in_own_words(arrival: Arrival) -> bool:
    """Whether the question is what the person typed themselves: a message, or `/highlight search`."""
    request = arrival.request
    return request is None or (isinstance(request, Command) and request.name == "search")
