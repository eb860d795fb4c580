"""Starts `analects` two seconds faster than a new Python: a server imports everything once, then forks for each process.

Tests see no difference between a forked process and a new one: process id, signals, exit code, pipes, environment, working folder
and warnings as errors are the same. Only imports in the order of a fresh start are not covered; `test_fresh_start.py` tests those.
The server runs on Linux only. Elsewhere `start` returns None, and the caller starts a new Python.

    process = await fork_server.start(["ask", "sleep"], environment, folder)
    output = await process.stdout.read()
    code = await process.wait()
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import types
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[1]
PRELOADED = (
    "adapters.terminal.cli", "adapters.terminal.run", "adapters.terminal.doctor", "alembic.command", "asyncpg", "aiosqlite",
    "discord", "rich.console", "slack_bolt", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite",
)  # fmt: skip
AT_START_ONLY = ("PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONDEVMODE", "PYTHONTRACEMALLOC")
"""Python reads these variables only when it starts, so a process that sets one of them is not forked."""
MAX_REQUEST_BYTES = 1 << 17
ANSWER_TIMEOUT_S = 60.0
"""Seconds to wait for the fork server to answer a request."""


@dataclass(frozen=True)
class Request:
    """What to run: the arguments of `analects`, and Python code to run first."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    before: str = ""


# In the tests


class ForkedProcess:
    """Implements the methods of `asyncio.subprocess.Process` that the tests use."""

    def __init__(
        self, pid: int, report: asyncio.StreamReader, closing: asyncio.StreamWriter,
        stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader,
        pipes: Sequence[asyncio.BaseTransport],
    ) -> None:  # fmt: skip
        self.pid = pid
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = stdin
        self.stdout: asyncio.StreamReader | None = stdout
        self.stderr: asyncio.StreamReader | None = stderr
        self._report_writer = closing
        self._pipes = pipes
        self._ended = asyncio.create_task(self._wait(report))

    async def _wait(self, report: asyncio.StreamReader) -> int:
        line = await report.readline()
        # Without a line, the server has ended and killed its processes.
        self.returncode = int(line) if line else -signal.SIGKILL
        self._report_writer.close()
        assert self.stdin is not None
        self.stdin.close()
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """Closes our ends of its output pipes. Child processes that it left behind may still hold the other ends."""
        for pipe in self._pipes:
            pipe.close()
        await asyncio.sleep(0)  # the loop closes the files in its next round

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def start(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, before: str = ""
) -> ForkedProcess | None:
    """Forks a process and connects pipes to it. Returns None if it cannot be forked."""
    if sys.platform != "linux" or any(name in environment for name in AT_START_ONLY):
        return None
    control = _server()
    ours_in, ours_out, ours_err, theirs = _pipes()
    ours, report = socket.socketpair()
    request = Request(list(arguments), dict(environment), str(folder), before)
    message = json.dumps(asdict(request)).encode()
    assert len(message) < MAX_REQUEST_BYTES
    socket.send_fds(control, [message], [*theirs, report.fileno()])
    report.close()
    for handle in theirs:
        os.close(handle)
    reading, closing = await asyncio.open_connection(sock=ours)
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        pid = int(await reading.readline())
    stdin = await _writer(ours_in)
    (stdout, out), (stderr, err) = await _reader(ours_out), await _reader(ours_err)
    return ForkedProcess(pid, reading, closing, stdin, stdout, stderr, (out, err))


def run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes] | None:
    """Runs a process to its end and returns its output, or None if it cannot be forked. For tests without an event loop."""

    async def communicate() -> subprocess.CompletedProcess[bytes] | None:
        process = await start(arguments, environment, folder)
        if process is None:
            return None
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(stdin)
        process.stdin.close()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                out, err = await asyncio.gather(process.stdout.read(), process.stderr.read())
                code = await process.wait()
        finally:
            process.kill()
            await process.close()
        return subprocess.CompletedProcess(list(arguments), code, out, err)

    return asyncio.run(communicate())


def _pipes() -> tuple[BinaryIO, BinaryIO, BinaryIO, tuple[int, int, int]]:
    """Returns our ends of stdin, stdout and stderr, and those of the child process."""
    in_read, in_write = os.pipe()
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    ours = os.fdopen(in_write, "wb", 0), os.fdopen(out_read, "rb", 0), os.fdopen(err_read, "rb", 0)
    return *ours, (in_read, out_write, err_write)


async def _reader(pipe: BinaryIO) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader, transport


async def _writer(pipe: BinaryIO) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: protocol, pipe)
    return asyncio.StreamWriter(transport, protocol, None, loop)


_started: list[socket.socket] = []


def _server() -> socket.socket:
    """Returns the socket to this process's fork server. The first call starts the server."""
    if not _started:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_REQUEST_BYTES)
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},  # only one thread is safe to fork
        )  # fmt: skip
        theirs.close()

        def end() -> None:
            ours.close()  # the server ends when its socket is closed
            process.wait(20)

        atexit.register(end)
        _started.append(ours)
    return _started[0]


# In the server


def serve(control: socket.socket) -> Request | None:
    """Forks a process for each request, and returns None once its socket is closed. In a forked process, returns the request."""
    reports: dict[
        int, tuple[int, socket.socket]
    ] = {}  # by pidfd: the process, and the socket to which its exit code is sent
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not control:
                    _tell_end(waiting, key.fd, *reports.pop(key.fd))
                    continue
                message, descriptors, _, _ = socket.recv_fds(control, MAX_REQUEST_BYTES, 4)
                if not message:
                    for process, _ in reports.values():
                        os.kill(process, signal.SIGKILL)
                    return None
                *streams, report_fd = descriptors
                report = socket.socket(fileno=report_fd)
                process = _fork()
                if not process:
                    for handle, (_, other) in reports.items():
                        os.close(handle)
                        other.close()
                    report.close()
                    control.close()
                    for number, stream in enumerate(streams):
                        os.dup2(stream, number)
                        os.close(stream)
                    return Request(**json.loads(message))
                for stream in streams:
                    os.close(stream)
                report.sendall(f"{process}\n".encode())
                handle = os.pidfd_open(process)
                reports[handle] = process, report
                waiting.register(handle, selectors.EVENT_READ)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of threads, but none run here
        return os.fork()


def _tell_end(waiting: selectors.BaseSelector, handle: int, process: int, report: socket.socket) -> None:
    waiting.unregister(handle)
    os.close(handle)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(OSError), report:
        report.sendall(f"{code}\n".encode())


def become(request: Request) -> None:
    """Runs `analects` with the request's arguments in this process, as if it had just been started."""
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.argv = ["analects", *request.arguments]
    sys.path[0] = request.folder
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.warnoptions[:] = [
        option for option in request.environment.get("PYTHONWARNINGS", "").split(",") if option
    ]
    warnings.resetwarnings()
    warnings._processoptions(sys.warnoptions)  # type: ignore[attr-defined]
    main_module = types.ModuleType("__main__")  # worker processes of `analects` import it
    main_module.__spec__ = None if request.before else importlib.util.find_spec("bot.__main__")
    sys.modules["__main__"] = main_module
    if (processes := sys.modules.get("multiprocessing.process")) is not None:
        processes.ORIGINAL_DIR = request.folder  # type: ignore[attr-defined]
    if request.before:
        exec(request.before, main_module.__dict__)
    from adapters.terminal.main import main

    main()


if __name__ == "__main__":
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if (request := serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        become(request)
