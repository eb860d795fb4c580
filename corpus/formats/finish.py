"""Cleans the passages of all layouts in the same way, after their readers are done."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats import dates, properties
from corpus.formats.ends import cut_common_tags, cut_own_tags, without_ends
from corpus.formats.entry import COLOR_SIGNS, COLORS, FAVORITES, MAX_PASSAGE, Entry
from corpus.formats.labels import Role, label
from corpus.formats.layout import Layout, Problems
from corpus.formats.outline import arrows, sentences
from corpus.formats.outline.places import cut_date, cut_place
from corpus.formats.quotation import is_quotation
from corpus.formats.template_words import with_words_behind_quotes, without_common_line, without_kind
from corpus.model import Source
from corpus.normalize import key

NO_TEXT = "a highlight without a text: left out"
CLIPPING_LIMIT = "the book's clipping limit was reached: the Kindle kept no text of this highlight"
LOOKS_LIKE_METADATA = "most passages look like dates or properties: the layout is not understood; report it with a made-up example"

_LIMIT = re.compile(r"<[^<>=/:]{12,200}>")
_EMBED = re.compile(r"(?:!\[\[[^\[\]\n]+\]\]\s*)+")
"""Embedded notes or pictures of the vault. They have no words."""
_HEADING_NOTE = re.compile(r"[.#]h[1-6]", re.I)
_DISCARDED = frozenset({"discard", "discarded", "is_discard"})
_MARK = re.compile(
    r"<(?P<tag>mark|u|span|font)(?P<how>(?:\s[^<>]{0,300})?)>(?P<text>.*)</(?P=tag)>", re.S | re.I
)
_MARK_ABOVE = re.compile(r"(?P<mark><mark\b[^<>]{0,300}>[^<>]*</mark>)\s*(?P<rest>\S.*)$", re.S)
"""A passage in a mark, followed by the reader's words."""
_DECORATION = re.compile(r"<(font|span|b)\b[^<>]{0,200}>[^\w<>\"“(]{1,4}</\1>[ \t]*", re.I)
_MARK_CLASS = re.compile(
    r"(?:hltr-|omni-|highlight[-_]|color:\s*|background(?:-color)?:\s*|class=\")(?P<color>[a-z]+)", re.I
)
_WRAPS = ("==", "++", "**_", "***", "**", "*", "~~")
_QUOTED = re.compile(r"[\"“„«]\s?(?P<text>.*?)\s?[\"”“»]", re.S)
_SIGN = re.compile(r"(?:[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?)[ \t]*(?:[ \t]|\n)\s*")
_NUMBERS = re.compile(r"\d+")
_LINKED_LOCATION = re.compile(
    r"(?:https?://(?:www\.)?readwise\.io/to_kindle|kindle://book)\?(?:[^\s#]*&)?location=(?P<number>\d+)",
    re.I,
)
_INVISIBLE = "\ufeff\u200e\u200f\u200b"
_NO_WORDS = _INVISIBLE + " \t\n-*_=~#>|[]`.\\"
"""Signs of markup. A text with nothing else has no words."""
_CHAPTER_WORDS = 15
"""A longer heading, in characters, that repeats the beginning of its passage is not a chapter."""
_MAX_ALIKE = 100
"""How many passages with the same location are compared with each other."""
_MIN_FOR_WARNING = 3
"""Minimum number of passages that look like metadata before that is reported."""


def finish(entries: Sequence[Entry], problems: Problems, layout: Layout) -> tuple[tuple[Entry, ...], int]:
    """Returns the cleaned passages, and how many shorter versions of them were left out.

    The reasons why other passages do not count are added to `problems`.
    """
    found = list(entries)
    if layout.words_around:
        found = with_words_behind_quotes([without_kind(entry) for entry in without_common_line(found)])
    found = sentences.parted([arrows.parted(entry) for entry in found]) if layout.arrows else found
    kept = countable([_unwrapped(entry, layout) for entry in found], problems)
    kept = _cut_dates(_cut_locations(kept))
    kept = cut_common_tags(_cut_common_sign(kept))
    if layout.tags_follow:
        kept = _cut_locations([cut_own_tags(entry) for entry in kept])
    kept = _apply_chapter_marks([_with_color(_with_linked_location(entry)) for entry in kept])
    whole = _keep_longest(_merge_repeated(kept) if layout.repeats else kept)
    copies, kept = len(kept) - len(whole), whole
    odd = sum(_is_metadata(entry.text) for entry in kept)
    if odd >= _MIN_FOR_WARNING and odd * 2 > len(kept):
        problems.append((kept[0].line, LOOKS_LIKE_METADATA))
    return tuple(kept), copies


