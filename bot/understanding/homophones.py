"""Corrects Chinese characters that were typed for others of the same sound, as happens with input by pronunciation.

A character counts as mistyped if the library has neither of the bigrams that it stands in, and if another of the same sound makes
bigrams of the library with both its neighbours. Where it has one neighbour, the library must have that bigram several times:
benchmarks/README.md, "Names".
"""

from collections.abc import Sequence

from bot.search.index import Index
from bot.text.analysis import Token, fold, rows_of_unspaced
from bot.text.pronunciation import homophones
from bot.text.stop_words import stop_words

MIN_PASSAGES_WITH_ONE_NEIGHBOUR = 5
"""Passages that must hold the bigram if the character stands at the beginning or the end of its row."""

MAX_CHARACTERS = 200
"""Characters of a question that are looked at: each takes up to 0.2 ms."""

_FIRST_KANA, _LAST_KANA = "\u3041", "\u30ff"


def correct_homophones(
    tokens: Sequence[Token], index: Index, at_most: int
) -> tuple[list[Token], dict[str, str]]:
    """The tokens with the characters that are meant, and the corrections: a bigram as typed to the one looked for instead.

    At most `at_most` characters are corrected. A question with kana is Japanese, where readings differ.
    """
    found, corrections = list(tokens), dict[str, str]()
    if at_most <= 0 or any(_FIRST_KANA <= token.word[:1] <= _LAST_KANA for token in tokens):
        return found, corrections
    places = {token.start: place for place, token in enumerate(tokens)}
    for row in rows_of_unspaced(tokens[:MAX_CHARACTERS]):
        characters = [fold(token.word) for token in row]
        for place in range(len(characters)):
            meant = _meant(characters, place, index)
            if meant is None:
                continue
            first = max(place - 1, 0)
            before = characters[first : place + 2]
            characters[place] = meant
            after = characters[first : place + 2]
            corrections |= {
                "".join(before[start : start + 2]): "".join(after[start : start + 2])
                for start in range(len(before) - 1)
            }
            token = places[row[place].start]
            found[token] = found[token]._replace(word=meant)
            at_most -= 1
            if not at_most:
                return found, corrections
    return found, corrections


def _meant(characters: Sequence[str], place: int, index: Index) -> str | None:
    """The character that is meant at this place of a row; None if the typed one is right, or if nothing better is known."""
    functional = stop_words("chinese")
    typed = characters[place]
    if typed in functional:
        return None
    before, after = characters[max(place - 1, 0) : place], characters[place + 1 : place + 2]

    def passages(character: str) -> list[int]:
        """In how many passages it stands beside each neighbour."""
        pairs = [one + character for one in before] + [character + one for one in after]
        return [_frequency(pair, index) for pair in pairs]

    if any(passages(typed)):
        return None
    best = max(
        (
            (sum(counts), one)
            for one in homophones(typed)
            if one not in functional and all(counts := passages(one))
        ),
        default=(0, typed),
    )
    least = 1 if before and after else MIN_PASSAGES_WITH_ONE_NEIGHBOUR
    return best[1] if best[0] >= least else None


def _frequency(bigram: str, index: Index) -> int:
    term = index.terms.get("~" + bigram)
    return 0 if term is None else index.postings.frequency(term)
