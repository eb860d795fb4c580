"""Some templates write the reader's own words without a label. They are the remark or are left out, and never a passage."""
# ruff: noqa: E501  (each note stands on one line)

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.model import Highlight
from tests.notes_on_disk import library


def highlights_in(folder: Path, text: str, name: str = "a.md") -> Sequence[Highlight]:
    return library(folder, {name: text}).highlights


def texts_and_remarks(folder: Path, text: str, name: str = "a.md") -> list[tuple[str, str | None]]:
    return [(highlight.text, highlight.remark) for highlight in highlights_in(folder, text, name)]


MOON = "The Lower Meadow - Osei Brand (Highlight: 2; Note: {})\n\n───────────────\n\n◆ One\n\n▪️ The meadow drank first (in May).{}\n\n▪️ Nobody owns mud.{}\n"


def test_a_moon_reader_remark_stands_in_brackets_after_its_passage(tmp_path: Path) -> None:
    assert texts_and_remarks(tmp_path, MOON.format(1, "", " (like (my) canal)"), "a.txt") == [
        ("The meadow drank first (in May).", None),
        ("Nobody owns mud.", "like (my) canal"),
    ]


def test_brackets_stay_in_a_moon_reader_export_without_remarks(tmp_path: Path) -> None:
    assert [text for text, _ in texts_and_remarks(tmp_path, MOON.format(0, "", " (he said)"), "a.txt")] == [
        "The meadow drank first (in May).",
        "Nobody owns mud. (he said)",
    ]


def test_brackets_that_may_be_a_remark_are_left_out_and_reported(tmp_path: Path) -> None:
    notes = library(tmp_path, {"a.txt": MOON.format(1, " (he said)", " (mine)")})
    assert [(highlight.text, highlight.remark) for highlight in notes.highlights] == [
        ("The meadow drank first (in May).", None),
        ("Nobody owns mud.", None),
    ]
    assert [problem.problem for problem in notes.problems if "brackets" in problem.problem] != []


SNIP = "# Bells\n\n## Snips\n\n### ⭐ [Bells came first](https://share.snipd.com/snip/1) [[bells]]\n\n🎧 03:12 - 05:18 (02:05)\n\n- Bells are cheap.\n\n{}\n\n{}---\n\nCreated with [Snipd](https://www.snipd.com)\n"


@pytest.mark.parametrize("own", ["my own note", "1. mine\n2. mine too"])
def test_the_readers_note_on_a_snip_is_its_remark(tmp_path: Path, own: str) -> None:
    quote = "#### 💬 Quote\n> Bells were the first notifications.\n> — Osei Brand\n\n"
    ((text, remark),) = texts_and_remarks(tmp_path, SNIP.format(own, quote))
    assert text == "Bells came first\n\n> Bells were the first notifications.\n> — Osei Brand"
    assert remark is not None
    assert own in remark


def test_a_snip_without_a_quote_is_its_title_and_takeaways(tmp_path: Path) -> None:
    assert texts_and_remarks(tmp_path, SNIP.format("my own note", "")) == [
        ("Bells came first\n\n- Bells are cheap.", "my own note")
    ]


def test_only_block_quotes_count_when_a_note_has_any(tmp_path: Path) -> None:
    text = "# Hedges\n\nI read this on the train.\n\n> A hedge grows.\n>\n> It also waits.\n\nGood for the talk.\n\n> [!todo]\n> call Ines\n\n- and a list\n"
    notes = library(tmp_path, {"a.md": text})
    assert [highlight.text for highlight in notes.highlights] == ["A hedge grows.\n\nIt also waits."]
    assert [(problem.line, "beside the block quotes" in problem.problem) for problem in notes.problems] == [
        (3, True)
    ]


def test_every_paragraph_counts_in_a_note_without_block_quotes(tmp_path: Path) -> None:
    text = "# Hedges\n\nOne.\n\n- Two.\n\n> [!tip]\n> Three.\n"
    assert [highlight.text for highlight in highlights_in(tmp_path, text)] == ["One.", "Two.", "Three."]


def test_only_quote_blocks_count_in_an_org_note(tmp_path: Path) -> None:
    text = "* Quotes\n** One\nSource: [2024-05-01 Wed], the atlas\n#+BEGIN_QUOTE\nA map waits.\n#+END_QUOTE\nGood opener.\n"
    assert [highlight.text for highlight in highlights_in(tmp_path, text, "a.org")] == ["A map waits."]


def test_paragraphs_below_a_quote_between_rules_are_its_remark(tmp_path: Path) -> None:
    text = "> A house ages slowly.\n\n***\n\n> Nobody was in,\n> only bread.\n\nRead again.\n\nCompare.\n\n***\n\n> Come in.\n"
    assert texts_and_remarks(tmp_path, text) == [
        ("A house ages slowly.", None),
        ("Nobody was in,\nonly bread.", "Read again.\nCompare."),
        ("Come in.", None),
    ]


