"""Highlights that are private, deleted or rewritten in Readwise are not quoted from older copies in notes."""

from pathlib import Path
from typing import Any

import pytest

from adapters.sources.withholding import DOCUMENT_NOTE
from bot.library.snapshot import load_snapshot
from corpus.folder.roots import Root, Roots
from corpus.load import Rules, load
from corpus.merging import withheld
from corpus.model import Library
from tests.adapters.sources.bench import FetchedCopy
from tests.readwise_server import Highlight, ReadwiseServer, Source

MOON = "Water keeps its own calendar, and the moon holds the pen."
HARBOUR = "A harbour is a promise that the land makes."
PRIVATE: dict[str, Any] = {"tags": [{"id": 1, "name": "private"}]}


class Vault:
    """A folder of notes that was exported from an account, and the copy that is fetched from the same account."""

    def __init__(self, folder: Path, server: ReadwiseServer, copy: FetchedCopy) -> None:
        self.folder = folder / "vault"
        self.folder.mkdir()
        self.account, self.copy = server.account, copy
        self.book: Source = self.account.add_source("The Tide Clock", author="Mara Quill")
        self.moon: Highlight = self.account.add_highlight(self.book, MOON)
        self.harbour: Highlight = self.account.add_highlight(self.book, HARBOUR)
        self.short: Highlight = self.account.add_highlight(self.book, "Ebb.")
        self.export("The Tide Clock.md", MOON, HARBOUR, "Ebb.")

    def export(self, name: str, *texts: str) -> None:
        """Writes a note as Readwise's Obsidian plugin does."""
        lines = [
            f"- {text} ([Location {at}](https://readwise.io/to_kindle?action=open&asin=B00TIDE&location={at}))"
            for at, text in enumerate(texts, start=10)
        ]
        (self.folder / name).write_text(
            "# The Tide Clock\n\n![rw-book-cover](https://tide.example/cover.png)\n\n## Metadata\n- Author: [[Mara Quill]]\n"
            "- Full Title: The Tide Clock\n- Category: #books\n\n## Highlights\n" + "\n".join(lines) + "\n"
        )

    def write(self, name: str, *texts: str) -> None:
        """Writes a note as a person does."""
        (self.folder / name).write_text(
            "# On tides\n\n## Highlights\n" + "".join(f"- {text}\n" for text in texts)
        )

    @property
    def corpus(self) -> Roots:
        fetched = Root(self.copy.store.folder, "@readwise/", fetched=True, layout="files")
        return Roots((Root(self.folder), fetched))

    def library(self) -> Library:
        return load(self.corpus, Rules())

    def texts(self) -> set[str]:
        return {highlight.text for highlight in self.library().highlights}


@pytest.fixture
def vault(tmp_path: Path, readwise: ReadwiseServer, copy: FetchedCopy) -> Vault:
    return Vault(tmp_path, readwise, copy)


@pytest.mark.parametrize("from_the_beginning", [False, True])
@pytest.mark.parametrize("which", ["moon", "short"])
async def test_a_private_highlight_is_not_quoted_from_any_note(
    which: str, from_the_beginning: bool, vault: Vault
) -> None:
    hidden: Highlight = getattr(vault, which)
    vault.write("mine.md", f"**{MOON}**", "A line of my own about tides.")
    if not from_the_beginning:
        await vault.copy.sync()
        assert hidden.text in vault.texts()
    vault.account.change(hidden, **PRIVATE)
    await vault.copy.sync()
    library = vault.library()
    assert not any(hidden.text.strip(".") in highlight.plain for highlight in library.highlights)
    assert library.private == 1
    written = [file.read_bytes() for file in vault.copy.folder.rglob("*") if file.is_file()]
    assert not any(hidden.text.encode() in data for data in written)
    vault.account.change(hidden, tags=[])
    await vault.copy.sync()
    assert hidden.text in {highlight.plain for highlight in vault.library().highlights}


