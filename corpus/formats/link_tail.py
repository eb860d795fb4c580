"""Cuts the link and its appendix off a highlight: exporters and readers write them after the text.

Forms seen in real notes: `([View Highlight](url))`, `[Location 144](url) ^rw123`, the doubled `([[View Highlight](u)](u))`,
` — location: [170](kindle://…)`, ` — [Updated on 2022-12-26](https://hyp.is/…) — Group: #Public`, `([Brand, 2020, p.
4](zotero://…)) ([pdf](zotero://…)) my comment`. After them may stand ` ^rw123`, a block id of the reader's own, and tags. The blank
in "Location 144" is a no-break space."""

import re
from functools import lru_cache
from typing import NamedTuple

from corpus.formats import dates
from corpus.formats.labels import Role, label, role_of

_TAIL_HOSTS = (
    "readwise.io", "twitter.com", "x.com", "snipd.com", "instapaper.com", "airr.io", "hypothes.is", "hyp.is", "getmatter.app",
    "getmatter.com", "omnivore.app", "glasp.co", "raindrop.io", "weread.qq.com", "cubox.pro", "cubox.cc",
)  # fmt: skip
_OWN_HOSTS = re.compile(
    r"obsidian://zotflow|https?://(?:read\.readwise\.io/read/|readwise\.io/(?:open/|to_kindle)|hyp\.is|(?:[\w-]+\.)?omnivore\.app/(?:me|[\w-]+)/|glasp\.co/|cubox\.(?:pro|cc)/my/highlight|play\.google\.com/books/reader|(?:www\.)?hypothes\.is/a/)",
    re.I,
)
"""Addresses that only exporters write, and only for highlights. So they count whatever their label is."""
_SCHEMES = re.compile(r"(?:kindle|zotero|ibooks|calibre|marginnote\d?app|readwise|koreader|weread):", re.I)
_ADDRESS = re.compile(f"{_SCHEMES.pattern}|(?:{_OWN_HOSTS.pattern})", re.I)
_LABEL = re.compile(
    r"(?:View\s(?:Highlight|Tweet|Annotation|Passage|Note|Post|Toot)|(?:Location|Loc\.|Page|p\.)\s[\divxlcIVXLC][\w.,–\-\s]*"
    r"|Time\s[\d:]+(?:\s?[-–]\s?[\d:]+)?|\d{1,2}(?::\d{2}){1,2}|None|Chapter\s\d+)",
    re.I,
)
_PLACE = re.compile(r"(?P<word>[^\W\d_][^\d()]{0,24}?)[.:]?\s*#?\d[\w.,–\-\s:/]*$")
_PAGE_IN_CITATION = re.compile(r"(?:^|[,(\s])(pp?\.\s?[\divxlcIVXLC][\w–\-]*)\)?$")
_URL = r"[ ]?<?(?P<url>[a-zA-Z][a-zA-Z0-9+.\-]*:[^\s>]+)>?"
_FORMS = (
    re.compile(rf"\(\[\[(?P<label>[^\[\]\n]{{1,200}})\]\([^\s]+\)\]\({_URL}\)\)$"),
    re.compile(rf"\(\[(?P<label>[^\[\]\n]{{0,200}})\] ?\({_URL}\)\)$"),
    re.compile(rf"\[(?P<label>[^\[\]\n]{{0,200}})\] ?\({_URL}\)$"),
    re.compile(
        rf"\((?P<word>[^\W\d_][^\W\d_. ]{{1,24}})[:.：]?[ \u00a0]*\[(?P<label>[^\[\]\n]{{1,60}})\]\({_URL}\)\)$"
    ),
)
_OPENINGS = (("([[", _FORMS[0]), ("([", _FORMS[1]), ("[", _FORMS[2]))
"""The beginnings of these forms. The first two end in two brackets."""
_WRAPPED_ENDS = (")*", ")_", "</cite>", "</small>", "</sub>", "</sup>", "</i>", "</em>")
_WRAPPED = re.compile(
    r"(?:(?P<sign>\*{1,2}|_{1,2})|<(?P<tag>cite|small|sub|sup|i|em)>)(?P<link>\(?\[[^\[\]\n]{1,120}\]\([a-z]+:[^\s()]{1,400}\)\)?)"
    r"(?(sign)(?P=sign)|</(?P=tag)>)$"
)
"""A link in emphasis or in an HTML element."""
_HOST = re.compile(
    r"https?://((?:[\w-]+\.)*?(?:" + "|".join(map(re.escape, _TAIL_HOSTS)) + r"))(?::\d+)?(?=[/?#]|$)", re.I
)
_BLOCK_ID = re.compile(r"(?:^|[ \t\n])\^(?P<id>rw[\w-]*|ref-\S{1,60}|[A-Za-z0-9][A-Za-z0-9-]{0,39})[ \t]*$")
_DATE_TAG = re.compile(
    r"\s*#Highlight(?:\s+#?\[\[[^\[\]\n]*\]\])?[ \t]*$|\s+#\[\[\d{4}-\d{2}-\d{2}\]\][ \t]*$"
)
_DATE_LINK = re.compile(
    r"\[\[(?P<day>\d{4}-\d{2}-\d{2})#[ \t]*(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[ \t]?[AaPp][Mm])?)\]\]"
)
"""The moment of a highlight as templates write it after its link: a link to a daily note, with a time."""
_GROUP = re.compile(r"\s+[—–-]\s+Group:?\s*#?[^\n]{1,80}$")
_COLOUR = re.compile(r"\s*%%[^%\n]{0,200}%%[ \t]*$")
_TAGS_BEHIND = re.compile(r"(?:[ \t]+#[^\s\[\]()]+|[ \t]+#?\[\[[^\[\]\n]{1,100}\]\])+[ \t]*$")
_DASH = re.compile(
    r"(?:^|[ \t\n])\\?[—–-]{1,2}[ \t]*(?:(?P<word>[^\W\d_][^\W\d_. ]{1,24})[ \t]*[:：])?[ \t]*$"
)
_EMPTY_LINK = re.compile(
    r"[ \t][—–-][ \t]*(?:(?P<word>[^\W\d_][^\W\d_. ]{1,24})[ \t]*[:：])?[ \t]*\[(?P<label>[^\[\]\n]{1,60})\]\(\)$"
)
_ANY_BLOCK = re.compile(r"\)[ \t]+(\^[A-Za-z0-9-]{1,60})[ \t]*$")
_NAMED_BLOCK = re.compile(r"[ \t]+\^[A-Za-z0-9-]{1,60}$")
_SENTENCE_ENDS = tuple('.!?…"”»’)]。！？」')
_YEAR = re.compile(r"\d{4}")
_WINDOW = 6_000
"""How many characters at the end of a text are searched for a link."""
_MAX_APPENDED = 20
"""How many ids, dates and comments after a link are removed."""
_MAX_TAILS = 3
"""How many links at the end of a passage are removed."""
_REMEMBERED_CHARS = 2_000
"""Results for longer texts are not cached."""


