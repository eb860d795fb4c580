"""Pairs highlights in a person's notes with their copies that were fetched from the account.

The links of the two may differ, because templates write links of their own. A long text is enough to show that they are the same
highlight. A short text ("Formatting") may stand in a source more than once. Then the first in the notes is paired with the first
that was fetched, and so on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.formats.saved_message import SHAPE as SAVED_MESSAGE
from corpus.merging.duplicates import Copy, is_long
from corpus.origins import GIT


def precedence(copy: Copy) -> int:
    """Ranks the origin of a copy; the lowest rank is shown if copies differ.

    The account comes first, because people edit there; then the folder of notes; then a Git repository; and last a message saved
    from chat, which may only quote the highlight.
    """
    if copy.fetched:
        return 0
    if copy.note.shape == SAVED_MESSAGE:
        return 3
    return 2 if copy.note.path.startswith(GIT) else 1


def short_pairs(copies: Sequence[Copy]) -> Iterator[tuple[int, int]]:
    """Yields the indexes of pairs, a note's copy and a fetched copy, that share their source and a short text."""
    if not any(copy.fetched for copy in copies):
        return
    alike: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, copy in enumerate(copies):
        if not is_long(copy.key):
            alike[copy.source_key, copy.key][copy.fetched].append(place)
    for written, fetched in alike.values():
        if written and fetched:
            yield from _paired(copies, written, fetched)


def _paired(copies: Sequence[Copy], written: list[int], fetched: list[int]) -> Iterator[tuple[int, int]]:
    by_link = [_by_link(copies, places) for places in (written, fetched)]
    agreed = by_link[0].keys() & by_link[1].keys()
    left = [[place for link, place in found.items() if link not in agreed] for found in by_link]
    for note_place, fetched_place in zip(*left, strict=False):
        addresses = {copies[note_place].source.url, copies[fetched_place].source.url} - {None}
        if len(addresses) < 2:
            yield note_place, fetched_place


def _by_link(copies: Sequence[Copy], places: list[int]) -> dict[str | None, int]:
    """Returns the first copy with each link, in the order of the notes."""
    found: dict[str | None, int] = {}
    for place in sorted(places, key=lambda index: (copies[index].note.path, copies[index].entry.line)):
        found.setdefault(copies[place].entry.link, place)
    return found
