"""Whether passages can answer a question for a number or a date: one that has no number cannot."""

from collections.abc import Iterable

from bot.search.index import Index
from bot.understanding.asked_numbers import gives_number
from bot.understanding.intent import Intent


def lack_number(passages: Iterable[int], intent: Intent, index: Index) -> bool:
    """Whether the question asks for a number or a date and none of these passages, numbers in the index, gives one."""
    return intent.asks_number and not any(
        gives_number(index.library.highlights[passage].plain, intent.digits) for passage in passages
    )