class Passage(NamedTuple):
    """The text of a highlight, separated from its tail (the link and everything after it).

    A tuple, because one is made for each line, and a frozen dataclass takes five times as long to make.
    """

    text: str
    link: str | None = None
    location: str | None = None
    block: str | None = None
    """The block id after it, without the caret: `rw123`."""
    tags: str = ""
    """The tags after the link, as written."""
    added: str | None = None
    behind: str = ""
    """The reader's words after the link, on the same line."""


def cut(text: str) -> Passage:
    """Cuts the tail off a highlight's text. Links that belong to the passage stay in the text."""
    return _remembered(text) if len(text) < _REMEMBERED_CHARS else _cut(text)


def _cut(text: str) -> Passage:
    """Does the work of `cut`: finds the link, other links before it, and what stands around them."""
    body, block = _without_appendix(text.rstrip())
    if (
        body.endswith(_WRAPPED_ENDS)
        and (wrapped := _WRAPPED.search(body, max(0, len(body) - 600))) is not None
    ):
        body = body[: wrapped.start()] + wrapped["link"]
    body, found, tags, behind = _find_tail(body, block)
    if found is None:
        if body.endswith("]()") and (empty := _EMPTY_LINK.search(body, max(0, len(body) - 120))) is not None:
            place = f"{(empty['word'] or '').capitalize()} {empty['label']}".strip()
            return Passage(body[: empty.start()].rstrip(), location=place, block=block)
        return Passage(body, block=block)
    begin, label, url = found
    location, added = _location_and_moment(label)
    if tags and added is None and (dated := _DATE_LINK.fullmatch(tags)) is not None:
        added, tags = dates.moment(f"{dated['day']} {dated['time']}"), ""
    rest, inner = _without_appendix(body[:begin].rstrip())
    for _ in range(_MAX_TAILS):  # "([Brand, p. 4](zotero://select/…)) ([pdf](zotero://open-pdf/…))"
        earlier = _tail(rest.rstrip(",| \u00b7"), None)
        if earlier is None or not is_highlight_address(url):
            break
        own = _SCHEMES.match(url) is not None
        known = is_highlight_address(earlier[2])
        if not (known or _is_place(earlier[1])) or own is not (_SCHEMES.match(earlier[2]) is not None):
            break
        rest = rest[: earlier[0]].rstrip()
        url = earlier[2] if known and not own else url
        location = location or _location_and_moment(earlier[1])[0]
    if body[begin] != "(" and (dash := _DASH.search(rest, max(0, len(rest) - 60))) is not None:
        rest = rest[: dash.start()].rstrip()
        if dash["word"] and location:
            location = f"{dash['word'].capitalize()} {location}"
        rest, further = _without_appendix(rest)
        inner = inner or further
    return Passage(rest, url, location, block or inner, tags, added, behind)


