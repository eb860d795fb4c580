"""Writes a line that repeats only once, and when its window ends, how often it came again. This holds for warnings and errors; a
line at INFO tells that something happened, and when, so each is written. The first line is always written, at once.
The count follows after `WINDOW_S` seconds, or at the exit, as the same line with the attribute `repeated` (a number).
"""

import copy
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

WINDOW_S = 60.0
"""How long a line is written only once, in seconds, counted from its first time."""
MAX_LINES = 1_000
"""Different lines remembered. Beyond that the oldest is forgotten, once its count is written."""

_Key = tuple[str, int, str]


@dataclass(slots=True)
class _Line:
    record: logging.LogRecord
    ends_at: float
    repeated: int = 0


@dataclass(slots=True)
class _Lines:
    """The lines whose windows are open, the oldest first: all windows are equally long."""

    by_key: dict[_Key, _Line] = field(default_factory=dict)
    timer: threading.Timer | None = None
    """Set while a count waits to be written."""


class OnceHandler(logging.StreamHandler[TextIO]):
    """Writes each line to a stream, repeated ones as described above. `sentence` gives the words by which a line is recognised."""

    def __init__(
        self,
        stream: TextIO,
        sentence: Callable[[logging.LogRecord], str],
        window_s: float = WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(stream)
        self._sentence = sentence
        self._window_s = window_s
        self._clock = clock
        self._lines = _Lines()

    def emit(self, record: logging.LogRecord) -> None:
        """Called with the handler's lock held."""
        self._write_ended()
        if record.levelno >= logging.WARNING and self._is_repeated(record):
            return
        super().emit(record)

    def close(self) -> None:
        """Writes all counts. `logging` calls it at the exit."""
        with self.lock or threading.RLock():
            for line in self._lines.by_key.values():
                self._write_count(line)
            self._lines.by_key.clear()
            if self._lines.timer is not None:
                self._lines.timer.cancel()
        super().close()

    def _is_repeated(self, record: logging.LogRecord) -> bool:
        try:
            key = (record.name, record.levelno, self._sentence(record))
        except Exception:  # a wrong format: logging reports it as it is written
            return False
        line = self._lines.by_key.get(key)
        if line is not None:
            line.repeated += 1
            self._expect_end(line)
            return True
        if len(self._lines.by_key) >= MAX_LINES:
            self._write_count(self._lines.by_key.pop(next(iter(self._lines.by_key))))
        self._lines.by_key[key] = _Line(record, self._clock() + self._window_s)
        return False

    def _expect_end(self, line: _Line) -> None:
        """Makes sure that the count is written in time, even if nothing else is logged."""
        if self._lines.timer is None:
            wait_s = max(line.ends_at - self._clock(), 0.0)
            self._lines.timer = threading.Timer(wait_s, self._on_timer)
            self._lines.timer.daemon = True
            self._lines.timer.start()

    def _on_timer(self) -> None:
        with self.lock or threading.RLock():
            self._lines.timer = None
            self._write_ended()
            for line in self._lines.by_key.values():
                if line.repeated:
                    self._expect_end(line)
                    break

    def _write_ended(self) -> None:
        now, lines = self._clock(), self._lines.by_key
        while lines and (line := next(iter(lines.values()))).ends_at <= now:
            del lines[next(iter(lines))]
            self._write_count(line)

    def _write_count(self, line: _Line) -> None:
        if not line.repeated or self.stream.closed:
            return
        record = copy.copy(line.record)
        record.created = time.time()
        record.msecs = record.created % 1 * 1000
        record.repeated = line.repeated
        super().emit(record)


def of(record: logging.LogRecord) -> int:
    """How often a line was repeated and not written."""
    return int(getattr(record, "repeated", 0))


def close_all(logger: logging.Logger) -> None:
    """Removes the handlers of a logger; counts that are pending are written."""
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
        if isinstance(handler, OnceHandler):
            handler.close()
