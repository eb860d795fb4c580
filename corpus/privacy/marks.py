"""Finds private tags in a line of a note.

A tag is "#private", "[[private]]" or "#[[private]]" anywhere in a line, also in brackets, emphasis, quotation marks or a link's
label. It can also be an item of a labelled value: "Tags: a, private", "tags:: private", "Visibility: private". The bare word in a
sentence is not a tag, and "#privateer" is a different one.
"""

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

from corpus.normalize import fold
from corpus.privacy.labels import NAME_WORDS, TAG_WORDS
from corpus.privacy.tags import MAX_TAG_CHARS, PrivateTags

MAX_LABEL_CHARS = 40
MAX_ITEM_CHARS = 60
"""A longer item of a labelled value is prose, not a tag."""
MAX_LABEL_WORDS = 4

_HASH = re.compile(r"[#＃﹟]")
_NO_TAG = (
    r"\s#＃﹟,;:!?.%()\[\]{}\"'<>|*=`~^\\&\u2013-\u2027\u2030-\u205e\u3000-\u3003\u3008-\u3011\u3014-\u301f"
    r"\uff01-\uff0e\uff1a-\uff1f\uff3b-\uff3e\uff5b-\uff65"
)
"""Characters that end a hashtag: blanks, signs and punctuation of any script."""
_BODY = re.compile(rf"[^{_NO_TAG}]{{1,{MAX_TAG_CHARS}}}")
_OPENED = re.compile(r"[\[({<\"'`*_=~“‘«„]{1,3}")
"""Signs between "#" and the name of a tag: `#(private)`, `#"private"`."""
_UP_TO_BLANK = re.compile(rf"[^\s#＃﹟\[\](){{}}]{{1,{MAX_TAG_CHARS}}}")
_ENDS_IN_OBSIDIAN = re.compile(r"[+@$€£§]")
"""Signs that end a tag for Obsidian, but may belong to one elsewhere ("#c++")."""
_URL = re.compile(r"[a-z][a-z0-9+.\-]{1,20}://[^\s()<>\[\]\"]*", re.I)
_WIKI = re.compile(rf"\[\[([^\[\]\n]{{1,{MAX_TAG_CHARS}}})\]\]")
_TAG_ADDRESS = re.compile(rf"\b(?:tags?|labels?)[:/=]([^{_NO_TAG}/]{{1,100}})", re.I)
_PAGE_LINK = re.compile(
    r"\]\((?:\.{0,2}/|pages/)*([^\s()<>:#]{1,200}?)\.(?:md|markdown|org)(?:#[^()\s]*)?\)", re.I
)
_TAG_ELEMENT = re.compile(
    r"<\w+[^<>\n]{0,200}?\b(?:rel|class)=[\"']?[^<>\"'\n]{0,100}?\btags?\b[^<>\n]{0,200}>([^<>\n]{1,100})</",
    re.I,
)
"""An element that a web page marks as a tag (https://microformats.org/wiki/rel-tag)."""
_LIST_AT_END = re.compile(
    r"([^\W\d_][\w-]{1,30})[ \t]*[:：]{1,2}[ \t]*([^:：()<>\n]{1,120})(?=$|[(<]| --| %%)", re.M
)
_ESCAPED = re.compile(r"\\([#\[\]])")
LEAD = re.compile(
    r"[ \t]*(?:(?:>|[-*+•●▪◦]|\d{1,9}[.)]|\[[ xX]\]|\[![\w-]+\][+-]?|#{1,6}(?=[ \t])|#\+(?=\w))[ \t]*)*"
)
_LABEL = re.compile(r"(?P<label>[^\n:：=|]{1,60}?)[ \t]*(?:::|:|：|(?<!=)=(?!=))[ \t]*(?P<value>.*)$", re.S)
_COLONS = str.maketrans("︰∶﹕꞉", "::::")
_DRAWER = re.compile(r":\w[\w-]*:")
"""A property in a drawer of Org mode or Logseq: ":tags: private"."""
_HASHED = re.compile(r"[#＃﹟]+[^\s#＃﹟]+")
_LINKED = re.compile(r"\[[^\[\]\n]{0,200}\]\([^\s()]{0,2000}\)")
_HTML = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
_DOTTED = re.compile(r"(?:^|(?<=\s))\.([^\s.,;:!?]+)")
_COMMAS = re.compile(r"[,;|、，；·•\n]")
_BLANKS = re.compile(r"[\s,;|、，；·•]+")
_EMPHASIS = re.compile(r"[*_`~]+")

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEGATED = frozenset({"not", "no", "non", "un", "never", "nicht", "pas"})
_IS = re.compile(r"is[-_ ]?(\S.*)$", re.I)
_INLINE_FIELD = re.compile(r"[\[(]([^\[\]():\n]{1,40})::[ \t]*([^\[\]()\n]{0,200})[\])]")
_CALLOUT = re.compile(r"[ \t]*(?:>[ \t]*)+\[!(?P<kind>[^\[\]\n]{1,60})\][+-]?[ \t]*(?P<title>[^\n]{0,100})")
_FALSE = frozenset({"false", "no", "off", "0", "n", "nein", "non", "never"})
_SURELY_TRUE = frozenset({"true", "yes", "on", "ja", "oui"})
_TRUE = frozenset({"", "true", "yes", "on", "1", "y", "t", "ja", "oui", "si", "x", "✓", "✔", "✅"})


