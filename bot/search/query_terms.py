"""What a question looks for, and by which terms: words in all their forms, characters as pairs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.text.analysis import Token, fold, is_unspaced
from bot.text.stop_words import function_pairs, stop_words

PARTICLE = 0.3
"""What two characters count in coverage where one is a function word."""

SEAM = 0.3
"""What two characters count in coverage that no passage joins, between such as are joined: the end of a word and the begin of
another, as likely as not."""

BESIDE_A_SEAM = 0.7
"""What the first and the last of several in a row count that no passage joins; between these is a word that the library lacks."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One thing that a question looks for: a word in all its forms, or two neighbouring characters."""

    typed: str
    terms: tuple[int, ...]
    """Its stem in each language of the library, as far as the library has it."""
    surface: int | None
    """The word as written; None where no passage has it."""
    idf: float
    """Of the stems together; that of a word in no passage where none has it."""
    scored: tuple[tuple[int, float], ...] = ()
    """The terms whose weights are added up, and what they are multiplied by: each weight has the idf of its own term, not that
    of all together."""
    times: float = 1.0
    trust: float = 1.0
    """How sure it is that this is what was meant: less where it corrects what was typed."""
    emphasis: float = 1.0
    """What it counts in coverage: less for two characters that are hardly a word."""
    meant: str = ""
    """The word as corrected, where `typed` is a misspelt one."""

    @property
    def forms(self) -> tuple[int, ...]:
        """Its terms of both kinds."""
        return self.terms if self.surface is None else (*self.terms, self.surface)

    @property
    def known(self) -> bool:
        """Whether any passage has it, in any form."""
        return bool(self.terms) or self.surface is not None

    @property
    def weight(self) -> float:
        """Its part of the question."""
        return self.idf * self.emphasis


def names_of(
    tokens: Sequence[Token], stem_names: Callable[[str], list[str]]
) -> Iterable[tuple[tuple[str, ...], str]]:
    """For each thing looked for the names of its terms, the one as written first, and the word as typed."""
    for place, token in enumerate(tokens):
        folded = fold(token.word)
        if not is_unspaced(token.word):
            yield ("=" + folded, *stem_names(token.word)), token.word
            continue
        if _joined(tokens, place):
            both = folded + fold(tokens[place + 1].word)
            yield ("=" + both, "~" + both), both
        elif not (place and _joined(tokens, place - 1)):
            yield ("=" + folded, "~" + folded), folded


def _joined(tokens: Sequence[Token], place: int) -> bool:
    """Whether a character and the next one stand together."""
    both = tokens[place : place + 2]
    return (
        len(both) == 2
        and both[0].end == both[1].start
        and is_unspaced(both[0].word)
        and is_unspaced(both[1].word)
    )


def emphasised(found: Iterable[QueryTerm]) -> list[QueryTerm]:
    """The words of a question with what they count: pairs of characters that no passage joins less, one alone least."""
    result: list[QueryTerm] = []
    for known, group in groupby(found, lambda word: word.known or not is_unspaced(word.typed[0])):
        row = list(group)
        for place, word in enumerate(row):
            at_end = place in (0, len(row) - 1)
            part = 1.0 if known or not at_end else BESIDE_A_SEAM if len(row) > 1 else SEAM
            result.append(replace(word, emphasis=part * _emphasis(word.typed)))
    return result


def written(wanted: Iterable[QueryTerm]) -> list[str]:
    """The words as they are told to who asked: pairs of characters joined to words again, those left out that say little."""
    result: list[str] = []
    before = ""
    for word in wanted:
        unspaced = is_unspaced(word.typed[0])
        if unspaced and not (word.emphasis >= BESIDE_A_SEAM or (word.known and not word.emphasis)):
            before = ""
            continue
        if unspaced and before.endswith(word.typed[0]):
            before = result[-1] = before + word.typed[1:]
            continue
        result.append(word.typed)
        before = word.typed if unspaced else ""
    return list(dict.fromkeys(result))


def _emphasis(typed: str) -> float:
    """Less for characters of which one is a function word."""
    if not is_unspaced(typed[0]):
        return 1.0
    hiragana = all("\u3041" <= character <= "\u309f" for character in typed)
    function = (
        hiragana
        or typed in function_pairs()
        or any(one in stop_words("chinese") or one in stop_words("japanese") for one in typed)
    )
    return PARTICLE if function else 1.0
