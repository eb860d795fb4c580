"""Private tags in files that are no Markdown: Kindle clippings, spreadsheets, JSON, HTML. They hide what they stand at, and no more."""

from pathlib import Path

import pytest

from tests.notes_on_disk import library, texts

FIXTURES = Path(__file__).parents[1] / "formats" / "fixtures"


def read(tmp_path: Path, name: str, old: str, new: str) -> list[str]:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    assert old in text
    return texts(library(tmp_path, {name: text.replace(old, new, 1)}))


@pytest.mark.parametrize("tag", ["#private", ".private", "(#private)", "[[private]]", "mine #private", "Tags: private"])
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
def test_a_tag_in_a_remark_or_a_passage(
    tmp_path: Path, name: str, old: str, new: str, hidden: str, tag: str
) -> None:
    before = read(tmp_path / "before", name, old, old)
    if new != "{}" and (tag.startswith((".", "Tags")) or name.endswith("csv")):
        pytest.skip("no tag within a passage's text")
    found = read(tmp_path / "after", name, old, new.format(tag))
    assert any(hidden in one for one in before)
    assert not any(hidden in one for one in found)
    assert found, "everything else is hidden, too"


def test_tags_of_a_spreadsheet(tmp_path: Path) -> None:
    assert not any("road" in one for one in read(tmp_path / "a", "readwise.csv", '"favorite,roads"', '"roads,private"'))
    assert not any("road" in one for one in read(tmp_path / "b", "readwise.csv", ",history", ",Private"))
