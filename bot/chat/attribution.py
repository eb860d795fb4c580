"""Whose a quote is and where it comes from: the facts that every platform shows below a quote, each on one line.

Platforms decide about order, length and markup. Which addresses may be linked is decided here, by `bot.text.safe_links`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import wording
from bot.model import Quote
from bot.text import safe_links
from bot.text.sanitize import one_line
from corpus.model import Source


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Title, authors and address of a source."""

    title: str
    """`wording.UNTITLED` if the source has none."""
    authors: tuple[str, ...]
    url: str | None
    """An address that may be linked; None if there is none."""

    def links_title(self, title: str) -> bool:
        """Whether `title`, as a platform shows it, may carry the link: not if it looks like another address."""
        return self.url is not None and safe_links.honest(title, self.url)


@dataclass(frozen=True, slots=True)
class Attribution:
    """All facts about one quote. A text is empty if the fact is not known."""

    source: SourceLine
    location: str
    chapter: str
    date: str
    """When the highlight was added, else the date of the source: YYYY-MM-DD, longer or shorter."""
    tags: tuple[str, ...]
    """Without `#`."""
    url: str | None
    """An address of the passage that may be linked."""
    close_in_meaning: bool
    """Whether the quote was found by its meaning alone."""


def source_line(source: Source) -> SourceLine:
    """The facts about a source."""
    return SourceLine(
        one_line(source.title) or wording.UNTITLED,
        tuple(filter(None, map(one_line, source.authors))),
        safe_links.web(source.url),
    )


def names_source(quotes: Sequence[Quote], number: int) -> bool:
    """Whether the source is named below quote `number`: once, below the last of neighbouring quotes of one source."""
    last = number + 1 >= len(quotes)
    return last or quotes[number + 1].highlight.source != quotes[number].highlight.source


def attribution(quote: Quote) -> Attribution:
    """The facts about a quote."""
    highlight = quote.highlight
    return Attribution(
        source_line(highlight.source),
        one_line(highlight.location or ""),
        one_line(highlight.chapter or ""),
        one_line(highlight.added or highlight.source.date or ""),
        tuple(tag for written in highlight.tags if (tag := one_line(written).lstrip("#"))),
        safe_links.web(highlight.link),
        quote.sentence is not None,
    )