def countable(entries: Sequence[Entry], problems: Problems) -> list[Entry]:
    """Returns the entries that have a text of sensible length; adds a problem for most of the others."""
    kept = []
    for entry in entries:
        if not entry.text.strip(_NO_WORDS):
            problems.append((entry.line, NO_TEXT))
        elif len(entry.text) > MAX_PASSAGE:
            length = f"{len(entry.text):,}"
            problems.append(
                (entry.line, f"a passage of {length} characters is too long for a highlight: left out")
            )
        elif "![[" in entry.text and _EMBED.fullmatch(entry.text.strip()):
            continue
        elif (
            len(entry.text) <= 200
            and "<" in entry.text
            and _LIMIT.fullmatch(entry.text.strip())
            and len(entry.text.split()) != 1
        ):
            problems.append((entry.line, CLIPPING_LIMIT))
        else:
            kept.append(entry)
    return kept


def _unwrapped(entry: Entry, layout: Layout) -> Entry:
    """Removes the signs that a template puts around a passage: `<mark>`, `<u>`, and quotation marks if the layout has them."""
    entry = without_ends(entry)
    text, shade = (
        entry.text.strip(_INVISIBLE) if entry.text[:1] in _INVISIBLE and entry.text else entry.text,
        entry.color,
    )
    if text.startswith(("[ ] ", "[x] ", "[X] ")):
        text = text[4:].lstrip()
    if text.startswith("<") and (match := _DECORATION.match(text)) is not None:
        text = text[match.end() :]
    if (
        text.startswith("<")
        and (match := _MARK.fullmatch(text)) is not None
        and f"<{match['tag']}" not in match["text"]
    ):
        text = match["text"].strip()
        names = map(str.lower, _MARK_CLASS.findall(match["how"]))
        shade = shade or next((name for name in names if name in COLORS), None)
    if layout.styled and (match := _MARK_ABOVE.match(text)) is not None and "<mark" not in match["rest"]:
        rest = match["rest"].strip(" \n-–—")
        remark = "\n".join(part for part in (rest, entry.remark) if part) or None
        return _unwrapped(replace(entry, text=match["mark"], remark=remark), layout)
    if layout.styled:
        text = _without_style(text)
        if entry.remark:
            entry = replace(entry, remark=_without_style(entry.remark))
    if (
        entry.chapter
        and len(entry.chapter) > _CHAPTER_WORDS
        and key(text).startswith(key(entry.chapter.rstrip(".… ")))
    ):
        entry = replace(entry, chapter=None)
    if layout.quoted:
        text = _without_marks(text)
    return entry if text is entry.text and shade is entry.color else replace(entry, text=text, color=shade)


def _without_style(text: str) -> str:
    """Removes emphasis that surrounds the whole text."""
    for sign in _WRAPS:
        inner = text[len(sign) : -len(sign)]
        if text.startswith(sign) and text.endswith(sign[::-1]) and inner and inner == inner.strip():
            return inner
    return text


def _without_marks(text: str) -> str:
    """Removes the quotation marks around a text. Those of quotations inside it stay."""
    match = _QUOTED.fullmatch(text)
    if match is None:
        return text
    if not set('"”“»«') & set(match["text"]) or is_quotation(text):
        return match["text"]
    return text


def _cut_locations(entries: list[Entry]) -> list[Entry]:
    """Moves a location such as "(Page 14)" from the end of the text to `location`, if most passages end in one.

    Then it comes from the template, not from the source.
    """
    bare = [entry for entry in entries if entry.location is None]
    cut = {id(entry): found for entry in bare if (found := cut_place(entry.text)) is not None and found[0]}
    if not cut or len(cut) * 2 < len(bare):
        return entries
    return [
        replace(entry, text=cut[id(entry)][0], location=entry.location or cut[id(entry)][1])
        if id(entry) in cut
        else entry
        for entry in entries
    ]


def _cut_dates(entries: list[Entry]) -> list[Entry]:
    """Moves a date such as "— Updated on 2022/08/10" from the end of the text to `added`, if most passages end in one."""
    cut = {id(entry): found for entry in entries if (found := cut_date(entry.text)) is not None and found[0]}
    if not cut or len(cut) * 2 < len(entries):
        return entries
    return [
        replace(entry, text=cut[id(entry)][0], added=entry.added or cut[id(entry)][1])
        if id(entry) in cut
        else entry
        for entry in entries
    ]


def _cut_common_sign(entries: list[Entry]) -> list[Entry]:
    """Removes an emoji at the beginning of every passage, since a template wrote it: the same one, or the one of each colour."""
    if len(entries) < 2:
        return entries
    signs = {
        match.group().strip() if (match := _SIGN.match(entry.text)) is not None else "" for entry in entries
    }
    colored = any(sign[:1] in COLOR_SIGNS for sign in signs) and all(map(_is_templates_sign, signs))
    if "" in signs or (len(signs) != 1 and not colored):
        return entries
    return [
        replace(
            entry,
            text=_without_signs(entry.text),
            color=entry.color or COLOR_SIGNS.get(entry.text[0]),
        )
        for entry in entries
    ]


