"""People's own templates and rare tools: each line is read as passage, remark or location."""
# ruff: noqa: E501  (each note is one line of this file)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Note

HEAD = "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n"
KINDLE = "---\nkindle-sync:\n  title: On Hedges\n  author: Mara Vale\n---\n# On Hedges\n"
LINK = "kindle://book?action=open&asin=B0AAAAAAAA&location=12"
PDF = "zotero://open-pdf/library/items/AAAA1111?page=3&annotation=BBBB2222"
SYNCED = "- Highlights first synced by [[Readwise]] [[Jun 2nd, 2024]]"
NOTES: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "a callout titled with its link": (
        f"{KINDLE}## Highlights\n> [!quote] Location [12]({LINK})\n> A hedge grows.\n\n**Note**: mine\n",
        [("A hedge grows.", "mine")],
    ),
    "a callout titled with a citation": (
        f"# T\n## Annotations\n> [!cite] vale2020 [(go to)]({PDF})\n> A hedge grows.\n>\n> > [!info] Comment\n> > mine\n",
        [("A hedge grows.", "mine")],
    ),
    "two passages in one callout": (
        f"# T\n## Annotations\n> [!quote] First\n> A hedge grows. [(p. 3)]({PDF})\n>\n>> mine <br>\n> A gate rusts. [(p. 4)]({PDF}3) <br>\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a quote within a callout": (
        "# T\n## Annotations\n> [!zotflow-highlight-#ffd400] [T, p.3](obsidian://zotflow?key=A)\n> > A hedge grows.\n> > And grows.\n>\n> mine\n> #time\n^AAA1\n",
        [("A hedge grows.\nAnd grows.", "mine")],
    ),
    "tags above the passage of a callout": (
        f"# T\n## Annotations\n> [!quote] Important\n> #hedge #gate\n>\n> A hedge grows.\n>\n> **comment:**\n> mine\n>\n> (see [PDF p. 3]({PDF}))\n",
        [("A hedge grows.", "mine")],
    ),
    "labels in a callout": (
        "# T\n## Review\n> [!quote] **Location:** 3\n> **Highlight:** A hedge grows.\n\n💬 _Note:_ mine\n\n> [!quote] **Location:** 5\n> **Highlight:** A gate rusts.\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "paragraphs with their pages, remarks as quotes": (
        "---\ntitle: On Hedges\nauthors: Mara Vale\ncitekey: vale2020\n---\n# Annotations\n## One\n\nA hedge grows. (p. 12)\n\n> mine\n\nA gate rusts. (p. 15)\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a comment above its passage": (
        f"# T\n### Good\n- **mine**:\n\t- &  A hedge grows. [(p. 2)]({PDF}) #hedge\n- ! A gate rusts. [(p. 3)]({PDF}4)\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a comment below the mark": (
        f"{HEAD}## Highlights\n> <mark style=\"background: #ffd400;\">A hedge grows.</mark>\n> mine- [pg 3]({PDF})\n\n> <mark>A gate rusts.</mark>\n> - [pg 9]({PDF}1)\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "links and labels below headings of pages": (
        f"---\nzotero-key: AAAA\n---\n# T\n## Page 6 ^abc123\n\n[Zotero]({PDF}) [vale, p.6](file:///a.pdf)\n\nA hedge grows.\n\ncomment: mine\n\ntags: hedge, gate\n\n## Page 9 ^abc124\n\n[Zotero]({PDF}4) [vale, p.9](file:///a.pdf)\n\nA gate rusts.\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a remark between a passage and its link": (
        f"{KINDLE}## Highlight (yellow) – 1\n\nA gate rusts.\n\n*[Open]({LINK}1)*\n\n---\n\n### Highlight (pink) – 2\n\nA hedge grows.\n\n> my note: mine\n\n*[Open]({LINK})*\n\n---\n",
        [("A gate rusts.", None), ("A hedge grows.", "mine")],
    ),
    "a place as a bullet below": (
        f"{KINDLE}## Highlight\n\nA hedge grows. ^ref-1201\n- Location: [12]({LINK})\n\n### Note\nmine\n\n---\n## Highlight\n\nA gate rusts. ^ref-1202\n- Location: [13]({LINK}3)\n\n---\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a list within a passage": (
        f"{KINDLE}## Highlights\n1. Trim it.\n2. Trim it again. — location: [12]({LINK}) ^ref-9090\n\n---\n",
        [("1. Trim it.\n2. Trim it again.", None)],
    ),
    "dates below, remarks between": (
        f"{HEAD}# On Hedges\n\n## Highlights\n\n## Dawn\n\nA hedge grows.\n\n**Note:** mine\n\n*Created: 2024-01-02T15:04:05.000Z*\n\nA gate rusts.\n\n*Created: 2024-01-02T15:09:05.000Z*\n\n## Noon\n\n- Who is there?\n- Nobody.\n\n*Created: 2024-01-03T08:00:00.000Z*\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None), ("- Who is there?\n- Nobody.", None)],
    ),
    "chapters beside the heading": (
        f"{HEAD}# On Hedges\n\n## Highlights\n\n## Uno\n\n> [!quote]\n> A hedge grows.\n\n## Dos\n\n> [!quote]\n> A gate rusts.\n>\n> > [!note]\n> > mine\n",
        [("A hedge grows.", None), ("A gate rusts.", "mine")],
    ),
    "labels in bold without a list": (
        f"{HEAD}## Chapter: Dawn\n\n**Highlight:** A hedge grows.\n\n**Metadata:**\n- Page: 3\n- Date: January 2, 2024\n\n**Notes:** > mine\n\n**Highlight:** A gate rusts.\n\n**Metadata:**\n- Page: 8\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a remark above a quote": (
        "# T\n## Metadata\n- Author: [[Mara Vale]]\n- Category: #books\n## Highlights\n\nmine\n\n> A hedge grows. ([Page 12](https://readwise.io/open/801))\n\n---\n\n> A gate rusts. ([Page 30](https://readwise.io/open/802))\n\n---\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "a list with links of Omnivore": (
        f"{HEAD}- A hedge grows. [link](https://omnivore.app/me/a-1#t1) #sea\n\t- mine\n- A gate rusts. [link](https://omnivore.app/me/a-1#t2)\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "calibre's links below quotes": (
        f"{HEAD}# On Hedges\n---\n## Highlights\n\n> A hedge grows.\n\n*Page 17 | Added: 2025-09-24 20:14*\n[Open in Calibre](calibre://view-book/_/3/EPUB)\n\n---\n\n> A gate rusts.\n\n*Page 28 | Added: 2025-09-24 20:45*\n[Open in Calibre](calibre://view-book/_/3/EPUB)\n",
        [("A hedge grows.", None), ("A gate rusts.", None)],
    ),
    "cards of Logseq": (
        f"title:: T\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n{SYNCED}\n\t- -\n\t\t- A hedge grows. #flashcard\n\t\t  id:: 6619399d-0c1b\n\t\t\t- mine\n\t\t- tags:: [[orange]]\n\t\t- (Page\u00a05)\n\t- -\n\t- -\n\t\t- A gate rusts. #flashcard\n\t\t- (Page\u00a06)\n\t- -\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "chapters of cards": (
        f"title:: T\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n{SYNCED}\n\t- Dawn\n\t\t- -\n\t\t- A hedge grows. #flashcard\n\t\t\t- mine\n\t\t- -\n\t\t- A gate rusts. #flashcard\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None)],
    ),
    "chapters of an import": (
        "author:: [[Mara Vale]]\n\n- Highlights at [[Mar 3rd, 2023]]\n\t- Dawn\n\t\t- A hedge grows.\n\t\t\t- mine\n\t\t- A gate rusts.\n\t- Noon\n\t\t- A wall waits.\n",
        [("A hedge grows.", "mine"), ("A gate rusts.", None), ("A wall waits.", None)],
    ),
    "unlabelled remarks below Readwise's heading": (
        f"title:: T\nauthor:: [[Mara Vale]]\ncategory:: #books\n\n{SYNCED}\n\t- A hedge grows.\n\t\t- mine\n\t\t- and mine\n\t- A gate rusts.\n\t\t- my own\n",
        [("A hedge grows.", "mine\nand mine"), ("A gate rusts.", "my own")],
    ),
}  # fmt: skip


def passages(text: str, path: str = "Notes/a.md") -> list[tuple[str, str | None]]:
    note = reader.read(path, text)
    return [(entry.text, entry.remark) for entry in note.entries] if isinstance(note, Note) else []


@pytest.mark.parametrize("template", NOTES)
def test_each_line_is_read_as_passage_or_remark(template: str) -> None:
    text, expected = NOTES[template]
    assert passages(text) == expected


def test_tags_and_locations_belong_to_the_passage_beside_them() -> None:
    note = reader.read("a.md", NOTES["cards of Logseq"][0])
    assert isinstance(note, Note)
    first, second = note.entries
    assert (first.location, first.tags, first.color) == ("Page 5", ("flashcard", "orange"), "orange")
    assert (second.location, second.tags) == ("Page 6", ("flashcard",))
    assert not note.problems
    headed = reader.read("a.md", NOTES["links and labels below headings of pages"][0])
    assert isinstance(headed, Note)
    assert (headed.entries[0].location, headed.entries[0].tags) == ("Page 6", ("hedge", "gate"))
    assert headed.entries[0].link == PDF


PLAIN_NOTES = {
    "a text of the vault's owner that quotes": f"{HEAD}#hedges\n\n# What is a hedge\n\nI say it is a line. It grows by itself.\n\n## History\n\nMany have asked. One wrote:\n\n> A hedge is a slow wall.\n\nI doubt that.\n\n# Today\n\nNobody trims them.\n",
    "an item of Zotero's library in Logseq": "title:: @A hedge\nitem-type:: [[journalArticle]]\nurl:: https://example.org\noriginal-title:: A hedge\nauthors:: [[Mara Vale]]\nlinks:: [Local library](zotero://select/library/items/A)\n- [[Abstract]]\n\t- A hedge grows, we find.\n- [[Notes]]\n\t- Comment: nine pages\n- title:: @A hedge\n  item-type:: [[journalArticle]]\n  links:: [Local library](zotero://select/library/items/A)\n",
    "an article about an exporter": "# How I read\n#Omnivore\n\n[Read on Omnivore](https://omnivore.app/me/how-1)\n\nMy template:\n\n> {{{text}}} [⤴️]({{{highlightUrl}}})\n\nIt works.\n",
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN_NOTES)
def test_a_plain_note_has_no_highlights(name: str) -> None:
    note = reader.read("a.md", PLAIN_NOTES[name])
    assert not isinstance(note, Note) or note.shape == "plain" or not note.entries


def test_only_copied_highlights_of_the_readers_own_outline_are_read() -> None:
    text = "- What is my question?\n\t- Mine:\n\t\t- A hedge grows. ([View Highlight](https://read.readwise.io/read/01abc))\n\t\t- ((6443525f))\n\t- and this is mine\n- Mine too\n\t- all of it\n"
    assert passages(text) == [("A hedge grows.", None)]


def test_two_links_and_a_place_behind_a_passage() -> None:
    both = (
        "([View Tweet](https://twitter.com/a/status/1)) [Open in Readwise](https://readwise.io/open/1) ^rw1"
    )
    page = "(Page 7{0}) [Open in Readwise](https://readwise.io/open/2{0}) ^rw2{0}"
    head = "# T\n## Metadata\n- Author: [[Note:]]\n- Category: #tweets\n## Highlights\n"
    note = reader.read(
        "a.md",
        f"{head}- A hedge grows. {both}\n- A gate rusts. {page.format(1)}\n- A wall waits. {page.format(2)}\n",
    )
    assert isinstance(note, Note)
    assert note.source.authors == ()
    assert [(entry.text, entry.link, entry.location) for entry in note.entries] == [
        ("A hedge grows.", "https://readwise.io/open/1", None),
        ("A gate rusts.", "https://readwise.io/open/21", "Page 71"),
        ("A wall waits.", "https://readwise.io/open/22", "Page 72"),
    ]


def test_signatures_below_quotes_are_not_passages() -> None:
    text = "# Quotes\n\n> A hedge grows.\n\n— Mara Vale, *On Hedges*\n\n> A gate rusts.\n\n— Tomas Rey\n"
    assert passages(text) == [("A hedge grows.", None), ("A gate rusts.", None)]


def test_adjacent_marks_make_one_passage() -> None:
    text = "---\nurl: https://example.org\ntags: clippings\n---\nIt says ==a hedge====[grows](https://example.org/x)== here and ==a gate==.\n"
    assert [passage for passage, _ in passages(text)] == ["a hedge[grows](https://example.org/x)", "a gate"]


def test_words_beside_numbered_quotations_are_reported_and_never_quoted() -> None:
    dated = '" --- *0.{0}, 2024-01-0{0}*\n\n'
    text = f'{HEAD}0. "A hedge grows.{dated.format(1)}mine\n\n1. "A gate rusts.\n\n2. "A wall waits.{dated.format(3)}'
    note = reader.read("a.md", text)
    assert isinstance(note, Note)
    assert [(entry.text, entry.remark, entry.location) for entry in note.entries] == [
        ("A hedge grows.", None, "10%"),
        ("A wall waits.", None, "30%"),
    ]
    assert [line for line, _ in note.problems] == [5, 9]


def test_several_articles_in_one_file_have_their_own_titles() -> None:
    part = "# {0}\n\n![](https://example.org/a.png)\n\n### Metadata\n\n- Title: {0}\n- URL: https://example.org/{0}\n\n### Highlights & Notes\n\n- A {0} grows.\n- A {0} rusts.\n\n\n"
    note = reader.read("a.md", part.format("hedge") + part.format("gate"))
    assert isinstance(note, Note)
    assert [note.source_of(entry).title for entry in note.entries] == ["hedge", "hedge", "gate", "gate"]


def test_a_file_for_each_highlight_with_its_text_among_the_properties() -> None:
    text = "---\nid: A-1\nbook_id: 5\nnote: mine\ntext: A hedge grows.\ntype: highlight\n---\n\n> [!quote]\n> A hedge grows.\n\n> [!note]\n> mine\n"
    note = reader.read("Books/On Hedges/highlights/A-1.md", text)
    assert isinstance(note, Note)
    assert [(entry.text, entry.remark, note.source_of(entry).title) for entry in note.entries] == [
        ("A hedge grows.", "mine", "On Hedges")
    ]


def test_clippings_in_org_below_their_places() -> None:
    from corpus.formats import org

    part = "** p. 3{0}, loc. 12{0}\n   :PROPERTIES:\n   :PAGE: 3{0}\n   :END:\n   [2024-01-02 Tue 15:04]\n\n   A hedge grows {0} times.\n\n"
    text = org.markdown("* On Hedges\n" + part.format(1) + part.format(2))
    note = reader.read("a.org", text)
    assert isinstance(note, Note)
    assert [(entry.text, entry.location, entry.added) for entry in note.entries] == [
        ("A hedge grows 1 times.", "page 31", "2024-01-02T15:04:00"),
        ("A hedge grows 2 times.", "page 32", "2024-01-02T15:04:00"),
    ]
