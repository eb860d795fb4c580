"""The command line as scripts and people use it: real processes, their output and their exit codes."""

import json
from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from corpus.model import Library
from tests.adapters.terminal.command_line import run

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


def test_asks_a_question(note: Path) -> None:
    result = run("ask", "what does a lamp burn?", "--corpus", str(note))
    assert result.returncode == 0
    assert "A lamp burns oil." in result.stdout
    assert "Ida Wick" in result.stdout
    assert "Location 12" in result.stdout
    assert "https://readwise.io/to_kindle?location=12" in result.stdout
    assert "Reader’s note: true" in result.stdout
    assert "\x1b" not in result.stdout, "a pipe gets no escape sequences"
    assert result.stderr == ""


def test_asks_without_quotation_marks(note: Path) -> None:
    assert "burns oil" in run("ask", "lamp", "oil", "--corpus", str(note)).stdout
    result = run("ask", "lamp", "-trains", "--corpus", str(note), "-n5", "--json")
    assert json.loads(result.stdout)["question"] == "lamp -trains"


def test_a_question_may_begin_with_a_dash(note: Path) -> None:
    for question in ("-trains lamp", '-"warn of" lamp'):
        found = json.loads(run("ask", question, "--corpus", str(note), "--json").stdout)
        assert [quote["text"] for quote in found["quotes"]] == ["A lamp burns oil."]


@pytest.mark.parametrize("wrong", ["--nope", "-j", "-json", "-n", "--corpus"])
def test_a_wrong_option_is_not_taken_for_a_word_of_the_question(wrong: str) -> None:
    result = run("ask", "lamp", wrong)
    assert (result.returncode, result.stdout) == (2, "")


def test_escape_sequences_in_a_note_are_not_printed(note: Path) -> None:
    result = run("ask", "lamps that warn trains", "--corpus", str(note))
    assert "lamps warn of trains" in result.stdout
    assert "\x1b" not in result.stdout


def test_asks_in_json(note: Path) -> None:
    result = run("ask", "what does a lamp burn?", "--corpus", str(note), "--json")
    answer = json.loads(result.stdout)
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
    result = run("ask", "sourdough", "--corpus", str(note), "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["found"], answer["quotes"], answer["total"]) == (0, False, [], 0)


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
    result = run("ask", "--batch", str(file), "--json", "--corpus", str(note), "-n", "1")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
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
    result = run(*[str(file) if part == "FILE" else part for part in arguments])
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["ask", "q"], ["random"], ["highlights"], ["check"], ["chat"]])
def test_a_missing_folder_is_reported_in_one_sentence(command: list[str], tmp_path: Path) -> None:
    for extra in ([], ["--json"] if command[0] != "chat" else []):
        result = run(*command, "--corpus", str(tmp_path / "gone"), *extra)
        assert result.returncode == 1
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert "gone" in result.stderr


@pytest.mark.parametrize("command", [["ask", "q"], ["random"], ["highlights"], ["check"], ["chat"]])
def test_an_empty_folder_is_not_a_failure(command: list[str], tmp_path: Path) -> None:
    result = run(*command, "--corpus", str(tmp_path))
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_an_empty_folder_gives_valid_json(tmp_path: Path) -> None:
    assert json.loads(run("random", "--json", "--corpus", str(tmp_path)).stdout) == []
    assert run("highlights", "--json", "--corpus", str(tmp_path)).stdout == ""
    assert json.loads(run("check", "--json", "--corpus", str(tmp_path)).stdout)["notes"] == 0


def test_lists_every_highlight(sample: Library) -> None:
    result = run("highlights", "--json")
    listed = [json.loads(line) for line in result.stdout.splitlines()]
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
    report = json.loads(run("check", "--json", "--corpus", str(note)).stdout)
    assert (report["notes"], report["sources"], report["highlights"]) == (2, 2, 3)
    assert report["skipped"] == [{"path": "cover.png", "reason": "not a Markdown or text file"}]
    assert [problem["path"] for problem in report["problems"]] == ["old.md"]
    for_people = run("check", "--corpus", str(note)).stdout
    assert "3 highlights of 2 sources in 2 notes" in for_people
    assert "cover.png" in for_people


def test_settings_come_from_the_environment_and_are_checked(note: Path) -> None:
    assert "burns oil" in run("ask", "lamp oil", CORPUS_PATH=str(note)).stdout
    result = run("ask", "x", PLAIN_NOTES="perhaps", QUOTES_PER_ANSWER="many")
    assert result.returncode == 2
    assert result.stdout == ""
    assert {line.split(":")[1].strip() for line in result.stderr.splitlines()} == {
        "PLAIN_NOTES",
        "QUOTES_PER_ANSWER",
    }


def test_the_command_line_wins_over_the_environment(note: Path, tmp_path: Path) -> None:
    assert (
        "burns oil"
        in run("ask", "lamp oil", "--corpus", str(note), CORPUS_PATH=str(tmp_path / "gone")).stdout
    )


def test_help_names_every_command() -> None:
    output = run("--help").stdout
    assert all(name in output for name in ("ask", "random", "chat", "highlights", "check"))
    for name in ("ask", "random", "chat", "highlights", "check"):
        assert run(name, "--help").returncode == 0


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
