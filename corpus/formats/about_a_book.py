"""Decides whether a note that no layout recognises is about a book, and whether the author it names wrote the quotations in it.

In a person's own text, `author` in the front matter is often the person, and the quotations in it are other people's words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import pairwise

from corpus.formats import properties
from corpus.formats.entry import child
from corpus.formats.header import Header, heading, is_passages
from corpus.formats.labels import Role, inline_fields, role_of
from corpus.formats.layout import Text
from corpus.formats.outline.open_blocks import is_rule

_HEAD_LINES = 30
"""How many lines at the top of a note are searched for properties."""
_EXTRA_PARAGRAPHS = 1
"""How many more paragraphs than block quotes a note of quotes may have, such as an introduction or a summary."""
_BOOK_KEYS = frozenset(
    """isbn|isbn10|isbn13|asin|pages|page count|pagecount|totalpages|publisher|publish|rating|genre|full-title|full_title|doi
    |citekey|cover|date read|date_read|dateread|finished|started|status|goodreads|editora|verlag|seiten|éditeur
    |editorial|editore|bewertung|出版社""".replace("\n    ", "").split("|")
)
"""Properties that people write about a book, and not about a text of their own."""
_BOOK_TAG = re.compile(
    r"(?:books?|articles?|literature|lit|reading|reads?|quotes?|highlights?|buch|bücher|literatur|zitate?|livres?|lecture|citations?"
    r"|libros?|lectura|citas?|libri|letture|citazioni|livros?|leitura|boek(?:en)?|citaten|книги|цитаты|読書|书摘)(?:[-_/].*)?$",
    re.I,
)
_OWN_KEYS = frozenset(
    {"date", "created", "draft", "layout", "permalink", "slug", "lang", "description", "modified", "updated"}
)
"""Properties that people write about a text of their own."""
_DOCUMENT_KEYS = frozenset(
    [
        "bibliography",
        "csl",
        "biblio_style",
        "biblio-style",
        "link-citations",
        "link_citations",
        "documentclass",
        "output",
        "fontsize",
    ]
)
"""Properties with which Pandoc and R Markdown make a document of a note. Its author wrote the note (https://pandoc.org/MANUAL.html)."""
_SIGNATURE = re.compile(
    r"(?:[—–―]|--|~)[ \t]*[*_\[]{0,3}(?P<name>[^\W\d_][^\d,;:(*_\[\]]{2,60})(?:[,;:(*_\]].{0,120})?$"
)
"""The name of a quotation's author at its end: "— Mara Vale, *On Hedges*"."""
_SIGNED = (">", *"—–―-~*_")
"""First characters of lines that may end in a signature: lines of a block quote, and the line below it."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MAX_NAME_WORDS = 5
"""A signature with more words is no name."""
_MAX_SIGNATURE_CHARS = 200
"""How many characters at the end of a line are searched for a signature."""


class Quotes(Enum):
    """Whose words the quotations of a note are."""

    NONE = "no passages"
    """The note is not about a book."""
    THE_AUTHORS = "the author's"
    UNKNOWN = "unknown"
    """The quotations are passages, but the author named in the note may be the person who wrote the note."""


def quotes_of(text: Text) -> Quotes:
    """Decides by the note's properties, the signatures below its quotations, and how much is written around them."""
    from corpus.formats import pages  # imported here because exports do not need it

    if pages.is_page(text):
        return Quotes.NONE
    header = _head(text)
    if not header.names_author(text.front):
        return Quotes.NONE
    prose, quoted = _blocks(text.lines)
    headed = has_passage_heading(text)
    if not headed and not (quoted and len(prose) <= len(quoted) + _EXTRA_PARAGRAPHS):
        return Quotes.NONE
    authors = header.source(text.front, text.path).authors
    signed = [name for line in text.lines if line[:1] in _SIGNED and (name := _signature(line)) is not None]
    others = [name for name in signed if not _is_one_of(name, authors)]
    if _is_document(text) or (len(others) * 2 > len(signed) and len(others) * 2 >= len(quoted)):
        return Quotes.UNKNOWN
    if headed or not prose or _has_book_properties(text, header):
        return Quotes.THE_AUTHORS
    opens = min(prose) < min(quoted)
    announced = any(line.endswith((":", "：")) for line in prose.values())
    longer = sum(map(len, prose.values())) > sum(map(len, quoted.values()))
    dated = bool(_OWN_KEYS & text.front.properties.keys())
    return Quotes.UNKNOWN if opens or announced or longer or dated else Quotes.THE_AUTHORS


def is_by_author(text: Text, header: Header, authors: Sequence[str]) -> bool:
    """Whether the author that a plain note names wrote the quotations in it, and not the note.

    The properties describe a book, the text speaks of the author by name, or there is a title and nothing that people write
    about a text of their own.
    """
    prose, quoted = _blocks(text.lines)
    signed = [name for line in text.lines if line[:1] in _SIGNED and (name := _signature(line)) is not None]
    if (
        _is_document(text)
        or not authors
        or sum(not _is_one_of(name, tuple(authors)) for name in signed) * 2 > len(quoted)
    ):
        return False
    if is_about_a_book(text, header) or _speaks_of(prose.values(), authors):
        return True
    return text.front.first("title") is not None and not _OWN_KEYS & text.front.properties.keys()


def is_about_a_book(text: Text, header: Header) -> bool:
    """Whether a note's properties describe a book or an article."""
    return _has_book_properties(text, header)


def _is_document(text: Text) -> bool:
    """Whether a note's properties are those of a text that its author publishes."""
    return bool(_DOCUMENT_KEYS & {key.lower() for key in text.front.properties})


def _speaks_of(prose: Iterable[str], authors: Sequence[str]) -> bool:
    """Whether a text has the family name of one of the authors, as a text about somebody else has."""
    names = {author.split()[-1].lower() for author in authors if len(author.split()) > 1}
    return any(word.removesuffix("'s").removesuffix("’s") in names for text in prose for word in _words(text))


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(text))


