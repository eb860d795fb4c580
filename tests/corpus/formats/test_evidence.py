"""Rules of every layout that decide whether a block is a passage, a remark or neither."""

import time
from pathlib import Path

import pytest

from corpus.formats.dates import moment
from corpus.formats.labels import Role, label
from corpus.formats.layouts.notebooks import zotero
from tests.notes_on_disk import TAIL, library, note, read, texts


def test_one_bullet_among_quotes_is_not_a_highlight(tmp_path: Path) -> None:
    quotes = [f"> Quote {number}. {TAIL.format(number)}\n" for number in range(3)]
    highlights = read(tmp_path, note(*quotes, "- a list of the reader's own"))
    assert texts(highlights) == ["Quote 0.", "Quote 1.", "Quote 2."]
    assert highlights[2].remark == "a list of the reader's own"


def test_remarks_below_quotes_are_the_readers(tmp_path: Path) -> None:
    first, second = read(tmp_path, note("> First.", "", "my thought", "", "> Second."))
    assert (first.text, first.remark, second.text, second.remark) == ("First.", "my thought", "Second.", None)


def test_a_block_with_a_highlight_link_is_always_kept(tmp_path: Path) -> None:
    text = note(
        f"- Bullet {TAIL.format(1)}", "", f"Paragraph {TAIL.format(2)}", "", f"> Quote {TAIL.format(3)}", "", "## Notes",
        f"- In a section of notes {TAIL.format(4)}",
    )  # fmt: skip
    assert texts(read(tmp_path, text)) == ["Bullet", "Paragraph", "Quote", "In a section of notes"]


def test_a_bullet_with_a_bar_below_a_table_is_not_a_row(tmp_path: Path) -> None:
    (highlight,) = read(
        tmp_path,
        note(
            "| Highlight | Note |", "| --- | --- |", "| Salt was money. | |", "    - Note: see [[wages|pay]]"
        ),
    )
    assert (highlight.text, highlight.remark) == ("Salt was money.", "Note: see [[wages|pay]]")


def test_a_marked_tag_on_a_saved_page_is_not_a_passage(tmp_path: Path) -> None:
    page = '---\nsource: "https://example.org"\ncreated: 2024-03-02\ntags: [clippings]\n---\n==Salt== was.\n\n==#history==\n'
    assert texts(read(tmp_path, page)) == ["Salt"]


def test_blocks_that_are_not_understood_are_reported_once_per_kind(tmp_path: Path) -> None:
    lines = [f"- One {TAIL.format(1)}", ""] + [f"Nobody's words, number {number}.\n" for number in range(50)]
    loaded = library(tmp_path, {"a.md": note(*lines, f"- Two {TAIL.format(2)}")})
    assert texts(loaded) == ["One", "Two"]
    assert [(problem.path, problem.line) for problem in loaded.problems] == [("a.md", 10)]
    assert "Obsidian plugin" in loaded.problems[0].problem


@pytest.mark.parametrize(
    ("line", "role", "value"),
    [
        ("Note: mine", Role.NOTE, "mine"), ("**Notiz:** meine", Role.NOTE, "meine"), ("Schlagworte: a, b", Role.TAGS, "a, b"),
        ("批注：我的", Role.NOTE, "我的"), ("💭 mine", Role.NOTE, "mine"), ("*Note:* mine", Role.NOTE, "mine"),
        ("[n] mine", Role.NOTE, "mine"), ("📖 Chapter:: One", Role.CHAPTER, "One"), ("Página: 12", Role.LOCATION, "12"),
        ("**Заметка:** моя", Role.NOTE, "моя"),
    ],
)  # fmt: skip
def test_labels_in_many_notations(line: str, role: Role, value: str) -> None:
    found = label(line)
    assert found is not None
    assert (found.role, found.value) == (role, value)


@pytest.mark.parametrize(
    "line", ["He said: no", "12:30 is late", "https://x.org/a", "a::b", "(Note: x)", "Notebook"]
)
def test_lines_that_are_not_labels(line: str) -> None:
    found = label(line)
    assert found is None or found.role is None


@pytest.mark.parametrize(
    "written",
    [
        "Tuesday, 22 August 2023 16:06:33", "Dienstag, 22. August 2023 16:06:33", "2023年8月22日火曜日 16:06:33",
        "2023年8月22日星期二 下午4:06:33", "вторник, 22 августа 2023 г. 16:06:33", "mardi 22 août 2023 16:06:33",
        "martes, 22 de agosto de 2023 16:06:33", "Tuesday, August 22, 2023 4:06:33 PM",
        "terça-feira, 22 de agosto de 2023 16:06:33",
        "2023-08-22 16:06:33", "08/22/2023 04:06:33 PM", "2023년 8월 22일 화요일 오후 4:06:33", "dinsdag 22 augustus 2023 16:06:33",
    ],
)  # fmt: skip
def test_dates_as_reading_devices_write_them(written: str) -> None:
    assert moment(written) == "2023-08-22T16:06:33"


