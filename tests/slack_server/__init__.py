"""A Slack workspace on loopback. The tests run the real bot against it. See `SlackServer`."""

from tests.slack_server.core import ALL_SCOPES, EVERY_EVENT, Call, Installation, Timing
from tests.slack_server.faults import (
    delayed,
    dropped,
    error,
    lost_answer,
    no_answer,
    rate_limited,
    server_error,
)
from tests.slack_server.json_types import Json
from tests.slack_server.server import SlackServer
from tests.slack_server.shown.mrkdwn import Link
from tests.slack_server.shown.reading import links, notification, pings, unfurls, visible_text
from tests.slack_server.to_app.delivery import Attempt, Delivery
from tests.slack_server.to_app.socket_mode import Socket
from tests.slack_server.workspace import BOT_ID, BOT_USER, HOME_TEAM, Channel, Message, User, View

__all__ = [
    "ALL_SCOPES", "BOT_ID", "BOT_USER", "EVERY_EVENT", "HOME_TEAM", "Attempt", "Call", "Channel", "Delivery",
    "Installation", "Json", "Link", "Message", "SlackServer", "Socket", "Timing", "User", "View", "delayed",
    "dropped", "error", "links", "lost_answer", "no_answer", "notification", "pings", "rate_limited",
    "server_error", "unfurls", "visible_text",
]  # fmt: skip
