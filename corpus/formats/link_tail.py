"""The link behind a highlight, and what exporters and readers append to it.

FORMS seen in the wild: `([View Highlight](url))`, `[Location 144](url) ^rw123`, the doubled `([[View Highlight](u)](u))`; behind
them ` ^rw123`, a block id of the reader's, ` #Highlight #[[2023-11-08]]`. The blank in "Location 144" is a no-break space.
"""

import re
from dataclasses import dataclass

_TAIL_HOSTS = (
    "readwise.io", "twitter.com", "x.com", "snipd.com", "instapaper.com", "airr.io", "hypothes.is",
    "getmatter.app", "getmatter.com",
)  # fmt: skip
_LABEL = re.compile(
    r"(?:View\s(?:Highlight|Tweet|Annotation|Passage|Note|Post|Toot)|(?:Location|Loc\.|Page|p\.)\s[\divxlcIVXLC][\w.,–\-\s]*"
    r"|Time\s[\d:]+(?:\s?[-–]\s?[\d:]+)?|\d{1,2}(?::\d{2}){1,2}|None|Chapter\s\d+)",
    re.I,
)
_URL = r"(?P<url>[a-zA-Z][a-zA-Z0-9+.\-]*:[^\s]+)"
_FORMS = (
    re.compile(rf"\(\[\[(?P<label>[^\[\]\n]{{1,200}})\]\([^\s]+\)\]\({_URL}\)\)$"),
    re.compile(rf"\(\[(?P<label>[^\[\]\n]{{1,200}})\] ?\({_URL}\)\)$"),
    re.compile(rf"\[(?P<label>[^\[\]\n]{{1,200}})\] ?\({_URL}\)$"),
)
_HOST = re.compile(
    r"https?://((?:[\w-]+\.)*?(?:" + "|".join(map(re.escape, _TAIL_HOSTS)) + r"))(?::\d+)?(?=[/?#]|$)", re.I
)
_BLOCK_ID = re.compile(r"(?:^|[ \t\n])\^(?P<id>rw[\w-]*|[A-Za-z0-9][A-Za-z0-9-]{3,39})[ \t]*$")
_DATE_TAG = re.compile(
    r"\s*#Highlight(?:\s+#?\[\[[^\[\]\n]*\]\])?[ \t]*$|\s+#\[\[\d{4}-\d{2}-\d{2}\]\][ \t]*$"
)
_COLOUR = re.compile(r"\s*%%[^%\n]{0,200}%%[ \t]*$")
_WINDOW = 6_000
_MAX_APPENDED = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """A highlight's text apart from its tail."""

    text: str
    link: str | None = None
    location: str | None = None
    block: str | None = None
    """The block id behind it, as `rw123`."""


def cut(text: str) -> Passage:
    """Takes the tail off a highlight's lines. Links of the passage's own stay in the text."""
    body, block = _without_appendix(text.rstrip())
    start = max(body.rfind("[", 0), 0)
    found = _tail(body, block) if start or body.startswith("[") else None
    if found is None:
        return Passage(body, block=block)
    begin, label, url = found
    rest, inner = _without_appendix(body[:begin].rstrip())
    return Passage(rest, url, _location(label), block or inner)


def cut_lines(lines: list[str]) -> tuple[Passage, list[str]]:
    """As `cut` for the lines of a highlight; lines behind a tail are the reader's, and returned apart."""
    passage = cut("\n".join(lines))
    if passage.link is not None:
        return passage, []
    for index in range(len(lines) - 2, -1, -1):
        if "](" in lines[index] and (earlier := cut("\n".join(lines[: index + 1]))).link is not None:
            behind = [_without_appendix(line)[0] for line in lines[index + 1 :]]
            return earlier, [line for line in behind if line.strip()]
    return passage, []


def is_tail(text: str) -> bool:
    """Whether the line ends in a highlight's link or in Readwise's block id."""
    if "](" not in text and "] (" not in text and "^rw" not in text:
        return False
    passage = cut(text)
    return passage.link is not None or (passage.block or "").startswith("rw")


def _without_appendix(text: str) -> tuple[str, str | None]:
    """The text without block ids, date tags and comments at its end, and the first block id met."""
    block = None
    for _ in range(_MAX_APPENDED):
        caret = text.rfind("^", max(0, len(text) - 60))
        match = _BLOCK_ID.search(text, max(0, caret - 1)) if caret >= 0 else None
        if match is not None and _is_block(match["id"]):
            block = block or match["id"]
        else:
            window = max(0, len(text) - 400)
            match = _DATE_TAG.search(text, window) if text.find("#", window) >= 0 else None
            if match is None and text.endswith("%%"):
                match = _COLOUR.search(text, window)
        if match is None or match.end() != len(text):
            return text, block
        text = text[: match.start()].rstrip()
    return text, block


def _is_block(name: str) -> bool:
    """Readwise's ids, or six hexadecimal or random characters of Obsidian's; not the word of an ^exponent."""
    return name.startswith("rw") or bool(re.fullmatch(r"[0-9a-z]{6}|\d{5,}", name) and re.search(r"\d", name))


def _tail(text: str, block: str | None) -> tuple[int, str, str] | None:
    """(begin, label, url) of the link at the text's end."""
    offset = max(0, len(text) - _WINDOW)
    line = max(offset, text.rfind("\n") + 1)
    for bare, form in ((False, _FORMS[0]), (False, _FORMS[1]), (True, _FORMS[2])):
        begin = text.rfind("([[" if form is _FORMS[0] else "[" if bare else "([", line)
        if begin < 0 or (match := form.match(text, begin)) is None:
            continue
        label, url = match["label"], match["url"]
        known_host, known_label = _host_known(url), _LABEL.fullmatch(" ".join(label.split())) is not None
        if bare and url.count(")") > url.count("("):
            continue
        by_host = known_host and (known_label or block or not any(char.isalpha() for char in label))
        if by_host or (known_label and not bare):
            return match.start(), label, url
    return None


def _host_known(url: str) -> bool:
    return _HOST.match(url) is not None


def _location(label: str) -> str | None:
    """A place in the source; "View Highlight", "None" and "🔗" name none."""
    label = " ".join(label.split())
    named = not re.match(r"view\b", label, re.I) and label != "None" and any(char.isalnum() for char in label)
    return label if named else None
