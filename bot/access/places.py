"""Which places and people are allowed, by `ALLOWED_CHANNELS`, `ALLOWED_SERVERS` and `ALLOWED_PEOPLE`.

Entries of other platforms do not count:
- A listed channel: everyone in it, even if it is shared with another organisation. A thread follows its parent.
- A listed server or organisation: its own people, in all its channels that are not shared.
- With nothing listed, or with `slack:home` among the servers: wherever the bot was invited at home (its own workspace or
  organisation, its owner's guilds), the people of the home, in channels that are not shared. Guests of the workspace are
  answered in channels, which they were let into, not in direct messages.
- Direct messages: from people of the home (with nothing listed), of listed servers, and from members of listed channels.
- The owner of the Discord application, and `DISCORD_USERS`, use commands in every place, answered privately.
- Where people are listed, only these, in the places above.
"""

from dataclasses import dataclass
from logging import getLogger

from bot.access.people import People
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.delivery.platform import Membership

log = getLogger("analects.rules")

HOME = "home"
"""Listed as a server ("slack:home"), it allows what is allowed if nothing is listed."""
MAX_LOGGED_PLACES = 1_000
"""Places that are not allowed and were logged. Beyond this number nothing is logged: strangers cannot fill the log."""


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
        return Allowlist(
            *(frozenset(entry for entry in listed if entry.startswith(prefix)) for listed in lists)
        )

    def __bool__(self) -> bool:
        """Whether any place is listed."""
        return bool(self.channels or self.servers)

    def advice(self, platform: str, setting: str, entry: str) -> str:
        """The settings, with their whole values, that allow one entry more and lose nothing that is allowed now."""
        lists = {
            "ALLOWED_CHANNELS": self.channels,
            "ALLOWED_SERVERS": self.servers,
            "ALLOWED_PEOPLE": self.people,
        }
        added = {setting: [entry]}
        if setting != "ALLOWED_PEOPLE" and not self.of(platform):
            added.setdefault("ALLOWED_SERVERS", []).append(f"{platform}:{HOME}")
        values = (
            f"{name}={','.join(dict.fromkeys([*entries, *sorted(lists[name])]))}"
            for name, entries in added.items()
        )
        return " and ".join(values)


@dataclass(frozen=True, slots=True)
class AllowedPlaces:
    """What the settings allow, and the notices for what they do not."""

    allowlist: Allowlist
    people: People
    everywhere: frozenset[str]
    """`DISCORD_USERS`: who may use commands in every place, where the answer is for them alone."""
    logged: set[str]
    """What was logged as not allowed, once each."""

    async def allow(self, arrival: Arrival) -> bool:
        """Whether the place and the person of an arrival are allowed."""
        listed = self.allowlist.of(arrival.platform)
        if self.is_everywhere(arrival):
            return True
        if not is_listed_person(arrival, listed):
            return False
        if arrival.direct:
            return await self._allowed_directly(arrival, listed)
        if places(arrival) & listed.channels:
            return True
        if arrival.shared or arrival.stranger:
            return False
        if _servers(arrival) & listed.servers:
            return True
        return arrival.home and _home_counts(listed)

    def is_everywhere(self, arrival: Arrival) -> bool:
        """Whether this is a private command by somebody who may use commands in every place."""
        is_private_command = arrival.private and arrival.request is not None
        return is_private_command and (arrival.owner or arrival.asker in self.everywhere)

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

    def denial(self, arrival: Arrival) -> str:
        """The notice for the asker. Also logs, once, the setting that would allow the place."""
        platform, listed = arrival.platform, self.allowlist.of(arrival.platform)
        if not is_listed_person(arrival, listed):
            advice = self.allowlist.advice(platform, "ALLOWED_PEOPLE", arrival.asker)
            self._log_once(f"person:{arrival.asker}", arrival.asker, advice)
            return wording.NOT_FOR_YOU
        if arrival.direct and arrival.guest:
            return wording.GUEST
        if arrival.direct and arrival.unsure:
            return wording.UNSURE
        if arrival.direct:
            server = f"{platform}:{arrival.person_server or arrival.server}"
            self._log_once(
                f"direct:{server}",
                "a direct message",
                self.allowlist.advice(platform, "ALLOWED_SERVERS", server),
            )
        else:
            place = f"{platform}:{arrival.parent or arrival.channel}"
            self._log_once(
                place, f"channel {place}", self.allowlist.advice(platform, "ALLOWED_CHANNELS", place)
            )
        return wording.NOT_HERE

    def _log_once(self, key: str, where: str, advice: str) -> None:
        if key in self.logged or len(self.logged) >= MAX_LOGGED_PLACES:
            return
        self.logged.add(key)
        log.warning(
            "not answered: %(place)s is not allowed; to answer there, add %(setting)s to the settings",
            {"place": where, "setting": advice},
        )


def places(arrival: Arrival) -> frozenset[str]:
    """The channel and its parent, as written in settings: a thread follows its parent."""
    return frozenset({arrival.place, f"{arrival.platform}:{arrival.parent}"})


def _home_counts(listed: Allowlist) -> bool:
    """Whether the places count that are allowed by default: nothing is listed, or `HOME` is."""
    return not listed or any(server.endswith(f":{HOME}") for server in listed.servers)


def _servers(arrival: Arrival) -> frozenset[str]:
    """The server of the arrival and its organisation, as written in settings."""
    found = (arrival.server, arrival.organisation)
    return frozenset(f"{arrival.platform}:{id_}" for id_ in found if id_)


def is_listed_person(arrival: Arrival, listed: Allowlist) -> bool:
    """Whether the list of people lets this person ask. A digest has no asker and always may."""
    return not listed.people or not arrival.person or arrival.asker in listed.people
