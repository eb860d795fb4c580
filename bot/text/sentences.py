"""Splits a passage into sentences."""

import re

from bot.model import Span

MAX_EXCERPT_CHARS = 600
"""Code points of a long highlight that are shown, about; no sentence is longer."""

EXCERPT_SCAN_LIMIT = 40_000
"""Code points of a highlight that are searched for the part to show."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[^\s\ufe00-\ufe0f])|(?<!\s)\s*\n\s*|(?<=[。！？])[」』”’）]*\s*"
)
_LIST_NUMBER = re.compile(r"(?:^|\s)\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]$")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-Z]|e\.g|i\.e|etc|cf|vs|Mr|Mrs|Ms|Dr|Prof|St|No|Fig|ca|approx))\.$")


def split_sentences(plain: str) -> list[Span]:
    """Ranges of the sentences, without white space around them, none longer than `MAX_EXCERPT_CHARS`."""
    safe = _boundaries(plain)
    result: list[Span] = []
    start = 0
    for found in _SENTENCE_END.finditer(plain):
        if _ends_sentence(plain, found) and (safe is None or found.end() in safe):
            result += _pieces(plain, start, found.end(), safe)
            start = found.end()
    result += _pieces(plain, start, len(plain), safe)
    return (result[:-1] if len(plain) == EXCERPT_SCAN_LIMIT else result) or [(0, len(plain))]


def _ends_sentence(plain: str, found: re.Match[str]) -> bool:
    """Whether a sentence ends here: not after an abbreviation or the number of a list's item, nor before a word in lower case."""
    if "\n" in found.group() or plain[found.start() - 1] in "。！？":
        return True
    if plain[found.end() : found.end() + 1].islower():
        return False
    before = plain[max(0, found.start() - 12) : found.start()]
    return not (_ABBREVIATION.search(before) or _is_list_number(plain, found.start()))


def _is_list_number(plain: str, end: int) -> bool:
    """Whether what ends here is the number of a list's item ("2.", "b)"): alone in its line, or behind the end of a sentence."""
    window = max(0, end - 8)
    found = _LIST_NUMBER.search(plain[window:end])
    if found is None:
        return False
    ahead = plain[max(0, window - 40) : window + found.start()].rstrip(" \t")
    return not ahead or ahead[-1] in "\n.!?:;…。！？"


def _pieces(plain: str, start: int, end: int, safe: set[int] | None) -> list[Span]:
    """A sentence, trimmed. One longer than `MAX_EXCERPT_CHARS` is cut between words, else between characters."""
    result = []
    while start < end:
        while start < end and plain[start].isspace() and (safe is None or start + 1 in safe):
            start += 1
        stop = end
        if end - start > MAX_EXCERPT_CHARS:
            stop = _cut(plain, start, start + MAX_EXCERPT_CHARS // 2, safe)
        last = stop
        while last > start and plain[last - 1].isspace() and (safe is None or last - 1 in safe):
            last -= 1
        if last > start:
            result.append((start, last))
        start = stop
    return result


def _cut(plain: str, start: int, near: int, safe: set[int] | None) -> int:
    """The last place up to `near` between two words, else between two characters."""
    blank = max(plain.rfind(" ", start + 1, near), plain.rfind("\n", start + 1, near))
    while blank > start + MAX_EXCERPT_CHARS // 6:
        if safe is None or blank in safe:
            return blank
        blank = plain.rfind(" ", start + 1, blank)
    place = near
    while safe is not None and place not in safe and place > start + 1:
        place -= 1
    while safe is not None and place not in safe:
        place += 1
    return place


def _boundaries(plain: str) -> set[int] | None:
    """Places between two visible characters (UAX #29); None if every place is one."""
    if plain.isascii() and "\r" not in plain:
        return None
    from bot.text.characters import characters  # the `regex` module takes a while to import

    return {start for start, _ in characters(plain)} | {len(plain)}
