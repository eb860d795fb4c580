"""Hands each request to the part of the bot that answers it."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from bot.access.rules import Rules
from bot.access.settings_requests import SettingsRequests
from bot.chat import wording
from bot.chat.arrival import Arrival, Asked, FoundPage, QuotesById, QuotesByLink
from bot.chat.conversation import Bot
from bot.chat.digest_commands import InvalidDigestCommand
from bot.chat.feedback import Feedback
from bot.chat.paging import page_of, quotes_again
from bot.chat.replies import Notice, Reply
from bot.chat.requests import Command
from bot.chat.save_request import SaveMessage
from bot.chat.settings_commands import InvalidSettingsCommand, PostingCommand, SettingsCommand
from bot.digest.requests import DigestRequests
from bot.feedback import FeedbackRequests
from bot.model import Question, Quote
from bot.pictures.reply import picture_of
from bot.saving.saver import Saver
from bot.state.found_lists import FoundLists

P = ParamSpec("P")
T = TypeVar("T")


class Parts(Protocol):
    """The parts of the bot that answer requests. `bot.service.Service` has them."""

    @property
    def bot(self) -> Bot: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def digest_requests(self) -> DigestRequests | None: ...
    @property
    def feedback(self) -> FeedbackRequests | None: ...
    @property
    def found_lists(self) -> FoundLists: ...
    @property
    def saver(self) -> Saver | None: ...
    @property
    def draw(self) -> Callable[[Quote], bytes] | None: ...
    @property
    def answer_timeout_s(self) -> float: ...


async def dispatch(parts: Parts, arrival: Arrival, request: Asked) -> Reply:
    """Returns the reply to a request. Raises TimeoutError if computing it takes longer than `answer_timeout_s`."""
    if isinstance(request, QuotesById | QuotesByLink | FoundPage | Feedback):
        return await _dispatch_button(parts, arrival, request)
    if parts.feedback is not None and isinstance(request, Command) and request.name == "gaps":
        return await parts.feedback.gaps(arrival)
    if isinstance(request, Command) and request.name == "picture":
        return await _in_thread(parts, picture_of, request.argument, parts.draw, parts.bot.index)
    if isinstance(request, SaveMessage):
        return await parts.saver.reply(arrival, request) if parts.saver else Notice(wording.SAVING_OFF)
    if isinstance(request, SettingsCommand | InvalidSettingsCommand | PostingCommand):
        return await SettingsRequests(parts.rules).reply(arrival, request)
    if isinstance(request, Question) or (isinstance(request, Command) and request.name != "random"):
        return await _in_thread(parts, parts.bot.reply, request)
    if parts.digest_requests is not None:
        return await parts.digest_requests.reply(arrival, request)
    if isinstance(request, Command):
        return await _in_thread(parts, parts.bot.reply, request)
    if isinstance(request, InvalidDigestCommand):
        return Notice(request.message)
    return Notice(wording.DIGEST_ELSEWHERE)


async def _dispatch_button(
    parts: Parts, arrival: Arrival, request: QuotesById | QuotesByLink | FoundPage | Feedback
) -> Reply:
    if isinstance(request, QuotesById | QuotesByLink):
        return await _in_thread(parts, quotes_again, request, parts.bot.index)
    if isinstance(request, FoundPage):
        return await _found_page(parts, request)
    if parts.feedback is None:
        return Notice(wording.FEEDBACK_NOT_NOTED)
    return await parts.feedback.vote(arrival, request)


async def _found_page(parts: Parts, request: FoundPage) -> Reply:
    found = await parts.found_lists.load_found(request.key)
    if found is None:
        return Notice(wording.PAGES_GONE)
    return await _in_thread(parts, page_of, found, parts.bot, request.offset, request.limit)


async def _in_thread(parts: Parts, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `work` in a thread, so that a long answer delays nobody else. Raises TimeoutError if it takes too long; its result is
    then dropped."""
    async with asyncio.timeout(parts.answer_timeout_s):
        return await asyncio.to_thread(work, *args, **kwargs)
