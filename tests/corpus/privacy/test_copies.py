"""Every copy of a private highlight is hidden. Copies are compared by their plain text, and the private one may be in any file."""

from pathlib import Path

import pytest

from corpus.folder import files
from corpus.folder.known import Known
from corpus.folder.roots import listed
from corpus.folder.selection import Rules
from corpus.folder.state import newly_private, refresh
from tests.notes_on_disk import TAIL, library, note, texts, write

SECRET = "Nobody who asks for it may ever read this sentence of mine"
PRIVATE = "---\ntags: [private]\n---"


@pytest.mark.parametrize(
    "copy",
    [
        f"{SECRET}.", f"**{SECRET}**", f"=={SECRET}==!", f"{SECRET} {TAIL.format(7)}", SECRET.replace(" ", "\u00a0"), f"“{SECRET}”",
        SECRET.replace("sentence", "[sentence](https://example.org/s)"), SECRET.replace("sentence", "[[sentence]]"),
        SECRET.replace("mine", "m&#105;ne"), SECRET.upper(), f"> {SECRET}", SECRET.replace("sentence", "<b>sentence</b>"),
        SECRET.replace("sentence", "`sentence`"), SECRET.replace("sentence", "~~sentence~~"), SECRET.replace("may", "m\u00aday"),
    ],
)  # fmt: skip
def test_a_copy_that_reads_the_same_is_hidden(tmp_path: Path, copy: str) -> None:
    notes: dict[str, str | bytes] = {
        "a.md": note(f"- {copy}", "- Public one.", title="A"),
        "b.md": note(f"- {SECRET}", title="B", head=PRIVATE),
    }
    assert texts(library(tmp_path, notes)) == ["Public one."]


def test_a_short_copy_in_the_same_source_is_hidden(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {
        "a.md": note(f"- Be brave. {TAIL.format(1)}", "- Other."),
        "b.md": note(f"- Be brave {TAIL.format(2)}", "    - Tags: private"),
        "c.md": note("- Be brave.", title="Another source"),
    }
    assert sorted(texts(library(tmp_path, notes))) == ["Be brave.", "Other."]


@pytest.mark.parametrize(
    "private",
    [
        f"{PRIVATE}\n# Diary\n\n{SECRET}.\n", f"# Diary\n\n{SECRET}.\n\n#private\n", f"{PRIVATE}\n- x\n- {SECRET}\n",
        f"{PRIVATE}\n> {SECRET}\n", f"{PRIVATE}\nHighlight: {SECRET} ([Location 3](https://readwise.io/x))\n",
        f"{PRIVATE}\n# {{{{title}}}}\nAuthor: {{{{author}}}}\n\n{SECRET}\n", f"---\ntags: [broken\n---\n{SECRET}\n",
        f"{PRIVATE}\n" + "\n" * 210_000 + SECRET, f"{PRIVATE}\n{SECRET.replace('ever', 'ever' + chr(10))}\n",
    ],
)  # fmt: skip
def test_a_private_note_without_highlights_hides_its_copies(tmp_path: Path, private: str) -> None:
    notes: dict[str, str | bytes] = {"a.md": note(f"- {SECRET}.", "- Public one."), "b.md": private}
    assert texts(library(tmp_path, notes, plain_notes="off")) == ["Public one."]


def test_the_word_private_in_a_code_block_hides_nothing(tmp_path: Path) -> None:
    code = '\t\t\t- ```sh\n\t\t\t  ```\n\t\t  ```\n\t\t  VAULT="Private"; ITEM="A"\n\t\t\t  ```'
    notes: dict[str, str | bytes] = {"a.md": code, "b.md": note("- Public one.")}
    assert texts(library(tmp_path, notes)) == ["Public one."]


@pytest.mark.long
def test_a_private_note_that_is_too_large_hides_its_copies(tmp_path: Path) -> None:
    filling = "A line that says nothing of interest to anyone.\n" * (files.MAX_BYTES // 40)
    notes: dict[str, str | bytes] = {
        "a.md": note(f"- {SECRET}.", "- Public one."),
        "b.md": f"{PRIVATE}\n{filling}{SECRET}\n",
    }
    loaded = library(tmp_path, notes)
    assert texts(loaded) == ["Public one."]
    assert [skipped.path for skipped in loaded.skipped] == ["b.md"]


def test_a_file_below_a_private_path_hides_its_copies_even_if_it_is_not_a_note(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {
        "a.md": note(f"- {SECRET}."),
        "Journal/b.md": f"Dear diary,\n\n{SECRET}\n",
    }
    assert texts(library(tmp_path, notes, plain_notes="off", private_paths=("Journal",))) == []


def test_a_passage_stays_hidden_after_its_private_note_is_deleted(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"a.md": note(f"- {SECRET}."), "b.md": note(f"- {SECRET}", title="B", head=PRIVATE)},
    )
    known = refresh(Known(Rules()), listed(root))
    names = b"".join(record.private_names for record in known.records.values())
    (root / "b.md").unlink()
    still_hidden = refresh(known, listed(root), hidden=names)
    assert still_hidden.library.highlights == ()
    assert texts(refresh(still_hidden, listed(root)).library) == [f"{SECRET}."]


@pytest.mark.parametrize("before", [b"", b"\0" * 20], ids=["text", "no text"])
def test_the_quick_check_for_private_tags_agrees_with_the_reader(tmp_path: Path, before: bytes) -> None:
    (tmp_path / "a.md").write_bytes(before + b"\n\nA road is a promise to come back. #private\n")
    found = listed(tmp_path)
    known = refresh(Known(Rules()), found)
    assert [record.holds_private for record in known.records.values()] == [True]
    assert newly_private(Known(Rules()), found) == set(known.records)


LOGSEQ = (
    "title:: T\nauthor:: [[Mara Vale]]\ncategory:: #books\n{0}\n"
    "- Highlights first synced by [[Readwise]] [[Jun 2nd, 2024]]\n\t- {1}\n"
)
KEYWORDS = (
    "<meta name=keywords content='books, private'><div class=bookTitle>T</div>"
    "<div class=noteHeading>Highlight(<span class=highlight_yellow>yellow</span>) - Page 1</div><div class=noteText>{0}</div>"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", note(f"- {SECRET}", head="---\ntags: [work/private]\n---")),
        ("a.md", note(f"- {SECRET}", "    - Tags: #work/private")),
        ("a.md", note(f"- {SECRET}", "    - Tags: [x](obsidian://search?query=tag%3Aprivate)")),
        ("a.md", LOGSEQ.format("public:: false\n", SECRET)),
        ("a.html", KEYWORDS.format(SECRET)),
    ],
)
def test_what_the_documentation_says_is_not_a_private_tag(tmp_path: Path, name: str, text: str) -> None:
    assert texts(library(tmp_path, {name: text})) == [SECRET]
