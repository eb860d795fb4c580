"""A copy is hidden, too, if it is longer, shorter, or has something written around it."""
# ruff: noqa: E501

from pathlib import Path

import pytest

from corpus.folder.known import Known
from corpus.folder.roots import listed
from corpus.folder.selection import Rules
from corpus.folder.state import refresh
from tests.notes_on_disk import library, note, texts, write

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


def test_a_longer_version_stays_hidden_while_its_private_note_is_half_written(tmp_path: Path) -> None:
    longer = f"{SECRET} It was extended later."
    notes: dict[str, str | bytes] = {
        "a.md": note(f"- {longer}", title="B"),
        "p.md": note(f"- {SECRET}", title="B", author="Someone else"),
    }
    public = refresh(Known(Rules()), listed(write(tmp_path, notes)))
    assert longer in texts(public.library)
    write(tmp_path, {"p.md": note(f"- {SECRET}", title="B", author="Someone else", head=PRIVATE)})
    private = refresh(public, listed(tmp_path))
    assert texts(private.library) == []
    names = b"".join(record.private_names for record in private.records.values())
    write(tmp_path, {"p.md": ""})
    half_written = refresh(private, listed(tmp_path), hidden=names)
    assert texts(half_written.library) == []
    assert texts(refresh(half_written, listed(tmp_path)).library) == [longer]
