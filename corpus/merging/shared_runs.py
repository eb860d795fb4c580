"""Finds passages that show the same words as a private text, although neither is the whole of the other.

Two sources may have the same passage cut in different places: a highlight of a book and of an article that quotes it begin and end
elsewhere, or one leaves words out. Both are cut into grams, overlapping on the private side only, and each gram that both have is
grown to the whole run of letters that they share. All texts are compared in the form of `copy_forms.compared`.

Figures on 35,000 highlights of 20 public vaults: of the pairs of passages of two sources that share a run of 60 letters, all but
formulas and notices of an app were the same passage; runs of 25 to 45 letters are mostly phrases that many people write.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from zlib import crc32

from corpus.merging.copy_forms import letters

MIN_LETTERS_OF_A_RUN = 60
"""A shared run of this many letters, about twelve words, shows the same passage. Counted by `copy_forms.letters`."""
MIN_LETTERS_SHARED = 40
"""So do shared runs of this many letters together if they are at least half of the shorter text."""
MAX_PLACES = 8
"""A gram is compared with this many places in private texts. More have only phrases that many texts share."""
MAX_LETTERS_AT_ONCE = 500_000
"""So many characters of private texts are looked up at once. It limits the memory to about 60 MB."""

_GRAM, _STEP = 24, 12
"""Characters of a gram, and from one gram of a public text to the next. A shared run of 35 characters always has such a gram."""
_WIDE_GRAM, _WIDE_STEP = 8, 4
"""The same for Chinese and Japanese characters, which say as much as three letters each."""
_WIDE = "\u2e80"

_Private = TypeVar("_Private")
_Public = TypeVar("_Public")


@dataclass(frozen=True, slots=True)
class _Text(Generic[_Private]):
    text: str
    mark: _Private


def sharing(
    private: Iterable[tuple[str, _Private]], public: Sequence[tuple[str, _Public]]
) -> Iterator[tuple[_Public, _Private]]:
    """Yields the marks of a public and a private text that show the same passage. Linear in all texts.

    Of many private texts with the same words, `MAX_PLACES` are found.
    """
    for batch in _batches(private):
        known: set[int] = set()
        for one in batch:
            known.update([hash(gram) for _, gram in _grams(one.text, 1, 1)])
        hits: dict[int, list[tuple[int, str]]] = {}
        for number, (text, _) in enumerate(public):
            grams = [found for found in _grams(text, _STEP, _WIDE_STEP) if hash(found[1]) in known]
            if grams:
                hits[number] = grams
        if not hits:
            continue
        places = _places(batch, {gram for grams in hits.values() for _, gram in grams})
        for number, grams in hits.items():
            text, mark = public[number]
            for private_mark in _matches(text, grams, places, batch):
                yield mark, private_mark


def _batches(private: Iterable[tuple[str, _Private]]) -> Iterator[list[_Text[_Private]]]:
    batch: list[_Text[_Private]] = []
    size = 0
    for text, mark in private:
        if letters(text) < MIN_LETTERS_SHARED:
            continue
        batch.append(_Text(text, mark))
        size += len(text)
        if size >= MAX_LETTERS_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _grams(text: str, step: int, wide_step: int) -> list[tuple[int, str]]:
    """Returns grams with their places, one every `step` characters."""
    found = [(at, text[at : at + _GRAM]) for at in range(0, len(text) - _GRAM + 1, step)]
    if text.isascii():
        return found
    wide = ((at, text[at : at + _WIDE_GRAM]) for at in range(0, len(text) - _WIDE_GRAM + 1, wide_step))
    return found + [(at, gram) for at, gram in wide if min(gram) >= _WIDE]


def _places(batch: Sequence[_Text[_Private]], wanted: set[str]) -> dict[str, list[tuple[int, int]]]:
    """Returns where the wanted grams stand: number of the text, and place in it."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, one in enumerate(batch):
        for at, gram in _grams(one.text, 1, 1):
            if gram in wanted and len(places := found[gram]) < MAX_PLACES:
                places.append((number, at))
    return found


def _matches(
    text: str,
    grams: Sequence[tuple[int, str]],
    places: dict[str, list[tuple[int, int]]],
    batch: Sequence[_Text[_Private]],
) -> Iterator[_Private]:
    """Yields the marks of the private texts that show the same passage as this public text."""
    shared: dict[int, int] = defaultdict(int)
    counted: dict[int, int] = defaultdict(int)
    reached: dict[tuple[int, int], int] = {}
    found: set[int] = set()
    for at, gram in sorted(grams):
        size = len(gram)
        for number, there in places.get(gram, ()):
            if number in found or at + size <= reached.get((number, there - at), 0):
                continue
            other = batch[number].text
            begin, end = _run(text, at, other, there, size)
            reached[number, there - at] = end
            shared[number] += letters(text[max(begin, counted[number]) : end])
            counted[number] = max(end, counted[number])
            if letters(text[begin:end]) >= MIN_LETTERS_OF_A_RUN or (
                shared[number] >= MIN_LETTERS_SHARED
                and 2 * shared[number] >= min(letters(text), letters(other))
            ):
                found.add(number)
                yield batch[number].mark


def _run(text: str, at: int, other: str, there: int, size: int) -> tuple[int, int]:
    """Returns where the shared run around a gram begins and ends in the text. It is not followed further than needed."""
    begin, end = at, at + size
    shift = there - at
    first = max(0, -shift, at - MIN_LETTERS_OF_A_RUN)
    while begin > first and text[begin - 1] == other[begin - 1 + shift]:
        begin -= 1
    last = min(len(text), len(other) - shift, at + size + MIN_LETTERS_OF_A_RUN)
    while end < last and text[end] == other[end + shift]:
        end += 1
    return begin, end


def sample(texts: Iterable[str]) -> "array[int]":
    """Returns checksums of grams of private texts. A public text that shows the same passage has one of them in `all_grams`."""
    return array(
        "I",
        sorted(
            {
                crc32(gram.encode("utf-8", "surrogatepass"))
                for text in texts
                if letters(text) >= MIN_LETTERS_SHARED
                for _, gram in _grams(text, _STEP, _WIDE_STEP)
            }
        ),
    )


def all_grams(texts: Iterable[str]) -> set[int]:
    """Returns checksums of all grams of public texts; see `sample`."""
    return {crc32(gram.encode("utf-8", "surrogatepass")) for text in texts for _, gram in _grams(text, 1, 1)}
