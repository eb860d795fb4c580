"""Answers what is asked about digests: commands, buttons; and `/highlight random`, which goes by the same pick."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.access.rules import Rules
from bot.answering import listing
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import NINE, DigestCommand, DigestPress, DigestRequest, Wrong
from bot.chat.replies import Digest, Notice, Picks, Reply
from bot.chat.requests import Command
from bot.delivery.delivery import Outcome
from bot.digest.chooser import Chooser
from bot.digest.publisher import DigestPublisher
from bot.schedule import due, time_zones
from bot.schedule.plan import KINDS, Filter, Plan
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest, DigestStore, PastPost

_TOLD = {
    Outcome.POSTED: wording.DIGEST_POSTED,
    Outcome.UNKNOWN: wording.DIGEST_UNKNOWN,
    Outcome.GIVEN_UP: wording.DIGEST_GIVEN_UP,
    Outcome.REFUSED: wording.DIGEST_REFUSED,
}


def unmatched(only: Filter | None, index: Index) -> Wrong | None:
    """That nothing fits a filter, with the names that come close; None where something does."""
    if only is None or index.facets.passages(KINDS[only.kind], only.value).any():
        return None
    near = listing.complete(KINDS[only.kind], only.value, index, 3)
    return Wrong("only", wording.none_listed(KINDS[only.kind], only.value, near))


def resolved(only: Filter | None, index: Index) -> Filter | None:
    """The filter with the name as the notes write it, where what was typed means a single one."""
    if only is None:
        return None
    names = index.facets.names(KINDS[only.kind])
    meant = names.find(only.value, prefer_exact=only.kind == "tag")
    return Filter(only.kind, names.names[meant[0]]) if len(meant) == 1 else only


def first_day(plan: Plan, now: float, posted: list[PastPost]) -> date:
    """The first day of a plan that is set now: none that had its digest already, by whatever plan in whatever zone."""
    regular = [one for one in posted if one.day is not None]
    had = {one.day for one in regular} | {due.today(plan.zone, one.at) for one in regular}
    day = due.today(plan.zone, now)
    while day in had:
        day += timedelta(days=1)
    return day


@dataclass(slots=True)
class DigestRequests:
    """Everything beside the posting of what is due."""

    chooser: Chooser
    clerk: DigestPublisher
    rules: Rules
    zone: str = field(default_factory=time_zones.of_host)
    """Where the asker's is not known."""
    clock: Callable[[], float] = time.time

    async def reply(self, arrival: Arrival, request: DigestRequest | Command) -> Reply:
        """The reply to a request, which is `/highlight random` where it is a `Command`."""
        if isinstance(request, Wrong):
            return Notice(request.says)
        if isinstance(request, Command):
            scope = arrival.asker if arrival.private else arrival.scope
            quotes = await self.chooser.at_random(scope, max(1, request.limit or 1))
            return Picks(quotes, request) if quotes else Notice(wording.EMPTY)
        try:
            if isinstance(request, DigestPress):
                return await self._pressed(arrival, request)
            return await self._told(arrival, request)
        except StateError:
            return Notice(wording.DIGEST_RESTS)

    async def usual(self, place: str) -> DigestCommand:
        """What a form begins with: the digest that is set in a place, or what is usual."""
        try:
            standing = await self.chooser.keeper.kept(lambda shelf: shelf.standing(place))
        except StateError:
            standing = None
        if standing is None:
            return DigestCommand("set")
        plan = standing.plan
        return DigestCommand("set", plan.every, plan.at, plan.zone, plan.weekday, plan.count, plan.only)

    async def _told(self, arrival: Arrival, command: DigestCommand) -> Reply:
        if command.action == "help":
            return Notice(wording.DIGEST_HELP)
        if command.changes and not await self.rules.may_manage(arrival):
            return Notice(wording.DIGEST_NOT_YOURS)
        if command.action == "set":
            return await self._set(arrival, command)
        if command.action == "off":
            gone = await self.chooser.keeper.kept(lambda shelf: shelf.remove(arrival.place))
            return Notice(wording.DIGEST_OFF if gone else wording.digest_not_set())
        standing = await self.chooser.keeper.kept(lambda shelf: shelf.standing(arrival.place))
        if command.action == "now":
            return await self._now(arrival, standing)
        return Notice(wording.digest_not_set()) if standing is None else await self._status(standing)

    async def _set(self, arrival: Arrival, command: DigestCommand) -> Reply:
        if (wrong := unmatched(command.only, self.chooser.bot.index)) is not None:
            return Notice(wrong.says)
        now, zone, weekday = self.clock(), command.zone or arrival.zone or self.zone, command.weekday
        if command.every == "weekly" and weekday is None:
            weekday = due.today(zone, now).weekday()
        only = resolved(command.only, self.chooser.bot.index)
        plan = Plan(command.every, command.at, zone, weekday, command.count, only)
        standing = await self.chooser.keeper.kept(lambda shelf: self._put(shelf, arrival, plan, now))
        return Notice(wording.digest_set(plan, _next(standing, now)))

    async def _put(self, shelf: DigestStore, arrival: Arrival, plan: Plan, now: float) -> ChannelDigest:
        """Looks again afterwards: what was begun just before it was set comes yet, what is begun later sees that it was set."""
        standing: ChannelDigest | None = None
        while True:
            first = first_day(plan, now, await shelf.posts(arrival.place, now - 2 * 86400))
            if standing is not None and standing.first == first:
                return standing
            standing = self._standing(arrival, plan, now, first)
            await shelf.put(standing)

    async def _now(self, arrival: Arrival, standing: ChannelDigest | None) -> Reply:
        """Where no digest is set, a single highlight."""
        now = self.clock()
        if standing is None:
            plan = Plan("daily", NINE, self.zone)
            standing = self._standing(arrival, plan, now, due.today(self.zone, now))
        name = blake2b(arrival.key.encode(), digest_size=8).hexdigest()
        outcome = await self.clerk.bring_now(standing, f"{standing.place}:now:{name}")
        return Notice(wording.DIGEST_EMPTY if outcome is None else _TOLD[outcome])

    async def _status(self, standing: ChannelDigest) -> Reply:
        left = await self.chooser.left(standing.scope, standing.plan.only)
        try:
            coming = _next(standing, self.clock())
        except ZoneInfoNotFoundError:
            return Notice(wording.no_zone(standing.plan.zone, time_zones.near(standing.plan.zone)))
        return Notice(wording.digest_status(standing.plan, coming, left.shown, left.left))

    async def _pressed(self, arrival: Arrival, press: DigestPress) -> Reply:
        keeper = self.chooser.keeper
        if press.action == "another":
            standing = await keeper.kept(lambda shelf: shelf.standing(arrival.place))
            only = standing.plan.only if standing else None
            quotes = await self.chooser.show(arrival.scope, only, 1)
            return Digest(quotes, wording.restricted(only)) if quotes else Notice(wording.DIGEST_EMPTY)
        if not await self.chooser.has(press.highlight):
            return Notice(wording.GONE_FROM_NOTES)
        mark = press.action
        await keeper.kept(lambda shelf: shelf.mark(arrival.scope, press.highlight, mark))
        return Notice(wording.KEPT if mark == "keep" else wording.NEVER_AGAIN)

    def _standing(self, arrival: Arrival, plan: Plan, now: float, first: date) -> ChannelDigest:
        person = arrival.person if arrival.direct else ""
        return ChannelDigest(arrival.place, arrival.scope, plan, now, first, person)


def _next(standing: ChannelDigest, now: float) -> datetime:
    """When the next one comes, by the clocks of its zone."""
    _, moment = due.next_due(standing.plan, now, standing.first)
    return datetime.fromtimestamp(moment, ZoneInfo(standing.plan.zone))
