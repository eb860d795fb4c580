"""A start reads only what changed, and what it then knows equals a fresh load."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.answer import answer
from bot.library.snapshot import Snapshot, cache_folder, load_snapshot
from bot.model import Question
from bot.search.index import Index
from corpus.folder import cache, files, read
from corpus.folder.cache import MAGIC
from corpus.folder.selection import Rules
from corpus.formats import org, registry
from corpus.load import load
from corpus.model import Library
from tests.examples import examples
from tests.notes_on_disk import note, write

LONG = "The hedge that is cut every second year carries more berries than the one cut each autumn"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    notes = {
        "hedges.md": note(f"- {LONG}.", "- Hedges shelter wrens."),
        "walls.md": note("- Walls remember masons.", title="On Walls"),
        "copy.md": note(f"- {LONG} .", title="Copied", author="Ann Else"),
        "secret.md": note("- Nobody knows the MARKEDTEXT.", title="MARKEDTITLE", head="---\ntags: [private]\n---"),
        "half.md": note("- Ponds freeze.", "- MARKEDHALF.\n    - Note: MARKEDREMARK #private", title="Ponds"),
    }  # fmt: skip
    write(tmp_path / "notes", dict(notes))
    make_files_old(tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture(autouse=True)
def _times_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes of a test are as young as the test."""
    monkeypatch.setattr("corpus.folder.known.RACY_NS", 0)


def make_files_old(root: Path) -> None:
    for path in root.rglob("*.md"):
        os.utime(path, ns=(10**18, 10**18))


def start(root: Path, folder: Path, rules: Rules | None = None) -> Snapshot:
    """A start with the cache; it must know the same as one without."""
    snapshot = load_snapshot(root, rules or Rules(), folder, min_cached=1)
    fresh = load(root, rules)
    assert snapshot.known.library == fresh
    assert snapshot.index.library == fresh
    return snapshot


def test_a_second_start_reads_nothing(root: Path, tmp_path: Path) -> None:
    assert start(root, tmp_path / "cache").known.read == 5
    again = start(root, tmp_path / "cache")
    assert again.known.read == 0
    assert again.stored is not None
    assert answer(Question("masons"), again.index).found