@pytest.mark.parametrize(
    "fields", [{"book_tags": PRIVATE["tags"]}, {"document_note": "only for me #private"}]
)
@pytest.mark.parametrize("from_the_beginning", [False, True])
async def test_a_private_source_is_not_quoted_from_any_note(
    fields: dict[str, Any], from_the_beginning: bool, vault: Vault
) -> None:
    if not from_the_beginning:
        await vault.copy.sync()
    vault.account.change_source(vault.book, **fields)
    await vault.copy.sync()
    assert vault.texts() == set()
    vault.account.change_source(vault.book, book_tags=[], document_note=None)
    await vault.copy.sync(full=True)
    assert vault.texts() == {MOON, HARBOUR, "Ebb."}
    assert vault.copy.store.withheld(vault.book.id) is None


async def test_a_highlight_that_the_settings_make_private_is_not_quoted_from_any_note(vault: Vault) -> None:
    vault.account.change(vault.moon, tags=[{"id": 2, "name": "diary"}])
    await vault.copy.sync()
    assert MOON in vault.texts()
    vault.copy.private_tags = ("private", "diary")
    vault.copy.is_private = lambda tags: bool({"private", "diary"} & set(tags))
    await vault.copy.sync()
    assert vault.texts() == {HARBOUR, "Ebb."}


@pytest.mark.parametrize("how", ["delete", "discard", "source"])
@pytest.mark.parametrize("which", ["moon", "short"])
async def test_a_deleted_highlight_is_not_quoted_from_readwises_own_export(
    how: str, which: str, vault: Vault
) -> None:
    deleted: Highlight = getattr(vault, which)
    await vault.copy.sync()
    if how == "delete":
        vault.account.delete(deleted)
    elif how == "discard":
        vault.account.change(deleted, is_discard=True)
    else:
        vault.account.delete_source(vault.book)
    await vault.copy.sync()
    library = vault.library()
    remaining = set() if how == "source" else {MOON, HARBOUR, "Ebb."} - {deleted.text}
    assert {highlight.text for highlight in library.highlights} == remaining
    assert (library.gone, library.private) == (3 - len(remaining), 0)
    await vault.copy.sync(full=True)
    assert vault.texts() == remaining


async def test_a_deleted_highlight_is_quoted_from_a_note_that_the_person_wrote(vault: Vault) -> None:
    vault.write("mine.md", MOON)
    await vault.copy.sync()
    vault.account.delete(vault.moon)
    await vault.copy.sync()
    assert MOON in vault.texts()


async def test_deleting_one_of_two_equal_highlights_keeps_the_other(vault: Vault) -> None:
    double = vault.account.add_highlight(vault.book, MOON)
    await vault.copy.sync()
    vault.account.delete(double)
    await vault.copy.sync()
    assert vault.texts() == {MOON, HARBOUR, "Ebb."}


async def test_highlights_that_readwise_no_longer_mentions_stay_in_the_notes(vault: Vault) -> None:
    await vault.copy.sync()
    vault.account.purge(vault.book)
    await vault.copy.sync(full=True, force=True)
    assert vault.texts() == {MOON, HARBOUR, "Ebb."}


async def test_a_rewritten_highlight_is_quoted_as_it_is_now(vault: Vault) -> None:
    await vault.copy.sync()
    vault.account.change(vault.moon, text="Nothing of the sentence before is left.")
    await vault.copy.sync()
    assert vault.texts() == {"Nothing of the sentence before is left.", HARBOUR, "Ebb."}
    await vault.copy.sync(full=True)
    assert MOON not in vault.texts()
    vault.account.change(vault.moon, text=MOON)
    await vault.copy.sync()
    assert vault.texts() == {MOON, HARBOUR, "Ebb."}


