"""Whatever is wrong with the model: words answer, and the log says so once."""

import logging
import os
import threading
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.model import Question
from bot.runtime.health import Health
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.semantic import backfill
from bot.semantic import embedding as embedding_module
from bot.semantic.backfill import fill, keep_filled
from bot.semantic.embedding import Embedding
from bot.semantic.errors import MeaningError
from bot.semantic.passage_vectors import key
from corpus.model import Library
from tests.bot.semantic.models import Thesaurus, meaning
from tests.libraries import highlight, library_of

NOTES = library_of(
    [
        highlight("nap", "A doze after lunch clears the head for the afternoon."),
        highlight("car", "An automobile is a machine for arriving late."),
        highlight("sea", "The sea is older than any of its maps."),
    ]
)
INDEX = Index.build(NOTES)


def answers_by_words(made: Embedding) -> None:
    assert [one.highlight.id for one in answer(Question("maps of the sea"), INDEX, made).quotes] == ["sea"]
    assert not answer(Question("is a nap any good?"), INDEX, made).found


def test_a_model_that_cannot_be_loaded(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> Thesaurus:
        raise MeaningError("EMBEDDING_MODEL: gone; look for it")

    made = Embedding("english", load, None)
    assert not made.open()
    assert not made.open()
    answers_by_words(made)
    assert [one.message for one in caplog.records] == [
        "answering by words alone: EMBEDDING_MODEL: gone; look for it"
    ]
    assert made.progress(INDEX).state == "off"


def test_before_it_is_loaded() -> None:
    made = Embedding("english", Thesaurus, None)
    answers_by_words(made)
    assert made.progress(INDEX).state == "loading"


def test_a_slow_model(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(embedding_module, "QUESTION_TIMEOUT_S", 0.02)
    made, go_on = meaning(model := Thesaurus()), threading.Event()
    assert fill(made, INDEX, lambda: False)
    quick = model.question

    def slow(text: str) -> Floats:
        go_on.wait(20)
        return quick(text)

    model.question = slow  # type: ignore[method-assign]
    for _ in range(embedding_module.MAX_WAITING_QUESTIONS + 3):
        answers_by_words(made)
    assert len(caplog.records) == 1
    assert (
        sum(one.name == "question" for one in threading.enumerate()) <= embedding_module.MAX_WAITING_QUESTIONS
    )
    go_on.set()
    for one in threading.enumerate():
        if one.name == "question":
            one.join()
    monkeypatch.setattr(embedding_module, "QUESTION_TIMEOUT_S", 20.0)
    assert answer(Question("is a nap any good?"), INDEX, made).found


def test_a_model_that_fails_later(caplog: pytest.LogCaptureFixture) -> None:
    made = meaning(model := Thesaurus())
    assert fill(made, INDEX, lambda: False)
    model.wrong = "EMBEDDING_MODEL: the model fails; copy it again"
    answers_by_words(made)
    answers_by_words(made)
    fresh = library_of([*NOTES.highlights, highlight("new", "A vehicle of the third kind is the bicycle.")])
    assert not fill(made, Index.build(fresh), lambda: False)
    assert len(caplog.records) == 1


def test_a_defect_is_named_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    made = meaning(model := Thesaurus())
    assert fill(made, INDEX, lambda: False)

    def broken(text: str) -> Floats:
        raise KeyError(text)

    model.question = broken  # type: ignore[method-assign]
    answers_by_words(made)
    assert "nap" not in caplog.text
    assert "KeyError" in caplog.text


def test_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    assert fill(meaning(Thesaurus(), tmp_path), INDEX, lambda: False)
    other = Thesaurus("another")
    made = meaning(other, tmp_path)
    assert made.progress(INDEX).vectors == 0
    assert fill(made, INDEX, lambda: False)
    assert len(other.read) >= 3


def test_vectors_are_computed_once(tmp_path: Path) -> None:
    assert fill(meaning(Thesaurus(), tmp_path), INDEX, lambda: False)
    again = Thesaurus()
    made = meaning(again, tmp_path)
    assert fill(made, INDEX, lambda: False)
    assert again.read == []
    assert answer(Question("is a nap any good?"), INDEX, made).found


def test_changed_notes_cost_only_their_own_highlights(tmp_path: Path) -> None:
    model = Thesaurus()
    made = meaning(model, tmp_path)
    assert fill(made, INDEX, lambda: False)
    model.read.clear()
    nap, car, _ = NOTES.highlights
    changed = library_of(
        [
            nap,
            car,
            highlight("sea", "The sea is younger than some whales."),
            highlight("new", "A lender waits."),
        ]
    )
    assert fill(made, Index.build(changed), lambda: False)
    assert sorted(one for one in model.read if one != "Untitled") == [
        "A lender waits.",
        "The sea is younger than some whales.",
    ]


def test_vectors_of_deleted_highlights_are_deleted(tmp_path: Path) -> None:
    made = meaning(Thesaurus(), tmp_path)
    assert fill(made, INDEX, lambda: False)
    gone = key(NOTES.highlights[1])

    def held() -> bool:
        return any(gone in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert held()
    assert fill(made, Index.build(library_of([NOTES.highlights[0], NOTES.highlights[2]])), lambda: False)
    assert not held()


def test_a_library_that_is_empty_for_a_moment_loses_no_vectors(tmp_path: Path) -> None:
    made = meaning(Thesaurus(), tmp_path)
    assert fill(made, INDEX, lambda: False)
    fill(made, Index.build(Library()), lambda: False)
    again = Thesaurus()
    assert fill(meaning(again, tmp_path), INDEX, lambda: False)
    assert again.read == []


def test_vectors_computed_before_a_stop_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "HIGHLIGHTS_PER_STEP", 1)
    monkeypatch.setattr(backfill, "processor_count", lambda background: 1)
    made, steps = meaning(Thesaurus(), tmp_path), iter([False])
    assert not fill(made, INDEX, lambda: next(steps, True))
    done = made.progress(INDEX).vectors
    assert 0 < done < 3
    assert meaning(Thesaurus(), tmp_path).progress(INDEX).vectors == done


def test_a_cache_that_cannot_be_written_costs_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    made = meaning(Thesaurus(), tmp_path / "file")
    assert fill(made, INDEX, lambda: False)
    assert answer(Question("is a nap any good?"), INDEX, made).found
    assert len(caplog.records) == 1


def test_the_newest_highlights_come_first() -> None:
    days = ("2021-03-01", "2024-05-06", "2022-01-01")
    notes = library_of(highlight(day, f"A doze on {day}.", added=day) for day in days)
    index, made = Index.build(notes), meaning()
    missing = made.vectors(index).missing(index.facets.newest_first().tolist())
    assert [notes.highlights[number].id for _, number in missing] == sorted(days, reverse=True)


def test_in_the_background_changed_notes_get_vectors(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "POLL_INTERVAL_S", 0.01)
    caplog.set_level(logging.INFO)
    bot, stop = Bot(INDEX), threading.Event()
    bot.embedding = Embedding("thesaurus", Thesaurus, None)
    working = threading.Thread(target=keep_filled, args=(bot.embedding, lambda: bot.index, stop))
    working.start()
    try:
        _until(lambda: _found(bot, "is a nap any good?"))
        bot.index = Index.build(library_of([*NOTES.highlights, highlight("bank", "A lender is patient.")]))
        _until(lambda: _found(bot, "which bank is patient at last?"))
    finally:
        stop.set()
        working.join(20)
    assert not working.is_alive()
    assert "3 highlights are found by meaning too" in caplog.text


def _found(bot: Bot, question: str) -> bool:
    return answer(Question(question), bot.index, bot.embedding).found


def _until(true: object) -> None:
    limit = threading.Event()
    for _ in range(2_000):
        if true():  # type: ignore[operator]
            return
        limit.wait(0.01)
    pytest.fail("it never came true")


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="priorities of threads are Linux's")
def test_background_work_lets_questions_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made = meaning(model := Thesaurus())
    seen: set[int] = set()
    passages = model.passages

    def watched(texts: list[str]) -> Floats:
        seen.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return passages(texts)

    model.passages = watched  # type: ignore[method-assign, assignment]
    assert fill(made, INDEX, lambda: False, background=True)
    assert seen == {19}
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19


def test_readyz_reports_progress() -> None:
    made = meaning()
    bot = Bot(INDEX, embedding=made)
    assert fill(made, INDEX, lambda: False)
    health = Health(meaning=lambda: asdict(made.progress(bot.index, at_once=True)))
    assert health.report()["meaning"] == {
        "model": "thesaurus",
        "state": "ready",
        "vectors": 3,
        "wanted": 3,
        "problem": None,
        "english": True,
    }
    assert "meaning" not in Health().report()
