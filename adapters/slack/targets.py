"""The targets of replies on Slack: a thread, a direct message, one person through a response_url, the Home tab.

A private reply never becomes public: when its response_url has expired (after 30 minutes or five uses), it is not delivered.
Digests are posted by `adapters.slack.proactive`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from logging import getLogger
from typing import TypeVar

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards import home, render
from adapters.slack.cards.block_kit import Block
from adapters.slack.errors import MEMBERSHIP_ERRORS
from adapters.slack.web_api import Api, Body
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Help, Notice, Picks, Picture, Reply
from bot.delivery.target import LimitedError, LookupFailedError, PostError, RefusedError, UndeliverableError
from bot.digest.managed import ManagedDigest
from bot.model import Answer
from bot.text.truncate import clipped

log = getLogger("analects.slack")
T = TypeVar("T")

ANSWER_EVENT = "analects_answer"
"""Event type in the metadata of an answer, whose payload holds the ts of the question. It helps to find an answer again."""
_REJECTED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Error codes that reject the blocks of a message; its text may still pass."""
MAX_ALT_CHARS = 1_000
"""Maximum length of alt text."""
MAX_HISTORY_PAGES = 20
"""Pages of 200 messages that are searched for one message."""
_NO_UNFURL = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class ConversationTarget:
    """Posts to a channel or direct message, for everyone there. `thread` is the ts of the thread."""

    api: Api
    channel: str
    asker: str
    thread: str | None = None
    question: str | None = None
    """The ts of the question; None if there is no message to look for."""
    direct: bool = False
    url: str = ""
    """A response_url, by which a message is posted if the bot is no member; "" if there is none."""

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}"

    async def post(self, reply: Reply) -> str:
        if isinstance(reply, Picture):
            return await self._post_picture(reply)
        message = render.message(reply, asker=self.asker, private=False, command=self.api.command)
        metadata_ = metadata(ANSWER_EVENT, "question", self.question) if self.question else None
        try:
            return await post_message(self.api, self.channel, message, metadata_, self.thread)
        except RefusedError as error:
            if not self.url or str(error) not in MEMBERSHIP_ERRORS:
                raise
        await respond(self.api, self.url, message, public=True, thread=self.thread)
        return ""

    async def _post_picture(self, picture: Picture) -> str:
        try:
            await upload(self.api, self.channel, self.thread, picture)
        except PostError as error:
            log.warning("no picture: %(error)s", {"error": f"{error} (it needs the scope files:write)"})
            await self.tell(Notice(wording.PICTURE_FAILED))
        return ""

    async def find(self) -> str | None:
        if self.question is None:
            raise LookupFailedError("there is no question to look for")
        expected = metadata(ANSWER_EVENT, "question", self.question)
        return await find_message(self.api, self.channel, expected, self.question, self.thread)

    async def tell(self, notice: Notice) -> None:
        message = render.message(notice, asker=self.asker, private=True, command=self.api.command)
        arguments: dict[str, object] = {
            "channel": self.channel,
            "text": message.text,
            "blocks": message.blocks,
        }
        if self.direct:
            await self.api.call("chat.postMessage", **arguments, thread_ts=self.thread, **_NO_UNFURL)
            return
        # a thread that only this question would begin is not shown, so the notice goes to the channel
        thread = None if self.thread == self.question else self.thread
        await self.api.call("chat.postEphemeral", **arguments, user=self.asker, thread_ts=thread)


@dataclass(frozen=True, slots=True)
class PrivateTarget:
    """Answers a mention to the asker alone, in a channel of `PRIVATE_CHANNELS`."""

    api: Api
    channel: str
    asker: str
    thread: str | None = None
    """The ts of an existing thread: a thread that the answer would begin does not show a private message."""

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}"

    async def post(self, reply: Reply) -> str:
        message = render.message(reply, asker=self.asker, private=True, command=self.api.command)
        arguments: dict[str, object] = {"channel": self.channel, "user": self.asker, "thread_ts": self.thread}
        body, _ = await _with_or_without_pictures(
            message.blocks,
            lambda blocks: self.api.call("chat.postEphemeral", **arguments, text=message.text, blocks=blocks),
        )
        return str(body.get("message_ts", ""))

    async def find(self) -> str | None:
        raise LookupFailedError("an ephemeral message cannot be looked up")

    async def tell(self, notice: Notice) -> None:
        await self.post(notice)


