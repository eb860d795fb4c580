"""Notes as read to a library: what is private leaves, each highlight is kept once, every one gets its id.

Nothing here depends on the order of files or on their paths.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from corpus.entry import Entry, Note
from corpus.model import Highlight, Library, Problem, Skipped, Source
from corpus.normal import fold, key
from corpus.plain import plain
from corpus.reader import private_words

SAME_ANYWHERE = 40
"""Characters from which the same text in two sources is one highlight; a Chinese or Japanese one counts for three.
Shorter texts ("Formatting") are one only within a source."""

SIMILAR = 90.0
"""Percent of equal characters (normalised Indel similarity) from which two texts behind one link are one highlight."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What never enters a library."""

    tags: frozenset[str] = frozenset({"private"})
    """Folded names; a nested tag ("private/work") counts as its parent."""
    paths: frozenset[str] = frozenset()
    """Of the notes that are private as a whole."""

    def covers(self, note: Note, entry: Entry) -> bool:
        if note.path in self.paths:
            return True
        folded = (fold(tag).lstrip("#") for tag in private_words(note, entry))
        return any(part in self.tags for tag in folded for part in (tag, tag.split("/", 1)[0]))


@dataclass(slots=True)
class _Copy:
    note: Note
    entry: Entry
    source: Source
    source_key: str
    key: str
    private: bool


def build(
    notes: Sequence[Note],
    privacy: Privacy,
    skipped: Iterable[Skipped] = (),
    problems: Iterable[Problem] = (),
) -> Library:
    """The library of these notes."""
    sources = _sources(notes)
    copies = [
        _Copy(note, entry, sources[found], found, key(entry.text), privacy.covers(note, entry))
        for note in notes
        for found in (_source_key(note.source),)
        for entry in note.entries
    ]
    groups = _groups(copies)
    public = [group for group in groups if not any(copy.private for copy in group)]
    highlights = _highlights(public)
    shapes: dict[str, int] = defaultdict(int)
    for note in notes:
        shapes[note.shape] += 1
    told = [*problems, *(Problem(note.path, line, text) for note in notes for line, text in note.problems)]
    used = {id(highlight.source): highlight.source for highlight in highlights}
    return Library(
        sources=tuple(used.values()),
        highlights=tuple(highlights),
        notes=len(notes),
        shapes=dict(sorted(shapes.items())),
        duplicates=sum(len(group) - 1 for group in groups),
        private=len(groups) - len(public),
        skipped=tuple(sorted(skipped, key=lambda one: one.path)),
        problems=tuple(sorted(told, key=lambda one: (one.path, one.line or 0))),
    )


def _source_key(source: Source) -> str:
    """What two notes of one source share: the title and the people."""
    return "\x1f".join((key(source.title), *sorted(key(author) for author in source.authors)))


def _sources(notes: Sequence[Note]) -> dict[str, Source]:
    """One source for all notes about it, with what each of them knows."""
    found: dict[str, list[Source]] = defaultdict(list)
    for note in notes:
        found[_source_key(note.source)].append(note.source)
    merged = {}
    for name, alike in found.items():
        ordered = sorted(set(alike), key=lambda one: (-_known(one), repr(one)))
        best = ordered[0]
        if len(ordered) > 1:
            best = replace(
                best,
                category=_any(one.category for one in ordered),
                url=_any(one.url for one in ordered),
                cover=_any(one.cover for one in ordered),
                date=_any(one.date for one in ordered),
                tags=tuple(dict.fromkeys(tag for one in ordered for tag in one.tags)),
            )
        merged[name] = best
    return merged


