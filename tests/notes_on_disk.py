"""Writes folders of notes for tests, and reads them."""

from collections.abc import Sequence
from pathlib import Path

from corpus.load import Rules, load
from corpus.model import Highlight, Library

TAIL = "([View Highlight](https://read.readwise.io/read/{}))"


def note(*bullets: str, title: str = "On Hedges", author: str = "Mara Vale", head: str = "") -> str:
    """A note in the default layout of the Obsidian plugin."""
    lines = [f"# {title}", "", "## Metadata", f"- Author: [[{author}]]", f"- Full Title: {title}"]
    return "\n".join([*([head] if head else []), *lines, "", "## Highlights", *bullets, ""])


def write(root: Path, notes: dict[str, str | bytes]) -> Path:
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def library(root: Path, notes: dict[str, str | bytes], **rules: object) -> Library:
    return load(write(root, notes), Rules(**rules))  # type: ignore[arg-type]


def read(root: Path, text: str | bytes, path: str = "note.md", **rules: object) -> Sequence[Highlight]:
    """The highlights of a single note."""
    return library(root, {path: text}, **rules).highlights


def texts(found: Library | Sequence[Highlight]) -> list[str]:
    return [highlight.text for highlight in (found.highlights if isinstance(found, Library) else found)]