@dataclass(frozen=True, slots=True)
class EphemeralTarget:
    """Answers through the response_url of an interaction: to the asker alone, or to everyone if `public`."""

    api: Api
    url: str
    asker: str
    thread: str | None = None
    public: bool = False
    shared_by: str | None = None
    """The name of the person who shares a private answer: then it is posted for everyone, and the private one is deleted."""

    @property
    def lane(self) -> str:
        return f"slack:{self.asker}:private"

    async def post(self, reply: Reply) -> str:
        if isinstance(reply, Picture):
            await self.tell(await self._send_picture(reply))
            return ""
        if self.shared_by is not None and not isinstance(reply, Notice):
            message = render.shared(reply, asker=self.asker, by=self.shared_by)
            await self._respond(message, public=True)
            await self._remove_original()
            return ""
        public = self.public and not isinstance(reply, Notice)
        message = render.message(reply, asker=self.asker, private=not public, command=self.api.command)
        await self._respond(message, public=public)
        return ""

    async def _send_picture(self, picture: Picture) -> Notice:
        """Posts a picture to the presser's direct messages: in a channel everyone sees a file. Returns what to say."""
        try:
            body, _ = await self.api.call("chat.postMessage", channel=self.asker, text=wording.AS_PICTURE)
            await upload(self.api, str(body.get("channel", "")), None, picture)
        except PostError as error:
            log.warning("no picture: %(error)s", {"error": f"{error} (it needs the scope files:write)"})
            return Notice(wording.PICTURE_FAILED)
        return Notice(wording.KEPT_ANSWER)

    async def find(self) -> str | None:
        raise LookupFailedError("an ephemeral message cannot be looked up")

    async def tell(self, notice: Notice) -> None:
        await self._respond(
            render.message(notice, asker=self.asker, private=True, command=self.api.command), public=False
        )

    async def _respond(self, message: render.SlackMessage, public: bool) -> None:
        await respond(self.api, self.url, message, public=public, thread=self.thread)

    async def _remove_original(self) -> None:
        try:
            await self.api.respond(self.url, {"delete_original": True})
        except PostError as error:
            log.info("the private copy of a shared answer was not deleted: %(error)s", {"error": str(error)})


