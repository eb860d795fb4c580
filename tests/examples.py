"""How many examples a property test tries: a tenth in everyday runs, a third before a change lands, all by `.ci/long examples`."""

from hypothesis import settings

ALL = 100
"""Examples of a property test that does not set a number of its own."""
QUICK_SHARE = 10


def examples(number: int) -> int:
    """How many of `number` examples this run tries (`--hypothesis-profile=thorough`: all)."""
    share = ALL // settings().max_examples
    return max(number // share, 10)
