"""Makes text safe to show: removes what controls a screen or hides, keeps all that people can read."""

import re

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, an escape sequence's first character among them
    "\u202a-\u202e\u2066-\u2069"  # bidi overrides, embeddings, isolates
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ZERO_WIDTH_RUN = re.compile(
    "([\u200b-\u200f\u2060-\u2064\ufeff\u00ad])[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+"
)
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{8})"
                    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text without control characters (tab and line feed stay) and bidi overrides.

    Runs of zero-width characters shrink to one, runs of combining marks to eight. Lone surrogates become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATE.sub("\ufffd", _HARMFUL.sub("", text))
    return _MARKS.sub(r"\1", _ZERO_WIDTH_RUN.sub(r"\1", text))


def one_line(text: str) -> str:
    """The same on one line, for titles, names and labels."""
    return " ".join(visible(text).split())


def has_words(text: str) -> bool:
    """Whether there is anything to read in a text: a letter or a digit."""
    return any(map(str.isalnum, text))
