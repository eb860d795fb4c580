"""What is kept out of the library: private notes and highlights, plain notes beside exports, files that are not notes."""

from pathlib import Path

import pytest

from corpus.load import Rules, load
from tests.notes_on_disk import TAIL, library, note, read, texts, write

LONG = "A hedge that is cut every second winter carries twice as many berries as one cut each year."

SECRET = "This passage must never be shown to anybody who asks for it."


@pytest.mark.parametrize(
    "text",
    [
        note(f"- {SECRET}", "    - Tags: [[private]]"), note(f"- {SECRET}", "    - Tags: #private "),
        note(f"- {SECRET}", "    - Tags: [[Private/health]]"), note(f"- {SECRET}", "    - Note: .private"),
        note(f"- {SECRET}", "    - Note: keep #private, please"), note(f"- {SECRET}", "- Tags: [[private]]"),
        note(f"- {SECRET}", head="---\ntags: private\n---"), note(f"- {SECRET}", head="---\ntags: #private\n---"),
        note(f"- {SECRET}", head="---\ntags: #a #private\n---"), note(f"- {SECRET}", head="---\ntags: [a, private]\n---"),
        note(f"- {SECRET}", head="---\ntags:\n- a\n- '#private'\n---"), note(f"- {SECRET}", head="---\ntag: PRIVATE\n---"),
        note(f"- {SECRET}", head="---\ntags:\n  - a\n  - #private\n---"),
        note(f"- {SECRET}", head="---\nauthor: A: B\ntags: a: b: #private\n---"),
        note(f"- {SECRET}", head="---\nauthor: A: B\ntags: [a, #private\n---"),
        note(f"- {SECRET}", head="---\ntitle: x: y\ntags: private, a\n---"),
        note(f"- {SECRET}").replace("\n\n## High", "\n- Document Tags: [[private]]\n\n## High"),
        f"title:: x\nauthor:: y\ntags:: #[[private]]\n- Highlights first synced by [[Readwise]]\n\t- {SECRET}",
        f"title:: x\nauthor:: y\ncategory:: z\ntags:: a, private\n- Highlights first synced by [[Readwise]]\n\t- {SECRET}",
        f"title:: x\nauthor:: y\n- Highlights first synced by [[Readwise]]\n\t- {SECRET}\n\t\t- **Tags**: #[[private]]",
        f"title:: x\nauthor:: y\n- Highlights first synced by [[Readwise]]\n\t- {SECRET}\n\t\t- mine #private",
        f"Just a thought. {SECRET}\n\n#private\n", f"---\nurl: https://x.org/\ntags: private\n---\n{SECRET}",
    ],
)  # fmt: skip
def test_a_private_tag_hides_the_passage_in_any_notation(tmp_path: Path, text: str) -> None:
    loaded = library(tmp_path, {"a.md": text, "b.md": note("- Public.", title="Public")}, plain_notes="on")
    assert texts(loaded) == ["Public."]
    assert loaded.private >= 1
    assert [source.title for source in loaded.sources] == ["Public"]
    assert SECRET not in repr(loaded)


def test_a_private_copy_makes_all_copies_private(tmp_path: Path) -> None:
    loaded = library(
        tmp_path,
        {
            "a.md": note(f"- {SECRET} {TAIL.format(1)}"),
            "b.md": note(f"- {SECRET}", title="B", head="---\ntags: private\n---"),
        },
    )
    assert (loaded.highlights, loaded.private, loaded.duplicates) == ((), 1, 1)


@pytest.mark.parametrize(
    ("tag", "private"),
    [
        ("private", True),
        ("private/x", True),
        ("privately", False),
        ("x/private", False),
        ("Private", True),
        ("secret", False),
    ],
)
def test_which_tags_are_private(tmp_path: Path, tag: str, private: bool) -> None:
    assert (not read(tmp_path, note("- One", f"    - Tags: [[{tag}]]"))) is private


def test_private_tags_can_be_set(tmp_path: Path) -> None:
    text = note(
        "- One",
        "    - Tags: [[private]]",
        "- Two",
        "    - Tags: [[my diary]]",
        "- Three",
        "    - Tags: #work/x/y",
    )
    assert texts(library(tmp_path, {"a.md": text}, private_tags=("#My Diary", "work/x"))) == ["One"]


@pytest.mark.parametrize(
    ("pattern", "private"),
    [
        ("Diary", True), ("diary/", True), ("Diary/**", True), ("Diary/*.md", True), ("**/a.md", True), ("*.md", True),
        ("Di*", True), ("/Diary", True), ("./Diary/a.md", True), ("a.md", True), ("**/Diary/**", True), ("iary", False),
        ("Diar", False), ("", False), ("b.md", False), ("Diary/a", True), ("Diary/b", False), ("[", False),
    ],
)  # fmt: skip
def test_private_paths_can_be_patterns(tmp_path: Path, pattern: str, private: bool) -> None:
    notes: dict[str, str | bytes] = {"Diary/a.md": note(f"- {SECRET}")}
    assert (not library(tmp_path, notes, private_paths=(pattern,)).highlights) is private


