"""Passages and remarks that begin like a label, list or quote are kept whole in the layouts of many tools."""
# ruff: noqa: E501  (each note is one line of this file)

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from corpus.formats import reader
from corpus.formats.dates import is_date
from corpus.formats.entry import Note
from corpus.model import Highlight
from tests.notes_on_disk import library

HEAD = "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n"
BEGINNINGS = (
    "Author: a person who is paid for silence.", "Note: the hedge is a ledger.", "Date: a fruit of the palm.", "Tags: are pins.", "URL: a rope with no end.",
    "- a dash begins it.", "1. The first rule.", "> is greater than <.", "Page 12 is torn.", "“Words,” she said, “are words.”", "2023 was a dry year.",
)  # fmt: skip
REMARK = "Author: who is this?"


def read(folder: Path, text: str, name: str = "a.md") -> Sequence[Highlight]:
    return library(folder, {name: text}).highlights


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


EXPORTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "KOReader": ("a.md", lambda text: f"# On Hedges\n##### Mara Vale\n\n## One\n### Page 12 @ 02 January 2024 03:04:05 PM\n{text}\n\n---\n{REMARK}\n### Page 14 @ 02 January 2024 03:04:05 PM\nA gate rusts.\n"),
    "Boox": ("a.txt", lambda text: f"Reading Notes | <<On Hedges>>Mara Vale\nOne\n2024-01-02 15:04  |  Page No.: 12\n{text}\n【Annotation】{REMARK}\n-------------------\nOne\n2024-01-02 15:04  |  Page No.: 14\nA gate rusts.\n-------------------\n"),
    "calibre": ("a.md", lambda text: f"### One\n\n{text}\n[1/2/24 3:04 PM](calibre://view-book/x)\n\n{REMARK}\n\n--------------------\n\nA gate rusts.\n[1/2/24 3:04 PM](calibre://view-book/y)\n\n--------------------\n"),
    "ReadEra": ("a.txt", lambda text: f"On Hedges\nMara Vale\n\n{text}\n--\n{REMARK}\n\n*****\n\nA gate rusts.\n\n*****\n"),
    "Kindle clippings": ("a.txt", lambda text: f"On Hedges (Mara Vale)\n- Your Highlight on page 1 | location 10-13 | Added on Tuesday, 2 January 2024 15:04:05\n\n{text}\n==========\nOn Hedges (Mara Vale)\n- Your Note on page 1 | location 13 | Added on Tuesday, 2 January 2024 15:05:05\n\n{REMARK}\n==========\nOn Hedges (Mara Vale)\n- Your Highlight on page 9 | location 90-93 | Added on Tuesday, 2 January 2024 15:04:05\n\nA gate rusts.\n==========\n"),
    "Instapaper": ("a.md", lambda text: f"{HEAD}{quoted(text)} [↗](https://www.instapaper.com/read/1/2)\n\n{REMARK}\n\n> A gate rusts. [↗](https://www.instapaper.com/read/1/3)\n"),
    "Google Play's plugin": ("a.md", lambda text: f"# On Hedges\n_Mara Vale_\n## One\n\n> [!quote]+\n{quoted(text)}\n> ***{REMARK}***\n> _January 2, 2024_\n> [Page 12](http://play.google.com/books/reader?id=A&pg=GBS.PA12)\n\n> [!quote]+\n> A gate rusts.\n> _January 2, 2024_\n> [Page 14](http://play.google.com/books/reader?id=A&pg=GBS.PA14)\n"),
    "callouts": ("a.md", lambda text: f"{HEAD}\n> [!quote]\n{quoted(text)}\n> — p. 12\n\n> [!note]\n> {REMARK}\n\n> [!quote]\n> A gate rusts.\n> — p. 14\n"),
    "one between two rules": ("a.md", lambda text: f"{HEAD}\n# Highlights\n\n{text}\n\n*p. 12*\n\n**Note:** {REMARK}\n\n---\n\nA gate rusts.\n\n*p. 14*\n\n---\n"),
    "dated below a chapter": ("a.md", lambda text: f"{HEAD}\n# On Hedges\n\n## Highlights\n\n## One\n\nA gate rusts.\n\n*Created: 2024-01-02T03:04:05.000Z*\n\n{text}\n\n**Note:** {REMARK}\n\n*Created: 2024-01-02T03:04:05.000Z*\n"),
    "numbered quotations": ("a.md", lambda text: f'{HEAD}\n0. "{text}" --- *0.054, 2024-01-02*\n\n> > {REMARK}\n\n1. "A gate rusts." --- *0.1, 2024-01-03*\n\n'),
}  # fmt: skip
SIGNS_ARE_MARKUP = frozenset({"callouts", "one between two rules", "dated below a chapter"})
"""Layouts in which a list or quote sign at the beginning may be dropped as markup."""


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("tool", EXPORTS)
def test_a_passage_may_begin_as_a_label_a_list_or_a_quote_does(
    tmp_path: Path, tool: str, beginning: str
) -> None:
    name, make = EXPORTS[tool]
    found = {highlight.text: highlight for highlight in read(tmp_path, make(beginning), name)}
    candidates = (
        [beginning, beginning.lstrip("-> 1.")]
        if tool in SIGNS_ARE_MARKUP
        else [beginning, beginning.lstrip("> ")]
    )
    (text,) = [candidate for candidate in candidates if candidate in found][:1]
    assert found[text].remark == REMARK
    assert found.keys() == {text, "A gate rusts."}


