"""Templates that people write for Readwise's plugins: where a passage ends, and what of a template belongs to which passage."""
# ruff: noqa: E501  (each note stands on one line)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Entry, Note
from corpus.plain_text import plain

READ = "https://read.readwise.io/read/01"
KINDLE = "https://readwise.io/to_kindle?action=open&asin=B0&location="
HEAD = "# On Hedges\n\n## Metadata\n- Author: [[Mara Vale]]\n- Full Title: On Hedges\n- Category: #books\n\n"
FRONT = "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n# On Hedges\n\n"
LIST = f"{HEAD}## Highlights\n"
OWN = f"{FRONT}## Highlights\n"


def whole(text: str, path: str = "Readwise/a.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def fields(entry: Entry) -> tuple[str, str | None, tuple[str, ...], str | None]:
    """Returns (text, remark, tags, location) of a passage."""
    return plain(entry.text), entry.remark, entry.tags, entry.location


def link(number: int) -> str:
    return f"([Location {number}]({KINDLE}{number}))"


HEDGE, GATE = ("A hedge grows.", "mine", ("salt", "rope")), ("A gate rusts.", None, ())
TEMPLATES = {
    "labelled tags behind the link": f"{LIST}- A hedge grows. {link(12)} tags: #salt #rope\n  **Note**: mine\n- A gate rusts. {link(34)}\n",
    "a sign of the template, and labelled tags behind the link": f"{LIST}🟣 A hedge grows. {link(12)} tags: #salt #rope\nNote: mine\n\n🟣 A gate rusts. {link(34)}\n",
    "labelled tags behind a location without a link": f"{LIST}- A hedge grows. (Location 12) Tags: #salt #rope\n  **Note**: mine\n- A gate rusts. (Location 34)\n",
    "tags in the quotation, below the link": f"{OWN}\n> A hedge grows.\n> [Location 12]({KINDLE}12)\n> #salt #rope\n\n**Note:** mine\n\n> A gate rusts.\n> [Location 34]({KINDLE}34)\n",
    "tags in the quotation, below a location without a link": f"{OWN}\n> A hedge grows.\n> Location 12\n> #salt #rope\n\n**Note:** mine\n\n> A gate rusts.\n> Location 34\n",
    "an id at the end of each line of one quotation": f"{OWN}> A hedge grows. {link(12)}  ^rw101\n>    - Tags: #salt #rope\n>    - Note: mine\n> A gate rusts. (Location 34)  ^rw102\n",
    "locations at the ends of lines of one quotation": f"{OWN}> A hedge grows. (Location 12)\n>    - Tags: #salt #rope\n>    - Note: mine\n> A gate rusts. (Location 34)\n",
    "a location below the remark": f"{LIST}> A hedge grows.\n\n- [note] mine\n\n[[salt]] [[rope]]\n (Location 12)\n> A gate rusts.\n\n\n (Location 34)\n",
    "a location in italics below the remark": f"{LIST}> A hedge grows.\n- Tags: #salt #rope\n- **Note**: mine\n_(Location 12)_\n> A gate rusts.\n\n_(Location 34)_\n",
    "a label with the location again": f"{OWN}### Location 12\n\n> A hedge grows.\n(Location 12)\n\n**First idea on:** (Location 12)\nmine\n\n[[salt]] [[rope]]\n\n### Location 34\n\n> A gate rusts.\n(Location 34)\n",
    "headings for the remark and the tags": f"{OWN}### Highlight 701\n\n> A hedge grows.\n\n#### Note\nmine\n\n#### Tags\n#salt #rope\n\n[Location 12]({KINDLE}12)\n\n### Highlight 702\n\n> A gate rusts.\n\n[Location 34]({KINDLE}34)\n",
    "a remark in italics between rules": f"{OWN}A hedge grows. {link(12)}\n\n*mine*\n\n#salt #rope\n\n---\n\nA gate rusts. {link(34)}\n\n---\n",
    "a list with a blank before each bullet": f"{OWN} - [ ] A hedge grows.\n     - [Location 12]({KINDLE}12)\n     - Tags: #salt #rope\n     - My note: mine\n - [ ] A gate rusts.\n     - [Location 34]({KINDLE}34)\n",
    "a list of which each number is 1": f"{OWN}1. A hedge grows. {link(12)}\n   - Note: mine\n   - Tags: #salt #rope\n1. A gate rusts. {link(34)}\n",
    "items without a label below a bullet": f"{OWN}- A hedge grows. {link(12)}\n\t- mine\n\t- #salt #rope\n\t- 2024-05-01\n- A gate rusts. {link(34)}\n\t- 2024-05-02\n",
    "items without a label below a quotation": f"{LIST}> A hedge grows.\n  - Location 12\n  - Tags: #salt #rope\n  - mine\n  - [[2024-05-01]]\n\n<BR>\n\n> A gate rusts.\n  - Location 34\n  - [[2024-05-02]]\n\n<BR>\n",
    "a location in small print": f"{OWN}> A hedge grows.\n\n<small>Location 12</small>\n\nMy thoughts: mine\n\n[[salt]] [[rope]]\n\n> A gate rusts.\n\n<small>Location 34</small>\n",
    "a bullet below a marked line": f"{OWN}==A hedge grows.== {link(12)} #salt #rope\n- mine\n\n==A gate rusts.== {link(34)}\n",
    "the author behind a dash, and a remark above": f"{OWN}### Location 12\n\n- \\[First idea\\]: mine\n\n> A hedge grows.\n> \\- Mara Vale [(Location 12)]({KINDLE}12)\n\n#salt #rope\n\n### Location 34\n\n> A gate rusts.\n> \\- Mara Vale [(Location 34)]({KINDLE}34)\n",
    "a flashcard": f"{OWN}A hedge grows.\n?\nmine\n{link(12)} #salt #rope\n\nA gate rusts.\n{link(34)}\n",
}  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_passage_has_its_own_remark_tags_and_location(template: str) -> None:
    first, second = whole(TEMPLATES[template]).entries
    assert fields(first) == (*HEDGE, "Location 12")
    assert fields(second) == (*GATE, "Location 34")


UNPLACED = {
    "marks line by line": '# Highlights\n---\n<mark style="background-color: #ffd440">A hedge grows.</mark>  #salt  #rope\n### Comment\nmine\n\n<mark style="background-color: #ffd440">A gate rusts.</mark>\n',
    "a mark over two lines": '# Highlights\n<mark style="background: #ffd440">A hedge\ngrows.</mark>  #salt  #rope\n### Comment\nmine\n\n<mark style="background: #ffd440">A gate rusts.</mark>\n',
    "tags below an empty line of the quotation": "## Highlights\n\n> A hedge grows.\n>\n> #salt #rope\n\n**Note:** mine\n\n> A gate rusts.\n",
    "a label that the note repeats": "## Highlights\n### id701\n\n> A hedge grows.\n\n**First idea on:**\nmine\n\n#salt #rope\n\n### id702\n\n> A gate rusts.\n\n### id703\n\n> A wall waits.\n\n**First idea on:**\nmine, too\n",
    "a dash of the template with nothing behind it": "## Highlights\n> [!highlight] Highlight 701\n> A hedge grows.\n> —\n> [!comment] Comment\n> mine\n\n#salt #rope\n\n> [!highlight] Highlight 702\n> A gate rusts.\n> —\n",
    "callouts that are all of one kind": "# Highlights\n> [!abstract] 701\n> A hedge grows.\n> **Note**: mine\n> **Tags**: #salt #rope\n\n> [!abstract] 702\n> A gate rusts.\n",
    "passages in the titles of callouts": "# Highlights\n> [!tldr]- A hedge grows.\n>> [!info] 📝 **My note**:\nmine\n\n#salt #rope\n\n> [!tldr]- A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("template", UNPLACED)
def test_each_passage_has_its_own_remark_and_tags(template: str) -> None:
    first, second = whole(FRONT + UNPLACED[template]).entries[:2]
    assert (" ".join(plain(first.text).split()), *fields(first)[1:3]) == HEDGE
    assert fields(second)[:3] == GATE


@pytest.mark.parametrize(
    "heading",
    [
        "Highlights #to-process", "Highlights [[2024-05-03]] at 6:20 PM", "Highlights – 3 May 2024", "Markierungen #offen",
        "Surlignages du 3 mai 2024", "🔖 Highlights #a #b",
    ],
)  # fmt: skip
def test_a_heading_of_highlights_may_have_tags_or_a_date(heading: str) -> None:
    (entry,) = whole(f"{FRONT}## {heading}\n\n> A hedge grows.\n").entries
    assert (entry.text, entry.chapter, entry.added) == ("A hedge grows.", None, None)


@pytest.mark.parametrize(
    "heading", ["Neue Markierungen vom 3. Mai 2024", "New highlights added [[2024-05-03]] #todo"]
)
def test_a_heading_of_later_highlights_gives_their_day(heading: str) -> None:
    (entry,) = whole(f"{FRONT}## Highlights\n\n## {heading}\n\n> A hedge grows.\n").entries
    assert (entry.chapter, (entry.added or "")[:10]) == (None, "2024-05-03")


def test_a_heading_that_only_speaks_of_highlights_is_a_chapter() -> None:
    (entry,) = whole(f"{FRONT}## Highlights\n\n### Highlights of the year 1911\n\n> A hedge grows.\n").entries
    assert entry.chapter == "Highlights of the year 1911"


def test_properties_below_the_title_describe_the_source() -> None:
    front = "---\nauthor: Mara Vale\nfullTitle: On Hedges and Gates\ncategory: #articles\ndate: [[2022-12-14]]\ndocumentTags: #garden \nurl: https://hedges.example\n---\n"
    note = whole(f"# On Hedges\n\n{front}## Highlights\n---\n\n> A hedge grows. ([View]({READ}a))\n\n---\n")
    source = note.source
    assert (source.title, source.authors, source.category) == (
        "On Hedges and Gates",
        ("Mara Vale",),
        "articles",
    )
    assert (source.url, source.tags) == ("https://hedges.example", ("garden",))


def test_unknown_properties_in_bullets_are_no_passage() -> None:
    note = whole(
        f"# On Hedges\n\n- Author:: [[Mara Vale]]\n- Status:: #status/new\n- Document Tags:: #garden\n\n## Highlights\n> A hedge grows. {link(1)}\n"
    )
    assert [entry.text for entry in note.entries] == ["A hedge grows."]
    assert note.source.tags == ("garden",)


def test_a_link_to_a_kindle_gives_the_location() -> None:
    unit = "##### ^{0}\n\nGoto: {1}{2}\n\n###### ^{0}q\n\n{3}\n\n^{0}\n\n"
    text = f"{FRONT}# Highlights\n### One\n{unit.format(7011, KINDLE, 12, 'A hedge grows.')}### Two\n{unit.format(7012, KINDLE, 34, 'A gate rusts.')}"
    assert [(entry.location, entry.chapter) for entry in whole(text).entries] == [
        ("Location 12", "One"),
        ("Location 34", "Two"),
    ]


def test_a_remark_between_linked_paragraphs_is_not_joined_to_the_next_passage() -> None:
    text = f"{OWN}A hedge grows. {link(1)}\n- mine: a doubt\n\na gate rusts {link(2)}\n\nA wall waits. {link(3)}\n- mine, too\n"
    assert [(entry.text, entry.remark) for entry in whole(text).entries] == [
        ("A hedge grows.", "mine: a doubt"),
        ("a gate rusts", None),
        ("A wall waits.", "mine, too"),
    ]


def test_a_quotation_within_a_quotation_is_the_sources_below_a_colon() -> None:
    text = f"{OWN}> My aunt wrote:\n>\n> > Trim.\n> > Wait.\n>\n> I did.\n\n> A gate rusts.\n> > Does it?\n"
    first, second = whole(text).entries
    assert (first.text.replace("\n", ""), first.remark) == ("My aunt wrote:> Trim.> Wait.I did.", None)
    assert (second.text, second.remark) == ("A gate rusts.", "Does it?")


def test_a_note_with_several_ids_between_two_rules_is_not_the_mirror_plugins() -> None:
    text = f"{OWN}> A hedge grows. ^rw101\n> A gate rusts. ^rw102\n\n---\n"
    assert [entry.text for entry in whole(text).entries] == ["A hedge grows.", "A gate rusts."]


def test_a_line_of_tags_of_a_tweets_author_stays() -> None:
    text = f"{OWN}> A hedge grows. #garden\n> [View Tweet](https://twitter.com/a/status/1)\n"
    assert [(entry.text, entry.tags) for entry in whole(text).entries] == [("A hedge grows. #garden", ())]


NUMBERED = "---\nid: {0}\nsource: '[[On Hedges/index]]'\n---\n\n{1}\n"


def test_a_file_named_by_the_number_of_its_highlight_is_one_passage() -> None:
    note = whole(
        NUMBERED.format(695111, "# A hedge grows.\n\nIt asks for shears."), "On Hedges/quotes/695111.md"
    )
    assert [entry.text for entry in note.entries] == ["# A hedge grows.\n\nIt asks for shears."]
    assert note.source.title == "On Hedges"


@pytest.mark.parametrize(
    ("number", "path"), [(20240503112233, "quotes/20240503112233.md"), (695111, "Inbox/695111.md")]
)
def test_a_persons_own_numbered_note_is_no_file_of_one_highlight(number: int, path: str) -> None:
    assert whole(NUMBERED.format(number, "I doubt it."), path).shape != "single"


def test_a_note_of_nothing_but_embedded_notes_has_no_passage() -> None:
    assert whole(f"{FRONT}## Quotes\n\n![[695111]]\n![[695112]]\n").entries == ()


SYNCED = "title:: On Hedges\nauthor:: [[Mara Vale]]\nfull-title:: On Hedges\ncategory:: #books\n\n"
LOGSEQ = {
    "a sign above a quotation": f"{SYNCED}- Highlights first synced by [[Readwise]] [[2023-06-30]]\n\t- 📌\n\t  #+BEGIN_QUOTE\n\t  A hedge grows. ([View Highlight]({READ}a))\n\t  #+END_QUOTE\n\t\t- **Note**: mine\n\t- 📌\n\t  #+BEGIN_QUOTE\n\t  A gate rusts. ([View Highlight]({READ}b))\n\t  #+END_QUOTE\n",
    "the reader's words around a quotation": f"{SYNCED}- Reading\n\t- #+BEGIN_QUOTE\n\t  A hedge grows.\n\t  #+END_QUOTE\n\t  mine\n\t- #+BEGIN_QUOTE\n\t  A gate rusts.\n\t  #+END_QUOTE\n",
    "the reader's words above a quotation": f"{SYNCED}- Reading\n\t- mine\n\t  #+BEGIN_QUOTE\n\t  A hedge grows.\n\t  #+END_QUOTE\n\t- #+BEGIN_QUOTE\n\t  A gate rusts.\n\t  #+END_QUOTE\n",
    "a tab and a blank before the dash": "---\ntitle: On Hedges (highlights)\n---\n\n- Author:: [[Mara Vale]]\n\n- Full Title:: On Hedges\n\n- Category:: #books\n\n- Highlights first synced by #Readwise [[May 31st, 2021]]\n\t - A hedge grows.\n\t\t - **Note**: mine\n\n- New highlights added [[June 2nd, 2021]] at 11:46 AM\n\t - A gate rusts.\n",
    "properties at the beginning of each block": "retrieved:: [[2022-05-29]]\nauthor:: [[Mara Vale]]\ncategory:: [[books]]\ntags::\n\n- ![cover](https://hedges.example/c.png){:height 200 :width 200}\n- ## [[Readwise Highlights]]\n\t- link:: [null](null)\n\t  on:: [[2022-05-26]]\n\t  tags:: \n\t  A hedge grows.\n\t\t- mine\n\t- link:: [null](null)\n\t  on:: [[2022-05-27]]\n\t  tags:: \n\t  A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("page", LOGSEQ)
def test_a_page_of_logseq_has_two_passages(page: str) -> None:
    note = whole(LOGSEQ[page], "pages/On Hedges.md")
    assert [fields(entry)[:2] for entry in note.entries] == [
        ("A hedge grows.", "mine"),
        ("A gate rusts.", None),
    ]
    assert note.source.authors == ("Mara Vale",)


def test_a_property_at_the_beginning_of_a_block_may_be_the_day() -> None:
    note = whole(LOGSEQ["properties at the beginning of each block"], "pages/On Hedges.md")
    assert [(entry.added or "")[:10] for entry in note.entries] == ["2022-05-26", "2022-05-27"]


def test_a_block_that_is_only_a_property_keeps_its_words() -> None:
    text = f"{SYNCED}- Highlights first synced by [[Readwise]] [[2023-06-30]]\n\t- A hedge grows. ([View Highlight]({READ}a))\n\t\t- note:: mine\n"
    assert [fields(entry)[:2] for entry in whole(text, "pages/a.md").entries] == [("A hedge grows.", "mine")]


PLACE = "(Page 12)", "(Page 34)"
BELOW = {
    "on the next line": f"**A hedge grows.** {PLACE[0]}\nmine\n\n**A gate rusts.** {PLACE[1]}\n",
    "in a paragraph of its own": f"A hedge grows. {PLACE[0]}\n\nmine\n\n---\n\nA gate rusts. {PLACE[1]}\n\n---\n",
    "in an item": f"- [ ] A hedge grows. {PLACE[0]}\n\t- mine\n- [ ] A gate rusts. {PLACE[1]}\n",
    "in a quotation below a bullet": f"- A hedge grows. {PLACE[0]}\n  > mine\n- A gate rusts. {PLACE[1]}\n",
    "folded away": f"> A hedge grows. {PLACE[0]}\n<details><summary>Note</summary>\n\nmine\n\n</details>\n\n> A gate rusts. {PLACE[1]}\n",
    "in bold type": f"> A hedge grows. {PLACE[0]}\n\n**mine**\n\n> A gate rusts. {PLACE[1]}\n",
    "below a label that the note repeats": "> A hedge grows.\n\n**Where:** Page 12\n**My two cents:** mine\n\n> A gate rusts.\n\n**Where:** Page 34\n\n> A wall waits.\n\n**Where:** Page 35\n**My two cents:** yes\n",
    "in a callout below another one": "> [!info] Page 12\n> A hedge grows.\n\n> [!note] Note\n> mine\n\n> [!info] Page 34\n> A gate rusts.\n\n> [!info] Page 35\n> A wall waits.\n",
    "in a callout below a paragraph": f"A hedge grows. {PLACE[0]}\n\n> [!comment]\n> mine\n\nA gate rusts. {PLACE[1]}\n\nA wall waits. (Page 35)\n",
    "in an admonition": "```ad-quote\ntitle: Page 12\nA hedge grows.\n```\n```ad-note\nmine\n```\n\n```ad-quote\ntitle: Page 34\nA gate rusts.\n```\n",
}  # fmt: skip


@pytest.mark.parametrize("where", BELOW)
def test_the_readers_words_below_a_location_without_a_link_are_no_passage(where: str) -> None:
    first, second = whole(OWN + BELOW[where]).entries[:2]
    assert fields(first) == ("A hedge grows.", "mine", (), "Page 12")
    assert fields(second) == ("A gate rusts.", None, (), "Page 34")


def test_links_above_their_quotations_belong_to_them() -> None:
    text = f"{OWN}[Location 12]({KINDLE}12)\n> A hedge grows.\n\n**Note:** mine\n\n[Location 34]({KINDLE}34)\n> A gate rusts.\n\n"
    assert [fields(entry) for entry in whole(text).entries] == [
        ("A hedge grows.", "mine", (), "Location 12"),
        ("A gate rusts.", None, (), "Location 34"),
    ]


def test_the_words_view_highlight_are_no_passage() -> None:
    text = f"{OWN}A hedge grows.\n\nView Highlight\n\n***\n\nA gate rusts.\n\nView Highlight\n\n***\n"
    assert [entry.text for entry in whole(text).entries] == ["A hedge grows.", "A gate rusts."]


def test_a_single_location_at_the_end_of_a_paragraph_may_be_the_sources() -> None:
    text = f"{OWN}A hedge grows (see page 4).\n\nA gate rusts. (Page 34)\n\nA wall waits.\n"
    assert [entry.text for entry in whole(text).entries] == [
        "A hedge grows (see page 4).",
        "A gate rusts. (Page 34)",
        "A wall waits.",
    ]


def test_words_with_a_link_are_a_passage_even_behind_a_label_that_the_note_repeats() -> None:
    text = f"{OWN}**Hedge:** it grows. {link(1)}\n\n**Hedge:** it waits. {link(2)}\n"
    assert [plain(entry.text) for entry in whole(text).entries] == ["Hedge: it grows.", "Hedge: it waits."]
