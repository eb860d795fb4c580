"""Reads the sources and highlights in the text of one file. The layout is recognised for each note, never for a folder."""

import re
from dataclasses import replace

from corpus.formats import (
    front_matter,
    layout,
    own_template,
    properties,
    readwise_api,
    registry,
    saved_message,
)
from corpus.formats.about_a_book import is_about_a_book, is_by_author
from corpus.formats.entry import Note
from corpus.formats.finish import countable, finish
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading, is_highlights
from corpus.formats.layout import Layout, Problems, Text
from corpus.formats.outline.read import read_note
from corpus.formats.references import without_references, without_signature
from corpus.formats.shapes import PAGE, PLAIN
from corpus.model import Skipped

DATA_SUFFIXES = frozenset(suffix for known in registry.all_layouts() for suffix in known.suffixes) - {
    ".md",
    ".markdown",
    ".txt",
}
"""Suffixes of files that are read only if a layout recognises them."""
NOTHING_MARKED = "a page saved whole, and nothing is marked in it (==like this==)"
NO_HIGHLIGHTS = "no highlights in it"
LFS_POINTER = (
    "a pointer of Git LFS, not the note itself: keep notes out of LFS, or fetch them with `git lfs pull`"
)

_LFS_POINTER = "version https://git-lfs.github.com/spec/"
"""The first words of a pointer file (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""
_TEMPLATE = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\{%[^%\n]{1,200}%\}|<%[^%\n]{1,200}%>")
_PLACEHOLDERS = 2
"""How many properties with placeholders make a note a template, if none has nothing else."""
_HEAD_LINE = re.compile(r"#{1,6} |[>\-* ]*[A-Za-z][\w ()-]{0,30}:{1,2} ")
_SYNC_LINE = re.compile(r"(?m)^[ \t]*-[ \t]+\d+ highlights? (?:from|in) \[\[")
_BULLET = re.compile(r"(?m)^[-*+](?:[ \t]+\S|$)")
_NOT_READ = {
    ".csv": "a table that is no export of highlights (export from Readwise as CSV: its columns are Highlight, Book Title, …)",
    ".json": "no export of highlights (KOReader's JSON is read; of other tools export Markdown)",
    ".html": "a web page that is no notebook of a Kindle or PocketBook (export it from the app, or highlights as Markdown)",
}


def read(path: str, text: str) -> Note | Skipped:
    """Reads one file. Never raises, whatever the file contains."""
    if readwise_api.recognises(text):
        try:
            return _with_problems(readwise_api.read(path, text))
        except readwise_api.UnreadableError as error:
            return Skipped(path, f"what was fetched from Readwise is {error}")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return Skipped(path, "empty")
    if text.startswith(_LFS_POINTER):
        return Skipped(path, LFS_POINTER)
    if saved_message.recognises(text):
        return saved_message.read(path, text)
    whole = Text(path, text, FrontMatter(body=text), ())
    if whole.suffix in DATA_SUFFIXES:
        known = registry.recognise(whole)
        return _note(whole, known) if known is not None else Skipped(path, _why_not_read(whole.suffix))
    front = front_matter.split(text)
    if (reason := _why_not_a_note(front)) is not None:
        return Skipped(path, reason)
    lines = tuple(front.body.split("\n"))
    whole = Text(path, text, front, lines, tuple([line for line in lines if line.startswith("#")]))
    known = registry.recognise(whole)
    found = known or own_template.layout_of(whole)
    return _plain(whole) if found is None else _note(whole, found)


def _note(text: Text, known: Layout) -> Note:
    """Reads a note in a known layout, or in a person's own template."""
    reading = known.read(text) if known.read is not None else read_note(text, known)
    problems: Problems = [
        (line, f"the property {key!r} is not valid YAML: read as it stands where that can be")
        for line, key in text.front.broken
    ]
    problems += [(line, f"{known.title}: {what}") for line, what in reading.problems]
    if known.category is not None:
        reading.header.values.setdefault("category", [known.category])
    source = reading.header.source(text.front, text.path)
    if known.family_name_first:
        source = replace(source, authors=tuple(map(properties.first_name_first, source.authors)))
    if known.unknown_author:
        source = replace(source, authors=())
    own = without_references(reading.entries, source) if known.arrows else reading.entries
    own = tuple(without_signature(entry, source) for entry in own)
    entries, copies = finish(own, problems, known)
    if not entries:
        problems.append((None, NO_HIGHLIGHTS))
    titled = reading.titled if reading.titled is not None else reading.header.title(text.front) is not None
    tags = source.tags + text.front.hashtags + reading.tags
    return Note(text.path, known.name, source, entries, tuple(problems), tags, titled, copies)


