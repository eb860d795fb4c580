"""Recognises the authors and titles of the library that a question names, even if they are misspelt.

A name is expected in certain places ("by …", "what did … say", "… on …", "in …"; `bot.understanding.phrasing` finds them). An
author is also recognised anywhere by first and last name side by side. In these places a word may differ more from the name
than `bot.understanding.spelling` allows, and may even be another word of the library ("Clare" for "Clear").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from bot.search.index import Index
from bot.text.analysis import Token, fold, is_unspaced, rows_of_unspaced
from bot.text.stemming import ENGLISH
from bot.text.stop_words import stop_words
from bot.understanding.phrasing import Phrasing
from bot.understanding.spelling import max_edits

MAX_NAME_WORDS = 6
"""Words of a question that are taken for one title."""

MAX_AUTHOR_WORDS = 4
"""Words of a question that are taken for one author."""

MAX_UNSPACED_CHARS = 16
"""Characters of a name in a script without blanks."""

MIN_UNSPACED_CHARS = (("author", 2), ("title", 4))
"""Kinds of names in such scripts, with the minimum number of characters of each."""

MAX_NAMESAKES = 200
"""Authors with a word of their name in common that are compared with a question."""

_SOURCE_KINDS: Final = frozenset(
    """
    article author blog book chapter channel course essay episode guide highlight highlights interview newsletter note
    notes paper piece podcast post quote report show story talk text thread tweet tweets twitter video work writing
    """.split()  # noqa: SIM905
)
"""Words beside a name that are not part of it."""

_AFTER_NAME: Final = tuple("怎 如何 为什么 為什麼 说 說 讲 講 写 寫 谈 談 认为 認為 觉得 覺得 は".split())  # noqa: SIM905
"""What follows a name when a question asks what somebody says, in Chinese and Japanese."""

Readings = dict[str, list[int]]
"""Words of names that a typed word may stand for, each with the numbers of the names that contain it."""


@dataclass(frozen=True, slots=True)
class RecognisedNames:
    """The names in a question."""

    places: frozenset[int] = frozenset()
    """Positions in the question at which the words of names begin."""
    sources: frozenset[int] = frozenset()
    """Numbers of the sources that are named, or whose author is."""
    corrections: dict[str, str] = field(default_factory=dict)
    """Misspelt words of names, normalised, to the words of the names."""


def recognise_names(tokens: Sequence[Token], phrasing: Phrasing, index: Index) -> RecognisedNames:
    """The names among the words of a question. The first place for a name that contains one decides."""
    words = [token for token in tokens if not is_unspaced(token.word)]
    for begin, end in phrasing.name_slots:
        inside = [word for word in words if begin <= word.start and word.end <= end][: MAX_NAME_WORDS + 2]
        alone = len(inside) == len(words)
        if names := _title(inside, index) or _author(inside, alone, index):
            return names
    names = _full_name(words, index)
    return names if names.sources else _unspaced(tokens, index)


def _author(inside: Sequence[Token], alone: bool, index: Index) -> RecognisedNames | None:
    """The authors named by the first words of a place for a name, by as many words as possible."""
    words = _meaningful(inside)[:MAX_AUTHOR_WORDS]
    known = _readings_of_several(words, "author", index)
    for count in range(len(words), 0, -1):
        first = words[:count]
        readings = known[:count] if count > 1 else [_readings(first[0].word, "author", index, alone)]
        numbers = _common(
            readings if count > 1 else [_nearest(first[0].word, reading) for reading in readings]
        )
        if numbers:
            return _recognised("author", numbers, first, readings, index)
    return None


def _title(inside: Sequence[Token], index: Index) -> RecognisedNames | None:
    """The titles that a place for a name means: they contain all its words, and it has at least half of theirs."""
    words = _meaningful(inside)[:MAX_NAME_WORDS]
    titles = index.facets.names("title").keys if words else ()
    known = _readings_of_several(words, "title", index)
    for count in range(len(words), 0, -1):
        readings = known[:count] if count > 1 else [_readings(words[0].word, "title", index)]
        numbers = {number for number in _common(readings) if _is_enough(titles[number], count)}
        if numbers:
            return _recognised("title", numbers, words[:count], readings, index)
    return None


def _is_enough(title: str, count: int) -> bool:
    """Whether `count` words identify a title: half of its words without stop words, and at least two if it has that many."""
    words = [word for word in title.split() if word not in stop_words(ENGLISH)]
    return count >= 3 or (count * 2 >= max(len(words), 1) and count >= min(2, len(words)))


def _full_name(words: Sequence[Token], index: Index) -> RecognisedNames:
    """Authors with two words of their name side by side, one of them spelled correctly."""
    names_with, names = index.facets.words("author").names_with, index.facets.names("author").keys
    folded = [None if _is_filler(one) else (one, fold(one.word)) for one in words]
    for left, right in pairwise(folded):
        if left is None or right is None:
            continue
        for (exact, word), (other, near_word) in ((left, right), (right, left)):
            numbers = names_with.get(word)
            if numbers and (near := _other_word(near_word, word, numbers, names_with, names)):
                return _recognised(
                    "author",
                    set.union(*map(set, near.values())),
                    (exact, other),
                    ({word: numbers}, near),
                    index,
                )
    return RecognisedNames()


def _unspaced(tokens: Sequence[Token], index: Index) -> RecognisedNames:
    """Authors or titles in scripts without blanks, spelled correctly; the longest one decides."""
    parts = [
        (length, kind, row[begin : begin + length], numbers)
        for row in rows_of_unspaced(tokens)
        for begin, length, kind, numbers in _unspaced_parts(row, row[0] is tokens[0], index)
    ]
    if not parts:
        return RecognisedNames()
    parts.sort(key=lambda one: -one[0])
    _, longest_kind, _, longest_numbers = parts[0]
    places: set[int] = set()
    numbers = set(longest_numbers)
    for _, kind, inside, others in parts:
        if kind == longest_kind and numbers & set(others):
            numbers &= set(others)
            places |= {token.start for token in inside}
    names = index.facets.names(longest_kind).members
    return RecognisedNames(
        frozenset(places), frozenset(source for number in numbers for source in names[number].tolist())
    )


def _unspaced_parts(
    row: Sequence[Token], first: bool, index: Index
) -> Iterator[tuple[int, int, str, list[int]]]:
    """Parts of names in a row of characters: where each begins, its length, its kind and the numbers of those names.

    A part of two characters may be any word. It counts only at the beginning of the question (`first`: the row is its first), or
    if the question asks what somebody says.
    """
    text = "".join(fold(token.word) for token in row)
    for kind, least in MIN_UNSPACED_CHARS:
        held = index.facets.unspaced(kind)
        for begin in range(len(text) - least + 1) if held else ():
            for length in range(least, min(MAX_UNSPACED_CHARS, len(text) - begin) + 1):
                sure = length > 2 or (first and not begin) or text.startswith(_AFTER_NAME, begin + length)
                if sure and (numbers := held.get(text[begin : begin + length])):
                    yield begin, length, kind, numbers


def _other_word(
    folded: str, exact: str, numbers: Sequence[int], names_with: Readings, names: Sequence[str]
) -> Readings:
    """What a word may stand for in these authors' names, beside their word `exact`; the nearest readings only."""
    known = names_with.get(folded, ())
    numbers = numbers[:MAX_NAMESAKES]
    if known and folded != exact and (both := set(known).intersection(numbers)):
        return {folded: sorted(both)}
    at_most = min(_max_edits(folded), 1 if known else 2)
    if not at_most:
        return {}
    shortest, longest = max(len(folded) - at_most, 4), len(folded) + at_most
    words = dict.fromkeys(" ".join([names[number] for number in numbers]).split())
    beside = [word for word in words if shortest <= len(word) <= longest and word != exact]
    if not beside:
        return {}
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(folded, beside, scorer=OSA.distance, score_cutoff=at_most, limit=None)
    return {
        word: [number for number in numbers if word in names[number].split()]
        for word, edits, _ in near
        if edits == near[0][1]
    }


