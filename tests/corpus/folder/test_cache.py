"""A start reads only the notes that changed, and gets the same library as a start without a cache."""

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
def _trust_file_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusts the times of files. Otherwise files written a moment ago, like those of a test, are read again."""
    monkeypatch.setattr("corpus.folder.known.RACY_NS", 0)


def make_files_old(root: Path) -> None:
    for path in root.rglob("*.md"):
        os.utime(path, ns=(10**18, 10**18))


def start(root: Path, folder: Path, rules: Rules | None = None) -> Snapshot:
    """Starts with the cache, and checks that the library equals one loaded without it."""
    snapshot = load_snapshot(root, rules or Rules(), folder, min_cached=1)
    fresh = load(root, rules)
    assert snapshot.known.library == fresh
    assert snapshot.index.library == fresh
    return snapshot


def test_a_second_start_reads_no_note(root: Path, tmp_path: Path) -> None:
    assert start(root, tmp_path / "cache").known.read == 5
    again = start(root, tmp_path / "cache")
    assert again.known.read == 0
    assert again.stored is not None
    assert answer(Question("masons"), again.index).found


def test_changed_moved_and_deleted_notes_are_noticed(root: Path, tmp_path: Path) -> None:
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
    assert {highlight.path for highlight in moved.known.library.highlights} >= {"moved.md"}
    (root / "moved.md").unlink()
    assert not answer(Question("quarry"), start(root, folder).index).found
    assert start(root, folder).known.read == 0


def test_a_new_private_copy_hides_a_passage_from_the_cache(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    write(root, {"new.md": note(f"- {LONG}.", title="Elsewhere", head="---\ntags: [private]\n---")})
    hidden = start(root, folder)
    assert not answer(Question("berries"), hidden.index).found
    assert start(root, folder).known.read == 0
    (root / "new.md").unlink()
    assert answer(Question("berries"), start(root, folder).index).found


def test_other_privacy_rules_or_another_reader_version_read_all_notes_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    assert start(root, folder, Rules(private_tags=("secret",))).known.read == 5
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 5
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 0
    monkeypatch.setattr(cache, "version", lambda: b"another")
    assert start(root, folder, Rules(private_paths=("walls.md",))).known.read == 5


def test_plain_notes_are_left_out_once_an_export_appears(tmp_path: Path) -> None:
    root = write(tmp_path / "notes", {"thought.md": "A plain thought about rivers.\n"})
    start(root, tmp_path / "cache")
    write(root, {"hedges.md": note("- Hedges shelter wrens.")})
    assert len(start(root, tmp_path / "cache").known.library.highlights) == 1
    (root / "hedges.md").unlink()
    start(root, tmp_path / "cache")


def test_nothing_private_is_written_to_the_cache(root: Path, tmp_path: Path) -> None:
    (root / "MARKEDPATH").mkdir()
    write(root, {"MARKEDPATH/MARKEDNAME.md": note("- MARKEDBELOW.", title="Walls again")})
    write(root, {"twin.md": note("- X.", title="On Walls", head="---\ntags: [private, MARKEDTAG]\n---")})
    for _ in range(2):
        snapshot = load_snapshot(root, Rules(private_paths=("MARKEDPATH",)), tmp_path / "cache", min_cached=1)
        assert not any("MARKED" in repr(highlight) for highlight in snapshot.known.library.highlights)
        for path in (tmp_path / "cache").rglob("*"):
            assert not path.is_file() or b"MARKED" not in path.read_bytes().upper(), path


def test_the_cache_keeps_no_word_of_a_note_that_became_private(root: Path, tmp_path: Path) -> None:
    write(root, {"diary.md": note("- MARKEDWORD is nobody's business.", title="Diary")})
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    write(root, {"diary.md": note("- MARKEDWORD.", title="Diary", head="---\ntags: [private]\n---")})
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    for path in (tmp_path / "cache").rglob("*"):
        assert not path.is_file() or b"MARKED" not in path.read_bytes().upper(), path


def test_a_small_folder_has_no_cache(root: Path, tmp_path: Path) -> None:
    load_snapshot(root, Rules(), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_costs_one_warning(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file")
    with caplog.at_level(logging.WARNING):
        assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 5
    assert len(caplog.records) == 1


def test_a_cache_of_another_version_is_rebuilt_and_nothing_is_logged(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    (file,) = (path for path in (tmp_path / "cache").rglob("notes") if path.is_file())
    file.write_bytes(file.read_bytes().replace(MAGIC, MAGIC[:-2] + b"0\n", 1))
    with caplog.at_level(logging.INFO):
        assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 5
    assert not caplog.records
    assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 0


def kill_while_indexing(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Index, "build", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_snapshot(root, Rules(), folder, min_cached=1)


def test_a_start_killed_while_indexing_keeps_the_notes_it_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    kill_while_indexing(root, folder, monkeypatch)
    assert start(root, folder).known.read == 0
    (root / "walls.md").write_text(note("- Ditches remember rain.", title="On Ditches"), encoding="utf-8")
    make_files_old(root)
    kill_while_indexing(root, folder, monkeypatch)
    again = start(root, folder)
    assert again.known.read == 0
    assert answer(Question("ditches"), again.index).found
    assert not answer(Question("masons"), again.index).found


def test_a_start_after_a_killed_one_still_reports_what_became_private(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot needs this report to delete the vectors of those passages."""
    folder = tmp_path / "cache"
    start(root, folder)
    text = (root / "walls.md").read_text(encoding="utf-8")
    (root / "walls.md").write_text(text.replace("masons.", "masons. #private"), encoding="utf-8")
    kill_while_indexing(root, folder, monkeypatch)
    again = start(root, folder)
    assert again.gone is not None
    assert [highlight.plain for highlight in again.gone] == ["Walls remember masons."]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["cut", "flip", "foreign", "nothing"]), st.floats(0, 1), st.data())
