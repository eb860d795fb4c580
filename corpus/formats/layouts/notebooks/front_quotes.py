"""Passages in the front matter: a property "quotes" or "highlights" with a list of texts, or of maps with a text."""

import re
from collections.abc import Mapping

import yaml

from corpus.formats import dates, properties
from corpus.formats.entry import Entry, color
from corpus.formats.front_matter import MAX_CHARS
from corpus.formats.header import Header, is_passages
from corpus.formats.labels import Role, role_of
from corpus.formats.layout import Layout, Reading, Text

_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MIN_WORDS = 3
"""How many words a text in a plain list must have. A list of shorter texts may be a list of names."""


def _key(text: Text) -> str | None:
    return next(
        (key for key in text.front.properties if is_passages(key) or role_of(key) is Role.PASSAGE), None
    )


def _items(text: Text) -> list[object]:
    """Returns the list of passages in the YAML; empty if there is none."""
    if _key(text) is None or not text.text.startswith("---"):
        return []
    block = text.text.split("\n---", 1)[0].removeprefix("---")
    if len(block) > MAX_CHARS:
        return []
    try:
        loaded = yaml.load(block, Loader=_LOADER)  # noqa: S506  the base loader makes nothing but strings
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    if not isinstance(loaded, dict):
        return []
    found = next((value for key, value in loaded.items() if str(key).strip().lower() == _key(text)), None)
    return found if isinstance(found, list) else []


def _fields(item: object) -> Mapping[Role, str]:
    """Returns the values of an item by role; empty if it has no passage."""
    if isinstance(item, str):
        return {Role.PASSAGE: item}
    if not isinstance(item, dict):
        return {}
    values = {
        role: value if isinstance(value, str) else ", ".join(map(str, value))
        for key, value in item.items()
        if (role := role_of(str(key))) is not None and isinstance(value, str | list)
    }
    return values if values.get(Role.PASSAGE, "").strip() else {}


def evidence(text: Text) -> int:
    """A list of texts of several words, in a note with no heading for passages."""
    if any(is_passages(line.strip("# :")) for line in text.headings):
        return 0
    found = [item for item in _items(text) if _fields(item)]
    worded = [item for item in found if not isinstance(item, str) or len(item.split()) >= _MIN_WORDS]
    return 2 if worded and len(worded) * 2 > len(found) else 0


def read(text: Text) -> Reading:
    """Reads every item of the list as a passage."""
    entries = []
    lines = text.text.split("\n")
    for item in _items(text):
        fields = _fields(item)
        words = fields.get(Role.PASSAGE, "").strip()
        if not words:
            continue
        place = fields.get(Role.LOCATION, "").strip()
        begin = re.sub(r"\s+", " ", words)[:20].split("\\")[0].split('"')[0]
        at = next((number for number, line in enumerate(lines) if begin and begin in line), 0)
        entries.append(
            Entry(
                words,
                at + 1,
                link=properties.address(fields.get(Role.LINK, "")),
                location=f"Page {place}" if place.isdigit() else place or None,
                remark=fields.get(Role.NOTE, "").strip() or None,
                tags=properties.tags([fields.get(Role.TAGS, "")]),
                chapter=properties.chapter(fields.get(Role.CHAPTER, "")),
                added=dates.moment(fields.get(Role.ADDED, "")),
                color=color(fields.get(Role.COLOR, "")),
            )
        )
    return Reading(tuple(entries), Header())


LAYOUT = Layout("front quotes", "quotes in the properties", evidence, read)
