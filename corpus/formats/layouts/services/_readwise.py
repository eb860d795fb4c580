"""Recognises the "Metadata" section that Readwise's own exports share."""

import re

from corpus.formats.layout import Text

_METADATA = re.compile(r"(#{1,3})[ \t]+Metadata[ \t]*$")
_BULLET = re.compile(r"(?m)^- (?:\*\*)?(?:Author|Full Title|Category|URL)(?:\*\*)?:")


def metadata_level(text: Text) -> int:
    """Returns the level of a heading "Metadata" with Readwise's properties below it; 0 without one."""
    match = next(filter(None, map(_METADATA.match, text.headings)), None)
    if match is None:
        return 0
    return len(match.group(1)) if _BULLET.search(text.body, text.body.find(match.group())) else 0
