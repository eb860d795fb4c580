"""The data of the workspace: people, channels, messages and views, and who can see them."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.slack_server.json_types import Json, pick

HOME_TEAM = "T0HOME0001"
APP_ID = "A0ANALECTS"
BOT_USER = "U0BOT00001"
BOT_ID = "B0BOT00001"

TS = re.compile(r"\d{10}\.\d{6}")


@dataclass(eq=False)
class User:
    """A person in the workspace, or in another `team` with which it shares a channel."""

    id: str
    name: str
    team: str = HOME_TEAM
    admin: bool = False
    owner: bool = False
    guest: bool = False  # is_restricted
    single_channel_guest: bool = False  # is_ultra_restricted
    bot: bool = False
    deleted: bool = False
    enterprise: str = ""  # the person's organisation on Enterprise Grid
    organisation_admin: bool = False
    organisation_owner: bool = False
    tz: str = "Europe/Berlin"
    tz_offset: int = 3600
    locale: str = "en-US"  # users.info returns it only with `include_locale`

    def to_json(self) -> Json:
        """The user object of users.info, without the e-mail address, which needs the scope users:read.email."""
        grid: Json = (
            {
                "enterprise_user": {
                    "id": self.id,
                    "enterprise_id": self.enterprise,
                    "enterprise_name": "Starship",
                    "is_admin": self.organisation_admin,
                    "is_owner": self.organisation_owner,
                    "is_primary_owner": False,
                    "teams": [self.team],
                }
            }
            if self.enterprise
            else {}
        )
        return grid | {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.name.title(),
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": self.tz_offset,
            "profile": {"real_name": self.name.title(), "display_name": self.name, "team": self.team},
            "is_admin": self.admin,
            "is_owner": self.owner,
            "is_primary_owner": False,
            "is_restricted": self.guest or self.single_channel_guest,
            "is_ultra_restricted": self.single_channel_guest,
            "is_bot": self.bot,
            "is_app_user": False,
            "is_stranger": False,
            "updated": 1700000000,
        }


@dataclass(eq=False)
class Channel:
    """A conversation: public, private, or a direct message with one person (`im_with`)."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    private: bool = False
    archived: bool = False
    creator: str = ""
    team: str = HOME_TEAM
    org_shared: bool = False  # with other workspaces of the same organisation
    group_direct: bool = False  # a direct message of several people
    im_with: str | None = None
    shared_with: set[str] = field(default_factory=set)  # other teams: Slack Connect

    @property
    def kind(self) -> str:
        """The `channel_type` of message events. The names of the scopes depend on it."""
        if self.im_with:
            return "im"
        if self.group_direct:
            return "mpim"
        return "group" if self.private else "channel"

    @property
    def shared(self) -> bool:
        return bool(self.shared_with)

    def to_json(self, member: bool) -> Json:
        """The channel object of conversations.info."""
        if self.im_with:
            return {
                "id": self.id,
                "created": 1700000000,
                "is_im": True,
                "is_org_shared": False,
                "user": self.im_with,
                "is_archived": self.archived,
                "is_user_deleted": False,
                "is_open": True,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_mpim": self.group_direct,
            "is_private": self.private,
            "created": 1700000000,
            "creator": self.creator,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_shared": self.shared or self.org_shared,
            "is_ext_shared": self.shared,
            "is_org_shared": self.org_shared,
            "is_pending_ext_shared": False,
            "context_team_id": self.team,
            "shared_team_ids": [HOME_TEAM, *sorted(self.shared_with)],
            "connected_team_ids": sorted(self.shared_with),
            "is_member": member,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(eq=False)
class Message:
    """A message. `content` has what was sent: text, blocks, metadata, unfurl_links, ….

    `via` says how it was sent: by a Web API method, "response_url", "ack", or "person". `cause` is the delivery to which
    the response_url or the acknowledgement belongs. `earlier` has the contents before each edit.
    """

    channel: str
    ts: str
    content: Json
    user: str | None = None
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    ephemeral_to: str | None = None
    shown: bool = True
    via: str = "person"
    cause: object = None
    deleted: bool = False
    team: str = HOME_TEAM
    edited_by: str | None = None
    earlier: list[Json] = field(default_factory=list)
    at: float = field(default_factory=time.time)
    changed: float = 0.0

    @property
    def text(self) -> str:
        return str(self.content.get("text") or "")

    @property
    def blocks(self) -> list[Json]:
        return list(self.content.get("blocks") or [])

    def to_json(self, *, metadata: bool = False) -> Json:
        """The message object in events, histories and payloads of interactions."""
        body: Json = {"type": "message", "ts": self.ts, "text": self.text, "team": self.team}
        body |= {name: value for name, value in (("user", self.user), ("bot_id", self.bot_id)) if value}
        body |= {
            name: value for name, value in (("subtype", self.subtype), ("thread_ts", self.thread_ts)) if value
        }
        if self.bot_id == BOT_ID:
            body |= {"app_id": APP_ID, "bot_profile": {"id": BOT_ID, "app_id": APP_ID, "name": "analects"}}
        if self.edited_by:
            body["edited"] = {"user": self.edited_by, "ts": f"{int(self.changed)}.000000"}
        return body | pick(self.content, "blocks", "attachments", *(["metadata"] if metadata else []))


@dataclass(eq=False)
class View:
    """A published Home tab, or an opened modal."""

    id: str
    user: str
    content: Json
    hash: str
    revision: int = 0
    at: float = field(default_factory=time.time)
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    """The error messages that the last submission shows at the inputs, by block_id."""

    def to_json(self) -> Json:
        empty: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "state": {"values": {}}}
        return {
            **empty,
            **self.content,
            "id": self.id,
            "team_id": HOME_TEAM,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "hash": self.hash,
            "root_view_id": self.id,
            "previous_view_id": None,
            "app_installed_team_id": HOME_TEAM,
        }


