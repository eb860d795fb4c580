"""What an account holds is what is fetched: changes, deletions, breaks, faults, other accounts."""

import asyncio
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.errors import (
    BusyError,
    CannotKeepError,
    OutOfReachError,
    RefusedTokenError,
    ReplacementRefusedError,
    SourceError,
    UnusableAnswerError,
)
from adapters.sources.outcome import Outcome
from adapters.sources.private_files import locked
from tests.adapters.sources.bench import FetchedCopy, disk_limit
from tests.readwise_server import Account, Fault, ReadwiseServer
from tests.readwise_server.faults import FAULTS, limited


@pytest.mark.parametrize("per_page", [1, 100, 1000])
async def test_everything_is_fetched_at_first(
    per_page: int, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.per_page = per_page
    readwise.account.fill(30, 7)
    assert await copy.sync() == Outcome(30, 210, added=210)
    assert copy.texts == readwise.account.exported()
    assert len(readwise.requests) == {1: 30, 100: 2, 1000: 1}[per_page]


async def test_afterwards_only_what_changed_is_asked_for(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(30, 7)
    await copy.sync()
    source = next(iter(readwise.account.sources.values()))
    first, second, third, *_ = source.highlights.values()
    copy.later(hours=1)  # beyond the overlap, which would bring everything again
    await copy.sync()
    copy.later(hours=2)
    readwise.account.change(first, "Rewritten by its reader.")
    readwise.account.delete(second)
    readwise.account.add_highlight(source, "Brand new.")
    readwise.requests.clear()
    assert await copy.sync() == Outcome(30, 210, added=1, changed=1, removed=1)
    assert copy.texts == readwise.account.exported()
    assert third.id in copy.highlights
    assert len(readwise.requests) == 1
    assert "updatedAfter" in readwise.requests[0]


async def test_the_moment_asked_for_lies_before_the_run_before_and_is_the_same_on_each_page(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(20, 2)
    await copy.sync()
    began = copy.store.progress().began
    assert began is not None
    readwise.per_page = 3
    readwise.requests.clear()
    await copy.sync()
    moments = {request["updatedAfter"] for request in readwise.requests}
    assert len(readwise.requests) > 2
    assert [datetime.fromisoformat(one).timestamp() for one in moments] == [
        pytest.approx(began - 300, abs=0.01)
    ]


async def test_a_clock_that_is_ahead_misses_nothing(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(2, 2)
    copy.clock_offset = 6 * 3600.0
    await copy.sync()
    readwise.account.add_highlight(next(iter(readwise.account.sources.values())), "Made after the first run.")
    await copy.sync()
    assert "updatedAfter" in readwise.requests[-1]
    assert copy.texts == readwise.account.exported()


async def test_a_deleted_source_goes_though_its_highlights_are_not_listed(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(5, 3)
    await copy.sync()
    gone = next(iter(readwise.account.sources.values()))
    readwise.account.delete_source(gone)
    assert await copy.sync() == Outcome(4, 12, removed=3)
    assert gone.id not in copy.texts


async def test_discards_and_supplementals_are_never_written(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    account = readwise.account
    book = account.add_source()
    account.add_highlight(book, "Thrown away.", is_discard=True)
    kept = account.add_highlight(book, "Kept.")
    added = account.add_source("Best of", category="supplementals")
    account.add_highlight(added, "Not the reader's.")
    await copy.sync()
    assert copy.texts == {book.id: {kept.id: "Kept."}}
    account.change(kept, is_discard=True)
    assert (await copy.sync()).removed == 1
    assert copy.texts == {}
    account.change(kept, is_discard=False)
    await copy.sync()
    assert copy.highlights == {kept.id}


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": [{"id": 1, "name": "private"}]},
        {"tags": [{"id": 1, "name": "Private/work"}]},
        {"note": ".private nobody's business"},
        {"note": "nobody's business #private"},
        {"note": "nobody's business (#private)"},
        {"note": "see [[private]]"},
    ],
)
async def test_a_private_highlight_is_never_written_and_leaves_when_it_becomes_private(
    fields: dict[str, Any], readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    account = readwise.account
    book = account.add_source()
    account.add_highlight(book, "Zebra from the beginning.", **fields)
    later = account.add_highlight(book, "Zebra later on.")
    account.add_highlight(book, "Public.")
    await copy.sync()
    assert [text for one in copy.texts.values() for text in one.values()] == ["Zebra later on.", "Public."]
    account.change(later, **fields)
    await copy.sync()
    assert not any(b"Zebra" in file.read_bytes() for file in copy.folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "fields", [{"book_tags": [{"id": 1, "name": "private"}]}, {"document_note": "mine alone #private"}]
)
async def test_a_source_that_becomes_private_leaves_and_comes_back_whole(
    fields: dict[str, object], readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(3, 4)
    await copy.sync()
    book = next(iter(readwise.account.sources.values()))
    readwise.account.change_source(book, **fields)
    assert (await copy.sync()).removed == 4
    assert book.id not in copy.texts
    copy.later(hours=1)
    await copy.sync()
    copy.later(hours=2)
    readwise.account.change_source(book, book_tags=[], document_note=None)
    assert (await copy.sync()).added == 4
    assert copy.texts == readwise.account.exported()


async def test_what_becomes_private_by_the_settings_leaves_even_if_the_service_is_away(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    book = readwise.account.add_source()
    readwise.account.add_highlight(book, "Zebra.", tags=[{"id": 1, "name": "diary"}])
    readwise.account.add_highlight(book, "Public.")
    await copy.sync()
    copy.private_tags = ("private", "diary")
    copy.is_private = lambda tags: bool({"private", "diary"} & set(tags))
    readwise.always = Fault("status", 503)
    with pytest.raises(OutOfReachError):
        await copy.sync()
    assert [text for one in copy.texts.values() for text in one.values()] == ["Public."]
    readwise.always = None
    copy.private_tags, copy.is_private = ("private",), lambda tags: "private" in tags
    await copy.sync()
    assert copy.texts == readwise.account.exported()


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda one: f"{one.kind}{one.status if one.kind == 'status' else ''}"
)
async def test_a_fault_at_any_request_is_passed_over(
    fault: Fault, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(12, 5)
    readwise.per_page = 10
    for number in range(1, 7):
        readwise.faults[2 * number - 1] = fault
    await copy.sync()
    assert not readwise.faults
    assert copy.texts == readwise.account.exported()
    if fault.kind != "closed":  # on a connection used again, aiohttp repeats a GET by itself
        assert len(copy.waits) == 6


@pytest.mark.parametrize("breaks_at", range(1, 7))
@pytest.mark.parametrize("run", ["first", "changes", "full"])
async def test_a_run_that_breaks_off_at_any_request_loses_nothing(
    run: str, breaks_at: int, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.per_page = 10
    readwise.account.fill(12, 5)
    before: set[int] = set()
    if run != "first":
        await copy.sync()
        before = copy.highlights
        book = next(iter(readwise.account.sources.values()))
        readwise.account.add_highlight(book, "Added between the runs.")
        readwise.account.delete(next(iter(book.highlights.values())))
    progress = copy.store.progress()
    sent = len(readwise.requests)
    for again in range(4):
        readwise.faults[sent + breaks_at + again] = Fault("status", 503)
    with pytest.raises(OutOfReachError):
        await copy.sync(full=run == "full")
    exported = {id_ for one in readwise.account.exported().values() for id_ in one}
    assert before & exported <= copy.highlights
    assert copy.store.progress() == progress
    await copy.sync(full=run == "full")
    assert copy.texts == readwise.account.exported()


async def test_in_the_first_run_what_has_arrived_is_there_before_the_end(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(10, 10)
    readwise.per_page = 10
    there: list[int] = []
    readwise.before_answer = lambda number: there.append(len(copy.highlights))
    await copy.sync()
    assert there == [10 * n for n in range(10)]


async def test_the_service_is_waited_for_as_long_as_it_says(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(1, 1)
    readwise.faults = {number: limited(40) for number in range(1, 9)}
    await copy.sync()
    assert len(copy.waits) == 8
    assert all(40 <= wait <= 45 for wait in copy.waits)


async def test_a_wait_of_an_hour_is_left_to_the_next_run(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.always = limited(3600)
    with pytest.raises(OutOfReachError, match="3600 seconds"):
        await copy.sync()
    assert copy.waits == []


async def test_a_refused_token_is_told_in_one_sentence_that_does_not_hold_it(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    copy.token = "zebra-token"
    with pytest.raises(RefusedTokenError, match="READWISE_TOKEN: ") as caught:
        await copy.sync()
    assert "zebra" not in str(caught.value)
    assert len(readwise.requests) == 1


async def test_a_token_with_a_line_feed_is_no_defect(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    copy.token = "zebra\r\nHost: elsewhere"
    with pytest.raises(SourceError) as caught:
        await copy.sync()
    assert "zebra" not in str(caught.value)


async def test_a_cursor_that_comes_twice_ends_the_run(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(2, 1)
    readwise.always = Fault("text", body=b'{"count": 0, "nextPageCursor": "1001", "results": []}')
    with pytest.raises(UnusableAnswerError, match="cursor"):
        await copy.sync()
    assert len(readwise.requests) == 2


@pytest.mark.parametrize("full", [False, True])
async def test_another_accounts_token_deletes_nothing(
    full: bool, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    before = copy.texts
    other = readwise.accounts["another-token"] = Account(first_id=500_000)
    other.fill(3, 3)
    copy.token = "another-token"
    with pytest.raises(ReplacementRefusedError, match="--full --force"):
        await copy.sync(full)
    assert copy.texts == before
    await copy.sync(full=True, force=True)
    assert copy.texts == other.exported()


async def test_a_new_token_of_the_same_account_goes_on(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    readwise.accounts["renewed"] = readwise.account
    copy.token = "renewed"
    assert await copy.sync() == Outcome(4, 20)


async def test_an_account_that_answers_with_nothing_deletes_nothing(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    readwise.always = Fault("text", body=b'{"count": 0, "nextPageCursor": null, "results": []}')
    with pytest.raises(ReplacementRefusedError):
        await copy.sync(full=True)
    assert len(copy.texts) == 4


async def test_most_of_an_account_deleted_by_its_owner_goes(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    for source in list(readwise.account.sources.values())[:3]:
        readwise.account.delete_source(source)
    await copy.sync(full=True)
    assert copy.texts == readwise.account.exported()


async def test_a_source_gone_without_a_trace_leaves_with_the_next_full_run(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    readwise.account.purge(next(iter(readwise.account.sources.values())))
    await copy.sync()
    assert len(copy.texts) == 4
    copy.later(hours=25)
    await copy.sync()
    assert copy.texts == readwise.account.exported()


async def test_a_source_that_slips_between_pages_is_not_lost(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(10, 10)
    await copy.sync()
    readwise.paging, readwise.per_page = "offset", 10
    first = next(iter(readwise.account.sources.values()))
    sent = len(readwise.requests)

    def purge_after_the_first_page(number: int) -> None:
        if number == sent + 2:
            readwise.account.purge(first)

    readwise.before_answer = purge_after_the_first_page
    await copy.sync(full=True)
    alive = {id_ for one in readwise.account.exported().values() for id_ in one}
    assert alive <= copy.highlights


async def test_what_cannot_be_read_stays_as_it_was(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
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


async def test_files_are_the_owners_alone_and_no_unfinished_one_stays(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(3, 3)
    copy.store.folder.mkdir(parents=True)
    (copy.store.folder / ".left-behind.new").write_text("half")
    await copy.sync()
    found = list(copy.folder.rglob("*"))
    assert {stat.S_IMODE(one.stat().st_mode) for one in found if one.is_file()} == {0o600}
    assert {stat.S_IMODE(one.stat().st_mode) for one in [copy.folder, *found] if one.is_dir()} == {0o700}
    assert not [one for one in found if one.name.endswith(".new")]


async def test_the_token_is_in_no_file(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(3, 3)
    await copy.sync()
    assert not any(copy.token.encode() in one.read_bytes() for one in copy.folder.rglob("*") if one.is_file())


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
    await asyncio.gather(*(one.sync() for one in replicas))
    assert all(one.texts == readwise.account.exported() for one in replicas)
    assert any(one.waits for one in replicas)


async def test_highlights_gone_without_a_trace_from_a_source_that_is_there_are_not_dropped_in_a_mass(
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
async def test_a_full_disk_is_told_and_loses_nothing(
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
    with disk_limit(50_000), pytest.raises(CannotKeepError, match="STATE_PATH: "):
        await copy.sync(full=run == "full")
    assert before.items() <= copy.texts.items()
    assert not list(copy.folder.rglob("*.new"))
    await copy.sync(full=run == "full")
    assert copy.texts == readwise.account.exported()


@pytest.mark.parametrize("hours", [-48, -1, 48])
async def test_a_clock_that_jumps_misses_nothing(
    hours: float, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(3, 3)
    await copy.sync()
    copy.clock_offset = hours * 3600  # here alone
    book = next(iter(readwise.account.sources.values()))
    readwise.account.add_highlight(book, "Made after the jump.")
    await copy.sync()
    assert copy.texts == readwise.account.exported()
    readwise.account.delete(next(iter(book.highlights.values())))
    copy.clock_offset = 0.0
    await copy.sync()
    assert copy.texts == readwise.account.exported()
