"""The command line as a script or a person at a terminal uses it: real processes, standard output, exit codes."""

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from corpus.model import Library
from tests import ROOT, fork_server

HIGHLIGHT = {
    "id",
    "text",
    "plain",
    "link",
    "location",
    "remark",
    "tags",
    "chapter",
    "added",
    "color",
    "favorite",
    "path",
    "line",
    "source",
}
SOURCE = {"title", "authors", "category", "url", "tags", "date"}
ANSWER = {
    "question", "found", "weak", "quotes", "total", "corrected", "missing", "filters", "took_ms",
}  # fmt: skip
QUOTE = {"text", "spans", "matched", "score", "highlight"}


def run(*arguments: str, stdin: str | bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **variables}
    done = fork_server.run(arguments, environment, Path.cwd(), data) or subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=data, capture_output=True, timeout=120, env=environment, check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def note(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "Lamps.md").write_text(
        "# Lamps\n\n## Metadata\n- Author: [[Ida Wick]]\n- Full Title: Lamps\n- Category: #books\n\n## Highlights\n"
        "- A lamp burns oil. ([Location\u00a012](https://readwise.io/to_kindle?location=12))\n    - Note: true\n"
        "- \x1b[31mRed\x1b[0m lamps warn of trains.\n",
        encoding="utf-8",
    )
    return folder


def test_asks_a_question(note: Path) -> None:
    done = run("ask", "what does a lamp burn?", "--corpus", str(note))
    assert done.returncode == 0
    assert "A lamp burns oil." in done.stdout
    assert "Ida Wick" in done.stdout
    assert "Location 12" in done.stdout
    assert "https://readwise.io/to_kindle?location=12" in done.stdout
    assert "Reader’s note: true" in done.stdout
    assert "\x1b" not in done.stdout, "a pipe gets no escape sequences"
    assert done.stderr == ""


def test_asks_without_quotation_marks(note: Path) -> None:
    assert "burns oil" in run("ask", "lamp", "oil", "--corpus", str(note)).stdout
    done = run("ask", "lamp", "-trains", "--corpus", str(note), "-n5", "--json")
    assert json.loads(done.stdout)["question"] == "lamp -trains"


def test_a_question_may_begin_with_a_dash(note: Path) -> None:
    for question in ("-trains lamp", '-"warn of" lamp'):
        found = json.loads(run("ask", question, "--corpus", str(note), "--json").stdout)
        assert [quote["text"] for quote in found["quotes"]] == ["A lamp burns oil."]


@pytest.mark.parametrize("wrong", ["--nope", "-j", "-json", "-n", "--corpus"])
def test_a_wrong_option_is_no_word_of_a_question(wrong: str) -> None:
    done = run("ask", "lamp", wrong)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_note_cannot_write_on_the_screen(note: Path) -> None:
    done = run("ask", "lamps that warn trains", "--corpus", str(note))
    assert "lamps warn of trains" in done.stdout
    assert "\x1b" not in done.stdout


def test_asks_in_json(note: Path) -> None:
    done = run("ask", "what does a lamp burn?", "--corpus", str(note), "--json")
    answer = json.loads(done.stdout)
    assert set(answer) == ANSWER
    assert answer["found"] is True
    quote = answer["quotes"][0]
    assert set(quote) == QUOTE
    assert set(quote["highlight"]) == HIGHLIGHT
    assert set(quote["highlight"]["source"]) == SOURCE
    highlight = quote["highlight"]
    assert (highlight["location"], highlight["remark"], highlight["line"]) == ("Location 12", "true", 9)
    assert highlight["source"] == {
        "title": "Lamps", "authors": ["Ida Wick"], "category": "books", "url": None, "tags": [], "date": None,
    }  # fmt: skip
    parts = [highlight["plain"][start:end] for start, end in quote["spans"]]
    assert " […] ".join(parts) == quote["text"]
    assert all(word in quote["text"] for word in quote["matched"])
    assert isinstance(quote["score"], float)


