"""Makes highlights of the notes that were read: drops private ones, keeps each highlight once, and assigns ids.

The result does not depend on the order of files or on their paths.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.formats.entry import Note
from corpus.merging.copy_forms import names as private_names
from corpus.merging.duplicates import Copy, Keyed, digest, id_key, ids, source_key, text_names
from corpus.merging.fetched import precedence, short_pairs
from corpus.merging.parts_of_private import Parts, parts_of_private
from corpus.merging.private_copies import is_own_link, own_link_name, source_names
from corpus.merging.withheld import is_exported
from corpus.model import Highlight, Source

MIN_SIMILARITY_PERCENT = 90.0
"""Two texts with the same link are one highlight if they are at least this similar, in percent (normalised Indel similarity)."""
MAX_TEXTS_PER_LINK = 100
"""If more different texts than this share a link, each is compared only with the next one."""

_SourceName = tuple[str, str]
"""(key of title and authors, address)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The result for one note."""

    highlights: tuple[Highlight, ...] = ()
    """The highlights that are kept from this note, in the order of their lines."""
    private: int = 0
    """How many highlights of this note are left out because they are private."""
    parts: frozenset[str] = frozenset()
    """Names of the texts of passages that are hidden because they contain a private text of this note, or stand in one."""
    gone: int = 0
    """How many are left out because Readwise no longer has them and this note is an export of Readwise."""


def merge(
    notes: Sequence[Keyed],
    hidden: Collection[bytes] = (),
    salt: bytes = b"",
    others: Sequence[Keyed] = (),
    gone: Collection[bytes] = (),
) -> dict[str, Kept]:
    """Returns the result for each note with entries, by its path.

    Notes with no `ties` in common do not affect each other and may be merged separately. Notes in `others` yield no highlights,
    but their private text hides copies. `hidden` and `gone` are digests, made with `salt`, of further private names and of names
    that are gone from the account (`corpus.merging.withheld`).
    """
    sources = _sources([keyed.note for keyed in notes])
    copies = [copy for keyed in notes for copy in _copies(keyed, sources)]
    groups = _groups(copies)
    parts = parts_of_private(groups, [*notes, *others])
    private_groups = _private(groups, [*notes, *others], hidden, salt, parts)
    public = [group for number, group in enumerate(groups) if number not in private_groups]
    withdrawn = Counter(_best(group).note.path for group in public if _is_gone(group, gone, salt))
    public = [group for group in public if not _is_gone(group, gone, salt)]
    private = Counter(_best(groups[number]).note.path for number in private_groups)
    shown = _sources([keyed.note for keyed in notes if not keyed.whole])
    by_path: dict[str, list[Highlight]] = defaultdict(list)
    for highlight in _highlights(public, shown):
        by_path[highlight.path].append(highlight)
    texts: dict[str, set[str]] = defaultdict(set)
    for number, paths in parts.items():
        for path in paths:
            texts[path].update(name for copy in groups[number] for name in _names_of(copy))
    return {
        path: Kept(
            tuple(by_path.get(path, ())), private[path], frozenset(texts.get(path, ())), withdrawn[path]
        )
        for path in by_path.keys() | private.keys() | withdrawn.keys() | texts.keys()
    }


def _copies(keyed: Keyed, sources: dict[_SourceName, Source]) -> Iterable[Copy]:
    """Yields the entries of a note as copies."""
    note = keyed.note
    named: dict[Source, tuple[str, Source, str]] = {}
    for own_source in note.sources:
        name = source_key(own_source)
        named[own_source] = name, sources[name, own_source.url or ""], id_key(note, name)
    parts = zip(
        note.entries, keyed.keys, keyed.shown, keyed.read_as, keyed.private, keyed.beside, strict=True
    )
    for entry, text, shown, read_as, private, beside in parts:
        name, source, own = named[note.source_of(entry)]
        yield Copy(note, entry, source, name, own, text, shown, read_as, private or keyed.whole, beside)


def _private(
    groups: Sequence[Sequence[Copy]],
    notes: Iterable[Keyed],
    hidden: Collection[bytes],
    salt: bytes,
    parts: Parts,
) -> set[int]:
    """Returns the numbers of the private groups: those with a private copy, and all that share a name with them."""
    found = {
        number
        for number, group in enumerate(groups)
        if number in parts or any(copy.private or _has_link_of(copy, hidden, salt) for copy in group)
    }
    names = {name for keyed in notes for name in keyed.private_texts()}
    if not names and not hidden and not found:
        return found
    holders: dict[str, list[int]] = defaultdict(list)
    own = [{name for copy in group for name in _names_of(copy)} for group in groups]
    for number, group_names in enumerate(own):
        for name in group_names:
            holders[name].append(number)
    if hidden:
        names.update(name for name in holders if digest(name, salt) in hidden)
    pending = [*names, *(name for number in found for name in own[number])]
    while pending:
        for number in holders.pop(pending.pop(), ()):
            found.add(number)
            pending += own[number]
    return found


def _is_gone(group: Sequence[Copy], gone: Collection[bytes], salt: bytes) -> bool:
    """Whether Readwise no longer has a highlight that stands only in Readwise's own exports."""
    return (
        bool(gone)
        and all(not copy.fetched and is_exported(copy) for copy in group)
        and any(
            _has_link_of(copy, gone, salt) or any(digest(name, salt) in gone for name in _names_of(copy))
            for copy in group
        )
    )


