"""A question to its answer: parse, search, decide whether anything fits, choose, quote."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from bot.analysis import Token, fold, tokens, words
from bot.excerpt import LOOKED_AT, Match, excerpt
from bot.fitting import NEAR, anything_fits, evidence, fitting
from bot.index import Index
from bot.languages import stop_words
from bot.model import Answer, Question, Quote
from bot.nearest import nearest
from bot.phrasing import Phrasing, phrased
from bot.query import Query, parse, searched
from bot.ranking import Floats, Longs, Mask
from bot.spelling import corrected
from bot.wanted import Wanted

MOST_WORDS = 256
"""Words of a question that are looked for: of more, the rarest."""

MOST_TOKENS = 5_000
"""Words of a question that are looked at."""

MOST_QUOTES = 200
"""Highlights that are told to fit a question, at most."""

TRUST = 0.8
"""What a corrected word counts beside one that was found as typed."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a question became, and what it found: passages best first."""

    query: Query
    wanted: tuple[Wanted, ...]
    corrections: dict[str, str]
    passages: Longs
    scores: Floats


def answer(question: Question, index: Index) -> Answer:
    """The quotes of `index` that answer `question`; never fails, whatever was typed."""
    began = perf_counter()
    search = look(question.text, index)
    total, quotes = _quotes(search, index, question.offset, max(question.limit, 0))
    return Answer(
        question=question.text,
        quotes=tuple(quotes),
        offset=question.offset,
        total=total,
        corrected=search.corrections,
        filters=search.query.filters,
        looked_for=tuple(dict.fromkeys(word.typed for word in search.wanted)),
        nearest=() if total else nearest(search.query, search.wanted, index),
        took_ms=(perf_counter() - began) * 1000,
    )


def look(text: str, index: Index) -> Search:
    """Everything that fits a question, best first, at most `MOST_QUOTES`."""
    query = parse(text)
    allowed = _allowed(query, index)
    wanted, corrections = understood(query, index)
    passages, scores = np.zeros(0, np.int64), np.zeros(0, np.float32)
    if query.phrases and not query.text.strip() and allowed is not None:
        passages, scores = _all_of(allowed, wanted, index)
    elif wanted:
        passages, scores = index.best(wanted, MOST_QUOTES, allowed, near=NEAR)
        found = evidence(wanted, passages, index)
        keep = fitting(found, scores) & (bool(query.phrases) or anything_fits(found))
        passages, scores = passages[keep], scores[keep]
    elif query.selects and allowed is not None:
        passages, scores = _all_of(allowed, (), index)
    return Search(query, wanted, corrections, passages, scores)


def _all_of(allowed: Mask, wanted: Sequence[Wanted], index: Index) -> tuple[Longs, Floats]:
    """The passages that a filter or phrase leaves: the best `MOST_QUOTES` by `wanted`, then the others, newest first."""
    best, scores = (
        index.best(wanted, MOST_QUOTES, allowed)
        if wanted
        else (np.zeros(0, np.int64), np.zeros(0, np.float32))
    )
    left = allowed.copy()
    left[best] = False
    newest = index.facets.newest_first()
    others = newest[left[newest]]
    return np.append(best, others), np.append(scores, np.zeros(len(others), np.float32))


def ranked(text: str, index: Index, most: int) -> tuple[Longs, Floats]:
    """The raw ranking of a question: passages and scores, best first, nothing refused."""
    query = parse(text)
    wanted, _ = understood(query, index)
    return index.best(wanted, most, _allowed(query, index))


def ranked_with_evidence(text: str, index: Index, most: int) -> tuple[Longs, Floats]:
    """The raw ranking of a question: passages, best first, and how much speaks for each."""
    query = parse(text)
    wanted, _ = understood(query, index)
    passages, _ = index.best(wanted, most, _allowed(query, index))
    return passages, evidence(wanted, passages, index)


def understood(query: Query, index: Index) -> tuple[tuple[Wanted, ...], dict[str, str]]:
    """What a question looks for, and the words that were corrected: as typed to the one looked for."""
    phrasing = phrased(query.text)
    found = content(searched(replace(query, text=phrasing.text))[:MOST_TOKENS], index)
    typed = [token for token in found if token.end <= len(query.text)]
    meant, corrections = corrected(typed, index)
    wanted = index.wanted(meant + found[len(typed) :])
    changed = {right: wrong for wrong, right in corrections.items()}
    sure = [
        replace(word, typed=changed[word.typed], trust=TRUST, times=word.times * TRUST)
        if word.typed in changed
        else word
        for word in wanted
    ]
    sure = _without_names(sure, phrasing, meant, index)
    written = {token.word: query.text[token.start : token.end] for token in typed}
    return tuple(_rarest(sure)), {written[wrong]: right for wrong, right in corrections.items()}


def _without_names(
    wanted: Sequence[Wanted], phrasing: Phrasing, typed: Sequence[Token], index: Index
) -> list[Wanted]:
    """Who is asked about says nothing of what is asked: the name counts for the ranking, not as covered."""
    if phrasing.named is None:
        return list(wanted)
    begin, end = phrasing.named
    named = {token.word for token in typed if begin <= token.start and token.end <= end}
    of_author = [word.typed in named and word.surface in index.author_words for word in wanted]
    if all(of_author):
        return list(wanted)
    return [
        replace(word, emphasis=0.0) if name else word for word, name in zip(wanted, of_author, strict=True)
    ]


