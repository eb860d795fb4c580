"""A repeated warning is written once, with a count that is never lost."""

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
    """A handler and the lines that it wrote."""

    def __init__(self, window_s: float = 60.0) -> None:
        self.stream, self.clock = io.StringIO(), Clock()
        self.handler = OnceHandler(self.stream, logging.LogRecord.getMessage, window_s, self.clock)
        self.handler.setFormatter(logs._Text())

    @property
    def lines(self) -> list[str]:
        return [line.partition("repeated: ")[2] for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    made = Written()
    log.addHandler(made.handler)
    yield made
    log.removeHandler(made.handler)
    made.handler.close()


def test_a_warning_that_repeats_is_written_once_and_counted(written: Written) -> None:
    for _ in range(1_000):
        log.warning("refused in %(lane)s", {"lane": "C1"})
    log.warning("refused in %(lane)s", {"lane": "C2"})
    assert written.lines == ["refused in C1", "refused in C2"]
    written.clock.now += 61
    log.warning("refused in %(lane)s", {"lane": "C1"})
    assert written.lines[2:] == ["refused in C1 (999 more times)", "refused in C1"]


def test_info_lines_are_written_each_time(written: Written) -> None:
    log.setLevel("INFO")
    for _ in range(3):
        log.info("database available again")
    log.setLevel(logging.NOTSET)
    assert written.lines == ["database available again"] * 3


def test_an_error_is_not_counted_as_a_warning_with_the_same_words(written: Written) -> None:
    log.warning("lost")
    log.error("lost")
    assert written.lines == ["lost", "lost"]


def test_the_count_is_written_when_the_handler_is_closed(written: Written) -> None:
    for _ in range(3):
        log.warning("lost")
    written.handler.close()
    assert written.lines == ["lost", "lost (2 more times)"]


def test_the_count_is_written_when_the_window_ends_without_another_line() -> None:
    written = Written(window_s=0.0)
    count_written = threading.Event()
    write = written.stream.write

    def write_and_notice(text: str) -> int:
        if "more times" in text:
            count_written.set()
        return write(text)

    written.stream.write = write_and_notice  # type: ignore[method-assign]
    record = logging.makeLogRecord({"name": "analects.repeated", "levelno": logging.WARNING, "msg": "lost"})
    written.clock.now -= 1
    written.handler.handle(record)  # its window ends once the clock moves on, below
    written.clock.now -= 1
    written.handler.handle(record)
    written.clock.now += 5
    assert count_written.wait(10)
    assert written.lines[-1].endswith("(1 more times)")
    written.handler.close()


def test_a_count_is_written_early_if_there_are_too_many_different_lines(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeated_lines, "MAX_LINES", 2)
    for _ in range(2):
        log.warning("one")
    log.warning("two")
    log.warning("three")
    assert written.lines == ["one", "two", "one (1 more times)", "three"]


def test_the_count_is_written_when_the_process_ends() -> None:
    code = (
        "from bot.runtime import logs\nlogs.configure('INFO', 'json')\nfor _ in range(5): logs.log.error('x')"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in process.stderr.splitlines()]
    assert [line.get("repeated") for line in lines] == [None, 4]
