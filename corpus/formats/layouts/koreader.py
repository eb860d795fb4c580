"""KOReader as Markdown: its own exporter (`### Page 12 @ 2 January 2024 03:04:05 PM`) and the Obsidian importer (`### Page: 12`)."""

import re

from corpus.formats.layout import Layout, Text, each

_PAGE = re.compile(r"(?m)^#{2,5}[ \t]+[^\W\d_]+:?[ \t]*[\divxlc]+(?:[ \t]*@[ \t]*.+)?[ \t]*$")
_AUTHOR = re.compile(r"^#####[ \t]+(?P<name>\S.*)$")
_DATE = re.compile(r"^\(\*(?P<date>[^*()]{4,60})\*\)[ \t]*$")
_RULE = re.compile(r"^-{3,}[ \t]*$")
_RULED_NOTE = re.compile(r"^[ \t]*\[[^\]\n]{1,60}\]\(<file://.*>\)[ \t]*$")


def evidence(text: Text) -> int:
    """Headings of pages, with dates or its front matter."""
    pages = len(_PAGE.findall(text.body))
    if not pages:
        return 0
    known = (
        text.front.first("highlightcount", "lastread", "firstread", "totalreadtime", "koreader") is not None
    )
    dated = ("### Page " in text.body and " @ " in text.body) or re.search(
        r"(?m)^\(\*\d", text.body
    ) is not None
    return 3 if known or dated else 1


def rewrite(line: str) -> str:
    """The author below the title, and the date below a page, as labels; links into a file on the device go."""
    if (author := _AUTHOR.match(line)) is not None:
        return f"- Author: {author['name']}"
    if (date := _DATE.match(line)) is not None:
        return f"**Date:** {date['date']}"
    if _RULE.match(line):
        return "**Note:**"  # the exporter's rule stands between a passage and its note, the importer's at the end
    return "" if _RULED_NOTE.match(line) else line


LAYOUT = Layout(
    "koreader", "KOReader highlights", evidence, rewrite=each(rewrite), category="books", styled=True
)
