"""Days, times and spans of time."""

from datetime import datetime

from bot.chat.wording import messages


def day(iso: str) -> str:
    """A date as people write it, "12 March 2024", from YYYY-MM-DD, a longer time or a prefix; otherwise `iso` itself."""
    parts = iso[:10].split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    if len(parts) == 1 or not 1 <= int(parts[1]) <= 12:
        return iso[:10]
    month = messages.MONTHS[int(parts[1]) - 1]
    if len(parts) == 2:
        return messages.MONTH.format(month=month, year=parts[0])
    number = messages.FIRST_OF_MONTH if int(parts[2]) == 1 else int(parts[2])
    return messages.DAY.format(day=number, month=month, year=parts[0])


def moment(local: datetime) -> str:
    """A day and time: "Thursday, 26 November 2026 at 09:00"."""
    weekday = messages.WEEKDAYS[local.weekday()]
    return messages.MOMENT.format(weekday=weekday, day=day(local.date().isoformat()), time=f"{local:%H:%M}")


def age(seconds: float) -> str:
    """A time span in its largest whole unit: "12 minutes"."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(seconds // length)
        if number >= 1:
            return messages.AGES[unit].of(number)
    return messages.JUST_NOW
