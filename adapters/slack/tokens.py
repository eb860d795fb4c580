"""Slack's tokens: which app they belong to, which scopes they have, and whether Slack accepts them."""

from collections.abc import Mapping

from adapters.slack.arrivals import Identity, get_string
from adapters.slack.credentials import REQUIRED_SCOPES, SOCKET_MODE_SCOPE
from adapters.slack.errors import TokenError
from adapters.slack.web_api import Api
from bot.delivery.platform import UnreachableError
from bot.delivery.target import LimitedError, PostError, RefusedError
from bot.settings import SettingsError

SCOPES_PAGE = "OAuth & Permissions, Bot Token Scopes; then install the app again"
"""The page on which scopes are added."""


async def identify(api: Api) -> tuple[Identity, frozenset[str]]:
    """The app's identity and its granted scopes. Raises SettingsError, UnreachableError."""
    try:
        body, headers = await api.call("auth.test")
    except TokenError as error:
        raise SettingsError(
            "SLACK_BOT_TOKEN",
            f"Slack refuses it ({error})",
            "copy the Bot User OAuth Token from OAuth & Permissions",
        ) from None
    except PostError as error:
        raise UnreachableError(str(error)) from None
    scopes = headers.get("x-oauth-scopes", "")
    return identity_of(body), frozenset(part.strip() for part in scopes.split(",") if part.strip())


async def socket_url(api: Api, app_token: str | None) -> str:
    """A URL for one socket, which Slack accepts once. Raises SettingsError, LimitedError, UnreachableError."""
    try:
        body, _ = await api.call("apps.connections.open", token=app_token)
    except TokenError as error:
        if not await app_token_is_dead(api, app_token):
            raise UnreachableError(str(error)) from None
        raise SettingsError(
            "SLACK_APP_TOKEN",
            f"Slack refuses it ({error})",
            "copy an app-level token from Basic Information, and check that Socket Mode is on",
        ) from None
    except RefusedError as error:
        raise SettingsError(
            "SLACK_APP_TOKEN",
            str(error),
            f"make an app-level token with {SOCKET_MODE_SCOPE} under Basic Information",
        ) from None
    except LimitedError:
        raise
    except PostError as error:
        raise UnreachableError(str(error)) from None
    return get_string(body, "url")


async def app_token_is_dead(api: Api, app_token: str | None) -> bool:
    """Whether Slack refuses the app-level token; False if Slack gives no answer."""
    try:
        await api.call("auth.test", token=app_token)
    except TokenError:
        return True
    except PostError:
        return False
    return False


def identity_of(body: Mapping[str, object]) -> Identity:
    """The identity in the answer of `auth.test`."""
    team, enterprise = get_string(body, "team_id"), get_string(body, "enterprise_id")
    for_organisation = body.get("is_enterprise_install") is True
    return Identity(
        team=enterprise if for_organisation and enterprise else team,
        user=get_string(body, "user_id"),
        bot=get_string(body, "bot_id"),
        enterprise=enterprise,
        url=get_string(body, "url"),
        for_organisation=for_organisation,
    )


def check_scopes(granted: frozenset[str]) -> None:
    """Raises SettingsError if a required scope is missing. An empty `granted` means that Slack named none."""
    missing = [f"{scope} ({reason})" for scope, reason in REQUIRED_SCOPES.items() if scope not in granted]
    if granted and missing:
        raise SettingsError(
            "SLACK_BOT_TOKEN", f"scopes are missing: {', '.join(missing)}", f"add them under {SCOPES_PAGE}"
        )
