"""Templates that people write for their exporters: each line is read as passage, remark, location, tag or property.

The notes are invented. Each shows one rule of `corpus.formats`.
"""
# ruff: noqa: E501  (each note is one line of this file)

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.model import Highlight
from tests.notes_on_disk import library

HEAD = "---\ntitle: On Hedges\nauthor: Mara Vale\nurl: https://hedges.example\n---\n"
KINDLE = "kindle://book?action=open&asin=B0&location="
ZOTERO = "zotero://open-pdf/library/items/AB?page="
READWISE = "https://readwise.io/open/"


def read(folder: Path, text: str, name: str = "a.md") -> Sequence[Highlight]:
    return library(folder, {name: text}).highlights


REMARKS = {
    "a paragraph between a quote and its link": "> A hedge grows.\n\n*as my uncle says*\n[link](https://hyp.is/a/hedges.example)\n",
    "a callout named note below one named quote": "> [!quote]\n> A hedge grows.\n\n> [!note]\n> as my uncle says\n",
    "a callout named in another language": "> [!zitat]\n> A hedge grows.\n\n> [!anmerkung]\n> as my uncle says\n",
    "a labelled paragraph below a quote": "> A hedge grows.\n\nNote: as my uncle says\n",
    "a labelled line right below a quotation": '## Quotes\n\n"A hedge grows." (p. 3)\nNote: as my uncle says\n',
    "a label of two words": "### id11\n> A hedge grows.\n\nHighlight Note: as my uncle says\n",
    "a fence named note": f"## Highlights\n> A hedge grows. ([View Highlight]({READWISE}1))\n\n```ad-note\nas my uncle says\n```\n",
    "words below the link, within the callout": f"> [!highlight]\n> A hedge grows.\n> [Page 2]({ZOTERO}2&annotation=A)\n>\n> as my uncle says\n",
    "a bold bullet below a link in the callout's title": f"> [!quote] Highlight ([page. 2]({ZOTERO}2&annotation=A))\n> A hedge grows.\n> - **as my uncle says**\n",
    "words behind a link that is the passage": f'- [**"A hedge grows."**]({ZOTERO}2&annotation=A)<br> -- *as my uncle says*\n',
    "a task box with a label": "> [!quote]- A hedge gr...\n> <!-- id: 0a1b -->\n> A hedge grows.\n\n- [ ] memo:: as my uncle says\n",
    "a sign with a colon": "> A hedge grows.\n\n📝: as my uncle says\n",
    "paragraphs below a quote with a rule before them": f"---\nkindle-sync:\n  asin: B0\n---\n## Highlights\nA hedge grows. — location: [2]({KINDLE}2) ^ref-2\n\nas my uncle says\n\n---\n",
    "words with a colon that is no label": f"> A hedge grows. ([p. 2]({ZOTERO}2&annotation=A))\n\n- as my uncle says\n",
    "a label behind a block id": "## Highlights\n\nA hedge grows. ^rw7\n\nComment: as my uncle says ^rw7comment\n",
    "a label in front of an empty passage": "> [!quote] p. 12\n> A hedge grows.\n>\n> Note: as my uncle says\n",
    "a callout within one whose title has the link": f"> [!cite] vale2019 [(go to it)]({ZOTERO}2&annotation=A)\n> A hedge grows.\n>\n> > [!info] Comment\n> > as my uncle says\n",
    "a labelled paragraph below a callout whose title is its place": f"> [!quote] Location [2]({KINDLE}2)\n> A hedge grows.\n\n**Note**: as my uncle says\n",
    "a quote below a paragraph with its place": "## Annotations\n\nA hedge grows. (p. 2)\n\n> as my uncle says\n\nA hedge grows. (p. 2)\n\n> as my uncle says\n",
    "a labelled quote below a paragraph": f"---\nkindle-sync:\n  asin: B0\n---\n### Highlight (blue) – 2\n\nA hedge grows.\n\n> My note: as my uncle says\n\n*[Open]({KINDLE}2)*\n",
    "words behind a mark": f"## Annotations\n> <mark style='background: #ffd400'>A hedge grows.</mark>\n> as my uncle says- [pg 2]({ZOTERO}2&annotation=A)\n",
    "words behind a mark on its line": f"## Annotations\n- <mark class='hltr-red'>A hedge grows.</mark> as my uncle says [(p. 2)]({ZOTERO}2&annotation=A)\n",
    "a bullet in bold above the passage": f"## Annotations\n- **as my uncle says**:\n\t- A hedge grows. [(p. 2)]({ZOTERO}2&annotation=A)\n",
    "a label in a callout of labels": "> [!quote] **Location:** 2\n> **Highlight:** A hedge grows.\n\n💬 _Note:_ as my uncle says\n",
    "less deep than the quote in a callout": "> [!zotflow-highlight-#ffd400] [Hedges, p. 2](obsidian://zotflow?key=A)\n> > A hedge grows.\n>\n> as my uncle says\n",
    "a heading below a list of one place": f"---\nkindle-sync:\n  asin: B0\n---\n## Highlight\n\nA hedge grows. ^ref-2\n- Location: [2]({KINDLE}2)\n\n### Note\nas my uncle says\n",
    "a column of thoughts": "| Page | Quote | Thoughts |\n|:---:|:------|:---------|\n| 4 | A hedge grows. | as my uncle says |\n",
}  # fmt: skip


