"""Private marks in comments, remarks, headings, links and file names hide their passage; what reads like them does not."""
# ruff: noqa: E501  (each note is one line of this file)

from pathlib import Path

import pytest

from tests.corpus.privacy.test_matrix import passages_in
from tests.notes_on_disk import TAIL, library, note, texts

OTHER, PASSAGE = "Descale the machine in spring.", "Rinse the filter after every use."


def with_lines(*below: str, behind: str = "", tailed: bool) -> str:
    """A note in which lines stand below the second passage, and words behind it. `tailed`: passages end with their link."""
    first, second = (f" {TAIL.format(number)}" if tailed else "" for number in (1, 2))
    return note(f"- {OTHER}{first}", f"- {PASSAGE}{behind}{second}", *below)


BELOW: tuple[tuple[str, ...], ...] = (
    ("%%", "private", "%%"), ("<!--", "private", "-->"), ("    <!--", "    tags: a, private", "    -->"), ("%% private, about Tom %%",),
    ("<!-- private start -->",), ("    - <kbd>private</kbd>",), ("    - [[Tom|private]]",), ("    - [private](https://example.org/x)",),
    ("    - [the page](../private.md)",), ("    - Tags - private",), ("    - Tags → private",), ("    - TODO private",), ("    - [x] private",),
    ("    - Note: mine (private)",), ("    - Note: mine, private",), ("    - Note: mine - private",), ("    - Note: mine. Private.",),
    ("    - Note: **private** about Tom",), ("    - Note: private, about Tom",), ("    - mine (private)",), ("    - private - about Tom",),
    ("    - Note: mine", "", "      about Tom #private"), ("    > private",), ("- private",), ("  :tags: private",), ("    - Tags:", "      a, private"),
    ("    - **Tags**", "        - private"), ("<details><summary>private</summary>mine</details>",), ("::: private",), ("    - #pri&shy;vate",),
)  # fmt: skip
BEHIND = (
    " #private+x", " #private@x", " #(private)", ' #"private"', " #️⃣private", " #pri&shy;vate", " #priv&#8203;ate", " [[private.md]]", " ^[private]",
    " ^[tags: private]", " <!-- tag: private -->", " %% tags: a, private %%", ' <a rel="tag">private</a>', " Tags: a, private",
)  # fmt: skip


@pytest.mark.parametrize("tailed", [True, False])
@pytest.mark.parametrize("below", BELOW)
def test_a_mark_below_a_passage_hides_it(below: tuple[str, ...], tailed: bool) -> None:
    assert not any("Rinse" in shown for shown in passages_in(with_lines(*below, tailed=tailed)))
    public = [line.replace("rivate", "ublik").replace("pri&shy;vate", "pub&shy;lik") for line in below]
    assert any("Rinse" in shown for shown in passages_in(with_lines(*public, tailed=tailed)))


@pytest.mark.parametrize("tailed", [True, False])
@pytest.mark.parametrize("behind", BEHIND)
def test_a_mark_behind_a_passage_hides_only_it(behind: str, tailed: bool) -> None:
    shown = passages_in(with_lines(behind=behind, tailed=tailed))
    assert [text.rstrip() for text in shown] == [OTHER]


@pytest.mark.parametrize(
    "lines",
    [
        ("- Part two", "  tags:: private", f"    - {PASSAGE} {TAIL.format(2)}"), ("- Part two", "    - Tags: private", f"    - {PASSAGE} {TAIL.format(2)}"), ("- Private", f"    - {PASSAGE}"),
        ("- (private)", f"  {PASSAGE}"), ("### Part (private)", f"- {PASSAGE}"), ("### [private] Part", f"- {PASSAGE}"), ("### 3. Private", f"- {PASSAGE}"),
        ("", "Private", "-------", "", f"- {PASSAGE}"), ("", "<h3>Part #private</h3>", "", f"- {PASSAGE}"), ("", "<h3>Private</h3>", "", f"- {PASSAGE}"),
        ("", "<details>", "<summary>Private</summary>", "", f"- {PASSAGE}", "", "</details>"), (f"- {PASSAGE}", "", "## Tags", "", "a, private"),
        (f"- {PASSAGE}", "- Grind it.", "", "**Tags**", "- a", "- private"), (f"- {PASSAGE}", "", "[^1]: private"),
    ],
)  # fmt: skip
def test_a_mark_above_a_passage_or_at_the_end_hides_it(lines: tuple[str, ...]) -> None:
    text = note(f"- {OTHER}", *lines)
    assert not any("Rinse" in shown for shown in passages_in(text))
    assert any("Rinse" in shown for shown in passages_in(text.replace("rivate", "ublik")))


@pytest.mark.parametrize(
    "text",
    [
        note("- It may be listed (public) or not (private) at all."), note("- A [private] remark of the editor."), note("- x", "    - Note: a private thought, and more"),
        note("- x", "    - Note: this is private"), note("- x", head="---\nnot_private: true\n---"), note("- x", head="---\nprivate_notes: 3\n---"),
        note("### Private Lives", "- x"), note("### Subjects", "- A private matter."), note("- x", "<!-- It was written in the house of a private person. -->"),
        note("- At last he changed the topic: private schools, and then all else was forgotten by them."), note("- x [[Tom|private]]"), note("- x @private"),
        note("- Private letters. Private rooms."), "title:: x\nalias:: private\nauthor:: y\n- Highlights first synced by [[Readwise]]\n\t- x.",
    ],
)  # fmt: skip
def test_what_reads_like_a_mark_but_is_none(text: str) -> None:
    assert len(passages_in(text)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "Private/a.md",
        "x/#private/a.md",
        "a #private.md",
        "[private] a.md",
        "a (private).md",
        "🔒 private/a.md",
    ],
)
def test_a_folder_or_file_name_with_the_tag_makes_the_note_private(tmp_path: Path, path: str) -> None:
    assert texts(library(tmp_path / "0", {path: note("- x."), "b.md": note("- Open.", title="B")})) == [
        "Open."
    ]
    public: dict[str, str | bytes] = {
        path.replace("rivate", "ublik"): note("- x."),
        "b.md": note("- Open.", title="B"),
    }
    assert sorted(texts(library(tmp_path / "1", public))) == ["Open.", "x."]


@pytest.mark.parametrize(
    "path", ["private lives/a.md", "Private.md", "privateer/a.md", "A private matter.md"]
)
def test_a_name_that_only_contains_the_word_does_not(tmp_path: Path, path: str) -> None:
    assert texts(library(tmp_path, {path: note("- x.")})) == ["x."]


JSON_NOTE = (
    '[{{"title": "H", "author": "M", "highlights": [{{"text": "Open."}}, {{"text": "Hidden.", {}}}]}}]'
)
ROWS = (
    'Highlight,Book Title,Book Author,Note\n"Open.",H,M,\n"Hidden.",H,M,"mine\n#private"\n"Also open.",H,M,\n'
)


@pytest.mark.parametrize(
    "value",
    ['"labels": [{"label": {"name": "private"}}]', '"tags": ["\\u0070rivate"]', '"note": "mine\\nprivate"'],
)
def test_nested_and_escaped_tags_in_json(tmp_path: Path, value: str) -> None:
    pretty = JSON_NOTE.format(value).replace("}, {", "},\n{")
    assert texts(library(tmp_path, {"a.json": pretty})) == ["Open."]


def test_a_remark_of_several_lines_in_a_spreadsheet_hides_its_row_alone(tmp_path: Path) -> None:
    assert texts(library(tmp_path, {"a.csv": ROWS})) == ["Open.", "Also open."]
