"""The reader's words without a label are never quoted as the source's. What is not understood is reported."""
# ruff: noqa: E501  (each note is one line of this file)

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.formats.layouts.notebooks.logseq import OWN_SECTION
from corpus.formats.outline.roles import NO_PASSAGE
from corpus.formats.plain_notes import ONLY_LISTS
from corpus.model import Highlight
from tests.notes_on_disk import library

HEAD = "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n"
PDF = "zotero://open-pdf/library/items/AAA?annotation=A"


def read(folder: Path, text: str, name: str = "a.md") -> Sequence[Highlight]:
    return library(folder, {name: text}).highlights


def pairs(folder: Path, text: str) -> list[tuple[str, str | None]]:
    return [(highlight.plain, highlight.remark) for highlight in read(folder, text)]


def note(text: str, name: str = "a.md") -> Note:
    found = reader.read(name, text)
    assert isinstance(found, Note)
    return found


BELOW_SENTENCES = {
    "headings with a location below": HEAD + "## Highlights\n\n### A hedge is a slow wall.\np. 12\n\nI doubt it.\n\n### A gate rusts.\np. 14\n",
    "headings with a labelled location below": HEAD + "## Highlights\n\n### A hedge is a slow wall.\n**Page:** 12\n\nI doubt it.\n\n### A gate rusts.\n- p. 14\n",
    "such headings without one above": "# On Hedges\n\n### A hedge is a slow wall.\n*Location 12*\nI doubt it.\n\n### A gate rusts.\n*Location 14*\n",
    "paragraphs in emphasis": HEAD + "## Highlights\n\n**A hedge is a slow wall.**\n\nI doubt it.\n\n**A gate rusts.**\n",
    "lines in emphasis": HEAD + "## Highlights\n\n*A hedge is a slow wall.*\nI doubt it.\n\n*A gate rusts.*\n",
    "bullets in emphasis": HEAD + "## Highlights\n\n- **A hedge is a slow wall.**\n  I doubt it.\n- **A gate rusts.**\n",
    "bullets in emphasis, with bullets below": HEAD + "## Highlights\n\n- **A hedge is a slow wall.**\n  - I doubt it.\n- **A gate rusts.**\n",
}  # fmt: skip


@pytest.mark.parametrize("text", BELOW_SENTENCES.values(), ids=BELOW_SENTENCES)
def test_plain_words_below_a_sentence_in_a_heading_or_in_emphasis_are_the_readers(
    tmp_path: Path, text: str
) -> None:
    assert pairs(tmp_path, text) == [("A hedge is a slow wall.", "I doubt it."), ("A gate rusts.", None)]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "## Highlights\n\n### Of walls\np. 12\n\nA hedge grows.\n\n### Of gates\np. 14\n\nA gate rusts.\n",
        HEAD + "## Highlights\n\n**Of walls**\n\nA hedge grows.\n\n**Of gates**\n\nA gate rusts.\n",
    ],
)  # fmt: skip
def test_a_chapter_does_not_end_like_a_sentence(tmp_path: Path, text: str) -> None:
    found = dict(pairs(tmp_path, text))
    assert found["A hedge grows."] is found["A gate rusts."] is None


@pytest.mark.parametrize(
    "form", ["### {}\np. 3\n\nI doubt it.\n", "**{}**\n\nI doubt it.\n", "- *{}*\n  I doubt it."]
)
def test_most_of_the_passages_must_end_like_sentences(tmp_path: Path, form: str) -> None:
    passages = ["A hedge is a slow wall.", "Who owns a gate?", "A gate rusts."]
    text = HEAD + "## Highlights\n\n" + "\n".join(map(form.format, passages)) + "\n"
    assert pairs(tmp_path, text) == [(passage, "I doubt it.") for passage in passages]


def test_a_passage_with_a_sentence_in_emphasis_stays_whole(tmp_path: Path) -> None:
    text = (
        HEAD
        + "## Highlights\n\n- **A hedge grows.**\n  It takes years.\n- Gates rust. **Rain** is patient.\n"
    )
    assert [plain for plain, _ in pairs(tmp_path, text)] == [
        "A hedge grows.\nIt takes years.",
        "Gates rust. Rain is patient.",
    ]


