"""The language of the texts that are read now: that of the person who is answered, or of the server or channel that reads along.

An adapter sets it once for each arrival, with `read_in(locale)`: it holds for the rest of that asyncio task, and for the tasks
and threads that it starts. If one task works for several readers, `in_language(...)` sets it for a block.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es", "ja", "zh")
"""What the bot speaks: the names of the catalogues in `bot/chat/wording/languages/`."""
_SUBTAG = re.compile(r"[-_.@]")
_reader: ContextVar[str] = ContextVar("language of the reader", default=ENGLISH)


def language() -> str:
    """The language in which texts are looked up now, one of `LANGUAGES`."""
    return _reader.get()


def language_of(locale: str | None) -> str:
    """The language for a locale by BCP 47 ("de-AT") or POSIX ("de_AT.UTF-8"): "de"; English if the bot does not speak it."""
    primary = _SUBTAG.split(locale or "", maxsplit=1)[0].lower()
    return primary if primary in LANGUAGES else ENGLISH


def read_in(locale: str | None) -> None:
    """From now on, in this task, texts are for a reader with this locale."""
    _reader.set(language_of(locale))


@contextmanager
def in_language(locale: str | None) -> Iterator[None]:
    """Within the block, texts are for a reader with this locale."""
    token = _reader.set(language_of(locale))
    try:
        yield
    finally:
        _reader.reset(token)
