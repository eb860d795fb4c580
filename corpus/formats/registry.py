"""The list of all layouts, and the choice of one for a note. A new file in `corpus/formats/layouts/` is found automatically."""

import importlib
import pkgutil
from functools import cache

from corpus.formats import layouts
from corpus.formats.layout import Layout, Text


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
    suffix = text.suffix
    weights = [
        (layout.evidence(text), layout) for layout in all_layouts() if suffix in layout.suffixes or not suffix
    ]
    best = max(weights, key=lambda weighed: weighed[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None
