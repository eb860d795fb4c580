"""Readwise's Logseq plugin."""

from corpus.formats import logseq
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text


def evidence(text: Text) -> int:
    """Page properties at the beginning, or Logseq's own headings of Readwise."""
    return logseq.evidence(text.body)


def read(text: Text) -> Reading:
    """Blocks nested by tabs."""
    header = Header()
    entries, problems = logseq.read(list(text.lines), text.front.first_line, header)
    return Reading(entries, header, problems)


LAYOUT = Layout("logseq", "Readwise's Logseq plugin", evidence, read)
