"""Reads notes that are not exports. Paragraphs, list items and block quotes are the passages, headings the chapters.

If a note has block quotes, only these are passages. The words around them are the owner's. In a note that names a source, passages
below a heading such as "Quotes" count like block quotes, and what stands below "My thoughts" is the owner's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header, is_passages
from corpus.formats.labels import Role, label, role_of
from corpus.formats.layout import Problems
from corpus.formats.outline.callouts import CALLOUT, is_passage_callout, is_title, title_place

_SIGNATURE = re.compile(r"[—–―][ \t]*[^\W\d_][^\n]{0,120}")
_QUOTE_SIGNS = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_ITEM_SIGN = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_CALLOUT = re.compile(r"\[![\w-]+\][+-]?[ \t]*")
_ONLY_MARKS = re.compile(
    r"(?:\s|#[^\s#]+|!?\[\[[^\]]*\]\]|!\[[^\]]*\]\([^)]*\)|\[[\d:.]+\]\([^)\s]*\)|[-*_=|:.]|%%.*?%%|\^[\w-]+)*",
    re.S,
)
_PROPERTY = re.compile(r"[A-Za-z][\w -]{0,40}::(?:\s|$)|\*\*[A-Za-z][\w -]{0,40}\*\*::")
_BLOCK_ID = re.compile(r"(?<![ \t])[ \t]+\^[A-Za-z0-9-]+$")
_TAG = re.compile(r"(?:^|\s)#([^\s#.,;:!?()\[\]{}\"']*[^\W\d_][^\s#.,;:!?()\[\]{}\"']*)")
_PARSER = MarkdownIt("commonmark").disable(["inline", "text_join"])  # only the blocks are needed

BESIDE_QUOTES = "text beside the block quotes of a note of your own: left out, because only what is quoted surely is the source's"
ONLY_LISTS = (
    "nothing but list items, which may be your own words: quoted without the source's author and address (put those of the "
    "source below a heading such as “Quotes”, or begin each with >)"
)
OWN_SECTIONS = (
    "text below a heading such as “Notes” in a note of your own: left out, because it is not the source's"
)
MAX_CHARS = 500_000
MAX_LINES = 10_000
"""A note with more characters or lines is read without its Markdown structure: blank lines separate its passages."""


@dataclass(slots=True)
class Sections:
    """Whose words stand in the sections of a note that names a source, as its headings say."""

    passages: set[int] = field(default_factory=set)
    """Lines of the entries below headings such as "Quotes"."""
    own: set[int] = field(default_factory=set)
    """Lines of the entries below headings such as "My thoughts"."""
    listed: set[int] = field(default_factory=set)
    """Lines of the entries in lists."""
    _open: list[tuple[int, set[int]]] = field(default_factory=list)

    def heading(self, level: int, name: str) -> None:
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        if is_passages(name):
            self._open.append((level, self.passages))
        elif role_of(name) is Role.NOTE:
            self._open.append((level, self.own))

    def entry(self, line: int, *, listed: bool) -> None:
        if self._open:
            self._open[-1][1].add(line)
        if listed:
            self.listed.add(line)


def read(
    body: str, first_line: int, header: Header, sections: Sections | None = None
) -> tuple[tuple[Entry, ...], Problems]:
    """Returns the note's passages in order, and what was left out. The first H1 is the title if nothing stands before it.

    `sections` is filled for a note that names a source.
    """
    if len(body) > MAX_CHARS or body.count("\n") > MAX_LINES:
        return _quotations(_paragraphs(body, first_line))
    lines = body.split("\n")
    tokens = _PARSER.parse(body)
    places = _cut_titles(lines, tokens)
    entries: list[Entry] = []
    chapter: str | None = None
    quotes = items = 0
    for index, token in enumerate(tokens):
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type == "heading_open":
            text = tokens[index + 1].content
            if token.tag == "h1" and header.h1 is None and not entries and chapter is None:
                header.h1 = properties.unwiki(text).strip()
            else:
                chapter = properties.chapter(text)
                if sections is not None:
                    sections.heading(int(token.tag[1:]), chapter or "")
        elif token.type == "paragraph_open" and token.map is not None:
            begin, end = token.map
            text = _passage(lines[begin:end], quoted=quotes > 0, listed=items > 0)
            if text:
                entries.append(Entry(text=text, line=first_line + begin, chapter=chapter))
                if sections is not None:
                    sections.entry(first_line + begin, listed=items > 0)
    joined = [
        replace(entry, location=places[entry.line - first_line])
        if entry.line - first_line in places
        else entry
        for entry in _joined_quotes(_without_signatures(entries, lines, first_line), tokens, first_line)
    ]
    quoted = _quoted_lines(lines, tokens, first_line)
    if sections is None:
        return _quotations([(entry, entry.line in quoted) for entry in joined])
    found = [(entry, entry.line in quoted | sections.passages) for entry in joined]
    return (
        _quotations(found) if any(is_quotation for _, is_quotation in found) else _unquoted(joined, sections)
    )


def _unquoted(entries: Sequence[Entry], sections: Sections) -> tuple[tuple[Entry, ...], Problems]:
    """Returns the passages of a note that names a source and quotes nothing, and what was left out."""
    if entries and not sections.own and sections.listed.issuperset(entry.line for entry in entries):
        sections.own |= sections.listed
        return tuple(entries), [(entries[0].line, ONLY_LISTS)]
    kept = tuple(entry for entry in entries if entry.line not in sections.own)
    if not kept or len(kept) == len(entries):
        return tuple(entries), []
    return kept, [(min(sections.own), OWN_SECTIONS)]


def _quotations(entries: Sequence[tuple[Entry, bool]]) -> tuple[tuple[Entry, ...], Problems]:
    """Returns the quotations if there are any, else all entries. The second value of a pair says whether the entry is a
    quotation."""
    quoted = tuple(entry for entry, is_quotation in entries if is_quotation)
    if not quoted or len(quoted) == len(entries):
        return tuple(entry for entry, _ in entries), []
    beside = next(entry.line for entry, is_quotation in entries if not is_quotation)
    return quoted, [(beside, BESIDE_QUOTES)]


def _quoted_lines(lines: Sequence[str], tokens: Sequence[Token], first_line: int) -> set[int]:
    """Returns the numbers of all lines in block quotes and in callouts for passages. Other callouts are the owner's."""
    found: set[int] = set()
    for begin, end in _outer_quotes(tokens):
        if _is_quotation(lines[begin]):
            found.update(range(first_line + begin, first_line + end))
    return found


