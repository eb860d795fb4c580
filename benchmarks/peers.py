"""Other search engines, one function each, set up as their documentation recommends.

Each engine gets passages as (id, title, text) and questions by id, and ranks at least ten passages for each question.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np
import Stemmer

from benchmarks.collections import Run

Passages = Sequence[tuple[str, str, str]]
Questions = Mapping[str, str]

RANKING_DEPTH = 20
"""Passages that an engine ranks for a question."""

STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    ]
)
"""Lucene's English list, which bm25s and others use by default."""

_WORD = re.compile(r"\w+")
_STEMMER = Stemmer.Stemmer("english")


def analysed(text: str) -> list[str]:
    """Returns the stemmed words of a text, without stop words."""
    words = [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]
    return list(_STEMMER.stemWords(words))


def rank_bm25_as_it_comes(passages: Passages, questions: Questions) -> Run:
    """rank-bm25 as in its README: Okapi over `lower().split()`."""
    return _rank_bm25(
        [f"{title} {text}".lower().split() for _, title, text in passages], passages, questions, str.split
    )


def rank_bm25_with_stems(passages: Passages, questions: Questions) -> Run:
    """rank-bm25: Okapi over stemmed words without stop words."""
    return _rank_bm25(
        [analysed(f"{title} {text}") for _, title, text in passages], passages, questions, analysed
    )


def _rank_bm25(documents: list[list[str]], passages: Passages, questions: Questions, split: object) -> Run:
    from rank_bm25 import BM25Okapi

    assert callable(split)
    engine = BM25Okapi(documents)
    run = {}
    for question, text in questions.items():
        scores = np.asarray(engine.get_scores(list(split(text.lower()))))
        best = np.argsort(-scores, kind="stable")[:RANKING_DEPTH]
        run[question] = {
            passages[passage][0]: float(scores[passage]) for passage in best.tolist() if scores[passage] > 0
        }
    return run


def bm25s(passages: Passages, questions: Questions) -> Run:
    """bm25s as in its README: English stop words, Snowball stemmer, Lucene's BM25."""
    import bm25s as engine

    texts = [f"{title} {text}" for _, title, text in passages]
    index = engine.BM25()
    index.index(
        engine.tokenize(texts, stopwords="en", stemmer=_STEMMER, show_progress=False), show_progress=False
    )
    tokenized_questions = engine.tokenize(
        list(questions.values()), stopwords="en", stemmer=_STEMMER, show_progress=False
    )
    found, scores = index.retrieve(tokenized_questions, k=min(RANKING_DEPTH, len(texts)), show_progress=False)
    return {
        question: {
            passages[int(passage)][0]: float(score)
            for passage, score in zip(ranked, row, strict=True)
            if score > 0
        }
        for question, ranked, row in zip(questions, found, scores, strict=True)
    }


def tantivy(passages: Passages, questions: Questions) -> Run:
    """tantivy: title and text are fields with its English stemmer, searched by its lenient query parser."""
    import tantivy as engine

    builder = engine.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    builder.add_text_field("title", tokenizer_name="en_stem")
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = engine.Index(builder.build())
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for number, (_, title, text) in enumerate(passages):
        writer.add_document(engine.Document(id=number, title=title, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    run = {}
    for question, text in questions.items():
        query, _ = index.parse_query_lenient(" ".join(_WORD.findall(text.lower())), ["title", "text"])
        hits = searcher.search(query, RANKING_DEPTH).hits
        run[question] = {passages[searcher.doc(at)["id"][0]][0]: float(score) for score, at in hits}
    return run


def fts5(passages: Passages, questions: Questions) -> Run:
    """SQLite's FTS5 with its Porter stemmer: any word of the question except stop words, ranked by bm25()."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(title, text, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO t (title, text) VALUES (?, ?)", [passage[1:] for passage in passages])
    run: dict[str, dict[str, float]] = {}
    for question, text in questions.items():
        words = [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        rows = (
            database.execute(
                "SELECT rowid, bm25(t) FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?",
                (query, RANKING_DEPTH),
            ).fetchall()
            if query
            else []
        )
        run[question] = {passages[row - 1][0]: -score for row, score in rows}
    database.close()
    return run


PEERS = {
    "rank-bm25 as it comes": rank_bm25_as_it_comes,
    "rank-bm25, words and stems": rank_bm25_with_stems,
    "bm25s": bm25s,
    "tantivy": tantivy,
    "SQLite FTS5": fts5,
}