HYPOTHESIS = "hypothesis-uri:: https://tides.example/a\nhypothesis-title:: Tides\n\n- > The sea waits. \n  hid:: guyjmqEeEe3\n  updated:: 2023-08-30T16:20:00.555000+00:00\n  to check\n\t- a reply\n\t  hid:: guyjmqEeEe6\n- > Boats first. #[[boats]]\n  hid:: guyjmqEeEe4\n- about the page\n  hid:: guyjmqEeEe5\n"


def test_hypothesis_annotations_in_logseq_without_emoji(tmp_path: Path) -> None:
    sea, boats = highlights_in(tmp_path, HYPOTHESIS)
    assert (sea.text, sea.source.title) == ("The sea waits.", "Tides")
    assert sea.remark is not None
    assert sea.remark.split("\n") == ["to check", "a reply"]
    assert (boats.text, boats.tags, boats.remark) == ("Boats first.", ("boats",), None)


def test_the_description_and_user_notes_of_moonsync_are_not_passages(tmp_path: Path) -> None:
    text = "---\ntitle: Rain\nmoon_reader_path: /a.epub\n---\n# Rain\n\n> [!moonsync-description]+ Description\n> A love story.\n\n## Moon Reader highlights\n\n> [!quote] Apr 5, 2025\n> Umbrellas are lent.\n>\n> ---\n> **Note:** read to Ines\n\n## My notes\n\n> [!moonsync-user-notes]+ Your notes\n> Add your thoughts.\n"
    (highlight,) = highlights_in(tmp_path, text)
    assert (highlight.text, highlight.remark, (highlight.added or "")[:10]) == (
        "Umbrellas are lent.",
        "read to Ines",
        "2025-04-05",
    )


def test_a_line_with_locations_and_a_date_below_a_quote(tmp_path: Path) -> None:
    text = "# Boats\nAuthor: Greta Holm\nHighlights: 2\n\n---\n\n## One\n\n> [!quote]\n> A boat waits.\n\nNote:\n    lovely\n\nBook location: 12.4% | Chapter location: 3.18% | Date: 2025-03-02 19:20\n\n---\n\n> [!quote]\n> Listen first.\n\nBook location: 13.02% | Date: 2025-03-02 19:31\n\n---\n"
    first, second = highlights_in(tmp_path, text)
    assert (first.text, first.remark, first.location, (first.added or "")[:10]) == (
        "A boat waits.",
        "lovely",
        "Location 12.4%",
        "2025-03-02",
    )
    assert (second.text, second.remark) == ("Listen first.", None)


def test_a_date_after_every_passage_is_cut(tmp_path: Path) -> None:
    text = "---\nraindrop_id: 3\n---\n# Clay\n\nClay remembers. — Updated on 2022/08/10 09:00:00\n\n---\n\nCenter it. — Updated on 2022/08/10 09:03:00\n> cf. Ines\n\n---\n"
    assert texts_and_remarks(tmp_path, text) == [("Clay remembers.", None), ("Center it.", "cf. Ines")]


def test_a_bullet_below_a_raindrop_passage_is_its_remark_in_a_custom_template(tmp_path: Path) -> None:
    callout = "> [!quote]+ Updated on Tue Jan 10 2023 17:52:52 GMT+0000\n>\n"
    text = f"---\nraindrop_id: 3\n---\n# Clay\n\n## Highlights\n\n{callout}> Clay remembers.\n> - mine, use it\n\n{callout}> Rules:\n>- dust\n>- wait\n"
    assert texts_and_remarks(tmp_path, text) == [
        ("Clay remembers.", "mine, use it"),
        ("Rules:\n- dust\n- wait", None),
    ]


def test_a_date_after_only_one_passage_stays(tmp_path: Path) -> None:
    text = "# T\n## Metadata\n- Author: A B\n## Highlights\n- One.\n- Two.\n- The letter. — Added on 2022/08/10 09:00\n"
    assert highlights_in(tmp_path, text)[-1].text == "The letter. — Added on 2022/08/10 09:00"


CLIP = "---\ntitle: Clouds\nsource: https://clouds.example/a\npublished: 2025-02-14\ncreated: 2025-02-20\ntags: clippings\n---\n"


def test_paragraphs_with_a_link_to_their_own_text_are_the_passages(tmp_path: Path) -> None:
    url = "https://clouds.example/a#:~:text="
    text = f"{CLIP}Fog is a cloud that spoke up. [link]({url}Fog%20is%20a,spoke%20up.)\n\nNot marked.\n\nFirst of two.\n\nThe second. [link]({url}First%20of,second.)\n\nSee also [this]({url}Something%20else)\n"
    assert [(highlight.text, highlight.link) for highlight in highlights_in(tmp_path, text)] == [
        ("Fog is a cloud that spoke up.", f"{url}Fog%20is%20a,spoke%20up."),
        ("First of two.\n\nThe second.", f"{url}First%20of,second."),
    ]


