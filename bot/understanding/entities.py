"""Who or what a question names: authors and titles of the library, recognised also where they are misspelt.

A name is looked for where a question has a place for one ("by …", "what did … say", "… on …", "in …"; see
`bot.understanding.phrasing`), and an author's where first and last name stand together anywhere. There a word may be further
from the name's, and be a word of its own ("Clare" for "Clear"), than one that `bot.understanding.spelling` corrects.
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

LONGEST = 6
"""Words of a question that are taken for one name, at most."""

LONGEST_UNSPACED = 16
"""Characters of a name in a script without blanks, at most."""

MOST_NAMES = 200
"""Authors who share a word of their names that are looked at."""

_KINDS: Final = frozenset(
    """
    article author blog book chapter channel course essay episode guide highlight highlights interview newsletter note
    notes paper piece podcast post quote report show story talk text thread tweet tweets twitter video work writing
    """.split()  # noqa: SIM905
)
"""Words beside a name that are none of it."""

_ASKED: Final = tuple("怎 如何 为什么 為什麼 说 說 讲 講 写 寫 谈 談 认为 認為 觉得 覺得 は".split())  # noqa: SIM905
"""What follows a name where it is asked what somebody says, in Chinese and Japanese."""

Readings = dict[str, list[int]]
"""Words of names that a typed one may be, and the numbers of those names."""


@dataclass(frozen=True, slots=True)
class Named:
    """The names in a question."""

    places: frozenset[int] = frozenset()
    """Where the words of the names begin."""
    sources: frozenset[int] = frozenset()
    """Numbers of the sources that are named or whose author is."""
    corrections: dict[str, str] = field(default_factory=dict)
    """Words as typed, normalised, to the names' words."""


def named(found: Sequence[Token], phrasing: Phrasing, index: Index) -> Named:
    """The names that the words `found` of a question mean; the first place for a name that holds one decides."""
    words = [token for token in found if not is_unspaced(token.word)]
    for begin, end in phrasing.slots:
        inside = [one for one in words if begin <= one.start and one.end <= end][: LONGEST + 2]
        alone = len(inside) == len(words)
        if meant := _title(inside, index) or _author(inside, alone, index):
            return meant
    meant = _full_name(words, index)
    return meant if meant.sources else _unspaced(found, index)


def _author(inside: Sequence[Token], alone: bool, index: Index) -> Named | None:
    """The authors whom the first words of a place for a name mean, as many words as possible."""
    told = _telling(inside)[:4]
    for count in range(len(told), 0, -1):
        first = told[:count]
        meant = [_readings(one.word, "author", index, count > 1 or alone) for one in first]
        numbers = _common(meant if count > 1 else [_nearest(first[0].word, one) for one in meant])
        if numbers:
            return _found("author", numbers, first, meant, index)
    return None


def _title(inside: Sequence[Token], index: Index) -> Named | None:
    """The titles that a place for a name means: all its words are in them, and at least half of theirs in it."""
    told = _telling(inside)[:LONGEST]
    for count in range(len(told), 0, -1):
        meant = [_readings(one.word, "title", index, count > 1) for one in told[:count]]
        numbers = {
            number for number in _common(meant) if _holds(index.facets.names("title").keys[number], count)
        }
        if numbers:
            return _found("title", numbers, told[:count], meant, index)
    return None


def _holds(title: str, count: int) -> bool:
    """Whether `count` words are enough to mean a title: half of those that tell, two where it has as many."""
    telling = [word for word in title.split() if word not in stop_words(ENGLISH)]
    return count >= 3 or (count * 2 >= max(len(telling), 1) and count >= min(2, len(telling)))


def _full_name(words: Sequence[Token], index: Index) -> Named:
    """Authors of whose name two words stand side by side, one of them as it is written."""
    held = index.facets.words("author").held
    for pair in pairwise(words):
        if any(_says_nothing(one) for one in pair):
            continue
        for exact, other in (pair, pair[::-1]):
            numbers = held.get(fold(exact.word), [])
            if numbers and (near := _beside(fold(other.word), fold(exact.word), numbers, index)):
                return _found(
                    "author",
                    set.union(*map(set, near.values())),
                    (exact, other),
                    ({fold(exact.word): numbers}, near),
                    index,
                )
    return Named()


