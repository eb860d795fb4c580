"""Reads days and moments that exporters write, in the languages of the devices."""

import re
from datetime import date, datetime

_MONTH_NAMES = (
    # en, de, fr, es, it, pt, nl, sv/da/no, fi, pl, cs, ru, uk, tr, hu, ro, el: inflected as in a date.
    (
        "january january januar janvier enero gennaio janeiro januari tammikuuta stycznia ledna января січня ocak"
        " január ianuarie ιανουαρίου"
    ),
    (
        "february februar février febrero febbraio fevereiro februari helmikuuta lutego února февраля лютого şubat"
        " február februarie φεβρουαρίου"
    ),
    "march märz mars marzo março maart maaliskuuta marca března марта березня mart március martie μαρτίου marts",
    "april april avril abril aprile abril april huhtikuuta kwietnia dubna апреля квітня nisan április aprilie απριλίου",
    "may mai mai mayo maggio maio mei maj toukokuuta maja května мая травня mayıs május μαΐου",
    "june juni juin junio giugno junho kesäkuuta czerwca června июня червня haziran június iunie ιουνίου",
    "july juli juillet julio luglio julho heinäkuuta lipca července июля липня temmuz július iulie ιουλίου",
    "august august août agosto agosto augustus augusti elokuuta sierpnia srpna августа серпня ağustos augusztus αυγούστου",
    (
        "september september septembre septiembre settembre setembro syyskuuta września září сентября вересня eylül"
        " szeptember septembrie σεπτεμβρίου"
    ),
    (
        "october oktober octobre octubre ottobre outubro lokakuuta października října октября жовтня ekim október"
        " octombrie οκτωβρίου"
    ),
    (
        "november november novembre noviembre novembre novembro marraskuuta listopada listopadu ноября листопада"
        " kasım noiembrie νοεμβρίου"
    ),
    (
        "december dezember décembre diciembre dicembre dezembro joulukuuta grudnia prosince декабря грудня aralık"
        " decembrie δεκεμβρίου desember"
    ),
)
_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(_MONTH_NAMES, start=1):
    for _name in _names.split():
        _MONTHS.setdefault(_name, _number)
for _number, _names in enumerate(_MONTH_NAMES, start=1):
    for _name in _names.split():
        for _length in (3, 4):  # "Oct", "sept", "févr"
            _MONTHS.setdefault(_name[:_length], _number)
_AFTERNOON = ("pm", "p.m", "p. m", "下午", "晚上", "午後", "오후", "م")
_MORNING = ("am", "a.m", "a. m", "上午", "凌晨", "早上", "午前", "오전", "ص")

_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|d['’])?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d_\u3040-\u9fff\uac00-\ud7af]+")
_SMALL_WORDS = frozenset(
    [
        *(
            "de",
            "del",
            "d",
            "a",
            "las",
            "la",
            "el",
            "le",
            "du",
            "à",
            "at",
            "um",
            "uhr",
            "on",
            "the",
            "of",
            "st",
            "nd",
        ),
        *("rd", "th", "am", "pm", "p", "m", "t", "z", "utc", "gmt", "в", "г", "на", "o'clock"),
    ]
)
_MAX_WORDS = 3
"""How many other words a date may have: the day of the week, "added on"."""
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"[12]\d{3}")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
_MAX_CHARS = 200
"""How many characters of a value are read."""


def day(value: str) -> str | None:
    """Returns YYYY-MM-DD (or YYYY-MM, YYYY) from a date: ISO, "Oct 11th, 2024", "22. August 2023", "2023年8月22日"; else None."""
    found = _day(value[:_MAX_CHARS])
    if found is not None:
        return found[0]
    bare = value.strip().strip("\"'")
    return bare if _YEAR.fullmatch(bare) else None


def moment(value: str) -> str | None:
    """Returns YYYY-MM-DDTHH:MM:SS from a date such as "July 4, 2024 at 9:56 AM"; else None. Without a time it is midnight."""
    value = value[:_MAX_CHARS]
    found = _day(value)
    if found is None or len(found[0]) < 10:
        return None
    text, end = found
    clock = _CLOCK.search(value, end) or _CLOCK.search(value)
    if clock is None:
        return f"{text}T00:00:00"
    hour, minute, second = int(clock.group(1)), int(clock.group(2)), int(clock.group(3) or 0)
    around = (
        value[clock.end() : clock.end() + 6].strip().lower(),
        value[end : clock.start()].strip().lower(),
    )
    if around[0].startswith(_AFTERNOON) or around[1].endswith(_AFTERNOON):
        hour = hour % 12 + 12
    elif around[0].startswith(_MORNING) or around[1].endswith(_MORNING):
        hour = hour % 12
    try:
        return datetime.fromisoformat(text).replace(hour=hour, minute=minute, second=second).isoformat()
    except ValueError:
        return f"{text}T00:00:00"


def is_date(value: str) -> bool:
    """Whether the value is a date and little else."""
    value = value.strip().strip("()[]*_ ")
    if (
        len(value) > 60
        or _DIGIT.search(value) is None
        or _day(value) is None
        or sum(map(str.isalpha, value)) > 30
    ):
        return False
    words = [word.lower() for word in _WORD.findall(value)]
    return sum(word not in _SMALL_WORDS and _month(word) is None for word in words) <= _MAX_WORDS


def _day(value: str) -> tuple[str, int] | None:
    """Returns the day, and the index in the value where it ends."""
    for pattern in (_ISO, _ASIAN):
        if (match := pattern.search(value)) is not None:
            year, month, number = (int(part or 0) for part in match.groups())
            if (found := _checked(year, month, number or None)) is not None:
                return found, match.end()
    for pattern, name, number_at in ((_DAY_FIRST, 2, 1), (_MONTH_FIRST, 1, 2)):
        for match in pattern.finditer(value):
            named = _month(match.group(name))
            if (
                named
                and (found := _checked(int(match.group(3)), named, int(match.group(number_at)))) is not None
            ):
                return found, match.end()
    if (match := _NUMBERS.search(value)) is not None:
        first, second, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        american = match.group(2) == "/" and first <= 12  # as Readwise writes it: 08/22/2023
        month, number = (first, second) if american or second > 12 else (second, first)
        if (found := _checked(year, month, number)) is not None:
            return found, match.end()
    return None


def _month(name: str) -> int | None:
    name = name.lower()
    return _MONTHS.get(name) or (
        _MONTHS.get(name[:4]) or _MONTHS.get(name[:3]) if name.isascii() and len(name) <= 9 else None
    )


def _checked(year: int, month: int, number: int | None) -> str | None:
    try:
        found = date(year, month, number or 1)
    except ValueError:
        return None
    return found.isoformat() if number else found.isoformat()[:7]
