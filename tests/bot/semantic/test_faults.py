"""Whatever is wrong with the model, words answer, and the problem is logged once."""

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
from tests.bot.semantic.models import Thesaurus, make_embedding
from tests.libraries import highlight, library_of

NOTES = library_of(
    [
        highlight("nap", "A doze after lunch clears the head for the afternoon."),
        highlight("car", "An automobile is a machine for arriving late."),
        highlight("sea", "The sea is older than any of its maps."),
    ]
)
INDEX = Index.build(NOTES)


def assert_words_answer(embedding: Embedding) -> None:
    assert [quote.highlight.id for quote in answer(Question("maps of the sea"), INDEX, embedding).quotes] == [
        "sea"
    ]
    assert not answer(Question("is a nap any good?"), INDEX, embedding).found


def test_if_the_model_cannot_be_loaded_words_answer_and_one_line_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def load() -> Thesaurus:
        raise MeaningError("EMBEDDING_MODEL: gone; look for it")

    embedding = Embedding("english", load, None)
    assert not embedding.open()
    assert not embedding.open()
    assert_words_answer(embedding)
    assert [record.message for record in caplog.records] == [
        "answering by words alone: EMBEDDING_MODEL: gone; look for it"
    ]
    assert embedding.progress(INDEX).state == "off"


def test_before_the_model_is_loaded_words_answer() -> None:
    embedding = Embedding("english", Thesaurus, None)
    assert_words_answer(embedding)
    assert embedding.progress(INDEX).state == "loading"


def test_while_the_model_is_slow_words_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(embedding_module, "QUESTION_TIMEOUT_S", 0.02)
    embedding, release = make_embedding(model := Thesaurus()), threading.Event()
    assert fill(embedding, INDEX, lambda: False)
    quick = model.question

    def slow(text: str) -> Floats:
        release.wait(20)
        return quick(text)

    model.question = slow  # type: ignore[method-assign]
    for _ in range(embedding_module.MAX_WAITING_QUESTIONS + 3):
        assert_words_answer(embedding)
    assert len(caplog.records) == 1
    assert (
        sum(thread.name == "question" for thread in threading.enumerate())
        <= embedding_module.MAX_WAITING_QUESTIONS
    )
    release.set()
    for thread in threading.enumerate():
        if thread.name == "question":
            thread.join()
    monkeypatch.setattr(embedding_module, "QUESTION_TIMEOUT_S", 20.0)
    assert answer(Question("is a nap any good?"), INDEX, embedding).found


def test_when_the_model_fails_words_answer_and_one_line_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    embedding = make_embedding(model := Thesaurus())
    assert fill(embedding, INDEX, lambda: False)
    model.error = "EMBEDDING_MODEL: the model fails; copy it again"
    assert_words_answer(embedding)
    assert_words_answer(embedding)
    fresh = library_of([*NOTES.highlights, highlight("new", "A vehicle of the third kind is the bicycle.")])
    assert not fill(embedding, Index.build(fresh), lambda: False)
    assert len(caplog.records) == 1


def test_an_unexpected_error_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    embedding = make_embedding(model := Thesaurus())
    assert fill(embedding, INDEX, lambda: False)

    def broken(text: str) -> Floats:
        raise KeyError(text)

    model.question = broken  # type: ignore[method-assign]
    assert_words_answer(embedding)
    assert "nap" not in caplog.text
    assert "KeyError" in caplog.text


def test_vectors_of_another_model_are_not_used(tmp_path: Path) -> None:
    assert fill(make_embedding(Thesaurus(), tmp_path), INDEX, lambda: False)
    other = Thesaurus("another")
    embedding = make_embedding(other, tmp_path)
    assert embedding.progress(INDEX).vectors == 0
    assert fill(embedding, INDEX, lambda: False)
    assert len(other.read) >= 3


def test_vectors_are_computed_once(tmp_path: Path) -> None:
    assert fill(make_embedding(Thesaurus(), tmp_path), INDEX, lambda: False)
    model = Thesaurus()
    embedding = make_embedding(model, tmp_path)
    assert fill(embedding, INDEX, lambda: False)
    assert model.read == []
    assert answer(Question("is a nap any good?"), INDEX, embedding).found


def test_only_changed_highlights_get_new_vectors(tmp_path: Path) -> None:
    model = Thesaurus()
    embedding = make_embedding(model, tmp_path)
    assert fill(embedding, INDEX, lambda: False)
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
    assert fill(embedding, Index.build(changed), lambda: False)
    assert sorted(text for text in model.read if text != "Untitled") == [
        "A lender waits.",
        "The sea is younger than some whales.",
    ]


