"""What crosses the seam between a platform and the core: a question in, an answer out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.model import Highlight

OMISSION = " […] "
"""Stands between the parts of a quote where words of the passage were left out."""

Span = tuple[int, int]
"""Half-open range of code points of a highlight's `plain`."""


_LINE = re.compile(r"[^\W_](?:[^\n]*[^\W_])?")
"""A line from its first letter or digit to its last."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked; which part of the answer they want to see."""

    text: str
    limit: int = 3
    """Number of quotes."""
    offset: int = 0
    """Quotes to leave out, as already shown ("More")."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The part of a highlight that is shown, and why."""

    highlight: Highlight
    spans: tuple[Span, ...]
    """The parts shown, in order, apart from each other."""
    marks: tuple[Span, ...] = ()
    """The words that matched, each inside one of `spans`, in order."""
    score: float = 0.0
    sentence: Span | None = None
    """Where it was found by its meaning alone, no word having matched: the sentence nearest to the question, in `spans`."""

    @property
    def emphasised(self) -> tuple[Span, ...]:
        """What is shown in bold: the words that matched, or the nearest sentence, line by line, where more than it is shown."""
        if self.sentence is None or (self.sentence,) == self.spans:
            return self.marks
        first, last = self.sentence
        lines = _LINE.finditer(self.highlight.plain, first, last)
        return tuple(line.span() for line in lines)

    @property
    def text(self) -> str:
        """The quote as shown: parts of the highlight's `plain` joined by the mark of omission."""
        return OMISSION.join(self.highlight.plain[start:end] for start, end in self.spans)

    @property
    def matched(self) -> tuple[str, ...]:
        """The words that matched as they stand in `text`, each once."""
        return tuple(dict.fromkeys(self.highlight.plain[start:end] for start, end in self.marks))


@dataclass(frozen=True, slots=True)
class Answer:
    """The quotes that answer a question, best first, or that nothing does."""

    question: str
    quotes: tuple[Quote, ...] = ()
    offset: int = 0
    """How many quotes that fit better were left out, as already shown."""
    total: int = 0
    """How many highlights fit, shown or not."""
    corrected: Mapping[str, str] = field(default_factory=dict)
    """A word as typed to the one looked for instead."""
    filters: Mapping[str, list[str] | str] = field(default_factory=dict)
    """What restricted the search: {"author": ["…"], "before": "YYYY-MM-DD"} and the like."""
    looked_for: tuple[str, ...] = ()
    """The question's words that were searched, as typed; in scripts without blanks those parts that say something."""
    nearest: tuple[str, ...] = ()
    """Where nothing fits: sentences naming the nearest useful thing, as sources by that author."""
    took_ms: float = 0.0
    alike: bool = False
    """Whether "More like this" may stand below each quote."""

    @property
    def found(self) -> bool:
        return bool(self.quotes)
