"""What each conversation was about: "more" continues its last reply."""

from cachetools import LRUCache

from bot.chat import commands, wording
from bot.chat.arrival import Arrival, Asked
from bot.chat.conversation import interpret
from bot.chat.replies import Notice, Reply
from bot.chat.requests import Request
from bot.chat.small_talk import refers

MAX_CONVERSATIONS = 2_000
"""Conversations in which "more" is understood: the most recent ones."""


class Conversations:
    """The most recent conversations, each with the request for the next page of its last reply."""

    def __init__(self) -> None:
        self._next_pages: LRUCache[str, Request | Notice] = LRUCache(MAX_CONVERSATIONS)

    def request_of(self, arrival: Arrival, quotes: int) -> Asked | Notice:
        """Returns the request of a command or button, or the one that the text makes. `quotes` is the number of quotes in an
        answer."""
        if arrival.request is not None:
            return arrival.request
        if refers(arrival.text) and not arrival.context and not arrival.direct:
            return Notice(wording.NAME_IT)
        on_more = self._next_pages.get(_conversation(arrival), Notice(wording.NOTHING_BEFORE))
        return interpret(_searched_text(arrival), quotes, on_more)

    def remember(self, arrival: Arrival, reply: Reply) -> None:
        """Records the reply that "more" continues from now on."""
        if not isinstance(reply, Notice):
            self._next_pages[_conversation(arrival)] = commands.next_page(reply) or Notice(wording.NO_MORE)


def _conversation(arrival: Arrival) -> str:
    """Returns the key of an arrival's conversation: a direct message, a thread, a channel, or one person's private replies."""
    place = arrival.conversation or arrival.place
    return f"{place}:{arrival.thread or ''}:{arrival.person if arrival.private else ''}"


def _searched_text(arrival: Arrival) -> str:
    """Returns the text to search for: the message, or the text that it refers to, as in "anything on this?"."""
    return arrival.context if arrival.context and refers(arrival.text) else arrival.text
