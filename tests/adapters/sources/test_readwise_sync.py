"""After a sync, the stored copy equals the account."""

from datetime import datetime
from typing import Any

import pytest

from adapters.sources.errors import OutOfReachError
from adapters.sources.outcome import Outcome
from tests.adapters.sources.bench import FetchedCopy
from tests.readwise_server import Fault, ReadwiseServer


@pytest.mark.parametrize("per_page", [1, 100, 1000])
async def test_everything_is_fetched_at_first(
    per_page: int, readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.per_page = per_page
    readwise.account.fill(30, 7)
    assert await copy.sync() == Outcome(30, 210, added=210)
    assert copy.texts == readwise.account.exported()
    assert len(readwise.requests) == {1: 30, 100: 2, 1000: 1}[per_page]


async def test_later_runs_ask_only_for_changes(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
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


async def test_a_run_asks_for_changes_since_five_minutes_before_the_previous_run(
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
    assert [datetime.fromisoformat(moment).timestamp() for moment in moments] == [
        pytest.approx(began - 300, abs=0.01)
    ]


async def test_nothing_is_missed_when_our_clock_is_ahead(readwise: ReadwiseServer, copy: FetchedCopy) -> None:
    readwise.account.fill(2, 2)
    copy.clock_offset = 6 * 3600.0
    await copy.sync()
    readwise.account.add_highlight(next(iter(readwise.account.sources.values())), "Made after the first run.")
    await copy.sync()
    assert "updatedAfter" in readwise.requests[-1]
    assert copy.texts == readwise.account.exported()


async def test_a_deleted_source_is_removed_with_its_highlights(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    readwise.account.fill(5, 3)
    await copy.sync()
    deleted_source = next(iter(readwise.account.sources.values()))
    readwise.account.delete_source(deleted_source)
    assert await copy.sync() == Outcome(4, 12, removed=3)
    assert deleted_source.id not in copy.texts


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
async def test_a_private_highlight_is_never_written_and_is_removed_when_it_becomes_private(
    fields: dict[str, Any], readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    account = readwise.account
    book = account.add_source()
    account.add_highlight(book, "Zebra from the beginning.", **fields)
    later = account.add_highlight(book, "Zebra later on.")
    account.add_highlight(book, "Public.")
    await copy.sync()
    assert [text for texts in copy.texts.values() for text in texts.values()] == [
        "Zebra later on.",
        "Public.",
    ]
    account.change(later, **fields)
    await copy.sync()
    assert not any(b"Zebra" in file.read_bytes() for file in copy.folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "fields", [{"book_tags": [{"id": 1, "name": "private"}]}, {"document_note": "mine alone #private"}]
)
async def test_a_source_that_becomes_private_is_removed_and_later_comes_back_whole(
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


async def test_highlights_that_the_settings_make_private_are_removed_even_if_readwise_is_down(
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
    assert [text for texts in copy.texts.values() for text in texts.values()] == ["Public."]
    readwise.always = None
    copy.private_tags, copy.is_private = ("private",), lambda tags: "private" in tags
    await copy.sync()
    assert copy.texts == readwise.account.exported()
