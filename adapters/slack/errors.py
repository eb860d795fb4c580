"""Translates errors of Slack's Web API into PostErrors, which say what to do about them."""

import json
from collections.abc import Mapping

import aiohttp

from bot.delivery.target import (
    LimitedError,
    PostError,
    RefusedError,
    UncertainError,
    UndeliverableError,
    UnsentError,
)

DEAD_TOKEN_ERRORS = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
    "user_removed_from_team", "team_disabled",
})  # fmt: skip
"""Error codes about a token. From `auth.test` they mean that the token does not work. From another method they only raise a doubt,
which `auth.test` has to confirm: Slack also sends them about a single channel, or for a moment."""

_TEMPORARY_ERRORS = frozenset(
    {"org_login_required", "team_added_to_org", "accesslimited", "two_factor_setup_required"}
)
"""Error codes after which nothing was posted and a later try may work: the workspace is being moved, or is closed for now."""

_REFUSED_FIXES = {
    "not_in_channel": "Invite the bot to the channel: /invite",
    "channel_not_found": "Invite the bot to the channel, if it still exists: /invite",
    "no_permission": "Invite the bot to the channel: /invite; if it is there, an admin must let the app post there",
    "is_archived": "Unarchive the channel, or ignore this",
    "is_inactive": "Unarchive the channel, or ignore this",
    "restricted_action": "An admin must let the app post there",
    "restricted_action_read_only_channel": "The channel is read-only: an admin must let the app post there",
    "restricted_action_thread_only_channel": "An admin must let the app post there",
    "restricted_action_non_threadable_channel": "An admin must let the app post in threads there",
    "team_access_not_granted": "Install the app in that workspace",
    "access_denied": "An admin must let the app post there",
    "ekm_access_denied": "An admin must let the app post there",
}
"""Error codes for channels in which the bot may not post, each with its fix."""
MEMBERSHIP_ERRORS = frozenset({"not_in_channel", "channel_not_found", "no_permission"})
"""Error codes for a channel that the bot is not in."""
_UNCERTAIN_ERRORS = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
"""Error codes after which a message may have been posted."""


class TokenError(UndeliverableError):
    """Slack answered that the token is not accepted."""


def translate(error: Exception) -> PostError:
    """The PostError for an exception of slack-sdk or aiohttp. Of its text, only Slack's error code is kept."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return UnsentError(f"the name of its host was not found ({type(error).__name__})")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return UnsentError(f"no connection to its host ({type(error).__name__})")
    response = getattr(error, "response", None)
    if response is None:
        return UncertainError(type(error).__name__)
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return LimitedError("ratelimited", retry_after(getattr(response, "headers", {})))
    if status >= 500 or not code or code in _UNCERTAIN_ERRORS:
        return UncertainError(code or f"HTTP {status}")
    if code in DEAD_TOKEN_ERRORS:
        return TokenError(code)
    if code in _TEMPORARY_ERRORS:
        return UnsentError(code)
    if code == "missing_scope":
        needed = str(data.get("needed") or "") if isinstance(data, dict) else ""
        return RefusedError(
            code,
            f"Add the scope {needed or 'that `analects doctor` names'} under OAuth & Permissions and install the app again",
        )
    if code in _REFUSED_FIXES:
        return RefusedError(code, _REFUSED_FIXES[code])
    return UndeliverableError(code)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from the Retry-After header; None if it is missing or not a number."""
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None


def error_code(text: str) -> str:
    """Slack's error code in a JSON body, at most 40 characters; empty if there is none."""
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    return str(body.get("error", ""))[:40] if isinstance(body, dict) else ""