def _find_tail(body: str, block: str | None) -> tuple[str, tuple[int, str, str] | None, str, str]:
    """Returns (text up to the end of the link, the link as `_tail` returns it, tags after it, the reader's words after it)."""
    if (found := _tail(body, block)) is not None:
        return body, found, "", ""
    if (named := _ANY_BLOCK.search(body, max(0, len(body) - 80))) is not None:
        shorter = body[: named.start(1)].rstrip()
        if (found := _tail(shorter, named.group(1))) is not None:
            return shorter, found, "", ""
    unnamed = body
    if (named := _NAMED_BLOCK.search(body, max(0, len(body) - 80))) is not None:
        unnamed = body[: named.start()]
    if (match := _tags_behind(unnamed)) is not None:
        shorter = _without_appendix(match[1])[0]
        if (found := _tail(shorter, block)) is not None:
            return shorter, found, match[0], ""
    inside = _own_link_inside(body)
    return (body, inside[0], "", inside[1]) if inside is not None else (body, None, "", "")


_remembered = lru_cache(maxsize=2_048)(_cut)
"""Cached, because the same line is cut several times while its note is read."""


def cut_lines(lines: list[str]) -> tuple[Passage, list[str]]:
    """Does the same as `cut` for the lines of a highlight. Lines after the tail are the reader's; they are returned separately."""
    passage = cut("\n".join(lines))
    if passage.link is not None:
        return passage, [passage.behind] if passage.behind else []
    for index in range(len(lines) - 2, -1, -1):
        if "](" in lines[index] and is_tail(lines[index]):
            earlier = cut("\n".join(lines[: index + 1]))
            behind = [earlier.behind, *(_without_appendix(line)[0] for line in lines[index + 1 :])]
            return earlier, [line for line in behind if line.strip()]
    return passage, []


def is_tail(text: str) -> bool:
    """Whether the line ends in a highlight's link or in an exporter's block id."""
    if "](" not in text and "] (" not in text and "^r" not in text:
        return False
    passage = cut(text)
    return passage.link is not None or is_export_block(passage.block)


def is_export_block(block: str | None) -> bool:
    """Whether a block id was written by an exporter, not by the reader."""
    return (block or "").startswith(("rw", "ref-"))


def is_highlight_address(url: str) -> bool:
    """Whether an address leads to a highlight, whatever its label is."""
    return _ADDRESS.match(url) is not None


def _without_appendix(text: str) -> tuple[str, str | None]:
    """Removes block ids, date tags and comments at the end of a text. Returns the rest, and the first block id that was met."""
    block = None
    end = text[-400:]
    if not ("#" in end or "^" in end or end.endswith("%%") or "Group:" in end):
        return text, None
    for _ in range(_MAX_APPENDED):
        caret = text.rfind("^", max(0, len(text) - 80))
        match = _BLOCK_ID.search(text, max(0, caret - 1)) if caret >= 0 else None
        if match is not None and (is_block(match["id"]) or text[: match.start()].endswith(_SENTENCE_ENDS)):
            block = block or match["id"]
        else:
            window = max(0, len(text) - 400)
            match = _DATE_TAG.search(text, window) if text.find("#", window) >= 0 else None
            if match is None and text.endswith("%%"):
                match = _COLOUR.search(text, window)
            if match is None and "Group:" in text[-100:]:
                match = _GROUP.search(text, max(0, len(text) - 100))
        if match is None or match.end() != len(text):
            return text, block
        text = text[: match.start()].rstrip()
    return text, block


