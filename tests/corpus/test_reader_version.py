"""Caches of read notes are used as long as `READER_VERSION` stays: it has to rise whenever the same notes are read otherwise."""

import hashlib
import sys
from pathlib import Path

import pytest

from corpus.formats import READER_VERSION
from corpus.load import SAMPLE_NOTES, load

FIXTURES = Path(__file__).parent / "formats" / "fixtures"

READ_BY_THIS_VERSION = (8, "436d17c052d3845b")
"""The reader's version, and the digest of what it makes of the sample notes and of the fixtures."""


def digest_of(*folders: Path) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for folder in folders:
        library = load(folder)
        for part in (library.highlights, library.problems, library.skipped):
            for one in part:
                digest.update(repr(one).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the digest was taken on Python 3.11")
def test_the_version_rises_whenever_notes_are_read_otherwise() -> None:
    found = digest_of(SAMPLE_NOTES, FIXTURES)
    assert (READER_VERSION, found) == READ_BY_THIS_VERSION, (
        "the readers' output changed: raise READER_VERSION in corpus/formats/__init__.py and put the new pair here"
    )
