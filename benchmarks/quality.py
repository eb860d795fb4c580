"""Measures how well passages are found: `python -m benchmarks.quality --collections DIR [--json]`.

Compares Analects with other engines on every collection of a folder in BEIR's layout. Also prints how often questions are
refused rightly and wrongly.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.collections import MEASURES, Collection, collections, measured
from benchmarks.meaning import Vectors
from benchmarks.meaning import options as meaning_options
from benchmarks.meaning import vectors as vectors_asked
from benchmarks.peers import PEERS, RANKING_DEPTH, Passages, Questions
from benchmarks.refusing import curve, refusals
from bot.answering.find import rank_question
from bot.search.bm25 import Ranking
from bot.search.index import Index
from bot.semantic.embedding import Embedding
from corpus.model import Highlight, Library, Source

OUR_NAME = "Analects"
WITH_MEANING = "Analects, with meaning"
PERMUTATIONS = 10_000

Figures = dict[str, dict[str, dict[str, float]]]
"""A value for each engine, measure and question."""


def library(passages: Passages) -> Library:
    """Returns a collection as a library. Each title becomes a source."""
    sources = {title: Source(title) for _, title, _ in passages}
    highlights = tuple(Highlight(id_, text, text, sources[title]) for id_, title, text in passages)
    return Library(tuple(sources.values()), highlights)


def analects(
    passages: Passages,
    questions: Questions,
    ranking: Ranking | None = None,
    vectors: Callable[[Index], Embedding] | None = None,
) -> dict[str, dict[str, float]]:
    """Returns the ranking of Analects, before anything is refused or reordered for variety."""
    index = Index.build(library(passages), ranking)
    embedding = vectors(index) if vectors is not None else None
    run = {}
    for question, text in questions.items():
        found = rank_question(text, index, RANKING_DEPTH, embedding)[0].found
        names = [index.library.highlights[passage].id for passage in found.passages.tolist()]
        run[question] = dict(zip(names, found.scores.tolist(), strict=True))
    return run


def compare(collection: Collection, engines: Sequence[str], vectors: Vectors | None = None) -> Figures:
    """Returns all measures of these engines on a collection. With `vectors`, Analects with its embedding model is added."""
    figures = {}
    for name in engines:
        engine = analects if name == OUR_NAME else PEERS[name]
        figures[name] = measured(collection, engine(collection.passages, collection.questions))
    if vectors is not None:
        vectors_of = partial(vectors.of, collection.name)
        run = analects(collection.passages, collection.questions, vectors=vectors_of)
        figures[WITH_MEANING] = measured(collection, run)
    return figures


def p_value(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    """Returns the p of a two-sided paired randomisation test over the questions (Smucker, Allan and Carterette, CIKM 2007)."""
    differences = np.array([ours[question] - theirs[question] for question in ours])
    if not differences.any():
        return 1.0
    signs = np.random.default_rng(0).integers(0, 2, (PERMUTATIONS, len(differences)), np.int8) * 2 - 1
    means = np.abs(signs @ differences)
    return float((means >= abs(differences.sum()) - 1e-12).mean())


def summary(name: str, figures: Figures) -> dict[str, object]:
    """Returns the means of each engine and measure, and the significance test against the best other engine."""
    means = {
        engine: {measure: round(fmean(values.values()), 4) for measure, values in measures.items()}
        for engine, measures in figures.items()
    }
    peers = [engine for engine in figures if engine not in (OUR_NAME, WITH_MEANING)]
    result: dict[str, object] = {
        "collection": name,
        "questions": len(figures[OUR_NAME]["nDCG@10"]),
        "engines": means,
    }
    if peers:
        best = max(peers, key=lambda engine: means[engine]["nDCG@10"])
        difference = means[OUR_NAME]["nDCG@10"] - means[best]["nDCG@10"]
        p = p_value(figures[OUR_NAME]["nDCG@10"], figures[best]["nDCG@10"])
        result["best_peer"] = {"engine": best, "difference": round(difference, 4), "p": round(p, 4)}
    if WITH_MEANING in figures:
        gained = means[WITH_MEANING]["nDCG@10"] - means[OUR_NAME]["nDCG@10"]
        p = p_value(figures[WITH_MEANING]["nDCG@10"], figures[OUR_NAME]["nDCG@10"])
        result["by_meaning"] = {"difference": round(gained, 4), "p": round(p, 4)}
    return result


def table(summaries: Sequence[Mapping[str, object]]) -> str:
    """Returns a Markdown table: one row for each engine and measure, one column for each collection."""
    names = [str(entry["collection"]) for entry in summaries]
    lines = [f"| | | {' | '.join(names)} | mean |", "|---|---|" + "---|" * (len(names) + 1)]
    engines: list[Mapping[str, Mapping[str, float]]] = [entry["engines"] for entry in summaries]  # type: ignore[misc]
    for measure in MEASURES:
        for engine in engines[0]:
            values = [means[engine][measure] for means in engines]
            cells = " | ".join(f"{value:.3f}" for value in [*values, fmean(values)])
            lines.append(f"| {measure} | {engine} | {cells} |")
    lines += [
        f"\n{entry['collection']}: {entry['questions']} questions; {_significance(entry)}"
        for entry in summaries
    ]
    return "\n".join(lines)


def _significance(entry: Mapping[str, object]) -> str:
    best, meaning = entry.get("best_peer"), entry.get("by_meaning")
    sentences = []
    if isinstance(best, dict):
        sentences.append(f"{best['difference']:+.4f} nDCG@10 over {best['engine']} (p = {best['p']})")
    if isinstance(meaning, dict):
        sentences.append(f"meaning {meaning['difference']:+.4f} over words alone (p = {meaning['p']})")
    return "; ".join(sentences) or "no peers"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument(
        "--collections", type=Path, required=True, help="folder of collections in BEIR's layout"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true", help="without the other engines")
    meaning_options(parser)
    given = parser.parse_args(arguments)
    engines = [OUR_NAME] if given.alone else [OUR_NAME, *PEERS]
    found = collections(given.collections)
    vectors = vectors_asked(given)
    summaries = [summary(collection.name, compare(collection, engines, vectors)) for collection in found]
    refused = curve(refusals(found, library, vectors))
    if given.json:
        print(json.dumps({"collections": summaries, "nothing_fits": refused}, indent=2))
        return
    print(table(summaries))
    print(
        "\nNothing fits: least evidence, refused of another collection's questions, refused of the answered ones"
    )
    for row in refused:
        print(f"{row['least']:.2f}  {row['rightly']:.3f}  {row['wrongly']:.3f}")


if __name__ == "__main__":
    main()
