"""A Slack workspace on loopback, with which the tests question the real bot. See `SlackServer`."""

from .core import ALL_SCOPES, EVERY_EVENT, Call, Installation, Timing
from .delivery import Attempt, Delivery
from .faults import delayed, dropped, error, lost_answer, no_answer, rate_limited, server_error
from .json_types import Json
from .mrkdwn import Link
from .reading import links, notification, pings, unfurls, visible_text
from .server import SlackServer
from .socket_mode import Socket
from .workspace import BOT_ID, BOT_USER, HOME_TEAM, Channel, Message, User, View

__all__ = [
    "ALL_SCOPES", "BOT_ID", "BOT_USER", "EVERY_EVENT", "HOME_TEAM", "Attempt", "Call", "Channel", "Delivery",
    "Installation", "Json", "Link", "Message", "SlackServer", "Socket", "Timing", "User", "View", "delayed",
    "dropped", "error", "links", "lost_answer", "no_answer", "notification", "pings", "rate_limited",
    "server_error", "unfurls", "visible_text",
]  # fmt: skip
