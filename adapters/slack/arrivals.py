"""Payloads of Slack as arrivals. Pure: nothing is asked, nothing is sent.

Forms: docs.slack.dev/reference/events and docs.slack.dev/reference/interaction-payloads.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack import plain_text
from bot.chat.arrival import Arrival, QuotesById
from bot.chat.digest_commands import DigestRequest
from bot.chat.requests import Request

Payload = Mapping[str, object]

_SPOKEN = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of a message that a person wrote."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The app in its workspace, as auth.test tells."""

    team: str
    user: str
    bot: str
    enterprise: str = ""
    url: str = ""


def of_event(body: Payload, me: Identity) -> Arrival | None:
    """A mention or direct message; None for every other event."""
    event = part(body, "event")
    kind, channel, ts = (word(event, name) for name in ("type", "channel", "ts"))
    direct = kind == "message" and word(event, "channel_type") == "im"
    if not (kind == "app_mention" or direct) or not channel or not ts:
        return None  # mentions in channels come as app_mention, also where messages are subscribed to
    if word(event, "subtype") not in _SPOKEN or event.get("hidden"):
        return None
    said, person = word(event, "text"), word(event, "user")
    theirs = word(event, "user_team") or word(event, "source_team") or word(event, "team") or me.team
    return Arrival(
        key=f"slack:{channel}:{ts}",
        platform="slack",
        server=me.team,
        channel=channel,
        person=person,
        sent_at=_seconds(ts),
        text=plain_text.plain(said),
        thread=word(event, "thread_ts") or (None if direct else ts),
        person_server=theirs,
        home=_is_home(body, me),
        direct=direct,
        bot=not person or bool(event.get("bot_id")) or person == me.user,
        edited="edited" in event,
        broadcast=not direct and not plain_text.mentions(said, me.user),
        stranger=theirs not in (me.team, me.enterprise),
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
    """A slash command."""
    channel, theirs = word(payload, "channel_id"), word(payload, "team_id")
    return _asked(
        f"slack:command:{word(payload, 'trigger_id')}", channel, word(payload, "user_id"), theirs, me, request,
        private=not public, shared=shared, guest=guest,
    )  # fmt: skip


def of_interaction(
    payload: Payload, me: Identity, request: Request | DigestRequest | QuotesById, key: str, *, private: bool, shared: bool = False,
    guest: bool = False,
) -> Arrival:  # fmt: skip
    """A button or shortcut. One of the Home tab stands in no channel and counts as a direct message."""
    user = part(payload, "user")
    channel = word(part(payload, "channel"), "id") or f"D-{word(user, 'id')}"
    theirs = word(user, "team_id") or word(part(payload, "team"), "id") or me.team
    thread = word(part(payload, "container"), "thread_ts") or None
    return _asked(
        key, channel, word(user, "id"), theirs, me, request, private=private, shared=shared, guest=guest, thread=thread
    )  # fmt: skip


def _asked(
    key: str, channel: str, person: str, theirs: str, me: Identity, request: Request | DigestRequest | QuotesById, *, private: bool,
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
        person_server=theirs,
        home=True,
        direct=channel.startswith("D"),
        stranger=theirs not in (me.team, me.enterprise),
        shared=shared,
        guest=guest,
        private=private,
    )


def part(payload: Payload, name: str) -> Payload:
    """An object of a payload; empty where it is missing or none."""
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def word(payload: Payload, name: str) -> str:
    """A string of a payload; empty where it is missing or none."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _is_home(body: Payload, me: Identity) -> bool:
    """Whether the event was sent for the installation in the bot's own workspace."""
    granted = body.get("authorizations")
    teams = (
        {word(one, "team_id") for one in granted if isinstance(one, dict)}
        if isinstance(granted, list)
        else set()
    )
    return me.team in teams | {word(body, "team_id"), word(body, "context_team_id")}


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
