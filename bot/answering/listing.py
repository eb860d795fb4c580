"""Lists of highlights and sources for the `/highlight` commands, and completion of what is typed into them.

Names may be mistyped: `bot.search.facets` finds the closest ones. A name that is typed or completed exactly means that one alone.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from bot.answering.excerpt import quote_of
from bot.answering.worth_showing import first_worth_showing
from bot.model import Quote, WordFilter
from bot.search.arrays import Longs, Mask
from bot.search.index import Index
from bot.search.names import key
from corpus.model import Source

KINDS = ("author", "title", "tag")
"""What highlights can be listed by, and what can be completed."""

HASHED = "~"
"""Prefix of a hash that replaces typed names; see `hashed_names`."""
_HASHED_NAMES = re.compile(HASHED + r"[0-9a-f]{16}(?:,[0-9a-f]{16})*")


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list of highlights, newest first."""

    quotes: tuple[Quote, ...]
    total: int
    """The number of highlights in the whole list."""
    meant: tuple[str, ...]
    """The names that were understood."""
    offset: int = 0
    word_filter: WordFilter | None = None
    """What the command said about time."""

    @property
    def more(self) -> bool:
        """Whether the list goes on after this page."""
        return self.offset + len(self.quotes) < self.total


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source and the number of its highlights."""

    source: Source
    highlights: int


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Part of the list of sources, those with the most highlights first."""

    sources: tuple[SourceCount, ...]
    total: int
    offset: int = 0

    @property
    def more(self) -> bool:
        return self.offset + len(self.sources) < self.total


def list_by(
    kind: str, value: str, index: Index, limit: int = 5, offset: int = 0, within: Mask | None = None
) -> Page:
    """Highlights by an author, from a title or with a tag, newest first; `kind` is one of `KINDS`. Only those in `within`."""
    names = index.facets.names(kind)
    hashes = value[len(HASHED) :].split(",") if _HASHED_NAMES.fullmatch(value) else []
    if hashes:
        numbers = [number for number, name in enumerate(names.keys) if _name_hash(name) in hashes]
    else:
        numbers = index.facets.find_listed(kind, value)
    meant = tuple(names.names[number] for number in numbers)
    chosen = index.facets.passages_of(kind, numbers)
    return page_of(chosen if within is None else chosen & within, meant, index, limit, offset)


def hashed_names(names: Sequence[str]) -> str:
    """A hash of these names, for a button that has no room for what was typed; `list_by` accepts it."""
    return HASHED + ",".join(_name_hash(key(name)) for name in names)


def _name_hash(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def of_source(source: str, index: Index, limit: int = 5, offset: int = 0) -> Page:
    """The highlights of the source with this key (`source_key`), newest first; an empty page if there is none."""
    number = next(
        (number for number, candidate in enumerate(index.sources) if source_key(candidate) == source), None
    )
    if number is None:
        return Page((), 0, ())
    return page_of(index.source_of == number, (index.sources[number].title,), index, limit, offset)


def source_key(source: Source) -> str:
    """16 hexadecimal digits that name a source: a hash of title, authors and address, the same on every machine."""
    named = "\x1f".join((source.title, *source.authors, source.url or ""))
    return hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def titled(title: str, index: Index) -> list[Source]:
    """The sources with this title, however its case and accents are written."""
    names = index.facets.names("title")
    numbers = names.find(title, prefer_exact=True)
    if len(numbers) != 1 or names.names[numbers[0]] != title:
        return []
    return [index.sources[int(number)] for number in names.members[numbers[0]]]


def page_of(mask: Mask, meant: tuple[str, ...], index: Index, limit: int, offset: int) -> Page:
    """Part of the list of these passages, newest first. Shape of `mask`: (passages,)."""
    newest = index.facets.newest_first()
    passages = _quotable(newest[mask[newest]], index)
    return Page(quotes_of(passages[offset : offset + limit], index), len(passages), meant, offset)


def sources(index: Index, limit: int = 10, offset: int = 0) -> SourcePage:
    """Sources, those with the most highlights first; equal ones in the library's order."""
    order = np.argsort(-index.passages_by_source, kind="stable")[offset : offset + limit].tolist()
    return SourcePage(counted(order, index), len(index.sources), offset)


def counted(sources: Iterable[int], index: Index) -> tuple[SourceCount, ...]:
    """The sources with these numbers, each with the number of its highlights."""
    return tuple(
        SourceCount(index.sources[source], int(index.passages_by_source[source])) for source in sources
    )


def at_random(
    index: Index, count: int, random: Random | None = None, within: Mask | None = None
) -> tuple[Quote, ...]:
    """`count` different highlights of those in `within`, chosen at random; all if there are fewer. Only those worth showing unasked
    (`bot.answering.worth_showing`) are chosen, unless none is.
    """
    passages = _quotable(np.arange(len(index)) if within is None else np.flatnonzero(within), index)
    order = passages.tolist()
    (random or Random()).shuffle(order)  # noqa: S311
    return quotes_of(first_worth_showing(order, max(count, 0), index), index)


def complete(kind: str, typed: str, index: Index, limit: int = 25) -> list[str]:
    """Authors, titles or tags that begin with, or resemble, what was typed so far; `kind` is one of `KINDS`."""
    return index.facets.names(kind).complete(typed, limit)


def unquoted(text: str) -> str:
    """A typed name without the quotation marks around it, if there are any."""
    text = text.strip()
    pairs = {'"': '"', "“": "”", "«": "»", "'": "'"}
    return text[1:-1].strip() if len(text) > 1 and pairs.get(text[0]) == text[-1] else text


def _quotable(passages: Longs, index: Index) -> Longs:
    return passages if index.quotable is None else passages[index.quotable[passages]]


def quotes_of(passages: Iterable[int] | Longs, index: Index) -> tuple[Quote, ...]:
    """The passages with these numbers as quotes; long ones are cut to an excerpt."""
    return tuple(quote_of(index.library.highlights[int(passage)]) for passage in passages)
