"""A repository of notes, followed over HTTPS by dulwich, without a git binary.

Only the last commit of one branch is fetched (depth 1). History may be rewritten: only the commit that the branch
points to counts. `adapters.sources.git_store` writes its notes to disk.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from logging import getLogger
from time import time
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from adapters.sources import private_files
from adapters.sources.errors import (
    CannotWriteError,
    OutOfReachError,
    RefusedTokenError,
    SourceError,
    UnusableAnswerError,
)
from adapters.sources.git_difference import difference
from adapters.sources.git_store import GitStore, Progress, is_note, is_small
from adapters.sources.outcome import Outcome
from corpus.folder.selection import Rules

if TYPE_CHECKING:
    from pathlib import Path

    from dulwich.client import HttpGitClient
    from dulwich.objects import ObjectID
    from dulwich.refs import Ref
    from dulwich.repo import Repo

TIMEOUT_S = 60.0
"""Seconds to wait for a connection, and for each part of an answer."""
USER_NAME = "x-access-token"
"""The user name sent with the token if the address has none. GitHub, GitLab, Gitea and Forgejo accept any name. Bitbucket
needs `x-token-auth`: put it in the address."""
log = getLogger("analects.sources")
Answer = TypeVar("Answer")
_DAMAGED = "CORPUS_GIT: what the repository's host sends is cut off or damaged"
_FOLLOWED_REF = cast("Ref", b"refs/heads/followed")


class GitSync:
    """Follows one branch of one repository."""

    name = "git"

    def __init__(
        self,
        store: GitStore,
        url: str,
        token: SecretStr | None = None,
        branch: str | None = None,
        rules: Rules | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        address = urlsplit(url)
        host = address.netloc.rpartition("@")[2]
        self._base = urlunsplit((address.scheme, host, "", "", ""))
        self._path = address.path
        self._user = address.username or USER_NAME
        self._token = token
        self._branch = branch
        self._rules = rules or Rules()
        self._store = store
        self._clock = clock

    def succeeded(self) -> float | None:
        """When fetching last worked, in seconds since 1970."""
        return self._store.progress().succeeded

    async def check(self) -> str:
        """Checks that the branch can be reached. Raises SourceError."""
        try:
            commit = await asyncio.to_thread(self._last_commit)
        except _DamagedError:
            raise UnusableAnswerError(_DAMAGED) from None
        return f"the repository can be read, at commit {commit[:8]}"

    async def run(self, full: bool = False, force: bool = False) -> Outcome:
        """Fetches once. With `full`, everything is fetched, as in the first run. Raises SourceError."""
        del force  # a push by the owner may remove any number of notes
        try:
            with private_files.locked(self._store.lock_file):
                return await asyncio.to_thread(self._run, full)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise CannotWriteError(f"STATE_PATH: what was fetched cannot be written: {reason}") from None

    def _run(self, full: bool) -> Outcome:
        self._store.prepare()
        progress = self._store.progress()
        origin = hashlib.blake2b(
            f"{self._base}{self._path}\n{self._branch}".encode(), digest_size=8
        ).hexdigest()
        same_origin = progress.origin == origin
        if full or not same_origin or self._store.has_too_many_packs:
            self._store.forget_objects()
        try:
            return self._update(progress, origin, same_origin, full)
        except _DamagedError:
            # Part of the repository is missing, because a process was killed or the disk failed: fetch it all once more.
            self._store.forget_objects()
        try:
            return self._update(progress, origin, same_origin, full)
        except _DamagedError:
            raise UnusableAnswerError(_DAMAGED) from None

    def _update(self, progress: Progress, origin: str, same_origin: bool, full: bool) -> Outcome:
        """Fetches, and replaces the notes with those of the last commit. Raises _DamagedError."""
        with self._repository() as repo:
            commit = self._fetch(repo)
            before = self._store.tree() if progress.commit else None
            totals = Outcome(progress.sources, progress.highlights) if before is not None else Outcome(0, 0)
            if same_origin and progress.commit == commit and before is not None and not full:
                outcome = totals
            else:
                tree = self._store.write_tree(commit, _notes(repo, commit))
                outcome = difference(before, tree, totals, self._rules)
                self._store.show(tree)
                if before is not None:
                    _warn_of_loss(before, same_origin, outcome.removed, totals.highlights, commit)
        self._store.save_progress(
            Progress(
                succeeded=self._clock(),
                origin=origin,
                commit=commit,
                sources=outcome.sources,
                highlights=outcome.highlights,
            )
        )
        return outcome

    def _repository(self) -> "Repo":
        from dulwich.errors import NotGitRepository
        from dulwich.repo import Repo

        try:
            return Repo(str(self._store.objects))
        except NotGitRepository:
            self._store.forget_objects()
            private_files.make_folder(self._store.objects)
            return Repo.init_bare(str(self._store.objects))

    def _fetch(self, repo: "Repo") -> str:
        """Fetches the branch's last commit into the repository. Returns the commit's id."""
        commits: list[ObjectID] = []

        def determine_wants(refs: "Mapping[Ref, ObjectID]", depth: int | None = None) -> "list[ObjectID]":
            del depth
            commit = self._commit_of_branch(refs)
            commits.append(commit)
            return [] if commit in repo.object_store else [commit]

        self._request(lambda client: client.fetch(self._path, repo, determine_wants, depth=1))
        commit = commits[-1]
        repo.refs[_FOLLOWED_REF] = commit
        return commit.decode("ascii")

    def _last_commit(self) -> str:
        found = self._request(lambda client: client.get_refs(self._path.encode()))
        return self._commit_of_branch(found.refs).decode("ascii")

    def _commit_of_branch(self, refs: "Mapping[Ref, ObjectID | None]") -> "ObjectID":
        name = f"refs/heads/{self._branch}".encode() if self._branch else b"HEAD"
        commit = dict(refs).get(cast("Ref", name))
        if commit is not None:
            return commit
        if self._branch:
            raise UnusableAnswerError(f"CORPUS_GIT_BRANCH: the repository has no branch {self._branch!r}")
        raise UnusableAnswerError(
            "CORPUS_GIT: the repository is empty, or has no default branch; set CORPUS_GIT_BRANCH"
        )

    def _request(self, send: "Callable[[HttpGitClient], Answer]") -> "Answer":
        from dulwich.client import HTTPUnauthorized
        from dulwich.errors import GitProtocolError, NotGitRepository
        from urllib3.exceptions import HTTPError

        client = self._client()
        try:
            self._check_status(client)
            return send(client)
        except (SourceError, _DamagedError):
            raise
        except (HTTPUnauthorized, NotGitRepository, GitProtocolError, HTTPError, ConnectionError) as error:
            raise OutOfReachError(
                f"CORPUS_GIT: the repository cannot be fetched ({type(error).__name__})"
            ) from None
        except OSError:  # the disk
            raise
        except Exception as error:
            # dulwich raises errors of any kind if an answer is cut off, or does not come from a git server.
            raise _DamagedError from error
        finally:
            client.pool_manager.clear()

    def _client(self) -> "HttpGitClient":
        from dulwich.client import HttpGitClient

        token = self._token.get_secret_value() if self._token is not None else None
        return HttpGitClient(
            self._base,
            username=self._user if token is not None else None,
            password=token,
            timeout=TIMEOUT_S,
            quiet=True,
        )

    def _check_status(self, client: "HttpGitClient") -> None:
        """Asks for the HTTP status first: dulwich does not report it, and leaves connections open after an error."""
        from urllib3.exceptions import HTTPError
        from urllib3.util import make_headers

        url = f"{self._base}{quote(self._path, safe='/%')}/info/refs?service=git-upload-pack"
        headers = {}
        if self._token is not None:
            headers = make_headers(basic_auth=f"{self._user}:{self._token.get_secret_value()}")
        try:
            answer = client.pool_manager.request(
                "GET", url, headers=headers, timeout=TIMEOUT_S, redirect=False
            )
        except (HTTPError, OSError, ValueError):
            raise OutOfReachError("CORPUS_GIT: the repository's host cannot be reached") from None
        if answer.status in (401, 403) and self._token is None:
            raise RefusedTokenError(
                "CORPUS_GIT", "the repository is not public", "set CORPUS_GIT_TOKEN to a read-only token"
            )
        if answer.status in (401, 403):
            raise RefusedTokenError(
                "CORPUS_GIT_TOKEN",
                "the repository refuses this token",
                "it must be allowed to read the repository's contents",
            )
        if answer.status == 404:
            raise UnusableAnswerError(
                "CORPUS_GIT: there is no repository at this address, or the token may not see it"
            )
        if answer.status >= 400:
            raise OutOfReachError(
                f"CORPUS_GIT: the repository's host answers with an error (HTTP {answer.status})"
            )


class _DamagedError(Exception):
    """The received or stored data cannot be read."""


def _warn_of_loss(before: "Path", same_origin: bool, removed: int, highlights: int, commit: str) -> None:
    """Warns if most highlights were removed, because that may have happened by mistake."""
    if not same_origin:
        log.warning(
            "CORPUS_GIT names another repository or branch than before: its notes replace the previous ones"
        )
    elif removed * 2 > highlights:
        log.warning(
            "git: %(removed)d of %(highlights)d highlights were removed by commit %(key)s. If that is not intended, the branch was "
            "rewritten, or this address has another repository now. The previous notes stay in %(path)s until the next commit",
            {"removed": removed, "highlights": highlights, "key": commit[:8], "path": before},
        )


def _notes(repo: "Repo", commit: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of every note of a commit. Raises _DamagedError."""
    from dulwich.object_store import iter_tree_contents
    from dulwich.objects import Blob, Commit

    try:
        found = repo[commit.encode()]
        assert isinstance(found, Commit)
        for entry in iter_tree_contents(repo.object_store, found.tree):
            path = entry.path.decode("utf-8", "surrogateescape")
            if not is_note(path, entry.mode):
                continue
            blob = repo.object_store[entry.sha]
            assert isinstance(blob, Blob)
            data = blob.as_raw_string()
            if is_small(data):
                yield path, data
    except OSError:
        raise
    except Exception as error:  # a missing object, a damaged pack: dulwich raises many kinds
        raise _DamagedError from error
