"""Templates that people wrote for themselves, with words of the template around passages and remarks."""
# ruff: noqa: E501  (each note stands on one line)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.model import Skipped

READ = "https://read.readwise.io/read/01"
KINDLE = "https://readwise.io/to_kindle?action=open&asin=B0&location=203"
HEAD = "# On Hedges\n\n## Metadata\n- Author: [[Mara Vale]]\n- Full Title: On Hedges\n- Category: #books\n\n"
LOGSEQ = "title:: On Hedges\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n"
ZOTERO = "---\ntitle: On Hedges\ncitekey: vale2019\nauthors: [Mara Vale]\n---\n"
OWN = '---\ntitle: On Hedges\nauthors: [Mara Vale]\ntype: book\nisbn: "1"\n---\n'


def read(text: str, path: str = "a.md") -> list[tuple[str, str | None]]:
    """Returns (text, remark) of each passage of a note."""
    note = reader.read(path, text)
    return [] if isinstance(note, Skipped) else [(entry.text, entry.remark) for entry in note.entries]


def whole(text: str) -> Note:
    note = reader.read("a.md", text)
    assert isinstance(note, Note)
    return note


REMARKS = {
    "a label of the template, with the passage's link again": f"## Highlights\n### id701\n\n> A hedge grows.\n> \\- [(View Highlight)]({READ}a)\n\n**First idea on:** [(View Highlight)]({READ}a)\nas my uncle says\n",
    "a place as a heading": f"## Highlights\n### Location 203\n\n> A hedge grows.\n> \\- [(Location 203)]({KINDLE})\n\n**First idea on:** [(Location 203)]({KINDLE})\nas my uncle says\n",
    "an id that ends in a word for notes": f"## Highlights\n\nA hedge grows. ([via]({READ}a)) ^rwhi724\n\nas my uncle says ^rwhi724-note\n",
}


@pytest.mark.parametrize("note", REMARKS.values(), ids=REMARKS.keys())
def test_words_that_the_template_marks_as_the_readers_are_a_remark(note: str) -> None:
    assert read(HEAD + note) == [("A hedge grows.", "as my uncle says")]


def test_what_follows_a_remark_below_the_heading_of_one_passage_belongs_to_the_remark() -> None:
    unit = f"### id70{{0}}\n\n> A hedge grows {{0}}.\n> \\- [(View Highlight)]({READ}{{0}})\n\n**First idea on:** [(View Highlight)]({READ}{{0}})\n{{1}}\n\n"
    first, second = unit.format(1, "see the guide:\n\n> Plant in rows."), unit.format(2, "mine")
    found = read(f"{HEAD}## Highlights\n{first}{second}")
    assert [text for text, _ in found] == ["A hedge grows 1.", "A hedge grows 2."]
    assert "Plant in rows." in (found[0][1] or "")


def test_a_code_fence_that_is_never_closed_hides_no_passage() -> None:
    unit = f"### id70{{0}}\n\n> A hedge grows {{0}}.\n> \\- [(View Highlight)]({READ}{{0}})\n\n"
    note = f"{HEAD}## Highlights\n{unit.format(1)}````\n\n{unit.format(2)}{unit.format(3)}```yml\na: b\n```\n"
    assert [text for text, _ in read(note)] == ["A hedge grows 1.", "A hedge grows 2.", "A hedge grows 3."]


PASSAGES = {
    "a link without a label": f'### 📜 Quotes\n\n> "A hedge grows." ([]({KINDLE}))\n\n> "A gate rusts." ([]({READ}b))\n',
    "a title glued to a link": f'### 📜 Quotes\n\n> "A hedge grows." ([]({KINDLE}))\n\n> "A gate rusts." ([]({READ}b))# On Hedges\n\n## Metadata\n- Author: [[Mara Vale]]\n',
    "a callout of the admonition plugin": '### 📜 Quotes\n\n> "A hedge grows."\n\n```ad-quote\n"A gate rusts."\n```\n',
    "a heading with the reader's choice": '### ✍️ My Top 3 Quotes\n> "A hedge grows."\n\n### 📝 Notes\n- Buy shears\n\n### 📜 Quotes\n> "A gate rusts."\n',
    "the reader's heading": '### 📝 Notes\n- Buy shears\n- Ask about gates\n\n### 📜 Quotes\n> "A hedge grows."\n\n> "A gate rusts."\n',
}


@pytest.mark.parametrize("note", PASSAGES.values(), ids=PASSAGES.keys())
def test_only_the_passages_of_a_template_with_emoji_in_its_headings_are_read(note: str) -> None:
    assert read(HEAD + note) == [('"A hedge grows."', None), ('"A gate rusts."', None)]


def test_bold_type_around_a_property_is_no_part_of_it() -> None:
    source = whole(
        f"# x\n\n![rw-book-cover](https://example.org/a.jpg)\n\n- Author: **Mara Vale**\n- Full Title: **On Hedges**\n\n## Highlights\n- A hedge grows. ([Location 2]({KINDLE}))\n"
    ).source
    assert (source.title, source.authors) == ("On Hedges", ("Mara Vale",))


