"""A corpus of several folders: a person's own notes, a repository, and highlights fetched from an account."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.reloading import Reloader
from bot.library.snapshot import load_snapshot
from corpus.folder.files import CorpusError
from corpus.folder.roots import Roots, fetched_roots, git_folder, readwise_folder
from corpus.folder.selection import Rules
from corpus.formats.readwise_api import FetchedHighlight, FetchedSource, encode
from corpus.load import load
from corpus.normalize import key

NOTE = "# {title}\n\n## Metadata\n- Author: [[Mara Quill]]\n\n## Highlights\n{passages}"
LONG = "Water keeps its own calendar, and the moon holds the pen."


def write_note(folder: Path, title: str, *passages: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"- {passage}\n" for passage in passages)
    (folder / f"{title}.md").write_text(NOTE.format(title=title, passages=lines))


def write_fetched(state: Path, id_: int, title: str, *highlights: FetchedHighlight) -> None:
    folder = readwise_folder(state)
    folder.mkdir(parents=True, exist_ok=True)
    source = FetchedSource(id_, title, author="Mara Quill", highlights=highlights)
    (folder / f"{id_}.json").write_bytes(encode(source))


def corpus_of(notes: Path | None, state: Path) -> Roots:
    found = fetched_roots(state, readwise=True, git=False, named=notes)
    assert found is not None
    return found


VIEW = "https://read.readwise.io/read/01a"
IN_FOLDER, IN_GIT, IN_ACCOUNT = (
    LONG,
    LONG.replace("holds", "kept holding"),
    LONG.replace("Water", "The water"),
)


@pytest.mark.parametrize(
    ("places", "shown"),
    [
        ("folder git", IN_FOLDER),
        ("folder account", IN_ACCOUNT),
        ("git account", IN_ACCOUNT),
        ("folder git account", IN_ACCOUNT),
    ],
)
def test_if_copies_differ_the_account_wins_then_the_folder_then_the_repository(
    places: str, shown: str, tmp_path: Path
) -> None:
    git = git_folder(tmp_path)
    if "folder" in places:
        write_note(tmp_path / "notes", "Tides", f"{IN_FOLDER} ([View Highlight]({VIEW}))")
    if "git" in places:
        write_note(git, "Tides", f"{IN_GIT} ([View Highlight]({VIEW}))\n    - Note: only in the repository")
    if "account" in places:
        write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, IN_ACCOUNT, url=VIEW))
    notes = tmp_path / "notes" if "folder" in places else None
    corpus = fetched_roots(tmp_path, readwise="account" in places, git="git" in places, named=notes)
    assert corpus is not None
    (found,) = load(corpus).highlights
    assert found.text == shown
    assert found.remark == ("only in the repository" if "git" in places else None)


def test_without_fetched_notes_there_is_only_the_folder(tmp_path: Path) -> None:
    assert fetched_roots(tmp_path, readwise=False, git=False, named=tmp_path) is None


def test_highlights_fetched_earlier_are_read_without_a_token(tmp_path: Path) -> None:
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG))
    found = fetched_roots(tmp_path, readwise=False, git=False, named=None)
    assert found is not None
    assert [highlight.text for highlight in load(found).highlights] == [LONG]


def test_the_corpus_is_empty_before_the_first_fetch(tmp_path: Path) -> None:
    assert load(corpus_of(None, tmp_path)).highlights == ()


def test_a_missing_folder_is_reported_and_fetched_highlights_stay(tmp_path: Path) -> None:
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG))
    library = load(corpus_of(tmp_path / "none", tmp_path))
    assert len(library.highlights) == 1
    assert [skipped.path for skipped in library.skipped] == ["."]
    assert "no such folder" in library.skipped[0].reason
    with pytest.raises(CorpusError):
        load(tmp_path / "none")


def test_plain_notes_are_read_with_a_token_as_without_one(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "Diary.md").write_text("Gulls remember faces and forgive none.\n")
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG))
    assert load(notes).highlights
    assert len(load(corpus_of(notes, tmp_path)).highlights) == 2


def test_a_damaged_fetched_file_is_skipped_with_a_reason(tmp_path: Path) -> None:
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG))
    file = readwise_folder(tmp_path) / "7.json"
    file.write_bytes(file.read_bytes()[:60])
    library = load(corpus_of(None, tmp_path))
    assert [(skipped.path, "damaged" in skipped.reason) for skipped in library.skipped] == [
        ("@readwise/7.json", True)
    ]


class _Bot:
    def __init__(self, snapshot: object) -> None:
        self.index = snapshot.index  # type: ignore[attr-defined]


def reloader(corpus: Roots) -> Reloader:
    snapshot = load_snapshot(corpus, Rules())
    return Reloader(_Bot(snapshot), snapshot, corpus)


def test_an_emptied_account_is_accepted_but_a_vanished_folder_is_not(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    write_note(notes, "Gulls", "Gulls remember faces and forgive none.")
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG))
    changes = reloader(corpus_of(notes, tmp_path))
    (readwise_folder(tmp_path) / "7.json").unlink()
    status = changes.update()
    assert (status.highlights, status.stale_since) == (1, None)
    shutil.move(notes, tmp_path / "away")
    status = changes.update()
    assert status.highlights == 1
    assert status.reason is not None
    shutil.move(tmp_path / "away", notes)
    assert changes.update().stale_since is None


def test_a_repository_is_swapped_as_a_whole_through_its_link(tmp_path: Path) -> None:
    trees = git_folder(tmp_path).parent
    write_note(trees / "tree-1" / "Reading", "Gulls", "Gulls remember faces and forgive none.")
    write_note(trees / "tree-2" / "Reading", "Tides", LONG)
    git_folder(tmp_path).symlink_to("tree-1")
    corpus = fetched_roots(tmp_path, readwise=False, git=True, named=Path("Reading"))
    assert corpus is not None
    changes = reloader(corpus)
    assert [highlight.path for highlight in changes._snapshot.known.library.highlights] == ["Gulls.md"]
    (trees / "new").symlink_to("tree-2")
    (trees / "new").replace(git_folder(tmp_path))
    changes.update()
    assert [highlight.text for highlight in changes._snapshot.known.library.highlights] == [LONG]


def test_the_newest_change_is_that_of_the_persons_own_folder(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    write_note(notes, "Gulls", "Gulls remember faces and forgive none.")
    write_note(notes, "Older", "The harbour sleeps at noon, they say.")
    os.utime(notes / "Gulls.md", (1_700_000_000, 1_700_000_000))
    os.utime(notes / "Older.md", (1_600_000_000, 1_600_000_000))
    write_fetched(tmp_path, 7, "Tides", FetchedHighlight(70, LONG, highlighted_at="2024-07-04T12:00:00Z"))
    changes = reloader(corpus_of(notes, tmp_path))
    # A file written a moment ago is read again next time; until then its time of change may be unknown.
    assert changes.status.newest_change in (None, 1_700_000_000.0)
    assert changes.status.newest == "2024-07-04"


TEXTS = st.sampled_from(
    ["Salt.", "Formatting", "Why", LONG, LONG + " Again and again.", "Gulls remember faces and forgive none."]
)
LINKS = st.sampled_from(
    [
        None,
        "https://read.readwise.io/read/01a",
        "https://read.readwise.io/read/01b",
        "https://readwise.io/open/70",
    ]
)
TITLES = st.sampled_from(["Tides", "Gulls"])
WRITTEN = st.lists(st.tuples(TITLES, TEXTS, LINKS), min_size=1, max_size=6)
FETCHED = st.lists(st.tuples(TITLES, TEXTS, LINKS), max_size=6)


def copies_of(
    passage: tuple[str, str | None], passages: list[tuple[str, str | None]]
) -> set[tuple[str, str | None]]:
    """All copies of a passage, by text or by link, with the copies of those copies."""
    found, waiting = {passage}, [passage]
    while waiting:
        text, link = waiting.pop()
        for other in passages:
            if other not in found and (other[0] == text or (link is not None and other[1] == link)):
                found.add(other)
                waiting.append(other)
    return found


@given(written=WRITTEN, fetched=FETCHED)
def test_a_highlight_of_a_note_keeps_its_id_whatever_is_fetched(
    written: list[tuple[str, str, str | None]],
    fetched: list[tuple[str, str, str | None]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    for title in ("Tides", "Gulls"):
        passages = [
            f"{text} ([View Highlight]({link}))" if link else text
            for source_title, text, link in written
            if source_title == title
        ]
        if passages:
            write_note(folder / "notes", title, *passages)
        highlights = [
            FetchedHighlight(70 + place, text, url=link)
            for place, (source_title, text, link) in enumerate(fetched)
            if source_title == title
        ]
        write_fetched(folder, len(title), title, *highlights)
    from_notes = load(folder / "notes").highlights
    from_both = load(corpus_of(folder / "notes", folder)).highlights
    ids = {highlight.id: highlight for highlight in from_both}
    assert len(ids) == len(from_both)
    fetched_links = {
        link for _, _, link in fetched
    }  # the account may have edited the texts behind these links
    kept = [highlight for highlight in from_notes if highlight.id in ids]
    edited = {key(text)[:20] for _, text, link in written if link is not None and link in fetched_links}
    unedited = [
        highlight
        for highlight in kept
        if highlight.link not in fetched_links and key(highlight.text)[:20] not in edited
    ]
    assert all(key(highlight.text)[:20] == key(ids[highlight.id].text)[:20] for highlight in unedited)
    # A fetched highlight may join two of the notes' highlights: one by its link, one by its text. Then one of the two ids stays.
    all_passages = [(key(highlight.text)[:20], highlight.link) for highlight in from_notes]
    all_passages += [(key(text)[:20], link) for _, text, link in [*written, *fetched]]
    kept_passages = {(key(highlight.text)[:20], highlight.link) for highlight in kept}
    for highlight in from_notes:
        assert highlight.id in ids or kept_passages & copies_of(
            (key(highlight.text)[:20], highlight.link), all_passages
        )
    shutil.rmtree(folder)
