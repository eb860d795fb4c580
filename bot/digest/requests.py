"""Answers commands and buttons about digests, and `/highlight random`, which picks in the same way."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.access.rules import Rules
from bot.answering import lookup, themes
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.commands import nothing_in, theme_of
from bot.chat.digest_commands import (
    DEFAULT_TIME,
    DigestCommand,
    DigestPress,
    DigestRequest,
    InvalidDigestCommand,
    PressAction,
)
from bot.chat.replies import Digest, Hidden, Notice, Picks, Reply, digest_help
from bot.chat.requests import Command
from bot.delivery.delivery import Outcome
from bot.digest.chooser import Chooser
from bot.digest.filters import filters_of, objection
from bot.digest.managed import ManagedDigest, ManagedDigests
from bot.digest.poster import DigestPoster
from bot.schedule import due, time_zones
from bot.schedule.plan import DEFAULT_NAME, EVERYTHING, Plan, Theme
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest, DigestStore, PastPost, digest_key
from bot.text.sanitize import one_line

MAX_DIGESTS = 12
"""Limit for one channel."""
RECENT_POSTS_S = 2 * 86400
"""How far back (seconds) a new digest checks for days that already had a post."""


def _outcome_text(outcome: Outcome) -> str:
    """The sentence for the outcome of a requested digest."""
    messages = {
        Outcome.POSTED: wording.DIGEST_POSTED,
        Outcome.GIVEN_UP: wording.DIGEST_GIVEN_UP,
        Outcome.REFUSED: wording.DIGEST_REFUSED,
    }
    return messages.get(outcome, wording.DIGEST_UNKNOWN)


def first_day(plan: Plan, now: float, posted: list[PastPost]) -> date:
    """The first day of a plan that is set now. A day that already had a post, by an earlier plan or in another zone, does not
    count."""
    taken = {one.day for one in posted} | {due.local_date(plan.zone, one.at) for one in posted}
    day = due.local_date(plan.zone, now)
    while day in taken:
        day += timedelta(days=1)
    return day


@dataclass(slots=True)
class DigestRequests:
    """Answers commands, buttons and forms about digests."""

    chooser: Chooser
    store: DigestStore
    poster: DigestPoster
    rules: Rules
    zone: str = field(default_factory=time_zones.host_zone)
    """The time zone if the asker's is unknown."""
    clock: Callable[[], float] = time.time

    async def reply(self, arrival: Arrival, request: DigestRequest | Command) -> Reply:
        """The reply to a request about digests, or to `/highlight random` (a `Command`)."""
        if isinstance(request, InvalidDigestCommand):
            return Notice(request.message)
        if isinstance(request, Command):
            theme = await asyncio.to_thread(theme_of, request, self.chooser.bot.index)
            if isinstance(theme, Notice):
                return theme
            scope = arrival.asker if arrival.private else arrival.scope
            quotes = await self.chooser.at_random(scope, max(1, request.limit or 1), theme)
            return Picks(quotes, request) if quotes else nothing_in(theme)
        try:
            if isinstance(request, DigestPress):
                return await self._press(arrival, request)
            return await self._run(arrival, request)
        except StateError:
            return Notice(wording.DIGESTS_PAUSED)

    async def managed(self, arrival: Arrival) -> tuple[ManagedDigest, ...]:
        """The digests that the person of `arrival` manages, and the highlights hidden there."""
        return await ManagedDigests(self.store, self.chooser, self.rules).of(arrival)

    async def initial(self, place: str, name: str = "") -> DigestCommand:
        """The initial values of a form: the digest of this name in a channel, or the defaults."""
        try:
            digest = await self._meant(place, name)
        except StateError:
            digest = None
        if digest is None:
            return DigestCommand("set", name=name)
        plan = digest.plan
        return DigestCommand(
            "set",
            plan.every,
            plan.at,
            plan.zone,
            plan.weekday,
            plan.count,
            plan.only,
            digest.name,
            plan.less,
            plan.never,
            plan.also,
        )

    async def names_in(self, place: str) -> list[str]:
        """The names of the digests set in a channel; none while the database is unavailable."""
        try:
            return [one.name for one in await self.store.digests_in(place)]
        except StateError:
            return []

    async def _meant(self, place: str, name: str) -> ChannelDigest | None:
        """The digest of this name; without a name, the unnamed digest, or the only one there."""
        if name:
            return await self.store.channel_digest(place, name)
        here = await self.store.digests_in(place)
        unnamed = next((one for one in here if one.name == DEFAULT_NAME), None)
        return unnamed or (here[0] if len(here) == 1 else None)

    async def _run(self, arrival: Arrival, command: DigestCommand) -> Reply:
        if command.action == "help":
            return digest_help()
        if command.action == "hidden":
            return await self._hidden(arrival)
        if command.changes and not await self.rules.may_manage(arrival):
            return Notice(wording.DIGEST_NOT_ALLOWED)
        if command.action == "set":
            return await self._set(arrival, command)
        here = await self.store.digests_in(arrival.place)
        if command.action == "list" or (command.action == "status" and not command.name and len(here) > 1):
            return self._list(here)
        digest = await self._meant(arrival.place, command.name)
        if digest is None and here:
            return Notice(wording.which_digest([one.name for one in here]))
        if command.action == "now":
            return await self._publish_now(arrival, digest)
        if digest is None:
            return Notice(wording.digest_not_set())
        if command.action == "off":
            await self.store.remove_digest(arrival.place, digest.name)
            return Notice(wording.DIGEST_OFF)
        return await self._status(digest)

    def _list(self, here: Sequence[ChannelDigest]) -> Reply:
        """The digests of a channel, each with its plan and when it comes next."""
        rows = []
        for one in here:
            with suppress(ZoneInfoNotFoundError):
                rows.append(wording.digest_row(one.name, one.plan, _next(one, self.clock())))
        return Notice(wording.digest_rows(rows) if rows else wording.digest_not_set())

    async def _set(self, arrival: Arrival, command: DigestCommand) -> Reply:
        index = self.chooser.bot.index
        if command.guess:
            guessed = await asyncio.to_thread(themes.guessed, command.guess, index)
            if guessed is None:
                return Notice(wording.left_over("digest set", command.guess))
            command = replace(command, only=guessed)
        if (invalid := objection(command, index)) is not None:
            return Notice(invalid.message)
        name = command.name or DEFAULT_NAME
        others = {one.name.casefold() for one in await self.store.digests_in(arrival.place)} - {
            name.casefold()
        }
        if len(others) >= MAX_DIGESTS:
            return Notice(wording.too_many_digests(MAX_DIGESTS))
        if command.only is not None and command.only.kind == "review" and self.poster.review is None:
            return Notice(wording.NO_REVIEW)
        now, zone, weekday = self.clock(), command.zone or arrival.zone or self.zone, command.weekday
        if command.every == "weekly" and weekday is None:
            weekday = due.local_date(zone, now).weekday()
        only, *also = await asyncio.to_thread(filters_of, command, index) or (None,)
        plan = Plan(
            command.every,
            command.at,
            zone,
            weekday,
            command.count,
            only,
            command.less,
            command.never,
            tuple(one for one in also if one is not None),
        )
        first = _next(await self._store(arrival, name, plan, now), now)
        await self.poster.set_language(arrival.place, wording.language())
        return Notice(wording.digest_set(plan, first), moment=_moment(first))

    async def _store(self, arrival: Arrival, name: str, plan: Plan, now: float) -> ChannelDigest:
        """Sets the digest, then checks the posts once more: one that began just before still counts, a later one sees the new
        digest."""
        digest: ChannelDigest | None = None
        while True:
            key = digest_key(arrival.place, name)
            recent = await self.store.past_posts(key, now - RECENT_POSTS_S)
            first = first_day(plan, now, recent)
            if digest is not None and digest.first == first:
                return digest
            digest = self._digest(arrival, plan, now, first, name)
            await self.store.set_digest(digest)

    async def _publish_now(self, arrival: Arrival, digest: ChannelDigest | None) -> Reply:
        """Posts the digest now; a single highlight if none is set."""
        now = self.clock()
        if digest is None:
            plan = Plan("daily", DEFAULT_TIME, self.zone)
            digest = self._digest(arrival, plan, now, due.local_date(self.zone, now))
        name = blake2b(arrival.key.encode(), digest_size=8).hexdigest()
        outcome = await self.poster.post_now(digest, f"{digest.place}:now:{name}")
        return Notice(wording.DIGEST_EMPTY if outcome is None else _outcome_text(outcome))

    async def _status(self, digest: ChannelDigest) -> Reply:
        plan = digest.plan
        in_rounds = not (plan.is_review or plan.every == "yearly")
        progress = await self.chooser.progress(digest.scope, plan.theme) if in_rounds else None
        try:
            coming = _next(digest, self.clock())
        except ZoneInfoNotFoundError:
            return Notice(wording.no_zone(plan.zone, time_zones.suggestions(plan.zone)))
        text = wording.digest_status(plan, coming)
        if progress is not None:
            text += f" {wording.digest_round(progress.shown, progress.left)}"
        return Notice(text, moment=_moment(coming))

    async def _press(self, arrival: Arrival, press: DigestPress) -> Reply:
        if press.action == "another":
            theme = await self._theme_below(arrival.place, press.highlight)
            quotes = await self.chooser.show(arrival.scope, theme, 1)
            return Digest(quotes, wording.themed(theme)) if quotes else Notice(wording.DIGEST_EMPTY)
        if not await self.chooser.has(press.highlight):
            return Notice(wording.GONE_FROM_NOTES)
        await self.store.mark(arrival.scope, press.highlight, press.action)
        if press.action == "undo":
            return Notice(wording.SHOWN_AGAIN)
        return Hidden(wording.marked(press.action), await self._named([press.highlight]))

    async def _theme_below(self, place: str, highlight: str) -> Theme:
        """The theme of the digest that showed a highlight. Of several digests, one whose theme fits it, preferably one with a
        filter."""
        plans = [one.plan for one in await self.store.digests_in(place)]
        plans.sort(key=lambda one: one.only is None)
        for plan in plans:
            theme = plan.theme_on(due.local_date(plan.zone, self.clock()))
            if len(plans) == 1 or await self.chooser.fits(theme, highlight):
                return theme
        return EVERYTHING

    async def _hidden(self, arrival: Arrival) -> Reply:
        """The highlights that were marked there as never again, snoozed or kept, and are still in the notes."""
        history = await self.store.history(arrival.scope, "")
        marked: list[tuple[PressAction, str]] = [
            *(("never", one) for one in sorted(history.never)),
            *(("snooze", one) for one in sorted(history.snoozed)),
            *(("keep", one) for one in sorted(history.kept)),
        ]
        named = await self._named([one for _, one in marked])
        if not named:
            return Notice(wording.NONE_HIDDEN)
        actions = {one: action for action, one in marked}
        return Hidden(wording.hidden([(actions[one], shown) for one, shown in named]), named)

    async def _named(self, ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
        quotes = await asyncio.to_thread(lookup.of_ids, ids, self.chooser.bot.index)
        return tuple((quote.highlight.id, one_line(quote.text)) for quote in quotes)

    def _digest(
        self, arrival: Arrival, plan: Plan, now: float, first: date, name: str = DEFAULT_NAME
    ) -> ChannelDigest:
        person = arrival.person if arrival.direct else ""
        return ChannelDigest(arrival.place, arrival.scope, plan, now, first, person, name)


def _moment(local: datetime) -> tuple[str, int]:
    """A moment as texts name it, and in seconds since 1970."""
    return wording.moment(local), round(local.timestamp())


def _next(digest: ChannelDigest, now: float) -> datetime:
    """When the next one is posted, in the time of its zone."""
    _, moment = due.next_due(digest.plan, now, digest.first)
    return datetime.fromtimestamp(moment, ZoneInfo(digest.plan.zone))
