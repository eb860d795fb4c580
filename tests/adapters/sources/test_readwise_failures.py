"""Syncs that fail, and accounts that change: nothing is lost, and nothing is deleted by mistake."""

import pytest

from adapters.sources.errors import (
    OutOfReachError,
    RefusedTokenError,
    ReplacementRefusedError,
    SourceError,
    UnusableAnswerError,
)
from adapters.sources.outcome import Outcome
from tests.adapters.sources.bench import FetchedCopy
from tests.readwise_server import Account, Fault, ReadwiseServer
from tests.readwise_server.faults import FAULTS, limited


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault.kind}{fault.status if fault.kind == 'status' else ''}"
)
async def test_a_request_that_fails_is_sent_again(
    fault: Fault, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(12, 5)
    readwise.per_page = 10
    for number in range(1, 7):
        readwise.faults[2 * number - 1] = fault
    await copy.sync()
    assert not readwise.faults
    assert copy.texts == readwise.account.exported()
    if fault.kind != "closed":  # on a reused connection, aiohttp repeats a GET by itself
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
    for attempt in range(4):
        readwise.faults[sent + breaks_at + attempt] = Fault("status", 503)
    with pytest.raises(OutOfReachError):
        await copy.sync(full=run == "full")
    exported = {id_ for texts in readwise.account.exported().values() for id_ in texts}
    assert before & exported <= copy.highlights
    assert copy.store.progress() == progress
    await copy.sync(full=run == "full")
    assert copy.texts == readwise.account.exported()


async def test_the_first_run_stores_highlights_page_by_page(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(10, 10)
    readwise.per_page = 10
    stored_counts: list[int] = []
    readwise.before_answer = lambda number: stored_counts.append(len(copy.highlights))
    await copy.sync()
    assert stored_counts == [10 * n for n in range(10)]


async def test_the_client_waits_as_long_as_readwise_says(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
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


async def test_the_error_for_a_refused_token_does_not_contain_it(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    copy.token = "zebra-token"
    with pytest.raises(RefusedTokenError, match="READWISE_TOKEN: ") as caught:
        await copy.sync()
    assert "zebra" not in str(caught.value)
    assert len(readwise.requests) == 1


async def test_the_error_for_a_token_with_a_line_feed_does_not_contain_it(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
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


async def test_syncs_continue_with_a_new_token_of_the_same_account(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
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


async def test_highlights_that_their_owner_deleted_are_removed_even_if_they_are_most(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(4, 5)
    await copy.sync()
    for source in list(readwise.account.sources.values())[:3]:
        readwise.account.delete_source(source)
    await copy.sync(full=True)
    assert copy.texts == readwise.account.exported()


async def test_a_source_that_readwise_no_longer_mentions_is_removed_by_the_next_full_run(
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


async def test_a_source_that_moves_to_another_page_during_a_run_is_not_lost(
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
    alive = {id_ for texts in readwise.account.exported().values() for id_ in texts}
    assert alive <= copy.highlights
