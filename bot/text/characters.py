"""Characters as people see them (grapheme clusters, UAX #29)."""

import re
from collections.abc import Iterator

_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+")


def characters(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of the characters, in order. Linear in the length of the text.

    Two regional indicators are one flag. To pair them, `regex` looks back to where their run begins, at each of them: 95,000
    flags took 16 s. Here a letter with an accent stands for each flag, which is one character, too.
    """
    import regex  # only what is too long is cut, and `ask` starts sooner without

    if _FLAGS.search(text) is not None:
        text = _FLAGS.sub(lambda run: ("x\u0301" * len(run[0]))[: len(run[0])], text)
    for found in regex.finditer(r"\X", text):
        yield found.span()