def has_passage_heading(text: Text) -> bool:
    """Whether a heading announces passages: "Quotes", "Annotations"."""
    return any((found := heading(line)) is not None and is_passages(found[1]) for line in text.headings)


def _head(text: Text) -> Header:
    """Reads the properties at the top of a note."""
    header = Header()
    for line in text.lines[:_HEAD_LINES]:
        if (found := heading(line)) is not None and found[0] > 1:
            if not header.read_by(found[1]):
                break
            continue
        if found is None and not header.read(line):
            for field in inline_fields(line):
                header.read(f"{field.name}:: {field.value}")
    return header


def _blocks(lines: tuple[str, ...]) -> tuple[dict[int, str], dict[int, str]]:
    """Returns the paragraphs and the block quotes of a note: the text of each by the number of its first line."""
    prose: dict[int, str] = {}
    quoted: dict[int, str] = {}
    first = 0
    for at, (above, line) in enumerate(pairwise(["", *lines])):
        if line.startswith(">"):
            if not above.startswith(">") and not line.startswith(">[!"):
                first = at
                quoted[first] = ""
            if first in quoted:
                quoted[first] += line.lstrip("> ")
        elif line.strip() and heading(line) is None and not _is_label(line):
            if not above.strip() or above.startswith(">") or heading(above) is not None:
                first = at
                prose[first] = ""
            if first in prose:
                prose[first] = f"{prose[first]} {line.strip()}"
    return prose, quoted


def _is_label(line: str) -> bool:
    """Whether a line is no sentence, but a property, a picture, a rule, a labelled value or a signature."""
    return (
        Header().read(line)
        or (":" in line and child(line.lstrip("-*+ ")) is not None)
        or is_rule(line)
        or (line[:1] in _SIGNED and _signature(line) is not None)
    )


def _signature(line: str) -> str | None:
    """Returns the name after a dash at the end of a line; None without one."""
    bare = line.rstrip()[-_MAX_SIGNATURE_CHARS:]
    begin = max(bare.rfind(sign) for sign in ("—", "–", "―", "--", "~"))
    match = _SIGNATURE.match(bare, begin) if begin >= 0 else None
    name = match["name"].strip() if match is not None else ""
    words = name.split()
    worded = 0 < len(words) <= _MAX_NAME_WORDS and not any(map(str.isdigit, name))
    cased = name[:1].isupper() or not name[:1].islower()
    return name if worded and cased and role_of(words[0]) is not Role.LOCATION else None


def _is_one_of(name: str, authors: tuple[str, ...]) -> bool:
    """Whether the name in a signature contains the family name of one of the authors."""
    words = set(name.lower().split())
    return any(author.lower().split()[-1] in words for author in authors if author.split())


def _has_book_properties(text: Text, header: Header) -> bool:
    """Whether the note's properties describe a book or an article: an ISBN, a category, a link, or an author named in its head."""
    keys = {key.lower() for key in (*text.front.properties, *header.values)}
    source = header.source(text.front, text.path)
    return (
        bool(_BOOK_KEYS & keys)
        or source.category in properties.KNOWN_CATEGORIES
        or source.url is not None
        or source.cover is not None
        or len(source.authors) > 1
        or "author" in header.values
        or any(_BOOK_TAG.match(tag) for tag in source.tags)
        or any("[[" in value for key in ("author", "authors") for value in text.front.properties.get(key, ()))
    )
