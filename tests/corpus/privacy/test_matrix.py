"""A private tag hides the passage, in every place, spelling and layout."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.merging.duplicates import Keyed
from corpus.merging.merge import merge
from corpus.plain_text import plain
from corpus.privacy.rules import PrivacyRules
from tests.corpus.privacy.matrix import (
    BROKEN,
    OWN_NOTES,
    OWN_NOTES_WITH_REMARKS_BESIDE,
    Case,
    Layout,
    cases,
    with_front,
)
from tests.examples import ALL_EXAMPLES
from tests.notes_on_disk import note

FIXTURES = Path(__file__).parents[1] / "formats" / "fixtures"
RULES = PrivacyRules.of(("private",), ())
PUBLIC_CASE_STEP = 8
"""One of this many cases is also read with a public tag."""

TEXT_WITH_A_TAG = "很好#publik"
"""On a line of its own this is a passage by itself, so only that passage is private."""
FOREIGN_TEXTS = ("\n\nSome words of my own about it all.\n", "\n\n- mine one\n- mine two\n")
"""What a person writes below an export. A layout that every line must fit is not recognised then."""
FOREIGN_CASE_STEP = 40
"""One of this many cases is tried in a note with such a text."""


def layouts() -> list[Layout]:
    found = []
    for path in sorted(FIXTURES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        read = reader.read("a.md", text)
        assert isinstance(read, Note)
        long = [entry for entry in read.entries if len(entry.text) > 12]
        if not long:
            continue
        entry = long[-1]
        first = entry.line - 1
        indent = text.split("\n")[first].partition("-")[0]
        indent = indent if indent.startswith(" ") and not indent.strip() else ""
        child = "\t\t- " if "\n\t- " in text else f"{indent}    - "
        end = entry.text.split("\n")[-1][:20]
        lines = text.split("\n")
        last = next(
            (number for number in range(first + entry.text.count("\n"), len(lines)) if end in lines[number]),
            first,
        )
        found.append(Layout(path.stem, text, first, last, child))
    return [*found, *OWN_NOTES, *OWN_NOTES_WITH_REMARKS_BESIDE]


LAYOUTS = layouts()


def passages_in(text: str) -> list[str]:
    read = reader.read("a.md", text)
    if not isinstance(read, Note):
        return []
    kept = merge([Keyed.of(read, text, RULES)]).get("a.md")
    return [highlight.plain for highlight in kept.highlights] if kept is not None else []


def passage_of(layout: Layout) -> str:
    read = reader.read("a.md", layout.text)
    assert isinstance(read, Note)
    entry = next(entry for entry in read.entries if entry.line - 1 == layout.first)
    return plain(entry.text).split("\n")[0][:40]


def shows(case: Case, text: str, passage: str) -> bool:
    alone = TEXT_WITH_A_TAG in case.name and (" line" in case.name or "on a child:" in case.name)
    return not alone and any(passage in shown for shown in passages_in(text))


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(LAYOUTS)), ids=[layout.name for layout in LAYOUTS])
def test_a_private_tag_hides_the_passage(number: int) -> None:
    """`.ci/long privacy` tries every case in every layout; a normal run tries each case in every second layout."""
    layout, step = LAYOUTS[number], 1 if settings().max_examples == ALL_EXAMPLES else 2
    passage, tried = passage_of(layout), list(cases(layout))[number % step :: step]
    assert [case.name for case in tried if shows(case, case.private, passage)] == []
    public = tried[::PUBLIC_CASE_STEP]
    seen = sum(shows(case, case.text, passage) for case in public)
    assert seen > len(public) / 4, "the public passage is not shown either: nothing was tested"


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(LAYOUTS)), ids=[layout.name for layout in LAYOUTS])
def test_a_private_tag_hides_the_passage_also_where_own_words_stand_below(number: int) -> None:
    """Where a layout no longer fits, the note is read as another one, mostly as the person's own."""
    layout, step = (
        LAYOUTS[number],
        1 if settings().max_examples == ALL_EXAMPLES else FOREIGN_CASE_STEP,
    )
    for foreign in FOREIGN_TEXTS:
        text = layout.text.rstrip() + foreign
        read = reader.read("a.md", text)
        if not isinstance(read, Note):
            continue
        passages = [entry for entry in read.entries if entry.line - 1 == layout.first]
        if not passages:
            continue
        passage = plain(passages[0].text).split("\n")[0][:40]
        tried = list(cases(replace(layout, text=text)))[number % step :: step]
        assert [case.name for case in tried if shows(case, case.private, passage)] == []


