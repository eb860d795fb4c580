"""Highlights without a question: by id, the highlight of the day, the sources read last."""

from collections.abc import Sequence
from datetime import date
from itertools import islice
from zlib import crc32

from bot.answering.excerpt import quote_of
from bot.answering.listing import SourceCount, counted
from bot.model import Quote
from bot.search.index import Index


def of_ids(ids: Sequence[str], index: Index) -> tuple[Quote, ...]:
    """The highlights with these ids, in this order; ids that no highlight has are left out."""
    wanted = set(ids)
    found = {one.id: one for one in index.library.highlights if one.id in wanted}
    return tuple(quote_of(found[name]) for name in dict.fromkeys(ids) if name in found)


def of_the_day(index: Index, day: date) -> Quote | None:
    """The highlight of a day: the one whose id, hashed with the date, gives the lowest number.

    It stays the same all day unless a new highlight takes its place. Each day every highlight has the same chance.
    """
    seed = crc32(day.isoformat().encode())
    highlights = (one for one in index.library.highlights if one.plain.strip())
    chosen = min(highlights, key=lambda one: (_mixed(crc32(one.id.encode(), seed)), one.id), default=None)
    return None if chosen is None else quote_of(chosen)


def newest(index: Index, limit: int) -> tuple[SourceCount, ...]:
    """The sources with the latest highlights, the latest first; undated ones last."""
    in_order = dict.fromkeys(index.source_of[index.facets.newest_first()].tolist())
    return counted(islice(in_order, limit), index)


def _mixed(number: int) -> int:
    """Mixes the bits of a checksum. CRC-32 is linear: unmixed, two dates differ by the same bits for every id."""
    number = (number ^ number >> 16) * 0x7FEB352D & 0xFFFFFFFF
    return (number ^ number >> 15) * 0x846CA68B & 0xFFFFFFFF
