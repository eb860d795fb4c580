"""The Logseq plugin for Hypothesis: `- 📌 passage #[[tag]]`, its properties below, then `📝 remark`.

The plugin's other documented format has a quote sign instead of 📌, and no sign before the remark. Then the properties show where
the passage ends.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.notebooks import logseq

_PASSAGE = re.compile(
    r"(?P<indent>\t*)- (?:📌\ufe0f?|>)[ \t]*(?P<text>.*?)(?P<tags>(?:[ \t]+#(?:\[\[[^\[\]]+\]\]|\S+))*)[ \t]*$"
)
_BLOCK = re.compile(r"\t*- ")
_PAGE_NOTE = re.compile(r"\t*- 📝")
_REMARK = re.compile(r"[ \t]*(?P<sign>📝\ufe0f?)?[ \t]*")
_OWN = re.compile(r"[ \t]*(?:hid|updated|hypothesis-naming-scheme)::")
_HEAD = re.compile(r"hypothesis-(?P<key>title|uri)::")
_KEYS = {"title": "title", "uri": "url"}


def evidence(text: Text) -> int:
    """Its sign, and its property of a page or its id of an annotation."""
    if "- 📌" in text.body:
        return 3 if "hid::" in text.body or "hypothesis-uri::" in text.body else 0
    return 3 if "- > " in text.body and "hid::" in text.body and "hypothesis-uri::" in text.body else 0


def read(text: Text) -> Reading:
    """Reads the annotations as blocks of Logseq."""
    return logseq.read(replace(text, lines=tuple(rewrite(text.lines))))


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns the signs into a quotation and a labelled block below it. A note about the whole page is dropped."""
    found: list[str] = []
    tabs, inside, tags = "", "", ""
    ended = False
    """Whether the properties of the passage were read."""
    for line in lines:
        if (match := _PASSAGE.match(line)) is not None:
            tabs, inside, ended = match["indent"], "passage", False
            found.append(f"{tabs}- > {match['text']}")
            tags = match["tags"].strip()
        elif _BLOCK.match(line):
            replies = inside in ("passage", "remark") and line.startswith(f"{tabs}\t")
            inside = "page" if _PAGE_NOTE.match(line) else "" if replies else "other"
            found.append(line if inside == "" else "")
        elif _OWN.match(line):
            found.append(f"{tabs}  tags:: {tags}" if tags else "")
            tags, ended = "", True
        elif (head := _HEAD.match(line)) is not None:
            found.append(f"{_KEYS[head['key']]}::{line[head.end() :]}")
        elif (
            inside == "passage"
            and (remark := _REMARK.match(line)) is not None
            and (remark["sign"] or (ended and line.strip()))
        ):
            inside = "remark"
            found.append(f"{tabs}\t- **Note**: {line[remark.end() :]}")
        elif inside == "remark":
            found.append(f"\t{line}")
        else:
            found.append("" if inside in ("page", "other") else line)
    return found


LAYOUT = Layout(
    "hypothesis logseq",
    "Hypothesis annotations (Logseq plugin)",
    evidence,
    read,
    category="articles",
    marks=("hid::", "hypothesis-uri::"),
)