@pytest.mark.parametrize("where", REMARKS)
def test_the_readers_words_are_a_remark(tmp_path: Path, where: str) -> None:
    (found,) = {highlight.plain: highlight for highlight in read(tmp_path, HEAD + REMARKS[where])}.values()
    assert (found.plain.strip('"'), found.remark) in [
        ("A hedge grows.", remark) for remark in ("as my uncle says", "*as my uncle says*")
    ]


PLACES = {
    "in the callout's title": "> [!quote] p. 12\n> A hedge grows.\n",
    "behind a dash in the last line": "> A hedge grows.\n> — p. 12\n",
    "in brackets at the end": "> A hedge grows. (p. 12)\n",
    "in a line of its own with its date": "> A hedge grows.\n\n*Highlight on page 12 — Added on Tuesday, 2 May 2023*\n",
    "in an inline field": "> A hedge grows.\n> (page:: 12)\n",
    "as a label in brackets with the link": f"## Highlights\n- A hedge grows. (Position: [12]({KINDLE}12)) ^ref-5\n",
    "behind a colour": f"## Highlights\n> A hedge grows.\n\n**Highlight** (==yellow==) - location: [12]({KINDLE}12) ^ref-5\n",
    "in a link of its own": f"> A hedge grows.\n> [Page 12]({KINDLE}7)\n",
    "with its link in a line of its own": f"## Highlights\n> A hedge grows.\n\nPage: 12 | [Open in Kindle]({KINDLE}7)\n",
    "behind a dash within the passage": "> A hedge grows. — p. 12\n",
    "with a second link behind it": f"## Highlights\n- A hedge grows.\n    - [Page 12]({READWISE}1), [Open in Readwise]({READWISE}1)\n",
}  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_a_location_is_not_part_of_the_passage(tmp_path: Path, where: str) -> None:
    (highlight,) = read(tmp_path, HEAD + PLACES[where])
    assert highlight.text == "A hedge grows."
    assert "12" in (highlight.location or "")


def test_a_passage_may_mention_pages(tmp_path: Path) -> None:
    (first, second) = read(tmp_path, HEAD + "> Page 12 is torn.\n\n> He stopped at page 9 of the ledger\n")
    assert (first.text, second.text) == ("Page 12 is torn.", "He stopped at page 9 of the ledger")


TAGS = {
    "behind a label in a callout": f"> [!quote] [Location 2]({KINDLE}2)\n> A hedge grows.\n>\n> Tags: #salt\n",
    "behind the last sentence": f"> [!quote] Highlight ([p. 2]({ZOTERO}2&annotation=A))\n> A hedge grows. #salt \n",
    "behind the link, before a block id": "## Highlights\n- A hedge grows. ([source](https://omnivore.app/me/a#b)) #salt ^h01\n",
    "behind a label below a paragraph": f"### id11\n> A hedge grows.\n\nTags: #salt\n[Readwise]({READWISE}1)\n",
    "in the first line of a callout": f"> [!annotation-blue] Roots\n> #salt\n>\n> A hedge grows.\n>\n> (see [PDF p. 2]({ZOTERO}2&annotation=A))\n",
    "behind a label below a heading with its place": f"## Page 2 ^AB12CD34a2\n\n[Zotero]({ZOTERO}2&annotation=A) [vale, p.2](file:///a.pdf#page=2)\n\nA hedge grows.\n\ntags: salt\n",
    "behind a block id on its line": f"## Highlights\n- A hedge grows. ([View Highlight]({READWISE}1))\n^rw4711 #salt\n",
    "in a block of the passage's": f"## Highlights\n- A hedge grows.\n    - Tagged: #salt\n    - [Page 2]({READWISE}1)\n",
}  # fmt: skip


