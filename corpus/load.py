"""Loads a folder of notes as a library."""

from corpus.folder.known import Known
from corpus.folder.read import Progress, fewer_collections, read_note
from corpus.folder.roots import Corpus, listed
from corpus.folder.selection import SAMPLE_NOTES, Rules, is_private_path
from corpus.folder.state import refresh
from corpus.model import Library

__all__ = ["SAMPLE_NOTES", "Progress", "Rules", "is_private_path", "load", "read_note"]


def load(root: Corpus, rules: Rules | None = None, progress: Progress | None = None) -> Library:
    """Reads every note below `root`.

    Raises CorpusError if the folder cannot be read at all. Problems within it are recorded in the library.
    """
    with fewer_collections():
        return refresh(Known(rules or Rules()), listed(root), progress).library
