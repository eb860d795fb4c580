"""How many examples a property is tried with: all of them before a change lands, a tenth in a run that one waits for."""

from hypothesis import settings

ALL = 100
"""Of a property that names no number."""
QUICK_SHARE = 10


def examples(number: int) -> int:
    """As many as this run tries of so many (`--hypothesis-profile=thorough`: all)."""
    share = ALL // settings().max_examples
    return max(number // share, 10)
