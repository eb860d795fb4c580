"""Reads names from property values: people, tags, categories, addresses, dates."""

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from corpus.plain_text import plain

_WIKI = re.compile(r"\[\[([^\[\]]*)\]\]")
_BETWEEN_PEOPLE = re.compile(r",\s+and\s+|,\s+|\s+(?:and|und|et|y|och|og|и|та|ve|&)\s+|\s*[、，]\s*")
_NOBODY = frozenset({"n/a", "unknown", "none", "null", "undefined", "unknown author", "no author"})
_PARTICLES = frozenset([
    "van", "von", "vom", "de", "der", "den", "des", "del", "della", "di", "da", "du", "dos", "das", "la", "le", "les", "ten", "ter",
    "te", "zu", "zur", "af", "av", "el", "al", "bin", "ibn", "st.", "mac",
])  # fmt: skip
"""Words that may begin a family name, such as "van"."""
_NO_FIRST_NAMES = frozenset([
    "jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d.", "md", "m.d.", "inc", "inc.", "llc", "ltd", "ltd.", "gmbh",
    "co", "co.", "ed.", "eds.",
])  # fmt: skip
"""Words that may stand after a comma in a name and are not first names."""
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·•]{2,12}")
_TAG = re.compile(
    r"#?\[\[([^\[\]]+)\]\]|\*{1,2}(?=[^\s*])([^*\n]+)\*{1,2}|#([^\s#,\[\]]+)|([^\s,#\[\]\"'*][^,#\[\]\"'*]*)"
)
"""A tag in one of its forms. Tools that convert links write `[[x]]` as "*x*" if there is no such page."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+")
_BLANKS = re.compile(r"[ \t\n\r\f\v\u00a0\u2028\u2029]+")
_NAMED_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((\S+)\)")
_CATEGORIES = {"article": "articles", "book": "books", "tweet": "tweets", "podcast": "podcasts"}
KNOWN_CATEGORIES = frozenset(_CATEGORIES.values()) | {"supplementals"}


_ESCAPE = re.compile(r"\\([^\w\s])")
_INVISIBLE = "\ufeff\u200e\u200f\u200b \n"
_EXPORT_FOLDER = re.compile(r"Readwise/(?:Articles|Books|Podcasts|Supplementals|Tweets)/")


def value(text: str) -> str:
    """Removes a backslash at the end of a property's value, and the quotation marks or bold type around it."""
    text = text.strip()
    while text.endswith("\\") and not text.endswith("\\\\"):
        text = text[:-1].rstrip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    for sign in ("**", "*"):
        if (
            len(text) > 2 * len(sign)
            and text.startswith(sign)
            and text.endswith(sign)
            and text.count("*") == 2 * len(sign)
        ):
            return text[len(sign) : -len(sign)].strip()
    return text


def unlink(text: str) -> str:
    """Replaces `[Name](address)` and `[Name]()` by the name."""
    return _NAMED_LINK.sub(r"\1", text) if "](" in text else text


def unwiki(text: str) -> str:
    """Replaces `[[wiki links]]` by plain names: the alias after a bar, or else the page."""
    return _WIKI.sub(lambda match: _page(match.group(1)), text)


def one_line(text: str) -> str:
    """Replaces runs of blanks and line ends by a single blank. Ideographic spaces stay."""
    return _BLANKS.sub(" ", text).strip()


