"""Which passages hold an exact phrase, or a word in any form: what quotation marks and exclusions ask for."""

from collections.abc import Sequence

import numpy as np

from bot.search.arrays import Mask
from bot.search.index import Index
from bot.search.query_terms import QueryTerm
from bot.search.streams import concatenated_ranges
from bot.text.analysis import fold
from bot.text.stop_words import stop_words


def passages_with_term(term: QueryTerm, index: Index) -> Mask:
    """The passages that hold the word in any form and field. Shape (passages,)."""
    mask = np.zeros(len(index), np.bool_)
    for form in term.forms:
        mask[index.postings.of(form)[0]] = True
    return mask


def passages_with_phrase(phrase: Sequence[str], index: Index) -> Mask:
    """The passages whose text holds these normalised words one after the other. Shape (passages,)."""
    mask = np.zeros(len(index), np.bool_)
    looked_up = [index.terms.get("=" + fold(word)) for word in phrase]
    terms = [term for term in looked_up if term is not None]
    if not terms or len(terms) < len(looked_up):
        return mask
    written, offsets = index.surface_terms, index.surface_terms.offsets
    frequencies = [_text_frequency(term, word, index) for term, word in zip(terms, phrase, strict=True)]
    rarest = frequencies.index(min(frequencies))
    if frequencies[rarest] < len(index):
        passages = index.postings.of(terms[rarest])[0].astype(np.int64)
        places = concatenated_ranges(offsets[passages], offsets[passages + 1] - offsets[passages])
        starts = places[written.at(places) == terms[rarest]] - rarest
    else:
        starts = np.flatnonzero(written.ids == terms[rarest]) - rarest
    starts = starts[(starts >= 0) & (starts + len(terms) <= offsets[-1])]
    for place, term in enumerate(terms):
        starts = starts[written.at(starts + place) == term]
    owner = np.searchsorted(offsets, starts, side="right") - 1
    mask[owner[starts + len(terms) <= offsets[owner + 1]]] = True
    return mask


def _text_frequency(term: int, word: str, index: Index) -> int:
    """The number of passages with a word as typed. All of them for a stop word, since passages in its language have no posting."""
    is_stop_word = any(fold(word) in stop_words(language) for language in index.library_languages)
    return len(index) if is_stop_word else index.postings.frequency(term) or len(index)
