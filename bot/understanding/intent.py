"""Understands a question: drops the words that only ask, corrects misspelt ones, and tells names from topics."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.search.index import Index
from bot.search.query import Query, searched_tokens
from bot.search.query_terms import QueryTerm, query_terms
from bot.text.analysis import Token, fold, is_unspaced, rows_of_unspaced
from bot.text.language_detection import CAPITALISES_NOUNS, detect_short
from bot.text.stemming import ENGLISH
from bot.text.stop_words import stop_words
from bot.text.word_frequencies import is_word
from bot.understanding.asked_numbers import asks_for_number, digits
from bot.understanding.asking_words import words_that_ask
from bot.understanding.entities import recognise_names
from bot.understanding.phrasing import Phrasing, strip_phrasing
from bot.understanding.spelling import correct

MAX_TERMS = 256
"""Words of a question that are searched; of more, the rarest. benchmarks/README.md, "Ranking"."""

MAX_TOKENS = 5_000
"""Words of a question that are looked at."""

CORRECTION_TRUST = 0.8
"""Weight of a corrected word; one found as typed has 1."""

RARE_LANGUAGE_SHARE = 0.1
"""A language is rare in the library up to this share of the passages. benchmarks/README.md, "Nothing fits"."""

CLAIMED_LANGUAGES = ("en", "de", "fr", "es")
"""Languages with blanks between words in which questions are expected, whatever the library's languages are."""

MIN_FOREIGN_STOP_WORDS = 2
"""Stop words that a question needs to be taken for a claimed language that the library lacks: a single one may be a name ("die",
"per")."""

MIN_MISSPELT_LETTERS = 3
"""Minimum number of letters of a stop word that is recognised even if misspelt."""

_SENTENCE_START = re.compile(r"(?:^|[!?:]|\w{4}\.)[\W_]*")
"""What stands before the first word of a sentence. No sentence begins after "Dr." or "J."."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a question looks for."""

    terms: tuple[QueryTerm, ...]
    """The words to search. Those of names have emphasis 0: they count for the ranking, not as covered."""
    corrections: dict[str, str] = field(default_factory=dict)
    """Corrected words: as typed, to the one looked for."""
    named_sources: frozenset[int] = frozenset()
    """Numbers of the sources that are named, or whose authors are."""
    only_names: bool = False
    """Whether nothing but a name is asked for."""
    text: str = ""
    """The question for the embedding model: without operators, names and phrasing, corrected; "" if nothing else is left."""
    capitalised: frozenset[str] = frozenset()
    """Words with a capital inside a sentence, in languages where that shows a name."""
    asked_names: frozenset[str] = frozenset()
    """Those of them that are asked for: where a name is expected ("what did … say"), or side by side ("Karl Popper")."""
    language: str = ""
    """Of the question, as ISO 639-1; "" if no stop word shows one."""
    rare_language: bool = False
    """Whether the question is in a language of the library that few passages are in, as its stop words show."""
    asks_number: bool = False
    """Whether the question asks for a number or a date."""
    digits: frozenset[str] = frozenset()
    """Numbers in the question that are written in digits."""


def understand(query: Query, index: Index) -> Intent:
    """What a question looks for; never fails."""
    phrasing = strip_phrasing(query.text)
    every = searched_tokens(query)
    unphrased = [token for token in every if not phrasing.text[token.start : token.start + 1].isspace()]
    every, unphrased = every[:MAX_TOKENS], unphrased[:MAX_TOKENS]
    language = question_language(every, index)
    found = _without_unknown_asking_words(without_stop_words(unphrased, language, index), language, index)
    typed = [token for token in found if token.end <= len(query.text)]
    names = recognise_names(typed, phrasing, index)
    named = [
        token._replace(word=names.corrections.get(token.word, token.word))
        if token.start in names.places
        else token
        for token in typed
    ]
    searched, spelled = correct(named, index, query.text)
    corrections = {**spelled, **names.corrections}
    terms = query_terms(searched + found[len(typed) :], index)
    words_of_names = _words_of_names(searched, names.places)
    only_names = bool(names.sources) and all(term.typed in words_of_names for term in terms)
    weighed = [_weighed(term, corrections, () if only_names else words_of_names) for term in terms]
    as_written = {token.word: query.text[token.start : token.end] for token in typed}
    capitalised = _capitalised(query.text, typed, every, language)
    return Intent(
        terms=tuple(_rarest(weighed)),
        corrections=_shown({as_written.get(wrong, wrong): right for wrong, right in corrections.items()}),
        named_sources=names.sources,
        only_names=only_names,
        text=_model_text(phrasing.text, typed, searched, names.places),
        capitalised=capitalised,
        asked_names=_asked_names(capitalised, typed, phrasing),
        language=language,
        rare_language=_is_rare(language, index),
        asks_number=asks_for_number(query.text),
        digits=digits(query.text),
    )