@pytest.mark.parametrize("tool", ["KOReader", "Boox", "calibre", "ReadEra", "one between two rules"])
def test_a_passage_may_have_several_paragraphs_and_a_list(tmp_path: Path, tool: str) -> None:
    name, make = EXPORTS[tool]
    text = "First of two.\n\nSecond: with a list\n- salt\n- rope"
    assert [highlight.text for highlight in read(tmp_path, make(text), name)] == [text, "A gate rusts."]


BELOW = {
    "a date right below a quote": ("> A hedge grows.\nDate: 2024-01-02\n", None),
    "a remark in italics right below": ("> Ends in a number of 42\n*Note: mine*\n", "mine"),
    "labels below a remark": (
        "> A hedge grows.\n\n**Note:** mine\n\nmore of mine\n**Page:** 12\n\n---\n> A gate rusts.\n**Page:** 14\n\n---\n",
        "mine\n\nmore of mine",
    ),
    "a bullet between a quote and its place": ("> A hedge grows.\n\n- mine\n\n**Page:** 12\n", "mine"),
}


@pytest.mark.parametrize("case", BELOW)
def test_lines_below_a_quote_are_not_part_of_the_passage(tmp_path: Path, case: str) -> None:
    text, remark = BELOW[case]
    highlight, *others = read(tmp_path, f"{HEAD}## Highlights\n\n{text}")
    assert "Note" not in highlight.text
    assert "Date" not in highlight.text
    assert highlight.remark == remark
    assert [other.text for other in others] in ([], ["A gate rusts."])


def test_where_remarks_are_indented_a_bullet_that_begins_with_note_is_a_passage(tmp_path: Path) -> None:
    text = f"{HEAD}## Highlights\n- A hedge grows.\n    - Note: mine\n- Note: well the difference.\n- A gate rusts.\n"
    highlights = read(tmp_path, text)
    assert [(highlight.text, highlight.remark) for highlight in highlights] == [
        ("A hedge grows.", "mine"),
        ("Note: well the difference.", None),
        ("A gate rusts.", None),
    ]


def test_the_last_passage_of_a_matter_note_ends_early_only_after_an_edit(tmp_path: Path) -> None:
    text = "## Metadata\n* URL: [x](https://x.example)\n* Author: [[Mara Vale]]\n\n## Highlights\n* A gate rusts.\n* First.\n\nSecond."
    assert [highlight.text for highlight in read(tmp_path / "0", text)] == [
        "A gate rusts.",
        "First.\n\nSecond.",
    ]
    assert [highlight.text for highlight in read(tmp_path / "1", f"{text}\n")] == ["A gate rusts.", "First."]


