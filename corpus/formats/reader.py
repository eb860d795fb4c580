"""One note's text to its source and highlights: the shape is recognised per note, never per folder."""

import re
from dataclasses import replace

from corpus.formats import blocks, bullets, front_matter, link_tail, logseq, mirror, readwise_api, snipd
from corpus.formats.entry import MAX_PASSAGE, Entry, Note
from corpus.formats.front_matter import FrontMatter
from corpus.formats.header import Header, is_highlights
from corpus.model import Skipped

OBSIDIAN, CUSTOM, LOGSEQ, DOWNLOAD, MIRROR, SNIPD, FRONT_MATTER, PLAIN = (
    "obsidian", "custom", "logseq", "download", "mirror", "snipd", "front matter", "plain",
)  # fmt: skip

_LOGSEQ_MARK = re.compile(
    r"(?m)^(?:-[ \t]+(?:##[ \t]+)?)?(?:\*[ \t]*)?(?:highlights first synced by\b|new highlights added \[\[)",
    re.I,
)
_LOGSEQ_KEYS = frozenset({"author", "full-title", "category"})
_METADATA = re.compile(r"(?m)^(#{1,3})[ \t]+Metadata[ \t]*$")
_METADATA_BULLET = re.compile(r"(?m)^- (?:\*\*)?(?:Author|Full Title|Category|URL)(?:\*\*)?:")
_HEADING = re.compile(r"(?m)^ {0,3}#{1,4}[ \t]+(\S.*)$")
_BULLET = re.compile(r"(?m)^[-*+](?:[ \t]+\S|$)")
_PASSAGE = re.compile(r"(?m)^[-*+](?:[ \t]+(?!\*{0,2}(?:Notes?|Comments?|Tags?|See also)\*{0,2}:)\S|$)")
"""A bullet that is no child of the passage above it."""
_MARKER = re.compile(
    r"rw-book-cover|Readwise Information|readwise\.io/|\^rw\d|\[View (?:Highlight|Tweet)\]\(|\[Location\s\d+\]\("
)
_TEMPLATE = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\{%[^%\n]{1,200}%\}|<%[^%\n]{1,200}%>")
_HEAD_LINE = re.compile(r"#{1,6} |[>\-* ]*[A-Za-z][\w ()-]{0,30}:{1,2} ")
_SYNC_LINE = re.compile(r"(?m)^[ \t]*-[ \t]+\d+ highlights? (?:from|in) \[\[")
_FRONT_KEYS = ("author", "authors", "title", "category", "url", "link", "source", "readwise_url")


def read(path: str, text: str) -> Note | Skipped:
    """Reads one note. Never raises for what a note may hold."""
    if readwise_api.recognises(text):
        try:
            return _with_problems(readwise_api.read(path, text))
        except readwise_api.UnreadableError as error:
            return Skipped(path, f"what was fetched from Readwise is {error}")
    front = front_matter.split(text)
    if (reason := _no_note(front, text)) is not None:
        return Skipped(path, reason)
    shape = recognise(front)
    header = Header()
    lines = front.body.split("\n")
    problems: list[tuple[int | None, str]] = [
        (line, f"the property {key!r} is not valid YAML: read as it stands where that can be")
        for line, key in front.broken
    ]
    extra_tags: tuple[str, ...] = ()
    if shape == LOGSEQ:
        entries = logseq.read(lines, front.first_line, header)
    elif shape == PLAIN:
        from corpus.formats import plain_notes  # its parser is needed by no export

        entries = plain_notes.read(front.body, front.first_line, header)
        extra_tags = plain_notes.hashtags(front.body)
    elif shape == MIRROR:
        entries = mirror.read(lines, front.first_line, header)
    elif shape == SNIPD:
        entries = snipd.read(lines, front.first_line, header)
    elif not _bulleted(front.body):
        entries = blocks.read(lines, front.first_line, header)
    else:
        reader = bullets.BulletReader(
            header, front.first_line, front.first("title"), chapters_in_bullets=shape == DOWNLOAD
        )
        entries = reader.read(lines)
        problems += reader.problems
    source = header.source(front, path)
    kept = _checked(entries, problems)
    if shape == PLAIN:
        kept = tuple(replace(entry, link=source.url) for entry in kept)
    if not kept:
        problems.append((None, "no highlights in it"))
    titled = header.title(front) is not None
    return Note(path, shape, source, kept, tuple(problems), source.tags + front.hashtags + extra_tags, titled)


