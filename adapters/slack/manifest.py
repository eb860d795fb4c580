"""The app's manifest, and a table of the scopes that each event, feature and API method needs.

The manifest is `manifest.json` in this folder; the function `manifest` adapts it to the options of `analects setup`. Tests compare
it with the table, the table with what the code subscribes to and calls, and the manifest with Slack's public schema. Source: the
page of each event and method at docs.slack.dev.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import cast
from urllib.parse import quote

from adapters.slack.credentials import (
    CHOSEN_SCOPES,
    OPTIONAL_SCOPES,
    PICTURE_SCOPES,
    REQUIRED_SCOPES,
    UNFURL_SCOPES,
)

FIND_STEP, RANDOM_STEP = "find_highlights_step", "random_highlight_step"
"""Callback ids of the steps of workflows."""
UNFURL_DOMAINS = ("read.readwise.io", "readwise.io")
"""The domains to which the links of highlights lead."""

Manifest = dict[str, object]

EVENTS_PATH = "/slack/events"
"""Where Slack posts its requests in HTTP mode."""
NEW_APP = "https://api.slack.com/apps?new_app=1"
"""The page on which apps are made."""
DEFAULT_NAME, DEFAULT_COMMAND = "Analects", "/highlight"

EVENTS: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
}
ASK_CHANNELS_EVENTS: Mapping[str, tuple[str, ...]] = {
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
}
"""Requested only if the bot answers questions without a mention: then Slack delivers every message of a channel."""
UNFURL_EVENTS: Mapping[str, tuple[str, ...]] = {"link_shared": ("links:read",)}
"""Requested only if links to highlights are to unfurl."""
STEP_EVENTS: Mapping[str, tuple[str, ...]] = {"function_executed": ()}
"""Requested only if workflows are to have steps."""
FEATURES: Mapping[str, tuple[str, ...]] = {
    "agent_view": ("assistant:write",),
    "slash_commands": ("commands",),
    "shortcuts": ("commands",),
    "app_home": (),
    "bot_user": (),
}
METHODS: Mapping[str, tuple[str, ...]] = {
    "assistant.threads.setTitle": ("assistant:write",),
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.unfurl": ("links:write",),
    "conversations.history": ("im:history",),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.replies": ("im:history",),
    "functions.completeError": (),
    "functions.completeSuccess": (),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
}
"""The scopes of the bot token for each API method. Histories of channels and groups need the scopes in `CHOSEN_SCOPES`."""

APP_METHODS: Mapping[str, tuple[str, ...]] = {
    "apps.connections.open": ("connections:write",),
    "apps.manifest.export": (),
}
"""Scopes of the app-level token for each API method; the manifest is exported with a configuration token."""

REASONS: Mapping[str, str] = {**REQUIRED_SCOPES, **OPTIONAL_SCOPES, **CHOSEN_SCOPES, **PICTURE_SCOPES}
"""What each scope is for, as `analects setup` prints it."""


def manifest(
    url: str | None = None,
    *,
    name: str = DEFAULT_NAME,
    command: str = DEFAULT_COMMAND,
    ask_channels: bool = False,
    unfurl: bool = False,
    steps: bool = False,
    pictures: bool = False,
) -> Manifest:
    """The manifest for Socket Mode, or for HTTP if `url` is the public address of the bot (`https://bot.example.com`).

    A second library in the same workspace needs its own `name` and `command`. `ask_channels` is for `ASK_CHANNELS`. With
    `pictures`, quotes can be posted as pictures; with `unfurl`, links to highlights unfurl to the passage; with `steps`,
    workflows have steps that find highlights.
    """
    text = files("adapters.slack").joinpath("manifest.json").read_text("utf-8")
    text = text.replace(DEFAULT_NAME, json.dumps(name, ensure_ascii=False)[1:-1]).replace(
        DEFAULT_COMMAND, command
    )
    content = cast("Manifest", json.loads(text))
    if ask_channels:
        _add_channel_events(content)
    if unfurl:
        _add(content, UNFURL_EVENTS, UNFURL_SCOPES)
        _object(content, "features")["unfurl_domains"] = list(UNFURL_DOMAINS)
    if pictures:
        _add(content, {}, tuple(PICTURE_SCOPES))
    if steps:
        _add(content, STEP_EVENTS, ())
        content["functions"] = _steps()
        _object(content, "settings")["function_runtime"] = "remote"
    if url is not None:
        address = url.rstrip("/").removesuffix(EVENTS_PATH) + EVENTS_PATH
        settings = _object(content, "settings")
        settings["socket_mode_enabled"] = False
        _object(settings, "event_subscriptions")["request_url"] = address
        for kind in ("request_url", "message_menu_options_url"):
            _object(settings, "interactivity")[kind] = address
        for slash_command in cast("list[Manifest]", _object(content, "features")["slash_commands"]):
            slash_command["url"] = address
    return content


def link(content: Manifest) -> str:
    """The address of the page that creates the app with this manifest filled in."""
    return f"{NEW_APP}&manifest_json={quote(json.dumps(content, separators=(',', ':'), ensure_ascii=False), safe='')}"


def events(content: Manifest) -> tuple[str, ...]:
    """The events of a manifest."""
    subscriptions = _object_or_empty(_object_or_empty(content, "settings"), "event_subscriptions")
    return tuple(_strings(subscriptions.get("bot_events")))


def commands(content: Manifest) -> tuple[str, ...]:
    """The slash commands of a manifest."""
    return tuple(_names(content, "slash_commands", "command"))


def shortcuts(content: Manifest) -> tuple[str, ...]:
    """The callback ids of the shortcuts of a manifest."""
    return tuple(_names(content, "shortcuts", "callback_id"))


def domains(content: Manifest) -> tuple[str, ...]:
    """The domains whose links unfurl with this manifest."""
    return tuple(_strings(_object_or_empty(content, "features").get("unfurl_domains")))


def step_ids(content: Manifest) -> tuple[str, ...]:
    """The callback ids of the workflow steps of a manifest."""
    return tuple(_object_or_empty(content, "functions"))


def unfurls(content: Manifest) -> bool:
    """Whether a manifest has an event, a scope or a domain that `unfurl` adds."""
    return bool(
        {*events(content), *requested_scopes(content)} & {*UNFURL_EVENTS, *UNFURL_SCOPES} or domains(content)
    )


def has_steps(content: Manifest) -> bool:
    """Whether a manifest has an event or a step that `steps` adds."""
    return bool(set(events(content)) & set(STEP_EVENTS) or step_ids(content))


def requested_scopes(content: Manifest | None = None, *, optional: bool = True) -> tuple[str, ...]:
    """The scopes that a manifest requests for the bot token, sorted; without `optional` only those that nobody can leave out."""
    chosen_content = content if content is not None else manifest()
    scopes = _object_or_empty(_object_or_empty(chosen_content, "oauth_config"), "scopes")
    names = ("bot", "bot_optional") if optional else ("bot",)
    return tuple(sorted(string for name in names for string in _strings(scopes.get(name))))


def needed_scopes() -> tuple[str, ...]:
    """The scopes that events, features and calls need, sorted."""
    tables = (EVENTS, ASK_CHANNELS_EVENTS, UNFURL_EVENTS, STEP_EVENTS, FEATURES, METHODS)
    return tuple(sorted({scope for table in tables for scopes in table.values() for scope in scopes}))


def _add(content: Manifest, events_: Mapping[str, tuple[str, ...]], scopes: tuple[str, ...]) -> None:
    """Adds events and scopes that nobody can leave out."""
    subscriptions = _object(_object(content, "settings"), "event_subscriptions")
    subscriptions["bot_events"] = sorted({*_strings(subscriptions["bot_events"]), *events_})
    scope_lists = _object(_object(content, "oauth_config"), "scopes")
    scope_lists["bot"] = sorted({*_strings(scope_lists["bot"]), *scopes})


def _steps() -> Manifest:
    """The steps of workflows: their inputs and outputs (docs.slack.dev/workflows/workflow-steps)."""

    def parameters(**titles: tuple[str, str, str]) -> Manifest:
        return {
            name: {
                "type": kind, "name": name, "title": title, "description": description, "is_required": True,
            }
            for name, (kind, title, description) in titles.items()
        }  # fmt: skip

    outputs = parameters(
        text=("string", "Highlights", "The passages, word for word, each with its source and link"),
        found=("boolean", "Found", "Whether anything fits"),
        link=("string", "Link", "The address of the first passage"),
    )
    question = parameters(question=("string", "Question", "What to look for, in your own words"))
    return {
        FIND_STEP: {
            "title": "Find highlights", "description": "Finds passages that answer a question",
            "input_parameters": question, "output_parameters": outputs,
        },
        RANDOM_STEP: {
            "title": "Random highlight", "description": "Brings up a highlight that may be forgotten",
            "input_parameters": {}, "output_parameters": outputs,
        },
    }  # fmt: skip


def _add_channel_events(content: Manifest) -> None:
    needed = tuple(scope for listed in ASK_CHANNELS_EVENTS.values() for scope in listed)
    _add(content, ASK_CHANNELS_EVENTS, needed)
    scopes = _object(_object(content, "oauth_config"), "scopes")
    scopes["bot_optional"] = [string for string in _strings(scopes["bot_optional"]) if string not in needed]


def _names(content: Manifest, feature: str, key: str) -> list[str]:
    listed = _object_or_empty(content, "features").get(feature)
    found = (
        [entry.get(key) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )
    return [value for value in found if isinstance(value, str)]


def _strings(listed: object) -> list[str]:
    return [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []


def _object(parent: Manifest, name: str) -> Manifest:
    return cast("Manifest", parent[name])


def _object_or_empty(parent: Manifest, name: str) -> Manifest:
    found = parent.get(name)
    return cast("Manifest", found) if isinstance(found, dict) else {}
