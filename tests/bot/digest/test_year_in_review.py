"""The year in review is posted in December, in channels that have set it."""

import pytest

from bot.chat.conversation import Bot
from bot.chat.replies import Digest
from bot.search.index import Index
from tests.bot.digest.conftest import BotProcess
from tests.libraries import highlight, library_of

BOT = Bot(
    Index.build(
        library_of(
            [
                highlight(
                    "spring", "Water keeps its own calendar.", "Tides", "Mara Quill", added="2026-03-02"
                ),
                highlight("summer", "A rope is a promise.", "Ropes", "Ann Author", added="2026-07-09"),
                highlight("before", "The old year keeps its words.", "Old", "Ann Author", added="2025-07-09"),
                highlight("undated", "Nobody knows when this was read.", "Old", "Ann Author"),
            ]
        )
    )
)


async def test_the_year_in_review_is_posted_in_december_beside_other_digests(process: BotProcess) -> None:
    process.digest_requests.chooser.bot = BOT
    assert (await process.command("daily at 9")).startswith("Set: every day")
    reply = await process.command("year in review at 10")
    assert reply.startswith("Set: every year on 20 December at 10:00 (UTC), 3 highlights.")
    assert "The first one is on Sunday, 20 December 2026" in reply
    assert "main: every day" in await process.command("list")
    for hour in ("09:59", "10:00", "15:00"):
        await process.publish_due(f"2026-12-20T{hour}")
    assert process.platform.keys() == ["test:C1:2026-12-20", "test:C1#year:2026-12-20"]
    digest = process.platform.posts[1][2]
    assert isinstance(digest, Digest)
    assert {quote.highlight.id for quote in digest.quotes} == {"spring", "summer"}
    (heading, summary), (_, months), *_ = digest.above
    assert heading == "2026 in review"
    assert summary.startswith("2 highlights · 2 sources.")
    assert [row.split()[0] for row in months.split("\n")] == [f"2026-{month:02}" for month in range(3, 8)]


async def test_the_year_in_review_is_off_unless_set(process: BotProcess) -> None:
    await process.command("weekly on monday at 9")
    for day in range(18, 29):
        await process.publish_due(f"2026-12-{day}T10:00")
    assert process.platform.keys() == ["test:C1:2026-12-21", "test:C1:2026-12-28"]


@pytest.mark.parametrize("year", [2027, 2030])
async def test_a_year_without_highlights_has_no_review(process: BotProcess, year: int) -> None:
    process.digest_requests.chooser.bot = BOT
    await process.command("yearly")
    await process.publish_due(f"{year}-12-20T09:00")
    await process.publish_due(f"{year}-12-20T09:30")
    assert process.platform.posts == []
