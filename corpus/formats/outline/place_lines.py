"""Reads lines with nothing but a location or a date, and assigns them to the passage above or below."""

import re

from corpus.formats import dates, properties
from corpus.formats.entry import Draft
from corpus.formats.labels import Label, Role, role_of
from corpus.formats.outline.open_blocks import OpenBlocks
from corpus.formats.outline.places import moment, place

_MAX_CITATION = 400
"""Maximum length, in characters, of a line that cites the source."""
_MIN_NAME = 3
"""Minimum length, in characters, of a title or name that identifies a citation. Shorter ones occur in any sentence."""


_SERVICE_WORDS = frozenset({"view highlight", "view tweet"})
"""What Readwise writes for a location that is only a link. A template may drop the link."""
_IN_BRACKETS = re.compile(r"[ \t]*[*_]{0,2}[(\[][^()\[\]]{1,60}[)\]][*_]{0,2}[ \t]*$")


class PlaceReader(OpenBlocks):
    """Assigns locations and dates to their passages."""

    def _place_line(self, text: str, draft: Draft | None) -> bool:
        """Takes a line with nothing but a location and a date, for `draft`. If `draft` is None, they wait for the next passage."""
        found = place(text)
        if found is None:
            return False
        if draft is not None:
            draft.location = draft.location or found.location
            draft.added = found.added or draft.added
            draft.color = draft.color or found.color
        else:
            self._waiting_labels += [
                Label(role, value, "", True)
                for role, value in (
                    (Role.LOCATION, found.location),
                    (Role.ADDED, found.added),
                    (Role.COLOR, found.color),
                )
                if value
            ]
        return True

    def _place_alone(self, line: str, index: int) -> bool:
        """Takes a paragraph with nothing but a location or a date.

        The first such line of a note shows whether locations stand above or below their passages in this note.
        """
        if self._section not in ("highlights", "soft") and (
            self._section != "head" or self._target() is None
        ):
            return False
        if line.strip(" *_()[]").lower() in _SERVICE_WORDS:
            return True
        if (
            (added := moment(line)) is not None
            and (dated := self._target()) is not None
            and dated.added is None
        ):
            dated.added, self._current, self._has_tail = added, dated, True
            self._close()
            return True
        if added is not None and self._target() is None and self._single_passage_unit == self._unit:
            self._waiting_labels.append(Label(Role.ADDED, added, "", True))
            return True
        if place(line) is None and (line := self._place_cited(line) or "") == "":
            return False
        above = self._previous if self._previous is not None and self._previous.unit == self._unit else None
        above = self._current or above
        if self._places_above is None:
            self._places_above = above is None or above.location is not None
        if self._places_above or above is None:
            self._close()
            return self._place_line(line, None)
        if (
            above.in_child
            and not self._after_blank
            and not (_IN_BRACKETS.match(line) and self._lines_end(index))
        ):
            return False
        self._current, self._has_tail = above, True
        above.field, self._in_quote = None, False
        return self._place_line(line, above)

    def _lines_end(self, index: int) -> bool:
        """Whether a blank line, a quote, a heading or a rule stands below line `index`, or nothing."""
        below = self._lines[index + 1] if index + 1 < len(self._lines) else ""
        return not below.strip() or below[0] in ">#-*"

    def _place_cited(self, line: str) -> str | None:
        """Returns the location at the end of a citation of the source: "*Mara Vale, On Hedges, 2019, loc. 40.*"; else None."""
        if "," not in line or len(line) > _MAX_CITATION:
            return None
        last = line.rpartition(",")[2].strip(" .*_()")
        names = [
            *self._header.values.get("title", ()),
            *self._header.values.get("author", ()),
            self._title or "",
        ]
        cited = any(len(name) > _MIN_NAME and name in line for name in map(properties.unwiki, names))
        return last if cited and place(last) is not None else None

    def _keep_for_next(self, unit: re.Match[str]) -> None:
        """Keeps a location and a date for the next passage."""
        if unit["place"] and role_of((unit["word"] or "").lower()) is Role.LOCATION:
            self._waiting_labels.append(Label(Role.LOCATION, unit["place"], unit["word"], True))
        if unit["date"]:
            self._waiting_labels.append(Label(Role.ADDED, unit["date"], "", True))

    def _place(self, draft: Draft, unit: re.Match[str]) -> None:
        """Takes the location in a heading or callout title: "Page 12", but not "Highlight 12"."""
        word = (unit["word"] or "").lower()
        if unit["place"] and role_of(word) is Role.LOCATION:
            draft.location = f"{unit['word']} {unit['place']}"
        if unit["date"]:
            draft.added = dates.moment(unit["date"]) or draft.added