def _plain(text: Text) -> Note | Skipped:
    """Reads a note that is not an export: a web page saved whole, or a person's own note."""
    from corpus.formats import pages, plain_notes  # exports do not need their Markdown parser

    header = Header()
    page = pages.is_page(text)
    sections: plain_notes.Sections | None = None
    if page:
        beside: Problems = []
        entries = pages.read(text, header)
        if not entries:
            return Skipped(text.path, NOTHING_MARKED)
    else:
        named = header.names_author(text.front) or header.source(text.front, text.path).url is not None
        sections = (
            plain_notes.Sections() if named else None
        )  # if a source is named, whose words they are matters
        entries, beside = plain_notes.read(text.body, text.front.first_line, header, sections)
        quoted = any(map(plain_notes.is_quoted, text.lines)) or (sections is not None and sections.passages)
        if not quoted and _is_about_unlinked_book(text, header):
            entries = ()  # the prose about a book is its reader's, and nothing is quoted
    problems: Problems = [
        (line, f"the property {key!r} is not valid YAML: read as it stands where that can be")
        for line, key in text.front.broken
    ]
    problems += beside
    source = header.source(text.front, text.path)
    beside_quotes = not page and source.url is None and any(line.startswith(">") for line in text.lines)
    if beside_quotes and source.authors and not is_by_author(text, header, source.authors):
        source = replace(source, authors=())  # the author wrote the note, not the quotations in it
    if not page:
        entries = without_references(entries, source)
    finished, copies = finish(entries, problems, Layout(PLAIN, PLAIN, layout.no_evidence))
    if sections is not None and sections.own.issuperset(entry.line for entry in finished):
        kept = tuple(replace(entry, source=replace(source, authors=(), url=None)) for entry in finished)
    else:
        kept = tuple(replace(entry, link=entry.link or source.url) for entry in finished)
    if not kept:
        problems.append((None, NO_HIGHLIGHTS))
    tags = source.tags + text.front.hashtags + plain_notes.hashtags(text.body)
    shape, titled = PAGE if page else PLAIN, header.title(text.front) is not None
    return Note(text.path, shape, source, kept, tuple(problems), tags, titled, copies)


def _is_about_unlinked_book(text: Text, header: Header) -> bool:
    """Whether a note's properties describe a book or an article, but no address of it, as a clipping has."""
    return header.source(text.front, text.path).url is None and is_about_a_book(text, header)


def is_linked(note: Note) -> bool:
    """Whether a plain note has a link to its source, as a `url`, `source` or `link` property."""
    return note.source.url is not None


def _why_not_a_note(front: FrontMatter) -> str | None:
    """Returns why a file is not a note with highlights (a template, a log of syncs); None if it may be one."""
    placeholders = [
        value for found in front.properties.values() for value in found if _TEMPLATE.search(value)
    ]
    head = front.body[:1500].split("\n")
    end = next(
        (
            at
            for at, line in enumerate(head)
            if (found := heading(line)) is not None and is_highlights(found[1])
        ),
        len(head),
    )
    marked = [line for line in head[:end] if _HEAD_LINE.match(line) and _TEMPLATE.search(line)]
    empty = any(not _TEMPLATE.sub("", value).strip(" \"'[]#,") for value in placeholders)
    if empty or len(placeholders) >= _PLACEHOLDERS or len(marked) >= 2:
        return "a template"
    synced = " from [[" in front.body or " in [[" in front.body
    logged = len(_SYNC_LINE.findall(front.body)) if synced else 0
    if logged and logged * 2 >= len(_BULLET.findall(front.body)):
        return "a log of Readwise's syncs, not highlights"
    return None


def _why_not_read(suffix: str) -> str:
    return _NOT_READ.get(
        {".tsv": ".csv", ".htm": ".html", ".xhtml": ".html"}.get(suffix, suffix), "no export of highlights"
    )


def _with_problems(note: Note) -> Note:
    problems: Problems = []
    return replace(note, entries=tuple(countable(note.entries, problems)), problems=tuple(problems))