def test_what_changed_is_read(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    (root / "walls.md").touch()
    assert start(root, folder).known.read == 1
    text = (root / "walls.md").read_text()
    (root / "walls.md").write_text(text.replace("masons", "quarry"))
    os.utime(root / "walls.md", ns=(10**18, 10**18))
    assert answer(Question("quarry"), start(root, folder).index).found
    (root / "walls.md").rename(root / "moved.md")
    moved = start(root, folder)
    assert {one.path for one in moved.known.library.highlights} >= {"moved.md"}
    (root / "moved.md").unlink()
    assert not answer(Question("quarry"), start(root, folder).index).found
    assert start(root, folder).known.read == 0


def test_private_copies_hide_public_ones_that_come_from_the_cache(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    write(root, {"new.md": note(f"- {LONG}.", title="Elsewhere", head="---\ntags: [private]\n---")})
    hidden = start(root, folder)
    assert not answer(Question("berries"), hidden.index).found
    assert start(root, folder).known.read == 0
    (root / "new.md").unlink()
    assert answer(Question("berries"), start(root, folder).index).found


def test_other_rules_or_another_reader_start_anew(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    assert start(root, folder, Rules(private_tags=("secret",))).known.read == 5
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 5
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 0
    monkeypatch.setattr(cache, "version", lambda: b"another")
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 5


def test_the_first_export_among_plain_notes_changes_all(tmp_path: Path) -> None:
    root = write(tmp_path / "notes", {"thought.md": "A plain thought about rivers.\n"})
    start(root, tmp_path / "cache")
    write(root, {"hedges.md": note("- Hedges shelter wrens.")})
    assert len(start(root, tmp_path / "cache").known.library.highlights) == 1
    (root / "hedges.md").unlink()
    start(root, tmp_path / "cache")


def test_nothing_private_is_written(root: Path, tmp_path: Path) -> None:
    (root / "MARKEDPATH").mkdir()
    write(root, {"MARKEDPATH/MARKEDNAME.md": note("- MARKEDBELOW.", title="Walls again")})
    write(root, {"twin.md": note("- X.", title="On Walls", head="---\ntags: [private, MARKEDTAG]\n---")})
    for _ in range(2):
        snapshot = load_snapshot(root, Rules(private_paths=("MARKEDPATH",)), tmp_path / "cache", min_cached=1)
        assert not any("MARKED" in repr(one) for one in snapshot.known.library.highlights)
        for path in (tmp_path / "cache").rglob("*"):
            assert not path.is_file() or b"MARKED" not in path.read_bytes().upper(), path


def test_of_a_note_that_becomes_private_not_a_word_stays(root: Path, tmp_path: Path) -> None:
    write(root, {"diary.md": note("- MARKEDWORD is nobody's business.", title="Diary")})
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    write(root, {"diary.md": note("- MARKEDWORD.", title="Diary", head="---\ntags: [private]\n---")})
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    for path in (tmp_path / "cache").rglob("*"):
        assert not path.is_file() or b"MARKED" not in path.read_bytes().upper(), path


def test_a_small_folder_has_no_cache(root: Path, tmp_path: Path) -> None:
    load_snapshot(root, Rules(), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written(root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file")
    with caplog.at_level(logging.WARNING):
        assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 5
    assert len(caplog.records) == 1


def test_a_cache_of_another_version_is_made_anew_without_a_word(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    (file,) = (one for one in (tmp_path / "cache").rglob("notes") if one.is_file())
    file.write_bytes(file.read_bytes().replace(MAGIC, MAGIC[:-2] + b"0\n", 1))
    with caplog.at_level(logging.INFO):
        assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 5
    assert not caplog.records
    assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 0


def killed_while_it_makes_the_index(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Index, "build", killed)
        with pytest.raises(KeyboardInterrupt):
            load_snapshot(root, Rules(), folder, min_cached=1)


def test_a_start_killed_while_it_makes_the_index_has_kept_the_notes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    killed_while_it_makes_the_index(root, folder, monkeypatch)
    assert start(root, folder).known.read == 0
    (root / "walls.md").write_text(note("- Ditches remember rain.", title="On Ditches"), encoding="utf-8")
    make_files_old(root)
    killed_while_it_makes_the_index(root, folder, monkeypatch)
    again = start(root, folder)
    assert again.known.read == 0
    assert answer(Question("ditches"), again.index).found
    assert not answer(Question("masons"), again.index).found


def test_what_became_private_is_told_though_a_start_was_killed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By this the vectors of what is private now are deleted."""
    folder = tmp_path / "cache"
    start(root, folder)
    text = (root / "walls.md").read_text(encoding="utf-8")
    (root / "walls.md").write_text(text.replace("masons.", "masons. #private"), encoding="utf-8")
    killed_while_it_makes_the_index(root, folder, monkeypatch)
    again = start(root, folder)
    assert again.gone is not None
    assert [one.plain for one in again.gone] == ["Walls remember masons."]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["cut", "flip", "foreign", "nothing"]), st.floats(0, 1), st.data())
def test_whatever_is_in_the_cache(
    root: Path, tmp_path: Path, how: str, at: float, data: st.DataObject
) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    written = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path = data.draw(st.sampled_from(written))
    old = path.read_bytes()
    place = int(at * (len(old) - 1))
    flipped = old[:place] + bytes([old[place] ^ 0xFF]) + old[place + 1 :]
    new = {"cut": old[:place], "flip": flipped, "foreign": b"\x80" + old[::-1], "nothing": b""}[how]
    path.write_bytes(new)
    again = start(root, folder)
    assert answer(Question("masons"), again.index).found
    assert start(root, folder).known.read == 0
    (root / "walls.md").touch()
    (root / "walls.md").write_text((root / "walls.md").read_text() + f"- Gates {at}.\n")
    assert answer(Question("gates"), start(root, folder).index).found


@pytest.mark.slow
def test_many_notes_are_read_by_several_processes(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = load(root)
    monkeypatch.setattr(read, "MANY", 2)
    monkeypatch.setattr(read, "BATCH", 2)
    assert load(root) == alone

    def none(*_: object) -> None:
        raise OSError("no processes here")

    monkeypatch.setattr(read, "_in_processes", none)
    assert load(root) == alone


def test_two_processes_at_once(root: Path, tmp_path: Path) -> None:
    first = load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    second = load_snapshot(root, Rules(), tmp_path / "other", min_cached=1)
    ours, theirs = cache_folder(root, tmp_path / "cache"), cache_folder(root, tmp_path / "other")
    (theirs / "notes").replace(ours / "notes")  # the notes of one, the index of the other
    again = start(root, tmp_path / "cache")
    assert first.known.library == second.known.library == again.known.library
    assert isinstance(again.known.library, Library)


def test_every_suffix_that_a_reader_knows_is_looked_for() -> None:
    """They are named apart from the readers, as a start from the cache imports none of them."""
    known = {org.SUFFIX, *(suffix for one in registry.all_layouts() for suffix in one.suffixes)}
    assert known == files.NOTE_SUFFIXES


def test_a_start_at_which_nothing_changed_imports_no_reader(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.library.snapshot import load_snapshot;"
        "from corpus.folder.selection import SAMPLE_NOTES, Rules;"
        "found = load_snapshot(SAMPLE_NOTES, Rules(), Path(sys.argv[1]));"
        "print(len(found.index), 'corpus.formats.reader' in sys.modules)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, text=True
        )
        for _ in range(2)
    ]
    (count, first), (again, later) = (one.stdout.split() for one in told)
    assert (first, later) == ("True", "False")
    assert count == again
