"""What passes between a platform and the core: a question in, an answer out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from corpus.model import Highlight

OMISSION = " […] "
"""Stands between the parts of a quote in place of words that were left out."""

Span = tuple[int, int]
"""Half-open range of code points in a highlight's `plain`."""

_LINE = re.compile(r"[^\W_](?:[^\n]*[^\W_])?")
"""A line from its first letter or digit to its last."""


class SuggestionKind(Enum):
    """What a refusal can name; `bot.chat.wording` has the sentence of each."""

    NO_HIGHLIGHTS = "no highlights"
    """The library is empty."""
    NO_AUTHOR = "no author"
    """No author matches the value of a filter; likewise titles and tags."""
    NO_TITLE = "no title"
    NO_TAG = "no tag"
    NO_COLOR = "no color"
    """No highlight has this color."""
    NO_PHRASE = "no phrase"
    """No highlight has this exact phrase."""
    NO_WORD = "no word"
    """No highlight has these words."""
    BY_AUTHOR = "by author"
    """There are highlights by this author."""
    FROM_TITLE = "from title"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a refusal names."""

    kind: SuggestionKind
    names: tuple[str, ...] = ()
    """The author, title, tag, phrase or words, as typed or as in the notes."""


@dataclass(frozen=True, slots=True)
class WordFilter:
    """What the ordinary words of a question say beside what to look for: when it was highlighted, whether it is a favourite."""

    after: date | None = None
    """From this day on."""
    before: date | None = None
    """Earlier than this day."""
    newest: bool = False
    """The latest first."""
    favourites: bool = False
    """Only favourites."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked, and which part of the answer they want to see."""

    text: str
    limit: int = 3
    """Number of quotes on a page, at most."""
    offset: int = 0
    """Quotes to skip, because they were already shown ("More")."""
    today: date | None = None
    """The day from which "last week" is counted; None for today by this machine's clock."""
    fill: bool = False
    """Whether the first page has as many quotes as there are, up to `limit`, instead of only those that are good by themselves
    (`bot.answering.first_page`)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The part of a highlight that is shown, and why it was found."""

    highlight: Highlight
    spans: tuple[Span, ...]
    """The parts shown, in order, not touching."""
    marks: tuple[Span, ...] = ()
    """The words that matched, each inside one of `spans`, in order."""
    score: float = 0.0
    """Ranking score. Comparable only within one answer."""
    sentence: Span | None = None
    """Only of a quote found by its meaning alone, without a matching word: the sentence closest to the question, inside `spans`."""

    @property
    def emphasised(self) -> tuple[Span, ...]:
        """What is shown in bold: the words that matched, or `sentence`, line by line, if more than it is shown."""
        if self.sentence is None or (self.sentence,) == self.spans:
            return self.marks
        first, last = self.sentence
        lines = _LINE.finditer(self.highlight.plain, first, last)
        return tuple(line.span() for line in lines)

    @property
    def text(self) -> str:
        """The quote as shown: the parts joined by `OMISSION`."""
        return OMISSION.join(self.highlight.plain[start:end] for start, end in self.spans)

    @property
    def matched(self) -> tuple[str, ...]:
        """The words that matched, as they stand in `text`, each once."""
        return tuple(dict.fromkeys(self.highlight.plain[start:end] for start, end in self.marks))


@dataclass(frozen=True, slots=True)
class Answer:
    """The quotes that answer a question, best first; none if the question is refused."""

    question: str
    quotes: tuple[Quote, ...] = ()
    offset: int = 0
    """The number of better quotes that were skipped, because they were already shown."""
    total: int = 0
    """The number of highlights that fit, shown or not."""
    corrected: Mapping[str, str] = field(default_factory=dict)
    """Corrected words: as typed, to the one looked for instead."""
    filters: Mapping[str, list[str] | str] = field(default_factory=dict)
    """Restrictions of the search: {"author": ["…"], "before": "YYYY-MM-DD"} and the like."""
    looked_for: tuple[str, ...] = ()
    """The words that were searched, as typed; in scripts without blanks only meaningful parts."""
    suggestions: tuple[Suggestion, ...] = ()
    """After a refusal: what matches nothing, and the nearest useful thing that the library has; the most useful first."""
    weak: bool = False
    """Whether nothing fits well: then there is one quote, the nearest, and `total` is 1."""
    missing: tuple[str, ...] = ()
    """The question's words that no highlight holds, as typed."""
    not_quoted: str | None = None
    """The rarest of the words that were searched, as typed, if none of `quotes` has it."""
    took_ms: float = 0.0
    """Milliseconds from the question to this answer."""
    alike: bool = False
    """Whether "More like this" may stand below each quote."""
    drawable: bool = False
    """Whether "As a picture" may stand below each quote."""
    word_filter: WordFilter | None = None
    """What of `filters` was said in ordinary words, to be told to who asked."""
    limit: int = 0
    """The number of quotes that were asked for; 0 if that is not known."""
    key: str = ""
    """What feedback on it refers to; empty if none can be given."""
    own_words: bool = True
    """Whether the question is what the asker typed, and not somebody else's message that they asked about."""

    @property
    def found(self) -> bool:
        """Whether anything is quoted, be it only the nearest passage of a weak answer."""
        return bool(self.quotes)

    @property
    def past_end(self) -> bool:
        """Whether this page begins after the last quote: earlier pages had some."""
        return not self.quotes and bool(self.offset and self.total)
