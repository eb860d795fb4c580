"""What of the settings makes Discord start."""

from dataclasses import dataclass, field

from bot.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token that looks right; whether it is, Discord says."""

    token: str = field(repr=False)
    api_url: str


def credentials(settings: Settings) -> Credentials | None:
    """Discord's token; None where none is set. Raises SettingsError for one that is of another kind."""
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token is not None else ""
    if not token:
        return None
    if token.lower().startswith("bot "):
        raise SettingsError("DISCORD_TOKEN: give it without the word Bot before it")
    if token.startswith(("xoxb-", "xapp-")):
        raise SettingsError("DISCORD_TOKEN: this is a token of Slack; give the one under Bot, Reset Token")
    if len(token) == 64 and all(sign in "0123456789abcdef" for sign in token):
        raise SettingsError("DISCORD_TOKEN: this is the public key; give the token under Bot, Reset Token")
    if not token.isascii() or any(sign.isspace() for sign in token):
        raise SettingsError("DISCORD_TOKEN: it holds blanks or foreign letters; copy it again")
    return Credentials(token, settings.discord_api_url)
