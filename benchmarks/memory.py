"""Memory of a running bot above the same process with no notes, and its starts: `python -m benchmarks.memory [SIZE …]`.

Words alone. Each start is a process of its own that does what `analects run` does with notes: load them, prepare for questions and
changes, answer 200 questions, then take over three changes of one note. Resident memory counts the pages of mapped files, which
several processes share; "own" does not (Linux: RSS, and what is private of it). Times are of the whole process up to the first
answer.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from benchmarks import generate
from benchmarks.loading import write_notes

SIZES = (10_000, 100_000)
CHANGES, LATER_STARTS = 3, 1
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


def run(notes: Path, state: Path, asked: list[str], changes: int) -> dict[str, float]:
    """Figures of this process, memory in MB."""
    from bot.chat.conversation import Bot
    from bot.library.reloading import Reloader
    from bot.library.snapshot import Snapshot, load_snapshot
    from bot.model import Question
    from bot.runtime.heap import keep_heap_small, release_free_memory
    from corpus.folder.selection import Rules

    keep_heap_small()
    snapshot = load_snapshot(notes, Rules(), state / "cache") if asked else Snapshot.empty(Rules())
    bot = Bot(snapshot.index)
    bot.reply(Question("what is it?"))
    figures = {"answered": perf_counter(), "peak": _peak()}
    reloader = Reloader(bot, snapshot, notes)
    del snapshot
    reloader.prepare()
    release_free_memory()
    figures |= {"resident": _memory("Rss"), "own": _own()}
    for question in asked:
        bot.reply(Question(question))
    figures |= {"asked": _memory("Rss"), "own asked": _own()}
    note, taken = notes / "7.md", []
    for number in range(changes):
        text = note.read_text("utf-8")
        note.write_text(text + f"- Changed for the {number} time, wholly.\n", "utf-8")
        began = perf_counter()
        assert reloader.changed(reloader.stamps())
        reloader.update()
        taken.append(perf_counter() - began)
    changed = statistics.median(taken) if taken else 0.0
    return figures | {"changed": _memory("Rss"), "own changed": _own(), "change": changed}


def _memory(kind: str) -> float:
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) * 1.024e-3


def _own() -> float:
    return _memory("Private_Dirty") + _memory("Private_Clean")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3


def _started(folder: Path, asked: list[str], changes: int = 0) -> dict[str, float]:
    """The figures of a process of its own, and the seconds from its start to its first answer."""
    questions = folder / "questions.json"
    questions.write_text(json.dumps(asked), "utf-8")
    command = [sys.executable, "-m", "benchmarks.memory", "--here", str(folder), str(changes)]
    began = perf_counter()
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    figures: dict[str, float] = json.loads(told.splitlines()[-1])
    figures["start"] = figures["answered"] - began  # the same clock in all processes
    return figures


def measure(size: int) -> dict[str, float]:
    """Measurements of one size, named as in `COLUMNS`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        notes = folder / "notes"
        notes.mkdir()
        nothing = _started(folder, [])
        made = generate.library(size)
        asked = generate.questions(made)
        write_notes(made, notes)
        del made
        first = _started(folder, asked)
        _started(folder, asked)  # reads again what was written just before the cache was
        later = sorted((_started(folder, asked) for _ in range(LATER_STARTS)), key=lambda one: one["start"])
        changed = _started(folder, asked, CHANGES)
    middle = later[LATER_STARTS // 2]
    figures = (
        size, first["start"], first["peak"] - nothing["peak"], first["resident"] - nothing["resident"],
        middle["start"], middle["peak"] - nothing["peak"],
        middle["resident"] - nothing["resident"], middle["own"] - nothing["own"],
        middle["asked"] - nothing["resident"], middle["own asked"] - nothing["own"],
        changed["changed"] - nothing["resident"], changed["own changed"] - nothing["own"],
        changed["change"],
    )  # fmt: skip
    return dict(zip(COLUMNS, figures, strict=True))


def table(rows: Iterable[dict[str, float]]) -> str:
    cells = ([form.format(row[name]) for name, form in COLUMNS.items()] for row in rows)
    return "\n".join(f"| {' | '.join(one)} |" for one in (COLUMNS, ["---"] * len(COLUMNS), *cells))


def main() -> None:
    if sys.argv[1:2] == ["--here"]:
        folder = Path(sys.argv[2])
        asked = json.loads((folder / "questions.json").read_text("utf-8"))
        print(json.dumps(run(folder / "notes", folder / "state", asked, int(sys.argv[3]))))
        return
    for size in map(int, sys.argv[1:] or SIZES):
        print(table([measure(size)]), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("EMBEDDING_MODEL", "off")
    main()
