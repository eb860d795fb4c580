"""PRIVATE_PATHS: notes that are private because of their path.

An entry is a glob below the folder of notes, the name of a folder or note at any depth, or an absolute path. Letters of either
case, composed or decomposed, and either slash are the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.normalize import fold

MAX_PATTERN_CHARS = 1_000

_FETCHED = re.compile(r"\A@git/")
"""Stands before the paths of a repository's notes if a corpus has several folders (`corpus.merging.fetched`)."""


@lru_cache(maxsize=256)
def _compiled(entry: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for a folder or note and everything below it."""
    text = entry.strip().strip("\"'").strip().replace("\\", "/")[:MAX_PATTERN_CHARS]
    text = re.sub(r"^(?:file://)?(?=/)|^[A-Za-z]:(?=/)", "", text)
    absolute = text.startswith("/") and text.count("/") > 1
    text = fold(re.sub(r"/+", "/", text)).strip("/ ")
    while text.startswith("./"):
        text = text[2:]
    while text.endswith(("/**", "/*")):
        text = text.removesuffix("/**").removesuffix("/*")
    while text.startswith("**/"):
        text = text[3:]
    if not text:
        return ()
    parts = text.split("/")
    # An absolute path may be that of another machine than this one (a container): each of its ends is tried.
    ends = ["/".join(parts[at:]) for at in range(len(parts))] if absolute else [text]
    return tuple(re.compile(_regex(end, rooted=absolute)) for end in ends)


def _regex(text: str, rooted: bool) -> str:
    body = _glob(text)
    literal = re.escape(text)
    begin = r"\A" if rooted else r"(?:\A|.*/)"
    suffix = "" if "/" in text or "*" in text or rooted else r"(?:\.[a-z]+)?"
    return rf"{begin}(?:{body}|\[?{literal}\]?){suffix}(?:/.*)?\Z"


def _glob(text: str) -> str:
    found = []
    for part in re.split(r"(\*\*/|\*+|\?)", text):
        if part == "**/":
            found.append("(?:.*/)?")
        elif part.startswith("*"):
            found.append(".*")
        else:
            found.append("." if part == "?" else re.escape(part))
    return "".join(found)


@dataclass(frozen=True, slots=True)
class PrivatePaths:
    """The entries that count for a folder."""

    entries: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str], paths: Sequence[str]) -> "PrivatePaths":
        """An entry with blanks that covers none of the paths is read as several names separated by blanks."""
        found: list[str] = []
        for entry in entries:
            words = entry.split()
            if len(words) > 1 and not any(covers(entry, path) for path in paths):
                found += words
            found.append(entry)
        return cls(tuple(dict.fromkeys(found)))

    def covers(self, path: str) -> bool:
        """Whether the note at this path is private."""
        return any(covers(entry, path) for entry in self.entries)


def covers(entry: str, path: str) -> bool:
    """Whether an entry of PRIVATE_PATHS covers a path below the folder of notes."""
    folded = fold(path)
    names = {folded, _FETCHED.sub("", folded)}
    return any(pattern.match(name) for pattern in _compiled(entry) for name in names)
