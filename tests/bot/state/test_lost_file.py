"""The state file is lost or overwritten while the bot runs, or opens late. Nothing that was confirmed is lost."""

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.plan import Plan
from bot.state import fallback
from bot.state.claims import Claim, StateError
from bot.state.database.claims import DatabaseClaims
from bot.state.database.engine import FILE, Database, address
from bot.state.digest_store import ChannelDigest
from bot.state.fallback import StateWithFallback
from bot.state.opening import State, StateTimeouts, open_state, opener

SHORT_RETRIES = StateTimeouts(retry_s=0.005, max_retry_s=0.01)


def digest(place: str, hour: int) -> ChannelDigest:
    return ChannelDigest(place, place, Plan("daily", time(hour), "UTC"), 0.0, date(2026, 11, 1))


async def until_it_works(state: StateWithFallback) -> None:
    async with asyncio.timeout(30):
        while state.problem is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def answer(state: StateWithFallback, key: str) -> None:
    assert await state.claim(key) is Claim.MINE
    assert await state.renew(key)
    await state.complete(key, "m")


async def read_back(
    folder: Path,
) -> tuple[dict[str, ChannelDigest], dict[tuple[str, str], str], DatabaseClaims]:
    opened = await open_state(address(None, folder))
    assert isinstance(opened.claims, DatabaseClaims)
    digests = {digest.place: digest for digest in await opened.digests.channel_digests()}
    return digests, dict(await opened.digests.marks()), opened.claims


def delete(file: Path, backup: Path) -> None:
    del backup
    file.unlink()


def empty(file: Path, backup: Path) -> None:
    del backup
    file.write_bytes(b"")


def replace(file: Path, backup: Path) -> None:
    """Replaces the file by another one, as `mv` does."""
    copy = backup.with_name("copy")
    shutil.copyfile(backup, copy)
    copy.replace(file)


LOSSES = (delete, empty, replace)


@pytest.mark.parametrize("lose", LOSSES)
async def test_confirmed_settings_are_stored_again_after_a_loss_and_the_loss_is_logged(
    lose: Callable[[Path, Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, backup = tmp_path / "state", tmp_path / "backup"
    state = StateWithFallback(opener(None, folder), SHORT_RETRIES)
    await state.open()
    await (await open_state(address(None, tmp_path))).claims.close()
    shutil.copyfile(tmp_path / FILE, backup)
    await state.digests.set_digest(digest("slack:C1", 9))
    await state.digests.mark("slack:C1", "h1", "never")
    await answer(state, "k1")
    lose(folder / FILE, backup)
    with pytest.raises(StateError):
        await state.digests.set_digest(digest("slack:C2", 9))
    assert state.problem is not None
    assert "its file was" in caplog.text
    await answer(state, "k2")
    await until_it_works(state)
    assert "missing from the database" in caplog.text
    await state.close()
    digests, marks, claims = await read_back(folder)
    assert digests == {"slack:C1": digest("slack:C1", 9)}
    assert marks == {("slack:C1", "h1"): "never"}
    assert [await claims.claim(key) for key in ("k1", "k2")] == [Claim.DONE] * 2
    await claims.close()


async def test_a_setting_is_not_confirmed_if_the_file_disappears_meanwhile(tmp_path: Path) -> None:
    database = await Database.open(address(None, tmp_path))
    with pytest.raises(StateError, match="deleted"):
        async with database.begin():
            (tmp_path / FILE).unlink()
    await database.close()


async def test_a_file_overwritten_in_place_is_noticed(tmp_path: Path) -> None:
    state = StateWithFallback(opener(None, tmp_path), StateTimeouts(retry_s=3600, max_retry_s=3600))
    await state.open()
    (tmp_path / FILE).write_bytes(b"a copy of something else" * 1000)
    with pytest.raises(StateError):
        await state.digests.set_digest(digest("slack:C1", 9))
    await state.close()


async def test_a_lost_file_is_noticed_without_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fallback, "FILE_CHECK_INTERVAL_S", 0.01)
    state = StateWithFallback(opener(None, tmp_path), SHORT_RETRIES)
    await state.open()
    await state.digests.set_digest(digest("slack:C1", 9))
    (tmp_path / FILE).unlink()
    async with asyncio.timeout(30):
        while not (tmp_path / FILE).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await until_it_works(state)
    await state.close()


async def test_answers_before_the_database_opens_are_stored_later(state_url: str) -> None:
    """The database is slow or does not exist yet when the bot starts."""
    may_open = asyncio.Event()

    async def opening() -> State:
        await may_open.wait()
        return await open_state(state_url)

    state = StateWithFallback(opening, StateTimeouts(statement_s=0.05))
    await state.open()
    await answer(state, "answered")
    assert await state.claim("being answered") is Claim.MINE
    may_open.set()
    await until_it_works(state)
    other = await open_state(state_url)
    assert await other.claims.claim("answered") is Claim.DONE
    assert await other.claims.claim("being answered") is Claim.HELD
    await other.claims.close()
    await state.close()


@pytest.mark.long
async def test_an_answer_that_the_database_missed_is_stored_soon_after(state_url: str) -> None:
    """A single transaction times out. The bot keeps using the database, and no replica answers again."""
    state = StateWithFallback(lambda: open_state(state_url), StateTimeouts(statement_s=2.0, retry_s=0.005))
    await state.open()
    await until_it_works(state)
    real_complete = DatabaseClaims.complete
    calls = 0

    async def complete(self: DatabaseClaims, key: str, message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.Event().wait()
        await real_complete(self, key, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseClaims, "complete", complete)
        await answer(state, "k")
    assert state.problem is None
    other = await open_state(state_url)
    async with asyncio.timeout(30):
        while await other.claims.claim("k") is not Claim.DONE:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await other.claims.close()
    await state.close()


async def test_a_question_that_another_replica_answered_is_not_answered(state_url: str) -> None:
    other = await open_state(state_url)
    await other.claims.claim("k")
    await other.claims.complete("k", "m")
    state = StateWithFallback(lambda: open_state(state_url))
    await state.open()
    await until_it_works(state)
    assert not await state.renew("k")
    await other.claims.close()
    await state.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other file permissions")
async def test_only_the_owner_can_read_the_state_files(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    before = os.umask(0)
    try:
        state = StateWithFallback(opener(None, folder), SHORT_RETRIES)
        await state.open()
        await answer(state, "k")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        await state.close()
        (folder / FILE).chmod(0o644)  # the mode that an earlier version gave it
        await (await open_state(address(None, folder))).claims.close()
    finally:
        os.umask(before)
    assert len(modes) == 3, modes
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["answer", "fail", "delete", "empty", "replace", "wait"]), st.just(0)),
        st.tuples(st.sampled_from(["set", "remove", "mark"]), st.integers(0, 2)),
    ),
    max_size=14,
)


