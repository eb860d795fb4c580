"""Annotations that have only the reader's words are no passages, whatever a tool's template writes around them."""
# ruff: noqa: E501  (each note is one line of this file)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Entry, Note

OPEN = "zotero://open-pdf/library/items/A?page={0}&annotation=B{0}"
ZOTERO = "---\ntitle: On Hedges\ncitekey: vale2019\n---\n## Annotations\n\n"


def read(text: str, path: str = "On Hedges.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def pairs(entries: tuple[Entry, ...]) -> list[tuple[str, str | None]]:
    return [(entry.text, entry.remark) for entry in entries]


SHARED = "《树篱之书》\n\n林远 著\n\n{count}\n\n{first}\n\n◆ 树篱长得慢。\n\n第二章 门\n\n◆ 2024/05/06{kind}\n\n我也这样想。\n\n还要再读。\n\n原文：门总是先生锈。\n它不着急。\n\n{end}\n"


@pytest.mark.parametrize(
    ("count", "kind", "end"),
    [
        ("2个笔记", "发表想法", "-- 来自微信读书"),
        ("2個筆記", "發表想法", "-- 來自微信讀書"),
        ("12个笔记", " 08:09:10发表想法", ""),
    ],
)
def test_the_text_that_weread_shares_has_its_sign_before_passages(count: str, kind: str, end: str) -> None:
    note = read(SHARED.format(count=count, kind=kind, end=end, first="第一章 树"), "树篱.txt")
    assert (note.source.title, note.source.authors) == ("树篱之书", ("林远",))
    assert pairs(note.entries) == [
        ("树篱长得慢。", None),
        ("门总是先生锈。\n它不着急。", "我也这样想。\n还要再读。"),
    ]
    assert [entry.chapter for entry in note.entries] == ["第一章 树", "第二章 门"]


@pytest.mark.parametrize("kind", ["发表想法", "认为好看", " 10:00:00"])
def test_a_thought_in_weread_without_a_passage_is_not_quoted(kind: str) -> None:
    text = SHARED.format(
        count="3个笔记",
        kind="发表想法",
        end="",
        first=f"点评\n\n◆ 2024/05/05{kind}\n\n一本慢书。\n\n第一章 树",
    )
    assert [entry.text for entry in read(text, "树篱.txt").entries] == [
        "树篱长得慢。",
        "门总是先生锈。\n它不着急。",
    ]


def test_the_reviews_of_wereads_first_template_belong_to_their_passages() -> None:
    head = "---\ndoc_type: weread-highlights-reviews\nauthor: 林远\n---\n## Highlights\n\n### 第1章 树\n- 树篱长得慢。\n    - Created at 2022-05-10 09:21:33\n\n"
    reviews = "## Reviews\n\n### 第1章 树\n\n\n- 门总是先生锈。\n    - 我的门\n也生锈。\n    - Created at 2022-05-11 08:10:15\n\n\n- \n    - 这章很短\n    - Created at 2022-05-11 08:12:15\n"
    assert pairs(read(head + reviews, "树篱之书.md").entries) == [
        ("树篱长得慢。", None),
        ("门总是先生锈。", "我的门\n也生锈。"),
    ]


@pytest.mark.parametrize("sign", ["✏️", "💬", "📝", "💭"])
@pytest.mark.parametrize("passage", ["📌 ", ""])
def test_a_quote_with_a_sign_for_comments_is_none_of_zoteros_passages(sign: str, passage: str) -> None:
    blocks = [(f"{passage}A hedge grows.", 2), (f"{sign} mine", 2), (f"{sign} no table here", 3), (f"{passage}A gate rusts.", 4), (f"{passage}A wall waits.", 5)]  # fmt: skip
    note = read(
        ZOTERO + "".join(f"> {text}\n\n[Page {page}]({OPEN.format(page)})\n\n" for text, page in blocks)
    )
    assert pairs(note.entries) == [
        ("A hedge grows.", "mine"),
        ("A gate rusts.", None),
        ("A wall waits.", None),
    ]


@pytest.mark.parametrize("marks", ['""', "“”", "«»"])
def test_a_paragraph_beside_zoteros_quotations_is_a_note_on_the_page(marks: str) -> None:
    passage = (
        "> [!cite|#ffd400]+ [(p.{0})](" + OPEN + ")\n> *" + f"{marks[0]} {{1}} {marks[1]}" + "*\n> {2}\n\n"
    )
    text = passage.format(2, "A hedge grows.", "mine") + f"see chapter 5 [(p. 3)]({OPEN.format(3)})\n\n" + passage.format(4, "A gate rusts.", "")  # fmt: skip
    assert pairs(read(text).entries) == [("A hedge grows.", "mine"), ("A gate rusts.", None)]


def test_a_property_named_like_a_passage_is_none() -> None:
    head = "---\nauthor: Me\n---\n# Paper Details\n\n>[!note] @Vale2019\n> **Title**: **On Hedges**\n>\n> **Citation**: Vale 2019\n\n# Annotations\n\n"
    text = "".join(f">[!quote|#a28ae5] [Page {page}]({OPEN.format(page)})\n> {words}\n\n" for page, words in ((2, "A hedge grows."), (3, "A gate rusts.")))  # fmt: skip
    note = read(head + text)
    assert ([entry.text for entry in note.entries], note.problems) == (
        ["A hedge grows.", "A gate rusts."],
        (),
    )


@pytest.mark.parametrize("title", ["Claims · p. 5", "Claims · S. 5", "Claims"])
def test_a_callout_of_zotlit_without_a_quote_is_a_comment(title: str) -> None:
    head = "---\ntitle: On Hedges\ncitekey: vale2019\n---\n## Source\n\n[Zotero](zotero://select/library/items/A)\n\n## Annotations\n\n"
    text = "> [!example] Claims · p. 2\n> > A hedge grows.\n>\n> mine\n\n> [!example] {0}\n> Look this up.\n\n> [!example] Claims · p. 4\n> > A gate rusts.\n"
    note = read(head + text.format(title))
    assert pairs(note.entries) == [("A hedge grows.", "mine"), ("A gate rusts.", None)]
    assert [entry.location for entry in note.entries] == ["p. 2", "p. 4"]


@pytest.mark.parametrize(
    ("title", "location"),
    [("Vale, p. 33", "p. 33"), ("Vale · S. 33", "S. 33"), ("Vale, On Hedges", None), ("", None)],
)
@pytest.mark.parametrize("between", ["\n", "\n>\n"])
def test_the_title_of_a_callout_in_a_note_of_ones_own_is_no_part_of_the_passage(
    title: str, location: str | None, between: str
) -> None:
    note = read(f"# Week 6\n\nWhat I think.\n\n> [!quote] {title}{between}> A hedge grows,\n> and waits.\n")
    assert [(entry.text, entry.location) for entry in note.entries] == [
        ("A hedge grows,\nand waits.", location)
    ]


def test_a_callout_of_one_line_keeps_its_words() -> None:
    note = read(
        "# Week 6\n\nWhat I think.\n\n> [!quote] A hedge grows.\n\n> [!quote] A hedge grows, and nobody sees it.\n> It waits.\n"
    )
    assert [entry.text for entry in note.entries] == [
        "A hedge grows.",
        "A hedge grows, and nobody sees it.\nIt waits.",
    ]
