"""The command line at a pipe, at a full disk and at a terminal: what it reads, what it writes, and how it ends."""

import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests import ROOT
from tests.adapters.terminal.command_line import run


def test_chats_through_a_pipe(note: Path) -> None:
    done = run(
        "chat", "--corpus", str(note), stdin="what does a lamp burn?\n/highlight sources\nquit\nnever read\n"
    )
    assert done.returncode == 0
    assert "A lamp burns oil." in done.stdout
    assert "Lamps" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("as_json", [["--json"], []])
def test_a_closed_pipe_is_no_error(as_json: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "highlights", *as_json],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 0


@pytest.mark.long
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("arguments", [["highlights"], ["ask", "memory", "--json"]])
def test_an_answer_that_cannot_be_written_is_one_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1


@pytest.mark.long
def test_a_chat_answers_from_a_note_changed_meanwhile(note: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--corpus", str(note)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def reply_to(question: str) -> str:
        """The reply, which ends with an empty line."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{question}\n")
        return "".join(iter(process.stdout.readline, "\n"))

    try:
        assert "A lamp burns oil." in reply_to("what does a lamp burn?")
        path = next(note.rglob("*.md"))
        path.write_text(path.read_text() + "- A kettle boils water.\n")
        while "A kettle boils water." not in reply_to("what does a kettle boil?"):
            pass  # nothing fits until the note is read again; the test's time limit ends an endless loop
        process.stdin.write("quit\n")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_chat_accepts_bytes_that_the_locale_cannot_decode(note: Path) -> None:
    typed = b"what does a lamp burn? \xe8\xae\xb0 \xff\n"
    done = run("chat", "--corpus", str(note), stdin=typed, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A lamp burns oil." in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_one_ctrl_c_leaves_the_chat(note: Path) -> None:
    import pty

    terminal, child_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--corpus", str(note)],
        stdin=child_end,
        stdout=child_end,
        stderr=child_end,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(child_end)
    seen = b""
    while "you ›".encode() not in seen:
        seen += os.read(terminal, 4096)
    os.write(terminal, b"half a line\x03")
    with suppress(
        OSError
    ):  # Linux reports the end as an error. Unread output would keep the process from exiting
        for _ in range(10):
            while select.select([terminal], [], [], 1)[0] and os.read(terminal, 4096):
                pass
            os.write(
                terminal, b"\r"
            )  # a Ctrl-C between the prompt and the read takes effect with the next line
    try:
        assert process.wait(10) == 130
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def _take_terminal() -> None:
    import fcntl
    import signal
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A shell starts background jobs with SIGINT ignored, and their children inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