# Plain notes (not exports), and files that are left out

EXPORT = note("- Exported.", title="Exported")
THOUGHT = "# Thoughts\n\nA thought of mine.\n"
LINKED = "---\nsource: https://x.org/a\n---\n# Clipped\n\nA clipping.\n"


@pytest.mark.parametrize(
    ("rule", "notes", "expected"),
    [
        ("on", (EXPORT, THOUGHT, LINKED), ["Exported.", "A thought of mine.", "A clipping."]),
        ("off", (EXPORT, THOUGHT, LINKED), ["Exported."]),
        ("off", (THOUGHT,), []),
        ("auto", (EXPORT, THOUGHT, LINKED), ["Exported.", "A clipping."]),
        ("auto", (THOUGHT, LINKED), ["A thought of mine.", "A clipping."]),
    ],
)
def test_when_plain_notes_are_read(
    tmp_path: Path, rule: str, notes: tuple[str, ...], expected: list[str]
) -> None:
    loaded = library(tmp_path, {f"{n}.md": text for n, text in enumerate(notes)}, plain_notes=rule)
    assert texts(loaded) == expected
    assert loaded.notes + len(loaded.skipped) == len(notes)


def test_passages_of_a_plain_note(tmp_path: Path) -> None:
    text = """---
link: https://x.org/p
---
# Walls

A paragraph
of two lines.

## Dry ones

- An item
- [ ] Another #wall
  - below it

1. First
"""
    highlights = read(tmp_path, text)
    assert texts(highlights) == [
        "A paragraph\nof two lines.", "An item", "Another #wall", "below it", "First",
    ]  # fmt: skip
    assert [highlight.chapter for highlight in highlights] == [None] + ["Dry ones"] * 4
    assert {highlight.link for highlight in highlights} == {"https://x.org/p"}
    assert [highlight.line for highlight in highlights] == [6, 11, 12, 13, 15]
    assert highlights[0].source.title == "Walls"
    quote = "\n> A quote\n> of two lines.\n>\n> Its second paragraph.\n"
    (only,) = read(tmp_path / "quoted", text + quote)
    assert (only.text, only.line) == ("A quote\nof two lines.\n\nIts second paragraph.", 17)


def test_of_a_plain_note_with_quotations_only_these_are_passages(tmp_path: Path) -> None:
    text = "# Walls\n\nI wonder.\n\n> A quote\n> of two lines.\n>\n> Its second paragraph.\n\n- mine\n"
    loaded = library(tmp_path, {"a.md": text})
    assert texts(loaded) == ["A quote\nof two lines.\n\nIts second paragraph."]
    assert any("text beside the block quotes" in problem.problem for problem in loaded.problems)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".trash/a.md", EXPORT), (".obsidian/a.md", EXPORT), (".a.md", EXPORT), ("Readwise/Full Document Contents/A/a.md", EXPORT),
        ("logseq/bak/pages/a.md", EXPORT), ("logseq/version-files/a.md", EXPORT), ("Templates/a.md", EXPORT),
        ("Readwise Syncs.md", EXPORT), ("sub/readwise syncs.MD", EXPORT), ("a.pdf", EXPORT), ("a", EXPORT),
        ("log.md", "- [[2024-01-01]] 10:00\n\t- 3 highlights from [[A]]\n\t- 1 highlight from [[B]]\n"),
        ("Template.md", "# {{ title }}\n## Metadata\n- Author: {{ author }}\n- Full Title: {{ full_title }}\n"),
        ("t.md", "---\ntitle: <% tp.file.title %>\n---\n## Highlights\n- x\n"),
    ],
)  # fmt: skip
def test_files_that_are_left_out(tmp_path: Path, path: str, text: str) -> None:
    loaded = library(tmp_path, {path: text})
    assert loaded.notes == 0
    assert [skipped.path for skipped in loaded.skipped] == [path]


@pytest.mark.parametrize("path", ["bak/a.md", "version-files/a.md", "trash/a.md", "My Templates/a.md"])
def test_similar_paths_are_not_left_out(tmp_path: Path, path: str) -> None:
    assert texts(library(tmp_path, {path: EXPORT})) == ["Exported."]


def test_braces_in_a_highlight_do_not_make_the_note_a_template(tmp_path: Path) -> None:
    text = note("- In Jinja you write {{ name }} and {% if x %}.", "- Again {{ more }}.")
    assert len(read(tmp_path, text)) == 2


def test_progress_is_reported_while_loading(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    load(
        write(tmp_path, {"a.md": EXPORT, "b.md": THOUGHT}),
        Rules(),
        lambda done, total: calls.append((done, total)),
    )
    assert calls[0] == (0, 2)
    assert all(done <= total == 2 for done, total in calls)