def recognise(front: FrontMatter) -> str:
    """The shape of a note, from what exporters leave in it."""
    body = front.body
    head = body[:4000]
    if _LOGSEQ_MARK.search(body) or _logseq_properties(head):
        return LOGSEQ
    if snipd.recognises(body):
        return SNIPD
    if mirror.recognises(body):
        return MIRROR
    metadata = _METADATA.search(head) or _METADATA.search(body)
    if metadata is not None and _METADATA_BULLET.search(body, metadata.end()):
        return DOWNLOAD if len(metadata.group(1)) == 3 else OBSIDIAN
    highlights = _below_highlights(body) is not None
    known = front.first(*_FRONT_KEYS) is not None
    marked = _MARKER.search(body) is not None
    if highlights and (known or marked or _bulleted(body)):
        return FRONT_MATTER if known and ">[!" not in head else CUSTOM
    if marked and any(link_tail.is_tail(line) for line in body.split("\n") if "](" in line or "^rw" in line):
        return FRONT_MATTER if known else CUSTOM
    return PLAIN


def is_linked(note: Note) -> bool:
    """Whether a plain note names what it is about by a `url`, `source` or `link` property."""
    return note.source.url is not None


def _logseq_properties(head: str) -> bool:
    """Page properties as Readwise writes them at the very beginning."""
    keys = set()
    for line in head.split("\n"):
        match = logseq.PROPERTY.match(line)
        if match is None and line.strip():
            break
        if match is not None:
            keys.add(match.group(1).lower())
    return len(keys & _LOGSEQ_KEYS) >= 2


def _bulleted(body: str) -> bool:
    """Whether highlights stand as bullets at column 0: there are some below the first "Highlights", or anywhere."""
    return _PASSAGE.search(body, _below_highlights(body) or 0) is not None


def _below_highlights(body: str) -> int | None:
    """Where the first heading "Highlights" ends."""
    headings = (match for match in _HEADING.finditer(body) if is_highlights(match.group(1).strip("# :")))
    return next((match.end() for match in headings), None)


def _no_note(front: FrontMatter, text: str) -> str | None:
    if not text.strip():
        return "empty"
    values = " ".join(value for found in front.properties.values() for value in found)
    head = front.body[: min(_below_highlights(front.body) or 1500, 1500)].split("\n")
    marked = [line for line in head if _HEAD_LINE.match(line) and _TEMPLATE.search(line)]
    if _TEMPLATE.search(values) or len(marked) >= 2:
        return "a template"
    logged = len(_SYNC_LINE.findall(front.body))
    if logged and logged * 2 >= len(_BULLET.findall(front.body)):
        return "a log of Readwise's syncs, not highlights"
    return None


def _checked(entries: tuple[Entry, ...], problems: list[tuple[int | None, str]]) -> tuple[Entry, ...]:
    kept = []
    for entry in entries:
        if entry.text in ("", "-"):
            problems.append((entry.line, "a highlight without a text: left out"))
        elif len(entry.text) > MAX_PASSAGE:
            problems.append(
                (
                    entry.line,
                    f"a passage of {len(entry.text):,} characters is too long for a highlight: left out",
                )
            )
        else:
            kept.append(entry)
    return tuple(kept)


def _with_problems(note: Note) -> Note:
    problems: list[tuple[int | None, str]] = []
    return replace(note, entries=_checked(note.entries, problems), problems=tuple(problems))