@pytest.mark.parametrize("where", TAGS)
def test_tags_are_not_part_of_the_passage(tmp_path: Path, where: str) -> None:
    (highlight,) = read(tmp_path, HEAD + TAGS[where])
    assert (highlight.text, highlight.tags) == ("A hedge grows.", ("salt",))


def test_a_callout_may_hold_several_passages(tmp_path: Path) -> None:
    lines = [
        "> [!quote|#ffd400] Growth", f">A hedge grows. [(p. 2)]({ZOTERO}2&annotation=A) <br>", ">", ">> mine <br>",
        f">A gate rusts. [(p. 3)]({ZOTERO}3&annotation=B) <br>",
    ]  # fmt: skip
    highlights = read(tmp_path, HEAD + "#### Imported on 2024-03-01 9:12 am\n\n" + "\n".join(lines) + "\n")
    assert [(highlight.text, highlight.remark, highlight.chapter) for highlight in highlights] == [
        ("A hedge grows.", "mine", None),
        ("A gate rusts.", None, None),
    ]


def test_a_list_between_two_rules_is_one_passage(tmp_path: Path) -> None:
    tail = f"— location: [2]({KINDLE}2) ^ref-2"
    text = f"---\nkindle-sync:\n  asin: B0\n---\n## Highlights\nOne. {tail}\n\n---\n1. Dig.\n2. Wait. {tail}\n\n---\n"
    assert [highlight.text for highlight in read(tmp_path, text)] == ["One.", "1. Dig.\n2. Wait."]


def test_a_remark_above_its_quote(tmp_path: Path) -> None:
    quote = f"> A hedge grows. ([Page 2]({READWISE}1))\n- Tags: [[salt]]\n\n---\n\n> A gate rusts. ([Page 3]({READWISE}2))\n"
    highlights = read(tmp_path, HEAD + "## Highlights\n\nas my uncle says\n\n" + quote)
    assert [(highlight.text, highlight.remark) for highlight in highlights] == [
        ("A hedge grows.", "as my uncle says"),
        ("A gate rusts.", None),
    ]


def test_the_readers_own_callout_is_not_a_passage(tmp_path: Path) -> None:
    text = "## Highlights\n\n> A hedge grows.\n\n---\n\n> [!note]- How to fill this in\n> - one of: method, data\n"
    assert [highlight.text for highlight in read(tmp_path, HEAD + text)] == ["A hedge grows."]


def test_hashtags_at_the_end_of_a_tweet_are_part_of_it(tmp_path: Path) -> None:
    (highlight,) = read(
        tmp_path,
        HEAD + "## Highlights\n- A hedge grows. #gardening ([View Tweet](https://x.com/a/status/1))\n",
    )
    assert highlight.text == "A hedge grows. #gardening"


def test_several_highlights_below_one_bullet(tmp_path: Path) -> None:
    lines = [
        "- ## Roots", f"    - A hedge grows. ([View Highlight]({READWISE}1))", f"    - A gate rusts. ([View Highlight]({READWISE}2))",
        "        - Note: mine", "- Do this:", "  1. Dig.", f"  2. Wait. ([View Highlight]({READWISE}3))",
    ]  # fmt: skip
    highlights = read(tmp_path, HEAD + "## Highlights\n" + "\n".join(lines))
    assert [(highlight.text, highlight.chapter, highlight.remark) for highlight in highlights][:2] == [
        ("A hedge grows.", "Roots", None),
        ("A gate rusts.", "Roots", "mine"),
    ]
    assert highlights[2].text == "Do this:\n1. Dig.\n2. Wait."


