"""The digests of the simulated channels, one channel per time zone, and the days that are simulated."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.schedule.plan import DEFAULT_NAME, Filter, Plan

Days = tuple[date, int]
"""The first day and the number of days."""
ZONES = {
    "Europe/Berlin": time(2, 30),  # does not exist on one day in spring, comes twice on one in autumn
    "America/New_York": time(1, 30),  # comes twice on one day in autumn
    "Asia/Kolkata": time(9),
    "Australia/Lord_Howe": time(2, 15),  # clocks change by half an hour there
    "Pacific/Apia": time(0),
}
YEARS = (date(2024, 1, 1), 730)
APIA = (date(2011, 12, 20), 22)


def seconds_of(days: Days) -> tuple[float, float]:
    """Returns the begin and end of the days, in seconds since the epoch."""
    begin = datetime.combine(
        days[0], time(0), ZoneInfo("Pacific/Apia" if days == APIA else "UTC")
    ).timestamp()
    return begin - 60, begin + days[1] * 86400


def plans_by_zone(days: Days) -> dict[str, dict[str, Plan]]:
    """Returns the plans of each zone's channel, by zone and name."""
    return {zone: plans_of_zone(zone, at) for zone, at in ZONES.items() if days != APIA or "Apia" in zone}


def plans_of_zone(zone: str, at: time) -> dict[str, Plan]:
    """Kolkata has one digest, New York several due at the same moment, each other zone several at different times."""
    plans = {DEFAULT_NAME: Plan("daily", at, zone)}
    if zone == "Asia/Kolkata":
        return plans
    if zone == "America/New_York":
        plans[DEFAULT_NAME] = Plan("daily", at, zone, less=("articles",))
    by = Filter("by", "Wendelin Krautbach")
    others = {
        "Monday": Plan("weekly", at, zone, 0, 3, by),
        "Favourites": Plan("weekdays", at, zone, None, 1, Filter("tag", "favorite")),
        "Books": Plan("daily", at, zone, None, 2, never=("articles", "tweets")),
        "Back": Plan("daily", at, zone, None, 1, Filter("added", "year")),
        "year": Plan("yearly", at, zone, None, 3),
    }
    chosen = {
        "Europe/Berlin": ("Monday", "Favourites", "year"),
        "America/New_York": ("Monday", "Favourites", "Books", "Back", "year"),
        "Australia/Lord_Howe": ("Books", "Back"),
        "Pacific/Apia": ("Favourites",),
    }
    for name in chosen[zone]:
        later = at if zone == "America/New_York" else time((at.hour + 1 + len(plans)) % 24, at.minute)
        plans[name] = replace(others[name], at=later)
    return plans
