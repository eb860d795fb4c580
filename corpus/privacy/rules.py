"""PRIVATE_TAGS and PRIVATE_PATHS, applied to the notes of one folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.privacy.paths import PrivatePaths, covers
from corpus.privacy.tags import PrivateTags

if TYPE_CHECKING:
    from corpus.privacy.scan import Scan


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """The rules that decide, by path and text, which notes are private."""

    tags: PrivateTags
    paths: PrivatePaths
    entries: tuple[str, ...] = ()
    """The private tags as the setting spells them."""
    tags_by_entry: tuple[PrivateTags, ...] = ()
    """What each of `entries` covers by itself, in the same order."""

    @classmethod
    def of(cls, tags: Sequence[str], paths: Sequence[str], found: Sequence[str] = ()) -> "PrivacyRules":
        """`found` are the paths of the folder's notes. They show whether an entry with blanks is one name or several."""
        tags_by_entry = tuple(PrivateTags.of([tag]) for tag in tags)
        return cls(PrivateTags.of(tags), PrivatePaths.of(paths, found), tuple(tags), tags_by_entry)

    @property
    def settings(self) -> tuple[str, ...]:
        """The entries of both settings, tags first. `covering` returns indexes into it."""
        return self.entries + self.paths.entries

    def covering(self, path: str, text: str) -> tuple[int, ...]:
        """Returns the indexes in `settings` of the entries that cover anything in a note."""
        from corpus.privacy.names import namespaces  # not needed by a start that reads no note, as the next
        from corpus.privacy.scan import may_hold, scan

        may_hold_tags = may_hold(text, self.tags)  # rules out nearly every note, so that few are scanned
        names = namespaces(path)
        by_tag = [
            tags.covers_any(names) or (may_hold_tags and _covers_anything(scan(text, tags)))
            for tags in self.tags_by_entry
        ]
        by_path = [covers(entry, path) for entry in self.paths.entries]
        return tuple(place for place, hit in enumerate((*by_tag, *by_path)) if hit)

    def unused_entries(self, covering: Iterable[int], skipped: Iterable[str]) -> tuple[str, ...]:
        """Returns the entries that cover nothing.

        `covering` are the indexes in `settings` of those that do; `skipped` are the paths of files that are not notes.
        """
        used = set(covering)
        paths = list(skipped) if self.paths.entries else []
        return tuple(
            entry
            for place, entry in enumerate(self.settings)
            if place not in used
            and not (place >= len(self.entries) and any(covers(entry, path) for path in paths))
        )


def _covers_anything(found: "Scan") -> bool:
    return found.whole or any(not mark.code for mark in found.marked)
