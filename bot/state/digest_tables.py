"""Digests in the database. Each method is one transaction; of two replicas that claim a post at once one gets it."""

from collections.abc import Sequence
from datetime import date, time

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    Row,
    String,
    Table,
    Text,
    Update,
    case,
    delete,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schedule.history import History, Shown
from bot.schedule.plan import Filter, Plan
from bot.state.claims import LEASE, Claim
from bot.state.database import Database, metadata
from bot.state.digest_store import REMEMBERED, ChannelDigest, ClaimedPost, Mark, PastPost, ScopeBusyError

UNDER_WAY = 24 * 3600.0
"""Seconds for which something that nobody finished counts as being posted: the longest `DIGEST_GRACE`."""

AHEAD = 3600.0
"""Seconds by which a time may lie in the future, as clocks differ. What lies further was written by a clock that was wrong."""

digests = Table(
    "digests",
    metadata,
    Column("place", String(255), primary_key=True),
    Column("scope", String(255), nullable=False),
    Column("person", String(255), nullable=False),  # of direct messages, else ""
    Column("every", String(8), nullable=False),
    Column("at", String(5), nullable=False),  # HH:MM
    Column("zone", String(64), nullable=False),
    Column("weekday", Integer),
    Column("highlights", Integer, nullable=False),
    Column("kind", String(8)),  # of the filter
    Column("value", Text),
    Column("since", Float, nullable=False),
    Column("first", String(10), nullable=False),  # YYYY-MM-DD
    Column("refused", Integer, nullable=False),  # times in a row
)
posts = Table(
    "digest_posts",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("place", String(255), nullable=False, index=True),
    Column("day", String(10), nullable=False),  # YYYY-MM-DD, "" where it was asked for
    Column("state", String(8), nullable=False),  # claimed, posting, done
    Column("until", Float, nullable=False),  # end of the lease
    Column("at", Float, nullable=False, index=True),  # first claimed
    Column("message", String(255), nullable=False),  # id of the post, "" without one
    Column(
        "picks", Text, nullable=False
    ),  # ids of highlights, separated by blanks; "" where nothing was shown
    Column("tries", Integer, nullable=False),
)
scopes = Table(
    "scopes",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("turn", Integer, nullable=False),  # of the last highlight shown
    Column("used", Float, nullable=False),  # last
)
rounds = Table(
    "rounds",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("only", String(255), primary_key=True),
    Column("began", Integer, nullable=False),
)
shown_ = Table(
    "shown",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("highlight", String(255), primary_key=True),
    Column("turn", Integer, nullable=False),  # 0 where it was only marked
    Column("kept", Boolean, nullable=False),
    Column("never", Boolean, nullable=False),
)


