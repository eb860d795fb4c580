"""Decides which parts of a note are private, and names them so that copies in other notes are found.

Copies are compared as people read them: markup, links, entities, punctuation and case do not matter. A long private text is
private wherever it stands; a short one only within its source. Every line and paragraph of a private note counts, whether or not
a reader understood the note.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.formats.entry import Entry, Note
from corpus.formats.labels import Role, label
from corpus.model import Source
from corpus.normalize import fold, key
from corpus.plain_text import plain
from corpus.privacy.rules import PrivacyRules
from corpus.privacy.scan import Scan, is_private_remark, scan

MIN_LETTERS_PRIVATE_ANYWHERE = 16
"""A private text with at least this many letters and digits is private wherever it stands; see `letters`."""
MAX_APPENDED = 20
"""How many tags and block ids are taken off the end of a line."""
MAX_LINKS = 3
"""How many links are taken off the end of a line."""
MAX_UNIT_CHARS = 100_000
"""A longer line or paragraph of a private note is too long to be a passage."""

_OWN_LINK = re.compile(r"https?://(?:read\.readwise\.io/read|readwise\.io/open)/")
_SIGNS = re.compile(r"[\W_]+")
_ASCII_SIGNS = {character: None for character in range(128) if _SIGNS.match(chr(character))}
_LOGSEQ_TITLE = re.compile(r"[^/\s][^/]{0,60}/\S")
_LEAD = re.compile(r"[ \t]*(?:(?:>|[-*+•●📌]|\d{1,9}[.)]|#{1,6}(?=[ \t])|\[![\w-]+\][+-]?)[ \t]*)*")
_LABEL = re.compile(r"[^\s:：][^:：\n]{0,40}[:：]{1,2}[ \t]*")
_BLANKS = re.compile(r"[ \t]+")
_QUOTED = re.compile(r"(?m)^[ \t]*>[> \t]?")


@dataclass(frozen=True, slots=True)
class Decided:
    """The private parts of a note."""

    note: Note
    """The note, with a problem for every tag list that cannot be read."""
    private: tuple[bool, ...]
    whole: bool
    hidden: frozenset[str]


def decide(note: Note, text: str, rules: PrivacyRules) -> Decided:
    """Decides by the note's path, its raw text, and the tags and remarks of its highlights."""
    count = len(note.entries)
    tags = rules.tags
    title = note.source.title if note.shape == "logseq" else ""
    if rules.paths.covers(note.path) or tags.covers_any((*note.tags, *namespaces(note.path, title))):
        return Decided(note, (True,) * count, True, frozenset(units(text)))
    found = scan(text, tags)
    tagged = [tags.covers_any((*entry.tags, *note.source_of(entry).tags)) for entry in note.entries]
    remarked = [bool(entry.remark) and is_private_remark(entry.remark or "", tags) for entry in note.entries]
    own = tuple(map(bool.__or__, tagged, remarked))
    if not found.has_private_tag and not found.marked:
        return Decided(note, own, False, frozenset())
    if not note.entries:  # the note could not be read, but other notes may have copies of its private text
        return Decided(note, (), found.has_private_tag, frozenset(units(text)))
    starts = [max(0, entry.line - 1) for entry in note.entries]
    private_remarks = (
        entry.remark or "" for entry, private in zip(note.entries, remarked, strict=True) if private
    )
    remarks = {line.strip() for remark in private_remarks for line in remark.split("\n")}
    labelled = _places([_is_labelled(entry) for entry in note.entries])
    covered = found.covered(starts, _places(tagged), _places(remarked), remarks, labelled)
    if covered is None:
        return Decided(_with_unreadable_lists(note, found), (True,) * count, True, frozenset(units(text)))
    private = tuple(map(bool.__or__, own, covered))
    return Decided(note, private, False, frozenset(units(_private_lines(text, starts, private))))


def _is_labelled(entry: Entry) -> bool:
    """Whether a passage begins with the label of something else than a passage: "Note:", "Comment:"."""
    found = label(entry.text)
    return found is not None and found.role not in (None, Role.PASSAGE)


def _places(flags: list[bool]) -> list[int]:
    return [place for place, flag in enumerate(flags) if flag]


def namespaces(path: str, title: str = "") -> list[str]:
    """Returns the parent pages that a file name or title contains.

    Logseq writes "private___Hedges.md", "private%2FHedges.md" or the title "private/Hedges"; Dendron writes "private.hedges.md".
    """
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    found: list[str] = []
    for apart in ("___", "%2f", "%2F"):
        found += stem.split(apart)[:-1]
    found += [part for part, rest in pairwise(stem.split(".")) if rest[:1].strip()][:1]
    return found + ([title.split("/", 1)[0]] if _LOGSEQ_TITLE.match(title) else [])


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