def test_a_damaged_cache_is_rebuilt(
    root: Path, tmp_path: Path, damage: str, share: float, data: st.DataObject
) -> None:
    folder = tmp_path / "cache"
    start(root, folder)
    written = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path = data.draw(st.sampled_from(written))
    old = path.read_bytes()
    position = int(share * (len(old) - 1))
    flipped = old[:position] + bytes([old[position] ^ 0xFF]) + old[position + 1 :]
    new = {"cut": old[:position], "flip": flipped, "foreign": b"\x80" + old[::-1], "nothing": b""}[damage]
    path.write_bytes(new)
    rebuilt = start(root, folder)
    assert answer(Question("masons"), rebuilt.index).found
    assert start(root, folder).known.read == 0
    (root / "walls.md").touch()
    (root / "walls.md").write_text((root / "walls.md").read_text() + f"- Gates {share}.\n")
    assert answer(Question("gates"), start(root, folder).index).found


@pytest.mark.slow
def test_many_notes_are_read_by_several_processes(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_one_process = load(root)
    monkeypatch.setattr(read, "MANY", 2)
    monkeypatch.setattr(read, "BATCH", 2)
    assert load(root) == in_one_process

    def fail(*_: object) -> None:
        raise OSError("no processes here")

    monkeypatch.setattr(read, "_in_processes", fail)
    assert load(root) == in_one_process


def test_notes_and_index_from_two_different_starts_can_be_loaded(root: Path, tmp_path: Path) -> None:
    first = load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1)
    second = load_snapshot(root, Rules(), tmp_path / "other", min_cached=1)
    first_folder, second_folder = (
        cache_folder(root, tmp_path / "cache"),
        cache_folder(root, tmp_path / "other"),
    )
    (second_folder / "notes").replace(
        first_folder / "notes"
    )  # notes from the second start, index from the first
    again = start(root, tmp_path / "cache")
    assert first.known.library == second.known.library == again.known.library
    assert isinstance(again.known.library, Library)


def test_the_walk_looks_for_every_suffix_that_a_reader_knows() -> None:
    """The walk has its own list of suffixes, because a start from the cache imports no reader."""
    known = {org.SUFFIX, *(suffix for layout in registry.all_layouts() for suffix in layout.suffixes)}
    assert known == files.NOTE_SUFFIXES


def test_a_start_without_changes_imports_no_reader(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.library.snapshot import load_snapshot;"
        "from corpus.folder.selection import SAMPLE_NOTES, Rules;"
        "found = load_snapshot(SAMPLE_NOTES, Rules(), Path(sys.argv[1]));"
        "print(len(found.index), 'corpus.formats.reader' in sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, text=True
        )
        for _ in range(2)
    ]
    (count, imported_first), (count_again, imported_later) = (run.stdout.split() for run in runs)
    assert (imported_first, imported_later) == ("True", "False")
    assert count == count_again