def _unspaced(found: Sequence[Token], index: Index) -> Named:
    """Authors or titles in scripts without blanks that stand in the question as they are written; the longest part decides.

    Of a part of two characters, which may be any word, the question must begin with it or ask what somebody says.
    """
    held = [
        (length, kind, row[begin : begin + length], numbers)
        for row in rows_of_unspaced(found)
        for begin, length, kind, numbers in _parts(row, row[0] is found[0], index)
    ]
    held.sort(key=lambda one: -one[0])
    places: set[int] = set()
    numbers: set[int] = set(held[0][3]) if held else set()
    for _, kind, inside, theirs in held:
        if kind == held[0][1] and numbers & set(theirs):
            numbers &= set(theirs)
            places |= {token.start for token in inside}
    names = index.facets.names(held[0][1]).members if held else ()
    return Named(
        frozenset(places), frozenset(source for number in numbers for source in names[number].tolist())
    )


def _parts(row: Sequence[Token], first: bool, index: Index) -> Iterator[tuple[int, int, str, list[int]]]:
    """The parts of names in characters without blanks: where each begins, its length, its kind, the numbers of those names."""
    text = "".join(fold(token.word) for token in row)
    for kind, least in (("author", 2), ("title", 4)):
        held = index.facets.unspaced(kind)
        for begin in range(len(text) - least + 1) if held else ():
            for length in range(least, min(LONGEST_UNSPACED, len(text) - begin) + 1):
                sure = length > 2 or (first and not begin) or text.startswith(_ASKED, begin + length)
                if sure and (numbers := held.get(text[begin : begin + length])):
                    yield begin, length, kind, numbers


def _beside(folded: str, exact: str, numbers: Sequence[int], index: Index) -> Readings:
    """What a word may be in the names of these numbers, beside another word of theirs; the nearest of all."""
    from rapidfuzz.distance import OSA

    names = index.facets.names("author").keys
    most = min(_edits(folded), 1 if folded in index.facets.words("author").held else 2)
    near: dict[int, Readings] = {}
    for number in numbers[:MOST_NAMES]:
        for word in names[number].split():
            distance = OSA.distance(folded, word, score_cutoff=most)
            if word != exact and distance <= most and (distance == 0 or len(word) > 3):
                near.setdefault(distance, {}).setdefault(word, []).append(number)
    return near[min(near)] if near else {}


def _readings(word: str, kind: str, index: Index, sure: bool = False) -> Readings:
    """What a word may be in a name: itself, a handle that it begins, else those written nearly like it, nearest first.

    A word that the library has is only corrected where something else makes `sure` that it is part of a name.
    """
    folded, words = fold(word), index.facets.words(kind)
    if folded in words.held:
        return {folded: words.held[folded]}
    if kind == "author" and len(folded) >= 5 and (longer := words.beginning(folded)):
        return {one: words.held[one] for one in longer}
    if len(folded) < 4 or not folded.isalpha() or (not sure and index.has_word(word)):
        return {}
    near = words.spelled.near(folded, _edits(folded))
    near.sort(key=lambda one: (one[1], one[0][0] != folded[0]))
    return {one: words.held[one] for one, _ in near}


def _edits(folded: str) -> int:
    """How far a word may be from a name's: an edit, two from five letters on; none where it is hardly one."""
    return 0 if len(folded) < 4 or not folded.isalpha() else 1 if len(folded) < 5 else 2


def _nearest(word: str, readings: Readings) -> Readings:
    """Of several readings that are not equally near the nearest."""
    from rapidfuzz.distance import OSA

    folded = fold(word)
    far = {one: 0 if one.startswith(folded) else OSA.distance(folded, one) for one in readings}
    return {one: numbers for one, numbers in readings.items() if far[one] == min(far.values())}


def _common(meant: Sequence[Readings]) -> set[int]:
    """Numbers of the names that hold a reading of every word."""
    sets = [{number for numbers in one.values() for number in numbers} for one in meant]
    return set.intersection(*sets) if sets else set()


def _found(
    kind: str, numbers: set[int], told: Sequence[Token], meant: Sequence[Readings], index: Index
) -> Named:
    names = index.facets.names(kind)
    corrections = {}
    for token, readings in zip(told, meant, strict=True):
        right = next(word for word, held in readings.items() if numbers & set(held))
        if right != fold(token.word) and not right.startswith(fold(token.word)):
            corrections[token.word] = right
    return Named(
        frozenset(token.start for token in told),
        frozenset(source for number in numbers for source in names.members[number].tolist()),
        corrections,
    )


def _exact(token: Token, kind: str, index: Index) -> bool:
    return fold(token.word) in index.facets.words(kind).held


def _says_nothing(token: Token) -> bool:
    return fold(token.word) in stop_words(ENGLISH) or token.word in _KINDS


def _telling(inside: Sequence[Token]) -> list[Token]:
    """The words of a place for a name without those that say nothing and those for what is named."""
    return [one for one in inside if not _says_nothing(one)]
