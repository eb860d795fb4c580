"""One note of every layout is read as `expected.json` says.

The fixtures hold invented content, but have the exact bytes of real exports: no-break spaces in "Location 144", no newline at
the end of Logseq's pages, trailing blanks after tags. After an intended change, rewrite the file with
`python -m tests.corpus.formats.test_layouts` and review the diff.
"""

import json
from pathlib import Path

import pytest

from corpus.folder import files
from corpus.formats.entry import Note
from corpus.load import load, read_note
from corpus.model import Highlight
from tests.notes_on_disk import TAIL, library, note, read, texts

FOLDER = Path(__file__).parent / "fixtures"
EXPECTED = Path(__file__).parent / "expected.json"


def filled_fields(highlight: Highlight) -> dict[str, object]:
    """The non-empty fields of a highlight."""
    plain = highlight.plain if highlight.plain != highlight.text else None
    values = {
        "line": highlight.line, "text": highlight.text, "plain": plain, "link": highlight.link,
        "location": highlight.location, "remark": highlight.remark, "tags": list(highlight.tags),
        "chapter": highlight.chapter, "added": highlight.added, "color": highlight.color, "favorite": highlight.favorite,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def read_fixtures() -> dict[str, object]:
    found: dict[str, object] = {}
    library = load(FOLDER)
    for file in files.walk(FOLDER):
        if not isinstance(file, files.NoteFile):
            continue
        kept = read_note(file)
        assert isinstance(kept, Note)
        source = kept.source
        highlights = [highlight for highlight in library.highlights if highlight.path == file.path]
        found[file.path] = {
            "shape": kept.shape, "title": source.title, "authors": list(source.authors), "category": source.category,
            "url": source.url, "tags": list(source.tags), "cover": source.cover, "date": source.date,
            "highlights": [filled_fields(highlight) for highlight in highlights],
        }  # fmt: skip
    return found


def test_every_fixture_is_read_as_expected() -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    found = read_fixtures()
    assert found.keys() == expected.keys()
    for path, note_fields in found.items():
        assert note_fields == expected[path], path


@pytest.mark.parametrize("path", sorted(path.name for path in FOLDER.glob("*.md")))
def test_line_ends_and_the_last_newline_change_nothing(tmp_path: Path, path: str) -> None:
    text = (FOLDER / path).read_text(encoding="utf-8")
    before = read(tmp_path / "0", text, path)
    for folder, ending in (("1", "\n"), ("2", "\r\n")):
        assert read(tmp_path / folder, text.rstrip("\n").replace("\n", ending), path) == before


@pytest.mark.parametrize(
    ("bullet", "text", "link"),
    [
        ("A. ([View Highlight](https://read.readwise.io/read/1))", "A.", "https://read.readwise.io/read/1"),
        ("A. ([View Highlight](https://read.readwise.io/read/1)) ^rw12", "A.", "https://read.readwise.io/read/1"),
        ("A. [View Highlight](https://readwise.io/open/1) ^rw1", "A.", "https://readwise.io/open/1"),
        ("A. [None](https://readwise.io/open/1) ^rw1", "A.", "https://readwise.io/open/1"),
        ("A. ([View Tweet](https://x.com/a/status/1)) #Highlight #[[2023-11-08]]", "A.", "https://x.com/a/status/1"),
        ("A. #Highlight #[[2023-11-08]]", "A.", None),
        ("A. ^rw1", "A.", None),
        ("A. ^43d6f7", "A.", None),
        ("A. ([View Highlight](https://read.readwise.io/read/1)) ^43d6f7  ", "A.", "https://read.readwise.io/read/1"),
        ("A. ([[View Highlight](https://r.readwise.io/1)](https://read.readwise.io/2))", "A.", "https://read.readwise.io/2"),
        ("See [a page](https://x.org/a)", "See [a page](https://x.org/a)", None),
        ("See [Location State](https://x.org/a_(b))", "See [Location State](https://x.org/a_(b))", None),
        ("See ([a page](https://x.org/a))", "See ([a page](https://x.org/a))", None),
        ("See [a](https://x.org/w_(x)) ([View Highlight](https://read.readwise.io/read/1))",
         "See [a](https://x.org/w_(x))", "https://read.readwise.io/read/1"),
        ("Area is 10^rw or x^abc123", "Area is 10^rw or x^abc123", None),
        ("2 ^ 10", "2 ^ 10", None),
        ("A tweet about #Highlight reels", "A tweet about #Highlight reels", None),
        ("A. ([Page 3 of 9](https://x.org/pdf))", "A.", "https://x.org/pdf"),
        ("A. ([p. xii](https://x.org/pdf))", "A.", "https://x.org/pdf"),
        ("A. [View](https://readwise.io/open/1) ^rw1", "A.", "https://readwise.io/open/1"),
    ],
)  # fmt: skip
def test_link_tails_are_removed_from_the_passage(
    tmp_path: Path, bullet: str, text: str, link: str | None
) -> None:
    (highlight,) = read(tmp_path, note(f"- {bullet}"))
    assert (highlight.text, highlight.link) == (text, link)
    assert highlight.location in (None, "Page 3 of 9", "p. xii")


def test_a_link_of_five_kilobytes(tmp_path: Path) -> None:
    url = "https://read.readwise.io/read/" + "x" * 5000
    (highlight,) = read(tmp_path, note(f"- A. ([View Highlight]({url}))"))
    assert (highlight.text, highlight.link) == ("A.", url)


def test_unindented_labels_belong_to_the_highlight_above(tmp_path: Path) -> None:
    text = note(
        "- One", "- Note: mine", "- See also: [[x]] [[y]]", "- Two", "- See also: the other chapter, please"
    )
    first, second, third = read(tmp_path, text)
    assert (first.remark, first.tags) == ("mine", ("x", "y"))
    assert second.text == "Two"
    assert (
        third.text == "See also: the other chapter, please"
    )  # more than links follow the label, so this is a passage


@pytest.mark.parametrize("first", ["Note: a passage may begin so.", "Tags: too", "Comment: this"])
def test_a_passage_that_begins_like_a_label(tmp_path: Path, first: str) -> None:
    assert texts(read(tmp_path, note(f"- {first}", "- Two")))[0] == first


def test_the_full_document_is_not_a_highlight(tmp_path: Path) -> None:
    text = note("- One").replace(
        "## Highlights", "## Full Document\nAll of it.\n\n- a list\n### A heading\n- more\n\n## Highlights"
    )
    assert texts(read(tmp_path, text)) == ["One"]


def test_the_readers_own_sections_are_not_highlights(tmp_path: Path) -> None:
    assert texts(
        read(tmp_path, note("- One", "", "## My notes", "- not theirs", "## Highlights", "- Two"))
    ) == ["One", "Two"]


def test_paragraphs_with_a_link_tail_among_bullets(tmp_path: Path) -> None:
    text = note(
        "The first of two lines,",
        f"the second. {TAIL.format(1)}",
        "    - Note: mine",
        "",
        f"- Who goes there? {TAIL.format(3)}",
        "",
        f"> A quote. {TAIL.format(2)}",
        "",
        "Belongs to none.",
    )
    loaded = library(tmp_path, {"note.md": text})
    assert texts(loaded) == ["The first of two lines,\nthe second.", "Who goes there?", "A quote."]
    assert loaded.highlights[0].remark == "mine"
    assert [(problem.line, "belongs to none" in problem.problem) for problem in loaded.problems] == [
        (16, True)
    ]


def test_a_highlight_link_in_the_readers_own_section_makes_no_highlight(tmp_path: Path) -> None:
    text = note("- One", "", "## My notes", f"As Vale says {TAIL.format(1)}")
    assert texts(read(tmp_path, text)) == ["One"]


def test_numbered_lines_each_with_a_link_tail(tmp_path: Path) -> None:
    text = note(f"1. One {TAIL.format(1)}", f"2. Two {TAIL.format(2)}", "of it", f"3. Three {TAIL.format(3)}")
    assert texts(read(tmp_path, text)) == [
        "One",
        "Two",
        "Three",
    ]  # the numbers run on: the template wrote them
    text = note(f"3. One {TAIL.format(1)}", f"1. Two {TAIL.format(2)}")
    assert texts(read(tmp_path, text)) == ["3. One", "1. Two"]
    text = note(f"- One {TAIL.format(1)}", "    - Tags: [[x]]", f"2. Two {TAIL.format(2)}")
    first, second = read(tmp_path, text)
    assert (first.tags, second.text) == (("x",), "2. Two")


def test_labels_below_paragraphs(tmp_path: Path) -> None:
    text = note(
        f"One {TAIL.format(1)}", "    - Note: mine", "    - Tags: [[x]] ", "", "Two", "", "- Note: yours"
    )
    first, second = read(tmp_path, text)
    assert (first.text, first.remark, first.tags) == ("One", "mine", ("x",))
    assert (second.text, second.remark) == ("Two", "yours")


def test_quotes_below_another_heading_than_highlights(tmp_path: Path) -> None:
    text = "\n".join(
        [
            "# On Hedges", "", "> [!info] Metadata", "> Author:: [[Mara Vale]]", "", "## Passages", "> [!quote]",
            "> One,", ">", f"> and its second paragraph. {TAIL.format(1)}", ">", "> > [!note]", "> > mine", "",
            "A remark of the reader's.", "", f"> Note: two. {TAIL.format(2)}", "",
        ]
    )  # fmt: skip
    first, second = read(tmp_path, text)
    assert (first.text, first.chapter) == ("One,\n\nand its second paragraph.", None)
    assert first.remark == "mine\nA remark of the reader's."
    assert (second.text, second.source.authors) == ("Note: two.", ("Mara Vale",))


LOGSEQ = ["title:: On Hedges (highlights)", "author:: [[Mara Vale]]", "category:: #books", ""]


def test_the_readers_own_blocks_in_a_logseq_page(tmp_path: Path) -> None:
    text = [
        *LOGSEQ, "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]", "\t- One", "- ## My thoughts",
        "\t- mine alone", "- New highlights added [[Feb 10th, 2023]] at 7:32 PM", "\t- Two",
    ]  # fmt: skip
    assert texts(read(tmp_path, "\n".join(text))) == ["One", "Two"]


def test_a_property_before_the_text_of_a_logseq_block(tmp_path: Path) -> None:
    text = [
        *LOGSEQ,
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]",
        "\t- collapsed:: true",
        "\t  One",
    ]
    assert texts(read(tmp_path, "\n".join(text))) == ["One"]