async def _no_digests() -> tuple[ManagedDigest, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class HomeTarget:
    """Publishes someone's Home tab. A random pick replaces the highlight of the day there, an answer stands below the box."""

    api: Api
    bot: Bot
    user: str
    digests: Callable[[], Awaitable[Sequence[ManagedDigest]]] = _no_digests
    """The digests that they manage."""
    direct: str = ""
    """The channel of their direct messages; "" if it is not known."""

    @property
    def lane(self) -> str:
        return f"slack:{self.user}:home"

    async def post(self, reply: Reply) -> str:
        day = date.today()  # noqa: DTZ011  in the time zone of the machine
        shown = home.Shown(
            pick=reply.quotes[0] if isinstance(reply, Picks) and reply.quotes else None,
            found=reply if isinstance(reply, Answer) else None,
            notice=reply.text if isinstance(reply, Notice) and not isinstance(reply, Help) else "",
            digests=await self.digests(),
            freshness=self.bot.told_freshness(),
            command=self.api.command,
            direct=self.direct,
        )
        view = await asyncio.to_thread(home.view, self.bot.index, day, shown)  # looks at every highlight
        await self.api.call("views.publish", user_id=self.user, view=view)
        return ""

    async def find(self) -> str | None:
        return None

    async def tell(self, notice: Notice) -> None:
        """Shows the notice in place of the library."""
        await self.api.call("views.publish", user_id=self.user, view=home.notice(notice.text))


async def respond(
    api: Api, url: str, message: render.SlackMessage, *, public: bool, thread: str | None
) -> None:
    """Posts a message to a response_url. Raises PostError."""
    body: dict[str, object] = {
        "response_type": "in_channel" if public else "ephemeral",
        "replace_original": False, "text": message.text, **_NO_UNFURL,
        **({"thread_ts": thread} if thread is not None else {}),
    }  # fmt: skip
    await _with_or_without_pictures(
        message.blocks, lambda blocks: api.respond(url, {**body, "blocks": blocks})
    )


async def post_message(
    api: Api, channel: str, message: render.SlackMessage, metadata_: Body | None, thread: str | None = None
) -> str:
    """Posts a public message, as text if Slack rejects its blocks. Returns its ts. Raises PostError."""
    arguments: dict[str, object] = {
        "channel": channel, "thread_ts": thread, "text": message.text, "metadata": metadata_, **_NO_UNFURL,
    }  # fmt: skip
    try:
        body, _ = await _with_or_without_pictures(
            message.blocks, lambda blocks: api.call("chat.postMessage", **arguments, blocks=blocks)
        )
    except UndeliverableError as error:
        if str(error) not in _REJECTED_BLOCKS:
            raise
        log.error("Slack rejected the blocks, posting text alone: %(error)s", {"error": str(error)})
        plain = {**arguments, "text": message.fallback or message.text, "mrkdwn": False}
        body, _ = await api.call("chat.postMessage", **plain)
    return str(body.get("ts", ""))


async def _with_or_without_pictures(blocks: list[Block], post: Callable[[list[Block]], Awaitable[T]]) -> T:
    """Posts the blocks; again without their pictures if Slack rejects them, as it does if it cannot fetch a cover."""
    plain = kit.without_pictures(blocks)
    try:
        return await post(blocks)
    except UndeliverableError as error:
        if plain == blocks or str(error).removeprefix("response_url: ") not in _REJECTED_BLOCKS:
            raise
        log.info("Slack rejected the blocks, posting them without pictures: %(error)s", {"error": str(error)})
    return await post(plain)


async def find_message(
    api: Api, channel: str, expected: Body, oldest: str, thread: str | None = None
) -> str | None:
    """The ts of the message with this metadata posted since `oldest` (a ts); None if there certainly is none.

    Raises LookupFailedError if the history may not be read, or is too long.
    """
    method, where = "conversations.history", {}
    if thread is not None:
        method, where = "conversations.replies", {"ts": thread}
    cursor: str | None = None
    for _ in range(MAX_HISTORY_PAGES):
        try:
            body, _ = await api.call(
                method,
                channel=channel,
                oldest=oldest,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
                **where,
            )
        except PostError as error:
            again = not isinstance(error, UndeliverableError) and str(error) != "missing_scope"
            raise LookupFailedError(str(error), again and not _waits_long(error)) from None
        messages, after = body.get("messages"), body.get("response_metadata")
        for message in messages if isinstance(messages, list) else []:
            if _has_metadata(message.get("metadata") or {}, expected):
                return str(message.get("ts", ""))
        cursor = str(after.get("next_cursor") or "") if isinstance(after, dict) else ""
        if not cursor:
            return None
    raise LookupFailedError("too many messages since")


def metadata(kind: str, name: str, value: str) -> Body:
    """The metadata of a message, which people do not see."""
    return {"event_type": kind, "event_payload": {name: value}}


def _has_metadata(given: Body, expected: Body) -> bool:
    return all(given.get(name) == value for name, value in expected.items())


async def remove(api: Api, channel: str, ts: str) -> None:
    """Deletes one of the bot's own messages. Raises PostError."""
    await api.call("chat.delete", channel=channel, ts=ts)


def _waits_long(error: PostError) -> bool:
    return isinstance(error, LimitedError) and (error.wait or 0) > 5


async def upload(api: Api, channel: str, thread: str | None, picture: Picture) -> None:
    """Posts a picture to a conversation. Raises PostError."""
    await api.upload(channel, thread, picture.png, "quote.png", clipped(picture.text, MAX_ALT_CHARS, "…"))
