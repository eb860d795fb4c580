"""An answer in pages."""

from collections import Counter
from collections.abc import Sequence


def paged(sources: Sequence[int], limit: int, most: int) -> list[int]:
    """The first `most` places of a ranking, so ordered that no page is all of one source if others fit too.

    `sources` has the source of each ranked passage. Only the last third of a page of `limit` gives way, so
    the best passage stays first.
    """
    waiting = list(range(len(sources)))
    order: list[int] = []
    while waiting and len(order) < most and limit > 1:
        page: list[int] = []
        counts: Counter[int] = Counter()
        for place in waiting:
            if len(page) == limit:
                break
            if counts[sources[place]] < limit - max(1, limit // 3):
                page.append(place)
                counts[sources[place]] += 1
        left = [place for place in waiting if place not in page] if len(page) < limit else []
        page = sorted(page + left[: limit - len(page)])
        order += page
        waiting = [place for place in waiting if place not in set(page)]
    return (order + waiting)[:most]
