"""Errors of Slack's Web API, told apart by what to do about them."""

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

DEAD_TOKEN = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "no_permission",
    "org_login_required", "user_removed_from_team", "team_disabled",
})  # fmt: skip
"""What Slack says of a token that will not work again."""


_REFUSED = {
    "not_in_channel": "Invite the bot to the channel: /invite",
    "channel_not_found": "Invite the bot to the channel, if it still exists: /invite",
    "is_archived": "Unarchive the channel, or leave it be",
    "is_inactive": "Unarchive the channel, or leave it be",
    "restricted_action": "An admin must let the app post there",
    "restricted_action_read_only_channel": "The channel is read-only: an admin must let the app post there",
    "restricted_action_thread_only_channel": "An admin must let the app post there",
    "restricted_action_non_threadable_channel": "An admin must let the app post in threads there",
    "team_access_not_granted": "Install the app in that workspace",
    "access_denied": "An admin must let the app post there",
}


_UNCERTAIN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})


class TokenError(UndeliverableError):
    """The token does not work, or no longer."""


def translate(error: Exception) -> PostError:
    """An exception of slack-sdk or aiohttp in the words of `bot.delivery.target`; nothing of its text but Slack's own error
    word."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return UnsentError(type(error).__name__)
    response = getattr(error, "response", None)
    if response is None:
        return UncertainError(type(error).__name__)
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    word = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or word in ("ratelimited", "rate_limited"):
        return LimitedError("ratelimited", _wait(getattr(response, "headers", {})))
    if status >= 500 or not word or word in _UNCERTAIN:
        return UncertainError(word or f"HTTP {status}")
    if word in DEAD_TOKEN:
        return TokenError(word)
    if word == "missing_scope":
        needed = str(data.get("needed") or "") if isinstance(data, dict) else ""
        return RefusedError(
            word, f"Add the scope {needed} under OAuth & Permissions and install the app again"
        )
    if word in _REFUSED:
        return RefusedError(word, _REFUSED[word])
    return UndeliverableError(word)


def _wait(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers.get("Retry-After", "")))
    except ValueError:
        return None


def _word(text: str) -> str:
    """Slack's error word in a body, if it is one."""
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    return str(body.get("error", ""))[:40] if isinstance(body, dict) else ""
