"""The private tags, in every spelling that Obsidian, Logseq or Readwise accepts."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.normalize import fold

MAX_TAG_CHARS = 1_000
"""How many code points of a tag are compared: enough for any name in the settings."""

REMEMBERED_CHARS = 100
"""Names of shorter tags are cached, because the same few tags stand in many notes."""

SLICE_CHARS = 1_000_000
"""How many characters one search may take."""

_IGNORED = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u0300-\u036f"
_IGNORED += (
    "\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u093c\u094d\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
"""Invisible characters and accents within a word: soft hyphens, zero-width and direction marks, combining marks."""
_LETTERS = (
    (0x80, 0x2000), (0x2100, 0x2190), (0x2460, 0x2500), (0x3041, 0x3100), (0xFB00, 0xFB07), (0xFF01, 0xFFEF),
    (0x1D400, 0x1D800), (0x1F110, 0x1F1AA),
)  # fmt: skip
"""Unicode ranges with letters that fold to other letters."""
_INVISIBLE = re.compile(f"[{_IGNORED}]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\s_\-]+")
_OUTSIDE = " \t\n#[](){}\"'`*_~.,;:!?-\\/<>|="


@lru_cache(maxsize=4_096)
def _name_of_short(tag: str) -> str:
    return _name_of(tag)


def name_of(tag: str) -> str:
    """Returns a tag in the form in which tags are compared: folded, without signs; blanks, hyphens and underscores are alike.

    "#My_Diary", "[[my diary]]" and "my-diary" are the same name, "private🔒" is "private", "🔒" stays.
    """
    return _name_of_short(tag) if len(tag) < REMEMBERED_CHARS else _name_of(tag[:MAX_TAG_CHARS])


def _name_of(tag: str) -> str:
    text = fold(tag).replace("⁄", "/")
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    text = text.lstrip(_OUTSIDE + "@+")
    parts = (_SEPARATORS.sub("-", part.strip(_OUTSIDE)) for part in text.strip(_OUTSIDE).split("/"))
    return "/".join(_without_symbols(part).strip("-") for part in parts)


def _without_symbols(text: str) -> str:
    if text.isascii():
        return text
    kept = "".join([c for c in text if c < "\x80" or unicodedata.category(c)[0] != "S"])
    return kept if any(map(str.isalnum, kept)) else text


@dataclass(frozen=True, slots=True)
class PrivateTags:
    """The private tags. A nested tag ("private/health") is private if its parent is."""

    names: frozenset[str]
    depth: int
    """Number of parts of the deepest name. Further parts of a tag need not be compared."""

    @classmethod
    def of(cls, tags: Iterable[str]) -> "PrivateTags":
        names = frozenset(filter(None, map(name_of, tags)))
        return cls(names, max((name.count("/") + 1 for name in names), default=0))

    def covers(self, tag: str) -> bool:
        """Whether the tag is private. Linear in its length."""
        if self._covers_name(name_of(tag)):
            return True
        apart = _CAMEL.sub("-", tag[:MAX_TAG_CHARS])  # "#MyDiary" is "my-diary"
        return apart != tag and self._covers_name(name_of(apart))

    def _covers_name(self, name: str) -> bool:
        parts = name.split("/")[: self.depth]
        return any("/".join(parts[:end]) in self.names for end in range(1, len(parts) + 1))

    @property
    def signs(self) -> tuple[str, ...]:
        """The names without letters: "🔒". Such a sign is a tag wherever it stands."""
        return tuple(name for name in self.names if not any(map(str.isalnum, name)))

    def covers_any(self, tags: Iterable[str]) -> bool:
        return any(map(self.covers, tags))

    def may_be_in(self, text: str) -> bool:
        """Whether the text may contain one of the names in any spelling. False is certain, True is not."""
        if not self.names:
            return False
        spellers = _spellers(self.names)
        if spellers is not None and (text.isascii() or spellers.isdisjoint(text)):
            lowered = text.lower()
            return any(name in lowered for name in self.names)
        if len(text) <= SLICE_CHARS:
            return _finder(self.names).search(text) is not None
        search = _finder(self.names).search  # in slices, so that no single search blocks the process for long
        return any(
            search(text, at, at + SLICE_CHARS + MAX_TAG_CHARS) is not None
            for at in range(0, len(text), SLICE_CHARS)
        )


@lru_cache(maxsize=16)
def _spellers(names: frozenset[str]) -> frozenset[str] | None:
    """Returns the characters that can spell one of the names without plain letters; None if the names have parts or signs.

    Nearly every note has none of them. Then a lower-case search is enough, which takes a fiftieth of the time.
    """
    if not all(name.isascii() and name.isalnum() for name in names):
        return None
    pieces = {name[at : at + size] for name in names for at in range(len(name)) for size in (1, 2, 3)}
    others = {variant for piece in pieces for variant in _variants().get(piece, ())}
    return frozenset(others.union(re.findall(f"[{_IGNORED}]", "".join(map(chr, range(0x80, 0x10000))))))


@lru_cache(maxsize=16)
def _finder(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(_spelled(name) for name in sorted(names)), re.I)


def _spelled(name: str) -> str:
    """Returns a pattern for everything that folds to the name, and a little more."""
    between = f"[{_IGNORED}]*"
    multiples = _variants()
    parts, at = [], 0
    while at < len(name):
        size = next((n for n in (3, 2) if len(name[at : at + n]) == n and name[at : at + n] in multiples), 1)
        joined = between.join(map(_one_of, name[at : at + size]))
        parts.append(joined if size == 1 else f"(?:{joined}|{_one_of(name[at : at + size])})")
        at += size
    return between.join(parts)


def _one_of(text: str) -> str:
    """Returns a pattern for all spellings of a character, or of several that one character folds to ("ß" to "ss")."""
    if text == "/":
        return "[/⁄∕／]"
    if text == "-":
        return r"[\s_\-‐-―]*"
    found = {text} if len(text) == 1 else set()
    found |= _variants().get(text, set())
    apart = unicodedata.normalize("NFD", text)
    alone = f"[{''.join(map(re.escape, sorted(found)))}]"
    return alone if len(text) > 1 or apart == text else f"(?:{alone}|{re.escape(apart)})"


@lru_cache(maxsize=1)
def _variants() -> dict[str, set[str]]:
    """Maps folded forms to the characters that fold to them: accented, full-width and mathematical letters, ligatures, kana."""
    found: dict[str, set[str]] = {}
    for first, last in _LETTERS:
        for character in map(chr, range(first, last)):
            if _folds_to_itself(character):  # most do, and `fold` takes fifty times as long
                continue
            folded = fold(character)
            if folded != character and 0 < len(folded) <= 3 and folded.isalnum():
                found.setdefault(folded, set()).add(character)
    return found


def _folds_to_itself(character: str) -> bool:
    """Whether a letter surely is its own folded form: it has no decomposition, and no other case."""
    return character.casefold() == character.lower() == character and not unicodedata.decomposition(character)
