"""Which part of a highlight is shown: short ones whole, of long ones the sentences that answer.

A quote is made of parts of the highlight's `plain`, cut between sentences, else between words, never inside
what a person sees as one character.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Span
from bot.text.sentences import LOOKED_AT, ROOM, sentences_of

WHOLE = 700
"""Code points up to which a highlight is shown as it is."""


@dataclass(frozen=True, slots=True)
class Match:
    """A matched word where it stands in the passage, which of the question's words it is, and its rarity."""

    start: int
    end: int
    word: int
    weight: float


def excerpt(plain: str, matches: Sequence[Match]) -> tuple[Span, ...]:
    """The parts of `plain` to show, in order and apart from each other; the whole where it is short."""
    if len(plain) <= WHOLE:
        return ((0, len(plain)),)
    sentences = sentences_of(plain[:LOOKED_AT])
    gains = _Gains(sentences, matches)
    chosen = gains.choose()
    spans = [sentences[number] for number in _grown(sentences, chosen)]
    return _joined(plain, spans)


class _Gains:
    """What each sentence would add to those chosen: the weight of the question's words that they lack."""

    def __init__(self, sentences: Sequence[Span], matches: Sequence[Match]) -> None:
        self._sentences = sentences
        self._held: list[dict[int, float]] = [{} for _ in sentences]
        place = 0
        for match in sorted(matches, key=lambda one: one.start):
            while place < len(sentences) - 1 and match.start >= sentences[place][1]:
                place += 1
            if sentences[place][0] <= match.start < sentences[place][1]:
                self._held[place][match.word] = match.weight

    def choose(self) -> list[int]:
        """Numbers of the sentences that hold the most of the question within `ROOM`; else the first."""
        chosen: list[int] = []
        seen: set[int] = set()
        room = ROOM
        while True:
            gains = [self._gain(number, seen) for number in range(len(self._sentences))]
            number = max(range(len(gains)), key=lambda one: (gains[one], -one))
            if gains[number] <= 0 or (chosen and self._length(number) > room):
                return sorted(chosen) or [0]
            chosen.append(number)
            seen.update(self._held[number])
            room -= self._length(number)
            if room < ROOM // 4 or len(chosen) == 3:
                return sorted(chosen)

    def _gain(self, number: int, seen: set[int]) -> float:
        fresh = sum(weight for word, weight in self._held[number].items() if word not in seen)
        return fresh and fresh + 0.25 * sum(self._held[number].values())

    def _length(self, number: int) -> int:
        return self._sentences[number][1] - self._sentences[number][0]


def _grown(sentences: Sequence[Span], chosen: Sequence[int]) -> list[int]:
    """The chosen sentences and, while there is room, those that follow or lead up to them."""
    taken = set(chosen)
    room = ROOM - sum(sentences[number][1] - sentences[number][0] for number in taken)
    for number in [*(one + 1 for one in chosen), *(one - 1 for one in chosen), *(one + 2 for one in chosen)]:
        if 0 <= number < len(sentences) and number not in taken:
            length = sentences[number][1] - sentences[number][0]
            if length <= room:
                taken.add(number)
                room -= length
    return sorted(taken)


def _joined(plain: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours with nothing but blanks between them become one."""
    result: list[Span] = []
    for start, end in spans:
        if result and not plain[result[-1][1] : start].strip():
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return tuple(result)
