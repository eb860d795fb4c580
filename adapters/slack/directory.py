"""What Slack knows about people and channels: guests, admins, members, shared channels. Answers are cached for minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from logging import getLogger
from time import monotonic
from typing import TypeAlias, TypeVar

from cachetools import TLRUCache

from adapters.slack.web_api import Api, Body
from bot.delivery.platform import Membership
from bot.delivery.target import PostError

log = getLogger("analects.slack")

KNOWN_TTL_S = 600.0
"""How long an answer is used."""
UNKNOWN_TTL_S = 60.0
"""How long until Slack is asked again about what it did not answer."""
MAX_CACHED = 5_000
MAX_MEMBER_PAGES = 50
"""Pages of 1,000 members that are read of one channel."""


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules may ask about someone. The defaults stand for what is not known."""

    admin: bool = False
    guest: bool = False
    time_zone: str | None = None
    """From their profile: "Europe/Berlin"."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What the rules may ask about a channel. The defaults stand for what is not known."""

    shared: bool = False
    """With another organisation."""
    creator: str = ""
    has_bot: bool | None = None
    """Whether the bot is a member; None where that is not known."""


Value = TypeVar("Value")
_Cache: TypeAlias = TLRUCache[str, tuple[Value, bool]]
"""From an id to a value, and whether Slack gave it."""


class Directory:
    """Asks Slack about people and channels, and caches the answers."""

    def __init__(self, api: Api, clock: Callable[[], float] = monotonic) -> None:
        self.api = api
        self._people: _Cache[Person] = TLRUCache(MAX_CACHED, _expiry, clock)
        self._channels: _Cache[Channel] = TLRUCache(MAX_CACHED, _expiry, clock)
        self._members: _Cache[frozenset[str]] = TLRUCache(MAX_CACHED, _expiry, clock)

    async def person(self, user: str) -> Person:
        """Someone by their user id."""
        cached = self._people.get(user)
        if cached is not None:
            return cached[0]
        body = await self._call("users.info", user=user)
        profile = body.get("user") if body is not None else None
        person = Person()
        if isinstance(profile, dict):
            person = Person(
                bool(profile.get("is_admin") or profile.get("is_owner")),
                bool(profile.get("is_restricted") or profile.get("is_ultra_restricted")),
                str(profile.get("tz") or "") or None,
            )
        self._people[user] = person, bool(profile)
        return person

    async def channel(self, channel: str) -> Channel:
        """A channel by its id."""
        cached = self._channels.get(channel)
        if cached is not None:
            return cached[0]
        body = await self._call("conversations.info", channel=channel)
        facts = body.get("channel") if body is not None else None
        found = Channel()
        if isinstance(facts, dict):
            is_member = facts.get("is_member")
            found = Channel(
                bool(facts.get("is_ext_shared")),
                str(facts.get("creator") or ""),
                is_member if isinstance(is_member, bool) else None,
            )
        self._channels[channel] = found, bool(facts)
        return found

    async def can_post(self, channel: str) -> bool:
        """Whether the bot is in a channel or direct message; True where that is not known."""
        direct = channel.startswith("D")
        if not direct:
            has_bot = (await self.channel(channel)).has_bot
            if has_bot is not None:
                return has_bot
        # Slack answers `channel_not_found` about conversations that the bot is not in and cannot see: private channels, and
        # direct messages of other people.
        method, limit = ("conversations.history", 1) if direct else ("conversations.info", None)
        try:
            await self.api.call(method, channel=channel, limit=limit)
        except PostError as error:
            return str(error) != "channel_not_found"
        return True

    async def manages(self, person: str, channel: str) -> bool:
        """Whether someone manages a channel: its creator, and the admins and owners of the workspace."""
        return (await self.channel(channel)).creator == person or (await self.person(person)).admin

    async def membership(self, person: str, channel: str) -> Membership:
        """Whether someone is a member of a channel."""
        cached = self._members.get(channel)
        if cached is None:
            members = await self._all_members(channel)
            cached = self._members[channel] = (members or frozenset(), members is not None)
        members, known = cached
        if not known:
            return Membership.UNKNOWN
        return Membership.MEMBER if person in members else Membership.OUTSIDE

    async def _all_members(self, channel: str) -> frozenset[str] | None:
        found: set[str] = set()
        cursor: str | None = None
        for _ in range(MAX_MEMBER_PAGES):
            body = await self._call("conversations.members", channel=channel, limit=1000, cursor=cursor)
            if body is None:
                return None
            members, metadata = body.get("members"), body.get("response_metadata")
            found |= {str(member) for member in members} if isinstance(members, list) else set()
            cursor = str(metadata.get("next_cursor") or "") if isinstance(metadata, dict) else ""
            if not cursor:
                break
        return frozenset(found)

    async def _call(self, method: str, **arguments: object) -> Body | None:
        try:
            body, _ = await self.api.call(method, **arguments)
        except PostError as error:
            log.info("no answer to %(method)s: %(error)s", {"method": method, "error": str(error)})
            return None
        return body


def _expiry(_: str, entry: tuple[object, bool], now: float) -> float:
    known = entry[1]
    return now + (KNOWN_TTL_S if known else UNKNOWN_TTL_S)
