"""Private tags in files other than Markdown hide their passage and nothing else."""

from pathlib import Path

import pytest

from tests.notes_on_disk import library, texts

FIXTURES = Path(__file__).parents[1] / "formats" / "fixtures"


def read(tmp_path: Path, name: str, old: str, new: str) -> list[str]:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    assert old in text
    return texts(library(tmp_path, {name: text.replace(old, new, 1)}))


@pytest.mark.parametrize(
    "tag", ["#private", ".private", "(#private)", "[[private]]", "mine #private", "Tags: private"]
)
@pytest.mark.parametrize(
    ("name", "old", "new", "hidden"),
    [
        ("My Clippings.txt", "wie bei uns", "{}", "Eine Straße ist"),
        ("My Clippings.txt", "Salt was money that could be eaten.", "Salt was money that could be eaten. {}", "Salt was money"),
        ("readwise.csv", "like a treaty", "{}", "A road is a promise"),
        ("koreader.json", "like a treaty", "{}", "A road is a promise"),
        ("kindle_notebook.html", "like a treaty", "{}", "A road is a promise"),
    ],
)  # fmt: skip
def test_a_private_tag_in_a_remark_or_a_passage(
    tmp_path: Path, name: str, old: str, new: str, hidden: str, tag: str
) -> None:
    before = read(tmp_path / "before", name, old, old)
    if new != "{}" and (tag.startswith((".", "Tags")) or name.endswith("csv")):
        pytest.skip("this format has no such tags within the text of a passage")
    highlights = read(tmp_path / "after", name, old, new.format(tag))
    assert any(hidden in text for text in before)
    assert not any(hidden in text for text in highlights)
    assert highlights, "the rest of the file must still be shown"


def test_a_private_tag_in_a_spreadsheet(tmp_path: Path) -> None:
    assert not any(
        "road" in text for text in read(tmp_path / "a", "readwise.csv", '"favorite,roads"', '"roads,private"')
    )
    assert not any("road" in text for text in read(tmp_path / "b", "readwise.csv", ",history", ",Private"))


def test_a_child_below_a_passage_of_google_play_hides_it(tmp_path: Path) -> None:
    """The child is the reader's, and no line that the exporter writes."""
    text = "# On Hedges\n\n- A hedge grows.\n  +  ask Ida\n- A gate rusts.\n    - Note: keep this (#{})\n"
    assert texts(library(tmp_path, {"hedges.md": text.format("public")})) == [
        "A hedge grows.",
        "A gate rusts.",
    ]
    assert texts(library(tmp_path, {"hedges.md": text.format("private")})) == ["A hedge grows."]
