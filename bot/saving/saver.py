"""Decides whether a message may be saved, saves it, and reports the result."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging import getLogger

from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.replies import Notice, Saved
from bot.chat.save_request import MAX_NAME_CHARS, ChatMessage, SaveMessage
from bot.saving.store import Kept, MessageStore, SaveError, TooLongError
from bot.text.sanitize import has_words, one_line, visible
from bot.text.truncate import clipped
from corpus.formats.saved_message import SavedMessage

log = getLogger("analects.saving")

MAX_WAIT_S = 8.0
"""How long the confirmation waits for the notes to be re-read, in seconds. Then it is sent; the message is found a bit later."""


async def _nothing() -> None:
    """Does nothing."""


def _never(words: tuple[str, ...]) -> bool:
    del words
    return False


@dataclass(slots=True)
class Saver:
    """Saves messages. Without a store, saving is off."""

    rules: Rules
    store: MessageStore | None = None
    reload: Callable[[], Awaitable[object]] = _nothing
    """Re-reads or fetches the notes."""
    is_private: Callable[[tuple[str, ...]], bool] = _never
    """Says whether any of these tags keeps a note out of the library."""
    clock: Callable[[], float] = time.time
    counts: Counter[str] = field(default_factory=Counter)
    """message_saved, message_saved_before, message_not_saved."""
    to_readwise: bool = False
    """Whether saved messages go to Readwise, and enter the library only with the next fetch from there."""
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wanted: int = 0
    _done: int = 0

    @property
    def on(self) -> bool:
        """Whether messages are saved."""
        return self.store is not None

    async def objection(self, arrival: Arrival, message: ChatMessage) -> str | None:
        """Why a message is not saved for this person; None if it is. Checked before the form opens, and again when it is
        sent."""
        if self.store is None:
            return wording.SAVING_OFF
        if not await self.rules.may_save(arrival):
            return wording.MAY_NOT_SAVE
        if message.own:
            return wording.SAVED_OWN
        return None if has_words(message.text) else wording.NOTHING_TO_SAVE

    async def reply(self, arrival: Arrival, request: SaveMessage) -> Notice:
        """Saves a message, and says so once the next question can find it."""
        objection = await self.objection(arrival, request.message)
        if objection is not None or self.store is None:
            return Notice(objection or wording.SAVING_OFF)
        message = self._saved(request)
        try:
            kept = await self.store.save(request.message.key, message)
        except TooLongError as error:
            return Notice(
                wording.TOO_LONG_TO_SAVE.format(length=f"{len(message.text):,}", most=f"{error.most:,}")
            )
        except SaveError as error:
            self.counts["message_not_saved"] += 1
            log.error("a message was not saved: %(error)s", {"error": str(error)})
            return Notice(wording.NOT_SAVED)
        self.counts["message_saved_before" if kept is Kept.BEFORE else "message_saved"] += 1
        await self._read_again()
        if kept is Kept.BEFORE:
            return Saved(wording.SAVED_BEFORE)
        if self.is_private(message.tags):
            return Saved(wording.SAVED_PRIVATELY)
        more = (wording.SAVED_WITHOUT_FORM,) if request.formless else ()
        sentence = wording.SAVED_TO_READWISE if self.to_readwise else wording.SAVED_TO_NOTES
        return Saved(" ".join((sentence, *more)))

    def _saved(self, request: SaveMessage) -> SavedMessage:
        given = request.message
        return SavedMessage(
            text="\n".join(line.rstrip() for line in visible(given.text).splitlines()).strip(),
            title=clipped(one_line(given.place), MAX_NAME_CHARS, "…") or wording.SAVED_PLACE_UNKNOWN,
            author=clipped(one_line(given.author), MAX_NAME_CHARS, "…"),
            link=given.link,
            sent=_moment(given.sent_at),
            saved=_moment(self.clock()),
            tags=request.tags,
            remark=request.remark,
        )

    async def _read_again(self) -> None:
        """Waits for a re-read that starts from now on, at most `MAX_WAIT_S`. Callers that wait together share one re-read."""
        self._wanted += 1
        try:
            async with asyncio.timeout(MAX_WAIT_S):
                await asyncio.shield(asyncio.ensure_future(self._read_since(self._wanted)))
        except TimeoutError:
            log.info("re-reading the notes is slow; the saved message will be found later")

    async def _read_since(self, number: int) -> None:
        async with self._reading:
            if self._done < number:
                upto = self._wanted
                await self.reload()
                self._done = upto


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return ""
