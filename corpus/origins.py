"""Where notes come from, told by their paths."""

READWISE, GIT, SAVED = "@readwise/", "@git/", "@saved/"
"""Before the paths of what was fetched, where a corpus has several folders: no folder of notes is called so."""

WITHHELD_SUFFIX = ".withheld.json"
"""Of the files that tell what of a Readwise account is not to be quoted; see `corpus.merging.withheld`."""


def is_withheld(path: str) -> bool:
    """Whether a file tells what of an account is not to be quoted."""
    return path.startswith(READWISE) and path.endswith(WITHHELD_SUFFIX)