def test_a_link_below_each_quote_is_the_link_of_that_quote(tmp_path: Path) -> None:
    url = "http://play.google.com/books/reader?id=R&pg=GBS.PT{}"
    text = f"# Stairs\n\n> Count the steps.\n\n[Open in Google Books]({url.format(12)})\n\n> Trust no highlight.\n\n[Open in Google Books]({url.format(40)})\n"
    assert [highlight.link for highlight in highlights_in(tmp_path, text)] == [url.format(12), url.format(40)]


def test_a_copied_section_with_deeper_headings_is_read_like_a_note(tmp_path: Path) -> None:
    text = "#### Boxes\n##### Metadata\n- Title: Boxes\n- URL: https://b.example/a\n\n##### Highlights & Notes\n- A box waits.\n"
    (highlight,) = highlights_in(tmp_path, text)
    assert (highlight.text, highlight.source.title, highlight.source.url) == (
        "A box waits.",
        "Boxes",
        "https://b.example/a",
    )


def test_a_weread_link_text_over_several_lines_is_a_passage_without_its_link(tmp_path: Path) -> None:
    def linked(sign: str, words: str, below: str) -> str:
        return f"> {sign} [{words}](<weread://bestbookmark?bookId=7&chapterUid=1>)\n> {below} ^7-1-1\n\n"

    notes = (
        linked("📌", "潮水退去。\n石头[还]在。\n> 夜里也在。", "⏱ 2026-04-04 09:00:00")
        + linked("🔥", "大家划的：\n慢一点。", "📊 88 人共读")
        + linked("📌", "只有一行。", "⏱ 2026-04-04 09:10:00")
    )
    text = f"---\ndoc_type: weread-highlights-reviews\ntitle: 海\n---\n# 高亮划线\n## 一\n\n{notes}"
    assert [highlight.text for highlight in highlights_in(tmp_path, text)] == [
        "潮水退去。\n石头[还]在。\n夜里也在。",
        "只有一行。",
    ]


def test_a_paragraph_below_a_quotation_that_readwise_wrote_ends_the_passage_with_its_page(
    tmp_path: Path,
) -> None:
    head = "author:: [[Ada Moor]]\nfull-title:: Ponds\ncategory:: #books\n\n- {}\n\t- A pond keeps still. (Page 3)\n"
    block = "\t- > A frog asks.\n\t  \n\t  The pond answers. (Page 8)\n\t\t- **Note**: Which frog?\n"
    synced = head.format("Highlights first synced by [[Readwise]] [[Sep 22nd, 2025]]") + block
    assert [(found.text, found.remark, found.location) for found in highlights_in(tmp_path, synced)] == [
        ("A pond keeps still.", None, "Page 3"),
        ("A frog asks.\n\nThe pond answers.", "Which frog?", "Page 8"),
    ]
    (own,) = highlights_in(
        tmp_path, head.format("Quotations") + block
    )  # without Readwise, those words are the reader's
    assert (own.text, own.remark) == ("A frog asks.", "The pond answers. (Page 8)\nWhich frog?")


def test_popular_highlights_of_weread_are_not_passages(tmp_path: Path) -> None:
    text = "---\ndoc_type: weread-highlights-reviews\ntitle: 海\n---\n# 高亮划线\n## 一\n\n> 📌 请勿阅读。\n> ⏱ 2026-04-04 09:00:00 ^33-4-511\n\n> 🔥 海水。\n> 📊 88 人共读 ^33-4-722\n"
    assert [highlight.text for highlight in highlights_in(tmp_path, text)] == ["请勿阅读。"]


def test_a_koreader_note_with_html_comments(tmp_path: Path) -> None:
    text = '---\nTitle: Weather\nAuthor(s): "[[Mirela Danko]]"\nHighlight Count: 2\n---\n\n<!-- KOHL {"p":14} -->\n## One\n\n_Page 14 • Feb 9, 2025_\n\nSunny, mostly.\n\n---\n\n<!-- KOHL {"p":31} -->\n\n_Page 31 • Feb 9, 2025_\n\n<mark style="background:yellow">Fog waits.</mark>\n\n> [!note]\n> Ask Jo.\n\n---\n'
    assert [
        (highlight.text, highlight.remark, highlight.chapter, highlight.location)
        for highlight in highlights_in(tmp_path, text)
    ] == [
        ("Sunny, mostly.", None, "One", "Page 14"),
        ("Fog waits.", "Ask Jo.", "One", "Page 31"),
    ]


def test_each_list_of_quotations_has_the_author_named_above_it(tmp_path: Path) -> None:
    text = "# Heard\n\n:::Ilse:::\n- Bring bread.\n\nAsk her again.\n\n:::Osei:::\n1. Mud waits.\n"
    authors = [(highlight.text, highlight.source.authors) for highlight in highlights_in(tmp_path, text)]
    assert authors == [("Bring bread.", ("Ilse",)), ("Mud waits.", ("Osei",))]
