"""Reads the sources and highlights in the text of one file. The layout is recognised for each note, never for a folder."""

import re
from dataclasses import replace
from itertools import pairwise

from corpus.formats import front_matter, layout, link_tail, readwise_api, registry, saved_message
from corpus.formats.entry import Note, child
from corpus.formats.finish import countable, finish
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, heading, is_highlights, is_passages
from corpus.formats.labels import Role, inline_fields, role_of
from corpus.formats.layout import Layout, Problems, Text
from corpus.formats.outline.multi_line import TABLE_RULE, cells
from corpus.formats.outline.nested import headed_bullet
from corpus.formats.outline.open_blocks import RULE
from corpus.formats.outline.places import place
from corpus.formats.outline.read import read_note
from corpus.formats.shapes import CUSTOM, FRONT_MATTER, PAGE, PLAIN
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
_PASSAGE = re.compile(r"(?m)^[-*+](?:[ \t]+(?!\*{0,2}(?:Notes?|Comments?|Tags?|See also)\*{0,2}:)\S|$)")
"""A bullet at the margin that may be a passage, because it does not begin with a label such as "Note:"."""
_MARKER = re.compile(
    r"rw-book-cover|Readwise Information|readwise\.io/|\^rw\d|\[View (?:Highlight|Tweet)\]\(|\[Location\s\d+\]\("
    r"|\]\(obsidian://zotflow|\]\( ?(?:kindle|ibooks|zotero|koreader|weread|marginnote\d?app):|\]\(https://(?:www\.)?(?:hyp\.is|instapaper\.com/read)/|\]\(https?://play\.google\.com/books/reader"
)
_TEMPLATE = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\{%[^%\n]{1,200}%\}|<%[^%\n]{1,200}%>")
_HEAD_LINE = re.compile(r"#{1,6} |[>\-* ]*[A-Za-z][\w ()-]{0,30}:{1,2} ")
_SYNC_LINE = re.compile(r"(?m)^[ \t]*-[ \t]+\d+ highlights? (?:from|in) \[\[")
_BULLET = re.compile(r"(?m)^[-*+](?:[ \t]+\S|$)")
_FRONT_KEYS = ("author", "authors", "title", "category", "url", "link", "source", "readwise_url")
_HEAD_LINES = 30
_WORDS_BESIDE_QUOTES = 1
"""How many more paragraphs than quotes a note made of quotes may have: an introduction or a summary."""
_MAX_RULE = 1_000
"""Maximum length, in characters, of the line below a table's head."""
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
        return (
            _note(whole, known, known.name)
            if known is not None
            else Skipped(path, _why_not_read(whole.suffix))
        )
    front = front_matter.split(text)
    if (reason := _why_not_a_note(front)) is not None:
        return Skipped(path, reason)
    lines = tuple(front.body.split("\n"))
    whole = Text(path, text, front, lines, tuple([line for line in lines if line.startswith("#")]))
    known = registry.recognise(whole)
    shape = known.name if known is not None else _own_template(whole)
    if shape in (PLAIN, PAGE):
        return _plain(whole)
    own = known or Layout(
        shape,
        "a template of your own",
        layout.no_evidence,
        tags_follow=True,
        arrows=True,
        quotes_only=shape == CUSTOM and _is_made_of_quotes(whole),
    )
    return _note(whole, own, shape)


def _note(text: Text, known: Layout, shape: str) -> Note:
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
    entries, copies = finish(reading.entries, problems, known)
    if not entries:
        problems.append((None, NO_HIGHLIGHTS))
    titled = reading.titled if reading.titled is not None else reading.header.title(text.front) is not None
    tags = source.tags + text.front.hashtags + reading.tags
    return Note(text.path, shape, source, entries, tuple(problems), tags, titled, copies)


def _plain(text: Text) -> Note | Skipped:
    """Reads a note that is not an export: a web page saved whole, or a person's own note."""
    from corpus.formats import pages, plain_notes  # exports do not need their Markdown parser

    header = Header()
    page = pages.is_page(text)
    if page:
        entries = pages.read(text, header)
        if not entries:
            return Skipped(text.path, NOTHING_MARKED)
    else:
        entries = plain_notes.read(text.body, text.front.first_line, header)
    problems: Problems = [
        (line, f"the property {key!r} is not valid YAML: read as it stands where that can be")
        for line, key in text.front.broken
    ]
    source = header.source(text.front, text.path)
    finished, copies = finish(entries, problems, Layout(PLAIN, PLAIN, layout.no_evidence))
    kept = tuple(replace(entry, link=source.url) for entry in finished)
    if not kept:
        problems.append((None, NO_HIGHLIGHTS))
    tags = source.tags + text.front.hashtags + plain_notes.hashtags(text.body)
    shape, titled = PAGE if page else PLAIN, header.title(text.front) is not None
    return Note(text.path, shape, source, kept, tuple(problems), tags, titled, copies)