def test_vectors_of_deleted_highlights_are_deleted(tmp_path: Path) -> None:
    embedding = make_embedding(Thesaurus(), tmp_path)
    assert fill(embedding, INDEX, lambda: False)
    deleted_key = key(NOTES.highlights[1])

    def is_stored() -> bool:
        return any(deleted_key in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert is_stored()
    assert fill(embedding, Index.build(library_of([NOTES.highlights[0], NOTES.highlights[2]])), lambda: False)
    assert not is_stored()


def test_a_library_that_is_empty_for_a_moment_loses_no_vectors(tmp_path: Path) -> None:
    embedding = make_embedding(Thesaurus(), tmp_path)
    assert fill(embedding, INDEX, lambda: False)
    fill(embedding, Index.build(Library()), lambda: False)
    model = Thesaurus()
    assert fill(make_embedding(model, tmp_path), INDEX, lambda: False)
    assert model.read == []


def test_vectors_computed_before_a_stop_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "HIGHLIGHTS_PER_STEP", 1)
    monkeypatch.setattr(backfill, "processor_count", lambda background: 1)
    embedding, steps = make_embedding(Thesaurus(), tmp_path), iter([False])
    assert not fill(embedding, INDEX, lambda: next(steps, True))
    done = embedding.progress(INDEX).vectors
    assert 0 < done < 3
    assert make_embedding(Thesaurus(), tmp_path).progress(INDEX).vectors == done


def test_a_cache_that_cannot_be_written_costs_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    embedding = make_embedding(Thesaurus(), tmp_path / "file")
    assert fill(embedding, INDEX, lambda: False)
    assert answer(Question("is a nap any good?"), INDEX, embedding).found
    assert len(caplog.records) == 1


def test_the_newest_highlights_get_vectors_first() -> None:
    days = ("2021-03-01", "2024-05-06", "2022-01-01")
    notes = library_of(highlight(day, f"A doze on {day}.", added=day) for day in days)
    index, embedding = Index.build(notes), make_embedding()
    missing = embedding.vectors(index).missing(index.facets.newest_first().tolist())
    assert [notes.highlights[number].id for _, number in missing] == sorted(days, reverse=True)


def test_changed_notes_get_vectors_in_the_background(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "POLL_INTERVAL_S", 0.01)
    caplog.set_level(logging.INFO)
    bot, stop = Bot(INDEX), threading.Event()
    bot.embedding = Embedding("thesaurus", Thesaurus, None)
    thread = threading.Thread(target=keep_filled, args=(bot.embedding, lambda: bot.index, stop))
    thread.start()
    try:
        _until(lambda: _found(bot, "is a nap any good?"))
        bot.index = Index.build(library_of([*NOTES.highlights, highlight("bank", "A lender is patient.")]))
        _until(lambda: _found(bot, "which bank is patient at last?"))
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert "3 highlights are found by meaning too" in caplog.text


def _found(bot: Bot, question: str) -> bool:
    return answer(Question(question), bot.index, bot.embedding).found


def _until(condition: object) -> None:
    limit = threading.Event()
    for _ in range(2_000):
        if condition():  # type: ignore[operator]
            return
        limit.wait(0.01)
    pytest.fail("the condition never became true")


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux has priorities of threads")
def test_background_work_runs_at_the_lowest_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    embedding = make_embedding(model := Thesaurus())
    priorities: set[int] = set()
    passages = model.passages

    def passages_and_priority(texts: list[str]) -> Floats:
        priorities.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return passages(texts)

    model.passages = passages_and_priority  # type: ignore[method-assign, assignment]
    assert fill(embedding, INDEX, lambda: False, background=True)
    assert priorities == {19}
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19


def test_readyz_reports_the_progress_of_vectors() -> None:
    embedding = make_embedding()
    bot = Bot(INDEX, embedding=embedding)
    assert fill(embedding, INDEX, lambda: False)
    health = Health(meaning=lambda: asdict(embedding.progress(bot.index, at_once=True)))
    assert health.report()["meaning"] == {
        "model": "thesaurus",
        "state": "ready",
        "vectors": 3,
        "wanted": 3,
        "problem": None,
        "english": True,
    }
    assert "meaning" not in Health().report()
