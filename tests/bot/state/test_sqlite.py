"""The state file is damaged, newer, locked or full, or gets a text that it cannot store. It is not harmed, and the bot recovers."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adapters.terminal.doctor import _state
from bot.settings import load_settings
from bot.state import sqlite
from bot.state.claims import NEWER, Claim, RejectedError
from bot.state.database import FILE, address
from bot.state.database_claims import DatabaseClaims
from bot.state.fallback import StateWithFallback
from bot.state.opening import StateTimeouts, open_state, opener
from bot.state.sqlite import DAMAGED, OVERWRITTEN

QUICK = StateTimeouts(retry_s=0.05, max_retry_s=0.1)


async def _used(folder: Path) -> Path:
    """Makes a state file with a few hundred claims."""
    claims = await DatabaseClaims.open(address(None, folder))
    for number in range(300):
        await claims.claim(f"slack:C1:{number}" + "x" * 100)
    await claims.close()
    return folder / FILE


def _everything(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


async def _refused(folder: Path) -> str:
    """Opens the state three times. Each time it is refused with this sentence, and the folder stays unchanged."""
    before = _everything(folder)
    state = StateWithFallback(opener(None, folder), QUICK)
    await state.open()
    for _ in range(2):
        await state._open()
    assert await state.claim("k") is Claim.MINE
    await state.close()
    assert _everything(folder) == before
    assert state.problem is not None
    return state.problem


@pytest.mark.slow
async def test_a_file_that_is_damaged_in_the_middle(tmp_path: Path) -> None:
    file = await _used(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    assert await _refused(tmp_path) == DAMAGED


@pytest.mark.slow
async def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    file = await _used(tmp_path)
    file.write_bytes(file.read_bytes()[:-5000])
    assert await _refused(tmp_path) == DAMAGED


async def test_a_newer_file_in_another_mode(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.executescript("CREATE TABLE alembic_version (version_num VARCHAR(32)); "
                               "INSERT INTO alembic_version VALUES ('9999')")  # fmt: skip
    assert await _refused(tmp_path) == NEWER


async def test_a_file_cut_off_before_anything_was_in_it(tmp_path: Path) -> None:
    """This happens after a crash during the first start. The file holds nothing that could be lost."""
    (tmp_path / FILE).touch()
    claims = await DatabaseClaims.open(address(None, tmp_path))
    assert await claims.claim("k") is Claim.MINE
    await claims.close()


@pytest.mark.slow
async def test_damage_that_shows_only_later(tmp_path: Path) -> None:
    """The pages of a table are overwritten while the bot runs. It logs that, then refuses the file and does not write to it."""
    file = await _used(tmp_path)
    state = StateWithFallback(opener(None, tmp_path), StateTimeouts(retry_s=3600, max_retry_s=3600))
    await state.open()
    assert state.problem is None
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    damaged = file.read_bytes()
    for number in range(400):
        assert await state.claim(f"new{number}") is Claim.MINE
    assert state.problem == OVERWRITTEN
    await state._open()
    assert state.problem == DAMAGED
    await state.close()
    assert file.read_bytes() == damaged


@pytest.mark.slow
async def test_another_process_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims go on in memory. Once the lock is gone, the database works again and has the answers from meanwhile."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)
    await _used(tmp_path)
    state = StateWithFallback(opener(None, tmp_path), QUICK)
    await state.open()
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await state.claim("k") is Claim.MINE
        assert state.problem is not None
        await state.complete("k", "m")
    async with asyncio.timeout(60):
        while state.problem is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await state.close()
    again = await DatabaseClaims.open(address(None, tmp_path))
    assert await again.claim("k") is Claim.DONE
    await again.close()


@pytest.mark.parametrize("text", ["nul\0", "half \ud83d of a pair", "x" * 300])
async def test_what_cannot_be_stored_spoils_nothing(text: str, state_url: str) -> None:
    """The state goes on, on both databases, whether or not the text is refused."""
    opened = await open_state(state_url)
    with suppress(RejectedError):
        await opened.claims.claim(text)
    await opened.claims.close()
    state = StateWithFallback(lambda: open_state(state_url))
    await state.open()
    await state.claim(text)
    assert state.problem is None
    assert await state.claim("k") is Claim.MINE
    await state.close()


@pytest.mark.parametrize("url", [None, "postgresql://u:s3cret@127.0.0.1:1/d"])
async def test_doctor_says_what_is_wrong(
    url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)
    monkeypatch.setenv("STATE_PATH", str(tmp_path))
    if url is not None:
        monkeypatch.setenv("DATABASE_URL", url)
    (found,) = await _state(load_settings())
    assert not found.ok
    assert found.finding == (DAMAGED if url is None else "no connection to the database")
    assert ("STATE_PATH" if url is None else "DATABASE_URL") in str(found.fix)
    assert "s3cret" not in str(found)