@pytest.mark.parametrize("front", ["private: true", "status: a, private", "meta: {tags: private}"])
def test_a_private_property_above_an_unrelated_list(front: str) -> None:
    """This is invalid YAML: the exporter wrote a list of articles, and the reader a property above it."""
    listed = f"{front}\n- id: a\n  title: The Kiln\n- id: b"
    assert passages_in(with_front(note("- The passage."), listed)) == []
    public = listed.replace("private", "public")
    assert passages_in(with_front(note("- The passage."), public)) == ["The passage."]


@pytest.mark.parametrize("front", BROKEN)
def test_a_tag_list_that_cannot_be_read_is_private(front: str) -> None:
    text = with_front(note("- The passage."), front)
    assert passages_in(text) == []
    read = reader.read("a.md", text)
    assert isinstance(read, Note)
    problems = Keyed.of(read, text, RULES).note.problems
    assert any("counts as private" in problem for _, problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        note("- It is a private matter of a private person."), note("- The #privateer sailed, #private-life went on."),
        note("- See https://example.org/page#private for more."), note("- Private: the word begins a sentence here."),
        note("- Public and private. Both."), note("- One `#private` field in code."), note("- a", title="Private"),
        note("- The first rule: keep private things private, always."), note("- x", "    - Tags: [[x/private]]"),
        note("- x", "    - Note: I keep this private."), note("- x", head="---\ntitle: Private\ntags: [a]\n---"),
        note("- x", head="---\nprivate: false\n---"), note("- x", head="---\ntags: [[books]], [[health]]\n---"),
        note("- x", head="---\ntags: #a, #b\n---"), note("- x", head="---\nauthor: A: B\ntags: [a, b]\n---"),
        note("- x", head="---\nauthor: [[A]], [[B]]\ntags: [a]\n---"), note("- x", head="---\ntags:\n\t- a\n---"),
        note("- x", head="---\ntags:\n---"), note("- x", head="---\ntags: 2024\n---"), note("- C#private is no tag."),
        note("- x", "    - Tags: privateer, deprivate"), note("- See [the part](https://example.org/#private)."),
        note("- Code:", "  ```", "  class A { #private; }", "  ```"), note("- x", head="---\ntags: a-private\n---"),
    ],
)  # fmt: skip
def test_texts_without_a_private_tag(text: str) -> None:
    assert len(passages_in(text)) == 1


def test_a_private_tag_hides_only_its_own_passage() -> None:
    text = note(
        "- One.",
        "- Two. #private",
        "- Three.",
        "    - Tags: private",
        "- Four.",
        "    - Note: mine #private",
        "- Five.",
    )
    assert passages_in(text) == ["One.", "Five."]


@pytest.mark.parametrize(
    ("remark", "left"),
    [
        ("    - Note: mine (#private)", ["Rinse it."]),
        ("    - mine, about Tom (#private)", ["Rinse it."]),
        ("- Note: mine (#private)", ["Rinse it."]),
        ("- Visibility: private", ["Rinse it."]),
        ("- Tom was here (#private)", ["Descale it.", "Rinse it."]),
        ("- Seneca: on anger (#private)", ["Descale it.", "Rinse it."]),
    ],
)
def test_in_own_notes_a_private_remark_hides_the_passage_above(remark: str, left: list[str]) -> None:
    assert passages_in(f"# Coffee\n\n- Descale it.\n{remark}\n- Rinse it.\n") == left


def test_in_own_notes_a_private_item_hides_what_it_stands_below_but_not_its_neighbours() -> None:
    lines = (
        "- Machine",
        "  - Descale it.",
        "  - Rinse it. (#private)",
        "    - Hot.",
        "  - Dry it.",
        "- Beans",
    )
    assert passages_in("\n".join(("# Coffee", "", *lines))) == ["Descale it.", "Dry it.", "Beans"]


def test_a_private_heading_hides_its_section() -> None:
    text = note("- One.", "### Kept #private", "- Two.", "- Three.", "### Public", "- Four.")
    assert passages_in(text) == ["One.", "Four."]


def test_the_children_of_a_private_block_are_private() -> None:
    head = "title:: x\nauthor:: y\n- Highlights first synced by [[Readwise]]\n"
    text = head + "\t- One.\n\t- Two. #private\n\t\t- Three.\n\t- Four."
    assert passages_in(text) == ["One.", "Four."]


def test_a_private_tag_below_an_unclosed_fence_counts() -> None:
    assert passages_in(note("- One.", "", "```", "#private")) == []
