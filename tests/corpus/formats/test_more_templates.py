"""Templates of Apple Books, Kindle, Logseq and Zotero: passages that begin like markup, and text about the source."""
# ruff: noqa: E501  (each note stands on one line)

import pytest

from corpus.formats import properties, reader
from corpus.formats.entry import Entry, Note

KINDLE = "---\nkindle-sync:\n  title: On Hedges\n  author: Mara Vale\n---\n# On Hedges\n## Highlights\n"
SYNCED = "title:: On Hedges\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n- Highlights first synced by [[Readwise]] [[Jan 31st, 2023]]\n"


def read(text: str, path: str = "a.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def texts_and_remarks(note: Note) -> list[tuple[str, str | None]]:
    return [(entry.text, entry.remark) for entry in note.entries]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Doe, Jane", "Jane Doe"), ("Le Goff, Yann", "Yann Le Goff"), ("García Márquez, Gabriel", "Gabriel García Márquez"), ("Teller, Maud J.", "Maud J. Teller"),
        ("Jane Doe, John Roe", "Jane Doe, John Roe"), ("Jane Doe", "Jane Doe"), ("Orchard Press, Inc.", "Orchard Press, Inc."), ("Doe, Jane, Roe", "Doe, Jane, Roe"),
    ],
)  # fmt: skip
def test_a_family_name_before_a_comma_moves_to_the_end(written: str, expected: str) -> None:
    assert properties.first_name_first(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Dara Quill & Piet van Rijn", ("Dara Quill", "Piet van Rijn")),
        ("[[Books/Authors/Mara Vale]]", ("Mara Vale",)),
        ("van Geel, Carla; Garrity, Ralph T.", ("Carla van Geel", "Ralph T. Garrity")),
        ("Marks & Spencer", ("Marks & Spencer",)),
    ],
)
def test_the_authors_named_in_a_property(written: str, expected: tuple[str, ...]) -> None:
    assert properties.people([written]) == expected


def test_authors_in_kindle_clippings_get_their_first_name_first() -> None:
    text = "On Hedges (Vale, Mara;Rey, Tomas)\n- Your Highlight on page 1 | location 10-13 | Added on Tuesday, 2 January 2024 15:04:05\n\nA hedge grows.\n==========\n"
    note = read(text, "My Clippings.txt")
    assert [note.source_of(entry).authors for entry in note.entries] == [("Mara Vale", "Tomas Rey")]


def test_a_kindle_passage_may_begin_with_quote_marks() -> None:
    link = "— location: [{0}](kindle://book?action=open&asin=B0&location={0}) ^ref-{0}\n\n---\n"
    lines = ["A hedge grows.", ">>> a == 0 is how it says so.", "A gate rusts.", "A wall waits."]
    note = read(KINDLE + "".join(f"{line} {link.format(at)}" for at, line in enumerate(lines, 1001)))
    assert [text for text, _ in texts_and_remarks(note)] == lines


def test_a_readwise_passage_in_logseq_may_begin_with_a_quote_mark() -> None:
    note = read(f"{SYNCED}\t- A hedge grows.\n\t- > A gate answers: yes\n\t- A wall waits.\n")
    assert [text for text, _ in texts_and_remarks(note)] == [
        "A hedge grows.",
        "> A gate answers: yes",
        "A wall waits.",
    ]