async def test_a_highlight_rewritten_before_the_first_sync_is_found_by_its_own_link(vault: Vault) -> None:
    link = "https://read.readwise.io/read/01moon"
    note = vault.folder / "The Tide Clock.md"
    note.write_text(
        "# The Tide Clock\n\n## Metadata\n- Author: [[Mara Quill]]\n- Full Title: The Tide Clock\n\n## Highlights\n"
        f"- {MOON} ([View Highlight]({link}))\n"
    )
    (from_the_note,) = load(vault.folder, Rules()).highlights
    vault.account.change(vault.moon, text="Quite another sentence.", url=link)
    await vault.copy.sync()
    ids = {highlight.text: highlight.id for highlight in vault.library().highlights}
    assert ids["Quite another sentence."] == from_the_note.id
    assert MOON not in ids


async def test_a_private_highlight_that_was_edited_is_found_by_its_own_link(vault: Vault) -> None:
    link = "https://read.readwise.io/read/01moon"
    (vault.folder / "The Tide Clock.md").write_text(
        "# The Tide Clock\n\n## Metadata\n- Full Title: The Tide Clock\n\n## Highlights\n"
        f"- The sentence as it was exported. ([View Highlight]({link}))\n- {HARBOUR}\n"
    )
    vault.account.change(vault.moon, text="As it is now.", url=link, **PRIVATE)
    await vault.copy.sync()
    assert vault.texts() == {HARBOUR, "Ebb."}


async def test_private_then_deleted_stays_private(vault: Vault) -> None:
    vault.write("mine.md", MOON)
    vault.account.change(vault.moon, **PRIVATE)
    await vault.copy.sync()
    vault.account.change(vault.moon, tags=[])
    vault.account.delete(vault.moon)
    await vault.copy.sync()
    assert MOON not in vault.texts()


async def test_the_cache_has_the_same_highlights_as_the_files(vault: Vault, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    await vault.copy.sync()

    def texts() -> set[str]:
        found = load_snapshot(vault.corpus, Rules(), cache, min_cached=1)
        assert {highlight.text for highlight in found.index.library.highlights} == vault.texts()
        return vault.texts()

    assert MOON in texts()
    vault.account.change(vault.moon, **PRIVATE)
    vault.account.delete(vault.harbour)
    await vault.copy.sync()
    assert texts() == {"Ebb."}
    assert texts() == {"Ebb."}
    vault.account.change(vault.moon, tags=[])
    await vault.copy.sync()
    assert texts() == {MOON, "Ebb."}


async def test_files_of_withheld_highlights_are_not_read_as_notes(vault: Vault) -> None:
    vault.account.change(vault.moon, **PRIVATE)
    await vault.copy.sync()
    library = vault.library()
    assert (library.notes, library.shapes, library.skipped) == (2, {"obsidian": 1, "readwise": 1}, ())
    file = vault.copy.store.folder / f"{vault.book.id}.withheld.json"
    file.write_bytes(file.read_bytes()[:40])
    assert [skipped.path for skipped in vault.library().skipped] == [f"@readwise/{file.name}"]
    (vault.copy.store.folder / "salt.withheld.json").write_bytes(b"{")
    await vault.copy.sync()
    assert MOON not in vault.texts()
    assert vault.library().skipped == ()
    copy = vault.copy
    copy.later(hours=1)
    sent = len(copy.server.requests)
    await copy.sync()
    assert ["updatedAfter" in request for request in copy.server.requests[sent:]] == [True], (
        "one full run is enough"
    )


async def test_each_machine_has_its_own_salt_and_digests(vault: Vault, tmp_path: Path) -> None:
    vault.account.change(vault.moon, **PRIVATE)
    await vault.copy.sync()
    other = FetchedCopy(tmp_path / "other", vault.copy.server)
    await other.sync()
    ours, theirs = (machine.store.withheld(vault.book.id) for machine in (vault.copy, other))
    assert ours is not None
    assert theirs is not None
    assert ours.salt != theirs.salt
    assert not withheld.split(ours.private_names) & withheld.split(theirs.private_names)
    assert DOCUMENT_NOTE not in ours.private
