"""How often questions are refused rightly and wrongly, for every threshold of the answer score.

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
    chosen = {one.name: some(one) for one in found}
    for collection in found:
        index = Index.build(library(collection.passages))
        embedding = vectors.of(collection.name, index) if vectors is not None else None
        for name, questions in chosen.items():
            for question in questions:
                own = name == collection.name
                asked = next(one for one in found if one.name == name).questions[question]
                ranked, decision = rank_question(asked, index, WORDS.considered, embedding)
                grades = collection.relevant[question] if own else {}
                names = [index.library.highlights[one].id for one in ranked.found.passages.tolist()]
                if not own or any(grades.get(one, 0) > 0 for one in names):
                    result.append((own, WORDS.threshold + decision.margin))
    return result


def some(collection: Collection, limit: int = MAX_QUESTIONS) -> list[str]:
    """Names of at most `limit` of a collection's questions, always the same ones."""
    names = sorted(collection.questions)
    return random.Random(0).sample(names, min(limit, len(names)))


def curve(found: Sequence[Refusal]) -> list[dict[str, float]]:
    """Shares of questions that are refused at each threshold."""
    answered = [covered for own, covered in found if own]
    others = [covered for own, covered in found if not own]
    return [
        {
            "least": round(step / 20 + 0.4, 2),
            "rightly": round(sum(one < step / 20 + 0.4 for one in others) / max(len(others), 1), 4),
            "wrongly": round(sum(one < step / 20 + 0.4 for one in answered) / max(len(answered), 1), 4),
        }
        for step in range(17)
    ]
