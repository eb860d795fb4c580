"""Posts one digest, and records the result.

A day goes claimed → posting → done in the database (`bot.state.digest_store`), with a lease, like an event. A day that was only
claimed is tried again. A day that was being posted is looked up on the platform; if the look-up fails, it is not posted again, and
its highlights count as shown. A post that certainly failed is retried, with pauses, until `DIGEST_GRACE` has passed; then the day
is skipped and logged. A post that was made while the database was unavailable is recorded as soon as it is available again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import partial
from logging import getLogger
from typing import Protocol

from bot.chat import wording
from bot.chat.replies import Digest
from bot.delivery.delivery import Delivery, Outcome
from bot.delivery.target import LookupFailedError, Target
from bot.digest.chooser import MAX_CHOICES, Chooser
from bot.digest.daily_review import FALLBACK_HIGHLIGHTS, REVIEW_TIMEOUT_S, DailyReview, ReviewError
from bot.digest.lease import DigestLease
from bot.runtime.backoff import backoff
from bot.schedule.due import local_date
from bot.schedule.history import Shown, record
from bot.state.chosen import ChosenStore, MemoryChosen
from bot.state.claims import LEASE_S, Claim, StateError
from bot.state.digest_store import ChannelDigest, ClaimedPost, Denied, DigestStore

log = getLogger("analects.digest")

DEFAULT_GRACE_S = 6 * 3600.0
LATE_S = 300.0
"""A digest posted more than this many seconds after its time counts as late."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 1800.0
"""The pause after a failed attempt, doubled each time, and the longest one."""
MAX_REFUSALS = 14
"""A digest is removed after this many refused days in a row."""


class ReviewFallback(Enum):
    """Why other highlights are shown instead of the Daily Review."""

    NOTHING = ""
    REVIEW = "review"
    """The review is not available."""
    HIGHLIGHTS = "highlights"
    """None of its highlights is in the library, or all of them are hidden."""


class EarlierPost(Enum):
    """What became of a post that a process was about to make when its lease ended."""

    SETTLED = "settled"
    """It is recorded: it was posted, or nobody can know and it is not tried again."""
    NOT_POSTED = "not posted"
    UNKNOWN = "unknown"
    """The platform could not say: it is asked again when this lease is over."""


class Destinations(Protocol):
    """Where digests can be posted; `bot.delivery.platform.Platforms`."""

    def is_up(self, platform: str) -> bool:
        """Whether this platform runs and is connected."""

    def target(self, place: str, key: str, since: float, person: str) -> Target:
        """See `Platform.proactive_target`."""


