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
    """Decides about notes by their path and their text."""

    tags: PrivateTags
    paths: PrivatePaths
    entries: tuple[str, ...] = ()
    """The private tags as they were given."""
    each: tuple[PrivateTags, ...] = ()
    """Each of `entries` by itself."""

    @classmethod
    def of(cls, tags: Sequence[str], paths: Sequence[str], found: Sequence[str] = ()) -> "PrivacyRules":
        """`found` are the paths of the folder's notes, which show how an entry with blanks is meant."""
        each = tuple(PrivateTags.of([tag]) for tag in tags)
        return cls(PrivateTags.of(tags), PrivatePaths.of(paths, found), tuple(tags), each)

    @property
    def settings(self) -> tuple[str, ...]:
        """Every entry of either setting; `covering` gives places in it."""
        return self.entries + self.paths.entries

    def covering(self, path: str, text: str) -> tuple[int, ...]:
        """The entries of either setting that cover anything in a note, by their place in `settings`."""
        from corpus.privacy.scan import scan  # a start that reads no note does not need it

        may_hold_tags = self.tags.may_be_in(text)  # in nearly every note none is, and nothing is scanned
        by_tag = [may_hold_tags and _covers_anything(scan(text, one)) for one in self.each]
        by_path = [covers(entry, path) for entry in self.paths.entries]
        return tuple(place for place, hit in enumerate((*by_tag, *by_path)) if hit)

    def idle(self, covering: Iterable[int], skipped: Iterable[str]) -> tuple[str, ...]:
        """The entries that cover nothing. `covering` are places in `settings` of those that do, `skipped` the paths of files
        that are no notes."""
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