def _weighed(term: QueryTerm, corrections: dict[str, str], names: Collection[str]) -> QueryTerm:
    """The term with less trust if it is a correction, and without emphasis if it is (part of) a name."""
    if not corrections and term.typed not in names:
        return term
    typed = next((wrong for wrong, right in reversed(corrections.items()) if right == term.typed), None)
    if typed is None and term.typed not in names:
        return term
    trust = 1.0 if typed is None else CORRECTION_TRUST
    return replace(
        term,
        typed=term.typed if typed is None else typed,
        corrected="" if typed is None else term.typed,
        trust=trust,
        query_weight=term.query_weight * trust,
        emphasis=0.0 if term.typed in names else term.emphasis,
    )


def _words_of_names(tokens: Sequence[Token], places: Collection[int]) -> frozenset[str]:
    """The words of names; in scripts without blanks also every bigram with a character of a name."""
    words = {token.word for token in tokens if token.start in places}
    for row in rows_of_unspaced(tokens):
        words |= {
            fold(left.word) + fold(other.word)
            for left, other in pairwise(row)
            if left.start in places or other.start in places
        }
    return frozenset(words)


def _shown(corrections: Mapping[str, str]) -> dict[str, str]:
    """The corrections as people see them: bigrams that overlap are joined to words."""
    shown: dict[str, str] = {}
    last = ""
    for wrong, right in corrections.items():
        if last and is_unspaced(wrong[0]) and last[-1] == wrong[0] and shown[last][-1] == right[0]:
            right = shown.pop(last) + right[1:]
            wrong = last + wrong[1:]
        last = wrong
        shown[wrong] = right
    return shown


def _model_text(
    text: str, typed: Sequence[Token], meant: Sequence[Token], places_of_names: Collection[int]
) -> str:
    """The question as the embedding model reads it: names left out, misspelt words corrected."""
    for token, corrected in zip(reversed(typed), reversed(meant), strict=True):
        if token.start in places_of_names:
            text = text[: token.start] + text[token.end :]
        elif corrected.word != token.word:
            text = text[: token.start] + corrected.word + text[token.end :]
    return " ".join(text.split()).strip(" ,;:-–—")


def _is_rare(language: str, index: Index) -> bool:
    """Whether few passages are in this language, but some; never true of the library's first language."""
    if language not in index.library_languages[1:]:
        return False
    return index.passages_by_language[language] <= RARE_LANGUAGE_SHARE * len(index)


def _capitalised(text: str, typed: Sequence[Token], every: Sequence[Token], language: str) -> frozenset[str]:
    """Words with a capital inside a sentence. None if no word of the question begins with a small letter, or if `language` gives
    every noun a capital."""
    capitals = [token for token in typed if text[token.start].isupper()]
    if not capitals or language in CAPITALISES_NOUNS:
        return frozenset()
    if not any(text[token.start : token.start + 1].islower() for token in every):
        return frozenset()
    starts = {match.end() for match in _SENTENCE_START.finditer(text)}
    return frozenset(token.word for token in capitals if token.start not in starts)


