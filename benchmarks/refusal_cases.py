"""The questions that the rules for refusing are trained on, with their signals and weights."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.meaning import Vectors
from benchmarks.outcomes import NEAR_MISS, PARAPHRASE, Languages, languages
from benchmarks.questions import FIRST_PASSAGES
from bot.answering.breakdown import WordsReason
from bot.answering.doubts import doubt
from bot.answering.evidence import answer_score
from bot.answering.find import MAX_QUOTES, rank
from bot.answering.parameters import MEANING
from bot.answering.ranked import RankedPassages
from bot.answering.signals import SIGNALS, refusal_signals
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.search.query import parse
from bot.semantic.embedding import Embedding
from bot.text.analysis import is_unspaced
from bot.text.language_detection import detect_short
from bot.text.stemming import ENGLISH as ENGLISH_LANGUAGE
from bot.understanding.intent import Intent, understand

ACROSS = "across languages"
"""Kind of a question in another language than its passages."""

FOREIGN = "foreign"
"""Kind of a question about another library."""

MISS_WEIGHT, FOREIGN_WEIGHT = 0.1, 0.3
"""Weights of an answerable question whose passage was not found, and of a question about another library."""

UNANSWERABLE_WEIGHT, NEAR_MISS_WEIGHT = 3.0, 4.0
"""Weights of an unanswerable question, and of one on a topic of the notes. There are four times as many answerable ones, and most
known parts have few near misses."""

WORDLESS_FACTOR = 3.0
"""Factor of these weights, and of that of a question about another library, if words say next to nothing: more is demanded of an
answer by meaning alone."""

PARAPHRASE_WEIGHT = 2.0
"""Weight of a found answer in other words or another language than its passage. There are ten times as many others, which words
recognise."""

BEST_EVIDENCE = SIGNALS.index("best evidence")

FOREIGN_STEP = 36
"""One of this many questions about other libraries is asked."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question and its result."""

    part: str
    """The part of the question set."""
    vault: str
    """The name of the library that was asked."""
    kind: str
    """The kind in the question set, "near miss", "across languages", or "foreign" for a question about another library."""
    script: str
    """"without blanks", "English" or "others"."""
    answerable: bool
    answered: bool
    """Whether a right passage is among the first five."""
    score: float
    """The answer score by words."""
    signals: Floats | None
    """None if the rule for words decides."""
    doubtful: bool = False
    """Whether it gets no answer whatever the rule says: `bot.answering.doubts`."""

    @property
    def counted(self) -> bool:
        """Whether it counts among the found answers of which only a small share may get no answer."""
        return self.answered and self.kind not in (PARAPHRASE, ACROSS)

    @property
    def weight(self) -> float:
        if self.answered:
            return 1.0 if self.counted else PARAPHRASE_WEIGHT
        if self.answerable:
            return MISS_WEIGHT
        weight = {FOREIGN: FOREIGN_WEIGHT, NEAR_MISS: NEAR_MISS_WEIGHT}.get(self.kind, UNANSWERABLE_WEIGHT)
        return weight * WORDLESS_FACTOR if self.wordless else weight

    @property
    def wordless(self) -> bool:
        """Whether its words say so little that meaning alone ranks."""
        return self.signals is not None and self.signals[BEST_EVIDENCE] < MEANING.least_word_evidence


Libraries = Sequence[tuple[str, Index, list[dict[str, str]]]]
"""Names of vaults, their indexes, and the questions about them."""


def ask_libraries(found: Libraries, vectors: Vectors | None) -> Iterator[Case]:
    """Asks each library its own questions and some about the others, and yields the cases.

    Questions that the model cannot read are left out. If `vectors` is None, search is by words alone.
    """
    for corpus, index, questions in found:
        embedding = None if vectors is None else vectors.of(corpus, index)
        numbers = _numbers(index)
        asked = [(entry, frozenset(numbers[id_] for id_ in entry["highlights"])) for entry in questions]
        for other, _, foreign in found:
            asked += [
                ({**entry, "kind": FOREIGN}, frozenset())
                for entry in foreign[::FOREIGN_STEP]
                if other != corpus
            ]
        for entry, right in asked:
            case = _case(corpus, entry, right, index, embedding)
            if case is not None:
                yield case


def _case(
    vault: str, entry: dict[str, str], right: Collection[int], index: Index, embedding: Embedding | None
) -> Case | None:
    text = entry["question"]
    intent = understand(parse(text), index)
    if not intent.terms or intent.only_names:
        return None
    similarities = None if embedding is None else embedding.similarities(intent.text or text, index)
    if embedding is not None and similarities is None:
        return None
    ranked = rank(intent, index, MAX_QUOTES, None, similarities)
    signals = _signals(ranked, intent, index)
    return Case(
        entry["part"],
        vault,
        _kind(entry, right, index),
        _script(text),
        bool(right),
        any(passage in right for passage in ranked.found.passages[:FIRST_PASSAGES].tolist()),
        answer_score(ranked, intent).total,
        signals,
        doubt(ranked, intent, index, by_meaning=signals is not None) is not None,
    )


def _kind(entry: dict[str, str], right: Collection[int], index: Index) -> str:
    if entry["kind"] == FOREIGN:
        return FOREIGN
    if not right:
        return NEAR_MISS if entry.get("near") else entry["kind"]
    found = languages(entry["kind"], entry["question"], list(right), index)
    return ACROSS if found is Languages.ACROSS else entry["kind"]


def _signals(ranked: RankedPassages, intent: Intent, index: Index) -> Floats | None:
    """Returns the signals, or None if words decide."""
    if ranked.closeness is None:
        return None
    signals = refusal_signals(ranked, intent, index)
    return None if isinstance(signals, WordsReason) else signals.values


def _script(text: str) -> str:
    if any(map(is_unspaced, text)):
        return "without blanks"
    return "English" if detect_short(text) in (None, ENGLISH_LANGUAGE) else "others"


def _numbers(index: Index) -> dict[str, int]:
    return {highlight.id: number for number, highlight in enumerate(index.library.highlights)}
