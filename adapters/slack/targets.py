"""Where replies go on Slack: a channel's thread, a direct message, one person through a response_url, the Home tab.

A private reply never becomes a public one: when its response_url has expired (30 minutes, five uses) it is not delivered.
What goes to a channel unasked is in `adapters.slack.proactive`.
"""

from dataclasses import dataclass
from datetime import date
from logging import getLogger

from adapters.slack import home, render
from adapters.slack.web_api import Api, Body
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Picks, Reply
from bot.delivery.target import LimitedError, LookupFailedError, PostError, UndeliverableError

log = getLogger("analects.slack")

ANSWER = "analects_answer"
"""Marks an answer, with the ts of its question: by that it is found again."""
_NOT_TAKEN = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
MOST_PAGES = 20
"""Of 200 messages, among which one is looked for."""
_QUIET = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class ConversationTarget:
    """For all in a channel or direct message to see. `thread`: the ts that it hangs below."""

    api: Api
    channel: str
    asker: str
    thread: str | None = None
    question: str | None = None
    """The ts of the message that is answered."""
    direct: bool = False

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}"

    async def post(self, reply: Reply) -> str:
        shown = render.message(reply, asker=self.asker, private=False)
        marked = metadata(ANSWER, "question", self.question) if self.question else None
        return await posted(self.api, self.channel, shown, marked, self.thread)

    async def find(self) -> str | None:
        if self.question is None:
            raise LookupFailedError("nothing to look for")
        wanted = metadata(ANSWER, "question", self.question)
        return await found(self.api, self.channel, wanted, self.question, self.thread)

    async def tell(self, notice: Notice) -> None:
        shown = render.message(notice, asker=self.asker, private=True)
        arguments: dict[str, object] = {"channel": self.channel, "text": shown.text, "blocks": shown.blocks}
        if self.direct:
            await self.api.call("chat.postMessage", **arguments, thread_ts=self.thread, **_QUIET)
            return
        # In a thread without answers nobody would see it: it shows in the channel then, where the question began.
        thread = None if self.thread == self.question else self.thread
        await self.api.call("chat.postEphemeral", **arguments, user=self.asker, thread_ts=thread)


@dataclass(frozen=True, slots=True)
class EphemeralTarget:
    """For the asker alone, through the response_url of what they did; `public` for all at once, as they asked for."""

    api: Api
    url: str
    asker: str
    thread: str | None = None
    public: bool = False
    shared_by: str | None = None
    """The name of who shares a private answer: then it is for all, and the private one goes."""

    @property
    def lane(self) -> str:
        return f"slack:{self.asker}:private"

    async def post(self, reply: Reply) -> str:
        if self.shared_by is not None and not isinstance(reply, Notice):
            shown = render.shared(reply, asker=self.asker, by=self.shared_by)
            await self._respond(shown, public=True)
            await self._remove_original()
            return ""
        public = self.public and not isinstance(reply, Notice)
        shown = render.message(reply, asker=self.asker, private=not public)
        await self._respond(shown, public=public)
        return ""

    async def find(self) -> str | None:
        raise LookupFailedError("what only one person sees can't be looked up")

    async def tell(self, notice: Notice) -> None:
        await self._respond(render.message(notice, asker=self.asker, private=True), public=False)

    async def _respond(self, shown: render.SlackMessage, public: bool) -> None:
        body: dict[str, object] = {
            "response_type": "in_channel" if public else "ephemeral",
            "replace_original": False, "text": shown.text, "blocks": shown.blocks, **_QUIET,
        }  # fmt: skip
        if self.thread is not None:
            body["thread_ts"] = self.thread
        await self.api.respond(self.url, body)

    async def _remove_original(self) -> None:
        try:
            await self.api.respond(self.url, {"delete_original": True})
        except PostError as error:
            log.info("a shared answer stays with who shared it: %(error)s", {"error": str(error)})


@dataclass(frozen=True, slots=True)
class HomeTarget:
    """The Home tab of one person; a random pick stands in for the highlight of the day."""

    api: Api
    bot: Bot
    user: str

    @property
    def lane(self) -> str:
        return f"slack:{self.user}:home"

    async def post(self, reply: Reply) -> str:
        pick = reply.quotes[0] if isinstance(reply, Picks) and reply.quotes else None
        view = home.view(
            self.bot.index,
            date.today(),  # noqa: DTZ011  the day where the bot runs
            pick,
            self.bot.told_freshness(),
        )
        await self.api.call("views.publish", user_id=self.user, view=view)
        return ""

    async def find(self) -> str | None:
        return None

    async def tell(self, notice: Notice) -> None:
        """The Home tab stays as it is."""
        del notice


async def posted(
    api: Api, channel: str, shown: render.SlackMessage, marked: Body | None, thread: str | None = None
) -> str:
    """Posts a message for all to see; its ts. Raises PostError."""
    arguments: dict[str, object] = {
        "channel": channel, "thread_ts": thread, "text": shown.text, "metadata": marked, **_QUIET,
    }  # fmt: skip
    try:
        body, _ = await api.call("chat.postMessage", **arguments, blocks=shown.blocks)
    except UndeliverableError as error:
        if str(error) not in _NOT_TAKEN:
            raise
        log.error("blocks not taken, sent as text: %(error)s", {"error": str(error)})
        body, _ = await api.call("chat.postMessage", **arguments)
    return str(body.get("ts", ""))


async def found(api: Api, channel: str, wanted: Body, oldest: str, thread: str | None = None) -> str | None:
    """The ts of the message with this metadata that was posted after `oldest`, None if certainly none was.

    Raises LookupFailedError: where the history may not be read, or there is too much of it.
    """
    method, where = "conversations.history", {}
    if thread is not None:
        method, where = "conversations.replies", {"ts": thread}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
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
            raise LookupFailedError(str(error), again and not _far(error)) from None
        messages, after = body.get("messages"), body.get("response_metadata")
        for message in messages if isinstance(messages, list) else []:
            if _holds(message.get("metadata") or {}, wanted):
                return str(message.get("ts", ""))
        cursor = str(after.get("next_cursor") or "") if isinstance(after, dict) else ""
        if not cursor:
            return None
    raise LookupFailedError("too much was said since")


def metadata(kind: str, name: str, value: str) -> Body:
    """What marks a message, for programs alone."""
    return {"event_type": kind, "event_payload": {name: value}}


def _holds(given: Body, wanted: Body) -> bool:
    return all(given.get(name) == value for name, value in wanted.items())


async def remove(api: Api, channel: str, ts: str) -> None:
    """Takes one of the bot's own messages away. Raises PostError."""
    await api.call("chat.delete", channel=channel, ts=ts)


def _far(error: PostError) -> bool:
    return isinstance(error, LimitedError) and (error.wait or 0) > 5
