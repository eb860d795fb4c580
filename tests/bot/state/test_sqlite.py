"""The state file is damaged, newer, locked, or gets a text that it cannot store. It is not harmed, and the bot recovers."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adapters.terminal.doctor import _state
from bot.settings import load_settings
from bot.state.claims import NEWER, Claim, RejectedError
from bot.state.database import sqlite
from bot.state.database.claims import DatabaseClaims
from bot.state.database.engine import FILE, address
from bot.state.database.sqlite import DAMAGED, OVERWRITTEN
from bot.state.fallback import StateWithFallback
from bot.state.opening import StateTimeouts, open_state, opener

SHORT_RETRIES = StateTimeouts(retry_s=0.05, max_retry_s=0.1)


async def _make_state_file(folder: Path) -> Path:
    """Makes a state file with a few hundred claims."""
    claims = await DatabaseClaims.open(address(None, folder))
    for number in range(300):
        await claims.claim(f"slack:C1:{number}" + "x" * 100)
    await claims.close()
    return folder / FILE


def _read_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def _reason_of_refusal(folder: Path) -> str:
    """Opens the state three times, checks that the folder stays unchanged, and returns the reason of the refusal."""
    before = _read_files(folder)
    state = StateWithFallback(opener(None, folder), SHORT_RETRIES)
    await state.open()
    for _ in range(2):
        await state._open()
    assert await state.claim("k") is Claim.MINE
    await state.close()
    assert _read_files(folder) == before
    assert state.problem is not None
    return state.problem


@pytest.mark.slow
async def test_a_file_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    file = await _make_state_file(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    assert await _reason_of_refusal(tmp_path) == DAMAGED


@pytest.mark.slow
async def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    file = await _make_state_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-5000])
    assert await _reason_of_refusal(tmp_path) == DAMAGED


async def test_a_newer_file_in_another_journal_mode_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.executescript("CREATE TABLE alembic_version (version_num VARCHAR(32)); "
                               "INSERT INTO alembic_version VALUES ('9999')")  # fmt: skip
    assert await _reason_of_refusal(tmp_path) == NEWER


async def test_an_empty_file_is_used_as_a_new_one(tmp_path: Path) -> None:
    """A crash during the first start leaves such a file. It holds nothing that could be lost."""
    (tmp_path / FILE).touch()
    claims = await DatabaseClaims.open(address(None, tmp_path))
    assert await claims.claim("k") is Claim.MINE
    await claims.close()


@pytest.mark.slow
async def test_damage_that_happens_while_the_bot_runs_is_noticed(tmp_path: Path) -> None:
    """The pages of a table are overwritten while the bot runs. It logs that, then refuses the file and does not write to it."""
    file = await _make_state_file(tmp_path)
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
async def test_claims_continue_in_memory_while_another_process_locks_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the lock is gone, the database works again and has the answers given in the meantime."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)
    await _make_state_file(tmp_path)
    state = StateWithFallback(opener(None, tmp_path), SHORT_RETRIES)
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
    reopened = await DatabaseClaims.open(address(None, tmp_path))
    assert await reopened.claim("k") is Claim.DONE
    await reopened.close()


@pytest.mark.parametrize("text", ["nul\0", "half \ud83d of a pair", "x" * 300])
async def test_a_text_that_cannot_be_stored_breaks_nothing(text: str, state_url: str) -> None:
    """The state keeps working on both databases, whether or not the text is refused."""
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
    (finding,) = await _state(load_settings())
    assert not finding.ok
    assert finding.finding == (DAMAGED if url is None else "no connection to the database")
    assert ("STATE_PATH" if url is None else "DATABASE_URL") in str(finding.fix)
    assert "s3cret" not in str(finding)
