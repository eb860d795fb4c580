"""Measures how fast passages are found: `python -m benchmarks.speed [--sizes 10000 100000] [--engines NAME …] [--json]`.

Every engine runs in its own process, on one core, with the same generated library and 200 questions of 6 to 12 words. Measures the
build, the load from disk, memory, and a search for the ten best passages. Then measures the time of a search by the number of
postings of its words, and the time of starts and changes (`benchmarks.changing`).
"""

import argparse
import gc
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks import changing

if TYPE_CHECKING:
    from bot.search.index import Index
    from bot.search.query_terms import QueryTerm

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
MAX_RESULTS = 10
MAX_PASSAGES_FOR_RANK_BM25 = 100_000
"""rank-bm25 is measured only up to this many passages, because it scores all of them for each question."""

POSTING_BOUNDS = (1_000, 10_000, 100_000, 1_000_000)
"""Upper bounds of the groups of questions, in postings."""
CURVE_COLUMN = "postings up to"

Timed = tuple[Sequence[Any], Callable[[Any], object]]


def analects(folder: Path, size: int) -> dict[str, Timed | float]:
    """Measures the first stage (BM25F), the whole ranking, and the whole answer, prepared as in the program."""
    from benchmarks import generate
    from bot.answering.answer import answer
    from bot.model import Question
    from bot.search.index import Index
    from bot.search.query_terms import query_terms
    from bot.search.search import bm25f, search
    from bot.search.storage import load, save
    from bot.text.analysis import tokens
    from bot.understanding.intent import question_language, without_stop_words

    library = generate.library(size)
    before = _resident_mb()
    began = perf_counter()
    index = Index.build(library)
    built = perf_counter() - began
    save(index, folder / "index", "")
    began = perf_counter()
    index = load(library, folder / "index", "") or index
    started = perf_counter() - began
    index.prepare()
    gc.freeze()  # as `bot.library.reloading` does: the library stays
    questions = generate.questions(library)
    typed = [tokens(question) for question in questions]
    asked_terms = [
        query_terms(
            without_stop_words(question_tokens, question_language(question_tokens, index), index), index
        )
        for question_tokens in typed
    ]
    return {
        "library_mb": before,
        "build_s": built,
        "start_s": started,
        "Analects: BM25F": (asked_terms, lambda query: bm25f(query, index, MAX_RESULTS)),
        "Analects: ranking": (asked_terms, lambda query: search(query, index, MAX_RESULTS)),
        "Analects: question to answer": (questions, lambda query: answer(Question(str(query)), index)),
        **_curve(index, asked_terms),
    }


def _curve(index: "Index", questions: Sequence[Sequence["QueryTerm"]]) -> dict[str, Timed]:
    """Returns the questions grouped by the number of postings of their words. Groups of fewer than five are left out."""
    from bot.search.search import bm25f

    groups: dict[int, list[Sequence[QueryTerm]]] = {bound: [] for bound in POSTING_BOUNDS}
    for terms in questions:
        postings = sum(index.postings.frequency(form) for term in terms for form, _ in term.scored)
        groups[next(bound for bound in POSTING_BOUNDS if postings <= bound)].append(terms)
    return {
        f"{CURVE_COLUMN} {bound:,}": (group, lambda query: bm25f(query, index, MAX_RESULTS))
        for bound, group in groups.items()
        if len(group) >= 5
    }


def rank_bm25(_: Path, size: int) -> dict[str, Timed | float]:
    """rank-bm25 with its defaults: Okapi over `lower().split()`."""
    import numpy as np
    from rank_bm25 import BM25Okapi

    texts, texts_of_questions = _texts(size)
    began = perf_counter()
    engine = BM25Okapi([text.lower().split() for text in texts])
    built = perf_counter() - began
    questions = [question.split() for question in texts_of_questions[:40]]

    def search(words: object) -> object:
        return np.argsort(engine.get_scores(words))[::-1][:MAX_RESULTS]

    return {"build_s": built, "rank-bm25 as it comes": (questions, search)}


