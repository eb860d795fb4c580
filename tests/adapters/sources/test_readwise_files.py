"""The stored copy of an account: damaged files, a full disk, two processes, a clock that jumps."""

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.sources.errors import (
    BusyError,
    CannotWriteError,
    RefusedTokenError,
    ReplacementRefusedError,
)
from adapters.sources.private_files import locked
from tests.adapters.sources.bench import FetchedCopy, disk_limit
from tests.readwise_server import Fault, ReadwiseServer


async def test_the_stored_copy_of_an_unreadable_item_stays(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    account = readwise.account
    account.fill(2, 3)
    await copy.sync()
    before = copy.texts
    book, other = account.sources.values()
    account.change(next(iter(book.highlights.values())), location={"not": "a number"})
    account.change_source(other, title=["not", "a title"])
    await copy.sync()
    await copy.sync(full=True)
    assert copy.texts == before


async def test_a_damaged_or_lost_file_is_fetched_again(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(4, 3)
    await copy.sync()
    first, second, *_ = sorted(copy.store.folder.glob("*.json"))
    first.write_bytes(first.read_bytes()[:50])
    readwise.account.change_source(readwise.account.sources[int(first.stem)], title="Changed")
    await copy.sync()
    assert copy.texts == readwise.account.exported()
    second.unlink()
    await copy.sync()
    assert copy.texts == readwise.account.exported()


async def test_only_the_owner_can_read_the_files_and_unfinished_ones_are_removed(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(3, 3)
    copy.store.folder.mkdir(parents=True)
    (copy.store.folder / ".left-behind.new").write_text("half")
    await copy.sync()
    found = list(copy.folder.rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [copy.folder, *found] if path.is_dir()} == {0o700}
    assert not [path for path in found if path.name.endswith(".new")]


async def test_the_token_is_in_no_file(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(3, 3)
    await copy.sync()
    assert not any(
        copy.token.encode() in path.read_bytes() for path in copy.folder.rglob("*") if path.is_file()
    )


async def test_two_processes_do_not_fetch_into_one_folder(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    with locked(copy.store.lock_file), pytest.raises(BusyError):
        await copy.sync()
    await copy.sync()


async def test_a_file_that_stays_the_same_is_not_written_again(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 3)
    await copy.sync()
    before = {file: file.stat().st_ino for file in copy.store.folder.iterdir()}
    await copy.sync()
    await copy.sync(full=True)
    assert {file: file.stat().st_ino for file in copy.store.folder.iterdir()} == before


async def test_replicas_share_the_limit_of_a_token(readwise: ReadwiseServer, tmp_path: Path) -> None:
    readwise.account.fill(12, 2)
    readwise.per_page, readwise.limit = 4, 5
    replicas = [FetchedCopy(tmp_path / str(number), readwise) for number in range(3)]
    await asyncio.gather(*(replica.sync() for replica in replicas))
    assert all(replica.texts == readwise.account.exported() for replica in replicas)
    assert any(replica.waits for replica in replicas)


async def test_a_full_run_refuses_to_drop_most_highlights_of_a_source(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(1, 5)
    await copy.sync()
    (book,) = readwise.account.sources.values()
    for id_ in list(book.highlights)[:4]:
        del book.highlights[id_]
    with pytest.raises(ReplacementRefusedError, match=r"4 of 5"):
        await copy.sync(full=True)
    assert len(copy.highlights) == 5
    await copy.sync(full=True, force=True)
    assert copy.texts == readwise.account.exported()


@pytest.mark.parametrize("run", ["first", "changes", "full"])
async def test_a_token_revoked_in_the_middle_of_a_run_loses_nothing(
    run: str, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.per_page = 10
    readwise.account.fill(6, 5)
    if run != "first":
        await copy.sync()
    before, sent = copy.texts, len(readwise.requests)
    readwise.faults[sent + 2] = Fault("status", 401)
    with pytest.raises(RefusedTokenError):
        await copy.sync(full=run == "full")
    assert len(readwise.requests) == sent + 2, "a refused token is not tried again"
    assert before.items() <= copy.texts.items()
    await copy.sync(full=run == "full")
    assert copy.texts == readwise.account.exported()


@pytest.mark.parametrize("run", ["first", "changes", "full"])
async def test_a_full_disk_is_reported_and_nothing_is_lost(
    run: str, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.per_page = 10
    readwise.account.fill(3, 5)
    if run != "first":
        await copy.sync()
    before = copy.texts
    large = readwise.account.add_source("Large")
    for number in range(200):
        readwise.account.add_highlight(large, f"Sentence {number} " + "of many words " * 100)
    with disk_limit(50_000), pytest.raises(CannotWriteError, match="STATE_PATH: "):
        await copy.sync(full=run == "full")
    assert before.items() <= copy.texts.items()
    assert not list(copy.folder.rglob("*.new"))
    await copy.sync(full=run == "full")
    assert copy.texts == readwise.account.exported()


@pytest.mark.parametrize("hours", [-48, -1, 48])
async def test_nothing_is_missed_when_our_clock_jumps(
    hours: float, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(3, 3)
    await copy.sync()
    copy.clock_offset = hours * 3600  # only our clock, not the service's
    book = next(iter(readwise.account.sources.values()))
    readwise.account.add_highlight(book, "Made after the jump.")
    await copy.sync()
    assert copy.texts == readwise.account.exported()
    readwise.account.delete(next(iter(book.highlights.values())))
    copy.clock_offset = 0.0
    await copy.sync()
    assert copy.texts == readwise.account.exported()
