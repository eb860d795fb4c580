"""A layout's marks and properties only save time: without them, the same layout is chosen."""

from pathlib import Path

import pytest

from corpus.formats import front_matter, registry
from corpus.formats.layout import Text
from corpus.load import SAMPLE_NOTES

FIXTURES = Path(__file__).parent / "fixtures"
FILES = sorted(path for folder in (FIXTURES, SAMPLE_NOTES) for path in folder.rglob("*") if path.is_file())


def text_of(path: Path) -> Text:
    text = path.read_text(encoding="utf-8")
    front = front_matter.split(text)
    lines = tuple(front.body.split("\n"))
    return Text(path.name, text, front, lines, tuple(line for line in lines if line.startswith("#")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_layout_with_evidence_has_a_mark_or_a_property_in_the_file(path: Path) -> None:
    text = text_of(path)
    found = [layout for layout in registry.all_layouts() if text.suffix in layout.suffixes]
    assert [
        layout.name
        for layout in found
        if (layout.marks or layout.properties)
        and layout.evidence(text)
        and not any(mark in text.text.lower() for mark in layout.marks)
        and layout.properties.isdisjoint(text.front.properties)
    ] == []


def test_a_file_with_a_property_but_none_of_the_marks_is_recognised() -> None:
    text = "---\ndoc_type: hypothesis-highlights\nurl: https://example.org\n---\n## Highlights\n- A hedge grows.\n"
    found = registry.recognise(
        Text(
            "a.md", text, front_matter.split(text), ("## Highlights", "- A hedge grows."), ("## Highlights",)
        )
    )
    assert found is not None
    assert found.name == "hypothesis"


def test_a_mark_in_capitals_counts() -> None:
    (matter,) = (layout for layout in registry.all_layouts() if layout.name == "matter")
    text = "## Metadata\n* URL: [https://example.org](https://example.org)\n* Publisher: Hedge\n\n## Highlights\n* a\n"
    assert registry.recognise(Text("a.md", text, front_matter.split(text), tuple(text.split("\n")))) is matter


def test_marks_are_in_lower_case() -> None:
    assert [
        mark for layout in registry.all_layouts() for mark in layout.marks if mark != mark.lower() or not mark
    ] == []
