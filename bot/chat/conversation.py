"""A conversation as every platform holds it: what is said goes in, a reply is posted.

All that the core may do on a platform comes through one small protocol, `Channel`. Slack, Discord, the terminal and
the transcript of the tests implement it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from time import time
from typing import TYPE_CHECKING, Protocol

from bot.answering.answer import answer
from bot.chat import commands, requests, wording
from bot.chat.digest_commands import DigestCommand, DigestRequest
from bot.chat.freshness import sentence
from bot.chat.replies import Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import Command, Request
from bot.library.freshness import Freshness
from bot.model import Answer, Question
from bot.search.index import Index

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

_MORE = frozenset({"more", "more please", "next", "another", "another one", "/highlight more"})
_HELP = frozenset({"help", "?", "/help", "/highlight"})


class Channel(Protocol):
    """Where replies go: a thread, a terminal, a transcript."""

    async def post(self, reply: Reply) -> None:
        """Shows a reply, whole, once."""


@dataclass(slots=True)
class Bot:
    """Answers requests out of one index."""

    index: Index
    quotes: int = 3
    """Shown before "More"."""
    random: Random = field(default_factory=Random)
    embedding: "Embedding | None" = None
    """Finds other words of the same meaning, where that is set up."""
    freshness: Callable[[], Freshness] = Freshness
    """How fresh the highlights are."""

    def reply(self, request: Request) -> Reply:
        """The reply to a question or command; never fails, whatever was said."""
        if isinstance(request, Command):
            reply = commands.run(request, self.index, self.quotes, self.random, self.embedding)
        else:
            reply = answer(request, self.index, self.embedding)
        if isinstance(reply, Sources):
            return reply if reply.page.offset else replace(reply, freshness=self.told_freshness())
        if self.embedding is not None and isinstance(reply, Answer | Picks | Quotes):
            return replace(reply, alike=True)
        return reply

    def told_freshness(self) -> str:
        """How fresh the highlights are, for people; empty where nothing is known."""
        return sentence(self.freshness(), time())


@dataclass(slots=True)
class Dialogue:
    """One person's talk with the bot in a channel where each line is meant for it: the terminal, a direct message."""

    bot: Bot
    channel: Channel
    _last: Reply | None = None

    async def hear(self, said: str) -> None:
        """Replies to a line: a question, a `/highlight` command, "more" or "help"."""
        reply = self._reply(said.strip())
        await self.channel.post(reply)
        if not isinstance(reply, Notice):
            self._last = reply

    def _reply(self, said: str) -> Reply:
        following: Request | Notice = Notice(wording.NOTHING_BEFORE)
        if self._last is not None:
            following = commands.more(self._last) or Notice(wording.NO_MORE)
        request = meant(said, self.bot.quotes, following)
        if isinstance(request, Question | Command):
            return self.bot.reply(request)
        if isinstance(request, DigestCommand) and request.action == "help":
            return Notice(f"{wording.DIGEST_HELP}\n\n{wording.DIGEST_ELSEWHERE}")
        return request if isinstance(request, Notice) else Notice(wording.DIGEST_ELSEWHERE)


def meant(said: str, quotes: int, following: Request | Notice) -> Request | DigestRequest | Notice:
    """What a line asks for. `following` is what "more" means; `quotes`, how many an answer shows."""
    said = said.strip()
    if said.lower() in _MORE:
        return following
    if not said or said.lower() in _HELP:
        return Notice(wording.HELP if said else wording.ASK)
    if said.startswith("/"):
        name, _, rest = said.partition(" ")
        return requests.parse(rest if name.lower() == "/highlight" else said[1:])
    return Question(said, quotes)
