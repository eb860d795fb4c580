"""Who is answered, where, and how often: decided once, for every platform.

Each rule makes one decision about an `Arrival`. They are asked in order, and the first refusal counts.

| rule | refuses |
|---|---|
| `not_from_bots` | messages from bots, webhooks and the bot itself; edits; pings of everyone or of a group |
| `only_to_the_bot` | mentions that only talk about the bot; messages without a mention, except where it is to answer those |
| `not_too_old` | messages sent more than ten minutes ago, as after an outage |
| `only_where_allowed` | other places and people; each is logged once, with the settings that would allow it |
| `not_too_many` | questions over the limit of a person or a channel; buttons and the Home tab do not count |
| `not_without_words` | nothing but a mention, emoji or punctuation; a short help is the reply |

What could be answered to the asker alone (commands, buttons, direct messages) is refused with one sentence; in channels there is
silence.

What is allowed (`ALLOWED_CHANNELS`, `ALLOWED_SERVERS`, `ALLOWED_PEOPLE`; entries of other platforms do not count):
- A listed channel: everyone in it, also where it is shared with another organisation. A thread follows its parent.
- A listed server or organisation: its own people, in all its channels that are not shared.
- With nothing listed, or with `slack:home` among the servers: wherever the bot was invited at home (its own workspace or
  organisation, its owner's guilds), the people of the home, in channels that are not shared. Guests of the workspace are
  answered in channels, which they were let into, not in direct messages.
- Direct messages: from people of the home (with nothing listed), of listed servers, and from members of listed channels.
- The owner of the Discord application, and `DISCORD_USERS`, use commands in every place, answered privately.
- Where people are listed, only these, in the places above.

Who may save messages (`SAVERS`), of those who are answered in a place: the people listed; with nobody listed the people of the
home, no guests, in places that are not shared with another organisation. What is not known counts as a no.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from logging import getLogger
from typing import Protocol

from bot.access.rate_limit import RateLimit
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.small_talk import in_passing, is_question
from bot.delivery.platform import Membership
from bot.delivery.target import RefusedError
from bot.text.sanitize import has_words

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

    async def runs(self, platform: str, person: str) -> bool:
        """Whether a person runs the bot."""


class UnknownPeople:
    """For where no platform can be asked."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        del platform, person, channel
        return Membership.UNKNOWN

    async def manages(self, platform: str, person: str, channel: str) -> bool:
        del platform, person, channel
        return False

    async def runs(self, platform: str, person: str) -> bool:
        del platform, person
        return False


def _nothing() -> None:
    """Does nothing."""


class Reason(Enum):
    """Why something is not answered. The value is the label of the metric `analects_unanswered_total`."""

    BOT = "bot"
    EDITED = "edited"
    BROADCAST = "broadcast"
    OLD = "old"
    ASIDE = "aside"
    """Not said to the bot, and no search."""
    PLACE = "place"
    LIMIT = "limit"
    NO_WORDS = "no_words"
    """There is nothing to search for. It is answered, with a short help."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not answered. `message` is shown to the asker alone; None means silence."""

    reason: Reason
    message: str | None = None
    untold: Callable[[], None] = _nothing
    """Called if the message could not be delivered: it may be told again."""


HOME = "home"
"""As a server ("slack:home"): what is allowed where nothing is listed."""


