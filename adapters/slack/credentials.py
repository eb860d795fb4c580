"""Slack's tokens from the settings, and the scopes that the app needs."""

from dataclasses import dataclass, field

from bot.settings import Settings, SettingsError

REQUIRED_SCOPES = {
    "app_mentions:read": "to hear mentions",
    "chat:write": "to answer",
    "commands": "for the slash command and the message shortcut",
}
"""Scope and purpose. The bot does not start without all of these."""

OPTIONAL_SCOPES = {
    "channels:read": "to recognise shared channels, and to see who created or joined a channel",
    "groups:read": "the same for private channels",
    "im:history": "to receive direct messages",
    "users:read": "to know admins, who may remove answers, guests, and time zones",
}
"""Scope and purpose. Without one of these the bot does less, and the log says so."""

CHOSEN_SCOPES = {
    "assistant:write": "to give threads of direct messages a title, beside the agent's suggested questions",
    "channels:history": "to find a post of unknown outcome in a channel, so that it is neither lost nor posted twice; and to read "
    "a thread that a question is about",
    "groups:history": "the same in private channels",
    "links:read": "to notice links to highlights, where they are to unfurl",
    "links:write": "to show the passage below such a link",
    "mpim:history": "the same for group direct messages",
}
"""Scope and purpose. All of them are optional. Whoever installs the app may leave out those that read histories
(`bot_optional` in the manifest); `assistant:write` belongs to the agent's view."""

PICTURE_SCOPES = {"files:write": "to post quotes as pictures, where QUOTE_PICTURES is set"}
"""Scope and purpose. Only asked for with `analects setup slack --pictures`."""

UNFURL_SCOPES = ("links:read", "links:write")
"""Only asked for with `analects setup slack --unfurl`."""

CHANNEL_HISTORY = ("channels:history", "groups:history")

SOCKET_MODE_SCOPE = "connections:write"
"""The scope that the app-level token needs."""

_KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Tokens of the right form. Only Slack can say whether they are valid."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(repr=False)
    """Set for Socket Mode; None for HTTP."""
    signing_secret: str | None = field(repr=False)
    api_url: str
    command: str = "/highlight"
    """The app's slash command."""
    config_token: str | None = field(default=None, repr=False)
    """App configuration token. Only `analects doctor` uses it."""
    asks_in_channels: bool = False
    """Whether `ASK_CHANNELS` names a channel of Slack."""
    pictures: bool = False
    """Whether quotes are posted as pictures."""


def credentials(settings: Settings) -> Credentials | None:
    """Slack's tokens; None if none is set. Raises SettingsError if a token is missing, or if two are swapped."""
    bot, app, secret = (
        value.get_secret_value().strip() if value is not None else ""
        for value in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    if not (bot or app or secret):
        return None
    if not bot:
        name = "SLACK_APP_TOKEN" if app else "SLACK_SIGNING_SECRET"
        raise SettingsError(
            "SLACK_BOT_TOKEN",
            f"missing beside {name}",
            "it is the Bot User OAuth Token under OAuth & Permissions",
        )
    if not (app or secret):
        raise SettingsError(
            "SLACK_APP_TOKEN",
            "missing beside SLACK_BOT_TOKEN",
            "make one under Basic Information, App-Level Tokens, with connections:write (or set SLACK_SIGNING_SECRET for HTTP)",
        )
    _check_kind("SLACK_BOT_TOKEN", bot, "xoxb-")
    if app:
        _check_kind("SLACK_APP_TOKEN", app, "xapp-")
    elif settings.http_port is None:
        raise SettingsError("HTTP_PORT", "empty, but Slack over HTTP needs a port", "set it, as 8080")
    config = settings.slack_config_token
    return Credentials(
        bot, app or None, secret or None, settings.slack_api_url, settings.slack_command,
        config.get_secret_value().strip() if config is not None else None,
        any(channel.startswith("slack:") for channel in settings.ask_channels), settings.quote_pictures != "off",
    )  # fmt: skip


def _check_kind(name: str, value: str, expected_prefix: str) -> None:
    if value.startswith("xoxe"):
        raise SettingsError(
            name,
            "this token expires after twelve hours, because token rotation is on for the app",
            "create the app again without token rotation (`analects setup slack`): Slack does not let it be turned off",
        )
    for prefix, kind in _KINDS.items():
        if value.startswith(prefix) and prefix != expected_prefix:
            hint = " (are the two swapped?)" if prefix in ("xoxb-", "xapp-") else ""
            raise SettingsError(
                name, f"this is {kind}", f"give the one that begins with {expected_prefix}{hint}"
            )
