"""The common reader: reads the blocks of a note whose layout has no reader of its own."""

import html
from collections.abc import Sequence

from corpus.formats.header import Header, heading
from corpus.formats.layout import LONE_COMMENT, Layout, Problems, Reading, Text
from corpus.formats.outline import arrows, roles, sentences
from corpus.formats.outline.left_lines import without_left_lines
from corpus.formats.outline.lines import OutlineReader
from corpus.formats.outline.nested import dedented
from corpus.formats.outline.parts import joined, lines_of, parts
from corpus.formats.outline.sections import METADATA

_METADATA_LEVEL = 3
"""The deepest level of the heading "Metadata" in a template."""


def read_note(text: Text, layout: Layout) -> Reading:
    """Reads the blocks of a note. If it has several sources, each is read on its own."""
    if found := parts(text):
        first = text.front.first_line
        readings = [
            (part, read_part(lines_of(text, part), first + part.begin, part.title, layout)) for part in found
        ]
        return joined(text, layout, readings)
    return read_part(text.lines, text.front.first_line, text.front.first("title"), layout)


def read_part(lines: Sequence[str], first_line: int, title: str | None, layout: Layout) -> Reading:
    """Reads the blocks of a part of a note. The part begins on line `first_line`, counted from 1."""
    header = Header()
    if layout.escaped:
        lines = [html.unescape(line) for line in lines]
    lines = dedented(_raised(lines))
    lines = layout.rewrite(without_left_lines(lines))
    alone: Problems = []
    if LONE_COMMENT in lines:
        alone.append((first_line + lines.index(LONE_COMMENT), roles.NO_PASSAGE))
        lines = ["" if line == LONE_COMMENT else line for line in lines]
    outline = OutlineReader(
        header,
        first_line,
        title,
        chapters_in_bullets=layout.chapters_in_bullets,
        fences=layout.fences,
        paragraphs_lead=layout.paragraphs_lead,
        one_paragraph=layout.one_paragraph,
        always_linked=layout.always_linked,
        own_template=layout.arrows,
    ).read(arrows.rewrite(sentences.rewrite(lines)) if layout.arrows else list(lines))
    entries, problems = roles.read(
        outline,
        same_link_is_remark=layout.same_link_is_remark,
        always_linked=layout.always_linked,
        paragraphs_lead=layout.paragraphs_lead,
        quotes_only=layout.quotes_only,
        own_template=layout.arrows,
    )
    first: dict[str, int | None] = {}
    for line, what in sorted(problems + alone, key=lambda found: found[0] or 0):
        first.setdefault(what, line)
    return Reading(entries, header, [(line, what) for what, line in first.items()])


def _raised(lines: Sequence[str]) -> Sequence[str]:
    """Raises the headings of a note whose "Metadata" is deeper than in any template, as in a part copied out of another note.

    The title may stand one level above it. If any heading is higher still, the note has a structure of its own and stays.
    """
    heads = [(at, found) for at, line in enumerate(lines) if line[:1] == "#" and (found := heading(line))]
    deep = [level for _, (level, name) in heads if name.strip("# :").lower() in METADATA]
    if not deep or deep[0] <= _METADATA_LEVEL or min(level for _, (level, _) in heads) < deep[0] - 1:
        return lines
    raised = list(lines)
    for at, _ in heads:
        raised[at] = raised[at][deep[0] - 2 :]
    return raised
