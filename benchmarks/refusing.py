"""How often "nothing fits" is said rightly and wrongly, for every least evidence.

A question that should be refused is one of another collection; one that should not has its passage among the
first five.
"""

import random
from collections.abc import Callable, Sequence

from benchmarks.collections import Collection
from benchmarks.meaning import Vectors
from benchmarks.peers import Passages
from bot.answering.answer import ranked
from bot.search.index import Index
from corpus.model import Library

MOST = 150
"""Questions of each collection that are asked of each."""

Refusal = tuple[bool, float]
"""Whether the question has its passage among the first five, and how much speaks for the best of them."""


def refusals(
    found: Sequence[Collection], library: Callable[[Passages], Library], vectors: Vectors | None = None
) -> list[Refusal]:
    """Every collection's questions asked of every collection."""
    result: list[Refusal] = []
    chosen = {one.name: some(one) for one in found}
    for collection in found:
        index = Index.build(library(collection.passages))
        meaning = vectors.of(collection.name, index) if vectors is not None else None
        for name, questions in chosen.items():
            for question in questions:
                own = name == collection.name
                asked = next(one for one in found if one.name == name).questions[question]
                passages, _, speaks = ranked(asked, index, 5, meaning)
                grades = collection.relevant[question] if own else {}
                names = [index.library.highlights[one].id for one in passages.tolist()]
                if not own or any(grades.get(one, 0) > 0 for one in names):
                    result.append((own, speaks))
    return result


def some(collection: Collection, most: int = MOST) -> list[str]:
    """Names of some of a collection's questions, always the same."""
    names = sorted(collection.questions)
    return random.Random(0).sample(names, min(most, len(names)))


def curve(found: Sequence[Refusal]) -> list[dict[str, float]]:
    """Parts refused at each least evidence."""
    answered = [covered for own, covered in found if own]
    others = [covered for own, covered in found if not own]
    return [
        {
            "least": round(step / 20 - 0.2, 2),
            "rightly": round(sum(one < step / 20 - 0.2 for one in others) / max(len(others), 1), 4),
            "wrongly": round(sum(one < step / 20 - 0.2 for one in answered) / max(len(answered), 1), 4),
        }
        for step in range(17)
    ]
