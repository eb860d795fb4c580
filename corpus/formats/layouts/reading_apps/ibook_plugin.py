"""The Obsidian plugin "ibook": `- 📚chapter`, `- 🎯passage` indented below it, and `- ✍️remark` below that."""

import re
from collections.abc import Sequence

from corpus.formats.layout import Layout, Text

_TITLE = re.compile(r"# 📔 Book:[ \t]*(?P<title>\S.*)$")
_SECTION = re.compile(r"# (?:🔍|🧾)")
_CHAPTER = re.compile(r"- 📚[ \t]*(?P<name>\S.*)$")
_PASSAGE = re.compile(r"[ \t]*- 🎯[ \t]*(?P<text>\S.*)$")
_REMARK = re.compile(r"[ \t]*- ✍\ufe0f?[ \t]*(?P<text>\S.*)$")
_BOOK = re.compile(r"\*{0,2}Book Link\*{0,2}::")
_MARK = re.compile(r"</?mark\b[^<>]{0,200}>")


def evidence(text: Text) -> int:
    """The sign of a book in the title, or the signs of passages with those of remarks or chapters."""
    signed = "- 🎯" in text.body and any(map(_PASSAGE.match, text.lines))
    if not signed or "Highlight::" in text.body:
        return 0
    if "# 📔 Book:" in text.body:
        return 4  # more than a link to the book, which a template of its documentation has
    return 2 if "- ✍" in text.body or "- 📚" in text.body else 0


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns the signs into a title, chapters, bullets and labels."""
    return [_line(line) for line in lines]


def _line(line: str) -> str:
    if line.startswith("# "):
        if (title := _TITLE.match(line)) is not None:
            return f"# {title['title']}"
        return line if _SECTION.match(line) is None else "## Highlights" if "🔍" in line else "## Description"
    if "ibooks://" in line and _BOOK.match(line):
        return ""
    if (chapter := _CHAPTER.match(line)) is not None:
        return f"### {chapter['name']}"
    if (passage := _PASSAGE.match(line)) is not None:
        return f"- {passage['text']}"
    if (remark := _REMARK.match(line)) is not None:
        return f"    - **Note:** {_MARK.sub('', remark['text'])}"
    return line


LAYOUT = Layout(
    "ibook plugin",
    "Apple Books highlights (ibook plugin)",
    evidence,
    rewrite=rewrite,
    category="books",
    escaped=True,
    marks=("- 🎯",),
)