def test_a_heading_that_a_sync_glued_to_a_highlight(tmp_path: Path) -> None:
    text = f"## Highlights\n- One. ([View Highlight]({READWISE}1))## New highlights added August 3, 2023 at 7:17 AM\n- Two.\n"
    first, second = read(tmp_path, HEAD + text)
    assert (first.text, first.added, second.text, second.added) == (
        "One.",
        None,
        "Two.",
        "2023-08-03T07:17:00",
    )


def test_quotes_in_the_head_of_a_note_belong_to_those_with_links(tmp_path: Path) -> None:
    text = "> A hedge grows. ^h31\n\n> A gate rusts.\n> [View in Instapaper](https://www.instapaper.com/read/1/2)\n\n- mine\n"
    first, second = read(tmp_path, HEAD + text)
    assert (first.text, first.remark, second.text, second.remark) == (
        "A hedge grows.",
        None,
        "A gate rusts.",
        "mine",
    )


SOURCES = {
    "linked headings below a title of highlights": (
        "# My highlights\n\n## [Hedges](https://a.example)\n- A hedge grows.\n\n## [Gates](https://b.example)\n- A gate rusts.\n"
    ),
    "authors in the headings": "# Log 2023\n\n## *Hedges* by Mara Vale\n\n> A hedge grows.\n\n## *Gates* by Otto Lind\n\n> A gate rusts.\n",
    "an export with author and properties below the other": (
        "# Hedges\n\n### Metadata\n- Author: Mara Vale\n\n### Highlights & Notes\n\n- A hedge grows.\n\n# Gates\n\n### Metadata\n- Author: Otto Lind\n\n"
        "### Highlights & Notes\n\n- A gate rusts.\n"
    ),
    "authors in a list of properties": (
        "---\n- id: 1111aaaa\n  title: Hedges\n  author: Mara Vale\n- id: 2222bbbb\n  title: Gates\n  author: Otto Lind\n---\n\n%%1111aaaa_start%%\n# Hedges\n#Omnivore\n\n"
        "[Read on Omnivore](https://omnivore.app/me/a)\n\n## Highlights\n\n> A hedge grows. [⤴️](https://omnivore.app/me/a#1)\n\n%%1111aaaa_end%%\n%%2222bbbb_start%%\n"
        "# Gates\n\n[Read on Omnivore](https://omnivore.app/me/b)\n\n## Highlights\n\n> A gate rusts. [⤴️](https://omnivore.app/me/b#1)\n%%2222bbbb_end%%\n"
    ),
    "authors of exports below headings of the second level": (
        "# My reading\n\n## Hedges\n### Metadata\n- Author: [[Mara Vale]]\n- Category: #articles\n### Highlights\n- A hedge grows. ([View Highlight](https://read.readwise.io/read/1))\n\n"
        "## Gates\n### Metadata\n- Author: [[Otto Lind]]\n### Highlights\n- A gate rusts. ([View Highlight](https://read.readwise.io/read/2))\n"
    ),
    "authors below the headings": "## Hedges\n### by Mara Vale\n\n- A hedge grows.\n\n## Gates\n### by Otto Lind\n\n- A gate rusts.\n",
    "properties below the titles": "# Hedges\n**Author:** Mara Vale\n\n- A hedge grows.\n\n---\n\n# Gates\n**Author:** Otto Lind\n\n- A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("how", SOURCES)
def test_several_sources_in_one_note(tmp_path: Path, how: str) -> None:
    highlights = read(tmp_path, SOURCES[how])
    assert [(highlight.source.title, highlight.text) for highlight in highlights] == [
        ("Hedges", "A hedge grows."),
        ("Gates", "A gate rusts."),
    ]
    if "by" in how or "author" in how:
        assert [highlight.source.authors for highlight in highlights] == [("Mara Vale",), ("Otto Lind",)]


def test_linked_headings_in_a_plain_note_are_not_sources(tmp_path: Path) -> None:
    text = "# Tools\n\n## [Spade](https://a.example)\n- I like it.\n\n## [Rake](https://b.example)\n- I do not.\n"
    assert {highlight.source.title for highlight in read(tmp_path, text)} == {"Tools"}


OUTLINES = {
    "blocks tagged as quotations": (
        "title:: Hedges\nauthor:: [[Mara Vale]]\n\n- Quotes\n\t- A hedge grows. #quote\n\t  page:: 12\n\t\t- note:: mine\n- Plans\n"
        "\t- call Tom\n"
    ),
    "fences of quotations": (
        "type:: [[Book]]\nauthor:: [[Mara Vale]]\n\n- ## Notes\n\t- not yet\n- ## Quotes\n\t- #+BEGIN_QUOTE\n\t  A hedge grows.\n"
        "\t  #+END_QUOTE\n\t\t- p. 12\n\t\t- mine\n"
    ),
    "annotations of a PDF": (
        "file:: [hedges.pdf](../assets/hedges.pdf)\n\n- A hedge grows.\n  ls-type:: annotation\n  hl-page:: 12\n  hl-color:: yellow\n"
        "  id:: 65a0c0de-0000-4000-8000-0000000000a1\n\t- mine\n"
    ),
    "Roam's blanks": (
        "- Author:: [[Mara Vale]]\n- Full Title:: Hedges\n- Category:: #books\n- Highlights first synced by #Readwise [[May 2nd, 2022]]\n"
        "    - A hedge grows. ([Location 12](https://readwise.io/to_kindle?action=open&asin=B0&location=12))\n        - Note:: mine\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", OUTLINES)
def test_outlines_of_logseq_and_roam(tmp_path: Path, how: str) -> None:
    (highlight,) = read(tmp_path, OUTLINES[how])
    assert highlight.text == "A hedge grows."
    assert "mine" in (highlight.remark or "")
    assert "12" in f"{highlight.location} {highlight.remark}"


def test_of_two_lists_of_authors_the_fuller_names_are_kept(tmp_path: Path) -> None:
    text = f'---\ntitle: Hedges\nauthors: ["Lin Weir", "Peter Hollis"]\n---\n- **Author**: [[Weir]], [[Hollis]]\n\n> One. [(p. 5)]({ZOTERO}5&annotation=A)\n'
    (highlight,) = read(tmp_path, text)
    assert highlight.source.authors == ("Lin Weir", "Peter Hollis")


def test_properties_in_toml_are_read(tmp_path: Path) -> None:
    text = '+++\ntitle = "Hedges"\nauthor = "Mara Vale"\n[extra]\nurl = "https://hedges.example"\n+++\n\n> A hedge grows.\n'
    (highlight,) = read(tmp_path, text)
    assert (highlight.text, highlight.source.title, highlight.source.authors) == (
        "A hedge grows.",
        "Hedges",
        ("Mara Vale",),
    )


def test_a_private_tag_in_toml(tmp_path: Path) -> None:
    text = '+++\ntitle = "Hedges"\nauthor = "Mara Vale"\n[taxonomies]\ntags = ["private"]\n+++\n\n> A hedge grows.\n'
    assert read(tmp_path, text) == ()


TABLES = {
    "in German": "Zitat;Buch;Autor;Seite;Kommentar\nA hedge grows.;Hedges;Mara Vale;12;mine\n",
    "several in a cell": 'title,url,highlights\nHedges,https://a.example,"Highlight:A hedge grows.\nNote:mine"\n',
    "with bookmarks": "Book Title,Annotation Type,Location,Content,Note\nHedges,Highlight,12,A hedge grows.,mine\nHedges,Bookmark,13,,\n",
}


@pytest.mark.parametrize("how", TABLES)
def test_tables_of_other_tools(tmp_path: Path, how: str) -> None:
    loaded = library(tmp_path, {"a.csv": TABLES[how]})
    assert [
        (highlight.text, highlight.source.title, highlight.remark) for highlight in loaded.highlights
    ] == [("A hedge grows.", "Hedges", "mine")]
    assert loaded.problems == ()


def test_json_of_sources_with_highlights(tmp_path: Path) -> None:
    text = '[{"title": "Hedges", "url": "https://a.example", "highlights": [{"quote": "A hedge grows.", "created_at": 1690000000}]}]'
    (highlight,) = read(tmp_path, text, "a.json")
    assert (highlight.text, highlight.source.title, highlight.added) == (
        "A hedge grows.",
        "Hedges",
        "2023-07-22T04:26:40",
    )
