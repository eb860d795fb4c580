"""Decides which parts of a note are private, and names them so that copies in other notes are found.

Copies are compared as people read them: markup, links, entities, punctuation and case do not matter. A long private text is
private wherever it stands; a short one only within its source. Every line and paragraph of a private note counts, whether or not
a reader understood the note.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.formats.entry import Entry, Note
from corpus.formats.labels import Role, label
from corpus.merging.copy_forms import parts, units
from corpus.model import Source
from corpus.normalize import key
from corpus.privacy.names import namespaces
from corpus.privacy.remarks import is_private_remark
from corpus.privacy.rules import PrivacyRules
from corpus.privacy.scan import Scan, scan

_OWN_LINK = re.compile(r"https?://(?:read\.readwise\.io/read|readwise\.io/open)/")


@dataclass(frozen=True, slots=True)
class Decided:
    """The private parts of a note."""

    note: Note
    """The note, with a problem for every tag list that cannot be read."""
    private: tuple[bool, ...]
    whole: bool
    hidden: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    """The private paragraphs, items and lines, whole; see `copy_forms.parts`."""


def decide(note: Note, text: str, rules: PrivacyRules) -> Decided:
    """Decides by the note's path, its raw text, and the tags and remarks of its highlights."""
    count = len(note.entries)
    tags = rules.tags
    title = note.source.title if note.shape == "logseq" else ""
    if rules.paths.covers(note.path) or tags.covers_any((*note.tags, *namespaces(note.path, title))):
        return _decided(note, (True,) * count, True, text)
    found = scan(text, tags)
    tagged = [tags.covers_any((*entry.tags, *note.source_of(entry).tags)) for entry in note.entries]
    remarked = [bool(entry.remark) and is_private_remark(entry.remark or "", tags) for entry in note.entries]
    own = tuple(map(bool.__or__, tagged, remarked))
    if not found.has_private_tag and not found.marked:
        return Decided(note, own, False)
    if not note.entries:  # the note could not be read, but other notes may have copies of its private text
        return _decided(note, (), found.has_private_tag, text)
    starts = [max(0, entry.line - 1) for entry in note.entries]
    private_remarks = (
        entry.remark or "" for entry, private in zip(note.entries, remarked, strict=True) if private
    )
    remarks = {line.strip() for remark in private_remarks for line in remark.split("\n")}
    labelled = _places([_is_labelled(entry) for entry in note.entries])
    covered = found.covered(starts, _places(tagged), _places(remarked), remarks, labelled)
    if covered is None:
        return _decided(_with_unreadable_lists(note, found), (True,) * count, True, text)
    private = tuple(map(bool.__or__, own, covered))
    return _decided(note, private, False, _private_lines(note, text, starts, private))


def _decided(note: Note, private: tuple[bool, ...], whole: bool, text: str) -> Decided:
    """`text` is the private part of the note's text."""
    return Decided(note, private, whole, frozenset(units(text)), frozenset(parts(text)))


def _is_labelled(entry: Entry) -> bool:
    """Whether a passage begins with the label of something else than a passage: "Note:", "Comment:"."""
    found = label(entry.text)
    return found is not None and found.role not in (None, Role.PASSAGE)


def _places(flags: list[bool]) -> list[int]:
    return [place for place, flag in enumerate(flags) if flag]


def decide_unread(path: str, text: str, rules: PrivacyRules) -> frozenset[str]:
    """Returns the private texts of a file that is not read as a note."""
    found = scan(text, rules.tags)
    private = rules.paths.covers(path) or rules.tags.covers_any(namespaces(path)) or found.has_private_tag
    return frozenset(units(text)) if private else frozenset()


def _with_unreadable_lists(note: Note, found: Scan) -> Note:
    problems = tuple((line, unreadable(name)) for line, name in found.unreadable)
    return replace(note, problems=(*note.problems, *problems)) if problems else note


def unreadable(name: str) -> str:
    """Returns the problem, with its fix, that `check` reports for a tag list that cannot be read."""
    return (
        f"the property {name!r} cannot be read as a list of tags, so the note counts as private: write it as "
        f"`{name}: [books, health]`"
    )


def _private_lines(note: Note, text: str, starts: list[int], private: tuple[bool, ...]) -> str:
    """Returns the lines of the private entries, each up to the next entry. On a line that others share, only their own words."""
    lines = text.split("\n")
    ordered = sorted(set(starts))
    ends = dict(zip(ordered, [*ordered[1:], len(lines)], strict=True))
    shared = {start for start, hidden in zip(starts, private, strict=True) if not hidden}
    parts: dict[int, list[str]] = {}
    for entry, start, hidden in zip(note.entries, starts, private, strict=True):
        if not hidden:
            continue
        if start in shared:
            parts.setdefault(start, []).append(f"{entry.text}\n\n{entry.remark or ''}")
        else:
            parts[start] = lines[start : ends[start]]
    return "\n\n".join("\n".join(parts[start]) for start in sorted(parts))


def is_own_link(link: str) -> bool:
    """Whether the link belongs to a single highlight. It identifies that highlight even after its text was edited."""
    return _OWN_LINK.match(link) is not None


def own_link_name(link: str | None) -> str | None:
    """Returns the name of a link that belongs to a single highlight; None for other links."""
    return f"l{link}" if link and is_own_link(link) else None


def note_names(note: Note) -> list[str]:
    """Returns the names under which other notes may mention any source of this note."""
    return list(dict.fromkeys(name for source in note.sources for name in source_names(source, note.path)))


def work_names(source: Source) -> list[str]:
    """Returns the names that tell works apart: title and address."""
    return [f"n{key(source.title)}", *([f"a{source.url}"] if source.url else [])]


def source_names(source: Source, path: str) -> Iterator[str]:
    """Yields the names that two notes of one source may share: title, file name, address."""
    title = key(source.title)
    yield f"n{title}"
    file = key(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    if file != title:
        yield f"n{file}"
    if source.url:
        yield f"a{source.url}"