def _has_link_of(copy: Copy, digests: Collection[bytes], salt: bytes) -> bool:
    """Whether a copy's link belongs to a highlight that is private or gone in the account."""
    name = own_link_name(copy.entry.link) if digests else None
    return name is not None and digest(name, salt) in digests


def _names_of(copy: Copy) -> list[str]:
    names = private_names(copy.read_as, source_names(copy.note.source_of(copy.entry), copy.note.path))
    return (
        names + [name for form in copy.beside for name in private_names(form, ())] if copy.beside else names
    )


def _sources(notes: Sequence[Note]) -> dict[_SourceName, Source]:
    """Merges the properties that the notes about one work give for their source.

    Notes with the same title and authors but two addresses ("Introduction") are two sources. A note without an address joins the
    others only if they all have the same address.
    """
    titles: dict[str, set[Source]] = defaultdict(set)
    for note in notes:
        for source in note.sources:
            titles[source_key(source)].add(source)
    merged: dict[_SourceName, Source] = {}
    for name, alike in titles.items():
        addresses = {source.url for source in alike if source.url}
        shared = next(iter(addresses)) if len(addresses) == 1 else None
        for url in {source.url or "" for source in alike}:
            merged[name, url] = _merged(
                [source for source in alike if (source.url or shared or "") == (url or shared or "")]
            )
    return merged


def _merged(alike: list[Source]) -> Source:
    """Merges sources. The one with the most properties goes first."""
    if len(alike) == 1:
        return alike[0]
    ordered = sorted(alike, key=lambda source: (-_known(source), repr(source)))
    return replace(
        ordered[0],
        category=_any(source.category for source in ordered),
        url=_any(source.url for source in ordered),
        cover=_any(source.cover for source in ordered),
        date=_any(source.date for source in ordered),
        tags=tuple(dict.fromkeys(tag for source in ordered for tag in source.tags)),
    )


