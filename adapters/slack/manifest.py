"""The app's manifest, and the scopes that every event, feature and call needs: the one table of them.

The manifest stands in `manifest.json` beside this file; the tests hold it against this table, and the table against what
the code subscribes to and calls. Facts: docs.slack.dev, the pages of each event and method.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import cast

from adapters.slack.credentials import NEEDED, WANTED

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
    "conversations.history": ("im:history",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.replies": ("im:history",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
}
"""Of the bot token. What was said in channels is not asked for: there, history is read only where someone granted it
(`LOOKED_UP` in `credentials`), to see whether an answer or a digest of unknown outcome arrived."""

APP_METHODS: Mapping[str, tuple[str, ...]] = {"apps.connections.open": ("connections:write",)}
"""Of the app-level token."""

REASONS: Mapping[str, str] = {**NEEDED, **WANTED}
"""What each scope is for, as people are told."""


def manifest(url: str | None = None) -> Manifest:
    """The manifest for Socket Mode, or for HTTP at this public address of the bot (`https://bot.example.com`)."""
    text = files("adapters.slack").joinpath("manifest.json").read_text("utf-8")
    found = cast("Manifest", json.loads(text))
    if url is not None:
        address = url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
        settings = _part(found, "settings")
        settings["socket_mode_enabled"] = False
        _part(settings, "event_subscriptions")["request_url"] = address
        for name in ("request_url", "message_menu_options_url"):
            _part(settings, "interactivity")[name] = address
        for command in cast("list[Manifest]", _part(found, "features")["slash_commands"]):
            command["url"] = address
    return found


def scopes() -> tuple[str, ...]:
    """The scopes of the bot token that the manifest asks for, sorted."""
    found = _part(_part(manifest(), "oauth_config"), "scopes")["bot"]
    return tuple(sorted(cast("list[str]", found)))


def needed() -> tuple[str, ...]:
    """The scopes that events, features and calls need, sorted."""
    tables = (EVENTS, FEATURES, METHODS)
    return tuple(sorted({scope for table in tables for found in table.values() for scope in found}))


def _part(whole: Manifest, name: str) -> Manifest:
    return cast("Manifest", whole[name])
