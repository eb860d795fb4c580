"""The list of all layouts, and the choice of one for a note. A new file in `corpus/formats/layouts/` is found automatically."""

import importlib
import pkgutil
from functools import cache, lru_cache

from corpus.formats import layouts
from corpus.formats.layout import Layout, Text

_SIGNS = ("::", *'%<>\t*_|^+="~')
"""Signs that many notes do not have. Looking for one takes a twentieth of the time of looking for a mark that has it."""


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Returns every layout in the package `layouts`, ordered by the name of its module."""
    modules = pkgutil.walk_packages(layouts.__path__, f"{layouts.__name__}.")
    files = {
        name: module.name
        for module in modules
        if (name := module.name.rpartition(".")[2]) and not module.ispkg
    }
    return tuple(importlib.import_module(files[name]).LAYOUT for name in sorted(files) if name[0] != "_")


@cache
def titles() -> dict[str, str]:
    """Returns the layouts' titles by name."""
    return {layout.name: layout.title for layout in all_layouts()}


@cache
def exported_by_readwise() -> frozenset[str]:
    """Returns the names of the layouts that Readwise itself writes."""
    return frozenset(layout.name for layout in all_layouts() if layout.by_readwise)


def recognise(text: Text) -> Layout | None:
    """Returns the layout with the most evidence; None if no layout has any."""
    lower = text.text.lower()
    best, most = None, 0
    properties = text.front.properties.keys()
    absent = tuple([sign for sign in _SIGNS if sign not in lower])
    for layout, marks in _candidates(text.suffix, absent, described=bool(properties)):
        for mark in marks:  # not `any`, which takes three times as long
            if mark in lower:
                break
        else:
            if (layout.marks or layout.properties) and layout.properties.isdisjoint(properties):
                continue
        weight = layout.evidence(text)
        if weight > most:
            best, most = layout, weight
    return best


@lru_cache(maxsize=256)
def _candidates(
    suffix: str, absent: tuple[str, ...], *, described: bool
) -> tuple[tuple[Layout, tuple[str, ...]], ...]:
    """Returns the layouts of files with this suffix, each with its marks that have none of the `absent` signs.

    `described` tells whether the file has front matter. A layout with marks or properties that this file cannot have is no
    candidate.
    """
    found = []
    for layout in all_layouts():
        marks = tuple(mark for mark in layout.marks if not any(sign in mark for sign in absent))
        possible = bool(marks) or (described and bool(layout.properties))
        limited = bool(layout.marks or layout.properties)
        if (suffix in layout.suffixes or not suffix) and (possible or not limited):
            found.append((layout, marks))
    return tuple(found)
