"""Converts Slack payloads to arrivals. Pure functions: they call no API.

Payload formats: docs.slack.dev/reference/events and docs.slack.dev/reference/interaction-payloads.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from adapters.slack import plain_text
from bot.chat.arrival import Arrival, Asked
from bot.chat.digest_commands import DigestRequest
from bot.chat.requests import Request
from bot.chat.settings_commands import SettingsRequest

Payload = Mapping[str, object]

_PERSON_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of messages that a person wrote; the others are joins, edits, topics and the like."""


MAX_EDIT_AGE_S = 2 * 86400.0
"""In seconds. Edits of older messages are ignored, because the bot no longer knows whether it answered them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The app as it is installed, from `auth.test`. All fields are ids, except `url`, the address of the workspace."""

    team: str
    """The workspace; the organisation if the app is installed for a whole organisation."""
    user: str
    bot: str
    enterprise: str = ""
    """The organisation (Enterprise Grid) that the workspace belongs to."""
    url: str = ""
    for_organisation: bool = False
    """Installed for all workspaces of the organisation at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What Slack says about a channel and a person. The rules need it to decide."""

    shared: bool = False
    guest: bool = False
    colleague: bool = True
    unsure: bool = False
    """Slack gave no answer: the channel may be shared, and the person may be a guest or an outsider."""


def of_event(body: Payload, me: Identity) -> Arrival | None:
    """The arrival for a message to the bot, or in a channel where Slack delivers every message; None for any other event."""
    event = get_object(body, "event")
    kind, channel, ts = (get_string(event, name) for name in ("type", "channel", "ts"))
    place = get_string(event, "channel_type")
    if kind not in ("app_mention", "message") or not channel or not ts:
        return None
    if get_string(event, "subtype") not in _PERSON_SUBTYPES or event.get("hidden"):
        return None
    direct = kind == "message" and place == "im"
    text, person = get_string(event, "text"), get_string(event, "user")
    mentioned = plain_text.mentions(text, me.user)
    if kind == "message" and mentioned and place not in ("im", "mpim"):
        return None  # Slack sends it as app_mention, too
    thread = get_string(event, "thread_ts")
    edited = get_string(get_object(event, "edited"), "ts") if kind == "app_mention" else ""
    asked_by_edit = bool(edited) and _seconds(edited) - _seconds(ts) < MAX_EDIT_AGE_S
    return Arrival(
        key=f"slack:{channel}:{ts}",
        platform="slack",
        server=_workspace(body, me),
        organisation=me.enterprise,
        channel=channel,
        person=person,
        sent_at=_seconds(edited if asked_by_edit else ts),
        text=plain_text.words(event),
        context=plain_text.attached_words(event),
        around=plain_text.around_mention(text, me.user),
        thread=thread or (None if direct else ts),
        person_server=_team_of(event) or me.team,
        home=_is_home(body, me),
        direct=direct,
        bot=not person or bool(event.get("bot_id")) or person == me.user,
        edited="edited" in event and kind == "message",
        broadcast=kind == "app_mention" and not mentioned,
        unaddressed=kind == "message" and not direct and not mentioned,
        stranger=_team_of(event) not in ("", me.team, me.enterprise),
        shared=body.get("is_ext_shared_channel") is True,
    )


def of_key(key: str) -> tuple[str, str] | None:
    """The channel and the ts of the message with this key (`Arrival.key`); None if the key is not of a message."""
    match key.split(":"):
        case ["slack", channel, ts] if ts.replace(".", "", 1).isdecimal() and "." in ts:
            return channel, ts
    return None


def as_event(message: Payload, channel: str, workspace: str, me: Identity) -> Payload:
    """The body of the event for a message, rebuilt from the message in Slack's history."""
    addressed = plain_text.mentions(get_string(message, "text"), me.user) and not channel.startswith("D")
    fields = {name: value for name, value in message.items() if addressed or name != "edited"}
    kind = {
        "type": "app_mention" if addressed else "message",
        "channel_type": "im" if channel.startswith("D") else "channel",
    }
    return {
        "team_id": workspace,
        "enterprise_id": me.enterprise or None,
        "event": {**fields, **kind, "channel": channel},
    }