def test_a_quotation_below_my_thoughts_in_logseq_is_the_readers() -> None:
    found = note(
        "author:: [[Mara Vale]]\nurl:: https://x.example/h\n\n- Thoughts\n\t- > what I told Ana\n- Quotes\n\t- > A hedge grows.\n"
    )
    assert [entry.text for entry in found.entries] == ["A hedge grows."]
    assert [(line, what.partition(": ")[2]) for line, what in found.problems] == [(4, OWN_SECTION)]


def test_highlights_below_my_thoughts_in_logseq_are_read() -> None:
    text = "title:: On Hedges\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n- Thoughts\n\t- A hedge grows. ([Location 1](https://readwise.io/to_kindle?action=open&asin=B0&location=1))\n"
    assert [entry.text for entry in note(text).entries] == ["A hedge grows."]


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("category:: #books", []),
        ("full-title:: On Hedges", ["I found it slow", "ask Tom about gates"]),
        ("file-path:: ../assets/hedges.pdf", ["I found it slow", "ask Tom about gates"]),
    ],
)
def test_bullets_on_a_page_of_ones_own_in_logseq_are_not_the_authors(key: str, texts: list[str]) -> None:
    found = note(
        f"title:: On Hedges\nauthor:: [[Mara Vale]]\n{key}\n\n- I found it slow\n- ask Tom about gates\n"
    )
    assert [entry.text for entry in found.entries] == texts
    assert bool(found.problems) is (texts == [])


@pytest.mark.parametrize("address", ["", "url: https://x.example/h\n"])
def test_a_note_of_nothing_but_bullets_is_not_the_authors(address: str) -> None:
    found = note(
        f"---\ntitle: On Hedges\nauthor: Mara Vale\n{address}---\n- I found it slow\n- ask Tom about gates\n"
    )
    assert [entry.text for entry in found.entries] == ["I found it slow", "ask Tom about gates"]
    assert all(
        found.source_of(entry).authors == () and found.source_of(entry).url is None for entry in found.entries
    )
    assert [what for _, what in found.problems] == [ONLY_LISTS]


def test_bullets_below_quotes_are_the_authors() -> None:
    found = note(
        "---\ntitle: On Hedges\nauthor: Mara Vale\nurl: https://x.example/h\n---\n## Quotes\n- A hedge grows.\n- A gate rusts.\n"
    )
    assert [found.source_of(entry).authors for entry in found.entries] == [("Mara Vale",)] * 2


LONE = {
    "a callout of Zotero without a quote": ("a.md", f"---\ncitekey: vale\n---\n## Annotations\n\n> [!quote] [p. 3]({PDF}1)\n> > A hedge grows.\n\n> [!quote] [p. 4]({PDF}2)\n> > A gate rusts.\n\n> [!note] [p. 5]({PDF}3)\n> I doubt it.\n", 12),
    "a paragraph of Zotero beside quotations": ("a.md", f"---\ncitekey: vale\n---\n> [!quote] [p. 3]({PDF}1)\n> “A hedge grows.”\n\n> [!quote] [p. 4]({PDF}2)\n> “A gate rusts.”\n\nI doubt it. ([p. 5]({PDF}3))\n", 10),
    "a quote of Zotero with a sign": ("a.md", f"---\ncitekey: vale\n---\n## Annotations\n\n> A hedge grows. [p. 3]({PDF}1)\n\n> A gate rusts. [p. 4]({PDF}2)\n\n> 💬 I doubt it. [p. 5]({PDF}3)\n", 10),
    "a thought about a chapter in WeRead": ("a.md", "---\ndoc_type: weread-highlights-reviews\n---\n# 高亮划线\n\n## 第一章\n\n> 📌 A hedge grows.\n\n> 📌 A gate rusts.\n\n# 读书笔记\n\n## 章节评论\n\n- 💭 I doubt it.\n", 16),
    "a review in WeRead": ("a.md", "---\ndoc_type: weread-highlights-reviews\n---\n# 高亮划线\n\n## 第一章\n\n> 📌 A hedge grows.\n\n> 📌 A gate rusts.\n\n# 本书评论\n\n## 书评 No.1\n\nI doubt it. ⏱ 2024-01-04 03:04:05\n", 16),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "line"), LONE.values(), ids=LONE)
def test_a_comment_without_a_passage_is_reported(name: str, text: str, line: int) -> None:
    found = note(text, name)
    assert [entry.text for entry in found.entries] == ["A hedge grows.", "A gate rusts."]
    assert all(entry.remark is None for entry in found.entries)
    assert [(at, what.partition(": ")[2]) for at, what in found.problems] == [(line, NO_PASSAGE)]
