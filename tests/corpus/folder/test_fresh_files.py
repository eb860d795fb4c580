"""A file that changed just before it was read may change again without a new time stamp. Its bytes tell whether it did."""

import os
from pathlib import Path

import pytest

from bot.library.snapshot import load_snapshot
from corpus.folder.files import NoteFile, walk
from corpus.folder.known import Known
from corpus.folder.selection import Rules
from corpus.folder.state import newly_private, refresh
from tests.notes_on_disk import note, write

AN_HOUR_NS = 3_600_000_000_000


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Notes that have changed just now, however slow this machine is."""
    monkeypatch.setattr("corpus.folder.known.RACY_NS", AN_HOUR_NS)
    notes = {
        "hedges.md": note("- Hedges shelter wrens.", title="On Hedges"),
        "walls.md": note("- Walls remember masons.", title="On Walls"),
    }
    write(tmp_path / "notes", dict(notes))
    return tmp_path / "notes"


def files_of(root: Path) -> list[NoteFile]:
    return [one for one in walk(root) if isinstance(one, NoteFile)]


def texts(known: Known) -> list[str]:
    return sorted(highlight.text for highlight in known.library.highlights)


def rewrite(path: Path, old: str, new: str) -> None:
    """Changes a file but not its size and its time."""
    assert len(old) == len(new)
    before = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_file_that_stayed_the_same_is_not_read_as_a_note_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refresh(Known(Rules()), files_of(root))
    assert [record.stamp for record in first.records.values()] == [None, None]
    meanwhile = refresh(first, files_of(root))
    assert meanwhile.read == 0
    assert [record.stamp for record in meanwhile.records.values()] == [None, None]
    monkeypatch.setattr("corpus.folder.known.RACY_NS", 0)
    later = refresh(meanwhile, files_of(root))
    assert later.read == 0
    assert None not in [record.stamp for record in later.records.values()]
    assert later.library == first.library


@pytest.mark.parametrize("racy_ns", [0, AN_HOUR_NS])
def test_a_change_that_no_time_tells_is_noticed(
    root: Path, monkeypatch: pytest.MonkeyPatch, racy_ns: int
) -> None:
    first = refresh(Known(Rules()), files_of(root))
    rewrite(root / "walls.md", "masons", "quarry")
    monkeypatch.setattr("corpus.folder.known.RACY_NS", racy_ns)
    changed = refresh(first, files_of(root))
    assert changed.read == 1
    assert texts(changed) == ["Hedges shelter wrens.", "Walls remember quarry."]


def test_private_text_that_no_time_tells_is_noticed(root: Path) -> None:
    first = refresh(Known(Rules()), files_of(root))
    assert newly_private(first, files_of(root)) == set()
    rewrite(root / "walls.md", "remember masons", "wait. #private ")
    assert newly_private(first, files_of(root)) == {str(root / "walls.md")}


def test_a_library_that_was_written_just_before_the_start_is_read_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To read a large library takes longer than a file may go on changing unnoticed."""

    def time_passes(done: int, total: int) -> None:
        if done == total:
            monkeypatch.setattr("corpus.folder.known.RACY_NS", 0)

    started = load_snapshot(root, Rules(), tmp_path / "cache", time_passes, min_cached=1)
    assert started.known.read == 2
    assert None not in [record.stamp for record in started.known.records.values()]
    assert load_snapshot(root, Rules(), tmp_path / "cache", min_cached=1).known.read == 0
