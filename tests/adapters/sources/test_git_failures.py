"""If a git repository cannot be fetched, the last notes stay, and the error says why."""

import pytest
from pydantic import SecretStr

from adapters.sources.errors import (
    CannotWriteError,
    OutOfReachError,
    RefusedTokenError,
    SourceError,
    UnusableAnswerError,
)
from adapters.sources.git_store import GitStore
from adapters.sources.git_sync import GitSync
from tests.adapters.sources.bench import disk_limit
from tests.adapters.sources.git_notes import files, follow, note, pushed
from tests.git_server import TOKEN, GitServer, Repository


async def test_the_last_notes_stay_while_the_host_is_down(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    files_before, progress_before = files(store), store.progress()
    for status in (500, 503, 404):
        host.status = status
        with pytest.raises(SourceError):
            await sync.run()
    assert (files(store), store.progress()) == (files_before, progress_before)
    host.status = None
    vault.commit({"b.md": None})
    await sync.run()
    assert files(store) == pushed(vault)


@pytest.mark.parametrize("token", ["zebra-token", None])
async def test_the_error_for_a_refused_token_does_not_contain_it(
    token: str | None, host: GitServer, vault: Repository, store: GitStore
) -> None:
    with pytest.raises(RefusedTokenError, match="CORPUS_GIT_TOKEN") as caught:
        await follow(store, host, token).run()
    assert "zebra" not in str(caught.value)


async def test_an_unreachable_host_is_reported(host: GitServer, store: GitStore) -> None:
    sync = GitSync(store, "http://127.0.0.1:1/vault.git", SecretStr(TOKEN))
    with pytest.raises(OutOfReachError, match="cannot be reached"):
        await sync.run()


async def test_an_empty_repository_is_reported(host: GitServer, store: GitStore) -> None:
    host.create()
    with pytest.raises(UnusableAnswerError, match="empty"):
        await follow(store, host).run()


async def test_the_last_notes_stay_when_a_fetch_is_cut_off(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    before = files(store)
    vault.commit({"c.md": note("A third note.")})
    host.cut = True
    with pytest.raises(SourceError, match="CORPUS_GIT: "):
        await sync.run()
    assert files(store) == before
    host.cut = False
    await sync.run()
    assert files(store) == pushed(vault)


async def test_a_damaged_copy_of_the_repository_is_fetched_again(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    for pack in store.objects.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:40])
    vault.commit({"b.md": None})
    await sync.run()
    assert files(store) == pushed(vault)


async def test_the_last_notes_stay_when_the_disk_is_full(
    host: GitServer, vault: Repository, store: GitStore
) -> None:
    sync = follow(store, host)
    await sync.run()
    before = files(store)
    vault.commit({"large.md": note("x" * 300_000)})
    with disk_limit(100_000), pytest.raises(CannotWriteError, match=r"STATE_PATH: .* cannot be written"):
        await sync.run()
    assert files(store) == before
    await sync.run()
    assert files(store) == pushed(vault)
