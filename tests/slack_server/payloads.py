"""The payloads that Slack sends to the app when people do something, as its reference describes them.

Events: docs.slack.dev/apis/events-api and /reference/events; interactions:
docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

import time

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.shown.mrkdwn import escape
from tests.slack_server.workspace import APP_ID, BOT_USER, HOME_TEAM, Channel, Message, User, View


def typed(text: str, bot: str = BOT_USER) -> tuple[str, list[Json]]:
    """Converts a typed text as Slack does. Returns the event's `text` and the `rich_text` blocks.

    `@analects` in the text becomes a mention of the bot.
    """
    parts = text.split("@analects")
    inline: list[Json] = []
    for number, part in enumerate(parts):
        if number:
            inline.append({"type": "user", "user_id": bot})
        if part:
            inline.append({"type": "text", "text": part})
    section: Json = {"type": "rich_text_section", "elements": inline}
    blocks: list[Json] = [{"type": "rich_text", "block_id": "Typed", "elements": [section]}]
    return f"<@{bot}>".join(escape(part) for part in parts), blocks if inline else []


def event_callback(core: Core, event: Json, channel: Channel | None, *, ago: float = 0.0) -> Json:
    """The outer payload of an event."""
    event_id = core.workspace.next_id("Ev")
    installed = core.installation
    team = channel.team if channel is not None else HOME_TEAM
    return {
        "token": "verification-token",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": installed.enterprise or None,
        **({"enterprise_id": installed.enterprise} if installed.enterprise else {}),
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(time.time() - ago),
        "authorizations": [
            {
                "enterprise_id": installed.enterprise or None,
                "team_id": None if installed.for_organisation else HOME_TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": installed.for_organisation,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.shared,
        "event_context": f"4-{event_id}",
    }


def message_event(message: Message, channel: Channel, kind: str = "message") -> Json:
    """A `message` or `app_mention` event. `user_team` names the team of a person from another team."""
    event = message.to_json() | {"type": kind, "channel": channel.id, "event_ts": message.ts}
    if kind == "message":
        event["channel_type"] = channel.kind
    if message.user and not message.bot_id:
        event["client_msg_id"] = f"11111111-2222-4333-8444-{message.ts.replace('.', '')[-12:]}"
    if message.thread_ts:
        event["parent_user_id"] = message.user
    if message.team != HOME_TEAM:
        event |= {"user_team": message.team, "source_team": message.team}
    if message.edited_by:
        event["event_ts"] = f"{message.changed:.6f}"
    return event


def changed_event(message: Message, channel: Channel, now: str) -> Json:
    """`message_changed`: the hidden event that Slack sends after an edit."""
    previous = message.to_json() | message.earlier[-1]
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "ts": now,
        "event_ts": now,
        "channel_type": channel.kind,
        "message": message.to_json(),
        "previous_message": previous,
    }


def deleted_event(message: Message, channel: Channel, now: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel.id,
        "ts": now,
        "event_ts": now,
        "channel_type": channel.kind,
        "deleted_ts": message.ts,
        "previous_message": message.to_json(),
    }


def slash_command(
    core: Core, user: User, channel: Channel, command: str, text: str, response_url: str
) -> Json:
    """The fields of a slash command. Over HTTP they are sent as a form."""
    return {
        "token": "verification-token",
        "team_id": user.team,
        "team_domain": "reading-room",
        "channel_id": channel.id,
        "channel_name": "directmessage"
        if channel.im_with
        else ("privategroup" if channel.private else channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": str(core.installation.for_organisation).lower(),
        **({"enterprise_id": user.enterprise, "enterprise_name": "Starship"} if user.enterprise else {}),
        "response_url": response_url,
        "trigger_id": core.new_trigger(user.id),
    }


def interaction(core: Core, kind: str, user: User) -> Json:
    """The fields that all interactions have: the person, the workspace, and a trigger for a modal."""
    return {
        "type": kind,
        "token": "verification-token",
        "api_app_id": APP_ID,
        "team": {"id": HOME_TEAM, "domain": "reading-room"},
        "enterprise": {"id": core.installation.enterprise, "name": "Starship"}
        if core.installation.enterprise
        else None,
        "is_enterprise_install": core.installation.for_organisation,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "trigger_id": core.new_trigger(user.id),
    }


def message_origin(message: Message, channel: Channel) -> Json:
    """The fields that say in which message a button was pressed. If the message is ephemeral, it is not in the payload."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    origin: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": {}},
    }
    if not message.ephemeral_to:
        origin["message"] = message.to_json()
    return origin


def view_origin(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.to_json()}
