"""Votes and kept questions, on SQLite and PostgreSQL."""

from pathlib import Path

import pytest

from bot.state.claims import StateError
from bot.state.database.engine import Database, address
from bot.state.database.feedback import DatabaseFeedback
from bot.state.fallback import StateWithFallback
from bot.state.feedback_store import MAX_QUESTION_CHARS, VOTE_RETENTION_S
from bot.state.opening import open_state
from tests.platforms import Clock

DAY_S = 86400.0


async def open_feedback(state_url: str, clock: Clock, days: float = 30) -> tuple[Database, DatabaseFeedback]:
    database = await Database.open(state_url, clock)
    return database, DatabaseFeedback(database, days * DAY_S)


async def test_a_second_vote_replaces_the_first(state_url: str) -> None:
    database, store = await open_feedback(state_url, Clock())
    for person, verdict in (("a", "helpful"), ("a", "helpful"), ("b", "wrong"), ("a", "wrong")):
        await store.vote("slack:C1:1.0", f"slack:{person}", verdict)
    await store.vote("discord:1:2", "discord:3", "helpful")
    assert await store.votes() == {("slack", "wrong"): 2, ("discord", "helpful"): 1}
    await database.close()


async def test_unanswered_questions_are_deleted_after_the_set_number_of_days(state_url: str) -> None:
    clock = Clock()
    database, store = await open_feedback(state_url, clock, days=2)
    await store.keep("slack:C1:1.0", "what of zebras?", "nothing")
    clock.now += DAY_S
    await store.keep("slack:C1:2.0", "What of  Zebras?", "nothing")
    await store.keep("slack:C1:2.0", "and twice?", "nothing")
    assert [(gap.question, gap.times, gap.at) for gap in await store.gaps()] == [
        ("What of  Zebras?", 2, clock.now)
    ]
    clock.now += DAY_S + 1
    assert [gap.times for gap in await store.gaps()] == [1]
    assert await store.sweep() == 1
    await database.close()


async def test_with_keeping_off_no_question_is_stored_and_old_ones_are_deleted(state_url: str) -> None:
    database, store = await open_feedback(state_url, Clock())
    await store.keep("slack:C1:1.0", "what of zebras?", "nothing")
    off = DatabaseFeedback(database, 0.0)
    await off.keep("slack:C1:2.0", "what of lions?", "nothing")
    assert await off.gaps() == []
    assert await off.sweep() == 1
    assert await store.gaps() == []
    await database.close()


async def test_long_questions_are_cut_and_old_votes_deleted(state_url: str) -> None:
    clock = Clock()
    database, store = await open_feedback(state_url, clock)
    await store.keep("slack:C1:1.0", "word " * 1000, "nothing")
    assert len((await store.gaps())[0].question) == MAX_QUESTION_CHARS
    await store.vote("slack:C1:1.0", "slack:a", "helpful")
    clock.now += VOTE_RETENTION_S + 1
    assert await store.sweep() == 2
    assert await store.votes() == {}
    await database.close()


async def test_without_a_database_a_vote_is_not_confirmed(tmp_path: Path) -> None:
    state = StateWithFallback(lambda: open_state(address(None, tmp_path)))
    with pytest.raises(StateError):
        await state.feedback.vote("slack:C1:1.0", "slack:a", "helpful")
    await state.close()