def _asked_names(capitalised: frozenset[str], typed: Sequence[Token], phrasing: Phrasing) -> frozenset[str]:
    """The capitalised words where a name is expected, and those that stand side by side."""
    if not capitalised:
        return frozenset()
    slots = phrasing.name_slots
    expected = {
        token.word
        for token in typed
        if any(begin <= token.start and token.end <= end for begin, end in slots)
    }
    beside = {
        word
        for left, other in pairwise(typed)
        if other.start == left.end + 1 and {left.word, other.word} <= capitalised
        for word in (left.word, other.word)
    }
    return capitalised & (expected | beside)


def question_language(tokens: Sequence[Token], index: Index) -> str:
    """Code of the language with the most stop words among these words; "" if none has any. The candidates are the library's
    languages and, if at least two stop words show it, the claimed ones: so words that only ask never count against a passage.
    Among Chinese, Japanese or Korean words, others are names or terms
    ("IT", "AI"), never stop words.
    """
    folded = [fold(token.word) for token in tokens]
    if any(map(is_unspaced, folded)):
        return ""
    counts = {language: _stop_words_among(folded, language) for language in index.library_languages}
    best = max(counts, key=lambda language: counts[language], default="")
    for language in CLAIMED_LANGUAGES:
        if language not in counts:
            count = _stop_words_among(folded, language)
            if count >= MIN_FOREIGN_STOP_WORDS and count > counts.get(best, 0):
                best, counts[language] = language, count
    if counts.get(best):
        return best
    other = detect_short(" ".join(folded)) if len(folded) > MIN_FOREIGN_STOP_WORDS else None
    return other if other and _stop_words_among(folded, other) >= MIN_FOREIGN_STOP_WORDS else ""


def _stop_words_among(folded: Sequence[str], language: str) -> int:
    listed = stop_words(language)
    return sum(map(listed.__contains__, folded))


def without_stop_words(tokens: Sequence[Token], language: str, index: Index) -> list[Token]:
    """The words of a question without stop words of `language` ("" for unknown), misspelt ones among them."""
    stop: frozenset[str] = stop_words(language) if language else frozenset()
    meant = stop or frozenset().union(*map(stop_words, index.library_languages[:1]))
    return [
        token
        for token in tokens
        if fold(token.word) not in stop and not _is_misspelt(token.word, meant, language, index)
    ]


def _without_unknown_asking_words(tokens: list[Token], language: str, index: Index) -> list[Token]:
    """The words without those that only ask and that the library lacks: nobody misses "know" or "anyone" in a passage.

    All of them stay if nothing else is asked for.
    """
    asking = words_that_ask(language)
    telling = [token for token in tokens if fold(token.word) not in asking or index.has_word(token.word)]
    return telling or tokens


def _is_misspelt(word: str, stop: frozenset[str], language: str, index: Index) -> bool:
    """Whether a word that neither the library nor a dictionary has is one edit from a stop word: "hwo", "shoud", "frok"."""
    folded = fold(word)
    if (
        len(folded) < MIN_MISSPELT_LETTERS
        or not folded.isalpha()
        or is_unspaced(word)
        or index.has_word(word)
    ):
        return False
    languages = {language, ENGLISH, *index.library_languages[:1]}
    forms = (word, folded, word.removesuffix("s"))  # dictionaries lack many plurals
    if not stop or any(is_word(form, language_) for form in forms for language_ in languages):
        return False
    from rapidfuzz.distance import OSA

    return any(
        OSA.distance(folded, stop_word, score_cutoff=1) == 1
        for stop_word in stop
        if len(stop_word) >= MIN_MISSPELT_LETTERS
    )


def _rarest(terms: Sequence[QueryTerm]) -> Sequence[QueryTerm]:
    """The `MAX_TERMS` rarest terms in the question's order; terms that no passage holds are dropped first."""
    if len(terms) <= MAX_TERMS:
        return terms
    order = sorted(range(len(terms)), key=lambda number: (not terms[number].stems, -terms[number].idf))
    return [terms[number] for number in sorted(order[:MAX_TERMS])]
