"""The Web API methods about conversations, people and the app itself, and apps.connections.open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.web_api import Method, RefusalError, argument, flag, require
from tests.slack_server.workspace import APP_ID, BOT_ID, BOT_USER, HOME_TEAM, Channel, Message, User

_Item = TypeVar("_Item")


def _auth_test(core: Core, arguments: Json) -> Json:
    """Says to whom a token belongs. For an app-level token, it names only the app."""
    if arguments["token"] == core.installation.app_token:
        return {"app_id": core.installation.app_of_app_token, "app_name": "Analects"}
    installed = core.installation
    return {
        "url": "https://reading-room.slack.com/",
        "team": "Reading Room",
        "user": "analects",
        "team_id": installed.enterprise if installed.for_organisation else HOME_TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": installed.for_organisation,
        **({"enterprise_id": installed.enterprise} if installed.enterprise else {}),
    }


def _visible(core: Core, arguments: Json, purpose: str) -> Channel:
    """The conversation, if the app may see it and has the scope for its kind (`channels:`, `groups:`, …)."""
    channel = core.workspace.channels.get(argument(arguments, "channel"))
    closed = channel is not None and (channel.private or channel.im_with is not None)
    if channel is None or (closed and BOT_USER not in channel.members):
        raise RefusalError("channel_not_found")
    place = {"im": "im", "group": "groups", "mpim": "mpim"}.get(channel.kind, "channels")
    require([f"{place}:{purpose}"], core.installation.scopes)
    return channel


def _info(core: Core, arguments: Json) -> Json:
    channel = _visible(core, arguments, "read")
    body = channel.to_json(BOT_USER in channel.members)
    if flag(arguments, "include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def _members(core: Core, arguments: Json) -> Json:
    members, cursor = _page(sorted(_visible(core, arguments, "read").members), arguments, 100, str)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def _history(core: Core, arguments: Json) -> Json:
    channel = _visible(core, arguments, "history")
    if BOT_USER not in channel.members:
        raise RefusalError("not_in_channel")
    found = [message for message in core.workspace.history(channel.id) if _within(message, arguments)]
    return _messages(core, found, arguments, 100)


def _replies(core: Core, arguments: Json) -> Json:
    channel = _visible(core, arguments, "history")
    if BOT_USER not in channel.members:
        raise RefusalError("not_in_channel")
    ts = argument(arguments, "ts")
    parent = core.workspace.find(channel.id, ts)
    replies = core.workspace.replies(channel.id, ts)
    if parent is None and not replies:
        raise RefusalError("thread_not_found")
    found = [message for message in replies if _within(message, arguments)]
    return _messages(core, [*([parent] if parent else []), *found], arguments, 1000)


def _within(message: Message, arguments: Json) -> bool:
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "9999999999")
    if flag(arguments, "inclusive"):
        return float(oldest) <= float(message.ts) <= float(latest)
    return float(oldest) < float(message.ts) < float(latest)


def _messages(core: Core, found: list[Message], arguments: Json, default_limit: int) -> Json:
    def body(message: Message) -> Json:
        replies = core.workspace.replies(message.channel, message.ts)
        thread: Json = (
            {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "latest_reply": replies[-1].ts,
                "reply_users": sorted({str(reply.user) for reply in replies}),
            }
            if replies
            else {}
        )
        return message.to_json(metadata=bool(flag(arguments, "include_all_metadata"))) | thread

    messages, cursor = _page(found, arguments, default_limit, body)
    return {"messages": messages, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _page(
    items: list[_Item], arguments: Json, default_limit: int, to_json: Callable[[_Item], object]
) -> tuple[list[object], str]:
    """A page of a list, and the cursor of the next page, which is empty at the end."""
    limit = int(arguments.get("limit") or default_limit)
    try:
        start = int(str(arguments.get("cursor") or "next:0").removeprefix("next:"))
    except ValueError:
        raise RefusalError("invalid_cursor") from None
    ends = start + limit
    return [to_json(item) for item in items[start:ends]], f"next:{ends}" if ends < len(items) else ""


def _open(core: Core, arguments: Json) -> Json:
    users = argument(arguments, "users").split(",")
    if len(users) != 1 or users[0] not in core.workspace.users:
        raise RefusalError("user_not_found")
    channel = core.workspace.im(users[0])
    whole = flag(arguments, "return_im")
    return {"channel": channel.to_json(True) if whole else {"id": channel.id}}


def _user(core: Core, arguments: Json) -> Json:
    user: User | None = core.workspace.users.get(argument(arguments, "user"))
    if user is None:
        raise RefusalError("user_not_found")
    body = user.to_json()
    if not core.missing(["users:read.email"]):
        body["profile"]["email"] = f"{user.name}@example.com"
    if flag(arguments, "include_locale"):
        body["locale"] = user.locale
    return {"user": body}


def _bot(core: Core, arguments: Json) -> Json:
    if argument(arguments, "bot") != BOT_ID:
        raise RefusalError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": "analects",
            "updated": 1700000000,
            "app_id": APP_ID,
            "user_id": BOT_USER,
            "icons": {},
        }
    }


def _title(core: Core, arguments: Json) -> Json:
    place = argument(arguments, "channel_id"), argument(arguments, "thread_ts")
    core.workspace.titles[place] = argument(arguments, "title")
    return {}


def _team(core: Core, arguments: Json) -> Json:
    return {
        "team": {
            "id": HOME_TEAM,
            "name": "Reading Room",
            "url": "https://reading-room.slack.com/",
            "domain": "reading-room",
            "email_domain": "",
            "icon": {},
        }
    }


def methods(new_socket_url: Callable[[], str]) -> dict[str, Method]:
    """The table of these methods. `new_socket_url` returns the URL for apps.connections.open."""
    return {
        "auth.test": Method(_auth_test),
        "apps.connections.open": Method(
            lambda core, arguments: {"url": new_socket_url()}, ("connections:write",), app_level=True
        ),
        "conversations.info": Method(_info),
        "conversations.members": Method(_members),
        "conversations.history": Method(_history),
        "conversations.replies": Method(_replies),
        "conversations.open": Method(_open, ("im:write",)),
        "assistant.threads.setTitle": Method(_title, ("assistant:write",)),
        "users.info": Method(_user, ("users:read",)),
        "bots.info": Method(_bot, ("users:read",)),
        "team.info": Method(_team, ("team:read",)),
    }