class DatabaseDigestStore:
    """Implements `DigestStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standings(self) -> list[ChannelDigest]:
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(digests).order_by(digests.c.place))).all()
        return [_standing(row) for row in rows]

    async def standing(self, place: str) -> ChannelDigest | None:
        async with self._database.begin() as connection:
            row = (await connection.execute(select(digests).where(digests.c.place == place))).one_or_none()
        return None if row is None else _standing(row)

    async def put(self, standing: ChannelDigest) -> None:
        plan = standing.plan
        values = {
            "scope": standing.scope, "person": standing.person, "every": plan.every, "at": f"{plan.at:%H:%M}",
            "zone": plan.zone, "weekday": plan.weekday, "highlights": plan.count,
            "kind": plan.only.kind if plan.only else None, "value": plan.only.value if plan.only else None,
            "since": standing.since, "first": standing.first.isoformat(), "refused": 0,
        }  # fmt: skip
        async with self._database.begin() as connection:
            await connection.execute(
                self._database.insert_new(digests).values(place=standing.place, **values)
            )
            await connection.execute(
                update(digests).where(digests.c.place == standing.place).values(**values)
            )
            left_out = (posts.c.state == "done") & (posts.c.picks == "") & (posts.c.day >= values["first"])
            claimed = (posts.c.state == "claimed") & (posts.c.day != "")
            await connection.execute(delete(posts).where(posts.c.place == standing.place, left_out | claimed))

    async def remove(self, place: str) -> bool:
        async with self._database.begin() as connection:
            gone = await connection.execute(delete(digests).where(digests.c.place == place))
        return bool(gone.rowcount)

    async def posts(self, place: str, since: float) -> list[PastPost]:
        brought = (posts.c.state == "posting") | ((posts.c.state == "done") & (posts.c.picks != ""))
        query = select(posts.c.day, posts.c.at).where(posts.c.place == place, posts.c.at >= since, brought)
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        return [PastPost(date.fromisoformat(day) if day else None, at) for day, at in rows]

    async def finished(self, since: float) -> set[tuple[str, date]]:
        rightly = (posts.c.picks != "") | (posts.c.until <= self._database.now() + AHEAD)
        done = (posts.c.state == "done", posts.c.day != "", posts.c.at >= since, rightly)
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(posts.c.place, posts.c.day).where(*done))).all()
        return {(place, date.fromisoformat(day)) for place, day in rows}

    async def claim(self, key: str, place: str, day: date | None) -> ClaimedPost:
        now = self._database.now()
        fresh = {
            "key": key, "place": place, "day": day.isoformat() if day else "", "state": "claimed", "until": now + LEASE,
            "at": now, "message": "", "picks": "", "tries": 0,
        }  # fmt: skip
        async with self._database.begin() as connection:
            mine = (await connection.execute(self._database.insert_new(posts).values(**fresh))).rowcount == 1
            if not mine:
                mine = (await connection.execute(self._taken(key))).rowcount == 1
            row = (await connection.execute(select(posts).where(posts.c.key == key))).one()
        if mine:
            claim = Claim.MINE if row.state == "claimed" else Claim.POSTING
        else:
            claim = Claim.DONE if row.state == "done" else Claim.HELD
        return ClaimedPost(claim, row.at, tuple(row.picks.split()), row.tries, row.until)

    def _taken(self, key: str) -> Update:
        """Takes over what nobody holds any more, or what a clock that was ahead holds or left out. What it posted stays posted."""
        now = self._database.now()
        done, wrong = posts.c.state == "done", posts.c.until > now + AHEAD
        free = not_(done) & ((posts.c.until <= now) | wrong)
        left_out = done & (posts.c.picks == "") & wrong
        return (
            update(posts)
            .where(posts.c.key == key, free | left_out)
            .values(
                until=now + LEASE,
                state=case((done, "claimed"), else_=posts.c.state),
                at=case((posts.c.at > now, now - UNDER_WAY), else_=posts.c.at),
            )
        )

    async def posting(
        self,
        key: str,
        picks: Sequence[str],
        until: float,
        lease: float = LEASE,
        scope: str | None = None,
        after: int = 0,
    ) -> float | None:
        async with self._database.begin() as connection:
            marked = await self._leased(connection, key, until, lease, state="posting", picks=" ".join(picks))
            if marked is not None and scope is not None:
                free = (
                    await self._use(connection, scope, 0, after) is not None
                )  # holds up others until the end
                if not free or set(picks) & set(await self._under_way(connection, scope, key)):
                    raise ScopeBusyError
            return marked

    async def release(self, key: str, pause: float, until: float) -> None:
        tries = posts.c.tries + 1
        async with self._database.begin() as connection:
            await self._leased(connection, key, until, pause, state="claimed", picks="", tries=tries)

    async def done(self, key: str, message: str, shown: Shown | None) -> None:
        picks = " ".join(shown.ids) if shown else ""
        values = {"state": "done", "until": self._database.now(), "message": message[:255], "picks": picks}
        async with self._database.begin() as connection:
            changed = await connection.execute(
                update(posts).where(posts.c.key == key, posts.c.state != "done").values(**values)
            )
            if shown is None or not changed.rowcount:
                return
            await self._show(connection, shown)
            if message:
                place = select(posts.c.place).where(posts.c.key == key).scalar_subquery()
                await connection.execute(update(digests).where(digests.c.place == place).values(refused=0))

    async def refused(self, place: str) -> int:
        mine = digests.c.place == place
        async with self._database.begin() as connection:
            await connection.execute(update(digests).where(mine).values(refused=digests.c.refused + 1))
            return await connection.scalar(select(digests.c.refused).where(mine)) or 0

    async def history(self, scope: str, only: str) -> History:
        of_scope = (shown_.c.highlight, shown_.c.turn, shown_.c.kept, shown_.c.never)
        async with self._database.begin() as connection:
            turn = await connection.scalar(select(scopes.c.turn).where(scopes.c.scope == scope))
            began = await connection.scalar(
                select(rounds.c.began).where(rounds.c.scope == scope, rounds.c.only == only[:255])
            )
            rows = (await connection.execute(select(*of_scope).where(shown_.c.scope == scope))).all()
            under_way = await self._under_way(connection, scope)
        return History(
            turn or 0,
            began or 0,
            {row.highlight: row.turn for row in rows if row.turn},
            frozenset(row.highlight for row in rows if row.kept),
            frozenset(row.highlight for row in rows if row.never),
            tuple(under_way),
        )

    async def _under_way(self, connection: AsyncConnection, scope: str, but: str = "") -> list[str]:
        """Ids of what is just being posted in a scope, by others than the post `but`."""
        places = select(digests.c.place).where(digests.c.scope == scope)
        here = (posts.c.place == scope) | posts.c.place.in_(places)
        lately = posts.c.until >= self._database.now() - UNDER_WAY
        posting = (posts.c.state == "posting", posts.c.key != but, here, lately)
        picks = select(posts.c.picks).where(*posting).order_by(posts.c.key)
        return " ".join((await connection.scalars(picks)).all()).split()

    async def show(self, shown: Shown, after: int | None = None) -> bool:
        try:
            async with self._database.begin() as connection:
                return await self._show(connection, shown, after)
        except ScopeBusyError:
            return False

    async def _show(self, connection: AsyncConnection, shown: Shown, after: int | None = None) -> bool:
        last = await self._use(connection, shown.scope, len(shown.ids), after)
        if last is None:
            return False
        if after is not None and set(shown.ids) & set(await self._under_way(connection, shown.scope)):
            raise ScopeBusyError  # which takes the turns back
        turn = last - len(shown.ids)
        for number, highlight in enumerate(shown.ids, 1):
            await self._on(connection, shown.scope, highlight, turn=turn + number, kept=False)
        mine = (
            rounds.c.scope == shown.scope,
            rounds.c.only == shown.only[:255],
            rounds.c.began < shown.began,
        )
        new = {"scope": shown.scope, "only": shown.only[:255], "began": shown.began}
        await connection.execute(self._database.insert_new(rounds).values(**new))
        await connection.execute(update(rounds).where(*mine).values(began=shown.began))
        return True

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        async with self._database.begin() as connection:
            await self._use(connection, scope, 0)
            await self._on(
                connection, scope, highlight, **({"kept": True} if mark == "keep" else {"never": True})
            )

    async def _use(
        self, connection: AsyncConnection, scope: str, turns: int, after: int | None = None
    ) -> int | None:
        """Takes so many turns; the last one. None where `after` is not the one before them."""
        now = self._database.now()
        await connection.execute(self._database.insert_new(scopes).values(scope=scope, turn=0, used=now))
        mine = scopes.c.scope == scope
        free = mine if after is None else mine & (scopes.c.turn == after)
        taken = await connection.execute(
            update(scopes).where(free).values(turn=scopes.c.turn + turns, used=now)
        )
        return await connection.scalar(select(scopes.c.turn).where(mine)) if taken.rowcount else None

    async def _on(
        self, connection: AsyncConnection, scope: str, highlight: str, **values: int | bool
    ) -> None:
        empty = {"turn": 0, "kept": False, "never": False, **values}
        row = self._database.insert_new(shown_).values(scope=scope, highlight=highlight, **empty)
        if not (await connection.execute(row)).rowcount:
            mine = (shown_.c.scope == scope, shown_.c.highlight == highlight)
            await connection.execute(update(shown_).where(*mine).values(**values))

    async def _leased(
        self, connection: AsyncConnection, key: str, until: float, seconds: float, **values: object
    ) -> float | None:
        """Changes what is held by the lease that ends at `until`; the end of the new one, None where that is not the lease."""
        mine = (posts.c.key == key, posts.c.state != "done", posts.c.until == until)
        changed = update(posts).where(*mine).values(until=self._database.now() + seconds, **values)
        if not (await connection.execute(changed)).rowcount:
            return None
        return await connection.scalar(select(posts.c.until).where(posts.c.key == key))

    async def sweep(self) -> int:
        oldest = self._database.now() - REMEMBERED
        async with self._database.begin() as connection:
            gone = (await connection.execute(delete(posts).where(posts.c.at < oldest))).rowcount
            unused = scopes.c.used < oldest
            standing = scopes.c.scope.in_(select(digests.c.scope))
            old = select(scopes.c.scope).where(unused, not_(standing)).scalar_subquery()
            for table in (shown_, rounds, scopes):
                gone += (await connection.execute(delete(table).where(table.c.scope.in_(old)))).rowcount
        return int(gone)


def _standing(row: Row[tuple[object, ...]]) -> ChannelDigest:
    only = Filter(row.kind, row.value) if row.kind else None
    plan = Plan(row.every, time.fromisoformat(row.at), row.zone, row.weekday, row.highlights, only)
    return ChannelDigest(row.place, row.scope, plan, row.since, date.fromisoformat(row.first), row.person)