@dataclass(frozen=True, slots=True)
class Allowlist:
    """`ALLOWED_CHANNELS`, `ALLOWED_SERVERS` and `ALLOWED_PEOPLE`."""

    channels: frozenset[str] = frozenset()
    servers: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def of(self, platform: str) -> "Allowlist":
        """The entries of one platform."""
        prefix = f"{platform}:"
        lists = (self.channels, self.servers, self.people)
        return Allowlist(*(frozenset(one for one in listed if one.startswith(prefix)) for listed in lists))

    def __bool__(self) -> bool:
        """Whether any place is listed."""
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
    ask_channels: frozenset[str] = frozenset()
    """`ASK_CHANNELS`: here questions need no mention."""
    private_channels: frozenset[str] = frozenset()
    """`PRIVATE_CHANNELS`: here messages are answered to the asker alone."""
    savers: frozenset[str] = frozenset()
    """`SAVERS`: who may save messages."""
    everywhere: frozenset[str] = frozenset()
    """`DISCORD_USERS`: who may use commands in every place, where the answer is for them alone."""
    _logged_places: set[str] = field(default_factory=set)

    async def check(self, arrival: Arrival) -> Refusal | None:
        """The first refusal; None if it is to be answered, which then counts towards the limits."""
        return (
            self.not_from_bots(arrival)
            or self.only_to_the_bot(arrival)
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

    async def runs_the_bot(self, arrival: Arrival) -> bool:
        """Whether the person runs the bot: on Slack an admin or owner of its workspace or organisation, on Discord the
        application's owner or an accepted member of its team. Strangers never do, nor does anyone where the platform cannot
        say."""
        if arrival.stranger or arrival.guest:
            return False
        return arrival.owner or await self.people.runs(arrival.platform, arrival.person)

    async def may_save(self, arrival: Arrival) -> bool:
        """Whether the person may save a message there."""
        if arrival.bot or not await self._allowed(arrival):
            return False
        if self.savers:
            return arrival.asker in self.savers
        if arrival.owner:
            return True
        outside = arrival.stranger or arrival.shared or arrival.guest or arrival.unsure
        return arrival.home and not outside

    def answers_privately(self, arrival: Arrival) -> bool:
        """Whether a message in a channel is answered to the asker alone. A thread follows its parent."""
        places = {arrival.place, f"{arrival.platform}:{arrival.parent}"}
        return not arrival.direct and bool(places & self.private_channels)

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

    def only_to_the_bot(self, arrival: Arrival) -> Refusal | None:
        if arrival.around is not None and not arrival.direct and in_passing(*arrival.around):
            return Refusal(Reason.ASIDE)
        if not arrival.unaddressed or arrival.follows:
            return None
        if {arrival.place, f"{arrival.platform}:{arrival.parent}"} & self.ask_channels and is_question(
            arrival.text
        ):
            return None
        return Refusal(Reason.ASIDE)

    async def only_where_allowed(self, arrival: Arrival) -> Refusal | None:
        if await self._allowed(arrival):
            return None
        message = self._denial(arrival)
        alone = arrival.request is not None or (arrival.direct and not arrival.stranger)
        return Refusal(Reason.PLACE, message if alone else None)

    async def check_place(self, place: Arrival) -> None:
        """For posts that nobody asked for. Raises RefusedError if the place of this arrival is not, or no longer, allowed."""
        if not await self._allowed(place):
            setting = "ALLOWED_SERVERS" if place.direct else "ALLOWED_CHANNELS"
            entry = f"{place.platform}:{place.server}" if place.direct else place.place
            advice = self._advice(place.platform, setting, entry)
            raise RefusedError("the place is not allowed", f"To post there, add {advice} to the settings")

    def not_too_many(self, arrival: Arrival) -> Refusal | None:
        if arrival.pressed:
            return None
        for limit, name in ((self.person, arrival.asker), (self.channel, arrival.place)):
            if limit.is_reached(name):
                tell = limit.may_notify(name) or arrival.request is not None
                return Refusal(
                    Reason.LIMIT, wording.TOO_MANY if tell else None, partial(limit.forget_notice, name)
                )
        self.person.record(arrival.asker)
        self.channel.record(arrival.place)
        return None

    def not_without_words(self, arrival: Arrival) -> Refusal | None:
        if arrival.request is None and not has_words(arrival.text):
            return Refusal(Reason.NO_WORDS, wording.WITHHELD if arrival.withheld else wording.ASK_SOMETHING)
        return None

    async def _allowed(self, arrival: Arrival) -> bool:
        listed = self.allowlist.of(arrival.platform)
        is_private_command = arrival.private and arrival.request is not None
        if is_private_command and (arrival.owner or arrival.asker in self.everywhere):
            return True
        if not self._is_listed_person(arrival, listed):
            return False
        if arrival.direct:
            return await self._allowed_directly(arrival, listed)
        places = {arrival.place, f"{arrival.platform}:{arrival.parent}"}
        if places & listed.channels:
            return True
        if arrival.shared or arrival.stranger:
            return False
        if _servers(arrival) & listed.servers:
            return True
        return arrival.home and _home_counts(listed)

    async def _allowed_directly(self, arrival: Arrival, listed: Allowlist) -> bool:
        trusted = not arrival.guest and not arrival.unsure
        their_server = f"{arrival.platform}:{arrival.person_server or arrival.server}"
        at_home = _servers(arrival) & listed.servers or (arrival.home and _home_counts(listed))
        if trusted and (their_server in listed.servers or (at_home and not arrival.stranger)):
            return True
        for place in sorted(listed.channels):
            channel = place.partition(":")[2]
            membership = await self.people.membership(arrival.platform, arrival.person, channel)
            if membership is Membership.MEMBER:
                return True
        return False

    def _is_listed_person(self, arrival: Arrival, listed: Allowlist) -> bool:
        """Whether the person may ask, wherever that is. A digest is asked for by nobody."""
        return not listed.people or not arrival.person or arrival.asker in listed.people

    def _denial(self, arrival: Arrival) -> str:
        """What the asker is told; and the log says once what would allow it."""
        platform, listed = arrival.platform, self.allowlist.of(arrival.platform)
        if not self._is_listed_person(arrival, listed):
            advice = self._advice(platform, "ALLOWED_PEOPLE", arrival.asker)
            self._log_once(f"person:{arrival.asker}", arrival.asker, advice)
            return wording.NOT_FOR_YOU
        if arrival.direct and arrival.guest:
            return wording.GUEST
        if arrival.direct and arrival.unsure:
            return wording.UNSURE
        if arrival.direct:
            server = f"{platform}:{arrival.person_server or arrival.server}"
            self._log_once(
                f"direct:{server}", "a direct message", self._advice(platform, "ALLOWED_SERVERS", server)
            )
        else:
            place = f"{platform}:{arrival.parent or arrival.channel}"
            self._log_once(place, f"channel {place}", self._advice(platform, "ALLOWED_CHANNELS", place))
        return wording.NOT_HERE

    def _advice(self, platform: str, setting: str, entry: str) -> str:
        """The settings, with their whole values, that allow one entry more and lose nothing that is allowed now."""
        lists = {
            "ALLOWED_CHANNELS": self.allowlist.channels,
            "ALLOWED_SERVERS": self.allowlist.servers,
            "ALLOWED_PEOPLE": self.allowlist.people,
        }
        added = {setting: [entry]}
        if setting != "ALLOWED_PEOPLE" and not self.allowlist.of(platform):
            added.setdefault("ALLOWED_SERVERS", []).append(f"{platform}:{HOME}")
        values = (
            f"{name}={','.join(dict.fromkeys([*entries, *sorted(lists[name])]))}"
            for name, entries in added.items()
        )
        return " and ".join(values)

    def _log_once(self, key: str, where: str, advice: str) -> None:
        if key in self._logged_places or len(self._logged_places) >= MAX_LOGGED_PLACES:
            return
        self._logged_places.add(key)
        log.warning(
            "not answered: %(place)s is not allowed; to answer there, add %(setting)s to the settings",
            {"place": where, "setting": advice},
        )


def _home_counts(listed: Allowlist) -> bool:
    """Whether the places that are allowed without settings are allowed."""
    return not listed or any(one.endswith(f":{HOME}") for one in listed.servers)


def _servers(arrival: Arrival) -> frozenset[str]:
    """The server where it happened and the organisation of that, as they are written in settings."""
    found = (arrival.server, arrival.organisation)
    return frozenset(f"{arrival.platform}:{one}" for one in found if one)
