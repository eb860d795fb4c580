"""What was shown in scopes, with turns, rounds and marks. Each method is part of a transaction of `DatabaseDigestStore`."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Row, delete, not_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schedule.history import History, Shown
from bot.state.database.engine import Database
from bot.state.database.tables import digests, posts, rounds, scopes, shown_highlights
from bot.state.digest_store import SNOOZE_S, Mark

UNFINISHED_S = 24 * 3600.0
"""How long an unfinished post counts as in progress, in seconds: the longest `DIGEST_GRACE`."""


class ScopeChangedError(Exception):
    """Rolls the transaction back. See `Denied.SCOPE_CHANGED`."""


_MARKS: dict[Mark, dict[str, bool | float]] = {
    "keep": {"kept": True, "never": False, "snoozed": 0.0},
    "snooze": {"kept": False, "never": False},
    "never": {"kept": False, "never": True, "snoozed": 0.0},
    "undo": {"kept": False, "never": False, "snoozed": 0.0},
}
"""What each mark changes. Whoever keeps a highlight wants to see it, even if it was hidden before."""


class DatabaseShown:
    """Reads and writes the tables `scopes`, `rounds` and `shown`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, connection: AsyncConnection, scope: str, only: str, but: str) -> History:
        """See `DigestStore.history`."""
        of_scope = (
            shown_highlights.c.highlight,
            shown_highlights.c.turn,
            shown_highlights.c.kept,
            shown_highlights.c.never,
            (shown_highlights.c.snoozed > self._database.now()).label("is_snoozed"),
        )
        theme = (rounds.c.scope == scope, rounds.c.only == only[:255])
        # In this order nothing is missed that others record meanwhile. If a turn is taken after the first statement, whoever uses
        # this history is denied. If a post is finished before the second one, the last one finds its highlights.
        turn = await connection.scalar(select(scopes.c.turn).where(scopes.c.scope == scope)) or 0
        being_posted = await self._being_posted(connection, scope, but)
        began = await connection.scalar(select(rounds.c.began).where(*theme)) or 0
        shown = select(*of_scope).where(shown_highlights.c.scope == scope)
        rows = (await connection.execute(shown)).all()
        turns = {row.highlight: row.turn for row in rows if row.turn}
        under_way = frozenset(one for post in being_posted for one in post.picks.split())
        for post in being_posted:
            # An older version of the program posts without taking turns.
            first = (turn if post.turn is None else post.turn) + 1
            for number, highlight in enumerate(post.picks.split(), first):
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

    async def take_turns(
        self, connection: AsyncConnection, shown: Shown, after: int | None = None, key: str = ""
    ) -> int:
        """Takes the turns for these highlights; returns the turn before them.

        Raises ScopeChangedError if `after` is given and is not that turn, or another post than `key` shows one of them.
        """
        last = await self.lock(connection, shown.scope, len(shown.ids))
        if after is not None:
            others = await self._being_posted(connection, shown.scope, key)
            taken = {one for post in others for one in post.picks.split()}
            if last - len(shown.ids) != after or taken & set(shown.ids):
                raise ScopeChangedError
        return last - len(shown.ids)

    async def lock(self, connection: AsyncConnection, scope: str, turns: int = 0) -> int:
        """Takes this many turns of a scope; returns the last turn. Others wait until the transaction ends."""
        now, mine = self._database.now(), scopes.c.scope == scope
        await connection.execute(self._database.insert_new(scopes).values(scope=scope, turn=0, used=now))
        await connection.execute(update(scopes).where(mine).values(turn=scopes.c.turn + turns, used=now))
        return int(await connection.scalar(select(scopes.c.turn).where(mine)) or 0)

    async def record(self, connection: AsyncConnection, shown: Shown, turn: int, began: int) -> None:
        """Records highlights as shown in the turns after `turn`, and where the new round begins, if `began` is not 0."""
        for number, highlight in enumerate(shown.ids, turn + 1):
            await self._update_highlight(
                connection, shown.scope, highlight, shown_highlights.c.turn < number, turn=number, kept=False
            )
        mine = (rounds.c.scope == shown.scope, rounds.c.only == shown.only[:255], rounds.c.began < began)
        new = {"scope": shown.scope, "only": shown.only[:255], "began": began}
        await connection.execute(self._database.insert_new(rounds).values(**new))
        await connection.execute(update(rounds).where(*mine).values(began=began))

    async def mark(self, connection: AsyncConnection, scope: str, highlight: str, mark: Mark) -> None:
        """See `DigestStore.mark`."""
        await self.lock(connection, scope)
        values: dict[str, float | bool | ColumnElement[float]] = {**_MARKS[mark]}
        if mark == "snooze":
            values["snoozed"] = self._database.now() + SNOOZE_S
        await self._update_highlight(connection, scope, highlight, true(), **values)

    async def marks(self, connection: AsyncConnection) -> Mapping[tuple[str, str], Mark]:
        """See `DigestStore.marks`."""
        snoozed = shown_highlights.c.snoozed > self._database.now()
        marked = shown_highlights.c.kept | shown_highlights.c.never | snoozed
        rows = (await connection.execute(select(shown_highlights).where(marked))).all()
        return {
            (row.scope, row.highlight): "never" if row.never else "keep" if row.kept else "snooze"
            for row in rows
        }

    async def sweep(self, connection: AsyncConnection, oldest: ColumnElement[float]) -> int:
        """Deletes scopes without a digest that were last used before `oldest`; returns how many rows."""
        in_use = scopes.c.scope.in_(select(digests.c.scope))
        old = select(scopes.c.scope).where(scopes.c.used < oldest, not_(in_use)).scalar_subquery()
        gone = 0
        for table in (shown_highlights, rounds, scopes):
            gone += (await connection.execute(delete(table).where(table.c.scope.in_(old)))).rowcount
        return gone

    async def _being_posted(
        self, connection: AsyncConnection, scope: str, but: str = ""
    ) -> Sequence[Row[str, int | None, str | None, int | None]]:
        """What is being posted in a scope, except by the post `but`: picks, turn, theme, where a new round begins."""
        places = select(digests.c.place).where(digests.c.scope == scope)
        here = (posts.c.place == scope) | posts.c.place.in_(places)
        lately = posts.c.until >= self._database.now() - UNFINISHED_S
        posting = (posts.c.state == "posting", posts.c.key != but, here, lately)
        rows = select(posts.c.picks, posts.c.turn, posts.c.only, posts.c.began).where(*posting)
        return (await connection.execute(rows)).all()

    async def _update_highlight(
        self,
        connection: AsyncConnection,
        scope: str,
        highlight: str,
        where: ColumnElement[bool],
        **values: float | bool | ColumnElement[float],
    ) -> None:
        """Sets columns of a highlight: in a new row, or in its row if that fulfils `where`."""
        empty = {"turn": 0, "kept": False, "never": False, "snoozed": 0.0, **values}
        row = self._database.insert_new(shown_highlights).values(scope=scope, highlight=highlight, **empty)
        if not (await connection.execute(row)).rowcount:
            mine = (shown_highlights.c.scope == scope, shown_highlights.c.highlight == highlight, where)
            await connection.execute(update(shown_highlights).where(*mine).values(**values))


def began_at(shown: Shown, turn: int) -> int:
    """Where the new round begins if these highlights come after this turn; 0 if none does."""
    return 0 if shown.new_round is None else turn + shown.new_round
