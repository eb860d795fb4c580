"""The real model: its vectors, broken model folders, and the command line with it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.semantic.catalog import ENGLISH
from bot.semantic.errors import MeaningError
from bot.semantic.model import load
from tests import ROOT

QUESTION = "a snooze in the afternoon helps you learn"


def run(
    folder: Path | str, state: Path, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "EMBEDDING_MODEL": str(folder), "STATE_PATH": str(state)},
    )


@pytest.fixture(scope="module")
def state(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the vectors of the sample notes."""
    folder = tmp_path_factory.mktemp("state")
    process = run(model_folder, folder, "vectors", "--all-cores", "--json")
    assert process.returncode == 0, process.stderr
    output = json.loads(process.stdout)
    assert output["highlights"] == output["made"] > 200
    assert output["missing"] == 0
    return folder


def test_close_meanings_have_close_vectors(model_folder: Path) -> None:
    model = load(str(model_folder), model_folder)
    texts = ["A man eats food.", "Someone is having a meal.", "The central bank raised interest rates.", ""]
    rows = model.passages(texts)
    assert rows.shape == (4, model.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > 0.5 > 0.3 > rows[0] @ rows[2]
    assert model.question(texts[0]) @ rows[0] > 0.99
    assert model.english
    assert model.name == ENGLISH.title  # recognised by its cosines, whatever the folder is called


def test_a_passage_has_the_same_vector_in_any_batch(model_folder: Path) -> None:
    model = load(str(model_folder), model_folder)
    texts = [
        "Be brief.",
        "A much longer sentence, so that the short one beside it is padded to its length. " * 3,
    ]
    assert (model.passages(texts)[0] @ model.passages(texts[:1])[0]) > 0.999


def test_lone_surrogates_and_long_texts_are_read(model_folder: Path) -> None:
    model = load(str(model_folder), model_folder)
    assert np.isfinite(model.passages(["\ud800 lone", "word " * 5_000, "\x00"])).all()


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_with_a_missing_model_file_is_refused(
    model_folder: Path, tmp_path: Path, missing: str
) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model", copy_function=os.link)
    (folder / missing).unlink()
    with pytest.raises(MeaningError, match=f"EMBEDDING_MODEL: {missing} is missing"):
        load(str(folder), tmp_path)


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_half_copied_model_is_refused(model_folder: Path, tmp_path: Path, damaged: str) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model")
    whole = (folder / damaged).read_bytes()
    (folder / damaged).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MeaningError, match=r"cannot be loaded .*; copy or fetch it again"):
        load(str(folder), tmp_path)


def test_another_model_in_the_same_folder_has_another_key(model_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model")
    before = load(str(folder), tmp_path).key
    assert before == load(str(model_folder), tmp_path).key
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert load(str(folder), tmp_path).key != before


def test_an_unknown_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        MeaningError, match="there is no model 'nobody/nothing'; use auto, off, quality, english"
    ):
        load("nobody/nothing", tmp_path)


def test_ask_finds_a_passage_in_other_words_and_says_so(model_folder: Path, state: Path) -> None:
    assert not json.loads(run("off", state, "ask", QUESTION, "--json").stdout)["found"]
    process = run(model_folder, state, "ask", QUESTION, "--json")
    assert process.stderr == ""
    (quote, *_) = json.loads(process.stdout)["quotes"]
    assert "nap" in quote["text"].lower() or "sle" in quote["text"].lower()
    assert quote["matched"] == []
    start, end = quote["nearest"]
    assert 0 <= start < end <= len(quote["highlight"]["plain"])
    assert "close in meaning" in run(model_folder, state, "ask", QUESTION).stdout


def test_a_close_passage_without_the_asked_fact_is_refused(model_folder: Path, state: Path) -> None:
    expected = {
        "does caffeine keep you up": True,
        "does poor sleep damage memory?": True,
        "what is the capital of france": False,
    }
    asked = "".join(json.dumps({"id": question, "question": question}) + "\n" for question in expected)
    process = run(model_folder, state, "ask", "--batch", "-", "--json", stdin=asked)
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    assert {answer["id"]: answer["found"] for answer in answers} == expected


@pytest.mark.parametrize("question", ["does caffeine cause diabetes", "does cocaine keep you up"])
def test_a_passage_on_the_subject_without_the_asked_fact_is_refused(
    question: str, model_folder: Path, state: Path
) -> None:
    process = run(model_folder, state, "ask", question, "--json")
    assert not json.loads(process.stdout)["found"]


def test_check_and_doctor_report_the_state_of_the_model(model_folder: Path, state: Path) -> None:
    vectors = json.loads(run(model_folder, state, "check", "--json").stdout)["vectors"]
    assert vectors["state"] == "ready"
    assert vectors["vectors"] == vectors["wanted"] > 200
    output = run(model_folder, state, "check").stdout
    assert "Search by meaning is on" in output
    assert "in English, which is what the model reads" in output
    assert "the rest are processed" not in output
    findings = json.loads(run(model_folder, state, "doctor", "--json").stdout)
    assert [finding["ok"] for finding in findings if finding["check"] == "meaning"] == [True]


def test_a_single_question_waits_for_vectors_a_limited_time(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from adapters.terminal import embedding, loading
    from bot.settings import load_settings

    monkeypatch.setenv("EMBEDDING_MODEL", str(model_folder))
    monkeypatch.setenv("STATE_PATH", str(tmp_path))
    settings = load_settings()
    index = loading.snapshot(settings).index
    ticks = iter(range(0, 10_000, 4))
    monkeypatch.setattr(embedding, "monotonic", lambda: float(next(ticks)))
    assert embedding.ready(index, settings) is not None
    assert "highlights are found by meaning so far" in capsys.readouterr().err


def test_a_missing_model_is_reported_once_and_words_answer(state: Path, tmp_path: Path) -> None:
    process = run(tmp_path / "nowhere", state, "ask", "pomodoro timer", "--json")
    assert json.loads(process.stdout)["found"]
    assert process.stderr.count("EMBEDDING_MODEL") == 1
    (finding,) = [
        finding
        for finding in json.loads(run(tmp_path / "nowhere", state, "doctor", "--json").stdout)
        if finding["check"] == "meaning"
    ]
    assert finding["ok"] is False
    assert finding["finding"].startswith("EMBEDDING_MODEL")
    assert finding["fix"]
    checked = run(tmp_path / "nowhere", state, "check")
    assert "EMBEDDING_MODEL: there is no folder" in checked.stdout
    assert checked.stderr == ""


def test_questions_as_a_new_user_types_them(model_folder: Path, state: Path) -> None:
    """Bare words and questions without a question mark are answered. Punctuation and common words alone are not."""
    readme = re.search(r'\("(a snooze .+?)"\)', (ROOT / "docs" / "meaning.md").read_text("utf-8"))
    assert readme is not None
    answered = [
        "memory",
        "why do we forget?",
        "forgetting",
        "memory -sleep",
        "gorilla experiment",
        "what is Zipf's law",
        "Hernando Colón's library",
        readme[1],
        readme[1].rstrip("?"),
    ]
    refused = ["???", "the of and"]
    batch = [json.dumps({"id": question, "question": question}) for question in (*answered, *refused)]
    process = run(model_folder, state, "ask", "--batch", "-", "--json", stdin="\n".join(batch))
    found = {answer["id"]: answer["found"] for answer in map(json.loads, process.stdout.splitlines())}
    assert found == {question: question in answered for question in (*answered, *refused)}
