"""The forms in which private texts and passages are compared: as people read them, and without what is written around them.

Markup, links, entities, punctuation, digits and case do not matter. Of a private text every line, paragraph, list item and sentence
counts. Of a public passage these do: the whole, the text without a label before it or a name behind it, and the remark.
"""

import re
from collections.abc import Iterable, Iterator

from corpus.normalize import fold, key
from corpus.plain_text import plain

MIN_LETTERS_PRIVATE_ANYWHERE = 16
"""A private text with at least this many letters and digits is private wherever it stands; see `letters`."""
MAX_APPENDED = 20
"""How many tags and block ids are taken off the end of a line."""
MAX_LINKS = 3
"""How many links are taken off the end of a line."""
MAX_SENTENCES_TOGETHER = 4
"""Up to this many sentences of a private line, one after the other, are compared with whole passages."""
MAX_SENTENCES = 400
"""Of one private line or paragraph, this many sentences are compared."""
MAX_UNIT_CHARS = 100_000
"""A longer line or paragraph of a private note is too long to be a passage."""

_SIGNS = re.compile(r"[\W_]+")
_ASCII_SIGNS = {character: None for character in range(128) if _SIGNS.match(chr(character))}
_ASCII_DIGITS = {character: None for character in range(128) if chr(character).isdigit()}
_LEAD = re.compile(r"[ \t]*(?:(?:>|[-*+•●📌]|\d{1,9}[.)]|#{1,6}(?=[ \t])|\[![\w-]+\][+-]?)[ \t]*)*")
_LABEL = re.compile(r"[^\s:：][^:：\n]{0,40}[:：]{1,2}[ \t]*")
_BLANKS = re.compile(r"[ \t]+")
_ATTRIBUTION = re.compile(r"(?<=[^\s—–―-])(?:\s*[—–―]\s*|\s--?\s)[^\s—–-][^—–―\n]{1,60}$")
"""The name of an author, or a place, behind a dash at the end of a passage."""
_TAIL_CHARS = 80
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])[”’」』）]*\s*|\n+")
_SAID = re.compile(r"[“«„「『\"]([^“”«»„「」『』\"\n]{6,4000})[”»“」』\"]")
_APPENDED = frozenset("#^[")
_PARAGRAPH_END = re.compile(r"\n(?:[ \t]*\n)+")
_QUOTED = re.compile(r"(?m)^[ \t]*>[> \t]?")


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


def parts(text: str) -> Iterator[str]:
    """Yields every paragraph, list item and line of a text that is long enough to be a passage, as it is compared."""
    for paragraph in _PARAGRAPH_END.split(text):
        lines = paragraph.split("\n")
        items = _items(lines)
        wholes = [paragraph, *("\n".join(item) for item in items if 1 < len(item) < len(lines))]
        for part in dict.fromkeys([*wholes, *lines]):
            if MIN_LETTERS_PRIVATE_ANYWHERE <= len(part) <= MAX_UNIT_CHARS:
                yield compared(plain(_QUOTED.sub("", part)))


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Yields the whole paragraph, and each of its list items with its further lines."""
    yield from _forms("\n".join(lines))
    for item in _items(lines):
        if 1 < len(item) < len(lines):
            yield from _forms("\n".join(item))


def _items(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yields the lines before the first list item, and each item with its further lines."""
    item: list[str] = []
    for line in lines:
        lead = _LEAD.match(line)
        if lead is not None and lead.group().strip():
            yield item
            item = []
        item.append(line)
    yield item


def _forms(text: str) -> Iterator[str]:
    """Yields a line without its signs; also without tags and links at its end, and without a label before it."""
    if len(text) > MAX_UNIT_CHARS:
        return
    text = _BLANKS.sub(" ", _QUOTED.sub("", text) if ">" in text else text)
    lead = _LEAD.match(text)
    text = text[lead.end() if lead else 0 :].rstrip()
    found = {text, _without_appended(text)}
    if (shorter := _without_attribution(text)) is not None:
        found.add(shorter)
    unlinked = text
    for _ in range(MAX_LINKS):
        unlinked = _without_link(unlinked)
        found.add(unlinked)
    if ":" in text[:60] or "：" in text[:60]:
        found |= {_LABEL.sub("", form, count=1) for form in set(found) if _LABEL.match(form)}
    for form in found:
        if name := compared(plain(form)):
            yield name
    yield from _parts(plain(text))


def _parts(shown: str) -> Iterator[str]:
    """Yields the sentences of a private text, also several together, and what stands in quotation marks."""
    sentences = [part for part in _SENTENCE_END.split(shown) if part][:MAX_SENTENCES]
    names = [compared(sentence) for sentence in sentences] if len(sentences) > 1 else []
    names_said = [compared(said) for said in _SAID.findall(shown)]
    for first in range(len(names)):
        ends = range(first + 1, min(first + MAX_SENTENCES_TOGETHER, len(names)) + 1)
        names_said += ["".join(names[first:end]) for end in ends]
    yield from (name for name in names_said if letters(name) >= MIN_LETTERS_PRIVATE_ANYWHERE)


def forms_beside(text: str, shown: str, remark: str | None) -> tuple[str, ...]:
    """Returns further forms in which a public passage is compared: without what was written around it, and its remark.

    `text` is the passage as it stands in the note, `shown` as a person reads it.
    """
    found = set()
    if text[-100:].rpartition(" ")[2][:1] in _APPENDED:
        found.add(plain(_without_appended(text.rstrip())))
    if (":" in shown[:42] or "：" in shown[:42]) and _LABEL.match(shown):
        found.add(_LABEL.sub("", shown, count=1))
    if (shorter := _without_attribution(shown)) is not None:
        found.add(shorter)
    if remark:
        found.add(plain(remark))
        found.update(map(plain, remark.split("\n")) if "\n" in remark else ())
    names = {compared(form) for form in found}
    return tuple(sorted(name for name in names if letters(name) >= MIN_LETTERS_PRIVATE_ANYWHERE))


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
        bare = _without_digits(text)
        return (
            [f"t{text}"]
            if bare == text or letters(bare) < MIN_LETTERS_PRIVATE_ANYWHERE
            else [f"t{text}", f"t{bare}"]
        )
    return [f"h{source}\x1f{text}" for source in sources] if text else []


def _without_digits(text: str) -> str:
    """Returns a text without digits: footnote marks, numbers of paragraphs and pages differ from copy to copy."""
    return text.translate(_ASCII_DIGITS) if text.isascii() else "".join([c for c in text if not c.isdigit()])


def letters(text: str) -> int:
    """Returns the length of a text. A Chinese or Japanese character counts as three, because it says as much as three letters."""
    return len(text) if text.isascii() else sum(3 if c >= "\u2e80" else 1 for c in text)


def _without_attribution(text: str) -> str | None:
    """Returns the text without a name behind a dash at its end; None if there is none."""
    tail = text[-_TAIL_CHARS:]
    if "—" not in tail and "–" not in tail and "―" not in tail and " -" not in tail:
        return None
    match = _ATTRIBUTION.search(tail)
    return text[: len(text) - len(tail) + match.start()] if match is not None else None
