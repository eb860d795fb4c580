"""A copy is hidden, too, if it is longer, shorter, or has something written around it."""
# ruff: noqa: E501

from pathlib import Path

import pytest

from tests.notes_on_disk import library, note, texts

FIRST, SECOND = "Water finds the gap in the hedge.", "Nobody who asks may read this second sentence of mine."
SECRET = f"{FIRST} {SECOND}"
PRIVATE = "---\ntags: [private]\n---"


def shown(root: Path, private: str, public: str, title: str = "A") -> list[str]:
    notes: dict[str, str | bytes] = {
        "p.md": note(f"- {private}", title="B", head=PRIVATE),
        "a.md": note(f"- {public}", title=title, author="Someone else"),
        "z.md": note("- Open.", title="Z"),
    }
    return texts(library(root, notes))


@pytest.mark.parametrize(
    "copy",
    [
        SECRET.replace("hedge.", "hedge.<sup>1</sup>"), SECRET.replace("hedge.", "hedge.[12]"), SECRET.replace("hedge.", "hedge.¹"), f"12. {SECRET}",
        f"{SECRET} — Mara Vale", f"{SECRET} #calm", f"{SECRET} [[Tom]]", f"Quote: {SECRET}", FIRST, SECOND, SECRET.replace("hedge. ", "hedge.\n\n  "),
    ],
)  # fmt: skip
def test_what_is_written_around_a_copy_plays_no_part(tmp_path: Path, copy: str) -> None:
    assert shown(tmp_path, SECRET, copy) == ["Open."]


@pytest.mark.parametrize(
    "copy", [SECRET[:50], f"{SECRET[:50]}…", SECRET[12:], f"It began. {SECRET} And so on.", SECOND]
)
def test_within_a_source_a_longer_or_shorter_version_is_hidden(tmp_path: Path, copy: str) -> None:
    assert shown(tmp_path / "0", SECRET, copy, "B") == ["Open."]
    assert shown(tmp_path / "1", copy, SECRET, "B") == ["Open."]


def test_a_chinese_passage_that_was_extended_is_hidden(tmp_path: Path) -> None:
    text = "水总会在树篱里找到缝隙，谁也不能读到这句话。"
    assert shown(tmp_path, text, f"{text}他说完就走了。", "B") == ["Open."]


def test_another_passage_of_the_source_stays(tmp_path: Path) -> None:
    assert sorted(shown(tmp_path, SECRET, "A hedge is a slow fence that feeds birds.", "B")) == [
        "A hedge is a slow fence that feeds birds.",
        "Open.",
    ]


def test_a_remark_that_repeats_a_private_text_is_not_shown(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {
        "p.md": note(f"- {SECRET}", title="B", head=PRIVATE),
        "a.md": note("- Open.", "- Closed.", f"    - Note: {SECRET}"),
    }
    assert texts(library(tmp_path, notes)) == ["Open."]


def test_a_quotation_within_a_private_diary_is_hidden_elsewhere(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {
        "p.md": f"{PRIVATE}\n\nToday I thought of Tom. He said “{FIRST}” and left.\n",
        "a.md": note(f"- {FIRST}", "- Open."),
    }
    assert texts(library(tmp_path, notes, plain_notes="off")) == ["Open."]
