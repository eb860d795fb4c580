"""Names of time zones, as people write them: "Europe/Berlin", "europe/berlin", "berlin", "new york"."""

import os
import re
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

UTC = "UTC"
_LOCALTIME = Path("/etc/localtime")
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
_BETWEEN = re.compile(r"[\s_/-]+")
_CLOSE = 60
"""Of 100: names at least this alike (rapidfuzz) are offered instead of one that is none."""


def find(typed: str) -> str | None:
    """The zone that was meant: its name in any case, or its city alone; None where there is none such."""
    sought = _key(typed)
    whole, cities = _known()
    return whole.get(sought) or cities.get(sought)


def complete(typed: str, most: int = 25) -> list[str]:
    """Zones for what is typed so far: beginnings of cities, then of names, then near ones."""
    sought = _key(typed)
    whole, cities = _known()
    found = [name for city, name in sorted(cities.items()) if city.startswith(sought)]
    found += [name for key, name in sorted(whole.items()) if sought in key]
    found = list(dict.fromkeys(found))[:most]
    return found or near(typed, most)


def near(typed: str, most: int = 3) -> list[str]:
    """The zones written most nearly like what was typed, the nearest first."""
    from rapidfuzz import fuzz, process

    whole, cities = _known()
    names = {**whole, **cities}
    found = process.extract(_key(typed), list(names), scorer=fuzz.WRatio, limit=4 * most, score_cutoff=_CLOSE)
    return list(dict.fromkeys(names[key] for key, _, _ in found))[:most]


def of_host() -> str:
    """The zone of this machine; UTC where it does not tell."""
    if named := find(os.environ.get("TZ", "").removeprefix(":")):
        return named
    try:
        target = os.readlink(_LOCALTIME)  # noqa: PTH115
    except OSError:
        return UTC
    return find(target.partition("zoneinfo/")[2]) or UTC


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Keys of whole names, and of cities alone; of two cities with one name the one that is filed higher up."""
    names = sorted(available_timezones() - _NO_PLACES, key=lambda name: (name.count("/"), name))
    cities: dict[str, str] = {}
    for name in names:
        if "/" in name and not name.startswith("Etc/"):
            cities.setdefault(_key(name.rsplit("/", 1)[1]), name)
    return {_key(name): name for name in reversed(names)}, cities


def _key(name: str) -> str:
    return _BETWEEN.sub(" ", name.strip()).casefold()
