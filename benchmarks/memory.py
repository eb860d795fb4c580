"""Measures the memory and the starts of a running bot.

    python -m benchmarks.memory [SIZE …] [--model NAME [--vectors DIR]]

Search is by words alone and, with `--model`, by that embedding model too, whose vectors are made at the first start. Each start is
a separate process that does what `analects run` does with notes: load them, prepare for questions and changes, answer 200
questions, then take over three changes of one note. Memory is given above that of the same process with no notes. Resident memory
counts the pages of mapped files, which several processes share; "own" does not (Linux: RSS, and its private part). Times are those
of the whole process up to the first answer, with all modules compiled, as pip leaves them.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.search.index import Index
    from bot.semantic.embedding import Embedding

SIZES = (10_000, 100_000)
CHANGES, LATER_STARTS = 3, 1
OFF = "off"
"""Stands for no model, as in `EMBEDDING_MODEL`."""
COLUMNS = {
    "highlights": "{:,.0f}",
    "first start, s": "{:.1f}",
    "its peak": "{:.0f}",
    "resident after it": "{:.0f}",
    "start from the cache, s": "{:.2f}",
    "its peak from the cache": "{:.0f}",
    "resident": "{:.0f}",
    "own": "{:.0f}",
    "after 200 questions": "{:.0f}",
    "own then": "{:.0f}",
    "after changes": "{:.0f}",
    "own after them": "{:.0f}",
    "note changed, s": "{:.2f}",
}
"""Memory is in MB above a process with no notes."""


def run(
    notes: Path, state: Path, questions: list[str], changes: int, model: str, vectors: Path
) -> dict[str, float]:
    """Returns the figures of this process, memory in MB. The vectors of `model` are kept in the folder `vectors`."""
    from adapters.terminal.main import GC_THRESHOLD
    from bot.chat.conversation import Bot
    from bot.library.reloading import Reloader
    from bot.library.snapshot import Snapshot, load_snapshot
    from bot.model import Question
    from bot.runtime.heap import keep_heap_small, release_free_memory
    from corpus.folder.selection import Rules

    gc.set_threshold(GC_THRESHOLD)
    keep_heap_small()
    snapshot = load_snapshot(notes, Rules(), state / "cache") if questions else Snapshot.empty(Rules())
    bot = Bot(snapshot.index, embedding=_filled(model, vectors, snapshot.index) if questions else None)
    bot.reply(Question("what is it?"))
    figures = {"answered": perf_counter(), "peak": _peak_mb()}
    reloader = Reloader(bot, snapshot, notes)
    del snapshot
    reloader.prepare()
    release_free_memory()
    figures |= {"resident": _memory_mb("Rss"), "own": _own_mb()}
    for question in questions:
        bot.reply(Question(question))
    figures |= {"asked": _memory_mb("Rss"), "own asked": _own_mb()}
    note, taken = notes / "7.md", []
    for number in range(changes):
        text = note.read_text("utf-8")
        note.write_text(text + f"- Changed for the {number} time, wholly.\n", "utf-8")
        began = perf_counter()
        assert reloader.changed(reloader.stamps())
        reloader.update()
        taken.append(perf_counter() - began)
    changed = sorted(taken)[len(taken) // 2] if taken else 0.0
    return figures | {"changed": _memory_mb("Rss"), "own changed": _own_mb(), "change": changed}


def _filled(model: str, vectors: Path, index: "Index") -> "Embedding | None":
    """Returns the model with all vectors of a library, computed as `run` does; None if it is off."""
    if model == OFF:
        return None
    from bot.semantic.backfill import fill
    from bot.semantic.embedding import Embedding

    embedding = Embedding.of(model, Path.home() / ".cache" / "analects" / "models", vectors)
    if not embedding.open() or not fill(embedding, index, lambda: False, background=True):
        raise SystemExit(embedding.problem)
    return embedding


def _memory_mb(kind: str) -> float:
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) * 1.024e-3


def _own_mb() -> float:
    return _memory_mb("Private_Dirty") + _memory_mb("Private_Clean")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3


def _run_process(
    folder: Path, texts: list[str], changes: int = 0, model: str = OFF, vectors: Path | None = None
) -> dict[str, float]:
    """Returns the figures of a new process, with the seconds from its start to its first answer."""
    import subprocess

    questions = folder / "questions.json"
    questions.write_text(json.dumps(texts), "utf-8")
    given = [str(folder), str(changes), model, str(vectors or folder / "state" / "vectors")]
    command = [sys.executable, "-m", "benchmarks.memory", "--here", *given]
    began = perf_counter()
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    figures["start"] = figures["answered"] - began  # all processes use the same clock
    return figures


def measure(size: int, model: str = OFF, vectors: Path | None = None) -> dict[str, float]:
    """Returns the measurements of one size with this model, named as in `COLUMNS`."""
    import tempfile  # imports that the measured processes do without

    from benchmarks import generate
    from benchmarks.loading import write_notes

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        notes = folder / "notes"
        notes.mkdir()
        without_notes = _run_process(folder, [])
        library = generate.library(size)
        questions = generate.questions(library)
        write_notes(library, notes)
        del library
        first = _run_process(folder, questions, 0, model, vectors)
        # The next one reads notes again that were written just before the cache.
        _run_process(folder, questions, 0, model, vectors)
        starts = (_run_process(folder, questions, 0, model, vectors) for _ in range(LATER_STARTS))
        later = sorted(starts, key=lambda figures: figures["start"])
        changed = _run_process(folder, questions, CHANGES, model, vectors)
    middle = later[LATER_STARTS // 2]
    figures = (
        size, first["start"], first["peak"] - without_notes["peak"], first["resident"] - without_notes["resident"],
        middle["start"], middle["peak"] - without_notes["peak"],
        middle["resident"] - without_notes["resident"], middle["own"] - without_notes["own"],
        middle["asked"] - without_notes["resident"], middle["own asked"] - without_notes["own"],
        changed["changed"] - without_notes["resident"], changed["own changed"] - without_notes["own"],
        changed["change"],
    )  # fmt: skip
    return dict(zip(COLUMNS, figures, strict=True))


def table(rows: Iterable[dict[str, float]]) -> str:
    cells = ([form.format(row[name]) for name, form in COLUMNS.items()] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS), *cells))


def main() -> None:
    if sys.argv[1:2] == ["--here"]:
        folder, changes, model, vectors = sys.argv[2:]
        asked = json.loads(Path(folder, "questions.json").read_text("utf-8"))
        notes, state = Path(folder, "notes"), Path(folder, "state")
        print(json.dumps(run(notes, state, asked, int(changes), model, Path(vectors))))
        return
    import argparse
    import compileall

    for package in ("adapters", "benchmarks", "bot", "corpus"):
        compileall.compile_dir(Path(__file__).parents[1] / package, quiet=2)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="SIZE")
    parser.add_argument("--model", help="as EMBEDDING_MODEL: a name or a folder")
    parser.add_argument("--vectors", type=Path, help="folder in which vectors are kept for the next time")
    given = parser.parse_args()
    for size in given.sizes:
        for model in [OFF, *([given.model] if given.model else [])]:
            print(f"\n{'words alone' if model == OFF else model}\n")
            print(table([measure(size, model, given.vectors)]), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("EMBEDDING_MODEL", OFF)
    main()
