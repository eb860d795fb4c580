"""Chooses the part of a highlight to show: a short one whole, of a long one the sentences that answer.

A quote consists of parts of the highlight's `plain`. They are cut between sentences, else between words, never inside what
a person sees as one character.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Quote, Span
from bot.text.sentences import EXCERPT_SCAN_LIMIT, MAX_EXCERPT_CHARS, split_sentences
from corpus.model import Highlight

MAX_WHOLE_CHARS = 700
"""Highlights of up to this many code points are shown whole."""

MAX_CHOSEN_SENTENCES = 3
"""Sentences that are chosen for their words; their neighbours fill the rest."""

REPEAT_SHARE = 0.25
"""Weight of a word that a chosen sentence already has; a new word weighs 1."""


@dataclass(frozen=True, slots=True)
class Match:
    """A matched word of a passage at `start:end`, with the number and the rarity of the question's word that it matches."""

    start: int
    end: int
    word: int
    weight: float


def excerpt(plain: str, matches: Sequence[Match]) -> tuple[Span, ...]:
    """The parts of `plain` to show, in order and not touching; the whole if it is short."""
    if len(plain) <= MAX_WHOLE_CHARS:
        return ((0, len(plain)),)
    sentences = split_sentences(plain[:EXCERPT_SCAN_LIMIT])
    chosen = _SentenceChooser(sentences, matches).choose()
    spans = [sentences[number] for number in _with_neighbours(sentences, chosen)]
    return _joined(plain, spans)


def quote_of(highlight: Highlight) -> Quote:
    """A highlight that answers no question, as a quote."""
    return Quote(highlight, excerpt(highlight.plain, ()))


class _SentenceChooser:
    """Chooses sentences by what each adds to those already chosen: the weight of question words that they lack."""

    def __init__(self, sentences: Sequence[Span], matches: Sequence[Match]) -> None:
        self._sentences = sentences
        self._words: list[dict[int, float]] = [{} for _ in sentences]
        place = 0
        for match in sorted(matches, key=lambda match_: match_.start):
            while place < len(sentences) - 1 and match.start >= sentences[place][1]:
                place += 1
            if sentences[place][0] <= match.start < sentences[place][1]:
                self._words[place][match.word] = match.weight

    def choose(self) -> list[int]:
        """Numbers of the sentences with the most of the question within `MAX_EXCERPT_CHARS`; the first if none has any."""
        chosen: list[int] = []
        seen: set[int] = set()
        room = MAX_EXCERPT_CHARS
        while True:
            gains = [self._gain(number, seen) for number in range(len(self._sentences))]
            number = max(range(len(gains)), key=lambda candidate: (gains[candidate], -candidate))
            if gains[number] <= 0 or (chosen and self._length(number) > room):
                return sorted(chosen) or [0]
            chosen.append(number)
            seen.update(self._words[number])
            room -= self._length(number)
            if room < MAX_EXCERPT_CHARS // 4 or len(chosen) == MAX_CHOSEN_SENTENCES:
                return sorted(chosen)

    def _gain(self, number: int, seen: set[int]) -> float:
        """What a sentence adds: 0 without new words; with some, repeated words add a little too."""
        fresh = sum(weight for word, weight in self._words[number].items() if word not in seen)
        return fresh and fresh + REPEAT_SHARE * sum(self._words[number].values())

    def _length(self, number: int) -> int:
        return self._sentences[number][1] - self._sentences[number][0]


def _with_neighbours(sentences: Sequence[Span], chosen: Sequence[int]) -> list[int]:
    """The chosen sentences and, while there is room, those around them: the nearest first; at equal distance, the later one."""
    taken = set(chosen)
    room = MAX_EXCERPT_CHARS - sum(sentences[number][1] - sentences[number][0] for number in taken)
    closed: set[tuple[int, int]] = set()
    for distance in range(1, len(sentences)):
        for number, step in ((sentence, step) for sentence in chosen for step in (1, -1)):
            place = number + step * distance
            if (number, step) in closed or place in taken or not 0 <= place < len(sentences):
                continue
            length = sentences[place][1] - sentences[place][0]
            if length <= room:
                taken.add(place)
                room -= length
            else:
                closed.add((number, step))  # stop here: a gap would follow
        if len(closed) == 2 * len(chosen):
            break
    return sorted(taken)


def _joined(plain: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours with only white space between them become one."""
    result: list[Span] = []
    for start, end in spans:
        if result and not plain[result[-1][1] : start].strip():
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return tuple(result)
