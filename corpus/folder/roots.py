"""The folders that make up one corpus: a person's folder of notes, and the notes fetched into `STATE_PATH`. A person's own folder
may be missing for a while (not mounted), which does not mean that all notes were deleted. Fetched notes are complete at any time,
and missing only until the first fetch.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.folder import files
from corpus.model import Skipped
from corpus.origins import GIT, READWISE, SAVED


@dataclass(frozen=True, slots=True)
class Root:
    """One folder."""

    folder: Path
    prefix: str = ""
    """Stands before the paths of its notes, so that these are unique in the whole corpus."""
    fetched: bool = False
    """Whether this program keeps the folder itself."""
    layout: str = "notes"
    """"notes": a tree of notes; "files": every JSON file in the folder itself, as this program writes them."""
    below: str = ""
    """The folder inside it that counts; empty for all of it."""

    @property
    def path(self) -> Path:
        """The folder to read."""
        return self.folder / self.below if self.below else self.folder


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders of one corpus."""

    each: tuple[Root, ...]

    def of(self, path: str) -> Root | None:
        """The folder that a note's path belongs to."""
        if len(self.each) == 1:
            return self.each[0] if path.startswith(self.each[0].prefix) else None
        fitting = [root for root in self.each if path.startswith(root.prefix)]
        return max(fitting, key=lambda root: len(root.prefix), default=None)


Corpus = Path | Roots
"""One folder, or several."""


def roots_of(corpus: Corpus) -> Roots:
    return corpus if isinstance(corpus, Roots) else Roots((Root(corpus),))


def fetched_folder(state: Path) -> Path:
    """Where everything that is fetched is kept."""
    return state / "fetched"


def readwise_folder(state: Path) -> Path:
    """One JSON file per source; see `corpus.formats.readwise_api`."""
    return fetched_folder(state) / "readwise"


def git_folder(state: Path) -> Path:
    """The repository's files, of one commit: a link that leads to another folder after each fetch."""
    return fetched_folder(state) / "git" / "current"


def saved_folder(state: Path) -> Path:
    """Where messages from chat are saved; see `corpus.formats.saved_message`."""
    return state / "saved"


def with_saved(corpus: Corpus, folders: Iterable[Path]) -> Corpus:
    """The corpus together with the folders of saved messages. A folder that it already contains is not read twice."""
    roots = roots_of(corpus)
    inside = [root.path.expanduser().resolve() for root in roots.each if root.layout == "notes"]
    added: list[Root] = []
    for number, folder in enumerate(folders):
        place = folder.expanduser().resolve()
        if not any(place.is_relative_to(one) for one in inside):
            added.append(Root(folder, SAVED if not number else f"{SAVED}{number}/", fetched=True))
            inside.append(place)
    return Roots((*roots.each, *added)) if added else corpus


def fetched_roots(state: Path, readwise: bool, git: bool, named: Path | None) -> Roots | None:
    """A corpus with all fetched notes; None if none are fetched. `named` is the folder that a person named; a relative one lies
    in the repository if there is one."""
    git = git or git_folder(state).exists()
    readwise = readwise or readwise_folder(state).exists()
    if not (readwise or git):
        return None
    inside = named is not None and git and not named.is_absolute() and ".." not in named.parts
    each = [Root(named)] if named is not None and not inside else []
    if git:
        below = str(named) if inside else ""
        each.append(Root(git_folder(state), GIT if each else "", fetched=True, below=below))
    if readwise:
        each.append(Root(readwise_folder(state), READWISE, fetched=True, layout="files"))
    return Roots(tuple(each))


def listed(corpus: Corpus) -> list[files.NoteFile | Skipped]:
    """The files of a corpus. Raises CorpusError if its only folder cannot be read. If one of several cannot be read, it is listed
    as skipped."""
    roots = roots_of(corpus).each
    if len(roots) == 1 and not roots[0].fetched:
        return list(files.walk(files.check_root(roots[0].folder)))
    found: list[files.NoteFile | Skipped] = []
    for root in roots:
        try:
            found += _listed(root)
        except files.CorpusError as error:
            found.append(Skipped(root.prefix.rstrip("/") or ".", str(error)))
    return found


def missing(corpus: Corpus) -> list[str]:
    """A sentence about each of a person's own folders that cannot be read while others can."""
    found = []
    for root in roots_of(corpus).each:
        if not root.fetched:
            try:
                files.check_root(root.path)
            except files.CorpusError as error:
                found.append(str(error))
    return found


def watched_folders(corpus: Corpus) -> list[Path]:
    """The existing folders, resolved. Raises CorpusError if there is none."""
    found = []
    problem: files.CorpusError | None = None
    for root in roots_of(corpus).each:
        try:
            found.append(files.check_root(root.path))
        except files.CorpusError as error:
            problem = error
    if not found:
        raise problem or files.CorpusError("no notes: no folder is named")
    return found


def name_of(corpus: Corpus) -> bytes:
    """A name that tells one corpus from another on this machine."""
    if isinstance(corpus, Path):
        return os.fsencode(corpus.expanduser().resolve())
    # A fetched folder is a link that leads elsewhere after each change: it is not followed. Saved messages do not make it another
    # corpus: the first one would cost the whole cache, with all vectors.
    return b"\0".join(
        os.fsencode(root.path.absolute() if root.fetched else root.path.expanduser().resolve())
        for root in corpus.each
        if not root.prefix.startswith(SAVED)
    )


def shown(corpus: Corpus) -> str:
    """The folders, as shown to a person."""
    return ", ".join(str(root.path) for root in roots_of(corpus).each)


def lost(corpus: Corpus, paths_before: Iterator[str], found: list[files.NoteFile | Skipped]) -> Root | None:
    """A person's own folder that held notes and holds none now."""
    roots = roots_of(corpus)
    now = (one.path for one in found if isinstance(one, files.NoteFile))
    empty = _without_any(roots, now)
    empty_before = _without_any(roots, paths_before) if empty else []
    return next((root for root in empty if root not in empty_before), None)


def _without_any(roots: Roots, paths: Iterable[str]) -> list[Root]:
    """The person's own folders (not the fetched ones) to which none of these paths belongs."""
    left = [root for root in roots.each if not root.fetched]
    for path in paths:
        if not left:
            break  # usually after the first few of thousands
        own = roots.of(path)
        left = [root for root in left if root != own]
    return left


def _listed(root: Root) -> list[files.NoteFile | Skipped]:
    if root.fetched and not root.folder.exists():
        return []  # not fetched yet
    if root.layout == "files":
        return [
            files.NoteFile(f"{root.prefix}{file.name}", str(file))
            for file in sorted(files.check_root(root.path).glob("*.json"))
            if not file.name.startswith(".")
        ]
    return [
        files.NoteFile(root.prefix + one.path, one.location)
        if isinstance(one, files.NoteFile)
        else replace(one, path=root.prefix + one.path)
        for one in files.walk(files.check_root(root.path))
    ]
