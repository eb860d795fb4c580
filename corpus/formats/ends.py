"""Removes what templates, devices and readers put at the end of a passage. Tags there become the passage's tags."""

import re
from dataclasses import replace

from corpus.formats import properties
from corpus.formats.entry import Entry, only_tags
from corpus.formats.labels import Role, label

_LIMIT_BEHIND = re.compile(r"\s*<You have reached the clipping limit for this item>\s*$")
_TAG_RUN = re.compile(r"(?:[ \t]+#[^\s#\[\]()]+)+[ \t]*$")
_LABELLED_TAGS = re.compile(
    r"(?:(?<=\S)[ \t]+|\n[ \t]*)(?P<label>[*_]{0,2}[^\W\d_]{2,20}:{1,2}[*_]{0,2})(?P<tags>(?:[ \t]+#[^\s#\[\]()]+)+)[ \t]*$"
)
"""Tags with a label at the end of a passage: "… (Page 12) tags: #salt #bread"."""
_DASHES = ("—", "–", "-")
_EMPTY_DASH = re.compile(r"\s*\n[ \t]*\\?[—–-]{1,2}[ \t]*$")
"""A dash of the template with nothing behind it, because the passage has no location."""
_TAGS_BEHIND = re.compile(r"(?<=[.!?…\"”»'’)。！？])(?:[ \t]+#[^\s#\[\]()]+)+[ \t]*$")
_TWEET = re.compile(r"https?://(?:\w+\.)?(?:twitter|x)\.com/", re.I)
_PASSAGES_PER_TAG = 4
"""How many passages there must be for each different tag at their ends, so that the tags count as the reader's."""


def without_ends(entry: Entry) -> Entry:
    """Removes what a template or a device puts at the end of a passage. Tags there become the passage's."""
    text, tags = entry.text, entry.tags
    if "clipping limit" in text[-60:]:
        text = _LIMIT_BEHIND.sub("", text) or text
    if "#" in text[-200:] and (match := _LABELLED_TAGS.search(text, max(0, len(text) - 300))) is not None:
        named = label(match["label"])
        if named is not None and named.role is Role.TAGS:
            text, tags = text[: match.start()], (*tags, *properties.tags([match["tags"]]))
    if text[-1:] in _DASHES and (dash := _EMPTY_DASH.search(text, max(0, len(text) - 20))) is not None:
        text = text[: dash.start()]
    if text.startswith("<mark") and (behind := _tags_behind_mark(text)):
        text, tags = text[: text.rindex("</mark>") + len("</mark>")], (*tags, *behind)
    return entry if text is entry.text else replace(entry, text=text, tags=tuple(dict.fromkeys(tags)))


def _tags_behind_mark(text: str) -> tuple[str, ...]:
    """Returns the tags behind a passage that stands in a `<mark>`, if nothing else does."""
    _, closed, behind = text.rpartition("</mark>")
    return properties.tags([behind]) if closed and behind.strip() and only_tags(behind) else ()


def cut_common_tags(entries: list[Entry]) -> list[Entry]:
    """Moves tags from the end of the text to `tags`, if every passage ends in one, and they are few. They are not the source's.

    A template writes the same one everywhere, like #flashcard; a person marks passages with a few, like #idea and #quote.
    """
    if len(entries) < 2 or not all("#" in entry.text[-300:] for entry in entries):
        return entries
    runs = [_TAG_RUN.search(entry.text, max(0, len(entry.text) - 300)) for entry in entries]
    if not all(runs):
        return entries
    tags = [properties.tags([run.group()]) for run in runs if run is not None]
    few = len({tag for own in tags for tag in own}) * _PASSAGES_PER_TAG <= len(entries)
    if not few and not set.intersection(*map(set, tags)):
        return entries
    return [
        replace(
            entry, text=entry.text[: run.start()].rstrip(), tags=tuple(dict.fromkeys((*entry.tags, *own)))
        )
        for entry, run, own in zip(entries, runs, tags, strict=True)
        if run is not None
    ]


def cut_own_tags(entry: Entry) -> Entry:
    """Moves tags after the last sentence of a passage to `tags`. The tags of a tweet stay: its author wrote them."""
    if "#" not in entry.text[-200:] or _TWEET.match(entry.link or ""):
        return entry
    run = _TAGS_BEHIND.search(entry.text, max(0, len(entry.text) - 200))
    if run is None:
        return entry
    tags = tuple(dict.fromkeys((*entry.tags, *properties.tags([run.group()]))))
    return replace(entry, text=entry.text[: run.start()], tags=tags)
