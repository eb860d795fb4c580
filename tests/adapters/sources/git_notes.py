"""Notes in a git repository, and the notes that `GitSync` has fetched from it."""

from pydantic import SecretStr

from adapters.sources.git_store import GitStore
from adapters.sources.git_sync import GitSync
from tests.git_server import TOKEN, GitServer, Repository


def note(*passages: str) -> str:
    return "# The Tide Clock\n\n## Metadata\n- Author: [[Mara Quill]]\n\n## Highlights\n" + "".join(
        f"- {passage}\n" for passage in passages
    )


def follow(store: GitStore, host: GitServer, token: str | None = TOKEN, branch: str | None = None) -> GitSync:
    return GitSync(store, host.url(), SecretStr(token) if token else None, branch)


def files(store: GitStore) -> dict[str, str]:
    tree = store.tree()
    assert tree is not None
    return {file.relative_to(tree).as_posix(): file.read_text() for file in tree.rglob("*") if file.is_file()}


def pushed(vault: Repository) -> dict[str, str]:
    return {path: data.decode() for path, data in vault.files.items()}
