"""Digests in the database. Each method is one transaction. If two replicas claim a post at the same time, one gets it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from sqlalchemy import ColumnElement, Row, Update, case, delete, literal, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schedule.history import History, Shown
from bot.schedule.plan import DEFAULT_NAME, Filter, Plan
from bot.state.claims import LEASE_S, Claim
from bot.state.database.engine import Database
from bot.state.database.shown import UNFINISHED_S, DatabaseShown, ScopeChangedError, began_at
from bot.state.database.tables import digests, posts
from bot.state.digest_store import (
    RETENTION_S,
    ChannelDigest,
    ClaimedPost,
    Denied,
    Mark,
    PastPost,
    PostedDigest,
)

MAX_CLOCK_SKEW_S = 3600.0
"""How far in the future a stored time may lie, in seconds, as clocks differ. A later one was written by a wrong clock."""


class DatabaseDigestStore:
    """Implements `DigestStore`."""

    def __init__(self, database: Database) -> None:
        self._database, self._shown = database, DatabaseShown(database)

    async def channel_digests(self) -> list[ChannelDigest]:
        async with self._database.begin() as connection:
            every = select(digests).order_by(digests.c.place, digests.c.name_key)
            rows = (await connection.execute(every)).all()
        return [_channel_digest(row) for row in rows]

    async def digests_in(self, place: str) -> list[ChannelDigest]:
        async with self._database.begin() as connection:
            here = select(digests).where(digests.c.place == place).order_by(digests.c.name_key)
            rows = (await connection.execute(here)).all()
        return [_channel_digest(row) for row in rows]

    async def channel_digest(self, place: str, name: str = DEFAULT_NAME) -> ChannelDigest | None:
        async with self._database.begin() as connection:
            row = (await connection.execute(select(digests).where(_is(place, name)))).one_or_none()
        return None if row is None else _channel_digest(row)

    async def set_digest(self, digest: ChannelDigest) -> None:
        plan = digest.plan
        values = {
            "scope": digest.scope, "person": digest.person, "every": plan.every, "at": f"{plan.at:%H:%M}",
            "zone": plan.zone, "weekday": plan.weekday, "highlights": plan.count,
            "kind": plan.only.kind if plan.only else None, "value": _values(plan) if plan.only else None,
            "less": "\n".join(plan.less), "never": "\n".join(plan.never), "name": digest.name,
            "since": digest.since, "first": digest.first.isoformat(), "refused": 0,
        }  # fmt: skip
        new = {"place": digest.place, "name_key": digest.name.casefold(), **values}
        async with self._database.begin() as connection:
            await connection.execute(self._database.insert_new(digests).values(**new))
            await connection.execute(update(digests).where(_is(digest.place, digest.name)).values(**values))
            skipped = (posts.c.state == "done") & (posts.c.picks == "") & (posts.c.day >= values["first"])
            claimed = (posts.c.state == "claimed") & (posts.c.day != "")
            await connection.execute(delete(posts).where(_of_day(digest.key), skipped | claimed))

    async def remove_digest(self, place: str, name: str = DEFAULT_NAME) -> bool:
        async with self._database.begin() as connection:
            gone = await connection.execute(delete(digests).where(_is(place, name)))
        return bool(gone.rowcount)

    async def past_posts(self, digest: str, since: float) -> list[PastPost]:
        was_posted = (posts.c.state == "posting") | ((posts.c.state == "done") & (posts.c.picks != ""))
        query = select(posts.c.day, posts.c.at).where(_of_day(digest), posts.c.at >= since, was_posted)
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        return [PastPost(date.fromisoformat(day), at) for day, at in rows]

    async def posted(self, place: str, limit: int) -> list[PostedDigest]:
        is_posted = (posts.c.place == place, posts.c.state == "done", posts.c.picks != "")
        query = select(posts.c.key, posts.c.at, posts.c.picks).where(*is_posted)
        async with self._database.begin() as connection:
            rows = (await connection.execute(query.order_by(posts.c.at.desc()).limit(limit))).all()
        return [PostedDigest(key, at, tuple(picks.split())) for key, at, picks in rows]

    async def finished_days(self, since: float) -> set[tuple[str, date]]:
        trusted = (posts.c.picks != "") | (posts.c.until <= self._database.now() + MAX_CLOCK_SKEW_S)
        done = (posts.c.state == "done", posts.c.day != "", posts.c.at >= since, trusted)
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(posts.c.key, posts.c.day).where(*done))).all()
        return {(key.removesuffix(f":{day}"), date.fromisoformat(day)) for key, day in rows}

    async def claim_post(self, key: str, place: str, day: date | None) -> ClaimedPost:
        now = self._database.now()
        fresh = {
            "key": key, "place": place, "day": day.isoformat() if day else "", "state": "claimed", "until": now + LEASE_S,
            "at": now, "message": "", "picks": "", "tries": 0,
        }  # fmt: skip
        async with self._database.begin() as connection:
            mine = (await connection.execute(self._database.insert_new(posts).values(**fresh))).rowcount == 1
            if not mine:
                mine = (await connection.execute(self._take_over(key))).rowcount == 1
            row = (await connection.execute(select(posts).where(posts.c.key == key))).one()
        if mine:
            claim = Claim.MINE if row.state == "claimed" else Claim.POSTING
        else:
            claim = Claim.DONE if row.state == "done" else Claim.HELD
        return ClaimedPost(claim, row.at, tuple(row.picks.split()), row.tries, row.until)

    def _take_over(self, key: str) -> Update:
        """Takes over a post whose lease has ended, or that was held or skipped by a process whose clock was fast. A finished post
        stays finished."""
        now = self._database.now()
        done, wrong = posts.c.state == "done", posts.c.until > now + MAX_CLOCK_SKEW_S
        free = not_(done) & ((posts.c.until <= now) | wrong)
        skipped = done & (posts.c.picks == "") & wrong
        return (
            update(posts)
            .where(posts.c.key == key, free | skipped)
            .values(
                until=now + LEASE_S,
                state=case((done, "claimed"), else_=posts.c.state),
                at=case((posts.c.at > now, now - UNFINISHED_S), else_=posts.c.at),
            )
        )

    async def renew(
        self, key: str, shown: Shown, until: float, lease: float = LEASE_S, after: int | None = None
    ) -> float | Denied:
        picks = " ".join(shown.ids)
        try:
            async with self._database.begin() as connection:
                renewed = await self._renew_lease(connection, key, until, lease, state="posting", picks=picks)
                if renewed is None:
                    return Denied.LEASE_LOST
                turn = await self._shown.take_turns(connection, shown, after, key)
                if renewed.turn == turn - len(shown.ids):
                    turn = renewed.turn  # nothing was shown since its last try: it keeps its turns
                    await self._shown.lock(connection, shown.scope, -len(shown.ids))
                taken = {"turn": turn, "only": shown.only[:255], "began": began_at(shown, turn)}
                await connection.execute(update(posts).where(posts.c.key == key).values(**taken))
                return float(renewed.until)
        except ScopeChangedError:
            return Denied.SCOPE_CHANGED

    async def release(self, key: str, pause: float, until: float) -> None:
        tries = posts.c.tries + 1
        async with self._database.begin() as connection:
            await self._renew_lease(connection, key, until, pause, state="claimed", picks="", tries=tries)

    async def complete(self, key: str, message: str, shown: Shown | None) -> None:
        picks = " ".join(shown.ids) if shown else ""
        values = {"state": "done", "until": self._database.now(), "message": message[:255], "picks": picks}
        async with self._database.begin() as connection:
            changed = await connection.execute(
                update(posts).where(posts.c.key == key, posts.c.state != "done").values(**values)
            )
            if shown is None or not changed.rowcount:
                return
            post = (await connection.execute(select(posts).where(posts.c.key == key))).one()
            if post.turn is None:
                turn = await self._shown.take_turns(connection, shown)
                await self._shown.record(connection, shown, turn, began_at(shown, turn))
            else:
                await self._shown.lock(connection, shown.scope)
                await self._shown.record(connection, replace(shown, only=post.only), post.turn, post.began)
            if message:
                here = digests.c.place == post.place
                await connection.execute(update(digests).where(here).values(refused=0))

    async def count_refusal(self, place: str, name: str = DEFAULT_NAME) -> int:
        mine = _is(place, name)
        async with self._database.begin() as connection:
            await connection.execute(update(digests).where(mine).values(refused=digests.c.refused + 1))
            return await connection.scalar(select(digests.c.refused).where(mine)) or 0

    async def history(self, scope: str, only: str, but: str = "") -> History:
        async with self._database.begin() as connection:
            return await self._shown.history(connection, scope, only, but)

    async def record_shown(self, shown: Shown, after: int | None = None) -> bool:
        try:
            async with self._database.begin() as connection:
                turn = await self._shown.take_turns(connection, shown, after)
                await self._shown.record(connection, shown, turn, began_at(shown, turn))
                return True
        except ScopeChangedError:
            return False

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        async with self._database.begin() as connection:
            await self._shown.mark(connection, scope, highlight, mark)

    async def marks(self) -> Mapping[tuple[str, str], Mark]:
        async with self._database.begin() as connection:
            return await self._shown.marks(connection)

    async def _renew_lease(
        self, connection: AsyncConnection, key: str, until: float, seconds: float, **values: object
    ) -> Row[float, int | None] | None:
        """Updates the post held by the lease that ends at `until`. Returns the end of the new lease, and the turn of the post; None
        if the lease was lost."""
        mine = (posts.c.key == key, posts.c.state != "done", posts.c.until == until)
        changed = update(posts).where(*mine).values(until=self._database.now() + seconds, **values)
        if not (await connection.execute(changed)).rowcount:
            return None
        renewed = select(posts.c.until, posts.c.turn).where(posts.c.key == key)
        return (await connection.execute(renewed)).one()

    async def sweep(self) -> int:
        oldest = self._database.now() - RETENTION_S
        async with self._database.begin() as connection:
            gone = (await connection.execute(delete(posts).where(posts.c.at < oldest))).rowcount
            return int(gone + await self._shown.sweep(connection, oldest))


def _values(plan: Plan) -> str:
    """The value of the first filter; a line "kind:value" for each further one."""
    first = plan.only.value if plan.only is not None else ""
    return "\n".join((first, *(f"{one.kind}:{one.value}" for one in plan.also)))


def _channel_digest(row: Row[tuple[object, ...]]) -> ChannelDigest:
    value, *further = (row.value or "").split("\n")
    only = Filter(row.kind, value) if row.kind else None
    also = tuple(Filter(kind, name) for kind, _, name in (one.partition(":") for one in further))  # type: ignore[arg-type]
    less, never = tuple(row.less.splitlines()), tuple(row.never.splitlines())
    plan = Plan(
        row.every, time.fromisoformat(row.at), row.zone, row.weekday, row.highlights, only, less, never, also
    )
    first = date.fromisoformat(row.first)
    return ChannelDigest(row.place, row.scope, plan, row.since, first, row.person, row.name)


def _is(place: str, name: str) -> ColumnElement[bool]:
    """Selects one digest."""
    return (digests.c.place == place) & (digests.c.name_key == name.casefold())


def _of_day(digest: str) -> ColumnElement[bool]:
    """Selects the posts of days of the digest with this key."""
    return (posts.c.day != "") & (posts.c.key == literal(f"{digest}:") + posts.c.day)
