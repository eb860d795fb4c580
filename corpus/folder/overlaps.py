"""Which notes are to be read again because a passage of one overlaps with a private text of another one.

Most notes affect each other only through names that both have (`corpus.merging.duplicates.ties`). Overlaps have no names: two texts
that begin and end elsewhere share nothing that could be looked up. So changed passages are compared with samples of all private
texts, and new private texts with all passages. Without private notes this costs nothing.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping

from corpus.folder.known import Record
from corpus.folder.read import Read
from corpus.merging import copy_forms
from corpus.merging.duplicates import Keyed
from corpus.merging.shared_runs import all_grams, sample, sharing

Samples = Mapping[str, "array[int]"]


def sample_of(one: Read) -> "array[int]":
    """Returns the sample of the private texts in a file; empty without any."""
    keyed = one.found if isinstance(one.found, Keyed) else one.unread
    return sample(keyed.private_parts()) if keyed is not None and keyed.holds_private else array("I")


def overlapping(
    read: Mapping[str, Read], left: Mapping[str, Record], old: Samples, samples: Samples
) -> set[str]:
    """Returns the places of files not read that may overlap with the files just read.

    `left` are the records of the files not read, `old` the samples before, and `samples` those of all files.
    """
    grown = [one for place, one in read.items() if set(samples.get(place, ())) - set(old.get(place, ()))]
    return _private_places(read.values(), left, samples) | _public_places(grown, left)


def _private_places(read: Iterable[Read], left: Mapping[str, Record], samples: Samples) -> set[str]:
    """Returns the places of private texts that passages just read may overlap with."""
    waiting = {place: samples[place] for place in left if samples.get(place)}
    if not waiting:
        return set()
    grams = all_grams(text for one in read for text in _public_texts(one))
    return {place for place, own in waiting.items() if not grams.isdisjoint(own)}


def _public_texts(one: Read) -> Iterable[str]:
    if not isinstance(one.found, Keyed):
        return
    keyed = one.found
    for text, beside, private in zip(keyed.read_as, keyed.beside, keyed.private, strict=True):
        if not private and not keyed.whole:
            yield from (text, *beside)


def _public_places(grown: Collection[Read], left: Mapping[str, Record]) -> set[str]:
    """Returns the places of passages that overlap with new private texts."""
    keyed = [one.found if isinstance(one.found, Keyed) else one.unread for one in grown]
    private = [(text, None) for one in keyed if one is not None for text in one.private_parts()]
    if not private:
        return set()
    public: list[tuple[str, str]] = []
    for place, record in left.items():
        for highlight in record.highlights:
            public.append((copy_forms.compared(highlight.plain), place))
            forms = copy_forms.forms_beside(highlight.text, highlight.plain, highlight.remark)
            public += [(form, place) for form in forms]
    return {place for place, _ in sharing(private, public)}
