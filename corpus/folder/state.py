"""Updates the known state of a folder by reading only what changed. Files that share a source, a link or a text with a changed file
are read again too: a copy that comes or goes may change which copy is kept. The result equals a fresh load.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from time import time_ns

from corpus.folder import files
from corpus.folder.known import NO_EXPORT, Known, Record, Stamp, library_of, seen, settled, stamp
from corpus.folder.overlaps import overlapping, sample_of
from corpus.folder.read import Progress, Read, read_all, salt_of, text_of
from corpus.folder.selection import Rules
from corpus.formats import reader
from corpus.merging import withheld
from corpus.merging.duplicates import Keyed, digest
from corpus.merging.merge import Kept, merge
from corpus.merging.private_copies import decide_unread
from corpus.model import Highlight, Problem, Skipped
from corpus.origins import is_withheld
from corpus.passages import NotePassages


def read_folder(
    rules: Rules, found: Sequence[files.NoteFile | Skipped], progress: Progress | None = None
) -> Known:
    """Reads a folder of which nothing is known yet, and then looks once more at the files that had changed just before. By then
    most have their stamps; without that, a library fetched for this start would be read twice."""
    known = refresh(Known(rules), found, progress)
    return replace(refresh(known, found), read=known.read)


def refresh(
    before: Known,
    found: Sequence[files.NoteFile | Skipped],
    progress: Progress | None = None,
    hidden: bytes = b"",
    only: Collection[str] | None = None,
    stamps: Mapping[str, Stamp | None] | None = None,
) -> Known:
    """The folder as it is now, given its files in `found`. Problems with a file are recorded in the library.

    A note whose highlights stay the same keeps its `NotePassages` object. `hidden` has digests of names (`Record.private_names`)
    that stay private although no note says so now. With `only`, no other changed files are read; deleted files are dropped all the
    same, because their content may now be in one of these under another name. `stamps` are the files' present stamps, if known.
    """
    now = time_ns()
    notes = {one.location: one for one in found if isinstance(one, files.NoteFile)}
    skipped = tuple(one for one in found if isinstance(one, Skipped))
    seen_now = seen(found) if stamps is None else stamps
    stamps = {place: settled(seen_now[place], now) for place in notes}
    old = before.records
    privacy = before.rules.privacy([note.path for note in notes.values()])
    if (
        old and before.privacy is not None and before.privacy != privacy
    ):  # PRIVATE_PATHS now covers other files
        return refresh(Known(before.rules, before.salt), found, progress, hidden)
    salt = salt_of(notes.values())
    if salt is not None and salt != before.salt:  # its digests find copies of withheld highlights
        return refresh(Known(before.rules, salt), found, progress, hidden)
    same = _same_bytes(before, notes)
    old = {**old, **{place: old[place].stamped(stamps[place], old[place].content) for place in same}}
    before = replace(before, records=old, privacy=privacy)
    changed = [
        place
        for place in notes
        if place not in same and (place not in old or (old[place].stamp or 0) != stamps[place])
    ]
    gone = old.keys() - notes.keys()
    if only is not None:
        changed = [place for place in changed if place in only]
        notes = {place: file for place, file in notes.items() if place in old or place in only}
        skipped = before.skipped
    turned = _differing(before.hidden, hidden)
    if not changed and not gone and skipped == before.skipped and old and not turned:
        return replace(before, read=0)
    read, samples = _with_ties(before, notes, changed, gone, turned, progress)
    exports = _exports(before, read, notes)
    if old and before.rules.plain_notes == "auto" and exports != before.exports:
        return refresh(Known(before.rules, before.salt), found, progress, hidden)
    fresh = _records(read, before.rules, exports, stamps, hidden, before.salt)
    records = {}
    for place in notes:
        record = fresh.get(place)
        known = old.get(place)
        if record is None:
            assert known is not None
            records[place] = known
        elif known is not None and record.same_but_for_stamp(known):
            records[place] = known.stamped(record.stamp, record.content)
        else:
            records[place] = record
    return Known(
        before.rules,
        before.salt,
        records,
        skipped,
        library_of(records.values(), skipped, privacy),
        len(read),
        privacy,
        hidden,
        samples,
    )


def _same_bytes(before: Known, notes: Mapping[str, files.NoteFile]) -> set[str]:
    """Places of the files that were read without a stamp and whose bytes have not changed since."""
    return {
        place
        for place, file in notes.items()
        if (known := before.records.get(place)) is not None
        and known.stamp is None
        and known.content
        and known.content == files.content_digest(files.read(file))
    }


def _differing(one: bytes, other: bytes) -> set[int]:
    return set() if one == other else set(_names(one)) ^ set(_names(other))


def newly_private(before: Known, found: Sequence[files.NoteFile | Skipped]) -> set[str]:
    """Places of the changed files that contain anything private now. This is quick: they are searched, not read as notes."""
    rules = before.rules.privacy([one.path for one in found if isinstance(one, files.NoteFile)])
    now = time_ns()
    notes = {one.location: one for one in found if isinstance(one, files.NoteFile)}
    same = _same_bytes(before, notes)
    places = set()
    for place, file in notes.items():
        if place in same:
            continue
        known = before.records.get(place)
        if (
            known is not None
            and known.stamp is not None
            and known.stamp == settled(stamp(file.location), now)
        ):
            continue
        if is_withheld(file.path):
            places.add(place)
            continue
        text = text_of(file)
        if text and decide_unread(file.path, text, rules):
            places.add(place)
    return places


def turned_private(before: Known, after: Known) -> list[Highlight]:
    """The highlights that left the library because something became private."""
    old = _all_private(before)
    if _all_private(after) <= old and before.hidden == after.hidden:
        return []
    notes = [[record.highlights for record in known.records.values()] for known in (before, after)]
    stayed = set(map(id, notes[0])) & set(map(id, notes[1]))
    left, came = ([note for note in each if id(note) not in stayed] for each in notes)
    kept = {(one.id, one.plain) for one in chain.from_iterable(came)}
    return [one for one in chain.from_iterable(left) if (one.id, one.plain) not in kept]


def _all_private(known: Known) -> set[int]:
    found: set[int] = set()
    for record in known.records.values():
        found.update(_names(record.private_names))
    return found


def _with_ties(
    before: Known,
    notes: Mapping[str, files.NoteFile],
    changed: Iterable[str],
    gone: Iterable[str],
    turned: Collection[int],
    progress: Progress | None,
) -> tuple[dict[str, Read], Mapping[str, "array[int]"]]:
    """Reads the changed files and all files tied to them, before or after the change, or to the names that `turned` private or
    public. Also returns the samples of the private texts in all files; see `corpus.folder.overlaps`."""
    assert before.privacy is not None
    read: dict[str, Read] = {}
    names: set[int] = set(turned)
    for place in gone:
        names.update(_names(before.records[place].ties))
    pending = list(changed)
    left = {place: record for place, record in before.records.items() if place in notes}
    ties = {place: _names(record.ties) for place, record in left.items()}
    old = _samples(before, notes, left.keys() - set(pending))
    samples = {place: own for place, own in old.items() if place in notes}
    fresh: dict[str, Read] = {}
    while True:
        found = read_all([notes[place] for place in pending], before.salt, before.privacy, progress)
        for place, one in zip(pending, found, strict=True):
            read[place] = fresh[place] = one
            left.pop(place, None)
            names.update(ties.pop(place, ()), _names(one.ties))
            samples.pop(place, None)
            if own := sample_of(one):
                samples[place] = own
        pending = [place for place, own in ties.items() if not names.isdisjoint(own)]
        if not pending:
            pending = sorted(overlapping(fresh, left, old, samples))
            fresh = {}
        if not pending:
            return read, samples


def _samples(
    before: Known, notes: Mapping[str, files.NoteFile], kept: Iterable[str]
) -> Mapping[str, "array[int]"]:
    """Returns the samples of private texts before. Files of which they are not known, as after a start, are read."""
    unknown = [place for place in kept if before.records[place].holds_private and place not in before.samples]
    assert before.privacy is not None
    found = read_all([notes[place] for place in unknown], before.salt, before.privacy)
    return {**before.samples, **{place: sample_of(one) for place, one in zip(unknown, found, strict=True)}}


def _names(ties: bytes) -> Iterable[int]:
    return memoryview(ties).cast("Q")


def _exports(before: Known, read: Mapping[str, Read], notes: Mapping[str, files.NoteFile]) -> bool:
    shapes = (one.found.note.shape for one in read.values() if isinstance(one.found, Keyed))
    kept = (record.shape for place, record in before.records.items() if place in notes and place not in read)
    return any(shape not in NO_EXPORT for shape in chain(shapes, kept))


def _records(
    read: Mapping[str, Read],
    rules: Rules,
    exports: bool,
    stamps: Mapping[str, Stamp | None],
    hidden: bytes,
    salt: bytes,
) -> dict[str, Record]:
    objections: dict[str, str | None] = {}
    counted: list[Keyed] = []
    others: list[Keyed] = []
    for place, one in read.items():
        if isinstance(one.found, Skipped):
            objections[place] = one.found.reason
            others += [one.unread] if one.unread is not None else []
            continue
        note = one.found.note
        objections[place] = rules.objection(note.shape, reader.is_linked(note), exports)
        (counted if objections[place] is None else others).append(one.found)
    digests, gone = withheld.split(hidden), set[bytes]()
    for one in read.values():
        if isinstance(one.found, Keyed) and one.found.note.shape == withheld.SHAPE:
            digests |= withheld.split(one.private_names)
            gone |= withheld.split(one.gone_names)
    merged = merge(counted, digests, salt, [other for other in others if other.holds_private], gone)

    def parts(path: str) -> bytes:
        found = merged[path].parts if path in merged else frozenset()
        return b"".join([digest(name, salt) for name in sorted(found)])

    records = {}
    for place, one in read.items():
        if isinstance(one.found, Skipped):
            records[place] = Record(
                one.found.path,
                stamps[place],
                one.found.reason,
                holds_private=one.unread is not None,
                private_names=one.private_names + parts(one.found.path),
                covering=one.covering,
                ties=one.ties + parts(one.found.path),
                content=b"" if stamps[place] is not None else one.content,
            )
            continue
        note = one.found.note
        problems = list(one.problems)
        kept = Kept()
        if objections[place] is None:
            problems += [Problem(note.path, line, text) for line, text in note.problems]
            kept = merged.get(note.path, kept)
        records[place] = Record(
            note.path,
            stamps[place],
            objections[place],
            note.shape,
            len(note.entries) + note.copies,
            kept.private,
            kept.gone,
            one.found.holds_private,
            one.private_names + parts(note.path),
            one.covering,
            tuple(problems),
            one.ties + parts(note.path),
            NotePassages.of(kept.highlights),
            b"" if stamps[place] is not None else one.content,
        )
    return records
