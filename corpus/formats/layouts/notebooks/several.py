"""A person's own note with the highlights of several sources. `corpus.formats.outline.parts` decides where a source begins."""

from corpus.formats.layout import Layout, Text
from corpus.formats.outline.parts import fill_the_note


def evidence(text: Text) -> int:
    """Two or more headings of the same level that each name a source."""
    return 2 if fill_the_note(text) else 0


LAYOUT = Layout("several", "highlights of several sources", evidence, arrows=True)
