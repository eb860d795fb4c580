"""Measures time and memory from a folder of notes to an answer, at several sizes, compared with rank-bm25 with its defaults.

    python -m benchmarks.loading [SIZE …]

Notes are written in the layout of Readwise's Obsidian plugin, then read, indexed and asked. Each size and engine runs in its own
process, so that peak memory is that of one run. Prints a Markdown table.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from benchmarks.generate import library, questions
from corpus.model import Library

LIBRARY_SIZES = (1_000, 10_000, 100_000)
OUR_NAME, PEER = "analects", "rank-bm25 as it comes"
MAX_QUESTIONS_TO_PEER = 20
"""Questions to rank-bm25 with 100,000 highlights, where each takes a fifth of a second."""


def write_notes(made: Library, folder: Path) -> None:
    """Writes the library as exported notes, one for each source."""
    for number, (_, group) in enumerate(groupby(made.highlights, key=lambda highlight: highlight.path)):
        highlights = list(group)
        source = highlights[0].source
        head = (
            f"# {source.title}\n\n![rw-book-cover](https://example.org/cover.png)\n\n## Metadata\n"
            f"- Author: [[{source.authors[0]}]]\n- Full Title: {source.title}\n- Category: #books\n\n## Highlights\n"
        )
        bullets = (
            f"- {highlight.text} ([View Highlight](https://read.readwise.io/read/{highlight.id}))\n"
            for highlight in highlights
        )
        (folder / f"{number}.md").write_text(head + "".join(bullets), encoding="utf-8")


def measure(engine: str, folder: Path, asked: list[str]) -> dict[str, float]:
    """Returns seconds to read and to index, median and 99th percentile of milliseconds per question, and peak memory in MB."""
    from corpus.load import load

    began = time.perf_counter()
    found = load(folder)
    read = time.perf_counter()
    answer = _analects(found) if engine == OUR_NAME else _rank_bm25(found)
    built = time.perf_counter()
    taken = []
    for question in asked:
        start = time.perf_counter()
        answer(question)
        taken.append((time.perf_counter() - start) * 1000)
    return {
        "highlights": len(found.highlights),
        "read": read - began,
        "index": built - read,
        "p50": statistics.median(taken),
        "p99": statistics.quantiles(taken, n=100)[98],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _analects(found: Library) -> Callable[[str], object]:
    from bot.answering.answer import answer
    from bot.model import Question
    from bot.search.index import Index

    index = Index.build(found)
    return lambda question: answer(Question(question, 10), index)


def _rank_bm25(found: Library) -> Callable[[str], object]:
    from rank_bm25 import BM25Okapi

    engine = BM25Okapi([highlight.plain.lower().split() for highlight in found.highlights])
    return lambda question: engine.get_top_n(question.lower().split(), range(len(found.highlights)), 10)


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "--one":
        engine, folder, file = sys.argv[2:]
        print(json.dumps(measure(engine, Path(folder), json.loads(Path(file).read_text(encoding="utf-8")))))
        return
    sizes = [int(size) for size in sys.argv[1:]] or LIBRARY_SIZES
    print("| highlights | engine | read, s | index, s | answer p50, ms | p99, ms | peak memory, MB |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        made = library(size)
        with tempfile.TemporaryDirectory() as temporary:
            notes = Path(temporary, "notes")
            notes.mkdir()
            write_notes(made, notes)
            questions_file = Path(temporary, "questions.json")
            for engine in (OUR_NAME, PEER):
                count = MAX_QUESTIONS_TO_PEER if engine == PEER and size > 10_000 else 200
                questions_file.write_text(json.dumps(questions(made, count)), encoding="utf-8")
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.loading",
                    "--one",
                    engine,
                    str(notes),
                    str(questions_file),
                ]
                figures = json.loads(
                    subprocess.run(command, capture_output=True, check=True, text=True).stdout
                )
                cells = (
                    f"{figures['read']:.1f} | {figures['index']:.1f} | {figures['p50']:.2f} | {figures['p99']:.1f} | "
                    f"{figures['peak']:.0f}"
                )
                print(f"| {figures['highlights']:,} | {engine} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