class Workspace:
    """Everything in the workspace. `messages` are in order of time and include ephemeral ones."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, "analects", bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.titles: dict[tuple[str, str], str] = {}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, View] = {}
        self._found: dict[tuple[str, str], Message] = {}
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def next_id(self, prefix: str) -> str:
        return f"{prefix}0{next(self._numbers):08d}"

    def next_ts(self, ago: float = 0.0) -> str:
        """A unique time stamp, `ago` seconds in the past."""
        now = int((self.clock() - ago) * 1_000_000)
        if not ago:
            now = self._last_ts = max(now, self._last_ts + 1)
        return f"{now // 1_000_000}.{now % 1_000_000:06d}"

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        return channel

    def im(self, user: str) -> Channel:
        """The direct messages between the bot and this person."""
        for channel in self.channels.values():
            if channel.im_with == user:
                return channel
        channel = Channel(self.next_id("D"), "", {user, BOT_USER}, im_with=user)
        self.channels[channel.id] = channel
        return channel

    def add(self, message: Message) -> Message:
        self.messages.append(message)
        self._found[message.channel, message.ts] = message
        if message.thread_ts and not message.ephemeral_to:
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message)
        return message

    def find(self, channel: str, ts: str, *, ephemeral: bool = False) -> Message | None:
        """The message with this ts, unless it was deleted. Ephemeral messages are found only with `ephemeral`."""
        message = self._found.get((channel, ts))
        if message is None or message.deleted or (message.ephemeral_to is not None) != ephemeral:
            return None
        return message

    def replies(self, channel: str, ts: str) -> list[Message]:
        return [message for message in self._threads.get((channel, ts), []) if not message.deleted]

    def history(self, channel: str) -> Iterator[Message]:
        """The messages of the channel itself, newest first, without replies in threads and ephemeral messages."""
        for message in reversed(self.messages):
            top = message.thread_ts in (None, message.ts) or message.content.get("reply_broadcast")
            if message.channel == channel and top and not message.ephemeral_to and not message.deleted:
                yield message

    def names(self) -> dict[str, str]:
        """The names that people see instead of ids."""
        people = {user.id: user.name for user in self.users.values()}
        return people | {channel.id: channel.name for channel in self.channels.values()}
