"""Words that only ask, such as those of "does anyone know a good quote about …", and where the topic begins behind them.

A question only asks as long as it has nothing but such words and stop words, from its beginning up to a bridge ("about", "on"): in
"what do we know about sleep" the topic is sleep. The words are data, in `asking_words.toml`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from bot.text.analysis import each_token, fold, tokens, words
from bot.text.stop_words import stop_words

MAX_WORDS = 16
"""Words at the beginning of a question among which a bridge is looked for."""

MAX_CHARS = 160
"""Code points at the beginning of a question in which a bridge is looked for; and of a question whose end is looked at."""


@dataclass(frozen=True, slots=True)
class AskingWords:
    """The words of one language, folded; the names are those of `asking_words.toml`."""

    verbs: frozenset[str]
    people: frozenset[str]
    nouns: frozenset[str]
    weak_nouns: frozenset[str]
    describing: frozenset[str]
    bridges: frozenset[str]
    verb_bridges: frozenset[str]
    noun_bridges: frozenset[str]
    relatives: frozenset[str]
    asked: frozenset[str]
    asked_to: frozenset[str]
    closing: frozenset[str]
    closing_verbs: frozenset[str]
    neighbours: frozenset[str]
    """All these and the stop words: what may stand before the topic."""

    @property
    def asking(self) -> frozenset[str]:
        """Those that are never missed in a library."""
        return (
            self.verbs
            | self.people
            | self.nouns
            | self.weak_nouns
            | self.asked_to
            | self.closing
            | self.closing_verbs
        )


_REASONS = "how why when wie warum wann wieso comment pourquoi quand cómo por cuándo"
"""Where a question begins with one of these, in any language, its verb mostly belongs to the topic: "how do I write about …"."""


@cache
def asking_words() -> dict[str, AskingWords]:
    """By the code of the language."""
    listed = tomllib.loads(Path(__file__).with_name("asking_words.toml").read_text("utf-8"))
    found = {}
    for language, lists in listed.items():
        folded = {name: _folded(text) for name, text in lists.items()}
        neighbours = stop_words(language).union(*folded.values()) - _folded(_REASONS)
        found[language] = AskingWords(**folded, neighbours=neighbours)
    return found


def _folded(text: str) -> frozenset[str]:
    return frozenset(map(fold, words(text)))


@cache
def _neighbours() -> frozenset[str]:
    """What may stand before the topic, in any language."""
    return frozenset().union(*(language.neighbours for language in asking_words().values()))


@cache
def words_that_ask(language: str) -> frozenset[str]:
    """Folded words that only ask, of a claimed language; of all of them for any other."""
    known = asking_words()
    chosen = [known[language]] if language in known else known.values()
    return frozenset().union(*(spoken.asking for spoken in chosen))


@cache
def _closing_words() -> frozenset[str]:
    """With what a question may end that only asks, in any language."""
    return frozenset().union(
        *(language.closing | language.closing_verbs for language in asking_words().values())
    )


def _last_word(text: str) -> str:
    """The last normalised word of a text; "" if it has none. No word goes beyond a blank."""
    ends = (tokens(piece) for piece in reversed(text.split()))
    return next((found[-1].word for found in ends if found), "")


def only_asks(text: str) -> bool:
    """Whether a text has nothing but words that ask and stop words of one language: "people", "our notes"."""
    typed = [fold(token.word) for token in tokens(text[:MAX_CHARS])]
    return any(language.neighbours.issuperset(typed) for language in asking_words().values())


def topic_start(text: str, start: int) -> int:
    """Where the topic begins: behind the words that ask at `start`; `start` itself where there are none."""
    typed: list[tuple[str, int]] = []
    for token in islice(each_token(text[start : start + MAX_CHARS]), MAX_WORDS):
        word = fold(token.word)
        if word not in _neighbours():
            break
        typed.append((word, start + token.end))
    if not typed:
        return start
    return max(
        (_end_of_asking(typed, language, start) for language in asking_words().values()), default=start
    )


def _end_of_asking(typed: list[tuple[str, int]], language: AskingWords, start: int) -> int:
    end, before, last = start, set[str](), ""
    for word, behind in typed:
        if word not in language.neighbours:
            break
        if _ends_asking(word, last, before, language):
            end = behind
        before.add(word)
        last = word
    return end


def _ends_asking(word: str, last: str, before: set[str], language: AskingWords) -> bool:
    """Whether the topic may begin behind `word`, which stands behind the words `before`, right behind `last`."""
    nouns = before & language.nouns
    verbs = before & (language.verbs | language.people)
    weak_nouns = before & language.weak_nouns
    if word in language.bridges:
        return bool(nouns or verbs or weak_nouns)
    if word in language.verb_bridges:
        return bool(nouns or verbs)
    if word in language.noun_bridges:
        return bool(nouns)
    if word in language.relatives:
        return last in language.verbs
    if last in language.relatives:
        return word in language.verbs and bool(nouns or weak_nouns)
    seen = before | {word}
    return word in language.asked | language.asked_to and bool(
        seen & language.asked and seen & language.asked_to
    )


def without_closing_words(text: str, start: int, asks: bool) -> str:
    """Blanks words at the end that only ask, unless nothing else is left after `start`: "… nochmal", "… gefunden".

    `asks`: whether the question began with words that ask.
    """
    if len(text) - start > MAX_CHARS or fold(_last_word(text[start:])) not in _closing_words():
        return text
    typed = tokens(text[start:])
    for code, language in asking_words().items():
        closing = language.closing | language.closing_verbs if asks else language.closing
        last = len(typed)
        while last and fold(typed[last - 1].word) in closing:
            last -= 1
        if last < len(typed) and not stop_words(code).issuperset(fold(token.word) for token in typed[:last]):
            begin = start + typed[last].start
            return text[:begin] + " " * (len(text) - begin)
    return text
