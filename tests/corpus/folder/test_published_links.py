"""Folders that are published by links: git-sync's worktrees, Kubernetes' mounted volumes. Named themselves, or their parent."""

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
    """Notes (path and the name of the file that is read) and skipped ones (path and reason)."""
    found = list(walk(check_root(root)))
    notes = {one.path: Path(one.location).name for one in found if isinstance(one, NoteFile)}
    return notes, {one.path: one.reason for one in found if isinstance(one, Skipped)}


@pytest.fixture
def git_sync(tmp_path: Path) -> Path:
    """As git-sync 4 lays out its volume; one version old, one new."""
    for version in ("0a1", "0b2"):
        write(tmp_path / f".worktrees/{version}/Books/Tides.md", f"Tides {version}")
        write(tmp_path / f".worktrees/{version}/.obsidian/plugin.md", "not a note")
        (tmp_path / f".worktrees/{version}/.git").write_text("gitdir: ../../.git/worktrees/0a1")
    (tmp_path / ".git").mkdir()
    (tmp_path / "vault").symlink_to(".worktrees/0b2")
    return tmp_path


@pytest.mark.parametrize("named", ["vault", "."])
def test_git_sync_by_the_link_and_by_the_parent(named: str, git_sync: Path) -> None:
    library = load(git_sync / named)
    assert [one.source.title for one in library.highlights] == ["Tides 0b2"]


def test_a_new_version_of_git_sync_is_read_after_the_swap(git_sync: Path) -> None:
    write(git_sync / ".worktrees/0c3/Books/Tides.md", "Tides 0c3")
    (git_sync / "new").symlink_to(".worktrees/0c3")
    (git_sync / "new").replace(git_sync / "vault")
    assert [one.source.title for one in load(git_sync).highlights] == ["Tides 0c3"]


@pytest.fixture
def projected(tmp_path: Path) -> Path:
    """As Kubernetes mounts a ConfigMap or a projected volume."""
    volume = tmp_path / "volume"
    write(volume / "..2026_11_28/Tides.md", "Tides")
    write(volume / "..2026_11_28/sub/Gulls.md", "Gulls")
    (volume / "..data").symlink_to("..2026_11_28")
    (volume / "Tides.md").symlink_to("..data/Tides.md")
    (volume / "sub").symlink_to("..data/sub")
    return volume


def test_a_projected_volume_by_its_folder_and_by_the_parent(projected: Path) -> None:
    for root, before in ((projected, ""), (projected.parent, "volume/")):
        notes, _ = notes_and_skipped(root)
        assert set(notes) == {f"{before}Tides.md", f"{before}sub/Gulls.md"}


def test_no_reason_contradicts_another(projected: Path, git_sync: Path) -> None:
    """A file that is read is not skipped as well, and nothing is said to be read where it is not."""
    notes, skipped = notes_and_skipped(git_sync)
    assert not any(path.startswith(".worktrees/0b2") for path in skipped)
    assert "a link within the folder: its target is read where it stands" not in skipped.values()
    assert len(notes) == 3


def test_a_link_into_the_trash_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / ".trash/Old.md", "Old")
    (tmp_path / "Old.md").symlink_to(".trash/Old.md")
    assert notes_and_skipped(tmp_path)[0] == {}


def test_links_in_a_circle_and_two_to_one_place_are_read_once(tmp_path: Path) -> None:
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