@pytest.mark.long
@pytest.mark.slow
@given(STEPS)
def test_nothing_confirmed_is_lost_in_any_order_of_failures(steps: list[tuple[str, int]]) -> None:
    """Whatever the order of steps, nothing that was confirmed is missing in the end."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_run_steps(Path(name), steps))


async def _run_steps(folder: Path, steps: list[tuple[str, int]]) -> None:
    failing = 0

    async def opening() -> State:
        nonlocal failing
        if failing:
            failing -= 1
            raise StateError("not now")
        return await open_state(address(None, folder))

    await (await open_state(address(None, folder))).claims.close()
    backup = folder / "backup"
    shutil.copyfile(folder / FILE, backup)
    state = StateWithFallback(opening, SHORT_RETRIES)
    await state.open()
    answered: list[str] = []
    digests: dict[str, ChannelDigest] = {}
    marks: dict[tuple[str, str], str] = {}
    for number, (step, number_of_place) in enumerate(steps):
        place = f"slack:C{number_of_place}"
        if step == "answer":
            answered.append(f"k{number}")
            await answer(state, answered[-1])
        elif step == "fail":
            failing = 1
            if state._database is not None:
                await state._fail(StateError("gone"), state._database)
        elif step == "wait":
            await until_it_works(state)
        elif step in ("delete", "empty", "replace"):
            if (folder / FILE).exists():
                {"delete": delete, "empty": empty, "replace": replace}[step](folder / FILE, backup)
        else:
            with suppress(StateError):  # a setting that fails is not confirmed
                if step == "set":
                    await state.digests.set_digest(digest(place, number))
                    digests[place] = digest(place, number)
                elif step == "remove":
                    await state.digests.remove_digest(place)
                    digests.pop(place, None)
                else:
                    await state.digests.mark(place, f"h{number}", "never")
                    marks[place, f"h{number}"] = "never"
    await state.claim("the last one")  # notices a lost or changed file
    await until_it_works(state)
    await state.close()
    stored_digests, stored_marks, claims = await read_back(folder)
    assert stored_digests == digests
    assert stored_marks == marks
    assert [await claims.claim(key) for key in answered] == [Claim.DONE] * len(answered)
    await claims.close()