def _cut_titles(lines: list[str], tokens: Sequence[Token]) -> dict[int, str]:
    """Cuts the titles of callouts for passages that have text below: "> [!quote] Halloran, p. 33". They are not the source's words.

    Changes the lines. Returns the location in the title, if any, for each line of its callout.
    """
    places: dict[int, str] = {}
    for begin, end in _outer_quotes(tokens):
        signs = _QUOTE_SIGNS.match(lines[begin])
        named = _CALLOUT.match(lines[begin], signs.end()) if signs is not None else None
        if named is None or not _is_quotation(lines[begin]):
            continue
        title = lines[begin][named.end() :].strip()
        below = any(_QUOTE_SIGNS.sub("", line).strip() for line in lines[begin + 1 : end])
        location = title_place(title) if title and below else None
        if below and (location is not None or is_title(title)):
            lines[begin] = lines[begin][: named.end()].rstrip()
        if location is not None:
            places.update(dict.fromkeys(range(begin, end), location))
    return places


def _outer_quotes(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Returns (first line, line after the last) of the block quotes that stand in no other one, in list items, too."""
    found: list[tuple[int, int]] = []
    depth = 0
    for token in tokens:
        if token.type == "blockquote_open":
            if depth == 0 and token.map is not None:
                found.append((token.map[0], token.map[1]))
            depth += 1
        elif token.type == "blockquote_close":
            depth -= 1
    return found


def is_quoted(line: str) -> bool:
    """Whether a line begins with a quote sign, perhaps within a list item."""
    return ">" in line and _ITEM_SIGN.sub("", line).lstrip().startswith(">")


def _is_quotation(line: str) -> bool:
    """Whether a block quote, given its first line, has passages. Of callouts, only those for passages do: "> [!quote]"."""
    callout = CALLOUT.match(_QUOTE_SIGNS.sub("", line))
    return callout is None or is_passage_callout(callout["kind"].split("|")[0].strip().lower())


def _without_signatures(entries: list[Entry], lines: list[str], first_line: int) -> list[Entry]:
    """Drops lines that only name the author of the block quote above: "— Mara Vale, *On Hedges*"."""
    kept = []
    for entry in entries:
        at = entry.line - first_line
        above = next((line for line in reversed(lines[max(0, at - 3) : at]) if line.strip()), "")
        if not (above.startswith(">") and _SIGNATURE.fullmatch(entry.text)):
            kept.append(entry)
    return kept


def _paragraphs(body: str, first_line: int) -> list[tuple[Entry, bool]]:
    """Reads the lines between blank lines as passages. The second value of a pair tells whether it is a quotation."""
    gathered: list[str] = []
    entries: list[tuple[Entry, bool]] = []
    for number, line in enumerate([*body.split("\n"), ""], start=first_line):
        if line.strip():
            gathered.append(line)
        elif gathered:
            signed = gathered[0].lstrip().startswith(">")
            text = _passage(gathered, quoted=signed, listed=True)
            entry = Entry(text=text, line=number - len(gathered))
            entries += [(entry, signed and _is_quotation(gathered[0]))] if text else []
            gathered = []
    return entries


def hashtags(body: str) -> tuple[str, ...]:
    """Returns the hashtags in the note's text."""
    return tuple(dict.fromkeys(_TAG.findall(body)))


def _passage(lines: list[str], *, quoted: bool, listed: bool) -> str:
    """Returns the text of a block without Markdown signs and properties; empty if nothing is left."""
    cleaned = []
    for number, line in enumerate(lines):
        text = _QUOTE_SIGNS.sub("", line) if quoted else line
        if listed and number == 0:
            text = _ITEM_SIGN.sub("", text)
            text = _QUOTE_SIGNS.sub("", text) if quoted else text
        cleaned.append(_BLOCK_ID.sub("", text.strip()))
    if quoted and cleaned:
        callout = _CALLOUT.match(cleaned[0])
        cleaned[0] = cleaned[0][callout.end() :] if callout is not None else cleaned[0]
    kept = [line for line in cleaned if line and not _PROPERTY.match(line) and not line.startswith("%%")]
    if kept and all(map(_is_field, kept)):
        return ""
    text = "\n".join(kept)
    return "" if _ONLY_MARKS.fullmatch(text[:2000]) else text


def _is_field(line: str) -> bool:
    """Whether a line is a property with a bold label: "**Page:** 12"."""
    found = label(line) if line.startswith("**") else None
    return found is not None and found.marked and found.role not in (None, Role.NOTE, Role.PASSAGE)


def _joined_quotes(entries: list[Entry], tokens: list[Token], first_line: int) -> list[Entry]:
    """Joins the paragraphs of each block quote into one passage."""
    spans = [(first_line + begin, first_line + end) for begin, end in _outer_quotes(tokens)]
    joined: list[list[Entry]] = []
    open_until = 0
    remaining = iter(spans)
    span = next(remaining, None)
    for entry in entries:
        while span is not None and entry.line >= span[1]:
            span = next(remaining, None)
        inside = span is not None and span[0] <= entry.line
        if inside and entry.line < open_until:
            joined[-1].append(entry)
        else:
            joined.append([entry])
        open_until = span[1] if inside and span is not None else 0
    return [
        group[0] if len(group) == 1 else replace(group[0], text="\n\n".join(entry.text for entry in group))
        for group in joined
    ]