def _readings(word: str, kind: str, index: Index, sure: bool = False) -> Readings:
    """What a word may stand for in a name: itself, a longer word that it begins (a handle), else similar words, nearest first.

    A word that the library has is corrected only if something else makes `sure` that it is part of a name.
    """
    folded, words = fold(word), index.facets.words(kind)
    if folded in words.names_with:
        return {folded: words.names_with[folded]}
    if kind == "author" and len(folded) >= 5 and (longer := words.starting_with(folded)):
        return {one: words.names_with[one] for one in longer}
    if len(folded) < 4 or not folded.isalpha() or (not sure and index.has_word(word)):
        return {}
    near = [
        (one, edits)
        for one, edits in words.fuzzy_words.within_edits(folded, _max_edits(folded))
        if edits < 2 or one[0] == folded[0]
    ]
    near.sort(key=lambda one: (one[1], one[0][0] != folded[0]))
    return {one: words.names_with[one] for one, _ in near}


def _readings_of_several(words: Sequence[Token], kind: str, index: Index) -> list[Readings]:
    """The readings of words that stand in a place for a name together; none for a single word."""
    return [_readings(one.word, kind, index, sure=True) for one in words] if len(words) > 1 else []


def _max_edits(folded: str) -> int:
    """How many edits a word may be away from a name's: two, one for four or five letters, none for less or with digits."""
    if len(folded) < 4 or not folded.isalpha():
        return 0
    return max_edits(folded)


def _nearest(word: str, readings: Readings) -> Readings:
    """Only the readings with the fewest edits; a word that begins like the typed one has none."""
    from rapidfuzz.distance import OSA

    folded = fold(word)
    edits = {
        reading: 0 if reading.startswith(folded) else OSA.distance(folded, reading) for reading in readings
    }
    return {one: numbers for one, numbers in readings.items() if edits[one] == min(edits.values())}


def _common(readings: Sequence[Readings]) -> set[int]:
    """Numbers of the names that contain a reading of every word."""
    sets = [{number for numbers in reading.values() for number in numbers} for reading in readings]
    return set.intersection(*sets) if sets else set()


def _recognised(
    kind: str, numbers: set[int], words: Sequence[Token], readings: Sequence[Readings], index: Index
) -> RecognisedNames:
    """These names, with the correction of each word that is misspelt."""
    names = index.facets.names(kind)
    corrections = {}
    for token, meanings in zip(words, readings, strict=True):
        right = next(word for word, owners in meanings.items() if numbers & set(owners))
        if right != fold(token.word) and not right.startswith(fold(token.word)):
            corrections[token.word] = right
    return RecognisedNames(
        frozenset(token.start for token in words),
        frozenset(source for number in numbers for source in names.members[number].tolist()),
        corrections,
    )


def _is_filler(token: Token) -> bool:
    """Whether a word says nothing about which name is meant: a stop word, or a word like "book"."""
    return fold(token.word) in stop_words(ENGLISH) or token.word in _SOURCE_KINDS


def _meaningful(inside: Sequence[Token]) -> list[Token]:
    return [one for one in inside if not _is_filler(one)]
