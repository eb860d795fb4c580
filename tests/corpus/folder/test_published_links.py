"""Folders published through symbolic links: git-sync's worktrees and Kubernetes' mounted volumes.

The setting may name the published folder or its parent.
"""

from pathlib import Path

import pytest

from corpus.folder.files import NoteFile, check_root, walk
from corpus.load import load
from corpus.model import Skipped

NOTE = "# {title}\n\n## Highlights\n- A passage of {title}, long enough to stand by itself.\n"


def write(file: Path, title: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(NOTE.format(title=title))


def notes_and_skipped(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the notes (path and name of the file behind it) and the skipped files (path and reason)."""
    found = list(walk(check_root(root)))
    notes = {file.path: Path(file.location).name for file in found if isinstance(file, NoteFile)}
    return notes, {file.path: file.reason for file in found if isinstance(file, Skipped)}


@pytest.fixture
def git_sync(tmp_path: Path) -> Path:
    """A volume as git-sync 4 lays it out, with an old and a new version."""
    for version in ("0a1", "0b2"):
        write(tmp_path / f".worktrees/{version}/Books/Tides.md", f"Tides {version}")
        write(tmp_path / f".worktrees/{version}/.obsidian/plugin.md", "not a note")
        (tmp_path / f".worktrees/{version}/.git").write_text("gitdir: ../../.git/worktrees/0a1")
    (tmp_path / ".git").mkdir()
    (tmp_path / "vault").symlink_to(".worktrees/0b2")
    return tmp_path


@pytest.mark.parametrize("named", ["vault", "."])
def test_a_git_sync_volume_can_be_named_by_its_link_or_its_parent(named: str, git_sync: Path) -> None:
    library = load(git_sync / named)
    assert [highlight.source.title for highlight in library.highlights] == ["Tides 0b2"]


def test_a_new_version_of_git_sync_is_read_after_the_swap(git_sync: Path) -> None:
    write(git_sync / ".worktrees/0c3/Books/Tides.md", "Tides 0c3")
    (git_sync / "new").symlink_to(".worktrees/0c3")
    (git_sync / "new").replace(git_sync / "vault")
    assert [highlight.source.title for highlight in load(git_sync).highlights] == ["Tides 0c3"]


@pytest.fixture
def projected(tmp_path: Path) -> Path:
    """A volume as Kubernetes mounts a ConfigMap or a projected volume."""
    volume = tmp_path / "volume"
    write(volume / "..2026_11_28/Tides.md", "Tides")
    write(volume / "..2026_11_28/sub/Gulls.md", "Gulls")
    (volume / "..data").symlink_to("..2026_11_28")
    (volume / "Tides.md").symlink_to("..data/Tides.md")
    (volume / "sub").symlink_to("..data/sub")
    return volume


def test_a_projected_volume_can_be_named_by_its_folder_or_its_parent(projected: Path) -> None:
    for root, prefix in ((projected, ""), (projected.parent, "volume/")):
        notes, _ = notes_and_skipped(root)
        assert set(notes) == {f"{prefix}Tides.md", f"{prefix}sub/Gulls.md"}


def test_no_file_is_both_read_and_skipped(projected: Path, git_sync: Path) -> None:
    """No link is skipped with the reason that its target is read in place, because the target is hidden."""
    notes, skipped = notes_and_skipped(git_sync)
    assert not any(path.startswith(".worktrees/0b2") for path in skipped)
    assert "a link within the folder: its target is read where it stands" not in skipped.values()
    assert len(notes) == 3


def test_a_link_into_the_trash_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / ".trash/Old.md", "Old")
    (tmp_path / "Old.md").symlink_to(".trash/Old.md")
    assert notes_and_skipped(tmp_path)[0] == {}


def test_circular_links_and_two_links_to_one_folder_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / ".store/Tides.md", "Tides")
    (tmp_path / ".store/up").symlink_to("..")
    (tmp_path / "one").symlink_to(".store")
    (tmp_path / "two").symlink_to(".store")
    (tmp_path / "self").symlink_to("self")
    notes, skipped = notes_and_skipped(tmp_path)
    assert set(notes) == {"one/Tides.md"}
    assert {"two", "self", "one/up"} <= set(skipped)


def test_a_hidden_link_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / ".store/Tides.md", "Tides")
    (tmp_path / ".link").symlink_to(".store")
    notes, skipped = notes_and_skipped(tmp_path)
    assert notes == {}
    assert skipped[".link"] == "a hidden link"
