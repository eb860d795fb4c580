"""Notes change while questions are answered."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest

from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.library.follow import change_events, follow
from bot.library.reloading import STORE_AFTER_S, Reloader
from bot.library.snapshot import load_snapshot, stored_after_changes
from bot.model import Answer, Question
from bot.search.index import Index
from corpus.folder.selection import Rules
from tests.notes_on_disk import note, write
from tests.processes import analects
from tests.slack_server import SlackServer


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    notes = {
        "hedges.md": note("- Hedges shelter wrens in winter."),
        "walls.md": note("- Walls remember masons.", title="On Walls"),
    }
    return write(tmp_path / "notes", dict(notes))


def make_reloader(root: Path) -> tuple[Bot, Reloader]:
    snapshot = load_snapshot(root, Rules())
    bot = Bot(snapshot.index)
    return bot, Reloader(bot, snapshot, root, Time())


def quoted_texts(bot: Bot, question: str) -> list[str]:
    reply = bot.reply(Question(question))
    assert isinstance(reply, Answer)
    return [quote.text for quote in reply.quotes]


def test_answers_come_from_the_changed_note_after_a_reload(root: Path) -> None:
    bot, reloader = make_reloader(root)
    (root / "walls.md").write_text(note("- Walls remember quarries.", title="On Walls"))
    index = bot.index
    status = reloader.update()
    assert quoted_texts(bot, "quarries") == ["Walls remember quarries."]
    assert not quoted_texts(bot, "masons")
    assert bot.index is not index
    assert status.highlights == 2
    assert status.stale_since is None


def test_no_question_waits_for_tables_derived_from_a_new_index(root: Path) -> None:
    bot, reloader = make_reloader(root)
    (root / "walls.md").write_text(note("- Walls remember quarries.", title="On Walls"))
    reloader.update()
    assert {"quotable", "facets", "library_languages"} <= vars(bot.index).keys()


def test_without_changes_no_index_is_built(root: Path) -> None:
    bot, reloader = make_reloader(root)
    index = bot.index
    reloader.update()
    (root / "walls.md").touch()
    reloader.update()
    assert bot.index is index


def test_a_question_sees_one_snapshot(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bot, reloader = make_reloader(root)
    begun, swapped = threading.Event(), threading.Event()
    seen: list[Index] = []

    def answer_after_the_swap(question: Question, index: Index, *_: object) -> Answer:
        begun.set()
        assert swapped.wait(30)
        seen.append(index)
        return answer(question, index)

    monkeypatch.setattr("bot.chat.conversation.answer", answer_after_the_swap)
    answers: list[list[str]] = []
    thread = threading.Thread(target=lambda: answers.append(quoted_texts(bot, "masons")))
    thread.start()
    assert begun.wait(30)
    before = bot.index
    (root / "walls.md").unlink()
    reloader.update()
    assert bot.index is not before
    swapped.set()
    thread.join(30)
    assert seen == [before]
    assert answers == [["Walls remember masons."]]
    assert not quoted_texts(bot, "masons")


def test_after_a_failed_build_the_old_index_stays_and_the_log_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, reloader = make_reloader(root)
    (root / "walls.md").write_text(note("- Walls remember quarries.", title="On Walls"))
    with monkeypatch.context() as broken:
        broken.setattr(Index, "build", lambda *_, **__: 1 / 0)
        status = reloader.update()
    assert status.stale_since == 1000.0
    assert status.reason == "the notes could not be updated: ZeroDivisionError"
    assert quoted_texts(bot, "masons")
    assert reloader.changed(reloader.stamps())
    assert reloader.update().stale_since is None
    assert quoted_texts(bot, "quarries")


@pytest.mark.parametrize("gone", ["missing", "empty"])
def test_without_the_folder_the_last_good_library_stays(root: Path, gone: str) -> None:
    bot, reloader = make_reloader(root)
    away = root.rename(root.with_name("away"))
    if gone == "empty":
        root.mkdir()
    assert reloader.update().stale_since == 1000.0
    reloader._clock.now = 2000.0  # type: ignore[attr-defined]
    status = reloader.update()
    assert status.stale_since == 1000.0
    assert status.reason
    assert status.highlights == 2
    assert quoted_texts(bot, "masons")
    if gone == "empty":
        root.rmdir()
    away.rename(root)
    assert reloader.changed(reloader.stamps())
    assert reloader.update().stale_since is None


def test_after_one_copy_is_deleted_the_other_one_answers(root: Path) -> None:
    bot, reloader = make_reloader(root)
    long = "- A hedge that is cut every second year carries more berries than one cut each autumn."
    write(root, {"a.md": note(long, title="A"), "b.md": note(long, title="B")})
    reloader.update()
    assert len(quoted_texts(bot, "berries")) == 1
    path = bot.index.library.highlights[0].path
    for name in ("a.md", "b.md"):
        if any(highlight.path == name for highlight in bot.index.library.highlights):
            path = name
    (root / path).unlink()
    reloader.update()
    assert len(quoted_texts(bot, "berries")) == 1
    write(root, {"c.md": note(long + "\n    - Tags: private", title="C")})
    reloader.update()
    assert not quoted_texts(bot, "berries")


async def test_a_reload_waits_until_files_are_quiet(root: Path) -> None:
    bot, reloader = make_reloader(root)
    reloader.update()
    stop = asyncio.Event()
    waits = 0

    async def file_events() -> AsyncIterator[None]:
        (root / "walls.md").write_text("")
        yield
        stop.set()

    async def sleep(_: float) -> None:
        nonlocal waits
        waits += 1
        assert quoted_texts(bot, "masons")
        if waits == 3:
            (root / "walls.md").write_text(note("- Walls remember quarries.", title="On Walls"))

    await follow(reloader, stop, file_events(), sleep)
    assert waits == 4
    assert quoted_texts(bot, "quarries")


async def test_a_reload_waits_at_most_ten_seconds_for_constant_writing(root: Path) -> None:
    bot, reloader = make_reloader(root)
    reloader.update()
    waits = 0

    async def file_events() -> AsyncIterator[None]:
        (root / "new.md").write_text("")
        yield

    async def sleep(_: float) -> None:
        nonlocal waits
        waits += 1
        (root / "new.md").write_text(note(*["- Ferries."] * waits, title="New"))

    await follow(reloader, asyncio.Event(), file_events(), sleep)
    assert waits == 10
    assert quoted_texts(bot, "ferries")


async def test_file_events_start_a_reload(root: Path) -> None:
    stop = asyncio.Event()
    file_events = change_events(root, stop)
    first_event = asyncio.ensure_future(anext(file_events))
    number = 0
    while not first_event.done():  # the watch starts some time after the request
        (root / "walls.md").write_text(f"{number}")
        number += 1
        await asyncio.wait({first_event}, timeout=0.05)
    stop.set()
    await file_events.aclose()  # type: ignore[attr-defined]


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Bot, Reloader, Time]:
    """A reloader over a library of a size that is cached, started from the cache."""
    monkeypatch.setattr("corpus.folder.known.RACY_NS", 0)  # files of just now count as complete
    root, cache = tmp_path / "notes", tmp_path / "cache"
    write(root, {"many.md": note(*[f"- Ferry number {number}." for number in range(2_000)])})
    load_snapshot(root, Rules(), cache)
    snapshot = load_snapshot(root, Rules(), cache)
    bot, clock = Bot(snapshot.index), Time()
    store = partial(stored_after_changes, root=root, folder=cache)
    reloader = Reloader(bot, snapshot, root, clock, store=store)
    reloader.prepare()
    reloader.update()
    return bot, reloader, clock


def is_mapped(index: Index) -> bool:
    """Whether the arrays are in the file of the cache and not in memory."""
    array: object = index.postings.passages
    while isinstance(array, np.ndarray):
        array = array.base
    return isinstance(array, mmap)


def test_a_changed_library_is_stored_and_answers_from_there(
    tmp_path: Path, cached: tuple[Bot, Reloader, Time]
) -> None:
    bot, reloader, clock = cached
    assert is_mapped(bot.index)
    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember quarries."))
    reloader.update()
    assert not is_mapped(bot.index)
    reloader.store_changes()
    assert not is_mapped(bot.index)  # another change may follow at once
    clock.now += STORE_AFTER_S
    reloader.store_changes()
    assert is_mapped(bot.index)
    assert quoted_texts(bot, "quarries") == ["Walls remember quarries."]
    stored = load_snapshot(tmp_path / "notes", Rules(), tmp_path / "cache")
    assert stored.known.read == 0  # the next start reads no note
    assert stored.stored is not None

    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember masons."))
    reloader.update()
    assert quoted_texts(bot, "masons") == ["Walls remember masons."]
    assert not quoted_texts(bot, "quarries")


def test_a_library_without_changes_is_not_stored_again(
    tmp_path: Path, cached: tuple[Bot, Reloader, Time]
) -> None:
    bot, reloader, clock = cached
    index = bot.index
    clock.now += STORE_AFTER_S
    reloader.update()  # as after each sync
    reloader.store_changes()
    assert bot.index is index


def test_what_cannot_be_stored_is_answered_from_memory_and_tried_once(
    tmp_path: Path,
    cached: tuple[Bot, Reloader, Time],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot, reloader, clock = cached
    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember quarries."))
    reloader.update()
    clock.now += STORE_AFTER_S

    def disk_is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.storage.save", disk_is_full)
    for _ in range(3):
        reloader.store_changes()
        reloader.update()
    assert sum("No space left" in line for line in caplog.messages) == 1
    assert quoted_texts(bot, "quarries") == ["Walls remember quarries."]


def test_nothing_is_stored_while_the_folder_is_gone(
    tmp_path: Path, cached: tuple[Bot, Reloader, Time]
) -> None:
    bot, reloader, clock = cached
    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember quarries."))
    reloader.update()
    (tmp_path / "notes").rename(tmp_path / "elsewhere")
    reloader.update()
    clock.now += STORE_AFTER_S
    reloader.store_changes()
    assert not is_mapped(bot.index)
    assert quoted_texts(bot, "quarries")


def test_nothing_is_stored_while_a_copy_is_held_back(
    tmp_path: Path, cached: tuple[Bot, Reloader, Time]
) -> None:
    bot, reloader, clock = cached
    passage = "- The harbour master keeps a lantern for every ship that never came back."
    (tmp_path / "notes" / "copy.md").write_text(note(passage))
    secret = tmp_path / "notes" / "secret.md"
    secret.write_text(note(f"{passage} #private"))
    reloader.update()
    assert not quoted_texts(bot, "lantern")
    secret.unlink()
    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember quarries."))
    reloader.update()
    clock.now += STORE_AFTER_S
    reloader.store_changes()
    assert not is_mapped(bot.index)
    reloader.update()
    assert quoted_texts(bot, "lantern")
    clock.now += STORE_AFTER_S
    reloader.store_changes()
    assert is_mapped(bot.index)
    assert quoted_texts(bot, "lantern")


async def test_changes_are_stored_when_nothing_more_happens(
    tmp_path: Path, cached: tuple[Bot, Reloader, Time]
) -> None:
    bot, reloader, clock = cached
    (tmp_path / "notes" / "walls.md").write_text(note("- Walls remember quarries."))

    async def file_events() -> AsyncIterator[None]:
        yield
        yield  # the next event is asked for while this one is worked on
        clock.now += STORE_AFTER_S
        yield

    async def sleep(_: float) -> None: ...

    await follow(reloader, asyncio.Event(), file_events(), sleep)
    assert is_mapped(bot.index)
    assert quoted_texts(bot, "quarries")


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
async def test_a_running_bot_lets_go_of_the_library_of_its_start(tmp_path: Path) -> None:
    root = tmp_path / "notes"
    write(root, {"many.md": note(*[f"- Ferry number {number}." for number in range(2_000)])})

    def open_files_of_index(pid: int) -> list[str]:
        found = []
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.append(str(link.readlink()))
        return [file for file in found if "/index/" in file]

    async with (
        SlackServer() as slack,
        analects(tmp_path, {**slack.settings, "CORPUS_PATH": str(root)}) as bot,
    ):
        await bot.ready()
        assert open_files_of_index(bot.process.pid)
        (root / "walls.md").write_text(note("- Walls remember quarries.", title="On Walls"))
        await bot.says("notes updated")
        async with asyncio.timeout(20):
            while open_files_of_index(bot.process.pid):  # noqa: ASYNC110  no event tells of it
                await asyncio.sleep(0.1)