def _any(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _known(source: Source) -> int:
    return sum(bool(part) for part in (source.category, source.url, source.tags, source.cover, source.date))


def _groups(copies: list[Copy]) -> list[list[Copy]]:
    """Groups the copies of each highlight: the same text, or nearly the same text with the same link."""
    parent = list(range(len(copies)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(left: int, right: int) -> None:
        first, second = sorted((root(left), root(right)))
        parent[second] = first

    by_text: dict[tuple[str, ...], int] = {}
    by_link: dict[str, list[int]] = defaultdict(list)
    for index, copy in enumerate(copies):
        for name in text_names(copy):
            if (first := by_text.setdefault(name, index)) != index:
                join(first, index)
        if copy.entry.link and copy.note.shape != "plain":
            by_link[copy.entry.link].append(index)
    for link, alike in by_link.items():
        _join_similar(link, alike, copies, join)
    for written, fetched in short_pairs(copies):
        join(written, fetched)
    groups: dict[int, list[Copy]] = defaultdict(list)
    for index, copy in enumerate(copies):
        groups[root(index)].append(copy)
    return list(groups.values())


def _join_similar(link: str, alike: list[int], copies: list[Copy], join: Callable[[int, int], None]) -> None:
    """Joins nearly equal texts that share a link. The result does not depend on their order."""
    if len(alike) < 2:
        return
    by_key: dict[str, int] = {}
    for index in alike:
        join(by_key.setdefault(copies[index].key, index), index)
    if is_own_link(link) and _is_one_text_rewritten([copies[index] for index in alike]):
        for index in alike:
            join(alike[0], index)
    ordered = sorted(by_key.items())
    # So many texts for one link are hostile: bound the work.
    reach = len(ordered) if len(ordered) <= MAX_TEXTS_PER_LINK else 1
    for place, (text, index) in enumerate(ordered):
        for other_text, other_index in ordered[place + 1 : place + 1 + reach]:
            if _similar(text, other_text) or (
                is_own_link(link) and (text in other_text or other_text in text)
            ):
                join(index, other_index)


def _is_one_text_rewritten(alike: Sequence[Copy]) -> bool:
    """Whether the notes have exactly one text for a link and the account has one. With more texts, the link is not reliable."""
    written, fetched = ({copy.key for copy in alike if copy.fetched is side} for side in (False, True))
    return len(written) == len(fetched) == 1


def _similar(first: str, second: str) -> bool:
    if min(len(first), len(second)) <= 12:
        return False
    # Imported here because it takes longer than all other imports of this module, and few folders need it.
    from rapidfuzz import fuzz

    return fuzz.ratio(first, second, score_cutoff=MIN_SIMILARITY_PERCENT) > 0


def _best(group: Sequence[Copy]) -> Copy:
    """Returns the copy that is kept: the best origin, then the most complete copy, then the order of their contents."""
    if len(group) == 1:
        return group[0]
    return min(
        group,
        key=lambda copy: (
            precedence(copy),
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


def _highlights(groups: list[list[Copy]], sources: dict[_SourceName, Source]) -> list[Highlight]:
    found = []
    for group, name in zip(groups, ids(groups, _best), strict=True):
        best = _best(group)
        found.append(
            _highlight(best, group, name, sources[best.source_key, best.note.source_of(best.entry).url or ""])
        )
    return sorted(found, key=lambda highlight: (highlight.path, highlight.line))


def _highlight(best: Copy, group: list[Copy], name: str, source: Source) -> Highlight:
    """Makes a highlight of the best copy, and fills its gaps from the other copies."""
    entry = best.entry
    if len(group) == 1:
        return Highlight(
            name, entry.text, entry.text if best.shown is None else best.shown, source, entry.link or None,
            entry.location or None, entry.remark or None, tuple(dict.fromkeys(entry.tags)), entry.color or None,
            entry.favorite, entry.chapter or None, entry.added, best.note.path, entry.line,
        )  # fmt: skip
    ordered = sorted(
        group, key=lambda copy: (copy is not best, copy.source_key, copy.entry.text, copy.note.path)
    )
    alike = [copy.entry for copy in ordered if copy.source_key == best.source_key]
    return Highlight(
        id=name,
        text=entry.text,
        plain=entry.text if best.shown is None else best.shown,
        source=source,
        link=entry.link or _any(copy.entry.link for copy in ordered),
        location=entry.location or (None if entry.link else _any(copy.entry.location for copy in ordered)),
        remark=entry.remark or _any(copy.entry.remark for copy in ordered),
        tags=tuple(dict.fromkeys(tag for copy in ordered for tag in copy.entry.tags)),
        color=entry.color or _any(copy.entry.color for copy in ordered),
        favorite=any(copy.entry.favorite for copy in ordered),
        chapter=entry.chapter or _any(member.chapter for member in alike),
        added=entry.added,
        path=best.note.path,
        line=entry.line,
    )