def test_paragraphs_above_a_link_in_a_notion_export_belong_to_its_passage(tmp_path: Path) -> None:
    link = "(https://readwise.io/to_kindle?action=open&asin=B0&location=1)"
    text = f"# Hedges\n\nAuthor: Mara Vale\nCategory: Books\n\n# Highlights first synced by Readwise January 2, 2024\n\nOne.\n\nTwo:\n- salt\n- rope ([Location 1]{link})\n\n- **Note:** mine\n\nA gate rusts. ([Location 1]{link.replace('=1)', '=2)')})\n"
    first, second = read(tmp_path, text)
    assert (first.text, first.remark, second.text) == (
        "One.\n\nTwo:\n- salt\n- rope",
        "mine",
        "A gate rusts.",
    )


def test_the_readers_own_heading_below_an_empty_one_is_not_a_chapter(tmp_path: Path) -> None:
    text = f"{HEAD}## Highlights\n\n## Ideas of mine\n\nPlant more hedges.\n"
    assert not read(tmp_path, text)


def test_a_place_in_the_label_of_a_link(tmp_path: Path) -> None:
    text = f"{HEAD}## Highlights\n- A hedge grows.\n    - 🔗 [p. 12](https://books.example/x)\n"
    (highlight,) = read(tmp_path, text)
    assert (highlight.location, highlight.link) == ("p. 12", "https://books.example/x")


def test_ambiguous_words_in_a_google_play_export_are_reported(tmp_path: Path) -> None:
    text = "On Hedges\nMara Vale\n\n2 notes/highlights\nCreated by S. R. – Last synced March 4, 2024\n\nit ends without a full stop\n\nmine, or what stands in that chapter\n\nJanuary 3, 2024\n15\n\nA gate rusts.\n\nJanuary 3, 2024\n16\n"
    note = reader.read("a.txt", text)
    assert isinstance(note, Note)
    assert [entry.text for entry in note.entries] == ["A gate rusts."]
    assert any("may be yours or the book's" in problem for _, problem in note.problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tuesday, 2 May 2023 at 3:04 PM", True), ("miércoles, 22 de septiembre de 2023 a las 15:04", True), ("2023年8月22日 星期二", True),
        ("2023-01-01 is the date to check", False), ("Created by R. T. – Last synced March 4, 2024", False),
    ],
)  # fmt: skip
def test_a_line_with_many_other_words_is_not_a_date(text: str, expected: bool) -> None:
    assert is_date(text) is expected


OWN_NOTE = "---\ntitle: On Hedges\nurl: https://example.org/hedges\n---\n\n"
OF_A_SOURCE = {
    "a heading for quotations": (
        "## Summary\n\nHe is right, mostly.\n\n## Quotes\n\n- A hedge grows.\n- A gate rusts.\n",
        ["A hedge grows.", "A gate rusts."],
    ),
    "a heading for thoughts": ("- A hedge grows.\n\n## My thoughts\n\nI would plant a meadow.\n\n### More\n\nNot now.\n", ["A hedge grows."]),
    "a heading after the thoughts": ("# On Hedges\n\n## Notes\n\n- Mine.\n\n## Chapter 2\n\n- A hedge grows.\n", ["A hedge grows."]),
}  # fmt: skip


@pytest.mark.parametrize("form", OF_A_SOURCE)
def test_what_a_note_of_ones_own_calls_thoughts_is_not_quoted_as_the_sources(form: str) -> None:
    body, expected = OF_A_SOURCE[form]
    found = reader.read("a.md", OWN_NOTE + body)
    assert isinstance(found, Note)
    assert [entry.text for entry in found.entries] == expected
    assert [problem for _, problem in found.problems] != []
    assert {entry.link for entry in found.entries} == {"https://example.org/hedges"}


def test_a_note_that_is_only_thoughts_is_read_but_not_as_the_sources() -> None:
    text = OWN_NOTE.replace("url:", "author: Mara Vale\nurl:") + "## My notes\n\n- I would plant a meadow.\n"
    found = reader.read("a.md", text)
    assert isinstance(found, Note)
    (entry,) = found.entries
    source = found.source_of(entry)
    assert (entry.link, source.title, source.authors, source.url) == (None, "On Hedges", (), None)
    assert reader.is_linked(found)


def test_headings_mean_nothing_in_a_note_without_a_source() -> None:
    found = reader.read(
        "a.md",
        "# Coffee\n\n## Notes\n\n- Grind it coarse.\n\n## Quotes\n\n- Rinse it.\n\n- [ ] Descale it.\n",
    )
    assert isinstance(found, Note)
    assert len(found.entries) == 3