def content(found: Sequence[Token], index: Index) -> list[Token]:
    """The words of a question without the stop words of its language, as far as its own words tell that."""
    folded = [fold(token.word) for token in found]
    if not folded:
        return []
    shares = [sum(word in stop_words(tongue) for word in folded) for tongue in index.tongues]
    most = max(shares, default=0)
    stop: frozenset[str] = stop_words(index.tongues[shares.index(most)]) if most else frozenset()
    usual = stop or frozenset().union(*map(stop_words, index.tongues[:1]))
    return [
        token
        for token, word in zip(found, folded, strict=True)
        if word not in stop and not _slipped(word, usual, index)
    ]


def _slipped(word: str, stop: frozenset[str], index: Index) -> bool:
    """Whether a word that no note has is a stop word with two neighbours exchanged: "hwo", "waht", "teh"."""
    if not 2 < len(word) < 8 or index.has_word(word):
        return False
    pairs = range(len(word) - 1)
    return any(f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" in stop for at in pairs)


def _rarest(wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """At most `MOST_WORDS`, in the question's order; those that no passage holds go first."""
    if len(wanted) <= MOST_WORDS:
        return wanted
    order = sorted(range(len(wanted)), key=lambda one: (not wanted[one].terms, -wanted[one].idf))
    return [wanted[one] for one in sorted(order[:MOST_WORDS])]


def _allowed(query: Query, index: Index) -> Mask | None:
    """The passages that filters, phrases and exclusions leave; None where the question has none of them."""
    masks = [index.quotable, index.facets.allowed(query)]
    masks += [index.holding_phrase(words(phrase)) for phrase in query.phrases]
    for value in query.excluded:
        masks += [~mask for mask in _held(value, index)]
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _held(value: str, index: Index) -> Iterable[Mask]:
    """The passages that hold an excluded word in any form, or an excluded phrase."""
    found = words(value)
    yield index.holding_phrase(found)
    if len(found) == 1:
        for word in index.wanted(tokens(value)):
            yield index.holding(word)


def _quotes(search: Search, index: Index, offset: int, limit: int) -> tuple[int, list[Quote]]:
    """How many passages fit, less repeated texts, and the quotes of the page asked for."""
    distinct = index.distinct(search.passages)
    end = offset + limit
    order = paged(index.source_of[search.passages[distinct]].tolist(), limit, end + MOST_QUOTES)
    quotes: dict[str, Quote] = {}
    repeated = 0
    for place in distinct[order].tolist():
        if len(quotes) >= end:
            break
        quote = quoted(int(search.passages[place]), float(search.scores[place]), search, index)
        repeated += quote.text in quotes
        quotes.setdefault(quote.text, quote)
    return len(distinct) - repeated, list(quotes.values())[offset:end]


def paged(sources: Sequence[int], limit: int, most: int) -> list[int]:
    """The first `most` places of a ranking, so ordered that no page is all of one source if others fit too.

    `sources` has the source of each ranked passage. Only the last third of a page of `limit` gives way, so
    the best passage stays first.
    """
    waiting = list(range(len(sources)))
    order: list[int] = []
    while waiting and len(order) < most and limit > 1:
        page: list[int] = []
        counts: Counter[int] = Counter()
        for place in waiting:
            if len(page) == limit:
                break
            if counts[sources[place]] < limit - max(1, limit // 3):
                page.append(place)
                counts[sources[place]] += 1
        left = [place for place in waiting if place not in page] if len(page) < limit else []
        page = sorted(page + left[: limit - len(page)])
        order += page
        waiting = [place for place in waiting if place not in set(page)]
    return (order + waiting)[:most]


def quoted(passage: int, score: float, search: Search, index: Index) -> Quote:
    """The quote of a passage: the part that answers, and the words in it that matched."""
    highlight = index.library.highlights[passage]
    found = tokens(highlight.plain[:LOOKED_AT])
    matches = [
        Match(found[place].start, found[place].end, number, search.wanted[number].idf)
        for place, number in index.matches(search.wanted, passage, found)
    ]
    matches += _phrase_matches(search.query.phrases, found, len(search.wanted))
    spans = excerpt(highlight.plain, matches)
    marks = sorted({(match.start, match.end) for match in matches})
    inside = [mark for mark in marks if any(start <= mark[0] and mark[1] <= end for start, end in spans)]
    return Quote(highlight, spans, _merged(inside), round(score, 4))


def _merged(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Marks that touch, as those of neighbouring characters do, as one."""
    result: list[tuple[int, int]] = []
    for start, end in marks:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _phrase_matches(phrases: Iterable[str], found: Sequence[Token], first: int) -> list[Match]:
    """The words of the exact phrases where they stand together; heavier than any single word."""
    folded = [fold(token.word) for token in found]
    result = []
    for number, phrase in enumerate(phrases, first):
        sought = [fold(word) for word in words(phrase)]
        for place in range(len(folded) - len(sought) + 1):
            if folded[place] == sought[0] and folded[place : place + len(sought)] == sought:
                result += [
                    Match(one.start, one.end, number, 100.0) for one in found[place : place + len(sought)]
                ]
    return result
