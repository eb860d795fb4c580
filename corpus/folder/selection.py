"""What of a folder counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.formats import shapes
from corpus.privacy.paths import PrivatePaths
from corpus.privacy.rules import PrivacyRules

SAMPLE_NOTES = Path(__file__).parents[1] / "notes"
"""The folder that is read if no other is named."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder counts."""

    plain_notes: Literal["on", "off", "auto"] = "auto"
    """Whether notes count that are no export. With `auto`: all if the folder holds no export at all, else those with a `url`,
    `source` or `link`."""
    private_tags: tuple[str, ...] = ("private",)
    private_paths: tuple[str, ...] = ()
    """Globs over paths below the folder; see `corpus.privacy.paths`."""

    def privacy(self, paths: Sequence[str]) -> PrivacyRules:
        """The privacy rules for a folder that holds notes at these paths."""
        return PrivacyRules.of(self.private_tags, self.private_paths, paths)

    def objection(self, shape: str, linked: bool, exports: bool) -> str | None:
        """Why a note of this shape is left out; `exports` tells whether the folder holds any export."""
        if shape not in shapes.NO_EXPORTS or self.plain_notes == "on":
            return None
        if self.plain_notes == "auto" and (linked or not exports):
            return None
        return f"no export of highlights (PLAIN_NOTES={self.plain_notes})"


def is_private_path(path: str, patterns: Sequence[str]) -> bool:
    """Whether PRIVATE_PATHS covers the path."""
    return PrivatePaths.of(patterns, [path]).covers(path)
