"""Snipd's own export."""

from corpus.formats import snipd
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text


def evidence(text: Text) -> int:
    """Links to snips below "Snips"."""
    return 3 if snipd.recognises(text.body) else 0


def read(text: Text) -> Reading:
    """A part between two rules is a snip."""
    header = Header()
    return Reading(snipd.read(list(text.lines), text.front.first_line, header), header)


LAYOUT = Layout("snipd", "Snipd's own export", evidence, read)
