"""The bot exits with 0 within seconds after SIGTERM, at any moment. A kill during a write leaves no broken file. Fault 12."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects
from tests.slack_server import SlackServer, no_answer

SLOW_BUILD = """
import sys, time
from bot.search import index
build = index.Index.build.__func__
builds = []
def slow(cls, *given, **named):
    builds.append(1)
    if len(builds) == {number}:
        print("building", file=sys.stderr, flush=True)
        time.sleep(40)
    return build(cls, *given, **named)
index.Index.build = classmethod(slow)
"""


async def test_sigterm_while_the_index_is_built(tmp_path: Path) -> None:
    async with (
        SlackServer() as slack,
        analects(tmp_path, slack.settings, before=SLOW_BUILD.format(number=1)) as bot,
    ):
        await bot.says("building")
        assert await bot.terminate(30) == 0
        assert "Traceback" not in bot.log


def write_notes(folder: Path, count: int) -> Path:
    """A folder with `count` notes."""
    root = folder / "notes"
    root.mkdir()
    for number in range(count):
        note = f"# Lamp {number}\n\n## Highlights\n- Lamp number {number} burns oil.\n"
        (root / f"{number}.md").write_text(note, encoding="utf-8")
    return root


async def test_sigterm_while_notes_are_reloaded(tmp_path: Path) -> None:
    """The thread that builds an index can't be interrupted, so the process ends without it."""
    root = write_notes(tmp_path, 2)
    variables = {"CORPUS_PATH": str(root)}
    async with SlackServer() as slack:
        before = SLOW_BUILD.format(number=2)
        async with analects(tmp_path, {**slack.settings, **variables}, before=before) as bot:
            await bot.ready()
            (root / "0.md").write_text("# Lamp\n\n## Highlights\n- Another lamp.\n", encoding="utf-8")
            await bot.says("building")
            assert await bot.terminate(30) == 0
            assert "stopped while notes were read" in bot.log


def slow_reading(folder: Path) -> tuple[dict[str, str], str]:
    """Returns settings and code to run first. With them, several processes read 60 notes, one second per note."""
    (folder / "slow.py").write_text("import time\ndef read(*_): time.sleep(1); return []\n", encoding="utf-8")
    before = "import slow\nfrom corpus.folder import read\nread.MANY = read.BATCH = 1\nread._read_batch = slow.read\n"
    return {"CORPUS_PATH": str(write_notes(folder, 60))}, before


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.long
async def test_sigterm_while_worker_processes_read_notes(signal_: signal.Signals, tmp_path: Path) -> None:
    """The worker processes stop reading, and none of them survives."""
    variables, before = slow_reading(tmp_path)
    async with SlackServer() as slack, analects(tmp_path, slack.settings | variables, before=before) as bot:
        async with asyncio.timeout(60):
            while len(children(bot.process.pid)) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        workers = children(bot.process.pid)
        bot.process.send_signal(signal_)
        assert await bot.ends(30) == (0 if signal_ == signal.SIGTERM else -signal_)
        async with asyncio.timeout(60):
            while any(map(is_running, workers)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


SIGTERM_AFTER_CALL = """
import os, signal
from {module} import {name} as interrupted
usual, calls = interrupted.{method}, []
def method(*given, **named):
    result = usual(*given, **named)
    calls.append(1)
    if len(calls) == {number}:
        os.kill(os.getpid(), signal.SIGTERM)
    return result
interrupted.{method} = method
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal handlers")
@pytest.mark.parametrize(
    ("module", "name", "method", "number"),
    [
        ("multiprocessing.process", "BaseProcess", "start", 2),
        ("concurrent.futures", "ProcessPoolExecutor", "submit", 40),
    ],
)
async def test_sigterm_while_worker_processes_are_started(
    module: str, name: str, method: str, number: int, tmp_path: Path
) -> None:
    """SIGTERM comes while the pool starts a process that it has not recorded yet, or has handed over only some of the notes.

    The test reads the log to its end. A worker that survived would hold the log open, and the test would time out.
    """
    variables, before = slow_reading(tmp_path)
    before += SIGTERM_AFTER_CALL.format(module=module, name=name, method=method, number=number)
    async with SlackServer() as slack, analects(tmp_path, slack.settings | variables, before=before) as bot:
        assert await bot.ends(30) == 0


def is_running(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def children(process: int) -> list[int]:
    """Returns the running child processes of a process."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(number) for number in found.split()]


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_sigterm_while_slack_does_not_answer(method: str, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        slack.faults.order(method, no_answer())
        async with analects(tmp_path, slack.settings) as bot:
            await slack.until(lambda: bool(slack.calls(method)))
            assert await bot.terminate(30) == 0


async def test_sigterm_in_http_mode(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.http_settings) as bot:
        await bot.ready()
        assert await bot.terminate(30) == 0


async def test_sigterm_while_discord_does_not_answer(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        fault = server.rest.fail("GET", "/users/@me", hang=True)
        async with analects(tmp_path, settings_with(server)) as bot:
            await server.until(lambda: fault not in server.rest.faults)
            assert await bot.terminate(30) == 0


HANG_WHILE_WRITING = """
import os, sys, time
from pathlib import Path
def hang(*given):
    print("writing", file=sys.stderr, flush=True)
    time.sleep(40)
{target} = hang
"""


@pytest.mark.long
@pytest.mark.parametrize("target", ["os.replace", "Path.rename"])
async def test_a_kill_while_the_cache_is_written(target: str, tmp_path: Path) -> None:
    """The cached notes or the index are half written. The next start answers nevertheless and removes the half-written file."""
    root = write_notes(tmp_path, 1)
    passages = "".join(f"- Lamp {number} burns oil {number}.\n" for number in range(1_100))
    (root / "many.md").write_text(f"# Lamps\n\n## Highlights\n{passages}", encoding="utf-8")
    variables = {"CORPUS_PATH": str(root)}
    async with analects(
        tmp_path, variables, "ask", "oil 77", before=HANG_WHILE_WRITING.format(target=target)
    ) as writer:
        await writer.says("writing")
        await writer.kill()
    unfinished = list((tmp_path / "state" / "cache").rglob("*.new"))
    assert unfinished
    for path in unfinished:
        os.utime(path, (0, 0))
    for _ in range(2):
        async with analects(tmp_path, variables, "ask", "oil 77", "--json") as reader:
            assert reader.process.stdout is not None
            answer = json.loads(await reader.process.stdout.read())
            assert await reader.ends() == 0
            assert reader.log == ""
        assert answer["quotes"][0]["text"] == "Lamp 77 burns oil 77."
    assert not list((tmp_path / "state" / "cache").rglob("*.new"))
