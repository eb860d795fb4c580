"""The targets of replies on Slack: a thread, a direct message, one person through a response_url, the Home tab.

A private reply never becomes public: if its response_url has expired (after 30 minutes or five uses), it is not delivered.
`adapters.slack.proactive` posts digests.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from logging import getLogger

from adapters.slack.cards import home, render
from adapters.slack.errors import MEMBERSHIP_ERRORS
from adapters.slack.posting import (
    NO_UNFURL,
    find_message,
    metadata,
    post_message,
    respond,
    upload,
    with_or_without_pictures,
)
from adapters.slack.web_api import Api
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Help, Notice, Picks, Picture, Reply
from bot.delivery.target import LookupFailedError, PostError, RefusedError
from bot.digest.managed import ManagedDigest
from bot.model import Answer

log = getLogger("analects.slack")

ANSWER_EVENT = "analects_answer"
"""Event type in the metadata of an answer. Its payload holds the ts of the question, by which the answer is found again."""


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
    """The response_url through which a message is posted if the bot is not a member of the channel; "" if there is none."""

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
            await self.api.call("chat.postMessage", **arguments, thread_ts=self.thread, **NO_UNFURL)
            return
        # Slack does not show a private message in a thread that does not exist yet, so the notice goes to the channel
        thread = None if self.thread == self.question else self.thread
        await self.api.call("chat.postEphemeral", **arguments, user=self.asker, thread_ts=thread)


@dataclass(frozen=True, slots=True)
class PrivateTarget:
    """Answers a mention so that only the asker sees it, in a channel of `PRIVATE_CHANNELS`."""

    api: Api
    channel: str
    asker: str
    thread: str | None = None
    """The ts of an existing thread. Slack does not show a private message in a thread that does not exist yet."""

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}"

    async def post(self, reply: Reply) -> str:
        message = render.message(reply, asker=self.asker, private=True, command=self.api.command)
        arguments: dict[str, object] = {"channel": self.channel, "user": self.asker, "thread_ts": self.thread}
        body, _ = await with_or_without_pictures(
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
    """Answers through the response_url of an interaction: only the asker sees the answer, or everyone if `public`."""

    api: Api
    url: str
    asker: str
    thread: str | None = None
    public: bool = False
    shared_by: str | None = None
    """The name of the person who shares a private answer. It is posted for everyone, and the private message is deleted."""

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
        """Posts a picture to the presser's direct messages, because in a channel everyone would see the file. Returns the notice
        for the presser."""
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
    """Publishes a person's Home tab. A random highlight replaces the highlight of the day there; an answer stands below the search
    box."""

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
        """Shows the notice instead of the library."""
        await self.api.call("views.publish", user_id=self.user, view=home.notice(notice.text))