@dataclass(frozen=True, slots=True)
class Label:
    """A line of the form "label: value"."""

    name: str
    """The label, folded and without emphasis."""
    value: str

    @property
    def is_tags(self) -> bool:
        """Whether a list of tags follows: "Document Tags", "tags", "Schlagworte", "标签"."""
        return is_tag_key(self.name)


def is_tag_key(key: str) -> bool:
    """Whether a property or label of this name is followed by tags."""
    folded = fold(key)
    if folded in TAG_WORDS or folded.replace(" ", "-") in TAG_WORDS:
        return True
    words = re.split(r"[\s_\-./()&+]+", fold(_CAMEL.sub(" ", key)) if key != folded else folded)
    return len(words) <= MAX_LABEL_WORDS and not TAG_WORDS.isdisjoint(words)


def is_name_key(key: str) -> bool:
    """Whether a property or label of this name is followed by a title or a name."""
    return not NAME_WORDS.isdisjoint(re.split(r"[\s_\-]+", fold(key)))


def label_of(line: str) -> Label | None:
    """Returns the label and the value of a line; None for a line without a label."""
    lead = LEAD.match(line)
    rest = line[lead.end() if lead else 0 :][:MAX_TAG_CHARS]
    rest = rest if rest.isascii() else rest.translate(_COLONS)
    match = _LABEL.match(rest[1:] if _DRAWER.match(rest) else rest)
    if match is None:
        return None
    name = fold(_EMPHASIS.sub("", match["label"])).strip(" [](){}\"'<>")
    if not name or len(name) > MAX_LABEL_CHARS or len(name.split()) > MAX_LABEL_WORDS:
        return None
    return Label(name, match["value"].strip().lstrip("*_").strip())


def has_private_tag(text: str, tags: PrivateTags) -> bool:
    """Whether the text contains a private hashtag, wiki link or link to a private tag."""
    text = unescaped(text)
    return (
        any(tags.covers(page) for page in wiki_pages(text))
        or tags.covers_any(_TAG_ADDRESS.findall(text))
        or any(map(tags.covers, hashtags(_URL.sub(" ", text))))
        or ("](" in text and tags.covers_any(linked_pages(text)))
        or ("<" in text and tags.covers_any(_TAG_ELEMENT.findall(text)))
        or (":" in text and has_private_list_at_end(text, tags))
        or any(sign in fold(text) for sign in tags.signs)
    )


def linked_pages(text: str) -> list[str]:
    """Returns the notes that Markdown links lead to, without folders above: "private" of "[x](../private.md)"."""
    return [unquote(page) for page in _PAGE_LINK.findall(text)]


def has_private_list_at_end(text: str, tags: PrivateTags) -> bool:
    """Whether a list of tags with a private one follows a label within the line: "… and left. Tags: a, private"."""
    return any(
        is_tag_key(label) and any(tags.covers(item) and is_short(item) for item in _COMMAS.split(value))
        for label, value in _LIST_AT_END.findall(text)
    )


def unescaped(text: str) -> str:
    """Returns the text with entities and escapes resolved."""
    if "&" in text:
        text = html.unescape(text)
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def is_only_tags(line: str) -> bool:
    """Whether a line has nothing but tags and signs."""
    text = _HASHED.sub(" ", _WIKI.sub(" ", _LINKED.sub(" ", LEAD.sub("", unescaped(line), count=1))))
    return not any(map(str.isalnum, _DOTTED.sub(" ", _HTML.sub(" ", text))))


def without_elements(text: str) -> str:
    """Returns the text without HTML tags."""
    return _HTML.sub("", text) if "<" in text else text


def dot_tags(text: str) -> list[str]:
    """Returns every ".tag" in a remark: Readwise reads such words as tags."""
    return _DOTTED.findall(text)


