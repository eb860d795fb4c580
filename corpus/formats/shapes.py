"""Names of the shapes of notes that are told apart outside their readers. They stand here so that a start
that reads no note imports no reader."""

CUSTOM, FRONT_MATTER, PLAIN, PAGE = "custom", "front matter", "plain", "page"
"""Shapes of notes that no layout knows."""
NO_EXPORTS = frozenset({"", PLAIN, PAGE})
"""Shapes of notes that are no export of highlights."""
FETCHED = "readwise"
"""A source as it was fetched from Readwise; see `corpus.formats.readwise_api`."""
SAVED_MESSAGE = "saved message"
"""See `corpus.formats.saved_message`."""
WITHHELD = "readwise withheld"
"""Of a file of what is withheld (`corpus.merging.withheld`), which is no note: it counts as none."""
