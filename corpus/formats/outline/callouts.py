"""Reads the first line of callouts. Its title may have the passage's link, location, date or first words."""

import re
from collections import Counter

from corpus.formats import dates, link_tail
from corpus.formats.entry import COLORS, Kind, child, is_kind
from corpus.formats.header import heading, is_highlights
from corpus.formats.labels import Role, role_of
from corpus.formats.outline.blocks import UNIT_HEADING, BlockReader
from corpus.formats.outline.places import cut_place, place

CALLOUT = re.compile(r">?[ \t]*\[!(?P<kind>[^\[\]\n]{1,60})\][+-]?[ \t]*(?P<title>.*)$")
NO_PASSAGES = frozenset(
    {"abstract", "cite", "summary", "metadata", "info", "tldr", "bibliography", "md", "link", "synth"}
)
"""Callouts about the source. They have no passages, unless they have a passage's link."""
PASSAGE_CALLOUTS = frozenset({"quote", "cite", "highlight"})
_CITED_TITLE = re.compile(r"\b(?:pp?|S|page|seite)\.?$|\(\d{4}\)")
"""The end of a citation that is followed by a link to the page."""
_TITLE_PARTS = re.compile(r"[,;，、]?[ \t]+[·•|–—-][ \t]+|[,;，、][ \t]*")
"""What separates the parts of a callout's title."""
_MAX_TITLE_CHARS = 200
"""Maximum length of a title that is searched for a location."""
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")
_MIN_REPEATED = 2
"""How many callouts of a kind below "Highlights" show that their kind is for passages."""
_TITLE_WORDS = 6
TITLE_CHARS = 40
"""A callout title with more words or characters is text, not a title."""


class CalloutReader(BlockReader):
    """Reads the first line of callouts."""

    def _open_callout(self, callout: re.Match[str], index: int) -> None:
        """Begins a callout. Its title may have the passage's link, location, date or first words."""
        kind, title = callout["kind"].split("|")[0].strip().lower(), callout["title"].strip()
        shade = next((name for name in COLORS if name in kind), None)
        self._callout = kind
        self._has_passage_callouts = self._has_passage_callouts or is_passage_callout(kind)
        self._open("", index, Kind.QUOTE)
        assert self._current is not None
        self._current.color = shade
        self._current.callout = (
            title.strip(" :*_").lower() if role_of(title.strip(" :*_")) is Role.NOTE else kind
        )
        if kind in NO_PASSAGES and kind not in self._repeated_callouts:
            self._current.section = (
                "about"
                if self._section in ("head", "metadata") or kind in ("abstract", "cite", "summary")
                else self._section
            )
        cut = link_tail.cut(title) if "](" in title else None
        labelled = child(title)
        if (
            cut is not None
            and cut.link is not None
            and link_tail.is_highlight_address(cut.link)
            and (
                not cut.text
                or _CITED_TITLE.search(cut.text)
                or is_kind(cut.text)
                or (_is_name(cut.text) and self._is_worded_below(index))
            )
        ):
            self._current.link, self._current.location = cut.link, _placed(cut)
            self._current.added = cut.added or self._current.added
        elif labelled is not None and labelled.role in (Role.LOCATION, Role.ADDED) and labelled.value:
            self._current.child(labelled)
            self._current.field = None
        elif self._place_line(title, self._current):
            pass
        elif (dated := dates.moment(title)) is not None and dates.is_date(title):
            self._current.added = dated
        elif (unit := UNIT_HEADING.match(title)) is not None:
            self._place(self._current, unit)
        elif dated is not None:
            self._current.added = dated
        elif title and (
            (cut is not None and link_tail.is_tail(title) and cut.text)
            or (
                (kind not in NO_PASSAGES or kind in self._repeated_callouts)
                and (len(title.split()) > _TITLE_WORDS or title.endswith(_SENTENCE_ENDS))
            )
        ):
            self._current.first = title
            self._titled_callout = self._current
        elif (location := title_place(title)) is not None:
            self._current.location = location
        elif cut is not None:
            self._current.link = cut.link

    @property
    def _repeated_callouts(self) -> frozenset[str]:
        """The kinds of callout that a template repeats below "Highlights", if none there is for passages by its name."""
        if self._known_callouts is None:
            kinds: Counter[str] = Counter()
            begun = False
            for line in self._lines:
                if line[:1] == "#" and (found := heading(line)) is not None:
                    begun = begun or is_highlights(found[1])
                elif begun and line.startswith("> [!") and (match := CALLOUT.match(line)) is not None:
                    kinds[match["kind"].split("|")[0].strip().lower()] += 1
            named = any(map(is_passage_callout, kinds))
            repeated = (kind for kind, number in kinds.items() if number >= _MIN_REPEATED)
            self._known_callouts = frozenset() if named else frozenset(repeated)
        return self._known_callouts

    def _is_worded_below(self, index: int) -> bool:
        """Whether the first line below a callout's title is plain text, not a nested quote or a label."""
        below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
        text = (self._quote(below) or "").strip()
        return any(map(str.isalnum, text)) and text[0] not in ">[" and child(text) is None


def is_title(text: str) -> bool:
    """Whether the words behind a callout's kind are a title, and not the first words of its text."""
    return (
        0 < len(text.split()) <= _TITLE_WORDS
        and len(text) <= TITLE_CHARS
        and not text.endswith(_SENTENCE_ENDS)
    )


def _is_name(text: str) -> bool:
    """Whether a callout's title is short enough to be a name."""
    return len(text.split()) <= _TITLE_WORDS and len(text) <= TITLE_CHARS


def _placed(cut: link_tail.Passage) -> str | None:
    """Returns the location in a callout's title, with the word before its link: "Location [77](…)"."""
    word = cut.text.strip(" *_:")
    if cut.location and cut.location[0].isdigit() and role_of(word) is Role.LOCATION:
        return f"{word} {cut.location}"
    named_place = place(cut.text) if cut.location is None else None
    return named_place.location if named_place is not None else cut.location


def title_place(title: str) -> str | None:
    """Returns the location at the end of a callout's title: "Definitions · p. 5", "Halloran, p. 33", "Halloran (p. 33)"."""
    if (placed := cut_place(title)) is not None:
        return placed[1]
    if len(title) > _MAX_TITLE_CHARS or not title[-1:].isalnum():
        return None
    last = _TITLE_PARTS.split(title)[-1].strip()
    return last if place(last) is not None else None


def is_passage_callout(kind: str) -> bool:
    """Whether a callout of this kind has a passage in it: "quote", "highlight", "zitat"."""
    return kind in PASSAGE_CALLOUTS or role_of(kind) is Role.PASSAGE
