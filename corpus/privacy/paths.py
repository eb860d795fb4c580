"""PRIVATE_PATHS: notes that are private because of their path.

An entry is a glob below the folder of notes, the name of a folder or note at any depth, or an absolute path. Upper and lower
case, composed and decomposed letters, and both slashes are treated alike.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from corpus.normalize import fold

MAX_PATTERN_CHARS = 1_000

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_FETCHED = re.compile(r"\A@git/")
"""Begins the paths of a Git repository's notes if the library has several folders; see `corpus.origins`."""


@lru_cache(maxsize=256)
def _compiled(entry: str) -> tuple[re.Pattern[str], ...]:
    """Returns the patterns of an entry. They match the folder or note and everything below it."""
    text = entry.strip().strip("\"'").strip().replace("\\ ", " ").replace("\\", "/")[:MAX_PATTERN_CHARS]
    text = unquote(text) if _PERCENT.search(text) else text
    text = re.sub(r"^(?:file://)?(?=/)|^[A-Za-z]:(?=/)|^(?:~|\.\.|\$\{?\w+\}?|%\w+%)(?=/)", "", text)
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
    # The path may come from another machine, such as the host of a container. So every ending of it is tried.
    ends = ["/".join(parts[at:]) for at in range(len(parts))] if absolute else [text]
    return tuple(re.compile(_regex(end, rooted=absolute)) for end in ends)


def _regex(text: str, rooted: bool) -> str:
    body = _glob(text)
    literal = re.escape(text)
    begin = r"\A" if rooted else r"(?:\A|.*/)"
    last = text.rsplit("/", 1)[-1]
    suffix = "" if "." in last or last.endswith("*") or rooted else r"(?:\.[a-z]+)?"
    return rf"{begin}(?:{body}|\[?{literal}\]?){suffix}(?:/.*)?\Z"


def _glob(text: str) -> str:
    found = []
    for part in re.split(r"(\*\*/|\*+|\?|\[[^\[\]/]{1,20}\](?=[^\[\]/]))", text):
        if part == "**/":
            found.append("(?:.*/)?")
        elif part.startswith("*"):
            found.append(".*")
        elif part[:1] == "[" and part[-1:] == "]":
            inner = re.sub(
                r"([\\\[\]&~|])", r"\\\1", part[1:-1].replace("!", "^", 1) if part[1] == "!" else part[1:-1]
            )
            found.append(f"(?:[{inner}]|{re.escape(part)})")
        else:
            found.append("." if part == "?" else re.escape(part))
    return "".join(found)


@dataclass(frozen=True, slots=True)
class PrivatePaths:
    """The entries of PRIVATE_PATHS as they apply to one folder."""

    entries: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str], paths: Sequence[str]) -> "PrivatePaths":
        """Reads an entry with blanks as several names if, taken as a whole, it covers none of `paths`."""
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
