"""The Daily Review, fetched from a Readwise API on loopback."""

import pytest
from pydantic import SecretStr

from adapters.sources.readwise_review import MAX_AGE_S, ReadwiseReview
from bot.digest.daily_review import ReviewedHighlight, ReviewError
from tests.platforms import Clock
from tests.readwise_server import Fault, ReadwiseServer


async def test_the_review_is_fetched_once_for_all_channels() -> None:
    async with ReadwiseServer() as readwise:
        account, clock = readwise.account, Clock(0)
        book = account.add_source("The Tide Clock", author="Mara Quill")
        account.review = [
            account.add_highlight(book, "Water keeps its own calendar.", url="https://example.org/#tide")
        ]
        review = ReadwiseReview(SecretStr(readwise.settings["READWISE_TOKEN"]), readwise.url, clock)
        readwise_link = f"https://readwise.io/open/{account.review[0].id}"
        links = (readwise_link, "https://example.org/#tide", "https://example.org/#tide")
        expected = [ReviewedHighlight("Water keeps its own calendar.", "The Tide Clock", links)]
        assert [await review.today(), await review.today()] == [expected, expected]
        assert readwise.review_requests == 1
        clock.now += MAX_AGE_S + 1
        account.review = []
        assert await review.today() == []


@pytest.mark.parametrize("fault", [Fault("status", 401), Fault("status", 404)])
async def test_an_answer_without_a_review_is_an_error(fault: Fault) -> None:
    async with ReadwiseServer() as readwise:
        readwise.always = fault
        review = ReadwiseReview(SecretStr("token"), readwise.url)
        for _ in range(2):
            with pytest.raises(ReviewError):
                await review.today()
        assert readwise.review_requests == 1
