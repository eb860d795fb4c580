"""What Slack knows about people and channels: guests, admins, members, shared channels. Answers are cached for some minutes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from logging import getLogger
from time import monotonic
from typing import TypeAlias, TypeVar

from cachetools import TLRUCache

from adapters.slack.arrivals import Identity
from adapters.slack.web_api import Api, Body
from bot.delivery.platform import Membership
from bot.delivery.target import LimitedError, PostError, RefusedError, UndeliverableError

log = getLogger("analects.slack")

KNOWN_TTL_S = 600.0
"""How long an answer of Slack is used, in seconds."""
UNKNOWN_TTL_S = 60.0
"""How long after a failed call Slack is asked again, in seconds."""
LOCALE_TIMEOUT_S = 1.0
MAX_CACHED = 5_000
MAX_MEMBER_PAGES = 50
"""How many pages of 1,000 members are read for one channel."""
_TRIES, _PAUSE_S, _LONGEST_WAIT_S = 2, 0.3, 1.0
"""How often a call is tried, the pause between tries, and the longest wait for which another try is made."""


@dataclass(frozen=True, slots=True)
class Person:
    """The facts about a person that the rules need. The defaults mean that a fact is not known."""

    admin: bool = False
    """An admin or owner of the workspace or of the whole organisation."""
    guest: bool = False
    time_zone: str | None = None
    """From their profile: "Europe/Berlin"."""
    locale: str = ""
    """The language in which they read Slack: "de-DE"; "" if Slack does not say."""
    enterprise: str = ""
    """The id of their organisation on Enterprise Grid."""
    name: str = ""
    """The name that stands beside their messages."""
    unsure: bool = False
    """Slack gave no answer just now. If it never gives one, because the scope is missing, this is False."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The facts about a channel that the rules need. The defaults mean that a fact is not known."""

    shared: bool = False
    """Shared with another organisation."""
    creator: str = ""
    has_bot: bool | None = None
    """Whether the bot is a member; None if that is not known."""
    team: str = ""
    """The workspace that it belongs to."""
    name: str = ""
    """Without the `#`; "" for direct messages."""
    public: bool = False
    """Whether everyone in the workspace can read it, and nobody outside."""
    unsure: bool = False
    """As for `Person`."""


Value = TypeVar("Value")
_Cache: TypeAlias = TLRUCache[str, tuple[Value, bool]]
"""By id: the value, and whether it came from Slack."""


