"""Small libraries for tests of the core."""

from collections.abc import Iterable

from corpus.model import Highlight, Library, Source

UNTITLED = Source("Untitled")


def library(*texts: str, source: Source = UNTITLED) -> Library:
    """A library of one source; highlight n has the id "n"."""
    return library_of(Highlight(str(number), text, text, source) for number, text in enumerate(texts))


def library_of(highlights: Iterable[Highlight]) -> Library:
    """A library of these highlights and their sources."""
    all_highlights = tuple(highlights)
    return Library(tuple(dict.fromkeys(highlight.source for highlight in all_highlights)), all_highlights)


def highlight(id_: str, text: str, title: str = "Untitled", *authors: str, **more: object) -> Highlight:
    """A highlight of a source. `more` takes the source's `date` and any field of `Highlight`."""
    date = more.pop("date", None)
    source = Source(title, authors, date=str(date) if date else None)
    return Highlight(id_, text, text, source, **more)  # type: ignore[arg-type]
