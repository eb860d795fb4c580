"""The app's manifest, and the scopes that every event, feature and call needs: the one table of them.

The manifest stands in `manifest.json` beside this file; the tests hold it against this table, and the table against what
the code subscribes to and calls. Facts: docs.slack.dev, the pages of each event and method.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import cast

Manifest = dict[str, object]

EVENTS_PATH = "/slack/events"
"""Where Slack posts to in HTTP mode."""

EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
}
FEATURES: Mapping[str, tuple[str, ...]] = {
    "slash_commands": ("commands",),
    "shortcuts": ("commands",),
    "app_home": (),
    "bot_user": (),
}
METHODS: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "users.info": ("users:read",),
    "views.publish": (),
}
"""Of the bot token, for all kinds of conversation in which the bot answers."""

APP_METHODS: Mapping[str, tuple[str, ...]] = {"apps.connections.open": ("connections:write",)}
"""Of the app-level token."""

REASONS: Mapping[str, str] = {
    "app_mentions:read": "to hear its mentions",
    "channels:history": "to see whether a question in a public channel was answered before a restart",
    "channels:read": "to know a channel that is shared with another organisation",
    "chat:write": "to answer",
    "commands": "for /highlight and “Find highlights”",
    "groups:history": "the same in private channels",
    "groups:read": "the same for private channels",
    "im:history": "to hear direct messages",
    "users:read": "to tell members, guests and admins apart",
}
"""What each scope is for, as people are told."""


def manifest(url: str | None = None) -> Manifest:
    """The manifest for Socket Mode, or for HTTP at this public address of the bot (`https://bot.example.com`)."""
    text = files("adapters.slack").joinpath("manifest.json").read_text("utf-8")
    found = cast(Manifest, json.loads(text))
    if url is not None:
        address = url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
        settings = _part(found, "settings")
        settings["socket_mode_enabled"] = False
        _part(settings, "event_subscriptions")["request_url"] = address
        _part(settings, "interactivity")["request_url"] = address
        for command in cast(list[Manifest], _part(found, "features")["slash_commands"]):
            command["url"] = address
    return found


def scopes() -> tuple[str, ...]:
    """The scopes of the bot token that the manifest asks for, sorted."""
    found = _part(_part(manifest(), "oauth_config"), "scopes")["bot"]
    return tuple(sorted(cast(list[str], found)))


def needed() -> tuple[str, ...]:
    """The scopes that events, features and calls need, sorted."""
    tables = (EVENTS, FEATURES, METHODS)
    return tuple(sorted({scope for table in tables for found in table.values() for scope in found}))


def missing(granted: Iterable[str]) -> tuple[str, ...]:
    """The scopes that were not granted, sorted."""
    return tuple(sorted(set(needed()) - set(granted)))


def _part(whole: Manifest, name: str) -> Manifest:
    return cast(Manifest, whole[name])
