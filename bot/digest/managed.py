"""The digests that one person manages, in all channels, and the highlights hidden there: for Slack's Home tab."""

import asyncio
from dataclasses import dataclass, replace

from bot.access.rules import Rules
from bot.answering import lookup
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.digest.chooser import Chooser
from bot.schedule.plan import DEFAULT_NAME, Plan
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest, DigestStore
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

MAX_PLACES = 10
"""Approximate number of digests shown."""
MAX_PLACES_ASKED = 50
"""Channels for which the platform is asked whether a person manages them."""
MAX_ASIDE = 5
"""Hidden highlights listed for each channel."""
MAX_ASIDE_CHARS = 60


@dataclass(frozen=True, slots=True)
class ManagedDigest:
    """A digest of one channel, and the highlights hidden there."""

    channel: str
    """The id of the channel, or of the person's own direct messages."""
    plan: Plan | None
    """None if no digest is set now."""
    aside: tuple[tuple[str, str], ...]
    """Id and beginning of the highlights marked "Not this one" or snoozed; with the first digest of a place."""
    name: str = DEFAULT_NAME

    @property
    def summary(self) -> str:
        """The plan in words, after the digest's name if it has one; "" without a plan."""
        if self.plan is None:
            return ""
        plan = wording.plan(self.plan)
        return plan if self.name == DEFAULT_NAME else f"{self.name}: {plan}"


@dataclass(frozen=True, slots=True)
class ManagedDigests:
    """Finds the digests that somebody manages."""

    store: DigestStore
    chooser: Chooser
    rules: Rules

    async def of(self, arrival: Arrival) -> tuple[ManagedDigest, ...]:
        """Those of the person of `arrival`; none while the database is unavailable."""
        try:
            digests: dict[str, list[ChannelDigest]] = {}
            for one in await self.store.channel_digests():
                digests.setdefault(one.place, []).append(one)
            never = await self._never()
        except StateError:
            return ()
        prefix = f"{arrival.platform}:"
        scopes = {here[0].scope for here in digests.values()}
        places = [
            one for one in dict.fromkeys((*digests, *(never.keys() - scopes))) if one.startswith(prefix)
        ]
        found: list[ManagedDigest] = []
        for place in sorted(places)[:MAX_PLACES_ASKED]:
            here = digests.get(place, [])
            first = here[0] if here else None
            if len(found) < MAX_PLACES and await self._manages(arrival, place, first):
                channel = place.partition(":")[2]
                aside = await asyncio.to_thread(self._named, never.get(first.scope if first else place, []))
                if first is None and aside:
                    found.append(ManagedDigest(channel, None, aside))
                found += [
                    ManagedDigest(channel, one.plan, () if number else aside, one.name)
                    for number, one in enumerate(here)
                ]
        return tuple(found)

    async def _never(self) -> dict[str, list[str]]:
        """By scope, the highlights that are hidden or snoozed there."""
        found: dict[str, list[str]] = {}
        for (scope, highlight), mark in (await self.store.marks()).items():
            if mark in ("never", "snooze"):
                found.setdefault(scope, []).append(highlight)
        return found

    async def _manages(self, arrival: Arrival, place: str, digest: ChannelDigest | None) -> bool:
        if digest is not None and digest.person:
            return digest.person == arrival.person
        channel = place.partition(":")[2]
        if place == arrival.asker:
            return False  # marks of direct messages without a digest
        return await self.rules.may_manage(replace(arrival, channel=channel, direct=False, manages=None))

    def _named(self, ids: list[str]) -> tuple[tuple[str, str], ...]:
        quotes = lookup.of_ids(sorted(ids), self.chooser.bot.index)[:MAX_ASIDE]
        return tuple(
            (quote.highlight.id, clipped(one_line(quote.text), MAX_ASIDE_CHARS, "…")) for quote in quotes
        )
