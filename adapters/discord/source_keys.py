"""Short keys by which a button names a source: the same on every machine, whatever else the library holds."""

import hashlib
import re
from collections.abc import Iterable

from corpus.model import Source

_KEY = re.compile(r"[0-9a-f]{16}")


def source_key(source: Source) -> str:
    """16 hexadecimal digits of the title, the authors and the address."""
    named = "\x1f".join((source.title, *source.authors, source.url or ""))
    return hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def find_source(key: str, sources: Iterable[Source]) -> Source | None:
    """The source that a key names; None where it is gone from the library."""
    return next((source for source in sources if source_key(source) == key), None)


def is_key(text: str) -> bool:
    """Whether a text can be a key."""
    return _KEY.fullmatch(text) is not None