def test_nothing_fits_in_json(note: Path) -> None:
    done = run("ask", "sourdough", "--corpus", str(note), "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["found"], answer["quotes"], answer["total"]) == (0, False, [], 0)


def test_explains_the_decision_only_when_asked_to(note: Path) -> None:
    question = ("ask", "what burns oil", "--corpus", str(note))
    assert set(json.loads(run(*question, "--json").stdout)) == ANSWER
    answer = json.loads(run(*question, "--json", "--explain").stdout)
    assert set(answer) == ANSWER | {"explanation"}
    assert answer["explanation"]["outcome"] == "answer"
    assert "Why it was answered: " in run(*question, "--explain").stdout


def test_a_batch_answers_each_line_in_order(note: Path, tmp_path: Path) -> None:
    lines = [
        b'{"id": 7, "question": "lamp oil"}',
        b"not json",
        b'{"id": [1], "question": 3}',
        b'{"id": "x", "question": "sourdough"}',
        b"[]",
        b'{"question": "no id"}',
        b'{"id": NaN, "question": "lamp"}',
        b'\xff{"id": 1, "question": "lamp"}',
        b"",
        '{"id": null, "question": "Öl \\ud800 lamp"}'.encode(),
    ]
    file = tmp_path / "batch.jsonl"
    file.write_bytes(b"\n".join(lines))
    done = run("ask", "--batch", str(file), "--json", "--corpus", str(note), "-n", "1")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [answer["id"] for answer in answers] == [7, None, [1], "x", None, None, None, None, None]
    assert [("error" in answer) for answer in answers] == [
        False,
        True,
        True,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert set(answers[0]) == ANSWER | {"id"}
    assert len(answers[0]["quotes"]) == 1


def test_a_good_batch_ends_with_zero(note: Path, tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text('{"id": 1, "question": "lamp"}\n')
    assert run("ask", "--batch", str(file), "--json", "--corpus", str(note)).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "--batch", "FILE"],
        ["ask", "q", "--batch", "FILE", "--json"],
        ["ask", "q", "-n", "0"],
        ["ask", "q", "-n", "x"],
        ["nonsense"],
        ["ask", "q", "--nonsense"],
        ["ask", "memory", "--corpus", ""],
    ],
)
def test_wrong_usage_is_reported_on_standard_error(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text("{}\n")
    done = run(*[str(file) if part == "FILE" else part for part in arguments])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["ask", "q"], ["random"], ["highlights"], ["check"], ["chat"]])
def test_a_missing_corpus_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    for extra in ([], ["--json"] if command[0] != "chat" else []):
        done = run(*command, "--corpus", str(tmp_path / "gone"), *extra)
        assert done.returncode == 1
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert "gone" in done.stderr


@pytest.mark.parametrize("command", [["ask", "q"], ["random"], ["highlights"], ["check"], ["chat"]])
def test_an_empty_corpus_is_no_failure(command: list[str], tmp_path: Path) -> None:
    done = run(*command, "--corpus", str(tmp_path))
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_an_empty_corpus_in_json(tmp_path: Path) -> None:
    assert json.loads(run("random", "--json", "--corpus", str(tmp_path)).stdout) == []
    assert run("highlights", "--json", "--corpus", str(tmp_path)).stdout == ""
    assert json.loads(run("check", "--json", "--corpus", str(tmp_path)).stdout)["notes"] == 0


def test_lists_every_highlight(sample: Library) -> None:
    done = run("highlights", "--json")
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [highlight["id"] for highlight in listed] == [highlight.id for highlight in sample.highlights]
    assert all(set(highlight) == HIGHLIGHT for highlight in listed)


def test_random_gives_as_many_as_asked_for(note: Path) -> None:
    assert len(json.loads(run("random", "-n", "2", "--json").stdout)) == 2
    assert len(json.loads(run("random", "-n", "9", "--json", "--corpus", str(note)).stdout)) == 2


