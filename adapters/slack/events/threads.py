"""Reads threads, if Slack allows it: whether the bot has answered there, and what the thread is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from logging import getLogger
from time import monotonic

from cachetools import TTLCache

from adapters.slack import plain_text
from adapters.slack.arrivals import Identity, get_string
from adapters.slack.web_api import Api
from bot.delivery.target import PostError
from bot.text.sanitize import has_words

log = getLogger("analects.slack")

ANSWERED_TTL_S = 600.0
"""How long the bot remembers whether it has answered in a thread, in seconds."""
MAX_THREADS = 5_000
MAX_MESSAGES_READ = 50
MAX_MESSAGES_ABOUT = 3
"""Number of latest messages that, with the first one, count as what the thread is about."""
MAX_CONTEXT_CHARS = 1_000


@dataclass(slots=True)
class Threads:
    """Reads threads, if the scopes for it were granted."""

    api: Api
    identity: Identity
    _answered: TTLCache[tuple[str, str], bool] = field(
        default_factory=lambda: TTLCache(MAX_THREADS, ANSWERED_TTL_S, monotonic)
    )

    def note_answer(self, channel: str, thread: str) -> None:
        """Notes that the bot answers in this thread."""
        self._answered[channel, thread] = True

    async def has_answered(self, channel: str, thread: str) -> bool:
        """Whether the bot has answered in this thread; False if it may not read it."""
        answered = self._answered.get((channel, thread))
        if answered is None:
            messages = await self._messages(channel, thread)
            answered = self._answered[channel, thread] = any(map(self._is_ours, messages))
        return answered

    async def context(self, channel: str, thread: str, question: str) -> str:
        """What people wrote in a thread, without the message `question` (a ts); "" if the bot may not read the thread."""
        messages = [
            message
            for message in await self._messages(channel, thread)
            if not self._is_ours(message) and get_string(message, "ts") != question
        ]
        about = [*messages[:1], *messages[1:][-MAX_MESSAGES_ABOUT:]]
        return "\n".join(filter(has_words, map(plain_text.whole, about)))[:MAX_CONTEXT_CHARS]

    async def message(self, channel: str, ts: str) -> Mapping[str, object] | None:
        """One message; None if it is gone or the bot may not read it."""
        found = await self._messages(channel, ts, oldest=ts, latest=ts, inclusive=True)
        return next((message for message in found if get_string(message, "ts") == ts), None)

    def _is_ours(self, message: Mapping[str, object]) -> bool:
        return self.identity.bot != "" and get_string(message, "bot_id") == self.identity.bot

    async def _messages(self, channel: str, thread: str, **limits: object) -> list[Mapping[str, object]]:
        try:
            body, _ = await self.api.call(
                "conversations.replies", channel=channel, ts=thread, limit=MAX_MESSAGES_READ, **limits
            )
        except PostError as error:
            log.info("a thread was not read: %(error)s", {"error": str(error)})
            return []
        messages = body.get("messages")
        return (
            [message for message in messages if isinstance(message, dict)]
            if isinstance(messages, list)
            else []
        )
