"""The note of the Glasp plugin with the summary of a page, which a program wrote. It has no highlights."""

from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text


def evidence(text: Text) -> int:
    """Its property `Glasp: summary`."""
    return 4 if (text.front.first("glasp") or "").strip().lower() == "summary" else 0


def read(_: Text) -> Reading:
    """Reads nothing: the words of a summary are not the page's."""
    return Reading((), Header())


LAYOUT = Layout(
    "glasp summary", "Glasp summary", evidence, read, category="articles", properties=frozenset({"glasp"})
)
