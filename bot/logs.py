"""Logs on standard error: one line an event, ids and counts only; text for people, JSON for machines.

Other packages are capped at INFO (slack-sdk logs whole bodies at DEBUG), the talkative ones at WARNING. Of an exception
only its kind and place are shown: its text may hold a question, a passage or a URL with a ticket.
"""

import json
import logging
import sys
import time
from typing import Literal

LoggedAs = Literal["text", "json"]

_QUIET = (
    "aiohttp.access",
    "aiosqlite",
    "alembic",
    "asyncio",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "urllib3",
)


def set_up(level: str, form: LoggedAs | None) -> None:
    """Sends all logs of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    as_text = sys.stderr.isatty() if form is None else form == "text"
    handler.setFormatter(_Text() if as_text else _Json())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    wanted = logging.getLevelNamesMapping()[level]
    root.setLevel(max(wanted, logging.INFO))
    logging.getLogger("analects").setLevel(wanted)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    logging.captureWarnings(True)


def told(record: logging.LogRecord) -> str:
    """The line of a record, without line breaks."""
    message = record.getMessage()
    if record.exc_info and record.exc_info[0] is not None:
        trace = record.exc_info[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = (
            f" at {trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
        )
        message += f" ({record.exc_info[0].__name__}{where})"
    return " ".join(message.split())


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        return f"{at} {record.levelname:<7} {record.name}: {told(record)}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {"time": at, "level": record.levelname, "logger": record.name, "event": told(record)}
        return json.dumps(line, ensure_ascii=False)
