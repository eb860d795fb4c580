"""The Readwise Mirror plugin."""

from corpus.formats import mirror
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text


def evidence(text: Text) -> int:
    """Passages at the margin that end in block ids, apart by rules."""
    return 3 if mirror.recognises(text.body) else 0


def read(text: Text) -> Reading:
    """A part between two rules is a highlight."""
    header = Header()
    return Reading(mirror.read(list(text.lines), text.front.first_line, header), header)


LAYOUT = Layout("mirror", "Readwise Mirror plugin", evidence, read)
