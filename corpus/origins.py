"""The origins of notes, recognised by their paths."""

READWISE, GIT, SAVED = "@readwise/", "@git/", "@saved/"
"""Stand before the paths of fetched notes if a corpus has several folders. No folder of notes has such a name."""

WITHHELD_SUFFIX = ".withheld.json"
"""Suffix of the files that name withheld highlights of a Readwise account; see `corpus.merging.withheld`."""


def is_withheld(path: str) -> bool:
    """Whether a file names withheld highlights of an account."""
    return path.startswith(READWISE) and path.endswith(WITHHELD_SUFFIX)
