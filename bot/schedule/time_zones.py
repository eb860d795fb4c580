"""Finds time zones by the names that people write: "Europe/Berlin", "europe/berlin", "berlin", "new york"."""

import os
import re
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

UTC = "UTC"
_LOCALTIME = Path("/etc/localtime")
_NOT_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_SEPARATORS = re.compile(r"[\s_/-]+")
_MIN_SIMILARITY = 60
"""Names at least this similar, of 100 (rapidfuzz), are suggested."""


def find(typed: str) -> str | None:
    """The zone with this name, in any case, or with this city; None if there is none."""
    sought = _key(typed)
    whole, cities = _known()
    return whole.get(sought) or cities.get(sought)


def complete(typed: str, most: int = 25) -> list[str]:
    """Zones for what is typed so far: whose city begins with it, then whose name contains it, otherwise similar ones."""
    sought = _key(typed)
    whole, cities = _known()
    found = [name for city, name in sorted(cities.items()) if city.startswith(sought)]
    found += [name for key, name in sorted(whole.items()) if sought in key]
    found = list(dict.fromkeys(found))[:most]
    return found or suggestions(typed, most)


def suggestions(typed: str, most: int = 3) -> list[str]:
    """The zones with the most similar names, most similar first."""
    from rapidfuzz import fuzz, process

    whole, cities = _known()
    names = {**whole, **cities}
    found = process.extract(
        _key(typed), list(names), scorer=fuzz.WRatio, limit=4 * most, score_cutoff=_MIN_SIMILARITY
    )
    return list(dict.fromkeys(names[key] for key, _, _ in found))[:most]


def host_zone() -> str:
    """The zone of this machine; UTC if it does not tell."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if named and (from_environment := find(named)):
        return from_environment
    try:
        name = os.readlink(_LOCALTIME).partition("zoneinfo/")[2]  # noqa: PTH115
        return UTC if name in _NOT_ZONES else ZoneInfo(name).key  # reads one file; `find` lists all
    except (OSError, ValueError):  # no such file or name
        return UTC


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Zones by whole name and by city. Of two cities with the same name, the one with the shorter path counts."""
    names = sorted(available_timezones() - _NOT_ZONES, key=lambda name: (name.count("/"), name))
    cities: dict[str, str] = {}
    for name in names:
        if "/" in name and not name.startswith("Etc/"):
            cities.setdefault(_key(name.rsplit("/", 1)[1]), name)
    return {_key(name): name for name in reversed(names)}, cities


def _key(name: str) -> str:
    return _SEPARATORS.sub(" ", name.strip()).casefold()
