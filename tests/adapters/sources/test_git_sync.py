"""Following a git repository of notes: the notes that were pushed last are read."""

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.sources.errors import (
    RefusedTokenError,
    UnusableAnswerError,
)
from adapters.sources.git_store import MAX_PACKS, GitStore
from adapters.sources.git_sync import GitSync
from adapters.sources.outcome import Outcome
from corpus.folder.roots import Root, Roots
from corpus.formats.reader import LFS_POINTER
from corpus.load import Rules, load
from corpus.origins import GIT
from tests.adapters.sources.git_notes import files, follow, note, pushed
from tests.git_server import TOKEN, GitServer, Repository


async def test_the_notes_that_were_pushed_last_are_read(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    assert await sync.run() == Outcome(2, 2, added=2)
    assert files(store) == pushed(vault)
    vault.commit({"Books/tide.md": note("Water keeps its own calendar.", "The sea is late."), "b.md": None})
    assert await sync.run() == Outcome(1, 2, added=1, removed=1)
    assert files(store) == pushed(vault)
    vault.commit({"Books/tide.md": note("Water keeps its own time.", "The sea is late.")})
    assert await sync.run() == Outcome(1, 2, changed=1)
    assert await sync.run() == Outcome(1, 2)


async def test_a_renamed_note_is_neither_added_nor_removed(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    text = vault.files["b.md"]
    vault.commit({"b.md": None, "Essays/c.md": text})
    assert await sync.run() == Outcome(2, 2)
    assert files(store) == pushed(vault)


async def test_rewritten_history_is_followed(host: GitServer, vault: Repository, store: GitStore) -> None:
    sync = follow(store, host)
    await sync.run()
    vault.commit({"b.md": note("Another past.")}, orphan=True)
    await sync.run()
    assert files(store) == pushed(vault)


async def test_a_named_branch_is_followed_and_its_notes_stay_when_it_is_deleted(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    vault.commit({"only.md": note("On the branch alone.")}, branch="phone")
    del vault.files["only.md"]
    sync = follow(store, host, branch="phone")
    await sync.run()
    assert "only.md" in files(store)
    vault.delete_branch("phone")
    with pytest.raises(UnusableAnswerError, match="CORPUS_GIT_BRANCH"):
        await sync.run()
    assert "only.md" in files(store)


async def test_another_repository_replaces_the_previous_one(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    await follow(store, host).run()
    other = host.create("other")
    other.commit({"x.md": note("Elsewhere.")})
    assert await GitSync(store, host.url("other"), SecretStr(TOKEN)).run() == Outcome(
        1, 1, added=1, removed=2
    )
    assert files(store) == pushed(other)


async def test_only_notes_are_written_and_none_outside_the_folder(
    host: GitServer, vault: Repository, store: GitStore, tmp_path: Path
) -> None:
    vault.commit(
        {
            "a.md": note("One."),
            ".obsidian/app.md": "x",
            ".trash/old.md": "x",
            "picture.png": b"\x89PNG",
            "huge.md": b"x" * (17 << 20),
        },
        links={"out.md": "../../../../etc/passwd", "in.md": "a.md"},
    )
    await follow(store, host).run()
    assert set(files(store)) == {"Books/tide.md", "a.md", "b.md"}
    tree = store.tree()
    assert tree is not None
    assert not any(file.is_symlink() for file in tree.rglob("*"))


async def test_a_note_whose_name_the_disk_refuses_is_left_out(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    vault.commit({"n" * 300 + ".md": note("Too long a name.")})
    await follow(store, host).run()
    assert set(files(store)) == {"Books/tide.md", "b.md"}


async def test_only_the_owner_can_read_the_files_and_none_contains_the_token(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    await follow(store, host).run()
    found = [path for path in store.folder.parent.rglob("*") if not path.is_symlink()]
    notes = [path for path in found if path.suffix in (".md", ".json") and path.is_file()]
    assert notes
    assert {stat.S_IMODE(file.stat().st_mode) for file in notes} == {0o600}
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert not any(TOKEN.encode() in path.read_bytes() for path in found if path.is_file())


async def test_after_many_fetches_the_repository_is_fetched_from_scratch(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    packs = store.objects / "objects/pack"
    for number in range(MAX_PACKS + 1):
        (packs / f"pack-{number:040}.pack").write_bytes(b"")
    vault.commit({"b.md": None})
    await sync.run()
    assert files(store) == pushed(vault)
    assert len(list(packs.glob("*.pack"))) < 3


async def test_only_the_last_two_trees_are_kept(host: GitServer, vault: Repository, store: GitStore) -> None:
    sync = follow(store, host)
    for number in range(4):
        vault.commit({"b.md": note(f"Version {number}.")})
        await sync.run()
    assert len(list(store.folder.glob("tree-*"))) == 2
    assert files(store) == pushed(vault)


async def test_a_user_in_the_address_is_sent_beside_the_token(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    url = host.url().replace("http://", "http://x-token-auth@")
    await GitSync(store, url, SecretStr(TOKEN)).run()
    assert files(store) == pushed(vault)


async def test_check_says_whether_the_repository_can_be_read(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    assert "can be read" in await follow(store, host).check()
    with pytest.raises(RefusedTokenError):
        await follow(store, host, "wrong").check()
    assert not store.folder.exists()


async def test_submodules_lfs_pointers_and_odd_names_do_no_harm(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    latin = b"B\xfccher.md".decode("utf-8", "surrogateescape")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
    vault.commit(
        {
            latin: note("In a name that is no UTF-8."),
            "lfs.md": pointer,
            "READING.md": note("Upper case."),
            "reading.md": note("Lower case."),
        },
        submodules=["theme"],
    )
    assert await follow(store, host).run() == Outcome(5, 5, added=5)
    library = load(Roots((Root(store.current, fetched=True),)))
    assert {highlight.text for highlight in library.highlights} == {
        "Water keeps its own calendar.", "A second note.", "In a name that is no UTF-8.", "Upper case.", "Lower case.",
    }  # fmt: skip
    assert [skipped.reason for skipped in library.skipped] == [LFS_POINTER]


async def test_the_log_warns_when_a_push_removes_most_notes(
    host: GitServer, vault: Repository, store: GitStore, caplog: pytest.LogCaptureFixture
) -> None:
    sync = follow(store, host)
    await sync.run()
    vault.commit({"b.md": None, "Books/tide.md": None, "c.md": note("Another vault.")}, orphan=True)
    await sync.run()
    assert files(store) == pushed(vault)
    assert "2 of 2 highlights were removed by commit" in caplog.text
    caplog.clear()
    other = host.create("other")
    other.commit({"x.md": note("Elsewhere.")})
    await GitSync(store, host.url("other"), SecretStr(TOKEN)).run()
    assert "CORPUS_GIT names another repository" in caplog.text


async def test_private_notes_are_not_counted(host: GitServer, vault: Repository, store: GitStore) -> None:
    vault.commit(
        {"Diary/a.md": note("Nobody's business."), "b.md": "---\ntags: [private]\n---\n" + note("Mine.")}
    )
    rules = Rules(private_paths=("/Diary",))
    sync = GitSync(store, host.url(), SecretStr(TOKEN), rules=rules)
    assert await sync.run() == Outcome(1, 1, added=1)
    vault.commit({"b.md": note("Mine.")})
    assert await sync.run() == Outcome(2, 2, added=1)
    library = load(Roots((Root(store.current, GIT, fetched=True),)), rules)
    assert (len(library.sources), len(library.highlights), library.private) == (1, 2, 1)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_thousands_of_notes_are_followed(host: GitServer, store: GitStore) -> None:
    """`.ci/long git-notes` runs it with ten thousand."""
    count = int(os.environ.get("GIT_NOTES", "2000"))
    vault = host.create()
    vault.commit({f"Books/{number % 40}/n{number}.md": note(f"Passage {number}.") for number in range(count)})
    sync = follow(store, host)
    assert await sync.run() == Outcome(count, count, added=count)
    vault.commit({"Books/0/n0.md": None, "Books/0/new.md": note("Brand new.")})
    assert await sync.run() == Outcome(count, count, added=1, removed=1)
    assert files(store) == pushed(vault)