def bm25s(folder: Path, size: int) -> dict[str, Timed | float]:
    """bm25s with numba, its fastest backend, memory-mapped when loaded from disk."""
    import bm25s as engine
    import Stemmer

    texts, questions = _texts(size)
    stemmer = Stemmer.Stemmer("english")
    began = perf_counter()
    index = engine.BM25(backend="numba")
    index.index(
        engine.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    built = perf_counter() - began
    index.save(str(folder))
    began = perf_counter()
    index = engine.BM25.load(str(folder), mmap=True)
    index.backend = "numba"
    started = perf_counter() - began
    split = engine.tokenize(questions, stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False)
    split = [words for words in split if words]  # it refuses a question of stop words alone

    def search(words: object) -> object:
        return index.retrieve([words], k=MAX_RESULTS, show_progress=False, n_threads=0)

    return {"build_s": built, "start_s": started, "bm25s with numba": (split, search)}


def tantivy(folder: Path, size: int) -> dict[str, Timed | float]:
    """Tantivy with its English stemmer. Questions are parsed before the measurement."""
    import tantivy as engine

    texts, questions = _texts(size)
    builder = engine.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem")
    schema = builder.build()
    began = perf_counter()
    index = engine.Index(schema, path=str(folder))
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for text in texts:
        writer.add_document(engine.Document(text=text))
    writer.commit()
    writer.wait_merging_threads()
    built = perf_counter() - began
    began = perf_counter()
    index = engine.Index.open(str(folder))
    searcher = index.searcher()
    started = perf_counter() - began
    parsed = [index.parse_query(question, ["text"]) for question in questions]
    search: Timed = (parsed, lambda query: searcher.search(query, MAX_RESULTS).hits)
    return {"build_s": built, "start_s": started, "tantivy": search}


def fts5(folder: Path, size: int) -> dict[str, Timed | float]:
    """SQLite FTS5 with its Porter stemmer: any word of the question except stop words."""
    from benchmarks.peers import STOP_WORDS

    texts, questions = _texts(size)
    began = perf_counter()
    database = sqlite3.connect(folder / "fts5.sqlite")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO t (text) VALUES (?)", ([text] for text in texts))
    database.execute("INSERT INTO t (t) VALUES ('optimize')")
    database.commit()
    built = perf_counter() - began
    database.close()
    began = perf_counter()
    opened = sqlite3.connect(folder / "fts5.sqlite")
    started = perf_counter() - began
    words = [[word for word in question.split() if word not in STOP_WORDS] for question in questions]
    queries = [
        " OR ".join(f'"{word}"' for word in words_of_question)
        for words_of_question in words
        if words_of_question
    ]
    sql = f"SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT {MAX_RESULTS}"
    search: Timed = (queries, lambda query: opened.execute(sql, (query,)).fetchall())
    return {"build_s": built, "start_s": started, "SQLite FTS5": search}


ENGINES = {"analects": analects, "tantivy": tantivy, "bm25s": bm25s, "fts5": fts5, "rank_bm25": rank_bm25}


def _texts(size: int) -> tuple[list[str], list[str]]:
    from benchmarks import generate

    library = generate.library(size)
    return [highlight.plain for highlight in library.highlights], generate.questions(library)


def _resident_mb() -> float:
    """Returns the resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _measure_here(engine: str, size: int) -> list[dict[str, float | str]]:
    """Returns the rows of one engine, measured in this process."""
    with tempfile.TemporaryDirectory() as folder:
        result = ENGINES[engine](Path(folder), size)
        figures = {name: value for name, value in result.items() if isinstance(value, float)}
        rows: list[dict[str, float | str]] = []
        for name, timed in result.items():
            if not isinstance(timed, tuple):
                continue
            times = sorted(_times(*timed))
            rows.append(
                {
                    "engine": name,
                    "size": size,
                    "p50_ms": times[len(times) // 2],
                    "p99_ms": times[int(len(times) * 0.99)],
                    **figures,
                }
            )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        return [{**row, "resident_mb": _resident_mb(), "peak_mb": peak} for row in rows]


def _times(questions: Sequence[object], search: Callable[[object], object]) -> Iterable[float]:
    """Yields the milliseconds of each question, after a warm-up round."""
    for question in questions[:50]:
        search(question)
    for question in questions:
        began = perf_counter()
        search(question)
        yield (perf_counter() - began) * 1000


def table(rows: Iterable[dict[str, float | str]]) -> str:
    names = ("size", "engine", "p50_ms", "p99_ms", "build_s", "start_s", "resident_mb", "peak_mb")
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        cells = (row.get(name, "–") for name in names)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def curve(rows: Sequence[dict[str, float | str]], sizes: Sequence[int]) -> str:
    """Returns a table of median search times: a line for each group, a column for each size."""
    found = {(row["engine"], row["size"]): row["p50_ms"] for row in rows}
    lines = [[CURVE_COLUMN, *(f"{size:,} passages" for size in sizes)], ["---"] * (len(sizes) + 1)]
    for bound in POSTING_BOUNDS:
        cells = (found.get((f"{CURVE_COLUMN} {bound:,}", size), "–") for size in sizes)
        lines.append([f"{bound:,}", *map(_cell, cells)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: float | str) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return value


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--here", action="store_true", help="in this process: one engine, one size, JSON")
    parsed = parser.parse_args(arguments)
    if parsed.here:
        print(json.dumps(_measure_here(parsed.engines[0], parsed.sizes[0])))
        return
    rows = []
    for size in parsed.sizes:
        for engine in parsed.engines:
            if engine != "rank_bm25" or size <= MAX_PASSAGES_FOR_RANK_BM25:
                rows += _measure_in_process(engine, size)
    if parsed.json:
        print(json.dumps(rows, indent=2))
        return
    print(table(row for row in rows if not str(row["engine"]).startswith(CURVE_COLUMN)), flush=True)
    if "analects" in parsed.engines:
        print("\np50 of the search in ms, by the postings of a question's words\n")
        print(curve(rows, parsed.sizes), flush=True)
        print("\nStarts, and changes of one note\n")
        print(changing.table(map(changing.measure, parsed.sizes)))


def _measure_in_process(engine: str, size: int) -> list[dict[str, float | str]]:
    """Returns the rows of one engine, measured in a new process that uses one thread."""
    command = [sys.executable, "-m", "benchmarks.speed", "--here", "--engines", engine, "--sizes", str(size)]
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    process = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: list[dict[str, float | str]] = json.loads(process.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
