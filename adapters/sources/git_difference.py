"""Counts what changed between two commits of a repository of notes."""

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from adapters.sources.git_store import changed_paths
from adapters.sources.outcome import Outcome
from corpus.folder.files import NoteFile
from corpus.folder.read import read_note, text_of
from corpus.folder.selection import Rules
from corpus.merging.duplicates import Keyed
from corpus.model import Skipped
from corpus.privacy.rules import PrivacyRules

if TYPE_CHECKING:
    from pathlib import Path


def difference(before: "Path | None", after: "Path", totals: Outcome, rules: Rules) -> Outcome:
    """Counts the highlights that were added, changed and removed, without private ones. `totals` are the counts before.

    If one highlight of a note was removed and another added, they count as one changed highlight."""
    old_contents, new_contents = _contents(before), _contents(after)
    privacy = rules.privacy([*old_contents, *new_contents])
    sources = added = changed = removed = 0
    removed_texts: Counter[str] = Counter()
    added_texts: Counter[str] = Counter()
    for path in changed_paths(old_contents, new_contents):
        old_texts = _texts(before, path, path in old_contents, privacy)
        new_texts = _texts(after, path, path in new_contents, privacy)
        sources += bool(new_texts) - bool(old_texts)
        added_here, removed_here = new_texts - old_texts, old_texts - new_texts
        if path in old_contents and path in new_contents:
            changed_here = min(added_here.total(), removed_here.total())
            changed += changed_here
            added += added_here.total() - changed_here
            removed += removed_here.total() - changed_here
        else:
            removed_texts += removed_here
            added_texts += added_here
    # A renamed note is not counted: its texts were removed in one note and added in another.
    added += (added_texts - removed_texts).total()
    removed += (removed_texts - added_texts).total()
    return Outcome(totals.sources + sources, totals.highlights + added - removed, added, changed, removed)


def _contents(tree: "Path | None") -> dict[str, bytes]:
    """A digest of each note's content by its path."""
    if tree is None:
        return {}
    return {
        file.relative_to(tree).as_posix(): hashlib.blake2b(file.read_bytes(), digest_size=16).digest()
        for file in tree.rglob("*")
        if file.is_file()
    }


def _texts(tree: "Path | None", path: str, exists: bool, privacy: PrivacyRules) -> Counter[str]:
    if tree is None or not exists:
        return Counter()
    file = NoteFile(path, str(tree / path))
    note = read_note(file)
    if isinstance(note, Skipped):
        return Counter()
    keyed = Keyed.of(note, text_of(file), privacy)
    return Counter(
        entry.text
        for entry, private in zip(note.entries, keyed.private, strict=True)
        if not (private or keyed.whole)
    )
