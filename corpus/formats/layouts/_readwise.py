"""What the notes of Readwise's own exports have in common."""

import re

from corpus.formats.layout import Text

_METADATA = re.compile(r"(?m)^(#{1,3})[ \t]+Metadata[ \t]*$")
_BULLET = re.compile(r"(?m)^- (?:\*\*)?(?:Author|Full Title|Category|URL)(?:\*\*)?:")


def metadata_level(text: Text) -> int:
    """The level of the heading "Metadata" with properties of Readwise's below it; 0 without."""
    match = _METADATA.search(text.body)
    return len(match.group(1)) if match is not None and _BULLET.search(text.body, match.end()) else 0
