"""What people are told of how fresh the highlights are."""

from bot.library.freshness import Freshness

_NAMES = {"readwise": "Readwise", "git": "Git"}


def sentence(freshness: Freshness, now: float) -> str:
    """ "Newest highlight: 2024-07-04. Readwise synced 12 minutes ago."; empty where nothing is known. `now` is in seconds
    since 1970."""
    found = []
    if freshness.newest is not None:
        found.append(f"Newest highlight: {freshness.newest}.")
    for sync in freshness.syncs:
        name = _NAMES.get(sync.name, sync.name)
        if sync.synced is None:
            found.append(f"{name}: not synced yet.")
        else:
            found.append(f"{name} synced {age(now - sync.synced)} ago.")
    if freshness.newest_change is not None and not freshness.syncs:
        found.append(f"Last change in the notes: {age(now - freshness.newest_change)} ago.")
    return " ".join(found)


def age(seconds: float) -> str:
    """A time span in words, in its largest whole unit: "12 minutes"."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(seconds // length)
        if number >= 1:
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return "less than a minute"