def chapter(text: str) -> str | None:
    """Returns a heading as a person reads it, on one line; None if nothing is left."""
    return one_line(plain(text)) or None


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the names in property values such as "[[A One and B Two]]" or "[[C]] [[D]]", each once, in order."""
    names: dict[str, None] = {}
    for written in values:
        plain_names = html.unescape(unlink(value(written)))
        links = [_person_of_page(_page(page)) for page in _WIKI.findall(plain_names)]
        listed = [name.strip() for name in plain_names.split(";") if name.strip()]
        if not links and len(listed) > 1 and all("," in name for name in listed):
            names |= dict.fromkeys(map(first_name_first, listed))
            continue
        for text in links or [plain_names]:
            for name in _persons(text):
                names[name] = None
    return tuple(names)


def first_name_first(name: str) -> str:
    """Turns "Doe, Jane" into "Jane Doe". Two full names ("Jane Doe, John Roe") and other names stay as they are."""
    family, _, first = (part.strip() for part in name.partition(","))
    if not family or not first or "," in first or first.lower() in _NO_FIRST_NAMES:
        return name
    full = all(sum(word.lower() not in _PARTICLES for word in part.split()) > 1 for part in (family, first))
    return name if full else f"{first} {family}"


def _person_of_page(page: str) -> str:
    """Returns the name of a page about a person, without its folders: "Authors/Jane Doe"."""
    last = page.rsplit("/", 1)[-1].strip()
    return last if "/" in page and is_person(last) else page


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the tags in "[[x]] [[y]]", "#x #[[y z]]" or "x, y", without their signs, each once, in order."""
    found: dict[str, None] = {}
    for value in values:
        value = unlink(html.unescape(value) if "&" in value else value)
        for wiki, slanted, hashed, bare in _TAG.findall(value):
            tag = (_page(wiki) if wiki else slanted or hashed or bare).strip("` \n").lstrip("#").strip("` ")
            if tag:
                found[tag] = None
    return tuple(found)


def category(written: str) -> str | None:
    """Returns the category, in lower case, that "#articles", "[[articles]]" or "#Type/Highlight/Article" names."""
    found = tags([unlink(value(written))])
    if not found:
        return None
    word = found[0].rsplit("/", 1)[-1].strip(" .,;:").lower()
    return _CATEGORIES.get(word, word) or None


def category_of_tag(tag: str) -> str | None:
    """Returns the category that a tag names: "articles", "rw/articles", "readwise-articles". None for other tags."""
    word = re.sub(r"(?:rw|readwise)[/-]", "", tag.lower())
    return word if word in KNOWN_CATEGORIES else None


def address(value: str) -> str | None:
    """Returns the value if it is an address with a scheme; else None."""
    value = value.strip().strip("\"'\\ ")
    if (link := _MARKDOWN_LINK.fullmatch(value)) is not None:
        value = link.group(1)
    value = value.removeprefix("[[").removesuffix("]]").removeprefix("<").removesuffix(">")
    return value if _ADDRESS.fullmatch(value) and not _WINDOWS_PATH.match(value) else None


_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")


def title(written: str) -> str | None:
    """Cleans a title: removes quotation marks around it, wiki brackets and escapes. None if nothing is left."""
    text = _EXPORT_FOLDER.sub("", unwiki(unlink(written)).strip()).strip(_INVISIBLE)
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return html.unescape(_ESCAPE.sub(r"\1", text)) or None


def title_of_file(path: str) -> str:
    """Makes a title from a file name: without suffix, percent encoding, and words that exporters append."""
    name = path.rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    stem = unquote(stem).replace("___", "/")
    stem = re.sub(r"(?i)\s*(?:\(highlights\)|-\s+highlights|\bby\s.{1,80}\shighlights)\s*$", "", stem)
    return stem.strip() or name


def _page(page: str) -> str:
    return page.rsplit("|", 1)[-1].strip() if "|" in page else page.strip()


def _persons(text: str) -> list[str]:
    """Splits a text into names if each part looks like a full name; else it is a single name."""
    text = " ".join(text.split())
    parts = _BETWEEN_PEOPLE.split(text)
    whole = len(parts) < 2 or not all(is_person(part) for part in parts)
    return [
        name
        for name in ([text] if whole else parts)
        if any(c.isalpha() for c in name) and name.lower() not in _NOBODY and not name.endswith(":")
    ]


def is_person(text: str) -> bool:
    """Whether a text looks like one person's full name."""
    return sum(word[:1].isupper() for word in text.split()) >= 2 or _EAST_ASIAN.fullmatch(text) is not None
