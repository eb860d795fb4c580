"""A git host on loopback that asks for a token. It is dulwich's server behind HTTP and needs no git binary.

with GitServer(folder) as host:
    vault = host.create("vault")
    vault.commit({"Books/a.md": "…"})
    host.settings          # CORPUS_GIT and CORPUS_GIT_TOKEN for the bot
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Any, Self, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend
from dulwich.web import make_wsgi_chain

TOKEN = "git-token-of-the-tests"


class Repository:
    """A repository to which tests push commits."""

    def __init__(self, folder: Path) -> None:
        self.repo = Repo.init_bare(str(folder), mkdir=True, default_branch=b"main")
        self.files: dict[str, bytes] = {}
        self._blobs: dict[bytes, ObjectID] = {}
        self._when = 1_700_000_000

    def commit(
        self,
        changed: Mapping[str, str | bytes | None],
        branch: str = "main",
        orphan: bool = False,
        links: Mapping[str, str] | None = None,
        submodules: Iterable[str] = (),
    ) -> str:
        """Changes files (None removes a file) and pushes. `orphan` starts a new history, as after a force push."""
        for path, text in changed.items():
            if text is None:
                del self.files[path]
            else:
                self.files[path] = text.encode() if isinstance(text, str) else text
        entries = {path: (0o100644, data) for path, data in self.files.items()}
        entries |= {path: (0o120000, target.encode()) for path, target in (links or {}).items()}
        entries |= dict.fromkeys(submodules, (57344, b""))
        ref = Ref(f"refs/heads/{branch}".encode())
        parents = [self.repo.refs[ref]] if ref in self.repo.refs and not orphan else []
        commit = Commit()
        commit.tree = self._tree(entries)
        commit.parents = parents
        commit.author = commit.committer = b"A reader <reader@example.org>"
        self._when += 60
        commit.commit_time = commit.author_time = self._when
        commit.commit_timezone = commit.author_timezone = 0
        commit.message = b"vault backup"
        self.repo.object_store.add_object(commit)
        self.repo.refs[ref] = commit.id
        return commit.id.decode()

    def delete_branch(self, branch: str) -> None:
        del self.repo.refs[Ref(f"refs/heads/{branch}".encode())]

    def _tree(self, entries: Mapping[str, tuple[int, bytes]]) -> ObjectID:
        tree = Tree()
        below: dict[str, dict[str, tuple[int, bytes]]] = {}
        for path, (mode, data) in entries.items():
            first, _, rest = path.partition("/")
            if rest:
                below.setdefault(first, {})[rest] = (mode, data)
            else:
                if mode == 0o160000:
                    tree.add(_name(first), mode, ObjectID(b"1" * 40))
                    continue
                if data not in self._blobs:
                    blob = Blob.from_string(data)
                    self.repo.object_store.add_object(blob)
                    self._blobs[data] = blob.id
                tree.add(_name(first), mode, self._blobs[data])
        for first, inner in below.items():
            tree.add(_name(first), 0o040000, self._tree(inner))
        self.repo.object_store.add_object(tree)
        return tree.id


def _name(path: str) -> bytes:
    """A path as git stores it: bytes without a fixed encoding."""
    return path.encode("utf-8", "surrogateescape")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None:
        pass


class GitServer:
    """One host. Every repository needs the token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._repositories: dict[bytes, Repo] = {}
        self.status: int | None = None
        """If set, every request gets this HTTP status."""
        self.requests = 0
        self.cut = False
        """Whether every pack breaks off in the middle."""
        app = make_wsgi_chain(DictBackend(cast("dict[bytes, BackendRepo]", self._repositories)))
        self._server = make_server("127.0.0.1", 0, self._guarded(app), _Server, _Quiet)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        for repo in self._repositories.values():
            repo.close()

    def create(self, name: str = "vault") -> Repository:
        repository = Repository(self._folder / name)
        self._repositories[f"/{name}.git".encode()] = repository.repo
        return repository

    def url(self, name: str = "vault") -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{name}.git"

    @property
    def settings(self) -> dict[str, str]:
        return {"CORPUS_GIT": self.url(), "CORPUS_GIT_TOKEN": TOKEN}

    def _guarded(self, app: Any) -> Any:
        def check_token(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            self.requests += 1
            if self.status is not None:
                start(f"{self.status} Away", [("Content-Length", "0")])
                return []
            given = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Basic ")
            if base64.b64decode(given).decode().partition(":")[2] != TOKEN:
                start("401 Unauthorized", [("WWW-Authenticate", "Basic"), ("Content-Length", "0")])
                return []
            if not any(environ["PATH_INFO"].startswith(path.decode()) for path in self._repositories):
                start("404 Not Found", [("Content-Length", "0")])
                return []
            if not (self.cut and environ["REQUEST_METHOD"] == "POST"):
                return app(environ, start)  # type: ignore[no-any-return]
            written: list[bytes] = []

            def start_response(*arguments: Any) -> Any:
                start(*arguments)
                return written.append

            whole = b"".join([*app(environ, start_response), *written])
            return [whole[: len(whole) // 2]]

        return check_token
