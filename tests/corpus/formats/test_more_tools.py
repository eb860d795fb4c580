"""Exports of further programs for Apple Books, Omnivore, Raindrop and Glasp: whose words are whose."""
# ruff: noqa: E501  (each note is one line of this file)

from pathlib import Path

import pytest

from corpus.formats import reader
from corpus.formats.entry import Entry, Note

FIXTURES = Path(__file__).parent / "fixtures"
SKIES, BOTH = "A pond keeps two skies.", "Ducks cross both."
TWO_LINES = "The first is above it.\nThe second is colder."


def read(text: str, path: str = "On Ponds.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def fixture(name: str) -> Note:
    return read((FIXTURES / name).read_text(encoding="utf-8"))


def pairs(entries: tuple[Entry, ...]) -> list[tuple[str, str | None]]:
    return [(entry.text, entry.remark) for entry in entries]


def test_apple_books_passages_of_several_paragraphs_between_rules() -> None:
    note = fixture("apple_books_bare.md")
    assert pairs(note.entries) == [(SKIES, None), (TWO_LINES.replace("\n", "\n\n"), None), (BOTH, None)]
    assert note.source.authors == ("Iris Moss",)


def test_entities_in_labelled_blocks_of_apple_books_are_undone_in_remarks_too() -> None:
    text = "Title:: 📕 On Ponds\nLink:: [Apple Books Link](ibooks://assetid/A)\n\n## Annotations\n\n----\n\n- 🎯 Highlight:: It&#x27;s cold.\n- 📝 Note:: don&#x27;t swim\n"
    assert pairs(read(text).entries) == [("It's cold.", "don't swim")]


def test_text_below_a_quote_of_ibooks_notes_exporter_is_the_readers() -> None:
    note = fixture("ibooks_exporter.md")
    assert pairs(note.entries) == [(SKIES, "which one is mine?"), (BOTH, None), (TWO_LINES, None)]
    assert (note.source.title, note.source.authors) == ("On Ponds", ("Iris Moss",))


def test_remarks_and_tags_of_readstor_on_one_line_are_parted() -> None:
    note = fixture("readstor.md")
    assert pairs(note.entries) == [
        (SKIES, None), (TWO_LINES.replace("\n", "\n\n"), "cold water?"), (BOTH, None),
    ]  # fmt: skip
    assert [entry.tags for entry in note.entries] == [(), ("water", "sky"), ("birds",)]
    assert note.source.title == "On Ponds"


def test_annotations_of_apple_books_export_have_date_colour_and_remark() -> None:
    note = fixture("apple_books_export.md")
    assert pairs(note.entries) == [(SKIES, None), (TWO_LINES, "cold\nwater?")]
    assert [(entry.added or "")[:10] for entry in note.entries] == ["2024-03-03", "2024-03-04"]
    assert (note.entries[1].color, note.entries[0].location) == ("blue", "Chapter 2")
    assert [text.partition(": ")[2] for _, text in note.problems] == [
        "a note without the passage it stands at: left out"
    ]


def test_the_file_of_all_books_has_a_source_for_each() -> None:
    block = "## 🟡 ✨ Highlight\n**Created:** March 3, 2024 at 09:15 AM\n\n> {}\n\n---\n"
    text = f'---\ntitle: "Apple Books Export"\ntotalBooks: 2\n---\n\n# Apple Books Export\n\nExported 2 annotations from 2 books\n\n---\n\n# On Ponds\n**by Iris Moss**\n\n*1 annotations*\n\n{block.format(SKIES)}\n\n# Ducks\n**by Otto Reed**\n\n*1 annotations*\n\n{block.format(BOTH)}'
    note = read(text, "apple-books.md")
    sources = [entry.source for entry in note.entries]
    assert [(source.title, source.authors) for source in sources if source is not None] == [
        ("On Ponds", ("Iris Moss",)), ("Ducks", ("Otto Reed",)),
    ]  # fmt: skip


def test_omnivores_archive_has_labels_and_remarks_below_a_passage() -> None:
    text = f"> {SKIES} \n\n#water #sky\n\nwhich one is mine?\n\n> It is above.\n> It is below. \n\n> {BOTH} "
    note = read(text, "Omnivore/highlights/on-ponds.md")
    assert pairs(note.entries) == [(SKIES, "which one is mine?"), ("It is above.\nIt is below.", None), (BOTH, None)]  # fmt: skip
    assert note.entries[0].tags == ("water", "sky")


def test_a_note_on_the_whole_article_is_no_remark_in_omnivores_notebook() -> None:
    note = fixture("omnivore_notebook.md")
    assert pairs(note.entries) == [(SKIES, None), (TWO_LINES, "cold water?")]
    assert (note.source.title, note.source.url) == ("On Ponds", "https://pond.example/two-skies")


@pytest.mark.parametrize("box", ["- [ ] ", "- [x] ", "- "])
def test_raindrops_task_list_loses_the_dates(box: str) -> None:
    text = f"---\nraindrop_id: 11\n---\n\n# Metadata\nSource URL:: https://pond.example\n\n---\n# On Ponds\n\nA walk around one.\n\n{box}{SKIES} — Updated on 2022-07-12T08:15:22.104Z\n{box}{BOTH} — Updated on 2022-07-12T08:17:40.551Z\n"
    note = read(text)
    assert pairs(note.entries) == [(SKIES, None), (BOTH, None)]
    assert (note.entries[0].added or "").startswith("2022-07-12T08:15")


def test_raindrops_first_templates_have_the_remark_below_the_date() -> None:
    note = fixture("raindrop_lines.md")
    assert pairs(note.entries) == [(SKIES, "which one is mine?"), ("1) It is above. 2) It is below.", None)]
    assert note.source.title == "On Ponds"


def test_a_summary_of_glasp_is_not_quoted() -> None:
    assert fixture("glasp_summary.md").entries == ()


def test_glasp_highlights_from_n8n_have_the_title_and_colours() -> None:
    text = f"## On Ponds: a Walk\n\n**URL:** https://pond.example\n**Glasp:** https://glasp.co/a/p/b\n**Tags:** water\n**Note:** for Ada\n\n### Highlights\n\n> {SKIES}\n\n**Note:** mine\n\n- *yellow highlight, 2/9/2026*\n\n> {BOTH}\n\n- *pink highlight, 2/9/2026*\n"
    note = read(text, "On Ponds a Walk.md")
    assert (note.source.title, pairs(note.entries)) == ("On Ponds: a Walk", [(SKIES, "mine"), (BOTH, None)])
    assert [entry.color for entry in note.entries] == ["yellow", "pink"]


def test_a_link_of_any_name_before_readwises_block_id_is_that_of_the_highlight() -> None:
    text = f"# On Ponds\n\n## Metadata\n- Author: [[Iris Moss]]\n- Category: #articles\n\n## Highlights\n{SKIES} ([via](https://pond.example/#1)) ^rwhi724352030\n\n{BOTH} ([via](https://pond.example/#2)) ^rwhi724352044\n"
    note = read(text)
    assert pairs(note.entries) == [(SKIES, None), (BOTH, None)]
    assert [entry.link for entry in note.entries] == ["https://pond.example/#1", "https://pond.example/#2"]


def test_paragraphs_above_a_heading_do_not_begin_the_passage_below_it() -> None:
    link = "[(Location {0})](https://readwise.io/to_kindle?action=open&asin=B0&location={0})"
    text = f"---\nauthors: Iris Moss\ntitle: On Ponds\n---\n## On Ponds (Highlights)\n\nSource made on: None\n\nfrom the attic\n\n## Highlights\n### Location 12\n\n> {SKIES}\n> \\- {link.format(12)}\n\n### Location 20\n\n> {BOTH}\n> \\- {link.format(20)}\n"
    assert [entry.text for entry in read(text).entries] == [SKIES, BOTH]


def test_callouts_that_a_later_version_of_raindrop_appended_are_no_remark() -> None:
    head = "---\nraindrop_id: 11\n---\n# Metadata\nSource URL:: https://pond.example\n\n---\n# On Ponds\n\n"
    text = f"{head}{SKIES} — Updated on 2022/07/12 21:03:11\n\n---\n\n> [!quote]+ Updated on 2022/08/10 09:00:00\n>\n> {BOTH}\n> > mine\n"
    assert pairs(read(text).entries) == [(SKIES, None), (BOTH, "mine")]