def _own_template(text: Text) -> str:
    """Returns the shape of a note that no layout recognises: an export with a person's own template, or not an export."""
    front, body = text.front, text.body
    highlights = _has_highlights_heading(text.lines)
    known = front.first(*_FRONT_KEYS) is not None
    marked = _MARKER.search(body) is not None
    if highlights and (known or marked or _has_bullets(body)):
        return FRONT_MATTER if known and ">[!" not in body[:4000] else CUSTOM
    if marked and any(link_tail.is_tail(line) for line in text.lines if "](" in line or "^rw" in line):
        return FRONT_MATTER if known else CUSTOM
    return (
        CUSTOM
        if _has_table(text)
        or _has_location_headings(text)
        or _has_labelled_passages(text)
        or _is_about_a_book(text)
        else PLAIN
    )


def _is_made_of_quotes(text: Text) -> bool:
    """Whether block quotes are the only sign of highlights in a note."""
    marked = _MARKER.search(text.body) is not None
    return not (
        marked
        or _has_location_headings(text)
        or _has_labelled_passages(text)
        or _has_highlights_heading(text.lines)
        or _has_table(text)
        or _has_passage_heading(text)
    )


def _has_labelled_passages(text: Text) -> bool:
    """Whether two or more lines are labelled as passages in bold: "> **Highlight:** a hedge grows"."""
    found = [child(line.lstrip("-> \t")) for line in text.lines if "**" in line[:8]]
    return sum(named is not None and named.role is Role.PASSAGE and named.marked for named in found) > 1


def _has_location_headings(text: Text) -> bool:
    """Whether two or more headings have nothing but a passage's location: "p. 33, loc. 120"."""
    found = (heading(line) for line in text.headings)
    return sum(head is not None and head[0] > 1 and place(head[1]) is not None for head in found) > 1


def _has_passage_heading(text: Text) -> bool:
    """Whether a heading announces passages: "Quotes", "Annotations"."""
    return any((found := heading(line)) is not None and is_passages(found[1]) for line in text.headings)


def _has_table(text: Text) -> bool:
    """Whether a table has a column of passages and a column about them: "| Page | Quote | Thoughts |"."""
    heads = (
        above
        for above, below in pairwise(text.lines)
        if "|" in above and "|" in below and len(below) <= _MAX_RULE and TABLE_RULE.match(below)
    )
    roles = ({role_of(name.strip("* ")) for name in cells(head)} for head in heads)
    return any(Role.PASSAGE in found and found & {Role.NOTE, Role.LOCATION, Role.TAGS} for found in roles)


def _is_about_a_book(text: Text) -> bool:
    """Whether a note names an author and has quotations: block quotes, or a heading of passages."""
    from corpus.formats import pages  # imported here because exports do not need it

    if pages.is_page(text):
        return False
    header, lines = Header(), text.lines[:_HEAD_LINES]
    for line in lines:
        if (found := heading(line)) is not None and found[0] > 1:
            if not header.read_by(found[1]):
                break
            continue
        if not header.read(line):
            for field in inline_fields(line):
                header.read(f"{field.name}:: {field.value}")
    if not header.names_author(text.front):
        return False
    return _has_passage_heading(text) or _is_mostly_quotes(text.lines)


def _is_mostly_quotes(lines: tuple[str, ...]) -> bool:
    """Whether a note consists of block quotes with few words between. Otherwise its owner wrote it and only quotes something."""
    quotes = words = 0
    for above, line in pairwise(["", *lines]):
        if line.startswith(">"):
            quotes += not above.startswith(">") and not line.startswith(">[!")
        elif line.strip() and heading(line) is None and not _is_label(line):
            words += not above.strip() or above.startswith(">") or heading(above) is not None
    return quotes > 0 and words <= quotes + _WORDS_BESIDE_QUOTES


def _is_label(line: str) -> bool:
    """Whether a line is a property, a picture, a rule or a labelled value, and not a sentence."""
    return (
        Header().read(line)
        or (":" in line and child(line.lstrip("-*+ ")) is not None)
        or RULE.match(line) is not None
    )


def is_linked(note: Note) -> bool:
    """Whether a plain note has a link to its source, as a `url`, `source` or `link` property."""
    return note.source.url is not None


def _has_bullets(body: str) -> bool:
    """Whether any bullet at column 0 may be a passage."""
    return _PASSAGE.search(body) is not None


def _has_highlights_heading(lines: tuple[str, ...]) -> bool:
    """Whether the note has a heading "Highlights", or such a bullet with bullets below it."""
    if any(
        line[:1] in "-*+"
        and below[:1] in (" ", "\t")
        and (named := headed_bullet(line))
        and is_highlights(named)
        for line, below in pairwise(lines)
        if line
    ):
        return True
    heads = (
        found for line in lines if line[:4].lstrip().startswith("#") and (found := heading(line)) is not None
    )
    return any(level <= 4 and is_highlights(name.strip("# :")) for level, name in heads)


def _why_not_a_note(front: FrontMatter) -> str | None:
    """Returns why a file is not a note with highlights (a template, a log of syncs); None if it may be one."""
    values = " ".join(value for found in front.properties.values() for value in found)
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
    if _TEMPLATE.search(values) or len(marked) >= 2:
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
