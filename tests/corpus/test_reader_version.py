"""`READER_VERSION` must be raised whenever the same notes give another result: caches of read notes are kept until it changes."""

import hashlib
import sys
from pathlib import Path

import pytest

from corpus.formats import READER_VERSION
from corpus.load import SAMPLE_NOTES, load

FIXTURES = Path(__file__).parent / "formats" / "fixtures"

VERSION_AND_DIGEST = (13, "36617a149b24dfb8")
"""The reader's version, and a digest of its output for the sample notes and the fixtures."""


def digest_of(*folders: Path) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for folder in folders:
        library = load(folder)
        for items in (library.highlights, library.problems, library.skipped):
            for item in items:
                digest.update(repr(item).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the digest was taken on Python 3.11")
def test_the_version_is_raised_when_the_readers_output_changes() -> None:
    found = digest_of(SAMPLE_NOTES, FIXTURES)
    assert (READER_VERSION, found) == VERSION_AND_DIGEST, (
        "the readers' output changed: raise READER_VERSION in corpus/formats/__init__.py and put the new pair here"
    )
