"""Posts, finds and deletes messages on Slack."""

from collections.abc import Awaitable, Callable
from logging import getLogger
from typing import TypeVar

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards import render
from adapters.slack.cards.block_kit import Block
from adapters.slack.web_api import Api, Body
from bot.chat.replies import Picture
from bot.delivery.target import LimitedError, LookupFailedError, PostError, UndeliverableError
from bot.text.truncate import clipped

log = getLogger("analects.slack")
T = TypeVar("T")

_REJECTED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Error codes that reject the blocks of a message; its text may still pass."""
MAX_ALT_CHARS = 1_000
"""Maximum length of alt text."""
MAX_HISTORY_PAGES = 20
"""Pages of 200 messages that are searched for one message."""
NO_UNFURL = {"unfurl_links": False, "unfurl_media": False}
"""Arguments with which Slack adds no previews of links."""


async def respond(
    api: Api, url: str, message: render.SlackMessage, *, public: bool, thread: str | None
) -> None:
    """Posts a message to a response_url. Raises PostError."""
    body: dict[str, object] = {
        "response_type": "in_channel" if public else "ephemeral",
        "replace_original": False, "text": message.text, **NO_UNFURL,
        **({"thread_ts": thread} if thread is not None else {}),
    }  # fmt: skip
    await with_or_without_pictures(
        message.blocks, lambda blocks: api.respond(url, {**body, "blocks": blocks})
    )


async def post_message(
    api: Api, channel: str, message: render.SlackMessage, metadata_: Body | None, thread: str | None = None
) -> str:
    """Posts a public message, without blocks if Slack rejects them. Returns its ts. Raises PostError."""
    arguments: dict[str, object] = {
        "channel": channel, "thread_ts": thread, "text": message.text, "metadata": metadata_, **NO_UNFURL,
    }  # fmt: skip
    try:
        body, _ = await with_or_without_pictures(
            message.blocks, lambda blocks: api.call("chat.postMessage", **arguments, blocks=blocks)
        )
    except UndeliverableError as error:
        if str(error) not in _REJECTED_BLOCKS:
            raise
        log.error("Slack rejected the blocks, posting text alone: %(error)s", {"error": str(error)})
        plain = {**arguments, "text": message.fallback or message.text, "mrkdwn": False}
        body, _ = await api.call("chat.postMessage", **plain)
    return str(body.get("ts", ""))


async def with_or_without_pictures(blocks: list[Block], post: Callable[[list[Block]], Awaitable[T]]) -> T:
    """Posts the blocks. If Slack rejects them, as it does if it cannot fetch a cover, posts them again without pictures."""
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
    """The ts of the message with this metadata, posted since `oldest` (a ts); None if there is certainly none.

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
            may_work_later = not isinstance(error, UndeliverableError) and str(error) != "missing_scope"
            raise LookupFailedError(str(error), may_work_later and not _asks_long_wait(error)) from None
        messages, paging = body.get("messages"), body.get("response_metadata")
        for message in messages if isinstance(messages, list) else []:
            if _has_metadata(message.get("metadata") or {}, expected):
                return str(message.get("ts", ""))
        cursor = str(paging.get("next_cursor") or "") if isinstance(paging, dict) else ""
        if not cursor:
            return None
    raise LookupFailedError("too many messages since")


def metadata(kind: str, name: str, value: str) -> Body:
    """The metadata of a message, which people do not see."""
    return {"event_type": kind, "event_payload": {name: value}}


def _has_metadata(actual: Body, expected: Body) -> bool:
    return all(actual.get(name) == value for name, value in expected.items())


async def remove(api: Api, channel: str, ts: str) -> None:
    """Deletes one of the bot's own messages. Raises PostError."""
    await api.call("chat.delete", channel=channel, ts=ts)


def _asks_long_wait(error: PostError) -> bool:
    return isinstance(error, LimitedError) and (error.wait or 0) > 5


async def upload(api: Api, channel: str, thread: str | None, picture: Picture) -> None:
    """Posts a picture to a conversation. Raises PostError."""
    await api.upload(channel, thread, picture.png, "quote.png", clipped(picture.text, MAX_ALT_CHARS, "…"))
