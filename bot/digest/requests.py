"""Answers commands and buttons about digests, and `/highlight random`, which picks in the same way."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.access.rules import Rules
from bot.answering import listing, lookup
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import (
    DEFAULT_TIME,
    DigestCommand,
    DigestPress,
    DigestRequest,
    InvalidDigestCommand,
)
from bot.chat.replies import Digest, Hidden, Notice, Picks, Reply, digest_help
from bot.chat.requests import Command
from bot.delivery.delivery import Outcome
from bot.digest.chooser import Chooser
from bot.digest.managed import ManagedDigest, ManagedDigests
from bot.digest.poster import DigestPoster
from bot.schedule import due, time_zones
from bot.schedule.plan import FILTER_FACETS, Filter, Plan
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest, DigestStore, PastPost
from bot.text.sanitize import one_line

RECENT_POSTS_S = 2 * 86400
"""How far back, in seconds, a digest that is set looks for days that had theirs already."""


def _told(outcome: Outcome) -> str:
    """What became of a digest that somebody asked for."""
    messages = {
        Outcome.POSTED: wording.DIGEST_POSTED,
        Outcome.GIVEN_UP: wording.DIGEST_GIVEN_UP,
        Outcome.REFUSED: wording.DIGEST_REFUSED,
    }
    return messages.get(outcome, wording.DIGEST_UNKNOWN)


def unmatched(only: Filter | None, index: Index) -> InvalidDigestCommand | None:
    """Says that nothing fits a filter, with names that come close; None if something does."""
    if only is None or index.facets.passages(FILTER_FACETS[only.kind], only.value).any():
        return None
    suggestions = listing.complete(FILTER_FACETS[only.kind], only.value, index, 3)
    return InvalidDigestCommand(
        "only", wording.none_listed(FILTER_FACETS[only.kind], only.value, suggestions)
    )


def resolved(only: Filter | None, index: Index) -> Filter | None:
    """The filter with the name as the notes write it, if what was typed can only mean one."""
    if only is None:
        return None
    kind = FILTER_FACETS[only.kind]
    meant = index.facets.find(kind, only.value)
    return Filter(only.kind, index.facets.names(kind).names[meant[0]]) if len(meant) == 1 else only


def first_day(plan: Plan, now: float, posted: list[PastPost]) -> date:
    """The first day of a plan that is set now: one that had no digest yet, by whatever plan in whatever zone."""
    regular = [one for one in posted if one.day is not None]
    taken = {one.day for one in regular} | {due.local_date(plan.zone, one.at) for one in regular}
    day = due.local_date(plan.zone, now)
    while day in taken:
        day += timedelta(days=1)
    return day


@dataclass(slots=True)
class DigestRequests:
    """Everything about digests that somebody asks for."""

    chooser: Chooser
    store: DigestStore
    poster: DigestPoster
    rules: Rules
    zone: str = field(default_factory=time_zones.host_zone)
    """The time zone where the asker's is not known."""
    clock: Callable[[], float] = time.time

    async def reply(self, arrival: Arrival, request: DigestRequest | Command) -> Reply:
        """The reply to a request about digests, or to `/highlight random` (a `Command`)."""
        if isinstance(request, InvalidDigestCommand):
            return Notice(request.message)
        if isinstance(request, Command):
            scope = arrival.asker if arrival.private else arrival.scope
            quotes = await self.chooser.at_random(scope, max(1, request.limit or 1))
            return Picks(quotes, request) if quotes else Notice(wording.NO_HIGHLIGHTS_YET)
        try:
            if isinstance(request, DigestPress):
                return await self._press(arrival, request)
            return await self._run(arrival, request)
        except StateError:
            return Notice(wording.DIGESTS_PAUSED)

    async def managed(self, arrival: Arrival) -> tuple[ManagedDigest, ...]:
        """The digests that the person of `arrival` manages, and what was put aside there."""
        return await ManagedDigests(self.store, self.chooser, self.rules).of(arrival)

    async def initial(self, place: str) -> DigestCommand:
        """What a form shows at first: the digest that is set in a place, or the defaults."""
        try:
            digest = await self.store.channel_digest(place)
        except StateError:
            digest = None
        if digest is None:
            return DigestCommand("set")
        plan = digest.plan
        return DigestCommand("set", plan.every, plan.at, plan.zone, plan.weekday, plan.count, plan.only)

    async def _run(self, arrival: Arrival, command: DigestCommand) -> Reply:
        if command.action == "help":
            return digest_help()
        if command.action == "hidden":
            return await self._hidden(arrival)
        if command.changes and not await self.rules.may_manage(arrival):
            return Notice(wording.DIGEST_NOT_ALLOWED)
        if command.action == "set":
            return await self._set(arrival, command)
        if command.action == "off":
            removed = await self.store.remove_digest(arrival.place)
            return Notice(wording.DIGEST_OFF if removed else wording.digest_not_set())
        digest = await self.store.channel_digest(arrival.place)
        if command.action == "now":
            return await self._publish_now(arrival, digest)
        return Notice(wording.digest_not_set()) if digest is None else await self._status(digest)

    async def _set(self, arrival: Arrival, command: DigestCommand) -> Reply:
        index = self.chooser.bot.index
        if (invalid := unmatched(command.only, index)) is not None:
            return Notice(invalid.message)
        now, zone, weekday = self.clock(), command.zone or arrival.zone or self.zone, command.weekday
        if command.every == "weekly" and weekday is None:
            weekday = due.local_date(zone, now).weekday()
        only = resolved(command.only, index)
        plan = Plan(command.every, command.at, zone, weekday, command.count, only)
        first = _next(await self._store(arrival, plan, now), now)
        await self.poster.speak(arrival.place, wording.language())
        return Notice(wording.digest_set(plan, first), moment=_moment(first))

    async def _store(self, arrival: Arrival, plan: Plan, now: float) -> ChannelDigest:
        """Sets the digest, then looks again: a post that began just before still counts, a later one sees the new digest."""
        digest: ChannelDigest | None = None
        while True:
            recent = await self.store.past_posts(arrival.place, now - RECENT_POSTS_S)
            first = first_day(plan, now, recent)
            if digest is not None and digest.first == first:
                return digest
            digest = self._digest(arrival, plan, now, first)
            await self.store.set_digest(digest)

    async def _publish_now(self, arrival: Arrival, digest: ChannelDigest | None) -> Reply:
        """Posts the digest at once; a single highlight where none is set."""
        now = self.clock()
        if digest is None:
            plan = Plan("daily", DEFAULT_TIME, self.zone)
            digest = self._digest(arrival, plan, now, due.local_date(self.zone, now))
        name = blake2b(arrival.key.encode(), digest_size=8).hexdigest()
        outcome = await self.poster.post_now(digest, f"{digest.place}:now:{name}")
        return Notice(wording.DIGEST_EMPTY if outcome is None else _told(outcome))

    async def _status(self, digest: ChannelDigest) -> Reply:
        progress = await self.chooser.progress(digest.scope, digest.plan.only)
        try:
            coming = _next(digest, self.clock())
        except ZoneInfoNotFoundError:
            zone = digest.plan.zone
            return Notice(wording.no_zone(zone, time_zones.suggestions(zone)))
        text = wording.digest_status(digest.plan, coming, progress.shown, progress.left)
        return Notice(text, moment=_moment(coming))

    async def _press(self, arrival: Arrival, press: DigestPress) -> Reply:
        if press.action == "another":
            digest = await self.store.channel_digest(arrival.place)
            only = digest.plan.only if digest else None
            quotes = await self.chooser.show(arrival.scope, only, 1)
            return Digest(quotes, wording.restricted(only)) if quotes else Notice(wording.DIGEST_EMPTY)
        if not await self.chooser.has(press.highlight):
            return Notice(wording.GONE_FROM_NOTES)
        await self.store.mark(arrival.scope, press.highlight, press.action)
        if press.action == "never":
            return Hidden(wording.NEVER_AGAIN, self._named([press.highlight]))
        return Notice(wording.KEPT_IN_DIGEST if press.action == "keep" else wording.SHOWN_AGAIN)

    async def _hidden(self, arrival: Arrival) -> Reply:
        """The highlights that were marked "Not this one" there, as far as they are still in the notes."""
        history = await self.store.history(arrival.scope, "")
        named = self._named(sorted(history.never))
        if not named:
            return Notice(wording.NONE_HIDDEN)
        return Hidden(wording.hidden([shown for _, shown in named]), named)

    def _named(self, ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
        quotes = lookup.of_ids(ids, self.chooser.bot.index)
        return tuple((one.highlight.id, one_line(one.text)) for one in quotes)

    def _digest(self, arrival: Arrival, plan: Plan, now: float, first: date) -> ChannelDigest:
        person = arrival.person if arrival.direct else ""
        return ChannelDigest(arrival.place, arrival.scope, plan, now, first, person)


def _moment(local: datetime) -> tuple[str, int]:
    """A moment as texts name it, and in seconds since 1970."""
    return wording.moment(local), round(local.timestamp())


def _next(digest: ChannelDigest, now: float) -> datetime:
    """When the next one comes, by the clocks of its zone."""
    _, moment = due.next_due(digest.plan, now, digest.first)
    return datetime.fromtimestamp(moment, ZoneInfo(digest.plan.zone))
