"""The image under test, with folders for its containers and their logs."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.load import SAMPLE_NOTES
from tests.discord_server import DiscordServer
from tests.image.engines import Box, Container, Engine, started
from tests.slack_server import SlackServer

MARK = "zq7marked"
"""Part of every secret, question and passage in the checks, and of secret files beside the project. It must appear nowhere."""
QUESTION = f"what about memory and {MARK}?"


@dataclass
class Image:
    """The image, the engine that runs it, and folders for it."""

    engine: Engine
    tag: str
    target: str
    base: str
    work: Path
    heard: list[str] = field(default_factory=list)
    """The standard error output of each container."""

    def __post_init__(self) -> None:
        self.notes = self.work / "notes"
        shutil.copytree(SAMPLE_NOTES, self.notes)
        (self.notes / "Marked.md").write_text(
            f"# Marked\n\n## Metadata\n- Author: [[Mark {MARK}]]\n- Full Title: Marked\n- Category: #books\n\n"
            f"## Highlights\n- Nobody reads {MARK} aloud.\n"
        )

    def folder(self, writable: bool = True) -> Path:
        """A new folder to mount."""
        made = Path(tempfile.mkdtemp(dir=self.work))
        made.chmod(0o777 if writable else 0o755)
        return made

    @asynccontextmanager
    async def run(
        self, box: Box, *servers: SlackServer | DiscordServer, **variables: str
    ) -> AsyncIterator[Container]:
        """Runs a container that is connected to these platforms."""
        tokens = {name: value for server in servers for name, value in server.settings.items()}
        usual = {"HTTP_PORT": str(free_port()), "LOG_FORMAT": "text", "QUESTIONS_PER_MINUTE": "1000,1000"}
        given = {**usual, **tokens, **variables}
        async with started(self.engine, self.tag, replace(box, variables=given)) as container:
            try:
                yield container
            finally:
                await container.kill()
                self.heard.append(container.log)

    async def prints(self, box: Box) -> tuple[int, str, str]:
        """Runs a command. Returns its exit code, standard output and standard error."""
        async with started(self.engine, self.tag, box) as container:
            assert container.process.stdout is not None
            output = (await container.process.stdout.read()).decode()
            code = await container.ends()
            self.heard.append(container.log)
            return code, output, container.log


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
