"""Numbers with their nouns, and lists of names."""

from collections.abc import Sequence

from bot.chat.wording import messages
from bot.chat.wording.catalog import digits

MAX_WORDS_NAMED = 12
MAX_NAMES_LISTED = 3


def count(number: int, noun: str) -> str:
    """A number with its noun ("highlights" or "sources"): "1 highlight", "1,200 highlights"."""
    return messages.COUNTS[noun].of(number)


def shown_of(offset: int, shown: int, total: int, noun: str = "highlights") -> str:
    """How much of a list is shown: "1–3 of 12 highlights"."""
    if shown >= total and not offset:
        return count(total, noun)
    text = messages.SHOWN_ONE_OF if shown == 1 else messages.SHOWN_OF
    total_ = messages.COUNTS[noun].other.format(number=digits(total))
    return text.format(first=digits(offset + 1), last=digits(offset + shown), total=total_)


def listing(names: Sequence[str], most: int) -> str:
    return messages.LIST_SEPARATOR.join(names[:most]) + (messages.AND_MORE if len(names) > most else "")


def alternatives(names: Sequence[str]) -> str:
    """ "“a”, “b” or “c”"."""
    first = messages.LIST_SEPARATOR.join(names[:-1])
    return messages.OR.join(filter(None, (first, names[-1])))


def short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
