"""The shapes of notes that code outside the readers distinguishes. They have a module of their own so that a start that reads no
note imports no reader."""

CUSTOM, FRONT_MATTER, PLAIN, PAGE = "custom", "front matter", "plain", "page"
"""Shapes of notes that no layout recognises."""
NO_EXPORTS = frozenset({"", PLAIN, PAGE})
"""Shapes of notes that are not exports of highlights."""
FETCHED = "readwise"
"""A source fetched from Readwise; see `corpus.formats.readwise_api`."""
SAVED_MESSAGE = "saved message"
"""A message saved from chat; see `corpus.formats.saved_message`."""
WITHHELD = "readwise withheld"
"""A file of withheld highlights (`corpus.merging.withheld`). It does not count as a note."""
