"""The report of `analects check` for people."""

from collections import defaultdict
from typing import TYPE_CHECKING

from rich.text import Text

from bot.chat import wording
from bot.chat.wording import count
from bot.text.sanitize import one_line
from corpus.formats import registry
from corpus.model import Library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.semantic.embedding import Progress
    from corpus.privacy.entries import Objection

MAX_PATHS = 10
"""Paths shown for one reason; `--json` has all."""

_OTHER_SHAPES = {
    "custom": "Readwise export with a template of its own",
    "front matter": "properties in the front matter, highlights below",
    "readwise": "fetched from Readwise's API",
    "page": "page saved whole: only what is marked in it",
    "plain": "no export: passages of the note itself",
}
"""Names for notes that no layout of `corpus.formats.registry` recognised."""


def report(
    library: Library,
    path: str,
    took_ms: float,
    progress: "Progress | None" = None,
    freshness: str = "",
    privacy: "Sequence[Objection]" = (),
) -> Text:
    """Counts, then what was skipped and why, then every problem with path and line."""
    text = Text()
    text.append(f"{one_line(path)}\n\n", "bold")
    text.append(
        f"{count(len(library.highlights), 'highlights')} of {count(len(library.sources), 'sources')} "
        f"in {count(library.notes, 'notes')}, read in {took_ms / 1000:.1f} s\n"
    )
    titles = registry.titles() | _OTHER_SHAPES
    for shape, number in sorted(library.shapes.items(), key=lambda item: -item[1]):
        text.append(f"{number:>8,}  {titles[shape]}\n")
    if freshness:
        text.append(f"\n{freshness}\n")
    if library.duplicates:
        text.append(f"\n{count(library.duplicates, 'duplicates')} left out: each highlight is kept once\n")
    if library.private:
        text.append(f"\n{count(library.private, 'highlights')} left out as private\n")
    if library.gone:
        text.append(
            f"\n{count(library.gone, 'highlights')} of Readwise's exports left out: deleted or rewritten in Readwise since\n"
        )
    for objection in privacy:
        text.append(f"\n{objection.setting}: {one_line(f'{objection.finding}; {objection.fix}')}\n", "bold")
    if progress is not None:
        text.append(f"\n{wording.by_meaning(progress)}\n")
    skipped: dict[str, list[str]] = defaultdict(list)
    for skipped_file in library.skipped:
        skipped[skipped_file.reason].append(skipped_file.path)
    _grouped(text, "Skipped", skipped)
    problems: dict[str, list[str]] = defaultdict(list)
    for problem in library.problems:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        problems[problem.problem].append(where)
    _grouped(text, "Read, with problems", problems)
    if not library.highlights:
        text.append(
            "\nNothing to answer from yet. Export your highlights as Markdown notes into this folder, or name another one "
            "with --corpus or CORPUS_PATH.\n"
        )
    return text


def _grouped(text: Text, heading: str, groups: dict[str, list[str]]) -> None:
    if not groups:
        return
    number = sum(map(len, groups.values()))
    text.append(f"\n{heading}: {number:,}\n", "bold")
    for reason, paths in sorted(groups.items(), key=lambda item: -len(item[1])):
        text.append(f"  {len(paths):,} × {one_line(reason)}\n")
        for path in paths[:MAX_PATHS]:
            text.append(f"      {one_line(path)}\n", "dim")
        if len(paths) > MAX_PATHS:
            text.append(f"      … and {len(paths) - MAX_PATHS:,} more (--json names all)\n", "dim")