def _any(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _known(source: Source) -> int:
    return sum(bool(part) for part in (source.category, source.url, source.tags, source.cover, source.date))


def _groups(copies: list[_Copy]) -> list[list[_Copy]]:
    """Copies of one highlight together: the same text, or nearly the same behind one link."""
    parent = list(range(len(copies)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        parent[second] = first

    by_text: dict[tuple[str, ...], int] = {}
    by_link: dict[str, list[int]] = defaultdict(list)
    for index, copy in enumerate(copies):
        for name in _text_names(copy):
            join(by_text.setdefault(name, index), index)
        if copy.entry.link and copy.note.shape != "plain":
            by_link[copy.entry.link].append(index)
    for alike in by_link.values():
        _join_similar(alike, copies, join)
    groups: dict[int, list[_Copy]] = defaultdict(list)
    for index, copy in enumerate(copies):
        groups[root(index)].append(copy)
    return list(groups.values())


def _text_names(copy: _Copy) -> list[tuple[str, ...]]:
    """Under which names a text is looked for: a long one everywhere, a short one in its source and behind its link."""
    weight = len(copy.key) if copy.key.isascii() else sum(3 if c >= "\u2e80" else 1 for c in copy.key)
    if weight >= SAME_ANYWHERE:
        return [("text", copy.key)]
    found = [("here", copy.source_key, copy.key, copy.entry.link or "")]
    if copy.entry.link:
        found.append(("link", copy.entry.link, copy.key))
    return found


def _join_similar(alike: list[int], copies: list[_Copy], join: object) -> None:
    assert callable(join)
    seen: list[int] = []
    for index in alike[:200]:
        for other in seen:
            one, two = copies[index].key, copies[other].key
            if one == two or (min(len(one), len(two)) > 12 and fuzz.ratio(one, two) >= SIMILAR):
                join(other, index)
                break
        else:
            seen.append(index)


def _best(group: list[_Copy]) -> _Copy:
    """The copy that is kept: the most complete one; where two are alike, by content, never by path."""
    return min(
        group,
        key=lambda copy: (
            -sum(map(bool, (copy.entry.link, copy.entry.remark, copy.entry.tags, copy.entry.location))),
            -len(copy.entry.text),
            -_known(copy.source),
            copy.source_key,
            copy.entry.text,
            copy.entry.link or "",
            copy.entry.added or "",
            copy.note.path,
            copy.entry.line,
        ),
    )


def _highlights(groups: list[list[_Copy]]) -> list[Highlight]:
    kept = [(_best(group), group) for group in groups]
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for _, group in kept:
        for pair in {(copy.source_key, copy.entry.link) for copy in group if copy.entry.link}:
            shared[pair] += 1
    found = [_highlight(best, group, shared) for best, group in kept]
    return sorted(found, key=lambda one: (one.path, one.line))


def _highlight(best: _Copy, group: list[_Copy], shared: dict[tuple[str, str], int]) -> Highlight:
    entry = best.entry
    shown = plain(entry.text)
    ordered = sorted(group, key=lambda copy: (copy is not best, copy.source_key, copy.entry.text, copy.note.path))
    return Highlight(
        id=min(_id(copy, shared) for copy in group),
        text=entry.text,
        plain=entry.text if shown == entry.text else shown,
        source=best.source,
        link=entry.link or _any(copy.entry.link for copy in ordered),
        location=entry.location or (None if entry.link else _any(copy.entry.location for copy in ordered)),
        remark=entry.remark or _any(copy.entry.remark for copy in ordered),
        tags=tuple(dict.fromkeys(tag for copy in ordered for tag in copy.entry.tags)),
        chapter=entry.chapter or _any(copy.entry.chapter for copy in ordered if copy.source_key == best.source_key),
        added=entry.added,
        path=best.note.path,
        line=entry.line,
    )


def _id(copy: _Copy, shared: dict[tuple[str, str], int]) -> str:
    """16 hexadecimal characters: of the source and the link, or of the source and the text where no link tells them apart."""
    link = copy.entry.link
    distinct = copy.note.shape != "plain" and link and shared[(copy.source_key, link)] == 1
    what = f"link\x1f{link}" if distinct else f"text\x1f{copy.key}"
    data = f"{copy.source_key}\x1e{what}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()