def _private_lines(text: str, starts: list[int], private: tuple[bool, ...]) -> str:
    """Returns the lines of the private entries, each up to the next entry."""
    lines = text.split("\n")
    ordered = sorted(set(starts))
    ends = dict(zip(ordered, [*ordered[1:], len(lines)], strict=True))
    parts = {start for start, hidden in zip(starts, private, strict=True) if hidden}
    return "\n\n".join("\n".join(lines[start : ends[start]]) for start in sorted(parts))


def units(text: str) -> Iterator[str]:
    """Yields every line and every paragraph of a text, in the forms in which copies are compared."""
    gathered: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            gathered.append(line)
            yield from _forms(line)
            continue
        if len(gathered) > 1:
            yield from _paragraph(gathered)
        gathered = []


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Yields the whole paragraph, and each of its list items with its further lines."""
    yield from _forms("\n".join(lines))
    item: list[str] = []
    for line in [*lines, "- "]:
        lead = _LEAD.match(line)
        if lead is not None and lead.group().strip():
            if 1 < len(item) < len(lines):
                yield from _forms("\n".join(item))
            item = []
        item.append(line)


def _forms(text: str) -> Iterator[str]:
    """Yields a line without its signs; also without tags and links at its end, and without a label before it."""
    if len(text) > MAX_UNIT_CHARS:
        return
    text = _BLANKS.sub(" ", _QUOTED.sub("", text) if ">" in text else text)
    lead = _LEAD.match(text)
    text = text[lead.end() if lead else 0 :].rstrip()
    found = {text, _without_appended(text)}
    shorter = text
    for _ in range(MAX_LINKS):
        shorter = _without_link(shorter)
        found.add(shorter)
    if ":" in text[:60] or "：" in text[:60]:
        found |= {_LABEL.sub("", form, count=1) for form in set(found) if _LABEL.match(form)}
    for form in found:
        if name := compared(plain(form)):
            yield name


def _without_link(text: str) -> str:
    """Returns the text before the last link. Exporters put the link to the passage there."""
    end = text.rfind("](")
    start = text.rfind("[", 0, end) if end >= 0 else -1
    return text[:start].rstrip(" ([—–-") if start >= 0 else text


def _without_appended(text: str) -> str:
    """Returns the line without tags and block ids at its end."""
    for _ in range(MAX_APPENDED):
        head, _, last = text.rpartition(" ")
        if not head or not last.startswith(("#", "^", "[[")):
            break
        text = head.rstrip()
    return text


def compared(shown: str, name: str | None = None) -> str:
    """Returns the letters and digits of a text, folded: the form in which copies are compared.

    `shown` is the text as a person reads it. `name` is its `key`, if known. That saves time, because `key` folds the text too and
    only drops fewer signs. It saves memory, because for nearly all texts the result is the same object.
    """
    folded = fold(shown) if name is None else name
    bare = (folded.translate(_ASCII_SIGNS) if folded.isascii() else _SIGNS.sub("", folded)) or key(shown)
    return name if name is not None and bare == name else bare


def names(text: str, sources: Iterable[str]) -> list[str]:
    """Returns the names by which copies of a text are found. `sources` matter only for a short text."""
    if letters(text) >= MIN_LETTERS_PRIVATE_ANYWHERE:
        return [f"t{text}"]
    return [f"h{source}\x1f{text}" for source in sources] if text else []


def is_own_link(link: str) -> bool:
    """Whether the link belongs to a single highlight. It identifies that highlight even after its text was edited."""
    return _OWN_LINK.match(link) is not None


def own_link_name(link: str | None) -> str | None:
    """Returns the name of a link that belongs to a single highlight; None for other links."""
    return f"l{link}" if link and is_own_link(link) else None


def letters(text: str) -> int:
    """Returns the length of a text. A Chinese or Japanese character counts as three, because it says as much as three letters."""
    return len(text) if text.isascii() else sum(3 if c >= "\u2e80" else 1 for c in text)


def note_names(note: Note) -> list[str]:
    """Returns the names under which other notes may mention any source of this note."""
    return list(dict.fromkeys(name for source in note.sources for name in source_names(source, note.path)))


def source_names(source: Source, path: str) -> Iterator[str]:
    """Yields the names that two notes of one source may share: title, file name, address."""
    title = key(source.title)
    yield f"n{title}"
    file = key(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    if file != title:
        yield f"n{file}"
    if source.url:
        yield f"a{source.url}"
