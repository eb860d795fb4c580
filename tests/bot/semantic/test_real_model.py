"""The real model: vectors that mean something, folders that are none, and the command line with it."""

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
    """A state whose vectors of the sample notes are made."""
    folder = tmp_path_factory.mktemp("state")
    done = run(model_folder, folder, "vectors", "--all-cores", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["highlights"] == told["made"] > 200
    assert told["missing"] == 0
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
    assert model.name == ENGLISH.title  # recognised by its cosines, in a folder of any name


def test_a_passage_has_the_same_vector_in_any_company(model_folder: Path) -> None:
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
def test_a_folder_without_all_of_it(model_folder: Path, tmp_path: Path, missing: str) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model", copy_function=os.link)
    (folder / missing).unlink()
    with pytest.raises(MeaningError, match=f"EMBEDDING_MODEL: {missing} is missing"):
        load(str(folder), tmp_path)


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_half_copied_model(model_folder: Path, tmp_path: Path, damaged: str) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model")
    whole = (folder / damaged).read_bytes()
    (folder / damaged).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MeaningError, match=r"cannot be loaded .*; copy or fetch it again"):
        load(str(folder), tmp_path)


def test_another_model_in_the_same_folder_has_another_name(model_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model_folder, tmp_path / "model")
    before = load(str(folder), tmp_path).key
    assert before == load(str(model_folder), tmp_path).key
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    assert load(str(folder), tmp_path).key != before


def test_no_such_model(tmp_path: Path) -> None:
    with pytest.raises(
        MeaningError, match="there is no model 'nobody/nothing'; use auto, off, quality, english"
    ):
        load("nobody/nothing", tmp_path)


def test_ask_finds_a_passage_in_other_words_and_says_so(model_folder: Path, state: Path) -> None:
    assert not json.loads(run("off", state, "ask", QUESTION, "--json").stdout)["found"]
    done = run(model_folder, state, "ask", QUESTION, "--json")
    assert done.stderr == ""
    (quote, *_) = json.loads(done.stdout)["quotes"]
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
    asked = "".join(json.dumps({"id": one, "question": one}) + "\n" for one in expected)
    done = run(model_folder, state, "ask", "--batch", "-", "--json", stdin=asked)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["id"]: one["found"] for one in answers} == expected


@pytest.mark.xfail(
    strict=True, reason="the weights that keep most answers in other words answer these near misses"
)
@pytest.mark.parametrize("question", ["does caffeine cause diabetes", "does cocaine keep you up"])
def test_a_passage_on_the_subject_that_does_not_say_it_is_refused(
    question: str, model_folder: Path, state: Path
) -> None:
    done = run(model_folder, state, "ask", question, "--json")
    assert not json.loads(done.stdout)["found"]


def test_check_and_doctor_report_the_model(model_folder: Path, state: Path) -> None:
    vectors = json.loads(run(model_folder, state, "check", "--json").stdout)["vectors"]
    assert vectors["state"] == "ready"
    assert vectors["vectors"] == vectors["wanted"] > 200
    told = run(model_folder, state, "check").stdout
    assert "Search by meaning is on" in told
    assert "in English, which is what the model reads" in told
    assert "the rest are processed" not in told
    findings = json.loads(run(model_folder, state, "doctor", "--json").stdout)
    assert [one["ok"] for one in findings if one["check"] == "meaning"] == [True]


def test_a_single_question_waits_for_vectors_only_so_long(
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
    done = run(tmp_path / "nowhere", state, "ask", "pomodoro timer", "--json")
    assert json.loads(done.stdout)["found"]
    assert done.stderr.count("EMBEDDING_MODEL") == 1
    (finding,) = [
        one
        for one in json.loads(run(tmp_path / "nowhere", state, "doctor", "--json").stdout)
        if one["check"] == "meaning"
    ]
    assert finding["ok"] is False
    assert finding["finding"].startswith("EMBEDDING_MODEL")
    assert finding["fix"]
    checked = run(tmp_path / "nowhere", state, "check")
    assert "EMBEDDING_MODEL: there is no folder" in checked.stdout
    assert checked.stderr == ""


def test_what_a_reader_types(model_folder: Path, state: Path) -> None:
    """Bare words, the README's example, an end without its mark; nothing but marks and common words is no question."""
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
    empty = ["???", "the of and"]
    lines = [json.dumps({"id": question, "question": question}) for question in (*answered, *empty)]
    done = run(model_folder, state, "ask", "--batch", "-", "--json", stdin="\n".join(lines))
    found = {one["id"]: one["found"] for one in map(json.loads, done.stdout.splitlines())}
    assert found == {question: question in answered for question in (*answered, *empty)}
