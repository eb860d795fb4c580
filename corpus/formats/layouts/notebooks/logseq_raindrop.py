"""Raindrop's Logseq plugin: a block for each page with its link and properties, `## Highlights`, then `> passage` and the note."""

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.entry import Entry
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading, is_highlights
from corpus.formats.layout import Layout, Problems, Reading, Text

_PAGE = re.compile(r"(?P<indent>\t*)- \[(?P<title>.+)\]\((?P<url>https?://\S+)\)[ \t]*$")
_PROPERTY = re.compile(r"\t*  (?P<key>[A-Za-z][\w -]*)::[ \t]*(?P<value>.*)$")
_BLOCK = re.compile(r"(?P<indent>\t*)-(?:[ \t]+(?P<text>.*))?$")
_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_KEYS = frozenset({"date-saved", "last-updated"})
"""Properties that the plugin writes for every page."""
OTHER_BLOCK = "a block beside the highlights that is none of them: left out"


def evidence(text: Text) -> int:
    """A block that is only a link, with the plugin's properties below it."""
    return 3 if "date-saved::" in text.body and _pages(text.lines) else 0


def _pages(lines: Sequence[str]) -> list[int]:
    found = []
    for at, line in enumerate(lines[:-1]):
        if "](http" in line and _PAGE.match(line) and "](https://omnivore.app/" not in line:
            keys = {key for key, _ in _properties(lines, at + 1, len(lines))}
            found += [at] if keys >= _KEYS else []
    return found


def _properties(lines: Sequence[str], begin: int, end: int) -> list[tuple[str, str]]:
    found = []
    for line in lines[begin:end]:
        match = _PROPERTY.match(line)
        if match is None:
            break
        found.append((match["key"].lower(), match["value"]))
    return found


def read(text: Text) -> Reading:
    """Reads the saved web pages one by one. Each is a source."""
    entries: list[Entry] = []
    problems: Problems = []
    starts = _pages(text.lines)
    for begin, end in zip(starts, [*starts[1:], len(text.lines)], strict=True):
        match = _PAGE.match(text.lines[begin])
        assert match is not None
        header = Header()
        header.values = {"category": ["articles"]}
        found = _properties(text.lines, begin + 1, end)
        for key, value in found:
            header.values.setdefault({"date-saved": "saved"}.get(key, key), [value])
        header.values.setdefault("title", [match["title"]])
        header.values.setdefault("url", [match["url"]])
        source = header.source(FrontMatter(), text.path)
        at = begin + 1 + len(found)
        part = _highlights(text.lines[at:end], text.front.first_line + at, len(match["indent"]), problems)
        entries += [replace(entry, source=source) for entry in part]
    return Reading(tuple(entries), Header(), problems, titled=True)


def _highlights(lines: Sequence[str], line: int, depth: int, problems: Problems) -> list[Entry]:
    """Reads the blocks below a page's block, which has `depth` tabs. A quotation below "Highlights" is a passage."""
    entries: list[Entry] = []
    inside = False
    into: list[str] = []
    """The lines of the block that is being read: of a passage, of a note, or of something else."""
    words: list[list[str]] = []
    notes: list[list[str]] = []
    for at, text in enumerate(lines):
        block = _BLOCK.match(text)
        bare = (block["text"] or "") if block is not None else text.strip()
        if block is not None and len(block["indent"]) <= depth:
            break
        if block is None:
            if _QUOTE.match(bare) and words and into is words[-1]:
                bare = _QUOTE.sub("", bare, count=1)
            elif words and into is words[-1] and not bare:
                into = notes[-1]
            into.append(bare)
        elif (named := heading(bare)) is not None:
            inside, into = is_highlights(named[1]), []
        elif inside and _QUOTE.match(bare) and len(block["indent"]) == depth + 2:
            words.append([_QUOTE.sub("", bare, count=1)])
            notes.append([])
            into = words[-1]
            entries.append(Entry("", line + at))
        elif inside and words and len(block["indent"]) > depth + 2:
            into = notes[-1]
            into.append(bare)
        else:
            into = []
            if bare.strip() and not problems:
                problems.append((line + at, OTHER_BLOCK))
    return [
        replace(entry, text="\n".join(text).strip(), remark="\n".join(note).strip() or None)
        for entry, text, note in zip(entries, words, notes, strict=True)
    ]


LAYOUT = Layout(
    "raindrop logseq", "Raindrop highlights (Logseq plugin)", evidence, read, marks=("date-saved::",)
)
