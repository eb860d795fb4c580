"""Every field of a highlight and of its source is read from the note."""

from pathlib import Path

import pytest

from corpus.formats import properties
from corpus.load import SAMPLE_NOTES, load
from tests.notes_on_disk import TAIL, note, read

LONG = "A hedge that is cut every second winter carries twice as many berries as one cut each year."


def test_the_sample_notes_are_read_without_problems() -> None:
    loaded = load(SAMPLE_NOTES)
    assert (len(loaded.highlights), loaded.duplicates, loaded.private, loaded.problems) == (258, 1, 1, ())
    assert len({highlight.id for highlight in loaded.highlights}) == 258


# Fields


def test_all_fields_of_a_note_are_read(tmp_path: Path) -> None:
    text = """---
author: Owner Of The Vault
title: Not this one
date: 2024-10-11
tags:
- articles
- "[[reading]]"
---
# Hedges and Ditches

![rw-book-cover](https://x.org/c_(1).png)

## Metadata
- Author: [[Mara Vale]]
- Full Title: Hedges and Ditches: A History
- Category: #articles
- Document Tags: #fields [[old walls]]
- Summary: One line
and another, spilt.

- URL: https://x.org/hedges

## Highlights
- First passage. ([View Highlight](https://read.readwise.io/read/1))
### Ditches
- Second
  - with a list
  and a last line. ([Location\u00a0144](https://readwise.io/to_kindle?action=open&asin=B0&location=144)) ^rw1
    - Note: My remark
      goes on.
    - Tags: [[favorite]] #two\x20
## New highlights added July 4, 2024 at 9:56 PM
- Third. ([Time\u00a00:10:06](https://share.snipd.com/snip/1))
"""
    first, second, third = read(tmp_path, text, "deep/n.md")
    source = first.source
    assert (source.title, source.authors) == ("Hedges and Ditches: A History", ("Mara Vale",))
    assert (source.category, source.url, source.date) == ("articles", "https://x.org/hedges", "2024-10-11")
    assert (source.cover, source.tags) == (
        "https://x.org/c_(1).png",
        ("fields", "old walls", "articles", "reading"),
    )
    assert (first.text, first.link, first.location) == (
        "First passage.",
        "https://read.readwise.io/read/1",
        None,
    )
    assert (first.chapter, first.added, first.remark, first.tags) == (None, None, None, ())
    assert (first.path, first.line) == ("deep/n.md", 24)
    assert second.text == "Second\n- with a list\nand a last line."
    assert second.plain == "Second\nwith a list\nand a last line."
    assert (second.location, second.chapter, second.line) == ("Location 144", "Ditches", 26)
    assert (second.remark, second.tags) == ("My remark\ngoes on.", ("favorite", "two"))
    assert (third.location, third.added, third.chapter) == ("Time 0:10:06", "2024-07-04T21:56:00", None)


@pytest.mark.parametrize(
    ("heading", "added"),
    [
        ("New highlights added July 4, 2024 at 9:56 AM", "2024-07-04T09:56:00"),
        ("New highlights added December 31, 2022 at 12:05 AM", "2022-12-31T00:05:00"),
        ("New highlights added May 1, 2022 at 12:05 PM", "2022-05-01T12:05:00"),
        ("New highlights added [[Feb 10th, 2023]] at 7:32 PM", "2023-02-10T19:32:00"),
        ("New highlights added 2024-02-30 at 7:32", None),
        ("New highlights synced", None),
    ],
)
def test_the_time_of_a_batch_is_read_from_its_heading(
    tmp_path: Path, heading: str, added: str | None
) -> None:
    first, second = read(tmp_path, note("- One", f"## {heading}", "- Two"))
    assert (first.added, second.added) == (None, added)


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("[[Novak Djokovic and William Davis]]", ("Novak Djokovic", "William Davis")),
        ("[[Pressfield, Steven]]", ("Pressfield, Steven",)),
        ("[[Econometrics and Free Software]]", ("Econometrics and Free Software",)),
        ("[[Ann Lee, Bo Crane, and Cy Dale]]", ("Ann Lee", "Bo Crane", "Cy Dale")),
        ("[[Ann Lee]], [[Bo Crane]]", ("Ann Lee", "Bo Crane")), ("[[A. N. Lee and Bo Crane]]", ("A. N. Lee", "Bo Crane")),
        ("[[@hedge on Twitter]]", ("@hedge on Twitter",)), ("[[x.org]]", ("x.org",)), ("[[.]]", ()), ("", ()), ("[[]]", ()),
        ("[[Mara Vale|Vale]]", ("Vale",)), ("[[Mara Vale]] [[Mara Vale]]", ("Mara Vale",)),
        ("Simon & Schuster", ("Simon & Schuster",)),
    ],
)  # fmt: skip
def test_lists_of_authors_are_split_into_names(written: str, people: tuple[str, ...]) -> None:
    assert properties.people([written]) == people


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("# H1\n## Metadata\n- Full Title: Full\n- Author: x\n", "Full"),
        ("---\ntitle: Front\n---\n# H1\n## Metadata\n- Author: x\n", "Front"),
        ("# H1 [[Linked]]\n## Metadata\n- Author: x\n", "H1 Linked"),
        ("## Metadata\n- Author: x\n", "The File: Name"),
        ('## Metadata\n- Full Title: "Quoted &amp; more"\n- Author: x\n', "Quoted & more"),
    ],
)
def test_where_the_title_comes_from(tmp_path: Path, head: str, title: str) -> None:
    (highlight,) = read(
        tmp_path, f"{head}## Highlights\n- One {TAIL.format(1)}\n", "The File%3A Name (highlights).md"
    )
    assert highlight.source.title == title


@pytest.mark.parametrize(
    "written", ["#articles", "[[articles]]", "articles", "#Type/Highlight/Article", "Articles"]
)
def test_a_category_is_read_in_several_notations(tmp_path: Path, written: str) -> None:
    (highlight,) = read(
        tmp_path, f"## Metadata\n- Category: {written}\n- Full Title: T\n## Highlights\n- One"
    )
    assert highlight.source.category == "articles"


@pytest.mark.parametrize(
    "written", ["2024-10-11", '"2024-10-11"', "[[2024-10-11]]", "Oct 11th, 2024", "October 11, 2024"]
)
def test_dates_are_read_in_several_notations(tmp_path: Path, written: str) -> None:
    quoted = written if written.startswith('"') else f"'{written}'"
    for value in {written, quoted}:
        (highlight,) = read(
            tmp_path, f"---\ntitle: T\ndate: {value}\n---\n## Highlights\n- One {TAIL.format(1)}"
        )
        assert highlight.source.date == "2024-10-11"


def test_property_values_stay_as_written(tmp_path: Path) -> None:
    (highlight,) = read(tmp_path, "---\ntitle: 007\nauthor: yes\ntags: [on, 1.10]\n---\n## Highlights\n- One")
    assert (highlight.source.title, highlight.source.authors, highlight.source.tags) == (
        "007",
        ("yes",),
        ("on", "1.10"),
    )
