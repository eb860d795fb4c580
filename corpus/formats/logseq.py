"""Logseq pages: properties, then bullets below "Highlights first synced by [[Readwise]]", or flat ones at column 0.

Nested: one TAB before a highlight, TAB and two blanks before its further lines, blank ones included, two TABs before its children.
Flat: column 0, two blanks, one TAB or four blanks.
"""

import re

from corpus.formats import link_tail, properties
from corpus.formats.entry import Draft, Entry, child
from corpus.formats.header import Header

PROPERTY = re.compile(r"(?:- )?([A-Za-z][\w -]*)::(?:\s+(.*))?$")
_SYNCED = re.compile(r"-\s+(?:\*\s*)?(?:##\s+)?highlights first synced by\b", re.I)
_BATCH = re.compile(r"\s*(?:-\s+)?(?:\*\s*)?(?:##\s+)?new highlights added\b", re.I)
_BULLET = re.compile(r"(?P<indent>[ \t]*)[-*](?:[ \t]+(?P<text>.*))?$")
_BLOCK_PROPERTY = re.compile(r"\s*(?:id|collapsed|heading|background-color|created-at|updated-at):: ")


def read(lines: list[str], first_line: int, header: Header) -> tuple[Entry, ...]:
    """The page's highlights in order; its properties go into `header`."""
    index, added = _properties(lines, header)
    nested = any(_SYNCED.match(line) for line in lines) and any(line.startswith("\t- ") for line in lines)
    base = 1 if nested else 0
    section = "highlights"
    drafts: list[Draft] = []
    current: Draft | None = None
    for offset in range(index, len(lines)):
        line = lines[offset]
        if _SYNCED.match(line):
            current, added, section = None, None, "highlights"
        elif _BATCH.match(line):
            current, added, section = None, properties.moment(line), "highlights"
        elif nested and line.startswith("- ") and not link_tail.is_tail(line):
            current = None  # a block of the page's own: the cover, or the reader's words
            section = "highlights" if "highlight" in line.lower() else "reader"
            header.read(line)
        elif (bullet := _starts(line, current, base)) is not None:
            current = _bullet(bullet, current, drafts, first_line + offset, added, base)
            if current.line == first_line + offset:
                current.section = section
        elif current is not None:
            if not _BLOCK_PROPERTY.match(line):
                current.add(_continued(line, base))
        elif line.strip():
            current = Draft(first_line + offset, line, None, added)  # a first highlight that lost its bullet
            drafts.append(current)
    finished = ((draft.section, draft.finish()) for draft in drafts)
    return tuple(entry for section, entry in finished if entry.marked or section != "reader")


def _starts(line: str, current: Draft | None, base: int) -> re.Match[str] | None:
    """A line that begins a block: its indentation is of tabs alone, the continuation's is tabs and two blanks."""
    bullet = _BULLET.match(line)
    if bullet is None:
        return None
    indent = bullet["indent"]
    if indent.strip("\t"):
        below = child(bullet["text"] or "")
        return (
            bullet
            if current is not None and below is not None and len(indent.expandtabs(4)) >= 4 * (base + 1)
            else None
        )
    return bullet


def _bullet(
    bullet: re.Match[str],
    current: Draft | None,
    drafts: list[Draft],
    number: int,
    added: str | None,
    base: int,
) -> Draft:
    depth = len(bullet["indent"].expandtabs(4)) // 4
    text = bullet["text"] or ""
    if depth <= base or current is None:
        draft = Draft(number, "" if _BLOCK_PROPERTY.match(text) else text, None, added)
        drafts.append(draft)
        return draft
    # Below a highlight stand the export's Note and Tags, and what the reader put there: never the source's words.
    current.child(*(child(text) or ("Note", text)))
    return current


def _continued(line: str, base: int) -> str:
    """Without the block's tabs, so that all further lines share their two blanks."""
    tabs = len(line) - len(line.lstrip("\t"))
    return line[min(tabs, base) :] if line.strip() else ""


def _properties(lines: list[str], header: Header) -> tuple[int, str | None]:
    """Index of the first line behind the page's properties, and the date of a batch named among them."""
    index, added = 0, None
    seen = False
    while index < len(lines):
        line = lines[index]
        if (match := PROPERTY.match(line)) is not None:
            header.read(f"{match.group(1)}:: {match.group(2) or ''}")
            seen = True
        elif _BATCH.match(line) and not line.startswith("-"):
            added = properties.moment(line)
        elif line.strip() not in ("", "-") and not (seen and _spills(lines, index)):
            break
        index += 1
    return index, added


def _spills(lines: list[str], index: int) -> bool:
    """Whether a line belongs to the property above: another property follows before any bullet or blank line."""
    for line in lines[index + 1 : index + 40]:
        if PROPERTY.match(line) and not line.startswith("- "):
            return True
        if not line.strip() or _BULLET.match(line):
            return False
    return False
