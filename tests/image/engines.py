"""Engines that build and run the image: Docker, or buildah with the namespaces of this machine.

Both run the image as the documentation tells operators to: as the image's user, without capabilities, with a read-only root,
`/notes` read-only, `/state` writable and a fresh `/tmp`. They use this machine's network, because the loopback platforms run there.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot import __version__
from tests.processes import Process


@dataclass(frozen=True, slots=True)
class Box:
    """The settings of a container: environment, mounts, command."""

    arguments: tuple[str, ...] = ()
    """Empty means the image's own command."""
    variables: Mapping[str, str] = field(default_factory=dict)
    notes: Path | None = None
    state: Path | None = None
    state_writable: bool = True
    secrets: Path | None = None
    model: Path | None = None
    entrypoint: tuple[str, ...] = ()

    @property
    def mounts(self) -> list[tuple[Path, str, bool]]:
        """Folder of the host, path in the container, whether it is writable."""
        found = [
            (self.notes, "/notes", False), (self.state, "/state", self.state_writable), (self.secrets, "/run/secrets", False),
            (self.model, "/model", False),
        ]  # fmt: skip
        return [(folder, place, writable) for folder, place, writable in found if folder is not None]


class Engine(Protocol):
    """Builds, inspects and runs images."""

    def build(self, context: Path, tag: str, target: str, base: str | None) -> None:
        """Builds a target of the Dockerfile. If `base` is None, it uses the Dockerfile's base image."""

    def config(self, tag: str) -> dict[str, Any]:
        """The image's configuration in Docker's format."""

    def save(self, tag: str, file: Path) -> None:
        """Writes an image as `docker save` does."""

    def command(self, tag: str, box: Box, name: str) -> list[str]:
        """The command that runs a container in the foreground."""

    def process(self, name: str, started: int) -> int:
        """The host's id of the container's process 1. `started` is the id of the command's process."""

    def inside(self, name: str, process: int, command: list[str]) -> list[str]:
        """The command that runs `command` in a running container."""

    def close(self) -> None:
        """Removes everything except the image."""


class Docker:
    """The `docker` command."""

    def build(self, context: Path, tag: str, target: str, base: str | None) -> None:
        options = [
            "--build-arg",
            f"VERSION={__version__}",
            *(["--build-arg", f"BASE={base}"] if base else []),
        ]
        _do("docker", "build", "--quiet", *options, "--target", target, "--tag", tag, str(context))

    def config(self, tag: str) -> dict[str, Any]:
        return dict(json.loads(_do("docker", "image", "inspect", tag))[0]["Config"])

    def save(self, tag: str, file: Path) -> None:
        _do("docker", "save", "--output", str(file), tag)

    def command(self, tag: str, box: Box, name: str) -> list[str]:
        options = ["--rm", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
                 "--security-opt", "no-new-privileges"]  # fmt: skip
        for folder, place, writable in box.mounts:
            options += ["--volume", f"{folder}:{place}:{'rw' if writable else 'ro'}"]
        for variable, value in box.variables.items():
            options += ["--env", f"{variable}={value}"]
        if box.entrypoint:
            options += ["--entrypoint", box.entrypoint[0]]
        return ["docker", "run", *options, tag, *box.entrypoint[1:], *box.arguments]

    def process(self, name: str, started: int) -> int:
        del started
        return int(_do("docker", "inspect", "--format", "{{.State.Pid}}", name))

    def inside(self, name: str, process: int, command: list[str]) -> list[str]:
        del process
        return ["docker", "exec", name, *command]

    def close(self) -> None:
        pass


_ENTER = """
set -e
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs dev "$root/dev"
mkdir -m 1777 "$root/dev/shm"
for device in null zero random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
ln -s /proc/self/fd "$root/dev/fd"
while [ "$1" != -- ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mount -o remount,bind,ro "$root"
cd /
exec "$@"
"""


