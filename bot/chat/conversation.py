"""A conversation, the same on every platform: a message goes in, a reply is posted.

All that the core may do in a conversation goes through one small protocol, `Channel`. The terminal and the transcript of the
tests implement it. Slack and Discord post through `bot.delivery` instead, because there posting can fail.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from random import Random
from time import time
from typing import TYPE_CHECKING, Protocol

from bot.answering.answer import answer
from bot.chat import commands, requests, wording
from bot.chat.digest_commands import DigestCommand, DigestRequest
from bot.chat.replies import Help, Notice, Picks, Quotes, Reply, Sources, digest_help
from bot.chat.requests import Command, Request
from bot.chat.settings_commands import InvalidSettingsCommand, SettingsCommand
from bot.chat.small_talk import Kind, SmallTalk, small_talk
from bot.library.freshness import Freshness
from bot.model import Answer, Question
from bot.search.index import Index

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

_HELP = frozenset({"/help", "/highlight"})


class Channel(Protocol):
    """Where replies go: a terminal, a transcript."""

    async def post(self, reply: Reply) -> None:
        """Shows a reply, whole, once."""


@dataclass(slots=True)
class Bot:
    """Answers requests from one index."""

    index: Index
    quotes: int = 3
    """Quotes shown before "More"."""
    random: Random = field(default_factory=Random)
    embedding: "Embedding | None" = None
    """Finds other words of the same meaning; None if no model is set."""
    pictures: bool = False
    """Whether quotes can be had as pictures."""
    freshness: Callable[[Index], Freshness] = lambda _: Freshness()
    """How fresh the highlights of an index are."""

    def reply(self, request: Request) -> Reply:
        """The reply to a question or a command."""
        if isinstance(request, Command):
            reply = commands.run(request, self.index, self.quotes, self.random, self.embedding)
        else:
            reply = answer(request, self.index, self.embedding)
        if isinstance(reply, Sources):
            return reply if reply.page.offset else replace(reply, freshness=self.told_freshness())
        if isinstance(reply, Answer | Picks | Quotes):
            return replace(reply, alike=self.embedding is not None, drawable=self.pictures)
        return reply

    def told_freshness(self) -> str:
        """How fresh the highlights are, in words; "" if nothing is known."""
        return wording.freshness(self.freshness(self.index), time())


@dataclass(slots=True)
class Dialogue:
    """One person's conversation in a channel where every line is meant for the bot: the terminal, a direct message."""

    bot: Bot
    channel: Channel
    gaps: Callable[[], Awaitable[Reply]] | None = None
    """What `/highlight gaps` shows here."""
    _last: Reply | None = None

    async def hear(self, text: str) -> None:
        """Replies to a line: a question, a `/highlight` command, "more" or "help"."""
        reply = self._reply(text.strip())
        if isinstance(reply, Command):
            reply = await self.gaps() if self.gaps is not None else self.bot.reply(reply)
        await self.channel.post(reply)
        if not isinstance(reply, Notice):
            self._last = reply

    def _reply(self, text: str) -> Reply | Command:
        """The reply, or a command that the notes alone cannot answer."""
        on_more: Request | Notice = Notice(wording.NOTHING_BEFORE)
        if self._last is not None:
            on_more = commands.next_page(self._last) or Notice(wording.NO_MORE)
        request = interpret(text, self.bot.quotes, on_more)
        if isinstance(request, Command) and request.name == "gaps":
            return request
        if isinstance(request, Question | Command):
            return self.bot.reply(request)
        if isinstance(request, SettingsCommand | InvalidSettingsCommand):
            return Notice(wording.SETTINGS_ELSEWHERE)
        if isinstance(request, DigestCommand) and request.action == "help":
            return Notice(f"{digest_help().text}\n\n{wording.DIGEST_ELSEWHERE}")
        return request if isinstance(request, Notice) else Notice(wording.DIGEST_ELSEWHERE)


def interpret(
    text: str, quotes: int, on_more: Request | Notice
) -> Request | DigestRequest | SettingsCommand | InvalidSettingsCommand | Notice:
    """What a line asks for. `quotes` is the number of quotes in an answer, `on_more` what "more" means now."""
    text = text.strip()
    if not text:
        return Notice(wording.ASK_SOMETHING)
    if text.lower() in _HELP:
        return Help()
    if (meant := small_talk(text, wording.language())) is not None:
        return _small_talk(meant, on_more)
    if text.startswith("/"):
        name, _, rest = text.partition(" ")
        return requests.parse(rest if name.lower() == "/highlight" else text[1:])
    return _digest_command(text) or Question(text, quotes)


def _digest_command(text: str) -> DigestCommand | None:
    """A command about digests that lacks its "/highlight": "digest daily at 9". None for anything that is no such command whole."""
    name, _, rest = text.partition(" ")
    command = requests.parse(text) if name.lower() == "digest" and rest.strip() else None
    return command if isinstance(command, DigestCommand) and not command.guess else None


def _small_talk(meant: SmallTalk, on_more: Request | Notice) -> Request | Notice:
    """The reply to small talk, or the request that it means."""
    if meant.kind is Kind.MORE:
        return on_more
    if meant.kind is Kind.RANDOM:
        return Command("random", limit=1)
    if meant.kind in (Kind.SOURCES, Kind.STATS):
        return Command(meant.kind.value)
    # A greeting is returned in its own language, but "ok" and "help" are said in all of them.
    with wording.in_language(wording.language() if meant.language == wording.ENGLISH else meant.language):
        if meant.kind is Kind.HELP:
            return Help()
        return Notice(wording.SMALL_TALK[meant.kind.value])
