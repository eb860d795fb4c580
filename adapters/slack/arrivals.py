"""Converts Slack payloads to arrivals. Pure functions: they call no API.

Payload formats: docs.slack.dev/reference/events and docs.slack.dev/reference/interaction-payloads.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack import plain_text
from bot.chat.arrival import Arrival, QuotesById
from bot.chat.digest_commands import DigestRequest
from bot.chat.requests import Request

Payload = Mapping[str, object]

_PERSON_SUBTYPES = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of messages that a person wrote; the others are joins, edits, topics and the like."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The app in its workspace, from `auth.test`. All ids; `url` is the address of the workspace."""

    team: str
    user: str
    bot: str
    enterprise: str = ""
    url: str = ""


def of_event(body: Payload, me: Identity) -> Arrival | None:
    """The arrival for a mention or a direct message; None for every other event."""
    event = get_object(body, "event")
    kind, channel, ts = (get_string(event, name) for name in ("type", "channel", "ts"))
    direct = kind == "message" and get_string(event, "channel_type") == "im"
    if not (kind == "app_mention" or direct) or not channel or not ts:
        return None  # a mention in a channel arrives as app_mention, even where message events are subscribed
    if get_string(event, "subtype") not in _PERSON_SUBTYPES or event.get("hidden"):
        return None
    text, person = get_string(event, "text"), get_string(event, "user")
    person_team = (
        get_string(event, "user_team")
        or get_string(event, "source_team")
        or get_string(event, "team")
        or me.team
    )
    return Arrival(
        key=f"slack:{channel}:{ts}",
        platform="slack",
        server=me.team,
        channel=channel,
        person=person,
        sent_at=_seconds(ts),
        text=plain_text.plain(text),
        thread=get_string(event, "thread_ts") or (None if direct else ts),
        person_server=person_team,
        home=_is_home(body, me),
        direct=direct,
        bot=not person or bool(event.get("bot_id")) or person == me.user,
        edited="edited" in event,
        broadcast=not direct and not plain_text.mentions(text, me.user),
        stranger=person_team not in (me.team, me.enterprise),
        shared=body.get("is_ext_shared_channel") is True,
    )


def of_command(
    payload: Payload,
    me: Identity,
    request: Request | DigestRequest,
    *,
    public: bool,
    shared: bool,
    guest: bool,
) -> Arrival:
    """The arrival for a slash command; `public` if everyone shall see the answer."""
    channel, person_team = get_string(payload, "channel_id"), get_string(payload, "team_id")
    return _interaction(
        f"slack:command:{get_string(payload, 'trigger_id')}", channel, get_string(payload, "user_id"), person_team, me, request,
        private=not public, shared=shared, guest=guest,
    )  # fmt: skip


def of_interaction(
    payload: Payload, me: Identity, request: Request | DigestRequest | QuotesById, key: str, *, private: bool, shared: bool = False,
    guest: bool = False,
) -> Arrival:  # fmt: skip
    """The arrival for a button or a shortcut. The Home tab has no channel: it counts as a direct message."""
    user = get_object(payload, "user")
    channel = get_string(get_object(payload, "channel"), "id") or f"D-{get_string(user, 'id')}"
    person_team = get_string(user, "team_id") or get_string(get_object(payload, "team"), "id") or me.team
    thread = get_string(get_object(payload, "container"), "thread_ts") or None
    return _interaction(
        key, channel, get_string(user, "id"), person_team, me, request, private=private, shared=shared, guest=guest, thread=thread
    )  # fmt: skip


def _interaction(
    key: str, channel: str, person: str, person_team: str, me: Identity, request: Request | DigestRequest | QuotesById, *,
    private: bool,
    shared: bool, guest: bool, thread: str | None = None,
) -> Arrival:  # fmt: skip
    return Arrival(
        key=key,
        platform="slack",
        server=me.team,
        channel=channel,
        person=person,
        sent_at=time.time(),
        request=request,
        thread=thread,
        person_server=person_team,
        home=True,
        direct=channel.startswith("D"),
        stranger=person_team not in (me.team, me.enterprise),
        shared=shared,
        guest=guest,
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


def _is_home(body: Payload, me: Identity) -> bool:
    """Whether the event was sent for the app's installation in its own workspace."""
    authorizations = body.get("authorizations")
    teams = (
        {get_string(one, "team_id") for one in authorizations if isinstance(one, dict)}
        if isinstance(authorizations, list)
        else set()
    )
    return me.team in teams | {get_string(body, "team_id"), get_string(body, "context_team_id")}


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
