"""Highlights like another one: near it in meaning where there is a model, else by the words that they share."""

from typing import TYPE_CHECKING

import numpy as np

from bot.answering.evidence import NEAR, evidence
from bot.answering.excerpt import excerpt
from bot.answering.listing import Page
from bot.model import Quote
from bot.search.index import Index
from bot.search.query import Query
from bot.text.sentences import LOOKED_AT
from bot.understanding.intent import understood

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding

MOST = 12
"""Highlights like one."""
_READ = 1_000
"""Code points of it whose words are looked for."""
_OPENING = 60


def alike(
    id_: str, index: Index, embedding: "Embedding | None" = None, limit: int = 3, offset: int = 0
) -> Page:
    """A page of the highlights like the one with this id, the most like it first; none where it is gone."""
    highlights = index.library.highlights
    number = next((place for place, one in enumerate(highlights) if one.id == id_), None)
    if number is None:
        return Page((), 0, ())
    meaning = understood(Query(highlights[number].plain[: min(_READ, LOOKED_AT)]), index)
    passages, scores = index.best(meaning.wanted, MOST * 4)
    near = embedding.like(number, index) if embedding is not None else None
    if near is not None:
        from bot.answering.fusion import LIKE, fused

        found = fused(
            (passages, scores),
            near.cosines,
            lambda them, sums: evidence(meaning, them, sums, index),
            MOST * 4,
        )
        keep = found.cosines >= LIKE
        passages = found.passages[keep]
    else:
        passages = passages[scores >= NEAR * scores.max(initial=0.0)]
    same = np.append([number], passages[passages != number])
    others = same[index.distinct(same)][1 : MOST + 1].tolist()
    shown = [highlights[one] for one in others[offset : offset + limit]]
    quotes = tuple(Quote(one, excerpt(one.plain, ())) for one in shown)
    return Page(quotes, len(others), (_opening(highlights[number].plain),), offset)


def _opening(plain: str) -> str:
    """The first words of a passage in quotation marks."""
    line = " ".join(plain[:200].split())
    if len(line) > _OPENING:
        line = line[:_OPENING].rsplit(" ", 1)[0] + "…"
    return f"“{line}”"
