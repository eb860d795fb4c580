"""A digest that shows the highlights of Readwise's Daily Review."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Digest
from bot.digest.daily_review import ReviewedHighlight, ReviewError, in_library
from bot.search.index import Index
from tests.bot.digest.conftest import BotProcess
from tests.libraries import highlight, library_of

OPEN = "https://readwise.io/open/"
INDEX = Index.build(
    library_of(
        [
            highlight("tide", "Water keeps its own calendar.", "The Tide Clock"),
            highlight("rope", "A rope is a promise.", "Ropes", link=f"{OPEN}7"),
            highlight("twin-a", "The same words twice.", "One"),
            highlight("twin-b", "The same words twice.", "Two"),
            highlight("page-a", "First of a page without its own links.", "Page", link="https://example.org/page"),
            highlight("page-b", "Second of a page without its own links.", "Page", link="https://example.org/page"),
        ]
    )
)  # fmt: skip


@dataclass
class Review:
    """Implements `DailyReview`."""

    found: Sequence[ReviewedHighlight] | str
    asked: int = 0

    async def today(self) -> Sequence[ReviewedHighlight]:
        self.asked += 1
        if isinstance(self.found, str):
            raise ReviewError(self.found)
        return self.found


@pytest.mark.parametrize(
    ("reviewed", "ids"),
    [
        (ReviewedHighlight("Water **keeps** its own calendar", "Anything"), ("tide",)),
        (ReviewedHighlight("A rope is a promise, edited since.", "Ropes", (f"{OPEN}7",)), ("rope",)),
        (ReviewedHighlight("The same words twice.", "Two"), ("twin-b",)),
        (ReviewedHighlight("Not there.", "Page", ("https://example.org/page",)), ()),
        (ReviewedHighlight("Kept private, so in no library.", "The Tide Clock"), ()),
        (ReviewedHighlight(""), ()),
    ],
)
def test_a_highlight_is_found_by_its_words_or_its_own_link(
    reviewed: ReviewedHighlight, ids: tuple[str, ...]
) -> None:
    assert in_library([reviewed], INDEX) == ids


@pytest.fixture
def reviewing(process: BotProcess) -> BotProcess:
    process.digest_requests.chooser.bot = Bot(INDEX)
    process.digest_requests.poster.review = Review(
        [
            ReviewedHighlight("A rope is a promise.", "Ropes"),
            ReviewedHighlight("A secret."),
            ReviewedHighlight("Water keeps its own calendar.", "The Tide Clock"),
        ]
    )
    return process


async def test_the_digest_shows_the_review_highlights_that_the_library_has(reviewing: BotProcess) -> None:
    reply = await reviewing.command("set Review: daily at 9 the same as my daily review")
    assert reply.startswith(
        "Set: every day at 09:00 (UTC), 10 highlights as in Readwise’s Daily Review. The first"
    )
    await reviewing.publish_due("2026-11-25T09:00")
    assert reviewing.platform.shown() == ["rope", "tide"]
    digest = reviewing.platform.posts[0][2]
    assert isinstance(digest, Digest)
    assert digest.about == "as in Readwise’s Daily Review"
    await reviewing.publish_due("2026-11-26T09:00")
    assert reviewing.platform.shown() == ["rope", "tide"] * 2, "a review may repeat highlights"
    assert "round" not in await reviewing.command("status Review")


async def test_highlights_put_aside_or_excluded_are_left_out_of_a_review_digest(
    reviewing: BotProcess,
) -> None:
    await reviewing.command("daily at 9 daily review never: Ropes")
    await reviewing.publish_due("2026-11-25T09:00")
    assert reviewing.platform.shown() == ["tide"]
    await reviewing.press("never", "tide")
    await reviewing.publish_due("2026-11-26T09:00")
    assert "tide" not in reviewing.platform.shown()[1:]
    assert "rope" not in reviewing.platform.shown()


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("Readwise cannot be reached: HTTP 503", "review"),
        ([], "highlights"),
        ([ReviewedHighlight("Only there.")], "highlights"),
    ],
)
async def test_without_the_review_the_digest_has_ordinary_picks_and_says_so(
    reviewing: BotProcess, found: Sequence[ReviewedHighlight] | str, reason: str
) -> None:
    reviewing.digest_requests.poster.review = Review(found)
    await reviewing.command("daily at 9 daily review")
    await reviewing.publish_due("2026-11-25T09:00")
    assert len(reviewing.platform.shown()) == 3
    digest = reviewing.platform.posts[0][2]
    assert isinstance(digest, Digest)
    assert digest.about == wording.REVIEW_FALLBACK[reason]


async def test_a_review_digest_needs_a_token(reviewing: BotProcess) -> None:
    reviewing.digest_requests.poster.review = None
    assert await reviewing.command("daily at 9 daily review") == wording.NO_REVIEW
    assert await reviewing.state.digests.channel_digests() == []