def wiki_pages(text: str) -> list[str]:
    """Returns the pages of wiki links, without alias and heading. "tags/private" is the page of the tag "private"."""
    pages = []
    for inner in _WIKI.findall(text):
        page = inner.split("|", 1)[0]
        page = page.lstrip("#＃ ").split("#", 1)[0].strip().removesuffix(".md")
        head, _, rest = page.partition("/")
        pages.append(rest if rest and is_tag_key(head) else page)
    return pages


def hashtags(text: str) -> list[str]:
    """Returns every "#tag" in the text. A "#" within a word ("C#private") does not begin a tag; right after another tag it does."""
    found, ended = [], -1
    for match in _HASH.finditer(text):
        at = match.start()
        before = text[at - 1] if at else " "
        if ended != at and (before == "/" or (before.isascii() and before.isalnum())):
            continue
        opened = _OPENED.match(text, at + 1)
        body = _BODY.match(text, opened.end() if opened is not None else at + 1)
        if body is None:
            ended = at + 1
            continue
        ended = body.end()
        found.append(body.group())
        if (longer := _UP_TO_BLANK.match(text, at + 1)) is not None and longer.end() > ended:
            found.append(
                longer.group()
            )  # "#R&D": a name in the settings may have signs that end a tag elsewhere
        if (end := _ENDS_IN_OBSIDIAN.search(body.group())) is not None:
            found.append(body.group()[: end.start()])
    return found


def is_privacy_switch(name: str, tags: PrivateTags) -> bool:
    """Whether a property of this name can switch privacy on: "private", "is_private", "isPrivate"."""
    return tags.covers(name) or (
        (match := _IS.match(name.strip())) is not None and tags.covers(match.group(1))
    )


def is_named_after_tag(name: str, tags: PrivateTags) -> bool:
    """Whether a private tag is one word of a property's name: "keep private", "private_note"."""
    words = re.split(r"[\s_\-]+", name.strip())
    return len(words) <= MAX_LABEL_WORDS and _NEGATED.isdisjoint(words) and tags.covers_any(words)


def has_private_field(line: str, tags: PrivateTags) -> bool:
    """Whether a line has a private inline field of Dataview: "[private:: true]", "(visibility:: private)"."""
    return "::" in line and any(
        is_private_label(Label(fold(name).strip(), value), tags)
        for name, value in _INLINE_FIELD.findall(line)
    )


def is_private_callout(line: str, tags: PrivateTags) -> bool:
    """Whether a callout's kind, its part after a bar or its title is a private tag: "[!private]", "[!quote|private]"."""
    match = _CALLOUT.match(line) if "[!" in line[:40] else None
    if match is None:
        return False
    parts = [*match["kind"].split("|"), match["title"]]
    return any(len(part.split()) <= MAX_LABEL_WORDS and tags.covers(part) for part in parts if part.strip())


def is_private_label(label: Label, tags: PrivateTags) -> bool:
    """Whether the value is a private tag ("Tags: private"), or the label itself is one that is switched on ("private: yes")."""
    value = unescaped(label.value)
    bare = fold(value).strip(" .\"'[]")
    if is_privacy_switch(label.name, tags):
        return bare in _TRUE
    if bare in _SURELY_TRUE and is_named_after_tag(label.name, tags):
        return True
    if label.is_tags:
        return lists_private_tag(value, tags)
    if is_name_key(label.name):
        return False
    items = [item.strip() for item in _COMMAS.split(value)]
    if any(len(item) > MAX_ITEM_CHARS for item in items):
        return False
    return any(tags.covers(item) and is_short(item) for item in items if item)


def switched_off(value: str) -> bool:
    """Whether a property's value means no."""
    return fold(value).strip(" .\"'[]") in _FALSE


def surely_on(value: str) -> bool:
    """Whether a property's value means yes, and nothing else."""
    return fold(value).strip(" .\"'[]") in _SURELY_TRUE


def lists_private_tag(value: str, tags: PrivateTags) -> bool:
    """Whether a list of tags contains a private tag, whatever separates them."""
    return tags.covers_any(_COMMAS.split(value)) or tags.covers_any(_BLANKS.split(value))


def is_private_item(line: str, tags: PrivateTags, whole_items: bool = False) -> bool:
    """Whether an item of a tag list ("- private") is private. With `whole_items`, blanks do not separate tags."""
    lead = LEAD.match(line)
    words = unescaped(line[lead.end() if lead else 0 :])
    return tags.covers_any(_COMMAS.split(words)) if whole_items else lists_private_tag(words, tags)


def is_item(line: str) -> bool:
    """Whether the line is an item of a list."""
    return re.match(r"[ \t>]*(?:[-*+•]|\d{1,9}[.)])[ \t]+\S", line) is not None


def is_short(item: str) -> bool:
    """Whether an item is short enough to be a tag, and not a sentence that begins with one."""
    return len(item.split()) <= MAX_LABEL_WORDS
