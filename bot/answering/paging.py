"""An answer in pages."""

from collections.abc import Iterator, Sequence


def paginate(sources: Sequence[int], page_size: int) -> Iterator[int]:
    """The places of a ranking, reordered so that no page has quotes from one source only, if others fit too.

    `sources` has the source of each ranked passage. Only the last third of a page makes room for other sources, so the
    best passage stays first. A page is made when its first place is asked for: of many passages, few are shown.
    """
    waiting = list(range(len(sources)))
    at_most = page_size - max(1, page_size // 3)
    while waiting and page_size > 1:
        page: list[int] = []
        counts: dict[int, int] = {}
        seen = 0
        for place in waiting:
            if len(page) == page_size:
                break
            seen += 1
            count = counts.get(sources[place], 0)
            if count < at_most:
                page.append(place)
                counts[sources[place]] = count + 1
        if len(page) < page_size:
            left = [place for place in waiting if place not in page]
            page = sorted(page + left[: page_size - len(page)])
        yield from page
        taken = set(page)
        waiting = [place for place in waiting[:seen] if place not in taken] + waiting[seen:]
    yield from waiting
