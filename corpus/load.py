"""A folder of notes to a library."""

import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus import decoding, files, reader
from corpus.entry import Note
from corpus.library import Privacy, build
from corpus.model import Library, Problem, Skipped
from corpus.normal import fold

Progress = Callable[[int, int], None]
"""Told (files done, files in all)."""

SAMPLE_NOTES = Path(__file__).parent / "notes"
"""What is read where no other folder is named."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder counts."""

    plain_notes: Literal["on", "off", "auto"] = "auto"
    """Notes that are no export: in `auto` all where there is no export at all, else those with a `url`, `source` or `link`."""
    private_tags: tuple[str, ...] = ("private",)
    private_paths: tuple[str, ...] = ()
    """Globs over paths below the folder, ignoring case; a folder's name alone covers all below it."""


def load(root: Path, rules: Rules | None = None, progress: Progress | None = None) -> Library:
    """Reads every note below `root`.

    Raises CorpusError when the folder cannot be read at all; whatever is wrong within it is recorded in the library.
    """
    rules = rules or Rules()
    found = list(files.walk(files.check_root(root)))
    notes: list[Note] = []
    skipped: list[Skipped] = []
    problems: list[Problem] = []
    for done, file in enumerate(found):
        if progress is not None:
            progress(done, len(found))
        note = file if isinstance(file, Skipped) else read_note(file, problems)
        if isinstance(note, Skipped):
            skipped.append(note)
        else:
            notes.append(note)
    kept, left_out = _plain(notes, rules)
    private_paths = frozenset(note.path for note in kept if is_private_path(note.path, rules.private_paths))
    privacy = Privacy(frozenset(fold(tag).lstrip("#") for tag in rules.private_tags), private_paths)
    return build(kept, privacy, [*skipped, *left_out], problems)


def read_note(file: files.NoteFile, problems: list[Problem]) -> Note | Skipped:
    """One file as a note, or why it is none. What is odd about its bytes goes into `problems`."""
    data = files.read(file)
    if isinstance(data, Skipped):
        return data
    decoded = decoding.decode(data)
    if decoded is None:
        return Skipped(file.path, "not a text")
    note = reader.read(file.path, decoded.text)
    if decoded.problem is not None and not isinstance(note, Skipped):
        problems.append(Problem(file.path, None, decoded.problem))
    return note


def is_private_path(path: str, patterns: Sequence[str]) -> bool:
    """Whether a glob covers the path or one of the folders above it."""
    parts = path.casefold().split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    for pattern in patterns:
        glob = pattern.strip().casefold().removeprefix("./").removeprefix("/").rstrip("/")
        glob = (
            glob.removesuffix("/**").replace("**/", "*") if glob.endswith("/**") else glob.replace("**/", "*")
        )
        if glob and any(fnmatch.fnmatchcase(candidate, glob) for candidate in [*above, parts[-1]]):
            return True
    return False


def _plain(notes: list[Note], rules: Rules) -> tuple[list[Note], list[Skipped]]:
    """The notes that count, and those left out as no export."""
    if rules.plain_notes == "on":
        return notes, []
    exports = any(note.shape != reader.PLAIN for note in notes)
    if rules.plain_notes == "auto" and not exports:
        return notes, []
    kept, left_out = [], []
    for note in notes:
        if note.shape != reader.PLAIN or (rules.plain_notes == "auto" and reader.is_linked(note)):
            kept.append(note)
        else:
            left_out.append(Skipped(note.path, f"no export of highlights (PLAIN_NOTES={rules.plain_notes})"))
    return kept, left_out