class Directory:
    """Asks Slack about people and channels, and caches the answers."""

    def __init__(self, api: Api, clock: Callable[[], float] = monotonic) -> None:
        self.api = api
        self._people: _Cache[Person] = TLRUCache(MAX_CACHED, _expiry, clock)
        self._channels: _Cache[Channel] = TLRUCache(MAX_CACHED, _expiry, clock)
        self._members: _Cache[frozenset[str]] = TLRUCache(MAX_CACHED, _expiry, clock)

    async def person(self, user: str) -> Person:
        """The facts about the person with this user id."""
        cached = self._people.get(user)
        if cached is not None:
            return cached[0]
        body, unsure = await self._ask("users.info", user=user, include_locale=True)
        profile = body.get("user") if isinstance(body, Mapping) else None
        person = Person(unsure=unsure)
        if isinstance(profile, dict):
            enterprise_user = profile.get("enterprise_user")
            in_organisation = enterprise_user if isinstance(enterprise_user, dict) else {}
            person = Person(
                any(
                    facts.get(name)
                    for facts in (profile, in_organisation)
                    for name in ("is_admin", "is_owner")
                ),
                bool(profile.get("is_restricted") or profile.get("is_ultra_restricted")),
                str(profile.get("tz") or "") or None,
                str(profile.get("locale") or ""),
                str(in_organisation.get("enterprise_id") or profile.get("enterprise_id") or ""),
                _shown_name(profile),
            )
        if not unsure:
            self._people[user] = person, bool(profile)
        return person

    async def locale(self, user: str) -> str:
        """The locale of a person; "" if Slack does not say it in time, because no answer should wait for it."""
        try:
            async with asyncio.timeout(LOCALE_TIMEOUT_S):
                return (await self.person(user)).locale if user else ""
        except TimeoutError:
            return ""

    async def channel(self, channel: str) -> Channel:
        """The facts about the channel with this id."""
        cached = self._channels.get(channel)
        if cached is not None:
            return cached[0]
        body, unsure = await self._ask("conversations.info", channel=channel)
        facts = body.get("channel") if isinstance(body, Mapping) else None
        found = Channel(unsure=unsure, has_bot=False if body == "channel_not_found" else None)
        if isinstance(facts, dict):
            is_member = facts.get("is_member")
            found = Channel(
                bool(facts.get("is_ext_shared") or facts.get("is_pending_ext_shared")),
                str(facts.get("creator") or ""),
                is_member if isinstance(is_member, bool) else None,
                team=str(facts.get("context_team_id") or ""),
                public=facts.get("is_channel") is True
                and facts.get("is_private") is False
                and not any(facts.get(field) for field in ("is_ext_shared", "is_pending_ext_shared")),
                name="" if facts.get("is_im") or facts.get("is_mpim") else str(facts.get("name") or ""),
            )
        if not unsure:
            self._channels[channel] = found, bool(facts)
        return found

    def note_joined(self, channel: str) -> None:
        """Notes that the bot is in this channel, as a mention, an event or a post shows: a cached "no" is dropped."""
        cached = self._channels.get(channel)
        if cached is not None and cached[0].has_bot is False:
            del self._channels[channel]

    async def is_colleague(self, user: str, team: str, me: Identity) -> bool:
        """Whether a person from `team` belongs to the bot's workspace or organisation."""
        if not team or team in (me.team, me.enterprise):
            return True
        return bool(me.enterprise) and (await self.person(user)).enterprise == me.enterprise

    async def can_post(self, channel: str) -> bool:
        """Whether the bot is in a channel or direct message; True if that is not known.

        A "no" is not cached, because people who read it invite the bot and try again.
        """
        direct = channel.startswith("D")
        if not direct:
            self.note_joined(channel)
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
        """Whether a person manages a channel: its creator does, and the admins and owners of the workspace."""
        return (await self.channel(channel)).creator == person or (await self.person(person)).admin

    async def membership(self, person: str, channel: str) -> Membership:
        """Whether a person is a member of a channel."""
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
            body, _ = await self._ask("conversations.members", channel=channel, limit=1000, cursor=cursor)
            if isinstance(body, str):
                return None
            members, metadata = body.get("members"), body.get("response_metadata")
            found |= {str(member) for member in members} if isinstance(members, list) else set()
            cursor = str(metadata.get("next_cursor") or "") if isinstance(metadata, dict) else ""
            if not cursor:
                break
        return frozenset(found)

    async def _ask(self, method: str, **arguments: object) -> tuple[Body | str, bool]:
        """Returns the body or the error code, and whether Slack gave no answer. A missing scope does not count as no answer: the
        operator chose to do without it. Retries once."""
        for tried in range(_TRIES):
            try:
                body, _ = await self.api.call(method, **arguments)
            except PostError as error:
                log.info("no answer to %(method)s: %(error)s", {"method": method, "error": str(error)})
                if isinstance(error, RefusedError | UndeliverableError):
                    return str(error), str(error) != "missing_scope"
                wait = error.wait if isinstance(error, LimitedError) else None
                if tried + 1 < _TRIES and (wait or 0) <= _LONGEST_WAIT_S:
                    await asyncio.sleep(wait if wait is not None else _PAUSE_S)
                    continue
                return str(error), True
            return body, False
        raise AssertionError("the last attempt returns")


def _shown_name(user: Mapping[str, object]) -> str:
    """The name in a user object: the display name that the person chose, else the real name."""
    listed = user.get("profile")
    profile = listed if isinstance(listed, dict) else {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((name for name in names if isinstance(name, str) and name.strip()), "")


def _expiry(_: str, entry: tuple[object, bool], now: float) -> float:
    known = entry[1]
    return now + (KNOWN_TTL_S if known else UNKNOWN_TTL_S)
