"""The chat methods, and the function through which every message of the app enters a conversation.

The errors are those of Slack's method reference (docs.slack.dev/reference/methods/chat.postMessage and its
neighbours). The `text` of a post is cut at 40,000 characters; chat.update refuses more than 4,000 bytes with
`msg_too_long` (the reference says characters, but others measured UTF-8 bytes).
"""

from __future__ import annotations

import json
import time

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import MAX_BLOCKS_SIZE, problems, size_of
from tests.slack_server.web_api import Method, RefusalError, argument, flag, invalid, structure
from tests.slack_server.workspace import BOT_ID, BOT_USER, TS, Channel, Message

MAX_TEXT_CHARS = 40_000
MAX_UPDATE_TEXT_BYTES = 4_000
MAX_METADATA_BYTES = 8_000
_KEPT = ("text", "blocks", "attachments", "metadata", "parse", "markdown_text")
_FLAGS = ("unfurl_links", "unfurl_media", "mrkdwn", "link_names", "reply_broadcast")


def content_of(arguments: Json, *, limited: bool = True) -> Json:
    """The content of a message, checked as Slack checks it. `limited` checks the size of all blocks, too."""
    content = {name: arguments[name] for name in _KEPT if arguments.get(name) not in (None, "")}
    content |= {name: value for name in _FLAGS if (value := flag(arguments, name)) is not None}
    if "text" in content and not isinstance(content["text"], str):
        content["text"] = str(content["text"])
    for name, error in (("blocks", "invalid_blocks_format"), ("attachments", "invalid_attachments")):
        if name in content:
            content[name] = structure(content, name, error)
    if "blocks" in content:
        found = problems(content["blocks"])
        if found:
            raise invalid("invalid_blocks", found, with_errors=True)
        if limited and size_of(content["blocks"]) > MAX_BLOCKS_SIZE:
            raise RefusalError("msg_blocks_too_long")
    if content.get("markdown_text") and ("text" in content or "blocks" in content):
        raise RefusalError("markdown_text_conflict")
    if not any(content.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        raise RefusalError("no_text")
    if "metadata" in content:
        content["metadata"] = _metadata(content)
    if "text" in content:
        content["text"] = content["text"][:MAX_TEXT_CHARS]
    return content


def _metadata(content: Json) -> object:
    """The metadata, which must have `event_type`, a name, and `event_payload`, an object."""
    metadata = structure(content, "metadata", "invalid_metadata_format")
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise RefusalError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not 0 < len(kind) <= 255 or not isinstance(payload, dict):
        raise RefusalError("invalid_metadata_format")
    if len(json.dumps(payload, ensure_ascii=False).encode()) > MAX_METADATA_BYTES:
        raise RefusalError("metadata_too_large")
    return metadata


def writable(core: Core, name: str) -> Channel:
    """The channel to post to, by its id. A person's id stands for the direct messages with that person."""
    if name in core.workspace.users and name != BOT_USER:
        return core.workspace.im(name)
    channel = core.workspace.channels.get(name)
    closed = channel is not None and (channel.private or channel.im_with is not None)
    if channel is None or (closed and BOT_USER not in channel.members):
        raise RefusalError("channel_not_found")
    if channel.archived:
        raise RefusalError("is_archived")
    if BOT_USER not in channel.members and core.missing(["chat:write.public"]):
        raise RefusalError("not_in_channel")
    return channel


def put(
    core: Core,
    channel: Channel,
    content: Json,
    *,
    via: str,
    thread_ts: str | None = None,
    ephemeral_to: str | None = None,
    cause: object = None,
) -> Message:
    """Adds a message from the app to a conversation.

    An ephemeral message in a thread is shown only if the thread already has an answer.
    """
    if thread_ts is not None and not TS.fullmatch(thread_ts):
        raise RefusalError("invalid_thread_ts")
    shown = not (ephemeral_to and thread_ts) or bool(core.workspace.replies(channel.id, str(thread_ts)))
    message = Message(
        channel.id,
        core.workspace.next_ts(),
        content,
        BOT_USER,
        BOT_ID,
        thread_ts,
        ephemeral_to=ephemeral_to,
        shown=shown,
        via=via,
        cause=cause,
    )
    core.workspace.add(message)
    if not ephemeral_to:
        core.echo(message, "")
    core.touch()
    return message


def change(core: Core, message: Message, content: Json) -> None:
    """Replaces the content of a message of the app. Metadata stays unless new metadata is given."""
    message.earlier.append(message.content)
    message.content = {"metadata": message.content.get("metadata"), **content}
    message.changed = time.time()
    if not message.ephemeral_to:
        core.echo(message, "message_changed")
    core.touch()


def remove(core: Core, message: Message) -> None:
    message.deleted = True
    message.changed = time.time()
    if not message.ephemeral_to:
        core.echo(message, "message_deleted")
    core.touch()


def _post_message(core: Core, arguments: Json) -> Json:
    channel = writable(core, argument(arguments, "channel"))
    message = put(core, channel, content_of(arguments), via="chat.postMessage", thread_ts=_thread(arguments))
    return {"channel": channel.id, "ts": message.ts, "message": message.to_json()}


def _post_ephemeral(core: Core, arguments: Json) -> Json:
    channel = writable(core, argument(arguments, "channel"))
    user = argument(arguments, "user")
    if user not in channel.members:
        raise RefusalError("user_not_in_channel")
    content = content_of(arguments)
    message = put(
        core, channel, content, via="chat.postEphemeral", thread_ts=_thread(arguments), ephemeral_to=user
    )
    return {"message_ts": message.ts}


def _thread(arguments: Json) -> str | None:
    value = arguments.get("thread_ts")
    return None if value in (None, "") else str(value)


def _own(core: Core, arguments: Json, refused: str) -> tuple[Channel, Message]:
    channel = core.workspace.channels.get(argument(arguments, "channel"))
    if channel is None or (channel.private and BOT_USER not in channel.members):
        raise RefusalError("channel_not_found")
    message = core.workspace.find(channel.id, argument(arguments, "ts"))
    if message is None:
        raise RefusalError("message_not_found")
    if message.bot_id != BOT_ID:
        raise RefusalError(refused)
    return channel, message


def _update(core: Core, arguments: Json) -> Json:
    channel, message = _own(core, arguments, "cant_update_message")
    if channel.archived:
        raise RefusalError("is_inactive")
    if len(str(arguments.get("text") or "").encode()) > MAX_UPDATE_TEXT_BYTES:
        raise RefusalError("msg_too_long")
    content = content_of(arguments)
    if message.blocks and "blocks" not in arguments:
        content["blocks"] = message.blocks  # blocks stay unless new ones, or an empty list, are given
    change(core, message, content)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.to_json()}


def _delete(core: Core, arguments: Json) -> Json:
    channel, message = _own(core, arguments, "cant_delete_message")
    remove(core, message)
    return {"channel": channel.id, "ts": message.ts}


CHAT = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
}
