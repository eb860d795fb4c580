"""Notes as read to a library: what is private leaves, each highlight is kept once, every one gets its id.

Nothing here depends on the order of files or on their paths.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
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


MANY = 100
"""Different texts behind one link, up to which each is compared with each."""

_OWN_LINK = re.compile(r"https?://(?:read\.readwise\.io/read|readwise\.io/open)/")
"""A link that no two highlights share: a text there that holds another is an edited copy of it."""

_SourceName = tuple[str, str]
"""Title and people, address."""


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
        for tag in private_words(note, entry):
            parts = fold(tag).lstrip("#").split("/")
            if any("/".join(parts[:end]) in self.tags for end in range(1, len(parts) + 1)):
                return True
        return False


@dataclass(slots=True)
class _Copy:
    note: Note
    entry: Entry
    source: Source
    source_key: str
    """Of the source as it is shown, to tell sources apart."""
    id_key: str
    """Of the source as the note itself names it: the name of the file plays no part."""
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
    copies = [copy for note in notes for copy in _copies(note, sources, privacy)]
    groups = _groups(copies)
    public = [group for group in groups if not any(copy.private for copy in group)]
    highlights = _highlights(public)
    told = [*problems, *(Problem(note.path, line, text) for note in notes for line, text in note.problems)]
    return Library(
        sources=tuple(dict.fromkeys(highlight.source for highlight in highlights)),
        highlights=tuple(highlights),
        notes=len(notes),
        shapes=dict(sorted(Counter(note.shape for note in notes).items())),
        duplicates=sum(len(group) - 1 for group in groups),
        private=len(groups) - len(public),
        skipped=tuple(sorted(skipped, key=lambda one: one.path)),
        problems=tuple(sorted(told, key=lambda one: (one.path, one.line or 0, one.problem))),
    )


def _copies(note: Note, sources: dict[_SourceName, Source], privacy: Privacy) -> Iterable[_Copy]:
    name = _source_key(note.source)
    source = sources[name, note.source.url or ""]
    id_key = name if note.titled else f"untitled\x1f{note.source.url or ''}"
    for entry in note.entries:
        yield _Copy(note, entry, source, name, id_key, key(entry.text), privacy.covers(note, entry))


def _source_key(source: Source) -> str:
    """What two notes of one source share: the title and the people."""
    return "\x1f".join((key(source.title), *sorted(key(author) for author in source.authors)))


def _sources(notes: Sequence[Note]) -> dict[_SourceName, Source]:
    """One source for all notes about it, with what each of them knows.

    Notes of one title and people at two addresses ("Introduction") are two sources; those that name no address
    belong to the only one there is.
    """
    titles: dict[str, set[Source]] = defaultdict(set)
    for note in notes:
        titles[_source_key(note.source)].add(note.source)
    merged: dict[_SourceName, Source] = {}
    for name, alike in titles.items():
        addresses = {source.url for source in alike if source.url}
        shared = next(iter(addresses)) if len(addresses) == 1 else None
        for url in {source.url or "" for source in alike}:
            merged[name, url] = _merged(
                [one for one in alike if (one.url or shared or "") == (url or shared or "")]
            )
    return merged


def _merged(alike: list[Source]) -> Source:
    ordered = sorted(alike, key=lambda one: (-_known(one), repr(one)))
    if len(ordered) == 1:
        return ordered[0]
    return replace(
        ordered[0],
        category=_any(one.category for one in ordered),
        url=_any(one.url for one in ordered),
        cover=_any(one.cover for one in ordered),
        date=_any(one.date for one in ordered),
        tags=tuple(dict.fromkeys(tag for one in ordered for tag in one.tags)),
    )


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
    for link, alike in by_link.items():
        _join_similar(link, alike, copies, join)
    groups: dict[int, list[_Copy]] = defaultdict(list)
    for index, copy in enumerate(copies):
        groups[root(index)].append(copy)
    return list(groups.values())


def _text_names(copy: _Copy) -> list[tuple[str, ...]]:
    """Under which names a text is looked for: a long one everywhere, a short one in its source and behind its link."""
    weight = len(copy.key) if copy.key.isascii() else sum(3 if c >= "\u2e80" else 1 for c in copy.key)
    if weight >= SAME_ANYWHERE:
        return [("text", copy.key)]
    found: list[tuple[str, ...]] = [
        ("here", copy.source_key, copy.source.url or "", copy.key, copy.entry.link or "")
    ]
    if copy.entry.link:
        found.append(("link", copy.entry.link, copy.key))
    return found


def _join_similar(link: str, alike: list[int], copies: list[_Copy], join: Callable[[int, int], None]) -> None:
    """Joins the texts behind one link that are nearly the same; which ones does not depend on their order."""
    if len(alike) < 2:
        return
    by_key: dict[str, int] = {}
    for index in alike:
        join(by_key.setdefault(copies[index].key, index), index)
    ordered = sorted(by_key.items())
    reach = (
        len(ordered) if len(ordered) <= MANY else 1
    )  # so many texts behind one link are hostile: bound the work
    for place, (one, index) in enumerate(ordered):
        for two, other in ordered[place + 1 : place + 1 + reach]:
            if _similar(one, two) or (_OWN_LINK.match(link) and (one in two or two in one)):
                join(index, other)


def _similar(one: str, two: str) -> bool:
    return min(len(one), len(two)) > 12 and fuzz.ratio(one, two, score_cutoff=SIMILAR) > 0


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
    found = [_highlight(_best(group), group, name) for group, name in zip(groups, _ids(groups), strict=True)]
    return sorted(found, key=lambda one: (one.path, one.line))


def _highlight(best: _Copy, group: list[_Copy], name: str) -> Highlight:
    entry = best.entry
    shown = plain(entry.text)
    ordered = sorted(
        group, key=lambda copy: (copy is not best, copy.source_key, copy.entry.text, copy.note.path)
    )
    alike = [copy.entry for copy in ordered if copy.source_key == best.source_key]
    return Highlight(
        id=name,
        text=entry.text,
        plain=entry.text if shown == entry.text else shown,
        source=best.source,
        link=entry.link or _any(copy.entry.link for copy in ordered),
        location=entry.location or (None if entry.link else _any(copy.entry.location for copy in ordered)),
        remark=entry.remark or _any(copy.entry.remark for copy in ordered),
        tags=tuple(dict.fromkeys(tag for copy in ordered for tag in copy.entry.tags)),
        chapter=entry.chapter or _any(one.chapter for one in alike),
        added=entry.added,
        path=best.note.path,
        line=entry.line,
    )


def _ids(groups: list[list[_Copy]]) -> list[str]:
    """An id for every highlight: of the source and the link; where two share these, of the source and the text; where
    two share these as well, of all that is known; and at last numbered."""
    found: dict[int, str] = {}
    for level in (_by_link, _by_text, _by_all):
        names = {
            place: {level(copy) for copy in group} - {None}
            for place, group in enumerate(groups)
            if place not in found
        }
        count = Counter(name for own in names.values() for name in own)
        for place, own in names.items():
            if free := [name for name in own if name is not None and count[name] == 1]:
                found[place] = min(map(_hashed, free))
    left = [place for place in range(len(groups)) if place not in found]
    for number, place in enumerate(sorted(left, key=lambda place: [_by_all(copy) for copy in groups[place]])):
        found[place] = _hashed(f"{_by_all(_best(groups[place]))}\x1e{number}")
    return [found[place] for place in range(len(groups))]


def _by_link(copy: _Copy) -> str | None:
    own = copy.entry.link is not None and copy.note.shape != "plain"
    return f"{copy.id_key}\x1elink\x1f{copy.entry.link}" if own else None


def _by_text(copy: _Copy) -> str:
    return f"{copy.id_key}\x1etext\x1f{copy.key}"


def _by_all(copy: _Copy) -> str:
    return f"{_by_text(copy)}\x1f{copy.source_key}\x1f{copy.source.url}\x1f{copy.entry.link}\x1f{copy.entry.text}"


def _hashed(name: str) -> str:
    """16 hexadecimal characters."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
