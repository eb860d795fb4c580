"""Finds public passages that contain a private text, are a part of one, or overlap with one.

A reader marks a sentence private and extends the highlight later, or an app cuts a long passage. Both texts show the same words,
but they are not equal. Within notes of one title or address a short text is enough: there it is the same place of the same work.
Elsewhere the two must share enough words to be the same passage; see `corpus.merging.shared_runs`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from corpus.merging.copy_forms import MIN_LETTERS_PRIVATE_ANYWHERE, letters
from corpus.merging.duplicates import Copy, Keyed
from corpus.merging.private_copies import work_names
from corpus.merging.shared_runs import sharing

MIN_LETTERS_OF_A_LINE = 40
"""A line of a private note that is no highlight hides passages that contain it only from this length on: it may be a title."""
MAX_TEXTS = 20_000
"""Of one source, this many private texts are compared."""
MAX_CANDIDATES = 4
"""So many texts of one length, with the same beginning and end, are compared one by one. It is quicker than to look them up."""
_WINDOW, _WIDE_WINDOW = 16, 6
"""Characters of ASCII texts, and of others, that are looked up at once."""

_Long = TypeVar("_Long")
_Short = TypeVar("_Short")

Parts = Mapping[int, frozenset[str]]
"""For each hidden group, by its number, the paths of the notes that hide it."""


def parts_of_private(groups: Sequence[Sequence[Copy]], notes: Iterable[Keyed]) -> Parts:
    """Returns the groups with a copy that contains a private text, stands in one, or overlaps with one. Linear in all texts."""
    holding = [keyed for keyed in notes if keyed.holds_private]
    if not holding:
        return {}
    found: dict[int, set[str]] = defaultdict(set, _within_sources(groups, holding))
    private = [(text, keyed.note.path) for keyed in holding for text in sorted(keyed.private_parts())]
    public = [
        (text, number)
        for number, group in enumerate(groups)
        if not any(copy.private for copy in group)
        for text in dict.fromkeys(text for copy in group for text in (copy.read_as, *copy.beside))
    ]
    for number, path in sharing(private, public):
        found[number].add(path)
    return {number: frozenset(paths) for number, paths in found.items()}


def _within_sources(groups: Sequence[Sequence[Copy]], notes: Sequence[Keyed]) -> dict[int, set[str]]:
    """Returns the numbers of the groups that contain a private text of their source, or stand in one, with the notes' paths."""
    private = _private_texts(notes)
    public: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, group in enumerate(groups):
        for copy in group:
            if letters(copy.read_as) < MIN_LETTERS_PRIVATE_ANYWHERE:
                continue
            for name in work_names(copy.note.source_of(copy.entry)):
                if name in private:
                    public[name].append((copy.read_as, number))
    found: dict[int, set[str]] = defaultdict(set)
    for name, passages in public.items():
        hiding = private[name][:MAX_TEXTS]
        whole = [(text, path) for text, path, contains in hiding if contains]
        for number, path in _pairs(passages, whole):
            found[number].add(path)
        for path, number in _pairs([(text, path) for text, path, _ in hiding], passages):
            found[number].add(path)
    return found


def _private_texts(notes: Iterable[Keyed]) -> dict[str, list[tuple[str, str, bool]]]:
    """Returns the private texts by the name of their source: (text, path, whether passages that contain it are private)."""
    found: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for keyed in notes:
        note = keyed.note
        entries: set[str] = set()
        for entry, text, private in zip(note.entries, keyed.read_as, keyed.private, strict=True):
            if private and letters(text) >= MIN_LETTERS_PRIVATE_ANYWHERE:
                entries.add(text)
                for name in work_names(note.source_of(entry)):
                    found[name].append((text, note.path, True))
        if len(note.sources) > 1:
            continue
        for text in sorted(keyed.hidden - entries):
            if letters(text) >= MIN_LETTERS_PRIVATE_ANYWHERE:
                for name in work_names(note.source):
                    found[name].append((text, note.path, letters(text) >= MIN_LETTERS_OF_A_LINE))
    return found


def _pairs(
    long: Sequence[tuple[str, _Long]], short: Sequence[tuple[str, _Short]]
) -> Iterator[tuple[_Long, _Short]]:
    """Yields the marks of every two texts of which the second one stands in the first one."""
    marks: dict[str, set[_Short]] = defaultdict(set)
    alike: dict[str, dict[tuple[int, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for text, inner in short:
        if text not in marks:
            size = _WINDOW if text.isascii() else _WIDE_WINDOW
            alike[text[:size]][len(text), text[-size:]].append(text)
        marks[text].add(inner)
    sizes = {len(begin) for begin in alike}
    for text, outer in long:
        found: set[str] = set()
        for at in range(len(text)):
            for size in sizes:
                for (length, end), candidates in alike.get(text[at : at + size], {}).items():
                    if not text.startswith(end, at + length - len(end)):
                        continue
                    if len(candidates) > MAX_CANDIDATES:
                        candidates = [text[at : at + length]]
                    for candidate in candidates:
                        if candidate in marks and candidate not in found and text.startswith(candidate, at):
                            found.add(candidate)
                            for inner in marks[candidate]:
                                yield outer, inner
