"""A warning that repeats is written once, with a count that is never lost."""

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from bot.runtime import logs, repeated_lines
from bot.runtime.repeated_lines import OnceHandler
from tests.platforms import Clock

log = logging.getLogger("analects.repeated")


class Written:
    """What a handler wrote."""

    def __init__(self, window_s: float = 60.0) -> None:
        self.stream, self.clock = io.StringIO(), Clock()
        self.handler = OnceHandler(self.stream, logging.LogRecord.getMessage, window_s, self.clock)
        self.handler.setFormatter(logs._Text())

    @property
    def lines(self) -> list[str]:
        return [line.partition("repeated: ")[2] for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    one = Written()
    log.addHandler(one.handler)
    yield one
    log.removeHandler(one.handler)
    one.handler.close()


def test_a_warning_that_repeats_is_written_once_and_counted(written: Written) -> None:
    for _ in range(1_000):
        log.warning("refused in %(lane)s", {"lane": "C1"})
    log.warning("refused in %(lane)s", {"lane": "C2"})
    assert written.lines == ["refused in C1", "refused in C2"]
    written.clock.now += 61
    log.warning("refused in %(lane)s", {"lane": "C1"})
    assert written.lines[2:] == ["refused in C1 (999 more times)", "refused in C1"]


def test_what_is_told_at_info_is_written_each_time(written: Written) -> None:
    log.setLevel("INFO")
    for _ in range(3):
        log.info("database available again")
    log.setLevel(logging.NOTSET)
    assert written.lines == ["database available again"] * 3


def test_an_error_is_not_taken_for_a_warning_of_the_same_words(written: Written) -> None:
    log.warning("lost")
    log.error("lost")
    assert written.lines == ["lost", "lost"]


def test_the_count_is_written_at_the_exit(written: Written) -> None:
    for _ in range(3):
        log.warning("lost")
    written.handler.close()
    assert written.lines == ["lost", "lost (2 more times)"]


def test_the_count_is_written_when_the_window_ends_in_silence() -> None:
    one = Written(window_s=0.0)
    told = threading.Event()
    write = one.stream.write

    def tell(text: str) -> int:
        if "more times" in text:
            told.set()
        return write(text)

    one.stream.write = tell  # type: ignore[method-assign]
    record = logging.makeLogRecord({"name": "analects.repeated", "levelno": logging.WARNING, "msg": "lost"})
    one.clock.now -= 1
    one.handler.handle(record)  # its window ends at once, by the clock that is set on below
    one.clock.now -= 1
    one.handler.handle(record)
    one.clock.now += 5
    assert told.wait(10)
    assert one.lines[-1].endswith("(1 more times)")
    one.handler.close()


def test_too_many_different_lines(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_lines, "MAX_LINES", 2)
    for _ in range(2):
        log.warning("one")
    log.warning("two")
    log.warning("three")
    assert written.lines == ["one", "two", "one (1 more times)", "three"]


def test_a_process_that_ends_tells_the_count() -> None:
    code = (
        "from bot.runtime import logs\nlogs.configure('INFO', 'json')\nfor _ in range(5): logs.log.error('x')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [one.get("repeated") for one in told] == [None, 4]
