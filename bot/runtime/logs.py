"""Logs on standard error: one line per event, ids and counts only; sentences for people, JSON for machines.

    log.info("answered %(key)s in %(took_ms).0f ms", {"key": key, "took_ms": took_ms})

is the standard library's way to pass values by name (importing structlog takes 80 ms, for `ask` too). As text, the line is the
sentence. As JSON, it holds the event "answered {key} in {took_ms} ms", which never changes, and each value as its own field.

Nothing that a person wrote is logged, at any level. Of an exception, only its class and place are shown: its text may hold a
question, a passage or a URL with a ticket. For the same reason other packages are capped at INFO (slack-sdk logs whole bodies at
DEBUG), the verbose ones at WARNING, and of their messages only the template is shown, or the place in their code.

A warning or an error that repeats is written once a minute, with a count: `bot.runtime.repeated_lines`.
"""

import json
import logging
import re
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from bot.runtime import repeated_lines
from bot.runtime.repeated_lines import OnceHandler

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

LoggedAs = Literal["text", "json"]

ROOT_LOGGER = "analects"
log = logging.getLogger(ROOT_LOGGER)

_QUIET_LIBRARIES = (
    "aiohttp.access",
    "aiosqlite",
    "alembic",
    "asyncio",
    "slack_sdk",
    "sqlalchemy",
    "urllib3",
    "watchfiles",
)
_ERRORS_ONLY = "slack_bolt"
"""It warns at every start of a client with a token beside `authorize`, which is intended."""
_VALUE = re.compile(r"%\((\w+)\)[-#0 +.\d]*[a-zA-Z]")


def configure(level: str, form: LoggedAs | None) -> None:
    """Sends all logs of this process to standard error, and logs what would otherwise print a traceback."""
    handler = OnceHandler(sys.stderr, _sentence)
    as_text = sys.stderr.isatty() if form is None else form == "text"
    handler.setFormatter(_Text() if as_text else _Json())
    handler.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.INFO)
    root = logging.getLogger()
    repeated_lines.close_all(root)
    root.addHandler(handler)
    wanted = logging.getLevelNamesMapping()[level]
    root.setLevel(max(wanted, logging.INFO))
    log.setLevel(wanted)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    logging.getLogger(_ERRORS_ONLY).setLevel(logging.ERROR)
    sys.unraisablehook = lambda given: _unhandled(given.exc_value)
    threading.excepthook = lambda given: _unhandled(given.exc_value)
    warnings.showwarning = _warned


def on_loop_exception(loop: "AbstractEventLoop", context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`. The default handler logs the exception's text and the arguments of callbacks."""
    del loop
    _unhandled(context.get("exception"))


def describe_error(error: BaseException) -> str:
    """The class of an exception and where it was raised: "ValueError at query.py:12". Never its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _unhandled(error: BaseException | None) -> None:
    log.error(
        "failed in the background: %(error)s",
        {"error": "unknown" if error is None else describe_error(error)},
    )


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line
    log.warning(
        "%(error)s at %(place)s", {"error": category.__name__, "place": f"{Path(filename).name}:{lineno}"}
    )


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == ROOT_LOGGER


def _event(record: logging.LogRecord) -> str:
    """What happened, always in the same words, without values."""
    if _is_ours(record):
        return _VALUE.sub(r"{\1}", str(record.msg))
    return str(record.msg) if record.args else f"logged at {record.filename}:{record.lineno}"


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """The values of a record, by name."""
    given = dict(record.args) if _is_ours(record) and isinstance(record.args, Mapping) else {}
    if record.exc_info and record.exc_info[1] is not None:
        given["error"] = describe_error(record.exc_info[1])
    return given


def _sentence(record: logging.LogRecord) -> str:
    """What happened, with its values, on one line."""
    sentence = record.getMessage() if _is_ours(record) else _event(record)
    if record.exc_info and record.exc_info[1] is not None:
        sentence += f" ({describe_error(record.exc_info[1])})"
    return " ".join(sentence.split())


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        again = f" ({times} more times)" if (times := repeated_lines.of(record)) else ""
        return f"{at} {record.levelname:<7} {record.name}: {_sentence(record)}{again}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {"time": at, "level": record.levelname, "logger": record.name, "event": _event(record)}
        given = {"message": _sentence(record), **_fields(record)}
        if times := repeated_lines.of(record):
            given["repeated"] = times
        return json.dumps(line | given, ensure_ascii=False, default=str)
