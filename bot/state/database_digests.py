"""Digests in the database. Each method is one transaction. If two replicas claim a post at the same time, one gets it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from sqlalchemy import ColumnElement, Row, Update, case, delete, literal, not_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schedule.history import History, Shown
from bot.schedule.plan import DEFAULT_NAME, Filter, Plan
from bot.state.claims import LEASE_S, Claim
from bot.state.database import Database
from bot.state.digest_store import (
    RETENTION_S,
    SNOOZE_S,
    ChannelDigest,
    ClaimedPost,
    Denied,
    Mark,
    PastPost,
    PostedDigest,
)
from bot.state.tables import digests, posts, rounds, scopes, shown_highlights

UNFINISHED_S = 24 * 3600.0
"""How long an unfinished post counts as in progress, in seconds: the longest `DIGEST_GRACE`."""

MAX_CLOCK_SKEW_S = 3600.0
"""How far in the future a stored time may lie, in seconds, as clocks differ. A later one was written by a wrong clock."""


class _ScopeChangedError(Exception):
    """Rolls the transaction back; never leaves this module. See `Denied.SCOPE_CHANGED`."""


_MARKS: dict[Mark, dict[str, bool | float]] = {
    "keep": {"kept": True, "never": False, "snoozed": 0.0},
    "snooze": {"kept": False, "never": False},
    "never": {"kept": False, "never": True, "snoozed": 0.0},
    "undo": {"kept": False, "never": False, "snoozed": 0.0},
}
"""What each mark changes. Whoever keeps a highlight wants to see it, even if it was hidden before."""


class DatabaseDigestStore:
    """Implements `DigestStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
                turn = await self._take_turns(connection, shown, after, key)
                if renewed.turn == turn - len(shown.ids):
                    turn = renewed.turn  # nothing was shown since its last try: it keeps its turns
                    await self._lock(connection, shown.scope, -len(shown.ids))
                taken = {"turn": turn, "only": shown.only[:255], "began": _began(shown, turn)}
                await connection.execute(update(posts).where(posts.c.key == key).values(**taken))
                return float(renewed.until)
        except _ScopeChangedError:
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
                turn = await self._take_turns(connection, shown)
                await self._show(connection, shown, turn, _began(shown, turn))
            else:
                await self._lock(connection, shown.scope)
                await self._show(connection, replace(shown, only=post.only), post.turn, post.began)
            if message:
                here = digests.c.place == post.place
                await connection.execute(update(digests).where(here).values(refused=0))

    async def count_refusal(self, place: str, name: str = DEFAULT_NAME) -> int:
        mine = _is(place, name)
        async with self._database.begin() as connection:
            await connection.execute(update(digests).where(mine).values(refused=digests.c.refused + 1))
            return await connection.scalar(select(digests.c.refused).where(mine)) or 0

    async def history(self, scope: str, only: str, but: str = "") -> History:
        of_scope = (
            shown_highlights.c.highlight,
            shown_highlights.c.turn,
            shown_highlights.c.kept,
            shown_highlights.c.never,
            (shown_highlights.c.snoozed > self._database.now()).label("is_snoozed"),
        )
        theme = (rounds.c.scope == scope, rounds.c.only == only[:255])
        async with self._database.begin() as connection:
            # In this order nothing is missed that others record meanwhile: if one takes a turn after the first statement, whoever
            # uses this history is denied; if a post is finished before the second one, its highlights are among those shown.
            turn = await connection.scalar(select(scopes.c.turn).where(scopes.c.scope == scope)) or 0
            being_posted = await self._being_posted(connection, scope, but)
            began = await connection.scalar(select(rounds.c.began).where(*theme)) or 0
            shown = select(*of_scope).where(shown_highlights.c.scope == scope)
            rows = (await connection.execute(shown)).all()
        turns = {row.highlight: row.turn for row in rows if row.turn}
        under_way = frozenset(one for post in being_posted for one in post.picks.split())
        for post in being_posted:
            before = (
                turn if post.turn is None else post.turn
            )  # None: an older version of the program posts it
            for number, highlight in enumerate(post.picks.split(), before + 1):
                turns[highlight] = max(number, turns.get(highlight, 0))
            if post.began and post.only == only[:255]:
                began = max(began, post.began)
        return History(
            turn,
            began,
            turns,
            frozenset(row.highlight for row in rows if row.kept),
            frozenset(row.highlight for row in rows if row.never),
            frozenset(row.highlight for row in rows if row.is_snoozed),
            under_way,
        )

    async def _being_posted(
        self, connection: AsyncConnection, scope: str, but: str = ""
    ) -> Sequence[Row[str, int | None, str | None, int | None]]:
        """What is being posted in a scope, except by the post `but`, by turn: picks, turn, theme, where a new round begins."""
        places = select(digests.c.place).where(digests.c.scope == scope)
        here = (posts.c.place == scope) | posts.c.place.in_(places)
        lately = posts.c.until >= self._database.now() - UNFINISHED_S
        posting = (posts.c.state == "posting", posts.c.key != but, here, lately)
        rows = select(posts.c.picks, posts.c.turn, posts.c.only, posts.c.began).where(*posting)
        return (await connection.execute(rows.order_by(posts.c.turn, posts.c.key))).all()

    async def record_shown(self, shown: Shown, after: int | None = None) -> bool:
        try:
            async with self._database.begin() as connection:
                turn = await self._take_turns(connection, shown, after)
                await self._show(connection, shown, turn, _began(shown, turn))
                return True
        except _ScopeChangedError:
            return False

    async def _show(self, connection: AsyncConnection, shown: Shown, turn: int, began: int) -> None:
        """Records highlights as shown in the turns after `turn`, and where the new round begins, if `began` is not 0."""
        for number, highlight in enumerate(shown.ids, turn + 1):
            await self._update_highlight(
                connection, shown.scope, highlight, shown_highlights.c.turn < number, turn=number, kept=False
            )
        mine = (rounds.c.scope == shown.scope, rounds.c.only == shown.only[:255], rounds.c.began < began)
        new = {"scope": shown.scope, "only": shown.only[:255], "began": began}
        await connection.execute(self._database.insert_new(rounds).values(**new))
        await connection.execute(update(rounds).where(*mine).values(began=began))

    async def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        async with self._database.begin() as connection:
            await self._lock(connection, scope)
            values: dict[str, float | bool | ColumnElement[float]] = {**_MARKS[mark]}
            if mark == "snooze":
                values["snoozed"] = self._database.now() + SNOOZE_S
            await self._update_highlight(connection, scope, highlight, true(), **values)

    async def marks(self) -> Mapping[tuple[str, str], Mark]:
        snoozed = shown_highlights.c.snoozed > self._database.now()
        marked = shown_highlights.c.kept | shown_highlights.c.never | snoozed
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(shown_highlights).where(marked))).all()
        return {
            (row.scope, row.highlight): "never" if row.never else "keep" if row.kept else "snooze"
            for row in rows
        }

    async def _take_turns(
        self, connection: AsyncConnection, shown: Shown, after: int | None = None, key: str = ""
    ) -> int:
        """Takes the turns for these highlights; returns the turn before them.

        Raises _ScopeChangedError if `after` is given and is not that turn, or another post than `key` shows one of them.
        """
        last = await self._lock(connection, shown.scope, len(shown.ids))
        if after is not None:
            others = await self._being_posted(connection, shown.scope, key)
            taken = {one for post in others for one in post.picks.split()}
            if last - len(shown.ids) != after or taken & set(shown.ids):
                raise _ScopeChangedError
        return last - len(shown.ids)

    async def _lock(self, connection: AsyncConnection, scope: str, turns: int = 0) -> int:
        """Takes this many turns of a scope; returns the last turn. Others wait until the transaction ends."""
        now, mine = self._database.now(), scopes.c.scope == scope
        await connection.execute(self._database.insert_new(scopes).values(scope=scope, turn=0, used=now))
        await connection.execute(update(scopes).where(mine).values(turn=scopes.c.turn + turns, used=now))
        return int(await connection.scalar(select(scopes.c.turn).where(mine)) or 0)

    async def _update_highlight(
        self,
        connection: AsyncConnection,
        scope: str,
        highlight: str,
        where: ColumnElement[bool],
        **values: float | bool | ColumnElement[float],
    ) -> None:
        empty = {"turn": 0, "kept": False, "never": False, "snoozed": 0.0, **values}
        row = self._database.insert_new(shown_highlights).values(scope=scope, highlight=highlight, **empty)
        if not (await connection.execute(row)).rowcount:
            mine = (shown_highlights.c.scope == scope, shown_highlights.c.highlight == highlight, where)
            await connection.execute(update(shown_highlights).where(*mine).values(**values))

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
            unused = scopes.c.used < oldest
            in_use = scopes.c.scope.in_(select(digests.c.scope))
            old = select(scopes.c.scope).where(unused, not_(in_use)).scalar_subquery()
            for table in (shown_highlights, rounds, scopes):
                gone += (await connection.execute(delete(table).where(table.c.scope.in_(old)))).rowcount
        return int(gone)


def _began(shown: Shown, turn: int) -> int:
    """Where the new round begins if these highlights come after this turn; 0 if none does."""
    return 0 if shown.new_round is None else turn + shown.new_round


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
