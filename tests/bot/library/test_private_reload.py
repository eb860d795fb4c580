"""Notes become private, half-written, renamed or emptied while questions are answered."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from adapters.terminal import loading
from bot.chat.conversation import Bot
from bot.library import reloading
from bot.library.held_back import QUIET_S
from bot.library.reloading import Reloader
from bot.library.snapshot import cache_folder, load_snapshot
from bot.model import Answer, Question
from bot.semantic.passage_vectors import key
from bot.semantic.vector_store import VectorStore
from bot.settings import Settings, load_settings
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


def running(settings: Settings, clock: Clock) -> tuple[Bot, Reloader]:
    snapshot = load_snapshot(settings.corpus, settings.rules, settings.cache_path, min_cached=1)
    bot = Bot(snapshot.index)
    return bot, Reloader(bot, snapshot, settings.corpus, clock, partial(loading.forget, settings))


def answers(bot: Bot) -> bool:
    reply = bot.reply(Question("quagga"))
    assert isinstance(reply, Answer)
    return reply.found


def stored(settings: Settings) -> bytes:
    """All that is on disk of the library."""
    files = [path for path in settings.cache_path.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_a_note_that_becomes_private_vanishes_everywhere_at_the_reload(
    settings: Settings, clock: Clock
) -> None:
    bot, kept = running(settings, clock)
    place = cache_folder(settings.corpus, settings.cache_path)
    stores = [VectorStore(place / "vectors" / model, 4) for model in ("one", "another")]
    for store in stores:
        highlights = bot.index.library.highlights
        store.add([key(one) for one in highlights], [np.ones((1, 4), np.float32)] * len(highlights))
    secret = next(key(one) for one in bot.index.library.highlights if "quagga" in one.text)
    assert answers(bot)
    assert b"quagga" in stored(settings)
    assert secret in stored(settings)
    path = settings.corpus_path / "a.md"
    path.write_text("---\ntags: [private]\n---\n" + PUBLIC)
    kept.update()
    assert not answers(bot)
    index = bot.index
    assert TITLE.lower() not in repr(index.library).lower()
    assert not index.facets.names("title").complete("zeb", 5)
    assert TITLE not in repr(bot.reply(Question("okapi zebrin")))
    assert b"quagga" not in stored(settings)
    assert TITLE.encode() not in stored(settings)
    assert secret not in stored(settings)
    assert b"masons" in stored(settings)


def test_a_public_library_that_becomes_private_as_a_whole_leaves_nothing(
    settings: Settings, clock: Clock
) -> None:
    bot, kept = running(settings, clock)
    for path in settings.corpus_path.glob("*.md"):
        path.write_text("---\ntags: private\n---\n" + path.read_text())
    kept.update()
    assert len(bot.index) == 0
    assert b"quagga" not in stored(settings)
    assert b"masons" not in stored(settings)


@pytest.mark.parametrize("change", ["emptied", "half", "deleted", "renamed", "untagged"])
def test_copies_stay_hidden_until_the_private_note_is_left_alone(
    settings: Settings, clock: Clock, change: str
) -> None:
    private = settings.corpus_path / "private.md"
    private.write_text(PRIVATE)
    bot, kept = running(settings, clock)
    kept.update()
    assert not answers(bot)
    if change in ("deleted", "renamed"):
        private.unlink()
    else:
        private.write_text(
            {"emptied": "", "half": PRIVATE[:20], "untagged": PRIVATE.replace("private", "publik")}[change]
        )
    kept.update()
    assert not answers(bot)
    clock.now += QUIET_S / 2
    kept.update()
    assert not answers(bot)
    if change == "renamed":
        (settings.corpus_path / "moved.md").write_text(PRIVATE)
        clock.now += 10 * QUIET_S
        kept.update()
        assert not answers(bot)
        return
    assert kept.held_back_for() == QUIET_S / 2
    clock.now += QUIET_S
    assert kept.changed(kept.stamps())
    kept.update()
    assert answers(bot)


def test_private_highlights_vanish_before_other_changes_are_read(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot, kept = running(settings, clock)
    seen: list[bool] = []

    def slow(*args: object, **given: object) -> object:
        if given.get("only") is None:
            seen.append(answers(bot))
        return refresh(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(reloading, "refresh", slow)
    (settings.corpus_path / "new.md").write_text(note("- Many other notes changed, too.", title="New"))
    (settings.corpus_path / "a.md").write_text(PUBLIC + "\n#private\n")
    kept.update()
    assert seen == [False]


def test_a_reload_that_takes_long_says_so(settings: Settings, clock: Clock) -> None:
    bot, kept = running(settings, clock)
    kept.late()
    assert kept.status.stale_since == clock.now
    assert kept.status.reason == "reading the changed notes takes longer than 60 s"
    assert answers(bot)
    assert kept.update().stale_since is None
