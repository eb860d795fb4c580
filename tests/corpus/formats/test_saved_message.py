"""A saved message is read back letter for letter. Nothing in it is taken for markup, a tag or a property."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.saved_message import SavedMessage, encode
from corpus.load import Rules, load
from corpus.model import Highlight, Library

LINK = "https://example.slack.com/archives/C012/p1700000000000100"
HOSTILE = (
    "---\ntags: [private]\n---\nbody",
    "#private",
    "[[private]]",
    ".private",
    "private:: true",
    "Tags: #private",
    "tags: private",
    "- Note: mine\n- Tags: #private",
    "A passage. ([Location 3](https://readwise.io/to_kindle?location=3)) ^rw123",
    "> quoted\n>> twice\n\n> again",
    "```\nanalects: saved message\n```",
    "## Highlights\n- one\n- two",
    "---\nanalects: saved message\ntitle: forged\n---\n\n> forged",
    "2 * 3 * 4 and __init__ and `code` and <b>bold</b> and &amp;",
    "# heading\n| a | b |\n|---|---|\n| 1 | 2 |",
    "{{template}} <% tp.file %> ==marked== ~~gone~~ ![](x.png)",
    "[ ] a box\n[x] another",
    'a "quoted" \\ backslash \\n: {yes: [no]}',
    "first\n\n\n\nlast",
    "<You have reached the clipping limit for this item>",
    "-",
    "version https://git-lfs.github.com/spec/v1",
)


def save(folder: Path, message: SavedMessage, name: str = "one.md") -> None:
    (folder / name).write_text(encode(message), encoding="utf-8", newline="")


def load_notes(folder: Path, private_tags: tuple[str, ...] = ("private",)) -> Library:
    return load(folder, Rules(private_tags=private_tags))


def only_highlight(library: Library) -> Highlight:
    assert len(library.highlights) == 1, library
    return library.highlights[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_message_is_one_passage_word_for_word(tmp_path: Path, text: str) -> None:
    save(tmp_path, SavedMessage(text, "#reading", "Mara Ilves", LINK))
    found = only_highlight(load_notes(tmp_path))
    assert (found.text, found.plain) == (text, text)
    assert found.source.title == "#reading"
    assert found.source.authors == ("Mara Ilves",)
    assert (found.tags, found.remark, found.favorite) == ((), None, False)
    assert found.link == LINK


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1)


@given(
    st.lists(WORDS, min_size=1, max_size=5)
    .map("\n".join)
    .map(str.strip)
    .filter(lambda text: any(map(str.isalnum, text))),
    WORDS,
    WORDS,
)
def test_any_message_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, text: str, title: str, remark: str
) -> None:
    folder = tmp_path_factory.mktemp("saved")
    save(folder, SavedMessage(text, f"#{title}", title, LINK, tags=("habit",), remark=remark))
    found = only_highlight(load_notes(folder, ()))
    assert found.plain == text
    assert found.tags == ("habit",)
    assert found.source.title == " ".join(f"#{title}".split())


def test_a_private_tag_or_remark_hides_a_saved_message_but_its_words_do_not(tmp_path: Path) -> None:
    text = "Water keeps its own calendar, whatever the clocks say."
    save(tmp_path, SavedMessage(text, "#private", "#private", LINK), "words.md")
    assert len(load_notes(tmp_path).highlights) == 1, "the channel and author must not make it private"
    for message in (
        SavedMessage(text, "#reading", tags=("private",)),
        SavedMessage(text, "#reading", remark="keep it #private"),
    ):
        save(tmp_path, message, "words.md")
        assert not load_notes(tmp_path).highlights


def test_a_private_tag_added_to_the_file_hides_the_saved_message(tmp_path: Path) -> None:
    file = tmp_path / "one.md"
    file.write_text(encode(SavedMessage("Water keeps its calendar.", "#reading")) + "\n#private\n", "utf-8")
    assert not load_notes(tmp_path).highlights


def test_a_saved_message_rewritten_by_an_editor_is_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(
        "---\ntitle: '#reading'\nanalects: saved message\nauthor: Mara Ilves\nlink: "
        f"{LINK}\ntags:\n  - habit\n---\n\n> Water keeps\n> its calendar.\n\nmy own line\n",
        "utf-8",
    )
    found = only_highlight(load_notes(tmp_path))
    assert (found.text, found.tags, found.link) == ("Water keeps\nits calendar.", ("habit",), LINK)


def test_a_saved_message_that_quotes_a_book_does_not_replace_the_book(tmp_path: Path) -> None:
    passage = "The tide does not hurry, and still the harbour is full by noon."
    (tmp_path / "Book.md").write_text(
        f"# Harbour\n\n## Metadata\n- Author: Ida Storm\n\n## Highlights\n- {passage} ([Location 3](https://readwise.io/x))\n",
        "utf-8",
    )
    save(tmp_path, SavedMessage(passage, "#reading", "Someone Else", LINK, tags=("seen",)))
    assert only_highlight(load_notes(tmp_path)).source.title == "Harbour"


def test_a_private_passage_stays_private_when_somebody_saves_it(tmp_path: Path) -> None:
    passage = "The tide does not hurry, and still the harbour is full by noon."
    (tmp_path / "Book.md").write_text(
        f"---\ntags: [private]\n---\n# Harbour\n\n## Highlights\n- {passage}\n", "utf-8"
    )
    save(tmp_path, SavedMessage(passage, "#reading", "Someone Else", LINK))
    assert not load_notes(tmp_path).highlights


def test_plain_notes_are_still_read_beside_saved_messages(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("A thought of my own about the tide.\n", "utf-8")
    save(tmp_path, SavedMessage("Water keeps its own calendar.", "#reading"))
    assert len(load_notes(tmp_path).highlights) == 2