class Buildah:
    """Builds with buildah. Runs with the parts of a container: namespaces, a read-only root, another user, no capabilities.

    Needs root and util-linux. The bot is process 1, as under Docker. The network and the host name are this machine's.
    """

    def __init__(self) -> None:
        self._environment = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot", **os.environ}
        self._mounted: dict[str, tuple[str, str]] = {}

    def build(self, context: Path, tag: str, target: str, base: str | None) -> None:
        options = [
            "--build-arg",
            f"VERSION={__version__}",
            *(["--build-arg", f"BASE={base}"] if base else []),
        ]
        self._buildah(
            "bud", "--quiet", "--format", "docker", *options, "--target", target, "--tag", tag, str(context)
        )

    def config(self, tag: str) -> dict[str, Any]:
        return dict(json.loads(self._buildah("inspect", "--type", "image", tag))["Docker"]["config"])

    def save(self, tag: str, file: Path) -> None:
        self._buildah("push", "--quiet", tag, f"docker-archive:{file}:{tag}")

    def command(self, tag: str, box: Box, name: str) -> list[str]:
        del name
        config = self.config(tag)
        mounts = [
            part
            for folder, place, writable in box.mounts
            for part in (str(folder), place, "rw" if writable else "ro")
        ]
        variables = [*config["Env"], *(f"{variable}={value}" for variable, value in box.variables.items())]
        program = [
            *(box.entrypoint or config["Entrypoint"]),
            *(box.arguments or (() if box.entrypoint else config["Cmd"])),
        ]
        root = self._root(tag)
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, "sh", root, *mounts, "--",
                "env", "-i", "/usr/sbin/chroot", root, "/usr/bin/env", *variables, *_as(config["User"]), *program]  # fmt: skip

    def process(self, name: str, started: int) -> int:
        del name
        return int(Path(f"/proc/{started}/task/{started}/children").read_text(encoding="ascii").split()[0])

    def inside(self, name: str, process: int, command: list[str]) -> list[str]:
        del name
        variables = Path(f"/proc/{process}/environ").read_text(encoding="utf-8").split("\0")[:-1]
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        user = status.split("Uid:")[1].split()[0]
        return ["nsenter", "--target", str(process), "--mount", "--pid", "--root", "env", "-i", *variables,
                *_as(f"{user}:{user}"), *command]  # fmt: skip

    def close(self) -> None:
        for container, _ in self._mounted.values():
            self._buildah("rm", container)
        self._mounted.clear()

    def _root(self, tag: str) -> str:
        """Returns the folder with the files of the image."""
        if tag not in self._mounted:
            container = self._buildah("from", "--pull-never", tag)
            self._mounted[tag] = container, self._buildah("mount", container)
        return self._mounted[tag][1]

    def _buildah(self, *arguments: str) -> str:
        return _do("buildah", *arguments, environment=self._environment)


def _as(user: str) -> list[str]:
    person, group = user.split(":")
    return ["setpriv", f"--reuid={person}", f"--regid={group}", "--clear-groups", "--no-new-privs",
            "--inh-caps=-all", "--bounding-set=-all", "--"]  # fmt: skip


def _do(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Runs a command and returns its output. If it fails, its error output is printed."""
    process = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    if process.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{process.stderr[-4000:]}{process.stdout[-2000:]}")
    return process.stdout.strip()


class Container(Process):
    """A running container with its log."""

    def __init__(self, process: asyncio.subprocess.Process, engine: Engine, name: str) -> None:
        super().__init__(process)
        self._engine = engine
        self._name = name

    @property
    def first(self) -> int:
        """The host's process id of the container's process 1."""
        return self._engine.process(self._name, self.process.pid)

    async def terminate(self, timeout: float = 60.0) -> int:  # noqa: ASYNC109
        os.kill(self.first, signal.SIGTERM)
        return await self.ends()

    async def kill(self) -> None:
        with suppress(OSError, IndexError, AssertionError):  # process 1 has ended
            os.kill(self.first, signal.SIGKILL)
        await self.ends()

    async def asked(self, *command: str) -> tuple[int, str]:
        """Runs a command in the container. Returns the exit code and the output."""
        inside = self._engine.inside(self._name, self.first, list(command))
        process = await asyncio.create_subprocess_exec(
            *inside, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode().strip()


@asynccontextmanager
async def started(engine: Engine, tag: str, box: Box) -> AsyncIterator[Container]:
    """Starts a container, and kills it at the end."""
    name = f"analects-{secrets.token_hex(4)}"
    process = await asyncio.create_subprocess_exec(
        *engine.command(tag, box, name), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    running = Container(process, engine, name)
    try:
        yield running
    finally:
        await running.kill()