def is_block(name: str) -> bool:
    """Whether a name after "^" is a block id (of Readwise, or random characters of Obsidian), and not an ^exponent."""
    if name.startswith(("rw", "ref-")):
        return True
    return bool(
        re.fullmatch(r"[0-9a-z]{6}|[0-9a-f]{8}|[a-z]?\d{5,}|\d+-\d+-[\d-]+|[a-z]{2,12}-\d+", name)
        and re.search(r"\d", name)
    )


def _tags_behind(text: str) -> tuple[str, str] | None:
    """Returns (tags, text before them) if hashtags stand at the end after a link; else None."""
    window = max(0, len(text) - 400)
    close = text.rfind(")", window)
    if close < 0:
        return None
    tags = text[close + 1 :]
    named = label(tags.lstrip("-–—|· \t")) if ":" in tags else None
    labelled = named is not None and named.role is Role.TAGS
    if named is not None and labelled:  # "([Location 12](…)) tags: #salt"
        tags = f" {named.value}"
    if _TAGS_BEHIND.fullmatch(tags) is None and not (labelled and not tags.strip()):
        return None
    return tags.strip(), text[: close + 1]


def _own_link_inside(text: str) -> tuple[tuple[int, str, str], str] | None:
    """Returns the last link to a highlight and the comment after it on the same line; None without such a comment."""
    line = text.rfind("\n") + 1
    begin = max(text.rfind(start, line) for start in ("](zotero:", "](kindle:", "](https://hyp.is/"))
    if begin < 0 or begin < len(text) - _WINDOW:
        return None
    end = text.find(")", begin)
    if end < 0:
        return None
    end += 2 if text.startswith("))", end) else 1
    found = _tail(text[:end], None)
    return (found, text[end:].strip()) if found is not None and text[end:].strip() else None


def _tail(text: str, block: str | None) -> tuple[int, str, str] | None:
    """Returns (begin, label, url) of the highlight's link at the end of the text; None without one."""
    if not text.endswith(")"):
        return None
    offset = max(0, len(text) - _WINDOW)
    line = max(offset, text.rfind("\n") + 1)
    closed = text.endswith("))")
    for opening, form in _OPENINGS if closed else _OPENINGS[2:]:
        begin = text.rfind(opening, line)
        if begin < 0 or (match := form.match(text, begin)) is None:
            continue
        label, url = match["label"], match["url"]
        bare = opening == "["
        if bare and url.count(")") > url.count("("):
            continue
        if is_highlight_address(url):
            return match.start(), label, url
        alone = not text[line : match.start()].strip(" \t>*-")
        known_label = _is_place(label) or (alone and _host_known(url))
        if not bare and is_export_block(block):
            return match.start(), label, url  # a template of one's own may give the link any name
        by_host = _host_known(url) and (known_label or block or not any(char.isalpha() for char in label))
        if by_host or (known_label and (alone or not bare)):
            return match.start(), label, url
    opened = text.rfind("(", line, text.rfind("[", line)) if closed else -1
    if (
        opened >= 0
        and (match := _FORMS[3].match(text, opened)) is not None
        and is_highlight_address(match["url"])
    ):
        return match.start(), f"{match['word'].capitalize()} {match['label']}", match["url"]
    return None


@lru_cache(maxsize=4_096)
def _is_place(label: str) -> bool:
    label = " ".join(label.split())
    if _LABEL.fullmatch(label) is not None:
        return True
    match = _PLACE.fullmatch(label)
    return match is not None and role_of(match["word"].rstrip(". ")) is Role.LOCATION


def _host_known(url: str) -> bool:
    return _HOST.match(url) is not None


def place_of(label: str) -> str | None:
    """Returns the location in a link's label ("p. 12", "Location 144"); None without one."""
    return _location_and_moment(label)[0] if _is_place(label) else None


@lru_cache(maxsize=4_096)
def _location_and_moment(label: str) -> tuple[str | None, str | None]:
    """Returns (location, moment of the highlight) in a link's label. "View Highlight", "None" and "🔗" have neither."""
    label = " ".join(label.split())
    if label.startswith("(") and label.endswith(")"):
        label = label[1:-1].strip()
    if _YEAR.search(label) and (added := dates.moment(label)) is not None:
        return None, added
    if (page := _PAGE_IN_CITATION.search(label)) is not None:
        return page.group(1), None
    named = any(map(str.isdigit, label)) or (_is_place(label) and label != "None")
    return (label if named and not re.match(r"view\b", label, re.I) else None), None
