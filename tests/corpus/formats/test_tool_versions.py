"""Templates of all versions and options of a tool are read alike: the passages, and the reader's words with the right one."""
# ruff: noqa: E501  (each note is one line of this file)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Entry, Note


def read(text: str, path: str = "On Hedges.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def pairs(entries: tuple[Entry, ...]) -> list[tuple[str, str | None]]:
    return [(entry.text, entry.remark) for entry in entries]


TWO = [("A hedge grows.", "mine"), ("A gate rusts.", None)]
BIBLIOGRAPHY = "## On Hedges\n\n### Formatted Bibliography\n\nVale, M. (2019).\n\n"
OPEN, SELECT = "zotero://open-pdf/library/items/A?page={0}&annotation=B{0}", "zotero://select/library/items/C"
ZOTLIT = "---\nzotero-key: A\ntitle: On Hedges\n---\n# On Hedges\n\n"
CALLOUTS = ("> [!note] Page 2\n> \n> A hedge grows.\n> \n> ---\n> mine\n> ^AB12CD34a2p2\n\n", "> [!note] Page 3\n> \n> A gate rusts.\n> ^AB12CD34a2p3\n\n")  # fmt: skip


@pytest.mark.parametrize("kind", [
    '<mark style="background:#ffd400dd">Highlight</mark>', '<mark style="background:#ffd400dd">(underline)</mark>',
    "(Highlight)", "Yellow Highlight", "Red Strike", "Black Squiggly",
])  # fmt: skip
@pytest.mark.parametrize("head", [BIBLIOGRAPHY, "## On Hedges\n\n%% Begin annotations %%\n"])
def test_zoteros_kinds_of_annotation(head: str, kind: str) -> None:
    text = f"{head}**Exported: 2022-04-08**\n\n> “A hedge grows.” {kind} [Page 2](zotero://open-pdf/library/items/A?page=2)\n\nmine\n\n> “A gate rusts.” {kind} [Page 3](zotero://open-pdf/library/items/A?page=3)\n"
    note = read(text, "vale2019.md")
    assert (note.source.title, pairs(note.entries), note.problems) == ("On Hedges", TWO, ())


def test_the_colour_of_a_mark_is_that_of_zotero() -> None:
    text = f'{BIBLIOGRAPHY}> “A hedge grows.” <mark style="background:#5fb236dd">Highlight</mark> [Page 2](zotero://open-pdf/library/items/A?page=2)\n'
    assert read(text).entries[0].color == "green"


@pytest.mark.parametrize(
    ("heading", "marks"),
    [("Annotations", "“”"), ("Anmerkungen", "„“"), ("注释", '""'), ("Anotaciones", "«»")],
)
def test_notes_that_zotero_makes_from_annotations(heading: str, marks: str) -> None:
    passages = [
        f"[Go to annotation]({OPEN.format(page)}) {marks[0]}{text}{marks[1]} ([Vale, 2019, p. {page}]({SELECT})) {remark}\n\n"
        for page, text, remark in ((2, "A hedge grows.", "mine"), (3, "A gate rusts.", ""))
    ]
    picture = f"![](a.png)[Go to annotation]({OPEN.format(9)})  \n([Vale, 2019, p. 9]({SELECT}))\n\n"
    note = read(f"# {heading}  \n(2.9.2024, 15:51:03)\n\n{passages[0]}{picture}{passages[1]}")
    assert (note.source.title, pairs(note.entries)) == ("On Hedges", TWO)
    assert (note.entries[0].location, note.entries[0].link) == ("p. 2", OPEN.format(2))


def test_a_quotation_with_another_inside_keeps_its_end() -> None:
    text = f"# Annotations\n\n[Go to annotation]({OPEN.format(2)}) “They call it “the hedge”, and cut it.” mine\n\n[Go to annotation]({OPEN.format(3)}) “A gate rusts.”\n"
    assert pairs(read(text).entries) == [("They call it “the hedge”, and cut it.", "mine"), TWO[1]]


def test_words_below_a_picture_are_not_a_remark_on_the_passage_above() -> None:
    text = f"{BIBLIOGRAPHY}> “A gate rusts.” Yellow Highlight [Page 3]({OPEN.format(3)})\n\n> ![[images/vale-1.png]]\n\nabout the picture\n"
    assert pairs(read(text).entries) == [("A gate rusts.", None)]


@pytest.mark.parametrize(("one", "two"), [
    ("## yellow", "## #a28ae5"), ("### Question", "### Source"), ("### Fact", "### To Do"), ("### Comment", "### Quote"),
    ("## Summary", "## undefined"), ("### Important", "### Note"),
])  # fmt: skip
def test_zotlits_groups_by_colour(one: str, two: str) -> None:
    assert pairs(read(f"{ZOTLIT}{one}\n\n{CALLOUTS[0]}{two}\n\n{CALLOUTS[1]}").entries) == TWO


def test_zotlits_annotations_without_a_callout() -> None:
    bare = [
        callout.replace("> ^AB12CD34a2p2\n", "").replace("> ^AB12CD34a2p3\n", "").replace("> ", "")
        for callout in CALLOUTS
    ]
    assert pairs(read(ZOTLIT + "".join(bare)).entries) == TWO


def test_a_comment_without_a_passage_is_not_quoted() -> None:
    alone = "> [!note] Page 4\n> \n> \n> ---\n> only mine\n> ^EF12CD34a2p4\n"
    assert pairs(read(ZOTLIT + "".join(CALLOUTS) + alone).entries) == TWO


KINDLE = "---\nkindle-sync:\n  title: On Hedges\n  author: Mara Vale\n---\n"
HEAD = "# On Hedges\n## Metadata\n* Author: [[Mara Vale]]\n* ASIN: B0\n* [Kindle link](kindle://book?asin=B0)\n\n## Highlights\n"
OLD_HEAD = (
    "# On Hedges\n\n* Author: [[Mara Vale]]\n* ASIN: [[B0]]\n* [Kindle link](kindle://book?asin=B0)\n\n"
)
LINK = "kindle://book?action=open&asin=B0&location={0}"
NOTED = "- one\n- two\nTags: #hedge"
KINDLE_NOTES = {
    "of today": f"{KINDLE}{HEAD}A hedge grows. — location: [2]({LINK.format(2)}) ^ref-2\n\n{NOTED}\n\n---\nA gate rusts. — location: [3]({LINK.format(3)}) ^ref-3\n\n---\n",
    "from My Clippings": f"{KINDLE}{HEAD}A hedge grows. — location: [2-3]() ^ref-2\n\n{NOTED}\n\n---\nA gate rusts. — location: [3]() ^ref-3\n\n---\n",
    "with the id above": f"{KINDLE}{HEAD}^ref-2\nA hedge grows. — location: [2]({LINK.format(2)})\n\n{NOTED}\n\n---\n^ref-3\nA gate rusts. — location: [3]({LINK.format(3)})\n\n---\n",
    "with the rule above and the remark right behind the link": f"{OLD_HEAD}---\nA hedge grows. — location: [2]({LINK.format(2)}){NOTED}\n\n---\nA gate rusts. — location: [3]({LINK.format(3)})\n",
    "with an indented quote": f"{OLD_HEAD}\n  - > A hedge grows. (location: 2)\n    {NOTED}\n\n\n  - > A gate rusts. (location: 3)\n",
}  # fmt: skip


@pytest.mark.parametrize("version", KINDLE_NOTES)
def test_every_version_of_the_kindle_plugin(version: str) -> None:
    note = read(KINDLE_NOTES[version])
    assert (note.source.title, note.source.authors) == ("On Hedges", ("Mara Vale",))
    assert pairs(note.entries) == [("A hedge grows.", NOTED), ("A gate rusts.", None)]
    assert [(entry.location or "").split("-")[0] for entry in note.entries] == ["Location 2", "Location 3"]


def test_a_remark_on_a_kindle_that_begins_like_a_label_stays_whole() -> None:
    text = f"{KINDLE}{HEAD}A hedge grows. — location: [2]() ^ref-2\n\nnote 3: mine\n\n---\nA gate rusts. — location: [3]() ^ref-3\n\nnote 4: also mine\n\n---\n"
    assert [entry.remark for entry in read(text).entries] == ["note 3: mine", "note 4: also mine"]


@pytest.mark.parametrize("template", [
    "> {text} ^ref-{page}\n\n— page [{page}](kindle://book?location={page})\n\n{note}\n---\n",
    "##### loc: {page} (0{page}-05-2022)\n> {text} ^ref-{page}\n{note}\n---\n",
    "{text} — location: [{page}](kindle://book?location={page}) ^ref-{page}\nColor: yellow\n\n{note}\n---\n",
])  # fmt: skip
def test_templates_of_ones_own_for_the_kindle_plugin(template: str) -> None:
    passages = [
        template.format(text=text, page=page, note=f"{remark}\n" if remark else "")
        for page, (text, remark) in enumerate(TWO, start=2)
    ]
    note = read(KINDLE + HEAD + "".join(passages))
    assert pairs(note.entries) == TWO
    assert [entry.location and entry.location[-1] for entry in note.entries] == ["2", "3"]


APPLE = "---\nasset_id: A1\nauthor: Mara Vale\ntitle: On Hedges\n---\n\n# On Hedges\n\nBy Mara Vale\n\n"
OWN = "Not from the book.\n\n- read again\n\n> my own quotation\n\n"


@pytest.mark.parametrize("heads", [
    '## Overall Notes <a name="my_notes_dont_delete"></a>\n\n{own}## Book Highlights & Notes <a name="apple_books_notes_dont_delete"></a>\n\n{passages}',
    '## My notes <a name="my_notes_dont_delete"></a>\n\n{own}## iBooks notes <a name="ibooks_notes_dont_delete"></a>\n\n### Roots\n\n{passages}',
    '## Book Highlights & Notes <a name="apple_books_notes_dont_delete"></a>\n\n{passages}\n## Overall Notes <a name="my_notes_dont_delete"></a>\n\n{own}',
])  # fmt: skip
def test_apple_books_highlights_with_notes_behind_passages(heads: str) -> None:
    text = APPLE + heads.format(
        own=OWN, passages="A hedge grows.  _NOTE: mine\n- and mine_\n\nA gate rusts.\n"
    )
    assert pairs(read(text).entries) == [("A hedge grows.", "mine\n- and mine"), TWO[1]]


def test_the_first_version_of_apple_books_highlights() -> None:
    note = read("# On Hedges\n\nBy Mara Vale\n\n## Roots\n\nA hedge grows.  _NOTE: mine_\n\nA gate rusts.\n")
    assert (note.shape, note.source.authors, pairs(note.entries)) == ("apple books", ("Mara Vale",), TWO)


def test_pictures_in_glasp_are_no_passages() -> None:
    text = "---\nURL: https://example.org\nTags: []\n---\n#### Thoughts & Comments\nof the page#### Highlights & Notes\n\n> A hedge grows.\n- mine\n\n> ![](https://example.org/a.png)\n- about the picture\n\n> A gate rusts.\n"
    assert pairs(read(text).entries) == TWO


RAIN = '---\nid: 1\ntitle: "On Hedges"\nsource: https://example.org/hedges\nlastupdate: 2025-04-02T11:30:00.000Z\ncollectionId: 4\n---\n\n# On Hedges\n\n## Overview / Relevance\nAbout hedges.\n\n## Action Items / Notes\n- ask Ada\n\n'
RAIN_NOTES = {
    "Highlights": '- A \\"hedge\\" grows.\n  *Note from highlight:* mine\n\n- A gate rusts.\n',
    "Key Points & Quotes": '> A \\"hedge\\" grows.\n  *Comment:* mine\n\n> A gate rusts.\n',
    "Significant Findings / Quotes": '- "A \\"hedge\\" grows." (mine)\n- "A gate rusts." ()\n',
    "Key Takeaways for Project": '- A \\"hedge\\" grows. *(mine)*\n- A gate rusts. \n',
    "Key Moments / Timestamps": '- **A \\"hedge\\" grows.** *(Comment: mine)*\n- **A gate rusts.** \n',
    "Important Sections / Definitions": '- **A \\"hedge\\" grows.**\n  *Annotation:* mine\n\n- **A gate rusts.**\n\n',
}


@pytest.mark.parametrize("heading", RAIN_NOTES)
def test_templates_of_make_it_rain(heading: str) -> None:
    text = f"{RAIN}## {heading}\n{RAIN_NOTES[heading]}\n## Content\nA page.\n\n- listed\n\n## Highlights\n\n- of the page\n\n---\n## Source Context\n- **Type**: article\n\n[View Source](https://example.org/hedges)\n"
    assert pairs(read(text).entries) == [('A "hedge" grows.', "mine"), TWO[1]]


def test_a_bookmark_without_highlights_has_no_passages() -> None:
    assert pairs(read(f"{RAIN}---\n## Details\n- **Type**: article\n").entries) == []


def test_all_highlights_of_a_tag_in_raindrop() -> None:
    note = read(
        "# Aggregated Highlights: #hedges\n\nGenerated on: 4/1/2025\n\n## [On [old] Hedges](https://example.org/a)\n- A hedge grows.\n  - **Note**: mine\n- A gate rusts.\n\n---\n"
    )
    assert pairs(note.entries) == TWO
    assert {(note.source_of(entry).title, note.source_of(entry).url) for entry in note.entries} == {("On [old] Hedges", "https://example.org/a")}  # fmt: skip


OMNIVORE = (
    "#Omnivore\n\n[Read on Omnivore](https://omnivore.app/me/a)\n[Read Original](https://example.org/a)\n\n"
)


def test_omnivores_marks_around_each_line() -> None:
    red = '<mark class="omni omni-red">{}</mark>'
    text = f"# On Hedges\n{OMNIVORE}## Highlights\n\n> {red.format('A hedge grows,')}\n>\n>{red.format(' slowly.')} [⤴️](https://omnivore.app/me/a#1)  ^1a2b3c4d\n\nmine\n\n> {red.format('A gate rusts.')} [⤴️](https://omnivore.app/me/a#2)\n"
    entries = read(text).entries
    assert pairs(entries) == [("A hedge grows,\n\nslowly.", "mine"), TWO[1]]
    assert [entry.color for entry in entries] == ["red", "red"]


def test_an_article_without_highlights_in_omnivores_file() -> None:
    text = f"%%11111111-a_start%%\n# Empty\n{OMNIVORE}%%11111111-a_end%%\n\n%%22222222-a_start%%\n# On Hedges\n{OMNIVORE}## Highlights\n\n> A gate rusts. [⤴️](https://omnivore.app/me/a#2)\n\n%%22222222-a_end%%\n"
    assert pairs(read(text).entries) == [TWO[1]]


@pytest.mark.parametrize("block", [
    "\t\t- note:: {note}\n\t\t  > {text} [⤴️](https://omnivore.app/me/a#{page})\n",
    "\t\t- note:: {note}\n\t\t  id:: 64-{page}\n\t\t  > {text} [⤴️](https://omnivore.app/me/a#{page})\n",
    "\t\t- > {text} [⤴️](https://omnivore.app/me/a#{page})\n\t\t  note:: {note}\n",
])  # fmt: skip
def test_omnivores_remarks_in_logseq(block: str) -> None:
    head = "- [On Hedges](https://omnivore.app/me/a)\n  site:: [x](https://example.org)\n\t- ### Highlights\n\t  collapsed:: true\n"
    passages = [
        block.format(text=text, note=remark or "", page=page) for page, (text, remark) in enumerate(TWO)
    ]
    assert pairs(read(head + "".join(passages)).entries) == TWO


WEREAD = "---\ndoc_type: weread-highlights-reviews\ntitle: 篱笆\nauthor: 陶安\n---\n"
PASSAGE = "> 📌 [{0}](<weread://bestbookmark?bookId=1&chapterUid=2&rangeStart={1}&rangeEnd=9>) ^1-2-{1}-9\n"
WEREAD_NOTES = {
    "behind the passage": f"# 高亮划线\n## 一\n{PASSAGE.format('篱笆长高。', 1)}- 💭 我的\n也是我的 - ⏱ 2026-03-01 22:18:00\n{PASSAGE.format('门闩生锈。', 2)}> ⏱ 2026-03-02 22:18:00\n",
    "at the end of the note": f"# 高亮划线\n## 一\n{PASSAGE.format('篱笆长高。', 1)}\n{PASSAGE.format('门闩生锈。', 2)}\n# 笔记汇总\n## 一 的想法\n我的\n也是我的\n> 📌 篱笆长高。\n",
    "between two passages": "# 高亮划线\n## 一\n> 门闩生锈。 ^1-2-2-9\n2026-03-01 22:18:00 发表想法\n我的\n也是我的\n\n> 篱笆长高。 ^1-2-1-9\n",
    "with liked comments": f"# 高亮划线\n## 一\n{PASSAGE.format('篱笆长高。', 1)}> 💭 我的\n也是我的\n\n{PASSAGE.format('门闩生锈。', 2)}\n#### 点赞的评论\n> 👍 别人的话\n> —— 旁人\n",
    "with popular passages": f"# 我的划线\n## 一\n{PASSAGE.format('篱笆长高。', 1)}> 💭 我的\n也是我的\n\n{PASSAGE.format('门闩生锈。', 2)}\n# 热门划线\n## 一\n> [别人划的。](<weread://bestbookmark?bookId=1>)\n\n> 暂无热门划线\n",
}  # fmt: skip


@pytest.mark.parametrize("theme", WEREAD_NOTES)
def test_thoughts_of_several_lines_in_weread(theme: str) -> None:
    found = dict(pairs(read(WEREAD + WEREAD_NOTES[theme]).entries))
    assert {text: (remark or "").split() for text, remark in found.items()} == {
        "篱笆长高。": ["我的", "也是我的"],
        "门闩生锈。": [],
    }


@pytest.mark.parametrize(
    "title", ["[!info] Page {0}", "[!abstract] Page {0}, yellow", "[!quote] Page {0} from Vale et al."]
)
def test_zotlits_callouts_of_any_kind(title: str) -> None:
    callouts = [
        callout.replace(f"[!note] Page {page}", title.format(page))
        for page, callout in zip((2, 3), CALLOUTS, strict=True)
    ]
    entries = read(ZOTLIT + "".join(callouts)).entries
    assert pairs(entries) == TWO
    assert [entry.location for entry in entries] == ["Page 2", "Page 3"]


def test_zotlits_comments_below_a_rule_without_callouts() -> None:
    text = f"{ZOTLIT}### Page 2\n\nA hedge grows.\n\n---\nmine\n\n### Page 3\n\nA gate rusts.\n"
    assert pairs(read(text).entries) == TWO


@pytest.mark.parametrize("citation", ["（[Vale 等, 2019, p. {0}]({1})）", "([Vale, 2019, p. {0}]({1}))"])
def test_zoteros_notes_without_quotation_marks_end_before_the_citation(citation: str) -> None:
    lines = [
        f"[Go to annotation]({OPEN.format(page)}) {text} {citation.format(page, SELECT)} {remark or ''}\n\n"
        for page, (text, remark) in zip((2, 3), TWO, strict=True)
    ]
    assert pairs(read("# Annotations\n(2.9.2024, 15:51:03)\n\n" + "".join(lines)).entries) == TWO


def test_raindrops_callouts_of_2022_without_an_empty_line_between_them() -> None:
    text = "---\nraindrop_id: 1\n---\n# On Hedges\n\n## Highlights\n\n> [!danger]+ Updated on 2022/08/10 09:00:00\n>\n> A hedge grows.\n> > mine\n> [!info]+ Updated on 2022/08/10 09:00:01\n>\n> A gate rusts.\n"
    assert pairs(read(text).entries) == TWO