def _without_signs(text: str) -> str:
    """Removes the template's sign. After the sign of a colour, one for the kind may follow: "🔵 📝 passage"."""
    bare = _SIGN.sub("", text, count=1)
    second = _SIGN.match(bare) if text[:1] in COLOR_SIGNS else None
    return bare[second.end() :] if second is not None and _is_templates_sign(second.group().strip()) else bare


def _is_templates_sign(sign: str) -> bool:
    """Whether templates write this emoji before a passage, to show its colour or its kind."""
    named = label(f"{sign} a") if sign else None
    return sign[:1] in COLOR_SIGNS or (named is not None and named.role in (Role.NOTE, Role.PASSAGE))


def _with_linked_location(entry: Entry) -> Entry:
    """Takes the location in a Kindle's link, if none stands beside the passage: "…to_kindle?action=open&asin=B0&location=168"."""
    if entry.location is not None or entry.link is None or "location=" not in entry.link:
        return entry
    match = _LINKED_LOCATION.match(entry.link)
    return entry if match is None else replace(entry, location=f"Location {match['number']}")


def _with_color(entry: Entry) -> Entry:
    """Sets colour and favorite from the tags that name them. The tags stay."""
    if not entry.tags:
        return entry
    folded = {tag.lower() for tag in entry.tags}
    shade = entry.color or next((tag for tag in sorted(folded) if tag in COLORS), None)
    favorite = entry.favorite or bool(folded & FAVORITES)
    return (
        entry
        if shade is entry.color and favorite is entry.favorite
        else replace(entry, color=shade, favorite=favorite)
    )


def _apply_chapter_marks(entries: list[Entry]) -> list[Entry]:
    """Drops discarded highlights. Chapter marks (`.h1`) go, too, and become the chapter of the passages after them."""
    kept: list[Entry] = []
    mark: tuple[str | None, str | None, Source | None] | None = None
    for entry in entries:
        if entry.tags or entry.remark:
            folded = {tag.lower().lstrip(".") for tag in entry.tags}
            remark = (entry.remark or "").strip().lower()
            if folded & _DISCARDED or remark in (".discard", "#discard"):
                continue
            if _HEADING_NOTE.fullmatch(remark) or (
                folded & {"h1", "h2", "h3", "h4", "h5", "h6"} and not remark
            ):
                mark = properties.chapter(entry.text), entry.chapter, entry.source
                continue
        if mark is not None and entry.chapter == mark[1] and entry.source == mark[2]:
            entry = replace(entry, chapter=mark[0])
        kept.append(entry)
    return kept


def _merge_repeated(entries: list[Entry]) -> list[Entry]:
    """Keeps each passage once, with the remarks and properties of all its copies."""
    found: dict[tuple[Source | None, str], Entry] = {}
    for entry in entries:
        name = entry.source, key(entry.text)
        found[name] = _merged(found[name], entry) if name in found else entry
    return list(found.values())


def _keep_longest(entries: list[Entry]) -> list[Entry]:
    """Keeps the longest of several versions of a highlight at one location, with the remarks about the others."""
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        numbers = _NUMBERS.findall(entry.location or "")
        for side, number in zip("ab", numbers[:1] + numbers[-1:], strict=False):
            places[side, entry.source, re.sub(r"[\d,–-]+.*", "", entry.location or ""), number].append(index)
    if all(len(alike) < 2 for alike in places.values()):
        return entries
    keys: dict[int, str] = {}
    gone: dict[int, int] = {}
    for alike in places.values():
        if len(alike) < 2:
            continue
        for index in alike:
            if index not in keys:
                keys[index] = key(entries[index].text)
        ordered = sorted(alike[:_MAX_ALIKE], key=lambda index: (len(keys[index]), index))
        for at, short in enumerate(ordered):
            for long in reversed(ordered[at + 1 :]):
                if (
                    short not in gone
                    and len(keys[short]) >= 12
                    and keys[short] in keys[long]
                    and keys[short] != keys[long]
                ):
                    gone[short] = long
    kept = list(entries)
    for short in sorted(gone, key=lambda index: len(keys[index])):
        kept[gone[short]] = _merged(kept[gone[short]], kept[short])
    return [entry for index, entry in enumerate(kept) if index not in gone]


def _merged(long: Entry, short: Entry) -> Entry:
    """Returns the longer version with the remarks and properties of both."""
    remarks = dict.fromkeys(part for part in (long.remark, short.remark) if part)
    return replace(
        long,
        remark="\n".join(remarks) or None,
        tags=tuple(dict.fromkeys((*long.tags, *short.tags))),
        color=long.color or short.color,
        favorite=long.favorite or short.favorite,
        added=long.added or short.added,
        link=long.link or short.link,
    )


def _is_metadata(text: str) -> bool:
    if len(text) > 120 or "\n" in text:
        return False
    found = label(text)
    return dates.is_date(text) or (
        found is not None and (found.role is not None or found.marked) and len(found.value) < 60
    )
