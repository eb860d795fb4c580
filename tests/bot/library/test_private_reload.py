"""Private notes stay hidden while notes are made private, half-written, renamed, emptied or deleted."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from adapters.terminal import loading
from bot.chat.conversation import Bot
from bot.library.held_back import QUIET_S
from bot.library.reloading import Reloader
from bot.library.snapshot import cache_folder, load_snapshot
from bot.model import Answer, Question
from bot.semantic.passage_vectors import key
from bot.semantic.vector_store import VectorStore
from bot.settings import Settings, load_settings
from corpus.folder import state
from corpus.folder.state import refresh
from tests.notes_on_disk import note, write

SECRET = "Nobody who asks for it may ever read of the quagga in this sentence"
TITLE = "Zebrine"
PUBLIC = note(f"- {SECRET}.", "- The okapi is public.", title=TITLE)
PRIVATE = note(f"- {SECRET}.", title="Kept", head="---\ntags: [private]\n---")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    root = write(
        tmp_path / "notes", {"a.md": PUBLIC, "other.md": note("- Walls remember masons.", title="Walls")}
    )
    monkeypatch.setenv("CORPUS_PATH", str(root))
    monkeypatch.setenv("STATE_PATH", str(tmp_path / "state"))
    return load_settings()


def start_bot(settings: Settings, clock: Clock) -> tuple[Bot, Reloader]:
    snapshot = load_snapshot(settings.corpus, settings.rules, settings.cache_path, min_cached=1)
    bot = Bot(snapshot.index)
    return bot, Reloader(bot, snapshot, settings.corpus, clock, partial(loading.forget, settings))


def answers_secret(bot: Bot) -> bool:
    reply = bot.reply(Question("quagga"))
    assert isinstance(reply, Answer)
    return reply.found


def bytes_on_disk(settings: Settings) -> bytes:
    """Returns all bytes that are on disk about the library."""
    files = [path for path in settings.cache_path.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_a_note_that_becomes_private_is_gone_from_memory_and_disk_after_the_reload(
    settings: Settings, clock: Clock
) -> None:
    bot, reloader = start_bot(settings, clock)
    cache = cache_folder(settings.corpus, settings.cache_path)
    stores = [VectorStore(cache / "vectors" / model, 4) for model in ("one", "another")]
    for store in stores:
        highlights = bot.index.library.highlights
        store.add(
            [key(highlight) for highlight in highlights], [np.ones((1, 4), np.float32)] * len(highlights)
        )
    secret = next(key(highlight) for highlight in bot.index.library.highlights if "quagga" in highlight.text)
    assert answers_secret(bot)
    assert b"quagga" in bytes_on_disk(settings)
    assert secret in bytes_on_disk(settings)
    path = settings.corpus_path / "a.md"
    path.write_text("---\ntags: [private]\n---\n" + PUBLIC)
    reloader.update()
    assert not answers_secret(bot)
    index = bot.index
    assert TITLE.lower() not in repr(index.library).lower()
    assert not index.facets.names("title").complete("zeb", 5)
    assert TITLE not in repr(bot.reply(Question("okapi zebrin")))
    assert b"quagga" not in bytes_on_disk(settings)
    assert TITLE.encode() not in bytes_on_disk(settings)
    assert secret not in bytes_on_disk(settings)
    assert b"masons" in bytes_on_disk(settings)


def test_nothing_is_left_of_a_library_that_becomes_private_as_a_whole(
    settings: Settings, clock: Clock
) -> None:
    bot, reloader = start_bot(settings, clock)
    for path in settings.corpus_path.glob("*.md"):
        path.write_text("---\ntags: private\n---\n" + path.read_text())
    reloader.update()
    assert len(bot.index) == 0
    assert b"quagga" not in bytes_on_disk(settings)
    assert b"masons" not in bytes_on_disk(settings)


@pytest.mark.parametrize("change", ["emptied", "half", "deleted", "renamed", "untagged"])
def test_copies_stay_hidden_until_the_private_note_is_left_alone(
    settings: Settings, clock: Clock, change: str
) -> None:
    private = settings.corpus_path / "private.md"
    private.write_text(PRIVATE)
    bot, reloader = start_bot(settings, clock)
    reloader.update()
    assert not answers_secret(bot)
    if change in ("deleted", "renamed"):
        private.unlink()
    else:
        private.write_text(
            {"emptied": "", "half": PRIVATE[:20], "untagged": PRIVATE.replace("private", "publik")}[change]
        )
    reloader.update()
    assert not answers_secret(bot)
    clock.now += QUIET_S / 2
    reloader.update()
    assert not answers_secret(bot)
    if change == "renamed":
        (settings.corpus_path / "moved.md").write_text(PRIVATE)
        clock.now += 10 * QUIET_S
        reloader.update()
        assert not answers_secret(bot)
        return
    assert reloader.held_back_for() == QUIET_S / 2
    clock.now += QUIET_S
    assert reloader.changed(reloader.stamps())
    reloader.update()
    assert answers_secret(bot)


def test_private_highlights_vanish_before_other_changes_are_read(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, reloader = start_bot(settings, clock)
    answered: list[bool] = []

    def refresh_and_ask(*args: object, **given: object) -> object:
        if given.get("only") is None:
            answered.append(answers_secret(bot))
        return refresh(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(state, "refresh", refresh_and_ask)
    (settings.corpus_path / "new.md").write_text(note("- Many other notes changed, too.", title="New"))
    (settings.corpus_path / "a.md").write_text(PUBLIC + "\n#private\n")
    reloader.update()
    assert answered == [False]


def test_a_slow_reload_is_reported_in_the_status(settings: Settings, clock: Clock) -> None:
    bot, reloader = start_bot(settings, clock)
    reloader.late()
    assert reloader.status.stale_since == clock.now
    assert reloader.status.reason == "reading the changed notes takes longer than 60 s"
    assert answers_secret(bot)
    assert reloader.update().stale_since is None
