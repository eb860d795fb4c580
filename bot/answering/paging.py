"""An answer in pages."""

from collections import Counter
from collections.abc import Sequence


def paginate(sources: Sequence[int], page_size: int, limit: int) -> list[int]:
    """The first `limit` places of a ranking, reordered so that no page has quotes from one source only, if others fit too.

    `sources` has the source of each ranked passage. Only the last third of a page makes room for other sources, so the
    best passage stays first.
    """
    waiting = list(range(len(sources)))
    order: list[int] = []
    while waiting and len(order) < limit and page_size > 1:
        page: list[int] = []
        counts: Counter[int] = Counter()
        for place in waiting:
            if len(page) == page_size:
                break
            if counts[sources[place]] < page_size - max(1, page_size // 3):
                page.append(place)
                counts[sources[place]] += 1
        left = [place for place in waiting if place not in page] if len(page) < page_size else []
        page = sorted(page + left[: page_size - len(page)])
        order += page
        waiting = [place for place in waiting if place not in set(page)]
    return (order + waiting)[:limit]
