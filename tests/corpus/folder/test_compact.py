"""What is known of a folder stays the same when it is moved together in memory."""

from pathlib import Path

from corpus.folder import cache
from corpus.folder.compact import PackedState
from corpus.folder.known import Known
from corpus.folder.roots import listed
from corpus.folder.selection import Rules
from corpus.folder.state import refresh
from corpus.passages import Passages
from tests.notes_on_disk import note, write


def known_of(root: Path) -> Known:
    notes = {
        "hedges.md": note("- Hedges shelter wrens.", "- Berries need two years."),
        "walls.md": note("- Walls remember masons.", title="On Walls"),
        "secret.md": note("- Nobody knows it.", head="---\ntags: [private]\n---"),
    }
    write(root, dict(notes))
    return refresh(Known(Rules()), listed(root))


def test_everything_that_is_known_stays_the_same(tmp_path: Path) -> None:
    known = known_of(tmp_path / "notes")
    assert PackedState.of(known).known() == known


def test_a_source_stays_one_object(tmp_path: Path) -> None:
    """Highlights are told apart by the identity of their sources."""
    moved = PackedState.of(known_of(tmp_path / "notes")).known()
    highlights = moved.library.highlights
    assert isinstance(highlights, Passages)
    library = {id(source) for source in moved.library.sources}
    assert {id(source) for part in highlights.parts for source in part.sources} == library
    assert {id(part) for part in highlights.parts} <= {id(one.highlights) for one in moved.records.values()}


def test_highlights_are_still_read_from_the_cache(tmp_path: Path) -> None:
    known = known_of(tmp_path / "notes")
    assert cache.save(known, tmp_path / "cache", "token")
    packed = PackedState.of(known)
    texts = [one.text for one in known.library.highlights]
    del known
    assert b"masons" not in packed.packed
    assert [one.text for one in packed.known().library.highlights] == texts