def test_discarded_highlights_and_chapter_marks_are_not_shown(tmp_path: Path) -> None:
    text = note(
        f"- The Tides {TAIL.format(1)}", "    - Note: .h1", f"- A passage. {TAIL.format(2)}", f"- Thrown away. {TAIL.format(3)}",
        "    - Tags: [[discard]]",
    )  # fmt: skip
    (highlight,) = read(tmp_path, text)
    assert (highlight.text, highlight.chapter) == ("A passage.", "The Tides")


def test_the_longest_version_of_a_highlight_is_kept(tmp_path: Path) -> None:
    place = "([Location\u00a07](https://readwise.io/to_kindle?action=open&asin=B0&location=7))"
    loaded = library(
        tmp_path,
        {
            "a.md": note(
                f"- Salt was money {place}", "    - Note: mine", f"- Salt was money that is eaten. {place}"
            )
        },
    )
    assert texts(loaded) == ["Salt was money that is eaten."]
    assert (loaded.highlights[0].remark, loaded.duplicates) == ("mine", 1)


def test_tags_for_colours_and_favourites_are_read(tmp_path: Path) -> None:
    first, second = read(tmp_path, note("- One", "    - Tags: [[blue]] [[favorite]]", "- Two"))
    assert (first.color, first.favorite, second.color, second.favorite) == ("blue", True, None, False)


def test_locations_without_links_are_read(tmp_path: Path) -> None:
    highlights = read(tmp_path, note("- One (Page 14)", "- Two (Page 15)"))
    assert [(highlight.text, highlight.location) for highlight in highlights] == [
        ("One", "Page 14"),
        ("Two", "Page 15"),
    ]
    (one,) = read(tmp_path / "2", note("- As he says (Page 14)", "- Two", "- Three", "- Four"))[:1]
    assert one.text == "As he says (Page 14)"


def test_properties_are_read_without_markup(tmp_path: Path) -> None:
    head = '- Author: [Mara Vale](https://x.org/m)\\\n- Full Title: "On Hedges"\n- Category: #books\n- URL: [x](https://x.org)'
    (highlight,) = read(tmp_path, f"## Metadata\n{head}\n## Highlights\n- One")
    source = highlight.source
    assert (source.title, source.authors, source.category, source.url) == (
        "On Hedges",
        ("Mara Vale",),
        "books",
        "https://x.org",
    )


def test_an_author_over_several_lines(tmp_path: Path) -> None:
    (highlight,) = read(
        tmp_path, "## Metadata\n- Author: [[Ann Lee,\nBo Crane]]\n- Category: #books\n## Highlights\n- One"
    )
    assert highlight.source.authors == ("Ann Lee", "Bo Crane")


def test_a_note_whose_passages_look_like_dates_is_reported(tmp_path: Path) -> None:
    loaded = library(
        tmp_path, {"a.md": note("- 2024-01-02", "- 3 January 2024", "- 2024-01-04", "- A passage.")}
    )
    assert any("look like dates" in problem.problem for problem in loaded.problems)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "a,b\n1,2\n", "no export"), ("a.json", "{}", "KOReader"), ("a.html", "<p>x</p>", "Kindle"),
        ("a.pdf", "%PDF", "PDF"),
        ("a.epub", "x", "export its highlights"),
    ],
)  # fmt: skip
def test_files_that_are_not_read_say_what_to_export_instead(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    loaded = library(tmp_path, {name: text})
    assert reason in loaded.skipped[0].reason


def test_of_a_page_saved_whole_only_the_marked_text_is_read(tmp_path: Path) -> None:
    head = "---\nsource: https://x.org/a\npublished: 2024-01-01\ncreated: 2024-01-02\ndescription: d\n---\n"
    loaded = library(
        tmp_path, {"a.md": f"{head}All of it.\n\n==This.== `a == b`\n", "b.md": f"{head}Nothing marked.\n"}
    )
    assert texts(loaded) == ["This."]
    assert "nothing is marked" in loaded.skipped[0].reason
    assert loaded.shapes == {"page": 1}


def test_breaks_at_the_end_of_an_annotation_are_dropped_in_time_that_grows_with_their_number() -> None:
    def seconds(number: int) -> float:
        line = "- " + "<br>" * number + "x"
        began = time.process_time()
        assert zotero.rewrite([line]) == [line]
        return time.process_time() - began

    assert zotero.rewrite(["- a hedge <br> <br/> \t"]) == ["- a hedge"]
    assert zotero.rewrite(["- a <br> hedge <br"]) == ["- a <br> hedge <br"]
    assert seconds(40_000) < 0.5  # trying each beginning takes minutes
