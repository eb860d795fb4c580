"""Who is answered, where, and how often: decided once, for every platform.

Each rule makes one decision about an `Arrival` and is asked in order; the first that objects decides.

| rule | objects |
|---|---|
| `not_from_bots` | what bots, webhooks and the bot itself say; edits; pings of all or of a group |
| `not_too_old` | what was said more than ten minutes ago, as after an outage |
| `only_where_allowed` | other places and people; told in the log, once each, with the line for the settings |
| `not_too_many` | over the limit of a person or a channel; the asker is told once a minute |
| `not_without_words` | nothing but a mention, emoji or punctuation: a short help instead of a search |

Where it is allowed (`ALLOWED_CHANNELS`, `ALLOWED_SERVERS`; what names another platform does not count):
- A listed channel: for everyone in it, also in channels shared with another organisation. A thread follows its parent.
- A listed server: in all its channels that are not shared, for its own people.
- Nothing listed: wherever the bot was invited at home (its own workspace, its owner's guilds), for its own people, not in
  shared channels. Guests of the own workspace are answered in channels, which they were let into, not in direct messages.
- Direct messages: from people of the home (nothing listed), of listed servers, or members of listed channels.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from logging import getLogger

from bot.access.rate_limit import Window
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.delivery.target import RefusedError

log = getLogger("analects.rules")

TOO_OLD = 600.0
"""Seconds after which a question is no longer answered."""
MOST_TOLD = 1_000
"""Places not allowed that are remembered as told."""


class Membership(Enum):
    """Whether a person is in a channel, as far as the platform says."""

    MEMBER = "member"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


Asks = Callable[[str, str], Awaitable[Membership]]
"""Whether a person (id) is a member of a channel (id)."""
Manages = Callable[[str, str], Awaitable[bool]]
"""Whether a person (id) keeps a channel (id) in order."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why something is not answered; `says` is what the asker alone is told, None for silence."""

    reason: str
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """`ALLOWED_CHANNELS` and `ALLOWED_SERVERS`."""

    channels: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()

    def of(self, platform: str) -> "Listed":
        """What is listed for one platform."""
        mine = f"{platform}:"
        return Listed(
            frozenset(one for one in self.channels if one.startswith(mine)),
            frozenset(one for one in self.servers if one.startswith(mine)),
        )

    def __bool__(self) -> bool:
        return bool(self.channels or self.servers)


def may_remove(person: str, asker: str | None, admin: bool) -> bool:
    """Whether a person may take an answer away: who asked, and those who keep order there."""
    return admin or (asker is not None and person == asker)


async def no_membership(person: str, channel: str) -> Membership:
    """Where nobody can be asked."""
    del person, channel
    return Membership.UNKNOWN


@dataclass(slots=True)
class Rules:
    """All rules, with what they remember."""

    listed: Listed = field(default_factory=Listed)
    person: Window = field(default_factory=lambda: Window(10))
    channel: Window = field(default_factory=lambda: Window(30))
    now: Callable[[], float] = time.time
    memberships: dict[str, Asks] = field(default_factory=dict)
    """For each platform, whom to ask about members."""
    managers: dict[str, Manages] = field(default_factory=dict)
    """For each platform, whom to ask about who keeps a channel in order."""
    everyone_sets: bool = False
    """Whether everybody may set a digest, in every channel."""
    _told: set[str] = field(default_factory=set)

    async def object(self, arrival: Arrival) -> Objection | None:
        """The first objection; None where it is to be answered. Counts it against the limits then."""
        return (
            self.not_from_bots(arrival)
            or self.not_too_old(arrival)
            or await self.only_where_allowed(arrival)
            or self.not_too_many(arrival)
            or self.not_without_words(arrival)
        )

    async def may_manage(self, arrival: Arrival) -> bool:
        """Whether the person may set the digest there; in their own direct messages always."""
        if self.everyone_sets or arrival.direct:
            return True
        if arrival.manages is not None:
            return arrival.manages
        asks = self.managers.get(arrival.platform)
        return asks is not None and await asks(arrival.person, arrival.channel)

    def not_from_bots(self, arrival: Arrival) -> Objection | None:
        if arrival.bot:
            return Objection("bot")
        if arrival.edited:
            return Objection("edited")
        return Objection("broadcast") if arrival.broadcast else None

    def not_too_old(self, arrival: Arrival) -> Objection | None:
        if arrival.request is None and self.now() - arrival.sent_at > TOO_OLD:
            return Objection("old")
        return None

    async def only_where_allowed(self, arrival: Arrival) -> Objection | None:
        if await self._allowed(arrival):
            return None
        server = f"{arrival.platform}:{arrival.person_server or arrival.server}"
        if arrival.direct:
            self._tell(f"direct:{server}", "a direct message", f"ALLOWED_SERVERS={server}")
        else:
            place = f"{arrival.platform}:{arrival.parent or arrival.channel}"
            self._tell(place, f"channel {place}", f"ALLOWED_CHANNELS={place}")
        return Objection("place")

    async def check_place(self, place: Arrival) -> None:
        """For what nobody asked for. Raises RefusedError where the place of this arrival is not, or no longer, allowed."""
        if not await self._allowed(place):
            server = f"{place.platform}:{place.server}"
            line = f"ALLOWED_SERVERS={server}" if place.direct else f"ALLOWED_CHANNELS={place.place}"
            raise RefusedError("the place is not allowed", f"To post there, add {line} to the settings")

    def not_too_many(self, arrival: Arrival) -> Objection | None:
        for window, name in ((self.person, arrival.asker), (self.channel, arrival.place)):
            if window.full(name):
                says = wording.TOO_MANY if window.tells(name) else None
                return Objection("limit", says)
        self.person.count(arrival.asker)
        self.channel.count(arrival.place)
        return None

    def not_without_words(self, arrival: Arrival) -> Objection | None:
        if arrival.request is None and not any(sign.isalnum() for sign in arrival.text):
            return Objection("no words", wording.ASK)
        return None

    async def _allowed(self, arrival: Arrival) -> bool:
        listed = self.listed.of(arrival.platform)
        if arrival.direct:
            return await self._allowed_directly(arrival, listed)
        places = {arrival.place, f"{arrival.platform}:{arrival.parent}"}
        if places & listed.channels:
            return True
        if arrival.shared or arrival.stranger:
            return False
        if f"{arrival.platform}:{arrival.server}" in listed.servers:
            return True
        return arrival.home and not listed

    async def _allowed_directly(self, arrival: Arrival, listed: Listed) -> bool:
        theirs = f"{arrival.platform}:{arrival.person_server or arrival.server}"
        if theirs in listed.servers:
            return not arrival.guest
        if not listed:
            return arrival.home and not arrival.stranger and not arrival.guest
        asks = self.memberships.get(arrival.platform, no_membership)
        for place in sorted(listed.channels):
            found = await asks(arrival.person, place.partition(":")[2])
            if found is Membership.MEMBER:
                return True
        return False

    def _tell(self, what: str, where: str, line: str) -> None:
        if what in self._told or len(self._told) >= MOST_TOLD:
            return
        self._told.add(what)
        log.warning(
            "not answered: %(place)s is not allowed; to answer there, add %(setting)s to the settings",
            {"place": where, "setting": line},
        )