def test_few_tags_at_the_ends_of_all_passages_are_tags() -> None:
    lines = [
        f"- A hedge grows {at} #hl{'-green' if at % 2 else ''}\n    - See also: [[green]]\n"
        for at in range(8)
    ]
    note = whole(f"{HEAD}## Highlights\n{''.join(lines)}")
    assert [entry.text for entry in note.entries] == [f"A hedge grows {at}" for at in range(8)]
    assert note.entries[1].tags == ("green", "hl-green")


NOT_PASSAGES = {
    "references of a template": f"{OWN}# On Hedges\n\n> A hedge grows.\n\n---\n> links : [[Gates]], [Wall](https://example.org)\n> references :\n",
    "the author below the title": f"{OWN}On Hedges\n===\n> Author(s) : Mara Vale\n\n> A hedge grows.\n",
    "an author with a link": f"{HEAD}> by [Mara Vale](https://example.org/vale)\n> ([View Tweet]({READ}))\n\n## Highlights\n- A hedge grows. ([View Tweet]({READ}a))\n",
}


@pytest.mark.parametrize("note", NOT_PASSAGES.values(), ids=NOT_PASSAGES.keys())
def test_block_quotes_that_only_name_sources_are_no_passages(note: str) -> None:
    assert [text for text, _ in read(note)] == ["A hedge grows."]


def test_notes_of_ones_own_on_an_item_of_zotero_are_not_quoted() -> None:
    own = "- Why hedges grow #reading\n- [Vale_2019_On Hedges.pdf](zotero://open-pdf/library/items/L2)\n\t- I doubt the second proof\n- They need [[shears]]\n"
    assert read(ZOTERO + own) == []


def test_paragraphs_before_the_link_of_a_block_in_logseq_are_the_sources() -> None:
    block = f"- > A hedge grows.\n  \n  It has three parts.\n  \n  Each one leans. ([View Tweet]({READ}a))\n\t- as my uncle says\n"
    assert read(LOGSEQ + block) == [
        ("A hedge grows.\n\nIt has three parts.\n\nEach one leans.", "as my uncle says")
    ]


def test_paragraphs_of_a_block_that_lost_its_link_are_the_sources_if_those_of_other_blocks_are() -> None:
    linked = f"- > A hedge grows.\n  \n  Each part leans. ([View Tweet]({READ}a))\n"
    assert read(f"{LOGSEQ}{linked}- > A gate rusts.\n  \n  It sings.\n") == [
        ("A hedge grows.\n\nEach part leans.", None),
        ("A gate rusts.\n\nIt sings.", None),
    ]


def test_a_quotation_in_ones_own_logseq_page_with_a_label_for_remarks_is_not_quoted() -> None:
    page = "- Talk on hedges\n\t- > A hedge grows.\n\t- > **我的总结**：hedges win\n"
    assert read(page) == [("A hedge grows.", None)]


def test_an_id_glued_to_a_passage_of_weread_is_cut_and_a_picture_is_no_passage() -> None:
    note = "---\ndoc_type: weread-highlights-reviews\ntitle: 篱笆\nauthor: 瓦尔\n---\n# 高亮划线\n\n- 📌 篱笆在生长。^8-846-968\n\t- ⏱[[2022-04-06]]20:35\n- 📌 [插图]\n\t- ⏱[[2022-04-06]]20:36\n"
    assert read(note) == [("篱笆在生长。", None)]


KINDLE_HTML = '<div class="bookTitle">On Hedges</div><div class="sectionHeading">{}</div><div class="noteHeading">Highlight(<span class="highlight_blue">blue</span>) - {} &gt; Page 4 &middot; Location 210</div><div class="noteText">A hedge grows.</div>'


@pytest.mark.parametrize(
    ("section", "inner", "chapter"),
    [
        ("1. Introduction", "How Hedges Began", "1. Introduction"),
        ("Part 2", "3. Gates", "3. Gates"),
        ("1. Gates", "2. Walls", "2. Walls"),
        ("Gates", "Walls", "Walls"),
    ],
)
def test_the_chapter_of_a_kindle_notebook_is_the_heading_with_the_number(
    section: str, inner: str, chapter: str
) -> None:
    note = reader.read("a.html", KINDLE_HTML.format(section, inner))
    assert isinstance(note, Note)
    assert [entry.chapter for entry in note.entries] == [chapter]


def test_further_paragraphs_of_a_weread_passage_are_the_sources_if_thoughts_have_their_sign() -> None:
    head = "---\ndoc_type: weread-highlights-reviews\ntitle: 篱笆\nauthor: 瓦尔\n---\n# 高亮划线\n\n"
    note = f"{head}> 篱笆在生长。\n\n每年要修剪两次。\n\n💭 真的吗\n\n> 门会生锈。\n"
    assert read(note) == [("篱笆在生长。\n\n每年要修剪两次。", "真的吗"), ("门会生锈。", None)]


def test_an_export_by_readwises_plugin_below_one_of_the_mirror_plugin_is_no_passage() -> None:
    mirror = "# About\nTitle: [[On Hedges]]\nAuthors: [[Mara Vale]]\n\n---\n\n# Highlights\n\nA hedge grows. ^181785272\n\n---\n"
    export = f"# On Hedges\n\n## Metadata\n- Author: [[Mara Vale]]\n\n## Highlights\n- A gate rusts. ([Location 2]({KINDLE}))\n"
    assert read(mirror + export) == [("A hedge grows.", None), ("A gate rusts.", None)]
