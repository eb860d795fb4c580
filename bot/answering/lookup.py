"""Highlights without a question: by id, the highlight of the day, the sources read last."""

from collections.abc import Iterable, Sequence
from datetime import date
from heapq import heapify, heappop
from itertools import islice
from urllib.parse import urlsplit

from bot.answering.excerpt import quote_of
from bot.answering.listing import SourceCount, counted, quotes_of, source_key
from bot.answering.worth_showing import first_worth_showing
from bot.model import Quote
from bot.runtime.stable_hash import stable_hash
from bot.search.index import Index
from corpus.passages import heads


def of_ids(ids: Sequence[str], index: Index) -> tuple[Quote, ...]:
    """The highlights with these ids, in this order; ids that no highlight has are left out."""
    found = index.passages_of_ids(ids)
    return quotes_of([found[name] for name in dict.fromkeys(ids) if name in found], index)


def as_shown(quotes: Iterable[Quote], index: Index) -> bool:
    """Whether the library still has all quoted highlights, with the same text."""
    shown = {quote.highlight.id: quote.highlight.plain for quote in quotes}
    found = index.passages_of_ids(shown)
    return all(
        name in found and index.library.highlights[found[name]].plain == text for name, text in shown.items()
    )


def short_name(name: str) -> str:
    """8 hexadecimal digits for the id of a highlight or the key of a source, where there is little room for names."""
    return f"{stable_hash(name, 'short'):08x}"


def all_there(names: Iterable[str], index: Index) -> bool:
    """Whether the library still has all highlights and sources with these short names."""
    there = {short_name(head.id) for head, _ in heads(index.library.highlights)}
    there.update(short_name(source_key(source)) for source in index.sources)
    return there.issuperset(names)


def of_links(links: Sequence[str], index: Index) -> tuple[Quote, ...]:
    """The highlights that these addresses lead to, in the order of the notes."""
    wanted = {key for link in links if (key := link_key(link))}
    found = {
        key: place
        for place, (head, _) in enumerate(heads(index.library.highlights))
        if (key := link_key(head.link)) in wanted and head.has_text
    }
    return quotes_of(found.values(), index)


def link_key(link: str | None) -> str:
    """Host and path of an address, which are the same in all its spellings; "" if it has no path."""
    try:
        address = urlsplit(link or "")
    except ValueError:
        return ""
    path = address.path.rstrip("/")
    return f"{(address.hostname or '').lower()}{path}" if path else ""


def of_the_day(index: Index, day: date) -> Quote | None:
    """The highlight of a day. Each id is hashed with the date; of the highlights worth showing unasked, the lowest hash wins.

    It stays the same all day unless a new highlight takes its place. Each day every highlight has the same chance.
    """
    salt = day.isoformat()
    left = [
        (stable_hash(head.id, salt), head.id, place)
        for place, (head, _) in enumerate(heads(index.library.highlights))
        if head.has_text
    ]
    heapify(left)
    in_order = (heappop(left)[2] for _ in range(len(left)))
    chosen = first_worth_showing(in_order, 1, index)
    return quote_of(index.library.highlights[chosen[0]]) if chosen else None


def newest(index: Index, limit: int) -> tuple[SourceCount, ...]:
    """The sources with the latest highlights, the latest first; undated ones last."""
    in_order = dict.fromkeys(index.source_of[index.facets.newest_first()].tolist())
    return counted(islice(in_order, limit), index)