def test_a_location_below_a_passage_in_the_mirror_layout(tmp_path: Path) -> None:
    text = "# On Hedges\n\n## Highlights\n\nOne ^987650002\n\n[Location\u00a033](https://readwise.io/open/987650002)\n\n---\n"
    (highlight,) = read(tmp_path, text)
    assert (highlight.link, highlight.location) == ("https://readwise.io/open/987650002", "Location 33")


def test_names_are_shown_without_markup(tmp_path: Path) -> None:
    head = '---\ntitle: "Ask \\\\#1 *now*"\ncategory: "#tweets. [[Logseq]]"\n---'
    text = f"{head}\n## Highlights\n### The *first* [[x|part]]\n- One {TAIL.format(1)}\n"
    (highlight,) = read(tmp_path, text)
    assert (highlight.source.title, highlight.source.category) == ("Ask #1 *now*", "tweets")
    assert highlight.chapter == "The first part"


@pytest.mark.slow
def test_the_library_counts_notes_by_layout(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {path.name: path.read_bytes() for path in FOLDER.glob("*.md")}
    loaded = library(tmp_path, notes)
    assert loaded.shapes["logseq"] == 6
    assert loaded.shapes["mirror"] == loaded.shapes["snipd"] == 2
    assert "plain" not in loaded.shapes


if __name__ == "__main__":
    EXPECTED.write_text(
        json.dumps(read_fixtures(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
