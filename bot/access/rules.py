"""Who is answered, where, and how often: decided once, for every platform.

Each rule makes one decision about an `Arrival`. They are asked in order, and the first refusal counts.

| rule | refuses |
|---|---|
| `not_from_bots` | messages from bots, webhooks and the bot itself; edits; pings of everyone or of a group |
| `not_too_old` | messages sent more than ten minutes ago, as after an outage |
| `only_where_allowed` | other places and people; each is logged once, with the setting that would allow it |
| `not_too_many` | messages over the limit of a person or a channel; the asker is told once a minute |
| `not_without_words` | nothing but a mention, emoji or punctuation; a short help is the reply |

What is allowed (`ALLOWED_CHANNELS`, `ALLOWED_SERVERS`; entries of other platforms do not count):
- A listed channel: everyone in it, also where it is shared with another organisation. A thread follows its parent.
- A listed server: its own people, in all its channels that are not shared.
- With nothing listed: wherever the bot was invited at home (its own workspace, its owner's guilds), the people of the home, in
  channels that are not shared. Guests of the workspace are answered in channels, which they were let into, not in direct messages.
- Direct messages: from people of the home (with nothing listed), of listed servers, and from members of listed channels.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from logging import getLogger
from typing import Protocol

from bot.access.rate_limit import RateLimit
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.delivery.platform import Membership
from bot.delivery.target import RefusedError

log = getLogger("analects.rules")

MAX_AGE_S = 600.0
"""Age in seconds beyond which a question is not answered any more."""
MAX_LOGGED_PLACES = 1_000
"""Places that are not allowed and were logged. Beyond this number nothing is logged: strangers cannot fill the log."""


class People(Protocol):
    """What platforms say about people and channels, by their ids; `bot.delivery.platform.Platforms`."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        """Whether a person is a member of a channel."""

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        """Whether a person manages a channel."""


class UnknownPeople:
    """For where no platform can be asked."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        del platform, person, channel
        return Membership.UNKNOWN

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        del platform, person, channel
        return False


class Reason(Enum):
    """Why something is not answered. The value is the label of the metric `analects_unanswered_total`."""

    BOT = "bot"
    EDITED = "edited"
    BROADCAST = "broadcast"
    OLD = "old"
    PLACE = "place"
    LIMIT = "limit"
    NO_WORDS = "no_words"
    """There is nothing to search for. It is answered, with a short help."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not answered. `message` is shown to the asker alone; None means silence."""

    reason: Reason
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Allowlist:
    """`ALLOWED_CHANNELS` and `ALLOWED_SERVERS`."""

    channels: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()

    def of(self, platform: str) -> "Allowlist":
        """The entries of one platform."""
        prefix = f"{platform}:"
        return Allowlist(
            frozenset(one for one in self.channels if one.startswith(prefix)),
            frozenset(one for one in self.servers if one.startswith(prefix)),
        )

    def __bool__(self) -> bool:
        return bool(self.channels or self.servers)


def may_remove(person: str, asker: str | None, admin: bool) -> bool:
    """Whether a person may remove an answer: the asker and admins may."""
    return admin or (asker is not None and person == asker)


@dataclass(slots=True)
class Rules:
    """All rules, and what they remember."""

    allowlist: Allowlist = field(default_factory=Allowlist)
    person: RateLimit = field(default_factory=lambda: RateLimit(10))
    channel: RateLimit = field(default_factory=lambda: RateLimit(30))
    now: Callable[[], float] = time.time
    people: People = field(default_factory=UnknownPeople)
    everyone_sets_digests: bool = False
    """Whether everyone, and not only its managers, may set the digest of a channel."""
    _logged_places: set[str] = field(default_factory=set)

    async def check(self, arrival: Arrival) -> Refusal | None:
        """The first refusal; None if it is to be answered, which then counts towards the limits."""
        return (
            self.not_from_bots(arrival)
            or self.not_too_old(arrival)
            or await self.only_where_allowed(arrival)
            or self.not_too_many(arrival)
            or self.not_without_words(arrival)
        )

    async def may_manage(self, arrival: Arrival) -> bool:
        """Whether the person may set the digest there; always in their own direct messages."""
        if self.everyone_sets_digests or arrival.direct:
            return True
        if arrival.manages is not None:
            return arrival.manages
        return await self.people.manages(arrival.platform, arrival.person, arrival.channel)

    def not_from_bots(self, arrival: Arrival) -> Refusal | None:
        if arrival.bot:
            return Refusal(Reason.BOT)
        if arrival.edited:
            return Refusal(Reason.EDITED)
        return Refusal(Reason.BROADCAST) if arrival.broadcast else None

    def not_too_old(self, arrival: Arrival) -> Refusal | None:
        if arrival.request is None and self.now() - arrival.sent_at > MAX_AGE_S:
            return Refusal(Reason.OLD)
        return None

    async def only_where_allowed(self, arrival: Arrival) -> Refusal | None:
        if await self._allowed(arrival):
            return None
        server = f"{arrival.platform}:{arrival.person_server or arrival.server}"
        if arrival.direct:
            self._log_once(f"direct:{server}", "a direct message", f"ALLOWED_SERVERS={server}")
        else:
            place = f"{arrival.platform}:{arrival.parent or arrival.channel}"
            self._log_once(place, f"channel {place}", f"ALLOWED_CHANNELS={place}")
        return Refusal(Reason.PLACE)

    async def check_place(self, place: Arrival) -> None:
        """For posts that nobody asked for. Raises RefusedError if the place of this arrival is not, or no longer, allowed."""
        if not await self._allowed(place):
            server = f"{place.platform}:{place.server}"
            setting = f"ALLOWED_SERVERS={server}" if place.direct else f"ALLOWED_CHANNELS={place.place}"
            raise RefusedError("the place is not allowed", f"To post there, add {setting} to the settings")

    def not_too_many(self, arrival: Arrival) -> Refusal | None:
        for limit, name in ((self.person, arrival.asker), (self.channel, arrival.place)):
            if limit.is_reached(name):
                return Refusal(Reason.LIMIT, wording.TOO_MANY if limit.may_notify(name) else None)
        self.person.record(arrival.asker)
        self.channel.record(arrival.place)
        return None

    def not_without_words(self, arrival: Arrival) -> Refusal | None:
        if arrival.request is None and not any(sign.isalnum() for sign in arrival.text):
            return Refusal(Reason.NO_WORDS, wording.ASK_SOMETHING)
        return None

    async def _allowed(self, arrival: Arrival) -> bool:
        listed = self.allowlist.of(arrival.platform)
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

    async def _allowed_directly(self, arrival: Arrival, listed: Allowlist) -> bool:
        theirs = f"{arrival.platform}:{arrival.person_server or arrival.server}"
        if theirs in listed.servers:
            return not arrival.guest
        if not listed:
            return arrival.home and not arrival.stranger and not arrival.guest
        for place in sorted(listed.channels):
            channel = place.partition(":")[2]
            membership = await self.people.membership(arrival.platform, arrival.person, channel)
            if membership is Membership.MEMBER:
                return True
        return False

    def _log_once(self, key: str, where: str, setting: str) -> None:
        if key in self._logged_places or len(self._logged_places) >= MAX_LOGGED_PLACES:
            return
        self._logged_places.add(key)
        log.warning(
            "not answered: %(place)s is not allowed; to answer there, add %(setting)s to the settings",
            {"place": where, "setting": setting},
        )
