"""Measures starts with a folder of notes, and changes to it while questions are asked: `python -m benchmarks.changing [SIZE …]`.

Each size runs in its own processes. The first start reads and indexes everything and writes the cache, later starts use the cache;
both are whole runs of `analects ask`. Then one note is changed repeatedly while questions are asked without pause. The time of a
reload is measured from the moment when the folder is quiet. Finally the changed library is stored, as it is a minute after
a change.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, time

from benchmarks import generate
from benchmarks.loading import write_notes

STARTS, CHANGES = 5, 6
COLUMNS = {
    "highlights": "{:,.0f}",
    "first start, s": "{:.1f}",
    "its peak, MB": "{:.0f}",
    "start from the cache, s": "{:.2f}",
    "its peak MB": "{:.0f}",
    "note changed, s": "{:.2f}",
    "slowest, s": "{:.2f}",
    "question, ms": "{:.1f}",
    "slowest, ms": "{:.0f}",
    "question meanwhile, ms": "{:.1f}",
    "slowest meanwhile, ms": "{:.0f}",
    "resident, MB": "{:.0f}",
    "stored, s": "{:.2f}",
    "then resident, MB": "{:.0f}",
}


def measure(size: int) -> dict[str, float]:
    """Returns the measurements of one size, named as in `COLUMNS`."""
    library = generate.library(size)
    texts = generate.questions(library)
    with tempfile.TemporaryDirectory() as temporary:
        notes, state = Path(temporary, "notes"), Path(temporary, "state")
        notes.mkdir()
        write_notes(library, notes)
        del library
        first = _run_ask(notes, state, texts[0])
        later = sorted(_run_ask(notes, state, question) for question in texts[1 : STARTS + 1])
        questions = Path(temporary, "questions.json")
        questions.write_text(json.dumps(texts), "utf-8")
        command = [
            sys.executable,
            "-m",
            "benchmarks.changing",
            "--here",
            str(notes),
            str(state),
            str(questions),
        ]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        changed: dict[str, float] = json.loads(output.splitlines()[-1])
    middle = later[STARTS // 2]
    starts = (size, *first, *middle)
    return dict(zip(COLUMNS, starts, strict=False)) | changed


def _run_ask(notes: Path, state: Path, question: str) -> tuple[float, float]:
    """Runs `analects ask`, by words alone unless EMBEDDING_MODEL is set. Returns its seconds and its peak memory in MB."""
    command = [sys.executable, "-m", "bot", "ask", question, "--corpus", str(notes), "--json"]
    began = perf_counter()
    variables = {"EMBEDDING_MODEL": "off", **os.environ, "STATE_PATH": str(state)}
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    taken = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[:4])
    return taken, usage.ru_maxrss / 1e3


def changes(notes: Path, state: Path, asked: Sequence[str]) -> dict[str, float]:
    """Measures in this process how long a change of one note takes, from the quiet folder to the new index."""
    from bot.chat.conversation import Bot
    from bot.library.reloading import STORE_AFTER_S, Reloader
    from bot.library.snapshot import load_snapshot, stored_after_changes
    from bot.model import Question
    from corpus.folder.selection import Rules

    snapshot = load_snapshot(notes, Rules(), state / "cache")
    bot = Bot(snapshot.index)
    waited_s = 0.0
    store = partial(stored_after_changes, root=notes, folder=state / "cache")
    reloader = Reloader(bot, snapshot, notes, lambda: time() + waited_s, store=store)
    del snapshot
    reloader.prepare()
    reloader.update()
    note = notes / "7.md"
    text = note.read_text("utf-8")

    def ask(done: Event, taken: list[float]) -> None:
        while not done.is_set():
            for question in asked:
                began = perf_counter()
                bot.reply(Question(question))
                taken.append(perf_counter() - began)
                if done.wait(0.005):
                    break

    def while_asking(work: Iterable[float]) -> tuple[list[float], list[float]]:
        done, taken = Event(), list[float]()
        thread = Thread(target=ask, args=(done, taken))
        thread.start()
        times = list(work)
        done.set()
        thread.join()
        return times, sorted(taken)

    def change() -> Iterable[float]:
        for number in range(CHANGES):
            note.write_text(text + f"- Changed for the {number} time, wholly.\n", "utf-8")
            began = perf_counter()
            assert reloader.changed(reloader.stamps())
            reloader.update()
            yield perf_counter() - began

    def pause() -> Iterable[float]:
        yield float(Event().wait(3))

    _, quiet = while_asking(pause())
    times, meanwhile = while_asking(change())
    changed_mb = _resident_mb()
    waited_s = STORE_AFTER_S
    began = perf_counter()
    reloader.store_changes()
    figures = (
        statistics.median(times), max(times),
        *(seconds * 1000 for seconds in (statistics.median(quiet), quiet[-1], statistics.median(meanwhile), meanwhile[-1])),
        changed_mb, perf_counter() - began, _resident_mb(),
    )  # fmt: skip
    return dict(zip(list(COLUMNS)[5:], figures, strict=True))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def table(rows: Iterable[dict[str, float]]) -> str:
    cells = ([form.format(row[name]) for name, form in COLUMNS.items()] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS), *cells))


def main() -> None:
    if sys.argv[1:2] == ["--here"]:
        notes, state, questions = map(Path, sys.argv[2:])
        print(json.dumps(changes(notes, state, json.loads(questions.read_text("utf-8")))))
        return
    print(table(measure(int(size)) for size in sys.argv[1:] or ("10000", "100000")))


if __name__ == "__main__":
    main()