@dataclass(slots=True)
class DigestPoster:
    """Posts the digest of a day, or one that was requested."""

    chooser: Chooser
    store: DigestStore
    delivery: Delivery
    destinations: Destinations
    counts: Counter[str] = field(default_factory=Counter)
    """digest_posted, digest_late (of these), digest_skipped, digest_unknown, digest_refused."""
    grace_s: float = DEFAULT_GRACE_S
    clock: Callable[[], float] = time.time
    languages: ChosenStore = field(default_factory=MemoryChosen)
    """Stores the language of each channel's digests."""
    review: DailyReview | None = None
    """None if no Readwise token is set."""
    unrecorded: dict[str, tuple[str, Shown | None]] = field(default_factory=dict)
    """Results not yet stored in the database: by key, the id of the message and what it showed."""

    async def post_now(self, digest: ChannelDigest, key: str) -> Outcome | None:
        """Posts one now, in addition to that of the day. None if there is nothing to show. Raises StateError."""
        claimed = await self.store.claim_post(key, digest.place, None)
        if claimed.claim is not Claim.MINE:
            return Outcome.UNKNOWN
        lease = DigestLease(self.store, claimed.until)
        outcome = await self._post(digest, key, lease, claimed)
        if outcome is Outcome.WITHDRAWN:
            return Outcome.UNKNOWN
        if outcome is not None and outcome is not Outcome.POSTED:
            await self._record(key, "", lease.shown if outcome is Outcome.UNKNOWN else None)
        return outcome

    async def set_language(self, place: str, language: str) -> None:
        """Sets the language of a channel's digests. Raises StateError."""
        await self.languages.save_chosen("language", place, language)

    async def post_day(self, digest: ChannelDigest, day: date, moment: float) -> bool:
        """Posts or skips the digest of a day. Returns whether the day is finished. Raises StateError."""
        key = f"{digest.key}:{day}"
        too_late = self.clock() - moment > self.grace_s
        if not too_late and self.delivery.is_paused(self._target(digest, key, moment).lane):
            return False
        claimed = await self.store.claim_post(key, digest.place, day)
        if claimed.claim in (Claim.DONE, Claim.HELD):
            return claimed.claim is Claim.DONE
        if claimed.claim is Claim.POSTING:
            earlier = await self._look_up(digest, key, claimed, too_late)
            if earlier is not EarlierPost.NOT_POSTED:
                return earlier is EarlierPost.SETTLED
        if too_late and claimed.until - LEASE_S - moment <= self.grace_s:
            return False  # not too late by the database's clock: ours is ahead
        if too_late:
            await self._record(key, "", None)
            self.counts["digest_skipped"] += 1
            log.warning("digest skipped, more than DIGEST_GRACE late: %(key)s", {"key": key})
            return True
        lease = DigestLease(self.store, claimed.until, digest)
        salt = f"{day}:{claimed.tries}" if claimed.tries else ""
        outcome = await self._post(digest, key, lease, claimed, salt)
        return await self._conclude(digest, key, lease, outcome, moment, claimed.tries)

    async def _conclude(
        self,
        digest: ChannelDigest,
        key: str,
        lease: DigestLease,
        outcome: Outcome | None,
        moment: float,
        tries: int,
    ) -> bool:
        """Records the result of a day's post. Returns whether the day is finished. Raises StateError."""
        if outcome is Outcome.WITHDRAWN:
            await self.store.release(key, 0, lease.until)
            log.info(
                "digest not posted: it was changed, or another process took it over: %(key)s", {"key": key}
            )
            return False
        if outcome is None and (digest.plan.theme.look_back or digest.plan.every == "yearly"):
            await self._record(key, "", None)  # a day or year that has nothing to look back to
            return True
        if outcome is None or outcome is Outcome.GIVEN_UP:
            pause = backoff(tries + 1, FIRST_PAUSE_S, LONGEST_PAUSE_S, jitter=False)
            await self.store.release(key, pause, lease.until)
            return False
        if outcome is Outcome.POSTED:
            self.counts["digest_late"] += self.clock() - moment > LATE_S
        elif outcome is Outcome.UNKNOWN:
            await self._record(key, "", lease.shown)
        else:
            await self._record(key, "", None)
            await self._count_refusal(digest)
        return True

    async def _look_up(
        self, digest: ChannelDigest, key: str, claimed: ClaimedPost, too_late: bool
    ) -> EarlierPost:
        """Looks up a post that a process was about to make when its lease ended, and records it if nothing is left to do."""
        try:
            message = await self._target(digest, key, claimed.since).find()
        except LookupFailedError as error:
            if error.may_retry and not too_late:
                return EarlierPost.UNKNOWN
            log.warning(
                "digest outcome unknown, not retried: %(key)s: %(error)s",
                {"key": key, "error": str(error)},
            )
            message = ""
            self.counts["digest_unknown"] += 1
        else:
            if message is None:
                return EarlierPost.NOT_POSTED
            self.counts["digest_posted"] += 1
            log.info("digest had already been posted: %(key)s", {"key": key})
        theme = digest.plan.theme_on(local_date(digest.plan.zone, self.clock()))
        history = await self.chooser.history(digest.scope, theme, key)
        await self._record(key, message, record(history, digest.scope, theme.key, claimed.picks))
        return EarlierPost.SETTLED

    async def _post(
        self, digest: ChannelDigest, key: str, lease: DigestLease, claimed: ClaimedPost, salt: str = ""
    ) -> Outcome | None:
        """Chooses and posts, and records a success. None if there is nothing to show. Raises StateError if nothing was posted."""
        plan, target, tried = digest.plan, self._target(digest, key, claimed.since), 0
        day = local_date(plan.zone, self.clock())
        theme = plan.theme_on(day)
        language = await self.languages.load_chosen("language", digest.place) or wording.language()
        ids, fallback = (
            await self._reviewed(digest, claimed.picks)
            if plan.is_review
            else (claimed.picks, ReviewFallback.NOTHING)
        )
        count = plan.count if fallback is ReviewFallback.NOTHING else min(plan.count, FALLBACK_HIGHLIGHTS)
        while True:
            tried += 1
            choice = await self.chooser.choose(digest.scope, theme, count, salt, ids, day, key)
            if not choice.quotes:
                return None
            lease.shown, lease.after = choice.shown, choice.after if tried < MAX_CHOICES else None
            with wording.in_language(language):
                about = (
                    wording.plan_about(plan)
                    if fallback is ReviewFallback.NOTHING
                    else wording.REVIEW_FALLBACK[fallback.value]
                )
                above = await self.chooser.year_in_numbers(day.year) if plan.every == "yearly" else ()
                outcome = await self.delivery.post(
                    target,
                    Digest(choice.quotes, about, above),
                    key,
                    lease,
                    partial(self.chooser.may_show, choice.quotes),
                )
            if outcome is Outcome.OUTDATED:
                continue
            if outcome is not Outcome.WITHDRAWN or lease.denied is not Denied.SCOPE_CHANGED:
                break
        if outcome is Outcome.POSTED:
            await self._record(key, lease.message, lease.shown)
            self.counts["digest_posted"] += 1
            log.info("digest posted: %(key)s", {"key": key})
        elif outcome is Outcome.UNKNOWN:
            self.counts["digest_unknown"] += 1
        return outcome

    async def _reviewed(
        self, digest: ChannelDigest, earlier: tuple[str, ...]
    ) -> tuple[tuple[str, ...], ReviewFallback]:
        """The ids to show, from the Daily Review or from an `earlier` attempt, and why they are not the review's. Raises
        StateError."""
        ids: tuple[str, ...] = ()
        fallback = ReviewFallback.REVIEW
        if self.review is not None:
            try:
                async with asyncio.timeout(REVIEW_TIMEOUT_S):
                    found = await self.review.today()
            except (ReviewError, TimeoutError) as error:
                log.warning(
                    "no Daily Review for %(place)s: %(error)s",
                    {"place": digest.key, "error": str(error) or "no answer in time"},
                )
            else:
                ids = await self.chooser.reviewed(digest.scope, digest.plan.theme, found)
                fallback = ReviewFallback.NOTHING if ids else ReviewFallback.HIGHLIGHTS
        ids = ids[: digest.plan.count]
        if earlier and not set(earlier) <= set(ids):
            return earlier, fallback if fallback is not ReviewFallback.NOTHING else ReviewFallback.REVIEW
        return earlier or ids, fallback

    async def _count_refusal(self, digest: ChannelDigest) -> None:
        """Counts a refused post, and removes the digest after `MAX_REFUSALS` in a row."""
        self.counts["digest_refused"] += 1
        times = await self.store.count_refusal(digest.place, digest.name)
        if times >= MAX_REFUSALS:
            await self.store.remove_digest(digest.place, digest.name)
            log.warning(
                "digest removed, refused %(count)d times in a row: %(place)s",
                {"count": times, "place": digest.place},
            )

    async def _record(self, key: str, message: str, shown: Shown | None) -> None:
        """Records that a post is finished: now, or once the database is available again."""
        self.unrecorded[key] = (message, shown)
        try:
            await self.store.complete(key, message, shown)
        except StateError:
            return
        self.unrecorded.pop(key, None)

    async def record_all(self) -> None:
        """Records the results that could not be stored before."""
        for key, (message, shown) in list(self.unrecorded.items()):
            await self._record(key, message, shown)

    def _target(self, digest: ChannelDigest, key: str, since: float) -> Target:
        return self.destinations.target(digest.place, key, since, digest.person)
