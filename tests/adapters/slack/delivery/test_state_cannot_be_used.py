"""The state file cannot be used. The bot answers, logs what does not work, and damages nothing (fault 39)."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.state.database.engine import FILE
from bot.state.database.sqlite import DAMAGED
from tests.processes import analects
from tests.slack_server import SlackServer

WITHOUT_ROOT_RIGHTS = """
import ctypes
head, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
system = ctypes.CDLL(None)
system.capget(head, sets)
sets[0] &= ~2; sets[1] &= ~2  # CAP_DAC_OVERRIDE, which lets root write everywhere
system.capset(head, sets)
"""
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="uses limits and capabilities of Linux")
FILES_CANNOT_GROW = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"


def _damage_state(folder: Path) -> None:
    (folder / FILE).write_bytes(b"no database " * 1000)


def _read_only_folder(folder: Path) -> None:
    folder.chmod(0o500)


def _leave_intact(folder: Path) -> None: ...


@pytest.mark.long
@pytest.mark.parametrize(
    ("damage", "before", "problem"),
    [
        (_damage_state, "", DAMAGED),
        pytest.param(_read_only_folder, WITHOUT_ROOT_RIGHTS, "unable to open database file", marks=ON_LINUX),
        pytest.param(_leave_intact, FILES_CANNOT_GROW, "disk I/O error", marks=ON_LINUX),
    ],
    ids=["corrupt", "folder read-only", "no file may grow"],
)
async def test_the_bot_answers_once_though_its_state_cannot_be_used(
    damage: Callable[[Path], None], before: str, problem: str, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    damage(folder)
    file = folder / FILE
    contents_before = file.read_bytes() if file.exists() else None
    try:
        async with SlackServer() as slack, analects(tmp_path, slack.settings, before=before) as bot:
            await bot.ready()
            ann = slack.user("ann")
            question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
            await slack.redeliver(question)
            await slack.reply_to(question)
            await slack.quiet()
            assert len(slack.replies_to(question)) == 1
            assert bot.log.count("database unavailable") == 1
            status, report = await bot.get("/readyz")
            assert status == 200
            assert report["state"] == {"ok": False, "problem": problem}
            assert await bot.terminate() == 0
        state_lines = [line for line in bot.log.splitlines() if " analects.state: " in line]
        assert str(folder) not in "\n".join(state_lines)
        if contents_before is not None:
            assert file.read_bytes() == contents_before
            assert [file.name for file in folder.iterdir() if file.name.startswith(FILE)] == [FILE]
    finally:
        folder.chmod(0o700)
