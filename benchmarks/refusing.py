"""Measures how often questions are refused rightly and wrongly, for every threshold of the answer score.

A question of another collection should be refused. A question with its passage among the first five should not.
"""

import random
from collections.abc import Callable, Sequence

from benchmarks.collections import Collection
from benchmarks.meaning import Vectors
from benchmarks.peers import Passages
from bot.answering.find import rank_question
from bot.answering.parameters import WORDS
from bot.search.index import Index
from corpus.model import Library

MAX_QUESTIONS = 150
"""Questions of each collection that are asked of every collection."""

Refusal = tuple[bool, float]
"""Whether the question has an answer among the first five passages, and its score on the scale of the answer score by words."""


def refusals(
    found: Sequence[Collection], library: Callable[[Passages], Library], vectors: Vectors | None = None
) -> list[Refusal]:
    """Asks every collection the questions of all collections."""
    result: list[Refusal] = []
    chosen = {collection.name: sample(collection) for collection in found}
    for collection in found:
        index = Index.build(library(collection.passages))
        embedding = vectors.of(collection.name, index) if vectors is not None else None
        for name, questions in chosen.items():
            for question in questions:
                own = name == collection.name
                asked = next(other for other in found if other.name == name).questions[question]
                ranked, decision = rank_question(asked, index, WORDS.considered, embedding)
                grades = collection.relevant[question] if own else {}
                names = [index.library.highlights[passage].id for passage in ranked.found.passages.tolist()]
                if not own or any(grades.get(passage, 0) > 0 for passage in names):
                    result.append((own, WORDS.threshold + decision.margin))
    return result


def sample(collection: Collection, limit: int = MAX_QUESTIONS) -> list[str]:
    """Returns the ids of at most `limit` questions of a collection, always the same ones."""
    names = sorted(collection.questions)
    return random.Random(0).sample(names, min(limit, len(names)))


def curve(found: Sequence[Refusal]) -> list[dict[str, float]]:
    """Returns the shares of questions that are refused at each threshold."""
    answered = [score for own, score in found if own]
    others = [score for own, score in found if not own]
    return [
        {
            "least": round(step / 20 + 0.4, 2),
            "rightly": round(sum(score < step / 20 + 0.4 for score in others) / max(len(others), 1), 4),
            "wrongly": round(sum(score < step / 20 + 0.4 for score in answered) / max(len(answered), 1), 4),
        }
        for step in range(17)
    ]
