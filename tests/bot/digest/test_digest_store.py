"""The digest store on real SQLite and PostgreSQL databases."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import update

from bot.schedule.history import History, Shown
from bot.schedule.plan import Filter, Plan
from bot.state.claims import LEASE_S, Claim, StateError
from bot.state.database import schema
from bot.state.database.engine import Database, _engine
from bot.state.database.schema import known_versions
from bot.state.database.tables import metadata, posts
from bot.state.digest_store import (
    RETENTION_S,
    ChannelDigest,
    ClaimedPost,
    Denied,
    DigestStore,
    PastPost,
)
from bot.state.fallback import StateWithFallback
from bot.state.opening import State, open_state
from tests.platforms import Clock

DAY = date(2026, 11, 25)
KEY = f"slack:C1:{DAY}"
WEEKLY = Plan("weekly", time(20, 15), "Asia/Kolkata", 4, 3, Filter("by", "Ann Author"))


def channel_digest(place: str = "slack:C1", plan: Plan | None = None) -> ChannelDigest:
    return ChannelDigest(place, place, plan or Plan("daily", time(9), "UTC"), 1000.0, DAY)


@pytest.fixture
async def open_store(state_url: str) -> AsyncIterator[tuple[DigestStore, Clock]]:
    clock = Clock()
    state = await open_state(state_url, clock)
    yield state.digests, clock
    await state.claims.close()


async def test_a_digest_is_set_changed_and_removed(open_store: tuple[DigestStore, Clock]) -> None:
    store, _ = open_store
    first, other = channel_digest(plan=WEEKLY), ChannelDigest("discord:1", "discord:7", WEEKLY, 1.5, DAY, "7")
    await store.set_digest(first)
    await store.set_digest(other)
    assert await store.channel_digests() == [other, first]
    await store.set_digest(channel_digest())
    assert await store.channel_digest("slack:C1") == channel_digest()
    assert await store.remove_digest("slack:C1")
    assert not await store.remove_digest("slack:C1")
    assert await store.channel_digest("slack:C1") is None


async def test_a_post_is_claimed_once_and_found_again(open_store: tuple[DigestStore, Clock]) -> None:
    store, clock = open_store
    began = clock.now
    claims = await asyncio.gather(*[store.claim_post(KEY, "slack:C1", DAY) for _ in range(8)])
    assert sorted(claimed.claim.value for claimed in claims) == ["held"] * 7 + ["mine"]
    clock.now += LEASE_S + 1
    first, second = claims[0], await store.claim_post(KEY, "slack:C1", DAY)
    assert second == ClaimedPost(Claim.MINE, began), "its first owner died before posting"
    assert await store.renew(KEY, Shown("slack:C1", "", ("z",)), first.until) is Denied.LEASE_LOST, (
        "the first owner is still alive but has lost its lease"
    )
    await store.release(KEY, 0, first.until)
    until = await store.renew(KEY, Shown("slack:C1", "", ("a", "b")), second.until)
    assert until == clock.now + LEASE_S
    assert (await store.claim_post(KEY, "slack:C1", DAY)).claim is Claim.HELD
    clock.now += LEASE_S + 1
    third = await store.claim_post(KEY, "slack:C1", DAY)
    assert third == ClaimedPost(Claim.POSTING, began, ("a", "b"))
    assert (await store.claim_post(KEY, "slack:C1", DAY)).claim is Claim.HELD, (
        "the third owner is looking the post up"
    )
    assert await store.renew(KEY, Shown("slack:C1", "", ("a", "b")), until) is Denied.LEASE_LOST, (
        "the lease belongs to the third owner"
    )
    await store.release(KEY, 120, third.until)
    clock.now += 119
    assert (await store.claim_post(KEY, "slack:C1", DAY)).claim is Claim.HELD
    clock.now += 2
    last = await store.claim_post(KEY, "slack:C1", DAY)
    assert last == ClaimedPost(Claim.MINE, began, (), 1)
    await store.complete(KEY, "m1", Shown("slack:C1", "", ("a",)))
    clock.now += LEASE_S + 1
    assert (await store.claim_post(KEY, "slack:C1", DAY)).claim is Claim.DONE
    await store.complete(KEY, "m2", Shown("slack:C1", "", ("b",)))
    assert (await store.history("slack:C1", "")).turns == {"a": 1}, "a completed post is not completed again"
    await store.release(KEY, 0, last.until)
    assert await store.renew(KEY, Shown("slack:C1", "", ("a",)), last.until) is Denied.LEASE_LOST
    assert (await store.claim_post(KEY, "slack:C1", DAY)).claim is Claim.DONE


async def test_shown_highlights_are_numbered_by_turn_within_their_scope(
    open_store: tuple[DigestStore, Clock],
) -> None:
    store, _ = open_store
    assert await store.history("s", "") == History()
    await store.record_shown(Shown("s", "", ("a", "b")))
    await store.record_shown(Shown("other", "", ("a",)))
    await store.record_shown(Shown("s", "tag:x", ("c",), 0))
    await store.record_shown(Shown("s", "", ("a",), 0))
    turns = {"a": 4, "b": 2, "c": 3}
    assert await store.history("s", "") == History(4, 3, turns)
    assert await store.history("s", "tag:x") == History(4, 2, turns)
    assert (await store.history("s", "tag:y")).began == 0


async def test_replicas_that_show_highlights_at_once_take_different_turns(
    open_store: tuple[DigestStore, Clock],
) -> None:
    store, _ = open_store
    await asyncio.gather(
        *[store.record_shown(Shown("s", "", (f"{number}", f"{number}'"))) for number in range(10)]
    )
    turns = (await store.history("s", "")).turns
    assert sorted(turns.values()) == list(range(1, 21))


async def test_only_one_replica_takes_the_next_turn(open_store: tuple[DigestStore, Clock]) -> None:
    store, _ = open_store
    recorded = await asyncio.gather(
        *[store.record_shown(Shown("s", "", (f"{number}",)), 0) for number in range(5)]
    )
    assert sorted(recorded) == [False] * 4 + [True]
    history = await store.history("s", "")
    assert (history.turn, len(history.turns)) == (1, 1)
    assert await store.record_shown(Shown("s", "", ("x",)), 1)


async def test_a_post_that_is_not_completed_counts_as_shown_for_a_day(
    open_store: tuple[DigestStore, Clock],
) -> None:
    """It counts for its channel. In direct messages it counts for the person, because history is kept per person there."""
    store, clock = open_store
    await store.set_digest(ChannelDigest("slack:D1", "slack:U1", WEEKLY, 1.5, DAY, "U1"))
    for place, scope in (("slack:C1", "slack:C1"), ("slack:D1", "slack:U1")):
        claimed = await store.claim_post(f"{place}:{DAY}", place, DAY)
        assert (await store.history(scope, "")).turns == {}
        await store.renew(f"{place}:{DAY}", Shown(scope, "", ("a", "b")), claimed.until)
        history = await store.history(scope, "")
        assert (history.turns, history.under_way) == ({"a": 1, "b": 2}, frozenset("ab"))
    await store.complete(f"slack:C1:{DAY}", "m1", Shown("slack:C1", "", ("a", "b")))
    clock.now += 2 * 86400
    assert await store.history("slack:C1", "") == History(2, 0, {"a": 1, "b": 2})
    assert (await store.history("slack:U1", "")).turns == {}


async def test_a_history_read_while_a_post_is_recorded_misses_nothing(
    open_store: tuple[DigestStore, Clock],
) -> None:
    """In every history, the highlight has a turn: it is being posted, or it was shown."""
    store, _ = open_store
    for number in range(5):
        key, shown = f"s:{number}", Shown("s", "", (f"{number}",))
        claimed = await store.claim_post(key, "s", None)
        await store.renew(key, shown, claimed.until)
        histories = await asyncio.gather(
            *[store.history("s", "") for _ in range(3)],
            store.complete(key, "m", shown),
            *[store.history("s", "") for _ in range(3)],
        )
        turns = [history.turns.get(f"{number}") for history in histories if history is not None]
        assert turns == [number + 1] * 6


async def test_a_post_keeps_its_turns_until_another_takes_some(open_store: tuple[DigestStore, Clock]) -> None:
    store, _ = open_store
    until = (await store.claim_post(KEY, "s", DAY)).until
    shown = Shown("s", "tag:x", ("a", "b"), 1)
    for _ in range(3):
        renewed = await store.renew(KEY, shown, until)
        assert isinstance(renewed, float)
        until = renewed
    history = await store.history("s", "tag:x")
    assert (history.turn, history.began, history.turns) == (2, 1, {"a": 1, "b": 2})
    await store.record_shown(Shown("s", "", ("c",)))
    await store.renew(KEY, shown, until)
    await store.complete(KEY, "m", shown)
    assert await store.history("s", "tag:x") == History(5, 4, {"c": 3, "a": 4, "b": 5})


async def test_a_post_of_an_earlier_version_counts_as_shown_too(
    open_store: tuple[DigestStore, Clock], state_url: str
) -> None:
    """It has no turns yet. When it is recorded, it takes the next ones."""
    store, _ = open_store
    await store.record_shown(Shown("s", "", ("a",)))
    claimed = await store.claim_post(KEY, "s", DAY)
    await store.renew(KEY, Shown("s", "", ("b",)), claimed.until)
    database = Database(_engine(state_url))
    async with database.begin() as connection:
        await connection.execute(update(posts).values(turn=None, only=None, began=None))
    await database.close()
    assert (await store.history("s", "")).turns["b"] == 3
    await store.record_shown(Shown("s", "", ("c",)))
    await store.complete(KEY, "m", Shown("s", "", ("b",)))
    assert (await store.history("s", "")).turns == {"a": 1, "c": 3, "b": 4}


async def test_only_one_post_at_a_time_may_show_a_highlight(open_store: tuple[DigestStore, Clock]) -> None:
    """This holds for two digests as well as for a digest and an answer to somebody."""
    store, _ = open_store
    leases = {key: (await store.claim_post(key, "s", None)).until for key in ("one", "two", "three")}

    async def renews(key: str, pick: str, after: int = 0) -> bool:
        return (
            await store.renew(key, Shown("s", "", (pick,)), leases[key], LEASE_S, after)
            is not Denied.SCOPE_CHANGED
        )

    assert sorted(await asyncio.gather(renews("one", "a"), renews("two", "a"))) == [False, True]
    assert (await store.history("s", "")).turns == {"a": 1}
    assert not await store.record_shown(Shown("s", "", ("a",)), 1)
    assert (await store.history("s", "")).turn == 1
    assert await store.record_shown(Shown("s", "", ("b",)), 1)
    assert not await renews("three", "b", 1), "the highlight was shown after it was chosen"
    assert await renews("three", "c", 2)
    assert (await store.history("s", "")).turns == {"a": 1, "b": 2, "c": 3}


async def test_a_highlight_stays_kept_until_it_is_shown_again(open_store: tuple[DigestStore, Clock]) -> None:
    store, _ = open_store
    await store.record_shown(Shown("s", "", ("a", "b")))
    await store.mark("s", "a", "keep")
    await store.mark("s", "b", "never")
    await store.mark("s", "z", "never")
    history = await store.history("s", "")
    assert (set(history.kept), set(history.never)) == ({"a"}, {"b", "z"})
    assert history.turns == {"a": 1, "b": 2}
    await store.record_shown(Shown("s", "", ("a",), 0))
    assert await store.history("s", "") == History(3, 2, {"a": 3, "b": 2}, frozenset(), frozenset({"b", "z"}))


async def test_past_posts_leave_out_skipped_posts_and_mere_claims(
    open_store: tuple[DigestStore, Clock],
) -> None:
    store, clock = open_store
    days = [DAY + timedelta(days=number) for number in range(3)]
    for day in days:
        claimed = await store.claim_post(f"slack:C1:{day}", "slack:C1", day)
    await store.claim_post(f"slack:C1#seneca:{DAY}", "slack:C1", DAY)
    await store.claim_post("slack:C1:now:x", "slack:C1", None)
    await store.complete("slack:C1:now:x", "m", Shown("s", "", ("c",)))
    await store.complete(f"slack:C1:{days[0]}", "m", Shown("s", "", ("a",)))
    await store.complete(f"slack:C1:{days[1]}", "", None)
    await store.complete(f"slack:C1#seneca:{DAY}", "m", Shown("s", "", ("d",)))
    assert await store.past_posts("slack:C1", clock.now) == [PastPost(days[0], clock.now)]
    await store.renew(f"slack:C1:{days[2]}", Shown("s", "", ("b",)), claimed.until)
    assert await store.past_posts("slack:C1", clock.now) == [
        PastPost(days[0], clock.now),
        PastPost(days[2], clock.now),
    ]
    assert await store.past_posts("slack:C1#seneca", clock.now) == [PastPost(DAY, clock.now)]
    assert await store.past_posts("slack:C1", clock.now + 1) == []


async def test_refusals_in_a_row_are_counted(open_store: tuple[DigestStore, Clock]) -> None:
    store, _ = open_store
    await store.set_digest(channel_digest())
    assert [await store.count_refusal("slack:C1") for _ in range(2)] == [1, 2]
    await store.claim_post(KEY, "slack:C1", DAY)
    await store.complete(KEY, "m1", Shown("s", "", ("a",)))
    assert await store.count_refusal("slack:C1") == 1
    assert await store.count_refusal("slack:C9") == 0


async def test_old_rows_are_deleted(open_store: tuple[DigestStore, Clock]) -> None:
    store, clock = open_store
    await store.set_digest(channel_digest("slack:C1"))
    for scope in ("slack:C1", "slack:U1"):
        await store.record_shown(Shown(scope, "", ("a", "b"), 1))
    await store.claim_post(KEY, "slack:C1", DAY)
    clock.now += RETENTION_S + 1
    await store.record_shown(Shown("slack:U2", "", ("a",)))
    assert await store.sweep() == 1 + 2 + 1 + 1, (
        "one post; and of a person who last asked long ago: two shown highlights, a round and a scope"
    )
    assert (await store.history("slack:C1", "")).turn == 2, "a channel with a digest forgets nothing"
    assert (await store.history("slack:U1", "")).turn == 0
    assert (await store.history("slack:U2", "")).turn == 1


async def test_only_ids_and_times_are_stored(tmp_path: Path) -> None:
    """All columns are for ids, times and settings of people."""
    state = await open_state(f"sqlite:///{tmp_path / 'state.sqlite3'}")
    await state.claims.close()
    with sqlite3.connect(tmp_path / "state.sqlite3") as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: {row[1] for row in file.execute(f"PRAGMA table_info({name})")} for name in tables}
    file.close()
    assert columns["shown"] == {"scope", "highlight", "turn", "kept", "never", "snoozed"}
    assert columns["digest_posts"] == {
        "key", "place", "day", "state", "until", "at", "message", "picks", "tries",
        "turn", "only", "began",
    }  # fmt: skip
    assert set(tables) == {
        "alembic_version",
        "events",
        "digests",
        "digest_posts",
        "scopes",
        "rounds",
        "shown",
        "found_lists",
        "chosen",
        "votes",
        "unanswered",
        "asked",
    }
    assert columns["found_lists"] == {"key", "at", "found"}
    assert columns["asked"] == {"name", "event", "at"}
    assert columns["chosen"] == {"kind", "place", "at", "value"}


async def test_the_migrations_create_the_declared_tables(state_url: str) -> None:
    """A new database is made from the declared tables, an older one by migrations. Both must end up with the same tables."""
    database = Database(_engine(state_url))
    async with database.begin() as connection:
        await connection.run_sync(schema._migrate)
        found = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain), metadata)
        )
    await database.close()
    assert found == []


async def test_a_new_database_has_the_declared_tables_and_the_newest_version(state_url: str) -> None:
    database = await Database.open(state_url)
    async with database.begin() as connection:
        found = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain), metadata)
        )
        version = await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )
    await database.close()
    config = Config()
    config.set_main_option("script_location", "bot.state:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert found == []
    assert version == scripts.get_current_head()
    assert known_versions() == {revision.revision for revision in scripts.walk_revisions()}


async def test_without_a_database_the_store_raises_state_error() -> None:
    async def fail_to_open() -> State:
        raise StateError("database or disk is full")

    state = StateWithFallback(fail_to_open)
    await state.open()
    with pytest.raises(StateError, match="full"):
        await state.digests.channel_digests()
    await state.close()
