"""What of a folder counts."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.merging.merge import Privacy
from corpus.normalize import fold


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder counts."""

    plain_notes: Literal["on", "off", "auto"] = "auto"
    """Notes that are no export: in `auto` all where there is no export at all, else those with a `url`, `source` or `link`."""
    private_tags: tuple[str, ...] = ("private",)
    private_paths: tuple[str, ...] = ()
    """Globs over paths below the folder, ignoring case; a folder's name alone covers all below it."""

    def privacy(self, notes: Sequence[Note]) -> Privacy:
        """What of these notes is private."""
        paths = frozenset(note.path for note in notes if is_private_path(note.path, self.private_paths))
        return Privacy(frozenset(fold(tag).lstrip("#") for tag in self.private_tags), paths)

    def objection(self, shape: str, linked: bool, exports: bool) -> str | None:
        """Why a note of this shape is left out; `exports` tells whether the folder holds any export."""
        if shape != reader.PLAIN or self.plain_notes == "on":
            return None
        if self.plain_notes == "auto" and (linked or not exports):
            return None
        return f"no export of highlights (PLAIN_NOTES={self.plain_notes})"


def is_private_path(path: str, patterns: Sequence[str]) -> bool:
    """Whether a glob covers the path or one of the folders above it."""
    parts = path.casefold().split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    for pattern in patterns:
        glob = pattern.strip().casefold().removeprefix("./").removeprefix("/").rstrip("/")
        glob = (
            glob.removesuffix("/**").replace("**/", "*") if glob.endswith("/**") else glob.replace("**/", "*")
        )
        if glob and any(fnmatch.fnmatchcase(candidate, glob) for candidate in [*above, parts[-1]]):
            return True
    return False
