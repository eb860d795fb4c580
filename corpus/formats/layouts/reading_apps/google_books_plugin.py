"""The Obsidian plugin for Google Play Books: callouts with passage, `***remark***`, `_date_`, a link to the page."""

import re

from corpus.formats import dates
from corpus.formats.layout import Layout, Text, each

_REMARK = re.compile(r"^>[ \t]*\*\*\*(?P<text>\S.*?)\*\*\*[ \t]*$")
_DATE = re.compile(r"^>[ \t]*_(?P<date>[^_]+)_[ \t]*$")
_AUTHOR = re.compile(r"^_(?P<name>[^_]+)_[ \t]*$")


def evidence(text: Text) -> int:
    """Callouts, and links to pages in the Play Books reader."""
    return 2 if "://play.google.com/books/reader" in text.body and "> [!" in text.body else 0


def rewrite(line: str) -> str:
    """Turns remarks, dates and the author into labels."""
    if (remark := _REMARK.match(line)) is not None:
        return f"> **Note:** {remark['text']}"
    if (date := _DATE.match(line)) is not None and dates.is_date(date["date"]):
        return f"> **Date:** {date['date']}"
    if (author := _AUTHOR.match(line)) is not None:
        return f"- Author: {author['name']}"
    return line


LAYOUT = Layout(
    "google play plugin", "Google Play Books highlights (Obsidian plugin)", evidence, rewrite=each(rewrite), category="books",
    always_linked=True, marks=("://play.google.com/books/reader",),
)  # fmt: skip
