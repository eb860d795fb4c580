"""Claims: only one of several processes gets an event, and the bot continues if the state fails."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.state.claims import CLAIM_RETENTION_S, LEASE_S, Claim, Claims, StateError
from bot.state.database.claims import DatabaseClaims
from bot.state.database.engine import FILE, address
from bot.state.fallback import StateWithFallback
from bot.state.memory_claims import MemoryClaims
from bot.state.opening import State, StateTimeouts, open_state, opener
from tests.platforms import Clock

LATER = StateTimeouts(retry_s=3600, max_retry_s=3600)
"""The database is not retried within the test."""


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def claims_and_clock(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Claims, Clock]]:
    clock = Clock()
    claims: Claims = MemoryClaims(clock)
    if request.param == "sqlite":
        claims = await DatabaseClaims.open(address(None, tmp_path), clock)
    elif request.param == "postgres":
        claims = await DatabaseClaims.open(await request.getfixturevalue("postgres").fresh(), clock)
    yield claims, clock
    await claims.close()


async def test_a_claim_is_claimed_then_posting_then_done(claims_and_clock: tuple[Claims, Clock]) -> None:
    claims, clock = claims_and_clock
    assert await claims.claim("k") is Claim.MINE
    assert await claims.claim("k") is Claim.HELD
    clock.now += LEASE_S + 1
    assert await claims.claim("k") is Claim.MINE, "it was only claimed, and its lease has expired"
    await claims.renew("k")
    assert await claims.claim("k") is Claim.HELD
    clock.now += LEASE_S + 1
    assert await claims.claim("k") is Claim.POSTING
    assert await claims.claim("k") is Claim.HELD, "one process is looking the post up"
    await claims.complete("k", "m1")
    clock.now += LEASE_S + 1
    assert await claims.claim("k") is Claim.DONE


async def test_one_of_many_simultaneous_claims_wins(claims_and_clock: tuple[Claims, Clock]) -> None:
    results = await asyncio.gather(*[claims_and_clock[0].claim("k") for _ in range(20)])
    assert sorted(claim.value for claim in results) == ["held"] * 19 + ["mine"]


async def test_old_claims_are_deleted(claims_and_clock: tuple[Claims, Clock]) -> None:
    claims, clock = claims_and_clock
    await claims.claim("old")
    clock.now += CLAIM_RETENTION_S + 1
    await claims.claim("new")
    assert await claims.sweep() == 1
    assert await claims.claim("new") is Claim.HELD


async def test_of_two_processes_with_one_state_only_one_claims_a_key(state_url: str) -> None:
    first, second = await DatabaseClaims.open(state_url), await DatabaseClaims.open(state_url)
    try:
        for number in range(20):
            results = await asyncio.gather(first.claim(f"k{number}"), second.claim(f"k{number}"))
            assert set(results) == {Claim.MINE, Claim.HELD}
    finally:
        await first.close()
        await second.close()


async def test_only_ids_are_stored(tmp_path: Path) -> None:
    claims = await DatabaseClaims.open(address(None, tmp_path))
    await claims.claim("slack:C1:1700.1")
    await claims.complete("slack:C1:1700.1", "1700.2")
    await claims.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT key, state, message FROM events").fetchall() == [
            ("slack:C1:1700.1", "done", "1700.2")
        ]
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


def _corrupt(folder: Path) -> None:
    (folder / FILE).write_bytes(b"this is no database, at all " * 100)


def _newer_version(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.close()


def _file_in_the_way(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("in the way")


@pytest.mark.parametrize("damage", [_corrupt, _newer_version, _file_in_the_way])
async def test_a_state_that_cannot_be_opened_is_logged_once_and_not_changed(
    damage: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    damage(folder)  # type: ignore[operator]
    file = folder / FILE if folder.is_dir() else folder
    before = file.read_bytes()
    state = StateWithFallback(opener(None, folder), LATER)
    await state.open()
    try:
        assert state.problem
        assert await state.claim("k") is Claim.MINE
        assert await state.claim("k") is Claim.HELD
        await state.renew("k")
        await state.complete("k", "m")
        assert await state.claim("k") is Claim.DONE
        for _ in range(20):
            await state._open()
    finally:
        await state.close()
    lines = [record.message for record in caplog.records if "database unavailable" in record.message]
    assert len(lines) == 1
    assert str(tmp_path) not in lines[0]
    assert file.read_bytes() == before


async def test_a_state_of_a_newer_version_is_reported(tmp_path: Path) -> None:
    _newer_version(tmp_path)
    with pytest.raises(StateError, match="newer version"):
        await DatabaseClaims.open(address(None, tmp_path))


async def test_claims_continue_while_the_disk_is_full_and_the_database_recovers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = StateWithFallback(opener(None, tmp_path), LATER)
    await state.open()
    try:
        assert state.problem is None
        assert state._database is not None
        claims = state._database.claims
        assert isinstance(claims, DatabaseClaims)
        async with claims._database.begin() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")
        claimed = 0
        while state.problem is None and claimed < 2000:
            claimed += 1
            assert await state.claim(f"k{claimed}" + "x" * 200) is Claim.MINE
        assert state.problem == "database or disk is full"
        assert await state.claim(f"k{claimed}" + "x" * 200) is Claim.HELD
        await state._open()
        assert state.problem is None
        assert "database available again" in caplog.text or caplog.records
    finally:
        await state.close()


async def test_a_read_only_file_is_reported(tmp_path: Path) -> None:
    claims = await DatabaseClaims.open(address(None, tmp_path))
    await claims.close()
    url = f"sqlite+aiosqlite:///file:{tmp_path / FILE}?mode=ro&uri=true"

    async def opening() -> State:
        return await open_state(url)

    state = StateWithFallback(opening)
    await state.open()
    assert await state.claim("k") is Claim.MINE
    assert state.problem is not None
    assert "read" in state.problem
    await state.close()


async def test_an_unknown_database_is_reported_without_its_password() -> None:
    for url in ("nonsense", "oracle+x://u:hidden@h/d"):
        with pytest.raises(StateError) as caught:
            await DatabaseClaims.open(address(url, Path()))
        assert "hidden" not in str(caught.value)
