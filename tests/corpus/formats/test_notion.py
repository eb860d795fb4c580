"""Readwise's pages in Notion: what stands between two links is one passage, and only the reader writes certain other things."""
# ruff: noqa: E501  (each note is one line of this file)

from pathlib import Path

import pytest

from corpus.formats import reader
from corpus.formats.entry import Entry, Note
from corpus.formats.layouts.services.notion import LAYOUT
from corpus.formats.outline.roles import NOT_UNDERSTOOD
from tests.notes_on_disk import library


def link(number: int) -> str:
    return f"([View Highlight](https://read.readwise.io/read/01zz{number}))"


def head(number: int) -> str:
    return (
        f"# On Hedges\n\nAuthor: Mara Vale\nCategory: Articles\nFull Title: On Hedges\nHighlights: {number}\n"
        "Last Highlighted: March 4, 2024 9:12 PM\nLast Synced: March 5, 2024 6:00 AM\nURL: https://hedges.example/a\n\n"
    )


def note(text: str) -> Note:
    found = reader.read("On Hedges 0123456789abcdef0123456789abcdef.md", text)
    assert isinstance(found, Note)
    assert found.shape == LAYOUT.name
    return found


def read(text: str) -> tuple[Entry, ...]:
    return note(text).entries


def test_headings_lists_and_paragraphs_above_a_link_are_one_passage() -> None:
    text = f"> A wall is quick.\n\n#### Slow things\n\nThree of them:\n\n1. rain\n\n- rope\n\nThe third is a hedge. {link(1)}\n\nA gate rusts. {link(2)}\n"
    first, second = read(head(2) + text)
    assert first.text == text.partition(" ([")[0]
    assert second.text == "A gate rusts."


def test_a_highlight_that_readwise_cut_in_two_is_whole() -> None:
    whole = "A hedge is a wall that takes its time. " * 70 + "It ends."
    text = f"{whole[:1940]}...\n\n...{whole[1940:]} {link(1)}\n\nA gate ... rusts. {link(2)}\n"
    assert [entry.text for entry in read(head(2) + text)] == [whole, "A gate ... rusts."]


def test_dots_between_short_paragraphs_are_the_sources() -> None:
    text = f"And then...\n\n...it rained. {link(1)}\n"
    assert [entry.text for entry in read(head(1) + text)] == ["And then...\n\n...it rained."]


def test_properties_in_the_front_matter_of_a_converter() -> None:
    text = f'---\nURL: "https://hedges.example/a"\nAuthor: Mara Vale\nCategory: Articles\n"Full Title": On Hedges\nHighlights: 1\n"Last Synced": 2025-12-10\n---\n\n# Hedges\n\nFirst.\n\nThen a hedge grows. {link(1)}\n'
    found = note(text)
    assert [entry.text for entry in found.entries] == ["First.\n\nThen a hedge grows."]
    assert (found.source.title, found.source.authors, found.source.url) == (
        "On Hedges",
        ("Mara Vale",),
        "https://hedges.example/a",
    )


@pytest.mark.parametrize(
    "own",
    [
        "<aside>\n💡 I should ask Tom.\n\n</aside>", "- Thinking\n    \n    I should ask Tom.", "- [ ] I should ask Tom.",
        "## My summary\n\nI should ask Tom.",
    ],
)  # fmt: skip
def test_what_only_the_reader_writes_is_reported(own: str) -> None:
    text = f"{head(2)}## Highlights first synced by Readwise March 2, 2024\n\nA hedge grows. {link(1)}\n\n{own}\n"
    found = note(f"{text}\n## New highlights added March 5, 2024 at 6:00 AM\n\nA gate rusts. {link(2)}\n")
    assert [entry.text for entry in found.entries] == ["A hedge grows.", "A gate rusts."]
    assert [entry.remark for entry in found.entries] == [None, None]
    assert [what for _, what in found.problems] == [f"{LAYOUT.title}: {NOT_UNDERSTOOD}"]


@pytest.mark.parametrize(("number", "texts"), [(3, ["A hedge grows.", "A gate rusts.", "Rain is patient."]), (2, ["A hedge grows.", "A gate rusts."])])  # fmt: skip
def test_a_paragraph_without_a_link_is_a_passage_if_the_page_counts_it(number: int, texts: list[str]) -> None:
    found = note(f"{head(number)}A hedge grows. {link(1)}\n\nA gate rusts. {link(2)}\n\nRain is patient.\n")
    assert [entry.text for entry in found.entries] == texts
    assert bool(found.problems) is (number == 2)


def test_a_lost_link_does_not_join_two_highlights() -> None:
    text = f"{head(3)}A hedge grows. {link(1)}\n\nRain is patient.\n\nA gate rusts. {link(2)}\n"
    assert [entry.text for entry in read(text)] == ["A hedge grows.", "Rain is patient.", "A gate rusts."]


def test_remarks_and_tags_below_a_passage() -> None:
    text = f"{head(2)}A hedge grows. {link(1)}\n\n- **Note:** mine\n    \n    and mine\n- **Tags:** #law #sea\n\nNote: this begins it. {link(2)}\n\n> Note: mine, too\n"
    first, second = read(text)
    assert (first.text, first.remark, first.tags) == ("A hedge grows.", "mine\n\nand mine", ("law", "sea"))
    assert (second.text, second.remark) == ("Note: this begins it.", "mine, too")


def test_a_page_without_links(tmp_path: Path) -> None:
    text = f"{head(2)}## Highlights first synced by Readwise March 2, 2024\n\nA hedge grows.\n\n- Note: mine\n\nA gate rusts.\n"
    found = library(tmp_path, {"a.md": text}).highlights
    assert [(highlight.text, highlight.remark) for highlight in found] == [
        ("A hedge grows.", "mine"),
        ("A gate rusts.", None),
    ]


@pytest.mark.parametrize(
    "sync",
    [
        "Highlights first synced by Readwise March 4, 2024",
        "**Highlights first synced by Readwise March 4, 2024**",
    ],
)
def test_the_line_of_a_sync_may_be_a_paragraph(sync: str) -> None:
    found = note(f"{head(2)}{sync}\n\nA hedge grows. {link(1)}\n\n- Note: mine\n\nA gate rusts. {link(2)}\n")
    assert [(entry.text, entry.remark) for entry in found.entries] == [
        ("A hedge grows.", "mine"),
        ("A gate rusts.", None),
    ]


def test_a_link_behind_a_picture_ends_the_passage_above_it() -> None:
    picture = f"![](https://pictures.example/1.jpg) {link(1)}"
    (first, second) = note(
        f"{head(2)}A hedge grows.\n\n{picture}\n\n- **Note:** mine\n\nA gate rusts. {link(2)}\n"
    ).entries
    assert (first.text.split("\n")[0], first.remark, second.text) == (
        "A hedge grows.",
        "mine",
        "A gate rusts.",
    )
    assert (first.link or "").endswith("01zz1")


def test_a_sign_within_a_passage_is_no_bullet() -> None:
    texts = ["Three * four is twelve - or so.", "A hedge + a gate.", "Salt is cheap."]
    body = "\n\n".join(f"{text} {link(number)}" for number, text in enumerate(texts))
    listed = "\n\n".join(f"- {text} {link(number)}" for number, text in enumerate(texts))
    assert [entry.text for entry in note(head(3) + body).entries] == texts
    assert [entry.text for entry in note(head(3) + listed).entries] == texts
