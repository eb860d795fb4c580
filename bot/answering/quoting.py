"""The passages that were found, as quotes."""

from collections.abc import Iterable, Sequence

from bot.answering.excerpt import Match, excerpt
from bot.answering.find import Findings
from bot.model import Quote, Span
from bot.search.index import Index
from bot.search.matching import matches
from bot.text.analysis import fold, raw_words, spans_at, tokens, words, words_of
from bot.text.sentences import EXCERPT_SCAN_LIMIT
from corpus.model import Highlight

PHRASE_WEIGHT = 100.0
"""Weight of a word of an exact phrase when the excerpt is chosen: more than any other word has."""


def quoted(passage: int, score: float, found: Findings, index: Index) -> Quote:
    """The quote of a passage: the part that answers, and the words in it that matched."""
    highlight = index.library.highlights[passage]
    if found.similarities is not None and passage in found.by_meaning:
        return _quoted_by_meaning(highlight, found.similarities.sentence(passage), score)
    terms = found.intent.terms
    text = highlight.plain[:EXCERPT_SCAN_LIMIT]
    raws = raw_words(text)
    pairs = matches(terms, passage, words_of(raws), index)
    at = spans_at(text, raws, {place for place, _ in pairs})
    matched = [Match(*at[place], number, terms[number].idf) for place, number in pairs]
    matched += _phrase_matches(found.query.phrases, text, len(terms))
    spans = excerpt(highlight.plain, matched)
    marks = sorted({(match.start, match.end) for match in matched})
    inside = [mark for mark in marks if any(start <= mark[0] and mark[1] <= end for start, end in spans)]
    return Quote(highlight, spans, _merged(inside), round(score, 4))


def _quoted_by_meaning(highlight: Highlight, sentence: Span | None, score: float) -> Quote:
    """A quote without matched words: the part around the sentence that is closest to the question."""
    start, end = sentence or (0, 0)
    spans = excerpt(highlight.plain, [Match(start, end, 0, 1.0)] if sentence else ())
    inside = [(max(start, span[0]), min(end, span[1])) for span in spans if span[0] < end and start < span[1]]
    return Quote(highlight, spans, (), round(score, 4), inside[0] if inside else spans[0])


def _merged(marks: Iterable[Span]) -> tuple[Span, ...]:
    """Marks that touch, such as those of neighbouring characters, become one."""
    result: list[Span] = []
    for start, end in marks:
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _phrase_matches(phrases: Sequence[str], text: str, first: int) -> list[Match]:
    """The words of exact phrases where they stand side by side. Their `word` numbers begin at `first`."""
    written = tokens(text) if phrases else []
    folded = [fold(token.word) for token in written]
    result = []
    for number, phrase in enumerate(phrases, first):
        sought = [fold(word) for word in words(phrase)]
        for place in range(len(folded) - len(sought) + 1):
            if folded[place] == sought[0] and folded[place : place + len(sought)] == sought:
                result += [
                    Match(token.start, token.end, number, PHRASE_WEIGHT)
                    for token in written[place : place + len(sought)]
                ]
    return result
