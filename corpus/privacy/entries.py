"""Reads the lists of PRIVATE_TAGS and PRIVATE_PATHS, however a person writes them, and reports entries that look wrong.

Entries may be separated by commas, semicolons, vertical bars or line ends, and tags also by blanks. Quotation marks or brackets
may stand around each entry or around all of them, "#" or "[[ ]]" around a tag, and "tags:" before the list. JSON and YAML lists
are read, too.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.privacy.marks import is_tag_key
from corpus.privacy.paths import covers
from corpus.privacy.tags import PrivateTags, name_of

MAX_EDITS = 2
"""How many letters of a mistyped entry may be wrong."""

_BETWEEN = re.compile(r"[,;|\n，；、•]")
_BRACES = re.compile(r"^([^{}\s]*)\{([^{}]+)\}([^{}\s]*)$")
_QUOTES = "\"'`“”„‘’«»"


@dataclass(frozen=True, slots=True)
class Objection:
    """An entry that covers nothing, or looks mistyped."""

    setting: str
    """PRIVATE_TAGS or PRIVATE_PATHS."""
    entry: str
    finding: str
    """What is wrong."""
    fix: str
    """What to do about it."""


def tags_of(value: str) -> tuple[str, ...]:
    """Returns the entries of PRIVATE_TAGS.

    "private diary" may be one tag of two words, or two tags. So the whole counts, and each word.
    """
    value = _without_label(value)
    found: list[str] = []
    parts = _split_list(value, brackets=True)
    for part in parts:
        words = [_without_label(word) for word in part.split()]
        found.append(_without_label(part))
        if len(words) > 1 and len(parts) == 1:
            found += words
    return tuple(dict.fromkeys(part for part in map(_tag, found) if part))


def _without_label(text: str) -> str:
    """Removes "tags:" or "tag=" before a text."""
    label, sign, rest = text.partition(":" if ":" in text else "=")
    return rest if sign and is_tag_key(label) else text


def paths_of(value: str) -> tuple[str, ...]:
    """Returns the entries of PRIVATE_PATHS.

    Globs separated by blanks are several entries. `PrivatePaths.of` decides how other blanks are meant.
    """
    found: list[str] = []
    braces = _BRACES.match(value.strip())
    if braces is not None and "," in braces.group(2):  # as in a shell: "{Journal,Diary}/**"
        return tuple(
            f"{braces.group(1)}{name.strip()}{braces.group(3)}" for name in braces.group(2).split(",")
        )
    for part in _split_list(value, brackets=False):
        words = part.split()
        globs = len(words) > 1 and all("/" in word or "*" in word or "." in word for word in words)
        found += words if globs else [part]
    return tuple(dict.fromkeys(filter(None, found)))


def _tag(text: str) -> str:
    text = text.strip().strip(_QUOTES).strip()
    return text if name_of(text) else ""


def _split_list(value: str, brackets: bool) -> list[str]:
    """Returns the parts of a list in any of the accepted notations."""
    text = value.strip()
    if text[:1] in '[{"':
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError):
            loaded = None
        if isinstance(loaded, dict):
            return [str(name) for name, wanted in loaded.items() if wanted is not False]
        if isinstance(loaded, list) and all(isinstance(item, str) for item in loaded):
            return [item.strip() for item in loaded if item.strip()]
        if isinstance(loaded, str):
            text = loaded
    text = _unquoted(text)
    if (
        not text.startswith("[[")
        and len(text) > 1
        and (text[0], text[-1]) in {("[", "]"), ("(", ")"), ("{", "}")}
    ):
        inner = text[1:-1]
        text = inner if brackets or _BETWEEN.search(inner) or inner[:1] in _QUOTES else text
    parts = (_unquoted(re.sub(r"^[ \t]*-[ \t]+", "", part)) for part in _BETWEEN.split(text))
    return [part for part in parts if part]


def _unquoted(text: str) -> str:
    """Removes quotation marks around a text, but keeps those of its parts."""
    text = text.strip()
    while (
        len(text) > 1
        and text[0] in _QUOTES
        and text[-1] in _QUOTES
        and not _BETWEEN.search(text[1:-1].strip(_QUOTES + " "))
    ):
        text = text[1:-1].strip()
    if len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0] and text.count(text[0]) == 2:
        text = text[1:-1].strip()
    return text.strip(_QUOTES + " ") if not _BETWEEN.search(text) else text


def objections(
    tags: Sequence[str],
    paths: Sequence[str],
    unused: Iterable[str],
    known_tags: Iterable[str],
    known_paths: Iterable[str],
) -> list[Objection]:
    """Returns an objection to each entry that covers nothing. `known_tags` and `known_paths` are those of the folder."""
    idle = set(unused)
    names = sorted({name for tag in known_tags if (name := name_of(tag))})
    folders = sorted({part for path in known_paths for part in path.split("/")})
    of_tags = [
        Objection("PRIVATE_TAGS", entry, *_tag_objection(entry, names))
        for entry in tags
        if entry in idle and not _is_made_of_others(entry, tags)
    ]
    of_paths = [
        Objection("PRIVATE_PATHS", entry, *_path_objection(entry, folders))
        for entry in paths
        if entry in idle and not any(covers(word, path) for word in entry.split() for path in known_paths)
    ]
    return of_tags + of_paths


def _is_made_of_others(entry: str, entries: Sequence[str]) -> bool:
    """Whether an entry is made of the words of other entries, or is a word of another one (see `tags_of`)."""
    words = entry.split()
    if len(words) > 1:
        return all(word in entries for word in words)
    return any(entry in other.split() for other in entries if other != entry)


def _closest(text: str, known: Sequence[str]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = process.extractOne(text, known, scorer=OSA.distance, score_cutoff=min(MAX_EDITS, len(text) // 3))
    return found[0] if found is not None and len(text) > 2 else None


def _tag_objection(entry: str, known: Sequence[str]) -> tuple[str, str]:
    near = _closest(name_of(entry), known)
    if near is not None and not PrivateTags.of([entry]).covers(near):
        return f"{entry!r} covers nothing", f"did you mean {near!r}, which is a tag here?"
    return (
        f"{entry!r} covers nothing: no note or highlight has this tag",
        "write it as in the notes, or remove it",
    )


def _path_objection(entry: str, known: Sequence[str]) -> tuple[str, str]:
    wanted = entry.replace("\\", "/").rstrip("/*").rsplit("/", 1)[-1]
    near = _closest(wanted, known)
    if near is not None:
        return f"{entry!r} covers nothing", f"did you mean {near!r}?"
    return (
        f"{entry!r} covers nothing: no note lies there",
        "give a folder or a glob below the folder of notes, such as Journal/**",
    )
