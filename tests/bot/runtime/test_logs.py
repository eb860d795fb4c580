"""Log lines: one line per event, values by name, and no text that a person or a library wrote."""

import ast
import asyncio
import json
import logging
import re
import threading
import warnings
from collections.abc import Iterator

import pytest

from bot.runtime import logs
from tests import ROOT

FIELDS = {
    # ids
    "channel", "envelope", "interaction", "key", "lane", "listener", "method", "place", "platform", "post", "scope", "server",
    "setting", "source",
    # numbers
    "added", "changed", "count", "counts", "every_s", "highlights", "hours", "ours", "pause_s", "port", "read", "removed",
    "rest_min", "sockets", "sources", "took_ms", "vectors", "wait_s",
    # reasons in the words of platforms and of this program
    "error", "finding", "fix", "host", "mend", "model", "path", "problem", "reason",
}  # fmt: skip
"""All values that may be logged. Never add a text or a name that somebody wrote."""


def test_a_json_log_line_has_the_event_and_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json")
    logging.getLogger("analects.service").info(
        "answered %(key)s in %(took_ms).0f ms", {"key": "slack:C1:2", "took_ms": 1.25}
    )
    (line,) = capsys.readouterr().err.splitlines()
    output = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", output.pop("time"))
    assert output == {
        "level": "INFO", "logger": "analects.service", "event": "answered {key} in {took_ms} ms",
        "message": "answered slack:C1:2 in 1 ms", "key": "slack:C1:2", "took_ms": 1.25,
    }  # fmt: skip


def test_a_text_log_line_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "text")
    logging.getLogger("analects.rules").warning("not\nanswered: %(place)s", {"place": "a\r\nb"})
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d WARNING analects.rules: not answered: a b\n", capsys.readouterr().err
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exception_is_logged_by_its_class_and_line(
    form: logs.LoggedAs, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("DEBUG", form)
    for name in ("analects", "aiohttp.server"):
        try:
            raise ValueError("a passage")
        except ValueError:
            logging.getLogger(name).exception("failed", stack_info=True)
    output = capsys.readouterr().err
    assert output.count("ValueError at test_logs.py:") == (2 if form == "text" else 4)
    assert len(output.splitlines()) == 2
    assert "passage" not in output


def test_log_messages_of_other_packages_are_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG", "text")
    other = logging.getLogger("some.package")
    other.setLevel(logging.DEBUG)
    other.debug("a passage")
    other.info("took %s", "a passage")
    other.warning("a passage")
    other.setLevel(logging.NOTSET)
    logging.getLogger("slack_sdk.web").info("a passage")
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("some.package: ")[2] for line in lines] == [
        "took %s",
        lines[1].partition("some.package: ")[2],
    ]
    assert re.search(r"logged at test_logs\.py:\d+$", lines[1])


async def test_a_failure_in_the_background_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Failures in callbacks, threads and destructors, and warnings, are one line each, without their text."""
    logs.configure("INFO", "text")

    def fail(*_: object) -> None:
        raise ValueError("a passage")

    def fail_in_a_thread() -> None:
        raise ValueError("a passage")

    class RaisesWhenDeleted:
        def __del__(self) -> None:
            raise ValueError("a passage")

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.on_loop_exception)
    loop.call_soon(fail, "another passage")
    await asyncio.sleep(0)
    thread = threading.Thread(target=fail_in_a_thread)
    thread.start()
    thread.join()
    RaisesWhenDeleted()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned
        warnings.warn("a passage", UserWarning, stacklevel=1)
    lines = capsys.readouterr().err.splitlines()
    assert ["ValueError at test_logs.py" in line for line in lines] == [True, True, True, False]
    assert "UserWarning at test_logs.py" in lines[3]
    assert not any("passage" in line for line in lines)


def logger_calls() -> Iterator[tuple[str, ast.Call, list[ast.expr]]]:
    """Yields every call of a logger in the program: its place, the call, and its arguments after the level."""
    levels = {"debug", "info", "warning", "error", "critical", "exception", "log"}
    for package in ("adapters", "bot", "corpus"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                if not isinstance(called, ast.Attribute) or called.attr not in levels:
                    continue
                assert isinstance(node, ast.Call)
                if isinstance(called.value, ast.Name) and called.value.id == "log":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node, node.args[called.attr == "log" :]


@pytest.mark.slow
def test_all_logged_values_have_names() -> None:
    """Each event is a constant. Each value is in a dict beside it, under a name from `FIELDS`."""
    found = list(logger_calls())
    assert len(found) > 60
    for place, call, arguments in found:
        events = (
            [arguments[0].body, arguments[0].orelse]
            if isinstance(arguments[0], ast.IfExp)
            else [arguments[0]]
        )
        values = arguments[1] if len(arguments) > 1 else ast.Dict([], [])
        assert len(arguments) <= 2, place
        assert not call.keywords, place
        assert isinstance(values, ast.Dict), place
        names = [key.value if isinstance(key, ast.Constant) else None for key in values.keys]
        for event in events:
            assert isinstance(event, ast.Constant), place
            assert isinstance(event.value, str), place
            assert logs._VALUE.findall(event.value) == names, place
            assert event.value.count("%") == len(names), place
        assert set(names) <= FIELDS, place
