"""Finds the passages for a question and decides whether they answer it. The package's docstring shows the order of steps."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from bot.answering.decision import AnswerOutcome, Decision, decide
from bot.answering.evidence import best_evidence, evidence, quotable_by_words
from bot.answering.filters import allowed_passages
from bot.answering.parameters import MEANING, WORDS, MeaningParameters
from bot.answering.ranked import RankedPassages
from bot.answering.word_filters import local_today, occurs_in, with_word_filters
from bot.model import WordFilter
from bot.search.arrays import Mask
from bot.search.index import Index
from bot.search.query import Query, parse
from bot.search.query_terms import QueryTerm
from bot.search.result import SearchResult
from bot.search.search import search, with_passages
from bot.understanding.intent import Intent, understand

if TYPE_CHECKING:
    from bot.semantic.embedding import Embedding, Similarities

MAX_QUOTES = 200
"""Passages that are ranked for a question, and so the most quotes that it can have."""
PASSAGES_CHECKED = 5
"""How many of the first passages are checked for words that may be about time."""
NAME_SEARCH_DEPTH = 50
"""How many of the first passages are searched for one with the name in the question."""


@dataclass(frozen=True, slots=True)
class Findings:
    """How a question was understood, the decision, and the passages that may be quoted, best first.

    A weak answer has one passage, the nearest.
    """

    query: Query
    intent: Intent
    result: SearchResult
    decision: Decision
    similarities: "Similarities | None" = None
    by_meaning: frozenset[int] = frozenset()
    """Passages that are quoted for their meaning alone."""
    word_filter: WordFilter | None = None
    """What the question says in ordinary words about time and favourites."""


def find(
    text: str, index: Index, embedding: "Embedding | None" = None, today: date | None = None
) -> Findings:
    """The passages that may be quoted for a question, best first. Never fails, whatever was typed.

    "Last week" is counted from `today`, by default the day on this machine's clock.
    """
    typed = parse(text)
    query, understood = with_word_filters(typed, index, today or local_today())
    found = _find_for_query(query, index, embedding)
    if understood is not None and understood.words and (not understood.unambiguous or not len(found.result)):
        as_typed = _find_for_query(typed, index, embedding)
        first = as_typed.result.passages[:PASSAGES_CHECKED].tolist()
        if occurs_in(understood.words, first, index):
            return as_typed
    if query.newest and len(found.result) > 1:
        newest = index.facets.newest_first()
        rank_by_date = np.argsort(newest)  # rank of each passage by date, 0 for the newest
        order = np.argsort(rank_by_date[found.result.passages], kind="stable")
        found = replace(found, result=found.result.take(order))
    return found if understood is None else replace(found, word_filter=understood.word_filter)


def _find_for_query(query: Query, index: Index, embedding: "Embedding | None") -> Findings:
    allowed = allowed_passages(query, index)
    intent = understand(query, index)
    if selected := _selected(query, intent, index, allowed):
        return selected
    if not intent.terms or not len(index):
        return Findings(query, intent, SearchResult.empty(), Decision.nothing())
    similarities = _similarities(query, intent, index, embedding)
    ranked = rank(intent, index, MAX_QUOTES, allowed, similarities, min_ratio=WORDS.min_score_ratio)
    has_phrase = bool(query.phrases)
    quotable, by_meaning = _quotable(ranked, has_phrase)
    decision = Decision.selected(int(quotable.sum())) if has_phrase else decide(ranked, intent, index)
    if decision.outcome is not AnswerOutcome.ANSWER:
        quotable = np.zeros_like(quotable)
        quotable[:1] = decision.outcome is AnswerOutcome.WEAK
    quoted_for_meaning = ranked.found.passages[quotable & by_meaning].tolist()
    return Findings(
        query, intent, ranked.found.take(quotable), decision, similarities, frozenset(quoted_for_meaning)
    )


def rank_question(
    text: str, index: Index, limit: int, embedding: "Embedding | None" = None
) -> tuple[RankedPassages, Decision]:
    """The whole ranking of a question, and its decision. For benchmarks."""
    query = parse(text)
    intent, allowed = understand(query, index), allowed_passages(query, index)
    similarities = _similarities(query, intent, index, embedding)
    ranked = rank(intent, index, limit, allowed, similarities)
    return ranked, decide(ranked, intent, index)


def rank(
    intent: Intent,
    index: Index,
    limit: int,
    allowed: Mask | None = None,
    similarities: "Similarities | None" = None,
    parameters: MeaningParameters = MEANING,
    min_ratio: float = 0.0,
) -> RankedPassages:
    """The `limit` best passages, by words and meaning if there are `similarities`, else by words alone.

    By words alone, passages with less than `min_ratio` of the best BM25F score are left out, unless a name was asked for.
    """
    if similarities is not None:
        from bot.answering.fusion import fuse

        by_words = _rank_by_words(intent, index, parameters.candidates, allowed)
        fused = fuse(by_words, similarities, intent, index, limit, allowed, parameters)
        return _promote_named_passage(fused, intent, index)
    found = _rank_by_words(intent, index, limit, allowed, 0.0 if intent.asked_names else min_ratio)
    suggested = evidence(found, intent, index)
    ranked = RankedPassages(found, suggested.values, best_evidence(found, suggested))
    return _promote_named_passage(ranked, intent, index)


def _promote_named_passage(ranked: RankedPassages, intent: Intent, index: Index) -> RankedPassages:
    """The same ranking. But if the first passage lacks the names in the question, the best passage with them and another word of
    the question is moved to the top."""
    rows = [row for row, term in enumerate(ranked.found.terms) if term.typed in intent.asked_names]
    if not rows or not len(ranked.found):
        return ranked
    head = ranked.found.take(slice(NAME_SEARCH_DEPTH))
    names = head.holds[rows].sum(axis=0) + index.of_sources(intent.named_sources, head.passages)
    if names[0] or not names.any():
        return ranked
    others = [row for row, term in enumerate(head.terms) if term.weight and row not in rows]
    has_other_word = np.logical_or.reduce(head.holds[others]) if others else np.ones(len(head), np.bool_)
    best = np.flatnonzero((names == names.max()) & has_other_word)
    if not len(best):
        return ranked
    every = np.arange(len(ranked.found))
    return ranked.take(np.append(best[:1], every[every != best[0]]))


def _rank_by_words(
    intent: Intent, index: Index, limit: int, allowed: Mask | None, min_ratio: float = 0.0
) -> SearchResult:
    """The best passages by words. Passages of named sources get a boost and are sorted again."""
    found = search(intent.terms, index, limit, allowed, min_ratio)
    if not intent.named_sources:
        return found
    named = index.of_sources(intent.named_sources, found.passages)
    scores = found.scores * np.where(named, np.float32(WORDS.named_score_factor), np.float32(1))
    return replace(found, scores=scores).take(np.argsort(-scores, kind="stable"))


def _quotable(ranked: RankedPassages, has_phrase: bool) -> tuple[Mask, Mask]:
    """The passages that may be quoted if the question is answered, and those of them quoted for their meaning alone."""
    if ranked.closeness is not None:
        from bot.answering.fusion import select_quotable_fused

        return select_quotable_fused(ranked, has_phrase)
    keep = quotable_by_words(ranked.found, ranked.evidence)
    return keep, np.zeros_like(keep)


def _selected(query: Query, intent: Intent, index: Index, allowed: Mask | None) -> Findings | None:
    """What a question without words to judge selects: by phrases, by a bare name, by filters. None for other questions."""
    terms: tuple[QueryTerm, ...] = ()
    if query.phrases and not query.text.strip() and allowed is not None:
        chosen, terms = allowed, intent.terms
    elif intent.only_names:
        chosen = index.of_sources(intent.named_sources)
        if allowed is not None:
            chosen &= allowed
    elif not intent.terms and query.selects:
        chosen = allowed if allowed is not None else np.ones(len(index), np.bool_)
    else:
        return None
    found = _all_passages(chosen, terms, index)
    return Findings(query, intent, found, Decision.selected(len(found)))


def _all_passages(chosen: Mask, terms: tuple[QueryTerm, ...], index: Index) -> SearchResult:
    """All chosen passages: the best `MAX_QUOTES` by words, if there are any, then the others, newest first."""
    best = search(terms, index, MAX_QUOTES, chosen) if terms else SearchResult.empty()
    left = chosen.copy()
    left[best.passages] = False
    newest = index.facets.newest_first()
    return with_passages(best, np.append(best.passages, newest[left[newest]]), index)


def _similarities(
    query: Query, intent: Intent, index: Index, embedding: "Embedding | None"
) -> "Similarities | None":
    """How close the passages are to the question; None without a model, or without a word to look for."""
    if embedding is None or not intent.terms:
        return None
    return embedding.similarities(intent.text or query.text, index)