def of_command(
    payload: Payload,
    me: Identity,
    request: Request | DigestRequest | SettingsRequest,
    *,
    public: bool,
    standing: Standing,
) -> Arrival:
    """The arrival for a slash command; `public`: everyone sees the answer."""
    channel = get_string(payload, "channel_id")
    return _interaction(
        f"slack:command:{get_string(payload, 'trigger_id')}", channel, get_string(payload, "user_id"),
        get_string(payload, "team_id"), me, request, private=not public, standing=standing,
    )  # fmt: skip


def of_interaction(
    payload: Payload, me: Identity, request: Asked, key: str, *, private: bool, standing: Standing,
    deduplicate: bool = False,
) -> Arrival:  # fmt: skip
    """The arrival for a button or a shortcut. The Home tab has no channel: it counts as a direct message."""
    user, message = get_object(payload, "user"), get_object(payload, "message")
    channel = get_string(get_object(payload, "channel"), "id") or f"D-{get_string(user, 'id')}"
    thread = get_string(get_object(payload, "container"), "thread_ts") or get_string(message, "thread_ts")
    arrival = _interaction(
        key, channel, get_string(user, "id"), person_team(payload) or me.team, me, request, private=private, standing=standing,
        thread=thread or None,
    )  # fmt: skip
    return replace(arrival, deduplicate=deduplicate, pressed=get_string(payload, "type") != "message_action")


WORKFLOW = "workflow"
"""Stands for the channel and the person of a workflow step, so that settings can list it, as `slack:workflow`."""


def of_step(body: Payload, me: Identity, request: Asked, execution: str) -> Arrival:
    """The arrival for a step of a workflow. Only the workflow sees the answer."""
    return Arrival(
        key=f"slack:step:{execution}",
        platform="slack",
        server=_workspace(body, me),
        organisation=me.enterprise,
        channel=WORKFLOW,
        person=WORKFLOW,
        sent_at=time.time(),
        request=request,
        home=_is_home(body, me),
        private=True,
        deduplicate=True,
    )


def person_team(payload: Payload) -> str:
    """The team of the person who pressed or typed; empty if the payload does not say."""
    team = get_string(get_object(payload, "user"), "team_id") or get_string(payload, "team_id")
    return team or get_string(get_object(payload, "team"), "id")


def _interaction(
    key: str, channel: str, person: str, team: str, me: Identity, request: Asked, *,
    private: bool, standing: Standing, thread: str | None = None,
) -> Arrival:  # fmt: skip
    return Arrival(
        key=key,
        platform="slack",
        server=team if me.for_organisation and standing.colleague and team else me.team,
        organisation=me.enterprise,
        channel=channel,
        person=person,
        sent_at=time.time(),
        request=request,
        thread=thread,
        person_server=team,
        home=True,
        direct=channel.startswith("D"),
        stranger=not standing.colleague,
        shared=standing.shared,
        guest=standing.guest,
        unsure=standing.unsure,
        private=private,
    )


def get_object(payload: Payload, name: str) -> Payload:
    """The object under `name` in a payload; empty if it is missing or not an object."""
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def get_string(payload: Payload, name: str) -> str:
    """The string under `name` in a payload; empty if it is missing or not a string."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _team_of(event: Payload) -> str:
    """The author's team; empty if the event does not say. Only events of people from other teams have `user_team`."""
    return next(
        (team for name in ("user_team", "source_team", "team") if (team := get_string(event, name))), ""
    )


def _workspace(body: Payload, me: Identity) -> str:
    """The workspace in which an event happened."""
    if not me.for_organisation:
        return me.team
    return get_string(body, "context_team_id") or get_string(body, "team_id") or me.team


def _is_home(body: Payload, me: Identity) -> bool:
    """Whether Slack sent the event to this installation of the app, in a workspace or in a whole organisation."""
    listed = body.get("authorizations")
    authorizations = (
        [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )
    if me.for_organisation and any(
        get_string(authorization, "enterprise_id") == me.enterprise for authorization in authorizations
    ):
        return True
    if me.for_organisation and me.enterprise in (
        get_string(body, "enterprise_id"), get_string(body, "context_enterprise_id")
    ):  # fmt: skip
        return True
    teams = {get_string(authorization, "team_id") for authorization in authorizations}
    return me.team in teams | {get_string(body, "team_id"), get_string(body, "context_team_id")}


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
