"""The app's manifest, and a table of the scopes that each event, feature and API method needs.

The manifest is `manifest.json` beside this file. Tests compare it with the table, and the table with what the code subscribes
to and calls. Source: the page of each event and method at docs.slack.dev.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import cast

from adapters.slack.credentials import OPTIONAL_SCOPES, REQUIRED_SCOPES

Manifest = dict[str, object]

EVENTS_PATH = "/slack/events"
"""Where Slack posts its requests in HTTP mode."""

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
    "bots.info": ("users:read",),
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
"""Scopes of the bot token for each API method. The manifest does not request the history of channels: that is read only where
someone granted it, to look up posts of unknown outcome (`HISTORY_SCOPES` in `adapters.slack.credentials`)."""

APP_METHODS: Mapping[str, tuple[str, ...]] = {"apps.connections.open": ("connections:write",)}
"""Scopes of the app-level token for each API method."""

REASONS: Mapping[str, str] = {**REQUIRED_SCOPES, **OPTIONAL_SCOPES}
"""What each scope is for, as `analects setup` tells it."""


def manifest(url: str | None = None) -> Manifest:
    """The manifest for Socket Mode, or for HTTP where `url` is the public address of the bot (`https://bot.example.com`)."""
    text = files("adapters.slack").joinpath("manifest.json").read_text("utf-8")
    content = cast("Manifest", json.loads(text))
    if url is not None:
        address = url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
        settings = _object(content, "settings")
        settings["socket_mode_enabled"] = False
        _object(settings, "event_subscriptions")["request_url"] = address
        for name in ("request_url", "message_menu_options_url"):
            _object(settings, "interactivity")[name] = address
        for command in cast("list[Manifest]", _object(content, "features")["slash_commands"]):
            command["url"] = address
    return content


def requested_scopes() -> tuple[str, ...]:
    """The scopes of the bot token that the manifest asks for, sorted."""
    scopes = _object(_object(manifest(), "oauth_config"), "scopes")["bot"]
    return tuple(sorted(cast("list[str]", scopes)))


def needed_scopes() -> tuple[str, ...]:
    """The scopes that events, features and calls need, sorted."""
    tables = (EVENTS, FEATURES, METHODS)
    return tuple(sorted({scope for table in tables for scopes in table.values() for scope in scopes}))


def _object(parent: Manifest, name: str) -> Manifest:
    return cast("Manifest", parent[name])
