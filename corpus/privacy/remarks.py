"""Finds private tags in a reader's remarks: bare words that are no tag within a text, but are one where they stand by themselves.

"private: about Tom", "about Tom (private)", "- private", "<!-- private -->", "^[private]".
"""

import html
import re

from corpus.plain_text import plain
from corpus.privacy.marks import (
    LEAD,
    MAX_ITEM_CHARS,
    MAX_LABEL_WORDS,
    dot_tags,
    has_private_tag,
    is_private_label,
    is_tag_key,
    label_of,
    unescaped,
)  # fmt: skip
from corpus.privacy.tags import MAX_TAG_CHARS, PrivateTags

_INLINE_FOOTNOTE = re.compile(r"\^\[([^\[\]\n]{1,200})\]")
_COMMENT = re.compile(r"<!--([^<>\n]{1,400})-->|%%([^%\n]{1,400})%%")
_BEGIN = re.compile(
    r"[\[(](?P<bracketed>[^\[\]()\n]{1,60})[\])]|(?P<labelled>[^:：,，\n–—-]{1,60}?)(?:[ \t]*[:：,，]|[ \t]+[–—-]+(?=[ \t]))|"
    r"(?P<sign>\*{1,3}|==|__?|`)(?P<marked>[^*=_`\n]{1,60})(?P=sign)"
)
_IN_BRACKETS = re.compile(r"[\[(（【]([^\[\]()（）【】\n]{1,60})[\])）】]")
_FIRST_BRACKETS = re.compile(r"[ \t]*[\[(（【]([^\[\]()（）【】\n]{1,60})[\])）】]")
_LAST_BRACKETS = re.compile(r"[\[(（【]([^\[\]()（）【】\n]{1,60})[\])）】][.!]?[ \t]*$")
_SENTENCES = re.compile(r"[.!?;。！？；][ \t]*")
_DASHES = re.compile(r"[ \t]+[-–—]+[ \t]+|—")
_LAST_COMMA = re.compile(r"[,，、](?=[^,，、]*$)")
_SIGN = re.compile(r"^[^\w\s#\[({<]{1,3}\ufe0f?[ \t]+")
_TODO = re.compile(r"^(?:TODO|DONE|LATER|NOW|DOING|WAITING|CANCELED)[ \t]+")
_WIKI_ALIAS = re.compile(r"\[\[[^\[\]|\n]{1,200}\|([^\[\]|\n]{1,100})\]\]")


def has_private_comment(line: str, tags: PrivateTags) -> bool:
    """Whether a line has a comment with a private tag: "<!-- private -->", "%% private: about Tom %%", "%% tags: a, private %%"."""
    return ("<!--" in line or "%%" in line) and any(
        is_private_comment(words, tags) for found in _COMMENT.findall(line) for words in found if words
    )


def is_private_comment(words: str, tags: PrivateTags) -> bool:
    """Whether the words of a comment say that something is private. Of a short one, any word counts."""
    few = words.split()
    return is_private_remark(words, tags) or (len(few) <= MAX_LABEL_WORDS and tags.covers_any(few))


def is_bare_private_item(line: str, tags: PrivateTags) -> bool:
    """Whether an item of a list reads as only a private tag: "- private", "- [private](…)", "- 🔒 private", "- Tags – private"."""
    lead = LEAD.match(line)
    words = line[lead.end() if lead else 0 :]
    if len(words) > MAX_TAG_CHARS:
        return False
    words = _SIGN.sub("", _TODO.sub("", plain(_WIKI_ALIAS.sub(r"\1", words))))
    key, _, rest = words.partition(" ")
    if is_tag_key(key) and tags.covers(rest.lstrip("-–—→>= ")):
        return True
    return len(words) <= MAX_ITEM_CHARS and len(words.split()) <= MAX_LABEL_WORDS and tags.covers(words)


def begins_with_private_tag(line: str, tags: PrivateTags) -> bool:
    """Whether a remark begins with a private tag used as a label: "private: about Tom", "[private] about Tom"."""
    match = _BEGIN.match(line.strip())
    words = match["bracketed"] or match["labelled"] or match["marked"] or "" if match is not None else ""
    return bool(words.strip()) and len(words.split()) <= MAX_LABEL_WORDS and tags.covers(words)


def stands_alone(line: str, tags: PrivateTags) -> bool:
    """Whether a private tag stands by itself in a line: in brackets, behind a dash or the last comma, or as a sentence."""
    line = " ".join(line.split())  # a run of blanks would take quadratic time below
    parts = [*_IN_BRACKETS.findall(line), *_SENTENCES.split(line)]
    for sign in (_DASHES, _LAST_COMMA):
        parts += sign.split(line)[1:][-1:]
    return any(part.strip() and len(part.split()) <= MAX_LABEL_WORDS and tags.covers(part) for part in parts)


def is_private_remark(remark: str, tags: PrivateTags) -> bool:
    """Whether a remark contains a private tag.

    Besides the forms that count in any line, these do: ".private", a line with nothing but the word, a line that begins with it
    ("private: about Tom", "(private) do not share"), and one in which it stands by itself ("about Tom (private)").
    """
    if not tags.may_be_in(remark) and not ("&" in remark and tags.may_be_in(html.unescape(remark))):
        return False
    return any(
        has_private_tag(line, tags)
        or tags.covers_any(dot_tags(line))
        or is_bare_private_item(line, tags)
        or begins_with_private_tag(line, tags)
        or stands_alone(line, tags)
        or ((label := label_of(line)) is not None and is_private_label(label, tags))
        for line in map(unescaped, remark.split("\n"))
    )


def has_private_footnote(line: str, tags: PrivateTags) -> bool:
    """Whether a footnote within the line, "^[private]", is a private remark."""
    return "^[" in line and any(is_private_remark(words, tags) for words in _INLINE_FOOTNOTE.findall(line))


def is_private_child(line: str, tags: PrivateTags) -> bool:
    """Whether an item below another one is a remark that begins with a private tag or ends with one in brackets.

    It may also be the source's text. But then it rarely has the word in such a place.
    """
    lead = LEAD.match(line)
    words = line[lead.end() if lead else 0 :]
    return begins_with_private_tag(words, tags) or has_private_brackets(words, tags)


def has_private_brackets(line: str, tags: PrivateTags) -> bool:
    """Whether a line begins or ends with a private tag in brackets: "[private] Part two", "Part two (private)"."""
    found = (_FIRST_BRACKETS.match(line), _LAST_BRACKETS.search(line))
    return tags.covers_any(match.group(1) for match in found if match is not None)