LOGSEQ = {
    "annotations below annotations": (
        "file:: [a.pdf](../assets/a.pdf)\n\n- A hedge grows.\n  ls-type:: annotation\n  hl-page:: 9\n\t- mine\n\t- A gate rusts.\n\t  ls-type:: annotation\n\t  hl-page:: 9\n- [:span]\n  ls-type:: annotation\n  hl-page:: 9\n  hl-type:: area\n"
    ),
    "places below passages": (
        "type:: [[Book]]\nauthor:: [[Mara Vale]]\n\n- ## One\n\t- A hedge grows.\n\t  page:: 4\n\t  note:: mine\n- ## Two\n\t- A gate rusts.\n\t  location:: 52\n"
    ),
    "a block that describes a source": (
        "- ## Articles\n\t- [On Hedges](https://read.example/1)\n\t  type:: [[Article]]\n\t  url:: https://hedge.example\n\t  author:: [[Mara Vale]]\n\t  links:: [[wood]]\n\t\t- > A hedge grows.\n\t\t  \n\t\t  mine\n\t\t- background-color:: red\n\t\t  > A gate rusts.\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("page", LOGSEQ)
def test_a_logseq_page_gives_its_passages_and_remarks(page: str) -> None:
    assert texts_and_remarks(read(LOGSEQ[page])) == [("A hedge grows.", "mine"), ("A gate rusts.", None)]


def test_each_source_on_a_logseq_page_has_its_own_passages() -> None:
    part = "\t- [{0}](https://read.example/{0})\n\t  url:: https://{0}.example\n\t  author:: [[Mara {0}]]\n\t\t- > A {0} grows.\n"
    note = read("- ## Articles\n" + part.format("Hedge") + part.format("Gate"))
    sources = [
        (note.source_of(entry).title, note.source_of(entry).authors, note.source_of(entry).url)
        for entry in note.entries
    ]
    assert sources == [
        ("Hedge", ("Mara Hedge",), "https://Hedge.example"),
        ("Gate", ("Mara Gate",), "https://Gate.example"),
    ]


APPLE = "---\nasset_id: A\ntitle: On Hedges\nauthor: Mara Vale\n---\n# On Hedges by Mara Vale\n\n## Metadata\n\n- **Title:** On Hedges\n- **Author:** [[Books/Authors/Mara Vale]]\n\n## Annotations\n\n"


def entries(text: str) -> tuple[Entry, ...]:
    return read(APPLE + text).entries


def test_a_colour_emoji_before_a_passage_is_cut() -> None:
    first, second = entries(
        "> 🟡 A hedge grows.\n\n*(Created: Tue Mar 05 2024)*\n\n**Note:** mine\n\n---\n\n> 📝 A gate rusts.\n\n*(Created: Thu Mar 07 2024)*\n\n---\n"
    )
    assert (first.text, first.color, first.remark, (first.added or "")[:10]) == (
        "A hedge grows.",
        "yellow",
        "mine",
        "2024-03-05",
    )
    assert second.text == "A gate rusts."


def test_an_emoji_for_the_kind_after_that_of_the_colour_is_cut_and_lines_like_labels_stay() -> None:
    dated = "\n\n*(Created: Tue Mar 05 2024)*\n\n---\n\n"
    found = entries(
        f"> 🔵 📝 One: ask.\n> Two: wait.\n>     Three: go.{dated}> 🟡 A hedge grows.{dated}> 🟢 📍 A gate.{dated}"
    )
    assert [(entry.text, entry.remark, entry.color) for entry in found] == [
        ("One: ask.\nTwo: wait.\nThree: go.", None, "blue"),
        ("A hedge grows.", None, "yellow"),
        ("📍 A gate.", None, "green"),
    ]


def test_a_citation_below_a_passage_gives_its_location() -> None:
    cited = "*Mara Vale, *On Hedges*, Orchard Press, 2019, loc. {0}.*\n\n"
    first, second = entries(
        f"> A hedge grows.\n\n{cited.format(12)}**Note:** mine\n\n---\n\n> A gate rusts.\n\n{cited.format(40)}---\n"
    )
    assert [(entry.text, entry.remark, entry.location) for entry in (first, second)] == [
        ("A hedge grows.", "mine", "Loc 12"),
        ("A gate rusts.", None, "Loc 40"),
    ]


def test_a_labelled_remark_may_contain_a_list() -> None:
    text = "Title:: On Hedges\nLink:: [Apple Books Link](ibooks://assetid/A)\n\n## Annotations\n\n----\n\n- 🎯 Highlight:: A hedge grows.\n- 📝 Note:: mine\n\n- and mine\n- 📙 Highlight Link:: [Link](ibooks://assetid/A#1)\n\n----\n\n- 🎯 Highlight:: A gate rusts.\n- 📝 Note:: N/A\n"
    assert texts_and_remarks(read(text)) == [
        ("A hedge grows.", "mine\n\n- and mine"),
        ("A gate rusts.", None),
    ]


def test_a_passage_between_two_rules_may_begin_with_a_dash() -> None:
    text = "## Metadata\n- Author: Mara Vale\n- [Apple Books Link](ibooks://assetid/A)\n\n## Highlights\nA hedge grows.\n\n---\nA gate rusts.\n\n---\n- and a wall waits\n\n---\nA lamp burns.\n"
    assert len(read(text).entries) == 4


def test_several_books_in_one_note_each_with_a_count_of_annotations() -> None:
    part = "# {0}\n{1}\n*3 annotations*\n\n## 🟡 ✨ Highlight\n**Created:** March 5, 2024 at 9:12 AM\n\n> A {0} grows.\n\n**Note:** *mine*\n\n---\n\n"
    note = read(
        "---\ntitle: Export\n---\n# Export\n\nExported 2 annotations\n\n---\n\n"
        + part.format("Hedge", "**by Mara Vale**\n")
        + part.format("Gate", "")
    )
    sources = [
        (note.source_of(entry).title, note.source_of(entry).authors, entry.remark) for entry in note.entries
    ]
    assert sources == [("Hedge", ("Mara Vale",), "mine"), ("Gate", (), "mine")]


PDF = "zotero://open-pdf/library/items/A?page={0}&annotation=B{0}"
ZOTERO = {
    "formatted annotations": f"## On Hedges\n\n### Formatted Bibliography\n\nVale, M. (2019). On Hedges.\n\n**Imported: 2024-05-01**\n\n> “A hedge grows.” Yellow Highlight [Page 2]({PDF.format(2)})\n\nmine\n\n> “A gate rusts.” Red Underline [Page 3]({PDF.format(3)})\n",
    "callouts with a list of remarks": f"# [On Hedges](zotero://select/library/items/A)\n> [!quote|yellow]+ Highlight ([page. 3]({PDF.format(3)}))\n> A hedge grows.\n> - **mine<br />\nand mine**\n\n> [!quote|red]+ Highlight ([page. 4]({PDF.format(4)}))\n> A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("template", ZOTERO)
def test_zotero_integration_templates(template: str) -> None:
    note = read(ZOTERO[template], "vale2019.md")
    assert note.source.title == "On Hedges"
    assert [(text, (remark or "")[:4]) for text, remark in texts_and_remarks(note)] == [
        ("A hedge grows.", "mine"),
        ("A gate rusts.", ""),
    ]


def test_a_task_inside_zoteros_notes_section_is_not_a_passage() -> None:
    text = "## On Hedges\n\n### Notes\n%% begin notes %%\n- [ ] read it again\n%% end notes %%\n\n%% begin annotations %%\n\n### Imported: 2024-05-01 3:12 pm\n\n> A hedge grows.\n\n> A gate rusts.\n\n%% end annotations %%\n"
    note = read(text)
    assert (note.source.title, texts_and_remarks(note)) == (
        "On Hedges",
        [("A hedge grows.", None), ("A gate rusts.", None)],
    )


def test_quotes_without_links_below_an_abstract() -> None:
    text = "## On Hedges\n\n### Formatted Bibliography\n\nVale, M. (2019). On Hedges.\n\n### Abstract\n\nAbout hedges.\n\n> A hedge grows.\n> \n> \n\n> A gate rusts.\n> \n> \n"
    assert [entry.text for entry in read(text).entries] == ["A hedge grows.", "A gate rusts."]


def test_authors_and_dates_in_a_callout_template() -> None:
    text = f"> [!Cite]\n> [1] M. Vale\n\n>[!md]\n> **FirstAuthor**:: Vale, Mara\n> **Author**:: Rey, Tomas\n> **Title**:: On Hedges\n\n## Annotations\n> [!quote|#ffd400] Highlight\n> A hedge grows.\n>\n> [Page 2]({PDF.format(2)}) [[2022-08-13#9:01 am]]\n"
    note = read(text)
    assert (note.source.title, note.source.authors) == ("On Hedges", ("Mara Vale", "Tomas Rey"))
    assert [(entry.text, entry.added) for entry in note.entries] == [
        ("A hedge grows.", "2022-08-13T09:01:00")
    ]
