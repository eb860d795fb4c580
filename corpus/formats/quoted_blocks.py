"""Block quotes with the reader's words below them, as some exporters write them without any label."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus.formats.entry import only_tags


class Quoted(NamedTuple):
    """A block quote and the text up to the next one."""

    line: int
    """The index of its first line."""
    text: str
    below: tuple[str, ...]
    """The lines below it, without empty ones at the ends."""


def quotes(lines: Sequence[str]) -> Iterator[Quoted]:
    """Yields the block quotes. Lines right below the last ">" belong to the quote, up to an empty line, as in Markdown."""
    at = 0
    while at < len(lines):
        if not lines[at].startswith(">"):
            at += 1
            continue
        begin = at
        while at < len(lines) and lines[at].strip():
            at += 1
        words = [
            line.lstrip(">").strip() if line.startswith(">") else line.strip() for line in lines[begin:at]
        ]
        below = at
        while at < len(lines) and not lines[at].startswith(">"):
            at += 1
        if text := "\n".join(words).strip():
            yield Quoted(begin, text, trimmed(lines[below:at]))


def trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    """Returns the lines without empty ones at the ends."""
    worded = [at for at, line in enumerate(lines) if line.strip()]
    return tuple(line.rstrip() for line in lines[worded[0] : worded[-1] + 1]) if worded else ()


def remark_and_tags(below: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """Returns (remark, tags). A first line of nothing but hashtags has the tags."""
    if below and below[0].strip() and only_tags(below[0]):
        tags = tuple(tag.strip("[] ,") for tag in below[0].split("#") if tag.strip("[] ,"))
        return "\n".join(trimmed(below[1:])) or None, tags
    return "\n".join(below) or None, ()
