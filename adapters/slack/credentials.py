"""What of the settings makes Slack start, and which scopes the app needs."""

from dataclasses import dataclass, field

from bot.settings import Settings, SettingsError

NEEDED = {
    "app_mentions:read": "to hear mentions",
    "chat:write": "to answer",
    "commands": "for /highlight and the message shortcut",
    "im:history": "to hear direct messages",
}
"""Without one of these nothing starts."""

WANTED = {
    "channels:read": "to tell shared channels from others, and who is a member or made one",
    "groups:read": "the same for private channels",
    "users:read": "to know admins, who may remove answers, guests, and time zones",
}
"""Without one of these the bot does less, and says so."""

LOOKED_UP = ("channels:history", "groups:history")
"""Used where they were granted, and not asked for: to look whether an answer or a digest of unknown outcome stands in a channel.
Without them it is left as it is."""

APP_NEEDED = "connections:write"
"""The scope of the app-level token."""

_KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that expires",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Tokens that look right; whether they are, Slack says."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(repr=False)
    """Socket Mode; None: HTTP."""
    signing_secret: str | None = field(repr=False)
    api_url: str


def credentials(settings: Settings) -> Credentials | None:
    """Slack's tokens; None where none is set. Raises SettingsError for half a pair and swapped tokens."""
    bot, app, secret = (
        value.get_secret_value().strip() if value is not None else ""
        for value in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    if not (bot or app or secret):
        return None
    if not bot:
        given = "SLACK_APP_TOKEN" if app else "SLACK_SIGNING_SECRET"
        raise SettingsError(
            f"SLACK_BOT_TOKEN: missing beside {given}; it is the Bot User OAuth Token under OAuth & Permissions"
        )
    if not (app or secret):
        raise SettingsError(
            "SLACK_APP_TOKEN: missing beside SLACK_BOT_TOKEN; make one under Basic Information, App-Level Tokens, "
            "with connections:write (or set SLACK_SIGNING_SECRET for HTTP)"
        )
    _check("SLACK_BOT_TOKEN", bot, "xoxb-")
    if app:
        _check("SLACK_APP_TOKEN", app, "xapp-")
    elif settings.http_port is None:
        raise SettingsError("HTTP_PORT: empty, but Slack over HTTP needs a port")
    return Credentials(bot, app or None, secret or None, settings.slack_api_url)


def _check(name: str, value: str, wanted: str) -> None:
    for prefix, kind in _KINDS.items():
        if value.startswith(prefix) and prefix != wanted and prefix != "xoxe":
            mend = " (are the two swapped?)" if prefix in ("xoxb-", "xapp-") else ""
            raise SettingsError(f"{name}: this is {kind}; give the one that begins with {wanted}{mend}")
