"""Readwise's Daily Review as a digest: which highlights of the library it names today.

Shows only highlights in the library, with the library's text. Private or excluded ones never appear.
`adapters.sources.readwise_review` fetches the review.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.answering.lookup import link_key
from bot.search.index import Index
from corpus.errors import AnalectsError
from corpus.model import Highlight
from corpus.normalize import key

FALLBACK_HIGHLIGHTS = 3
"""Maximum number of highlights in a digest if the review is not available."""
REVIEW_TIMEOUT_S = 20.0
"""How long a digest waits for the review; a third of the lease of a post."""


class ReviewError(AnalectsError):
    """The review is not available now."""


@dataclass(frozen=True, slots=True)
class ReviewedHighlight:
    """A highlight of a review, as the service names it."""

    text: str
    title: str = ""
    links: tuple[str, ...] = ()
    """Addresses that open this very highlight."""


class DailyReview(Protocol):
    """A review that changes once a day."""

    async def today(self) -> Sequence[ReviewedHighlight]:
        """The highlights of the current review, in its order. Raises ReviewError."""


def in_library(reviewed: Sequence[ReviewedHighlight], index: Index) -> tuple[str, ...]:
    """Ids of the highlights of a review that are in the library, in the order of the review.

    One is found by its words, of several with the same words the one from the same title; else by a link that no other has.
    """
    texts = {key(one.text) for one in reviewed}
    links = {link_key(link) for one in reviewed for link in one.links} - {""}
    by_text: dict[str, list[Highlight]] = {}
    by_link: dict[str, list[Highlight]] = {}
    for highlight in index.library.highlights:
        if not highlight.plain.strip():
            continue
        if (text := key(highlight.plain)) in texts:
            by_text.setdefault(text, []).append(highlight)
        if (link := link_key(highlight.link)) in links:
            by_link.setdefault(link, []).append(highlight)
    found = (_found(one, by_text, by_link) for one in reviewed)
    return tuple(dict.fromkeys(one.id for one in found if one is not None))


def _found(
    reviewed: ReviewedHighlight, by_text: dict[str, list[Highlight]], by_link: dict[str, list[Highlight]]
) -> Highlight | None:
    same_words = by_text.get(key(reviewed.text), [])
    same_title = (candidate for candidate in same_words if key(candidate.source.title) == key(reviewed.title))
    return next(same_title, None) or next(iter(same_words), None) or _linked(reviewed.links, by_link)


def _linked(links: Iterable[str], by_link: dict[str, list[Highlight]]) -> Highlight | None:
    meant = (by_link.get(link_key(link), []) for link in links)
    return next((one[0] for one in meant if len(one) == 1), None)
