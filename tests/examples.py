"""How many examples a property test tries: a tenth in everyday runs, a third before a change lands, all in `.ci/long examples`."""

from hypothesis import settings

ALL_EXAMPLES = 100
"""Examples of a property test that does not set its own number."""
QUICK_DIVISOR = 10
"""An everyday run tries this fraction of the examples: one in ten."""


def examples(number: int) -> int:
    """Returns how many of `number` examples this run tries: all with `--hypothesis-profile=thorough`, else a part."""
    divisor = ALL_EXAMPLES // settings().max_examples
    return max(number // divisor, 10)
