"""What Slack knows of people and channels, asked once in a while: guests, admins, members, shared channels."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from logging import getLogger
from time import monotonic
from typing import TypeVar

from adapters.slack.web_api import Api, Body
from bot.access.rules import Membership
from bot.delivery.target import PostError

log = getLogger("analects.slack")

Value = TypeVar("Value")

FRESH = 600.0
"""Seconds for which an answer holds."""
AGAIN = 60.0
"""Seconds until what could not be told is asked again."""
MOST = 5_000
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Person:
    """What a rule may ask about someone."""

    admin: bool = False
    guest: bool = False
    zone: str | None = None
    """Where they live by Slack: "Europe/Berlin"."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a rule may ask about a channel."""

    shared: bool = False
    """With another organisation."""
    creator: str = ""
    member: bool | None = None
    """Whether the bot is in it; None where that can't be told."""


@dataclass(slots=True)
class People:
    """Asks Slack, and remembers for ten minutes. What can't be told is taken for the usual."""

    api: Api
    clock: Callable[[], float] = monotonic
    _people: OrderedDict[str, tuple[float, Person]] = field(default_factory=OrderedDict)
    _places: OrderedDict[str, tuple[float, Place]] = field(default_factory=OrderedDict)
    _members: OrderedDict[str, tuple[float, frozenset[str] | None]] = field(default_factory=OrderedDict)

    async def person(self, user: str) -> Person:
        """Whether they are an admin or a guest; neither where that can't be told."""
        held = self._people.get(user)
        if held is not None and self.clock() < held[0]:
            return held[1]
        body = await self._ask("users.info", user=user)
        told = body.get("user") if body is not None else None
        found = Person()
        if isinstance(told, dict):
            found = Person(
                bool(told.get("is_admin") or told.get("is_owner")),
                bool(told.get("is_restricted") or told.get("is_ultra_restricted")),
                str(told.get("tz") or "") or None,
            )
        _keep(self._people, user, (self.clock() + (FRESH if told else AGAIN), found))
        return found

    async def place(self, channel: str) -> Place:
        """A channel; the usual where it can't be told."""
        held = self._places.get(channel)
        if held is not None and self.clock() < held[0]:
            return held[1]
        body = await self._ask("conversations.info", channel=channel)
        told = body.get("channel") if body is not None else None
        found = Place()
        if isinstance(told, dict):
            within = told.get("is_member")
            found = Place(
                bool(told.get("is_ext_shared")),
                str(told.get("creator") or ""),
                within if isinstance(within, bool) else None,
            )
        _keep(self._places, channel, (self.clock() + (FRESH if told else AGAIN), found))
        return found

    async def can_post(self, channel: str) -> bool:
        """Whether the bot is in a channel or direct message; yes where that can't be told."""
        if not channel.startswith("D"):
            within = (await self.place(channel)).member
            if within is not None:
                return within
        # Of what it is not in, nothing can be read: private channels, direct messages of others.
        method = "conversations.history" if channel.startswith("D") else "conversations.info"
        try:
            await self.api.call(method, channel=channel, **({"limit": 1} if channel.startswith("D") else {}))
        except PostError as error:
            return str(error) != "channel_not_found"
        return True

    async def manages(self, person: str, channel: str) -> bool:
        """Whether someone keeps a channel in order: who created it, and the admins and owners of the workspace."""
        return (await self.place(channel)).creator == person or (await self.person(person)).admin

    async def membership(self, person: str, channel: str) -> Membership:
        """Whether someone is in a channel."""
        held = self._members.get(channel)
        if held is None or self.clock() >= held[0]:
            members = await self._all_members(channel)
            held = (self.clock() + (FRESH if members is not None else AGAIN), members)
            _keep(self._members, channel, held)
        if held[1] is None:
            return Membership.UNKNOWN
        return Membership.MEMBER if person in held[1] else Membership.OUTSIDE

    async def _all_members(self, channel: str) -> frozenset[str] | None:
        found: set[str] = set()
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            body = await self._ask("conversations.members", channel=channel, limit=1000, cursor=cursor)
            if body is None:
                return None
            members, after = body.get("members"), body.get("response_metadata")
            found |= {str(one) for one in members} if isinstance(members, list) else set()
            cursor = str(after.get("next_cursor") or "") if isinstance(after, dict) else ""
            if not cursor:
                break
        return frozenset(found)

    async def _ask(self, method: str, **arguments: object) -> Body | None:
        try:
            body, _ = await self.api.call(method, **arguments)
        except PostError as error:
            log.info("%(method)s could not be asked: %(error)s", {"method": method, "error": str(error)})
            return None
        return body


def _keep(held: OrderedDict[str, Value], name: str, value: Value) -> None:
    held.pop(name, None)
    held[name] = value
    if len(held) > MOST:
        held.popitem(last=False)
