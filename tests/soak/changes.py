"""Changes to the library while the bot runs: notes in its folder, and highlights in a Readwise account."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from tests.readwise_server import ReadwiseServer

READWISE_SOURCES, HIGHLIGHTS_PER_SOURCE = 50, 10


def write_made_up_notes(folder: Path, highlights: int) -> None:
    """Writes notes with so many highlights, each as long as in people's notes."""
    from benchmarks.generate import library
    from benchmarks.loading import write_notes

    folder.mkdir()
    write_notes(library(highlights), folder)


class Changes:
    """Changes notes and highlights at an interval, except while it pauses. The library stays about as large as it was."""

    def __init__(self, notes: Path, interval_s: float) -> None:
        self.notes, self.interval_s = notes, interval_s
        self.readwise = ReadwiseServer()
        self.readwise.account.fill(READWISE_SOURCES, HIGHLIGHTS_PER_SOURCE)
        self.pauses = False

    async def run(self) -> None:
        notes, highlights = self._change_notes(), self._change_readwise()
        while True:
            await asyncio.sleep(self.interval_s)
            if not self.pauses:
                next(notes)
                next(highlights)

    def _change_notes(self) -> Iterator[None]:
        """Writes, renames and deletes notes, one at a time."""
        random_ = random.Random(1)
        for number in itertools.count():
            path = self.notes / f"added{number % 12}.md"
            passages = [
                f"- Passage {number} of {part}: memory {random_.random()} and sleep.\n" for part in range(30)
            ]
            path.write_text(f"# Book {number}\n\n## Highlights\n{''.join(passages)}", encoding="utf-8")
            if number % 3 == 2:
                path.rename(self.notes / f"renamed{number % 12}.md")
            elif number % 5 == 4:
                path.unlink()
            yield

    def _change_readwise(self) -> Iterator[None]:
        """Adds a highlight, changes it and deletes it, in each source in turn."""
        account = self.readwise.account
        for source in itertools.cycle(list(account.sources.values())):
            added = account.add_highlight(source, f"A lamp of {source.title} burns in the harbour.")
            yield
            account.change(added, f"A lamp of {source.title} burns all night in the harbour.")
            yield
            account.delete(added)
            yield