def test_checks_a_folder(note: Path) -> None:
    (note / "cover.png").write_bytes(b"\x89PNG")
    (note / "old.md").write_bytes(
        "# Caf\xe9\n\n## Highlights\n- d\xe9j\xe0 vu, again and again\n".encode("latin-1")
    )
    told = json.loads(run("check", "--json", "--corpus", str(note)).stdout)
    assert (told["notes"], told["sources"], told["highlights"]) == (2, 2, 3)
    assert told["skipped"] == [{"path": "cover.png", "reason": "not a Markdown or text file"}]
    assert [problem["path"] for problem in told["problems"]] == ["old.md"]
    for_people = run("check", "--corpus", str(note)).stdout
    assert "3 highlights of 2 sources in 2 notes" in for_people
    assert "cover.png" in for_people


def test_settings_come_from_the_environment_and_are_checked(note: Path) -> None:
    assert "burns oil" in run("ask", "lamp oil", CORPUS_PATH=str(note)).stdout
    done = run("ask", "x", PLAIN_NOTES="perhaps", QUOTES_PER_ANSWER="many")
    assert done.returncode == 2
    assert done.stdout == ""
    assert {line.split(":")[1].strip() for line in done.stderr.splitlines()} == {
        "PLAIN_NOTES",
        "QUOTES_PER_ANSWER",
    }


def test_the_command_line_goes_before_the_environment(note: Path, tmp_path: Path) -> None:
    assert (
        "burns oil"
        in run("ask", "lamp oil", "--corpus", str(note), CORPUS_PATH=str(tmp_path / "gone")).stdout
    )


def test_chats_through_a_pipe(note: Path) -> None:
    done = run(
        "chat", "--corpus", str(note), stdin="what does a lamp burn?\n/highlight sources\nquit\nnever read\n"
    )
    assert done.returncode == 0
    assert "A lamp burns oil." in done.stdout
    assert "Lamps" in done.stdout


def test_help_names_every_command() -> None:
    told = run("--help").stdout
    assert all(name in told for name in ("ask", "random", "chat", "highlights", "check"))
    for name in ("ask", "random", "chat", "highlights", "check"):
        assert run(name, "--help").returncode == 0


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

    def said(question: str) -> str:
        """The reply, which ends with an empty line."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{question}\n")
        return "".join(iter(process.stdout.readline, "\n"))

    try:
        assert "A lamp burns oil." in said("what does a lamp burn?")
        path = next(note.rglob("*.md"))
        path.write_text(path.read_text() + "- A kettle boils water.\n")
        while "A kettle boils water." not in said("what does a kettle boil?"):
            pass  # until it is read, nothing fits; the test's time limit ends it
        process.stdin.write("quit\n")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_chats_in_what_the_locale_cannot_read(note: Path) -> None:
    said = b"what does a lamp burn? \xe8\xae\xb0 \xff\n"
    done = run("chat", "--corpus", str(note), stdin=said, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A lamp burns oil." in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_one_ctrl_c_leaves_the_chat(note: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--corpus", str(note)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    seen = b""
    while "you ›".encode() not in seen:
        seen += os.read(ours, 4096)
    os.write(ours, b"half a line\x03")
    with suppress(OSError):  # the end, on Linux; what is not read would keep it from ending
        for _ in range(10):
            while select.select([ours], [], [], 1)[0] and os.read(ours, 4096):
                pass
            os.write(ours, b"\r")  # a Ctrl-C between prompt and reading is heard with the next line
    try:
        assert process.wait(10) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    import fcntl
    import signal
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # in the background shells have it ignored, and what they start, too


def test_the_answer_is_the_same_in_a_batch_and_alone(bot: Bot, tmp_path: Path) -> None:
    question = "how does the forgetting curve look?"
    file = tmp_path / "batch.jsonl"
    file.write_text(json.dumps({"id": 1, "question": question}) + "\n")
    batch = json.loads(run("ask", "--batch", str(file), "--json").stdout)
    alone = json.loads(run("ask", question, "--json").stdout)
    for answer in (batch, alone):
        answer.pop("took_ms")
    batch.pop("id")
    assert batch == alone
