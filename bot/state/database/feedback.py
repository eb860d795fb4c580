"""Votes on answers, and the questions that are kept, in the database."""

from collections.abc import Mapping

from sqlalchemy import delete, exists, func, or_, select, update

from bot.state.database.engine import Database
from bot.state.database.tables import unanswered, votes
from bot.state.feedback_store import MAX_QUESTION_CHARS, VOTE_RETENTION_S, Gap, GapReason, voter


class DatabaseFeedback:
    """Implements `FeedbackStore`. Questions are kept for `keep_s` seconds; 0: none is."""

    def __init__(self, database: Database, keep_s: float = 0.0) -> None:
        self._database = database
        self._keep_s = keep_s

    async def vote(self, answer: str, person: str, verdict: str) -> None:
        row = {"answer": answer, "voter": voter(answer, person), "platform": answer.partition(":")[0][:16]}
        value = {"verdict": verdict, "at": self._database.now()}
        async with self._database.begin() as connection:
            inserted = await connection.execute(self._database.insert_new(votes).values(**row, **value))
            if not inserted.rowcount:
                mine = (votes.c.answer == answer, votes.c.voter == row["voter"])
                await connection.execute(update(votes).where(*mine).values(**value))

    async def votes(self) -> Mapping[tuple[str, str], int]:
        query = select(votes.c.platform, votes.c.verdict, func.count()).group_by(
            votes.c.platform, votes.c.verdict
        )
        async with self._database.begin() as connection:
            rows = await connection.execute(query)
        return {(platform, verdict): count for platform, verdict, count in rows}

    async def keep(self, answer: str, question: str, reason: GapReason) -> None:
        question = question.strip()[:MAX_QUESTION_CHARS]
        if not self._keep_s or not question:
            return
        row = {"answer": answer, "question": question, "reason": reason, "at": self._database.now()}
        async with self._database.begin() as connection:
            await connection.execute(self._database.insert_new(unanswered).values(**row))

    async def gaps(self) -> list[Gap]:
        marked = exists().where(votes.c.answer == unanswered.c.answer, votes.c.verdict == "wrong")
        query = (
            select(unanswered.c.question, unanswered.c.reason, unanswered.c.at)
            .where(
                unanswered.c.at > self._database.now() - self._keep_s,
                or_(unanswered.c.reason == "nothing", marked),
            )
            .order_by(unanswered.c.at.desc())
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[tuple[str, GapReason], Gap] = {}
        for question, reason, at in rows:
            key = (" ".join(question.casefold().split()), reason)
            known = found.get(key)
            found[key] = (
                Gap(question, reason, at)
                if known is None
                else Gap(known.question, reason, known.at, known.times + 1)
            )
        return list(found.values())

    async def sweep(self) -> int:
        """Deletes old votes, and questions that are not to be kept any longer; returns how many rows."""
        now = self._database.now()
        expired = (
            delete(votes).where(votes.c.at < now - VOTE_RETENTION_S),
            delete(unanswered).where(unanswered.c.at <= now - self._keep_s),
        )
        deleted = 0
        async with self._database.begin() as connection:
            for statement in expired:
                deleted += int((await connection.execute(statement)).rowcount)
        return deleted
