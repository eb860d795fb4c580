"""Highlights similar to another one: close in meaning if there is a model, else with the same words."""

from typing import TYPE_CHECKING

import numpy as np

from bot.answering.listing import Page, quotes_of
from bot.answering.parameters import MEANING
from bot.search.arrays import Longs
from bot.search.index import Index
from bot.search.query import Query
from bot.search.search import search
from bot.understanding.intent import understand

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

MAX_SIMILAR = 12
"""Most similar highlights that are shown for one highlight, on all pages together."""

SEARCH_DEPTH = 4 * MAX_SIMILAR
"""Passages that are ranked to find them: more, because repeats are left out afterwards."""

MIN_SCORE_SHARE = 0.3
"""Without a model, a passage is shown as similar from this share of the best score."""

TEXT_SCAN_LIMIT = 1_000
"""Code points of a highlight whose words are searched."""

OPENING_CHARS = 60
"""Code points of a highlight that are shown as its name."""


def similar_highlights(
    id_: str, index: Index, embedding: "Embedding | None" = None, limit: int = 3, offset: int = 0
) -> Page:
    """A page of the highlights similar to the one with this id, the most similar first; an empty page if it is gone."""
    highlights = index.library.highlights
    number = index.passages_of_ids([id_]).get(id_)
    if number is None:
        return Page((), 0, ())
    passages = _similar_passages(number, index, embedding)
    itself_first = np.append([number], passages[passages != number])
    others = itself_first[index.without_repeats(itself_first)][1 : MAX_SIMILAR + 1].tolist()
    quotes = quotes_of(others[offset : offset + limit], index)
    return Page(quotes, len(others), (_opening(highlights[number].plain),), offset)


def _similar_passages(number: int, index: Index, embedding: "Embedding | None") -> Longs:
    """Numbers of the passages similar to this one, best first."""
    intent = understand(Query(index.library.highlights[number].plain[:TEXT_SCAN_LIMIT]), index)
    by_words = search(intent.terms, index, SEARCH_DEPTH)
    similarities = embedding.similar_to(number, index) if embedding is not None else None
    if similarities is None:
        least = MIN_SCORE_SHARE * by_words.scores.max(initial=0.0)
        shared: Longs = by_words.passages[by_words.scores >= least]
        return shared
    from bot.answering.fusion import fuse

    ranked = fuse(by_words, similarities, intent, index, SEARCH_DEPTH)
    assert ranked.closeness is not None
    similar: Longs = ranked.found.passages[ranked.closeness.values >= MEANING.similar_closeness]
    return similar


def _opening(plain: str) -> str:
    """The first words of a passage, in quotation marks."""
    line = " ".join(plain[:200].split())
    if len(line) > OPENING_CHARS:
        line = line[:OPENING_CHARS].rsplit(" ", 1)[0] + "…"
    return f"“{line}”"
