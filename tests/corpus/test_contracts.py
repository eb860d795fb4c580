"""What is promised of a library: fields, ids, duplicates, what is private, what is left out."""

import random
import shutil
from pathlib import Path

import pytest

from corpus.formats import properties
from corpus.load import SAMPLE_NOTES, Rules, load
from corpus.model import Library
from tests.notes_on_disk import TAIL, library, note, read, texts, write

LONG = "A hedge that is cut every second winter carries twice as many berries as one cut each year."


def test_the_sample_notes() -> None:
    found = load(SAMPLE_NOTES)
    assert (len(found.highlights), found.duplicates, found.private, found.problems) == (258, 1, 1, ())
    assert len({one.id for one in found.highlights}) == 258


# Fields


def test_all_fields(tmp_path: Path) -> None:
    text = """---
author: Owner Of The Vault
title: Not this one
date: 2024-10-11
tags:
- articles
- "[[reading]]"
---
# Hedges and Ditches

![rw-book-cover](https://x.org/c_(1).png)

## Metadata
- Author: [[Mara Vale]]
- Full Title: Hedges and Ditches: A History
- Category: #articles
- Document Tags: #fields [[old walls]]
- Summary: One line
and another, spilt.

- URL: https://x.org/hedges

## Highlights
- First passage. ([View Highlight](https://read.readwise.io/read/1))
### Ditches
- Second
  - with a list
  and a last line. ([Location\u00a0144](https://readwise.io/to_kindle?action=open&asin=B0&location=144)) ^rw1
    - Note: My remark
      goes on.
    - Tags: [[favorite]] #two\x20
## New highlights added July 4, 2024 at 9:56 PM
- Third. ([Time\u00a00:10:06](https://share.snipd.com/snip/1))
"""
    one, two, three = read(tmp_path, text, "deep/n.md")
    source = one.source
    assert (source.title, source.authors) == ("Hedges and Ditches: A History", ("Mara Vale",))
    assert (source.category, source.url, source.date) == ("articles", "https://x.org/hedges", "2024-10-11")
    assert (source.cover, source.tags) == (
        "https://x.org/c_(1).png",
        ("fields", "old walls", "articles", "reading"),
    )
    assert (one.text, one.link, one.location) == ("First passage.", "https://read.readwise.io/read/1", None)
    assert (one.chapter, one.added, one.remark, one.tags) == (None, None, None, ())
    assert (one.path, one.line) == ("deep/n.md", 24)
    assert two.text == "Second\n- with a list\nand a last line."
    assert two.plain == "Second\nwith a list\nand a last line."
    assert (two.location, two.chapter, two.line) == ("Location 144", "Ditches", 26)
    assert (two.remark, two.tags) == ("My remark\ngoes on.", ("favorite", "two"))
    assert (three.location, three.added, three.chapter) == ("Time 0:10:06", "2024-07-04T21:56:00", None)


@pytest.mark.parametrize(
    ("heading", "added"),
    [
        ("New highlights added July 4, 2024 at 9:56 AM", "2024-07-04T09:56:00"),
        ("New highlights added December 31, 2022 at 12:05 AM", "2022-12-31T00:05:00"),
        ("New highlights added May 1, 2022 at 12:05 PM", "2022-05-01T12:05:00"),
        ("New highlights added [[Feb 10th, 2023]] at 7:32 PM", "2023-02-10T19:32:00"),
        ("New highlights added 2024-02-30 at 7:32", None),
        ("New highlights synced", None),
    ],
)
def test_batches(tmp_path: Path, heading: str, added: str | None) -> None:
    one, two = read(tmp_path, note("- One", f"## {heading}", "- Two"))
    assert (one.added, two.added) == (None, added)


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("[[Novak Djokovic and William Davis]]", ("Novak Djokovic", "William Davis")),
        ("[[Pressfield, Steven]]", ("Pressfield, Steven",)),
        ("[[Econometrics and Free Software]]", ("Econometrics and Free Software",)),
        ("[[Ann Lee, Bo Crane, and Cy Dale]]", ("Ann Lee", "Bo Crane", "Cy Dale")),
        ("[[Ann Lee]], [[Bo Crane]]", ("Ann Lee", "Bo Crane")), ("[[A. N. Lee and Bo Crane]]", ("A. N. Lee", "Bo Crane")),
        ("[[@hedge on Twitter]]", ("@hedge on Twitter",)), ("[[x.org]]", ("x.org",)), ("[[.]]", ()), ("", ()), ("[[]]", ()),
        ("[[Mara Vale|Vale]]", ("Vale",)), ("[[Mara Vale]] [[Mara Vale]]", ("Mara Vale",)),
        ("Simon & Schuster", ("Simon & Schuster",)),
    ],
)  # fmt: skip
def test_authors(written: str, people: tuple[str, ...]) -> None:
    assert properties.people([written]) == people


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("# H1\n## Metadata\n- Full Title: Full\n- Author: x\n", "Full"),
        ("---\ntitle: Front\n---\n# H1\n## Metadata\n- Author: x\n", "Front"),
        ("# H1 [[Linked]]\n## Metadata\n- Author: x\n", "H1 Linked"),
        ("## Metadata\n- Author: x\n", "The File: Name"),
        ('## Metadata\n- Full Title: "Quoted &amp; more"\n- Author: x\n', "Quoted & more"),
    ],
)
def test_where_the_title_comes_from(tmp_path: Path, head: str, title: str) -> None:
    (one,) = read(
        tmp_path, f"{head}## Highlights\n- One {TAIL.format(1)}\n", "The File%3A Name (highlights).md"
    )
    assert one.source.title == title


@pytest.mark.parametrize(
    "written", ["#articles", "[[articles]]", "articles", "#Type/Highlight/Article", "Articles"]
)
def test_category(tmp_path: Path, written: str) -> None:
    (one,) = read(tmp_path, f"## Metadata\n- Category: {written}\n- Full Title: T\n## Highlights\n- One")
    assert one.source.category == "articles"


@pytest.mark.parametrize(
    "written", ["2024-10-11", '"2024-10-11"', "[[2024-10-11]]", "Oct 11th, 2024", "October 11, 2024"]
)
def test_date(tmp_path: Path, written: str) -> None:
    quoted = written if written.startswith('"') else f"'{written}'"
    for value in {written, quoted}:
        (one,) = read(tmp_path, f"---\ntitle: T\ndate: {value}\n---\n## Highlights\n- One {TAIL.format(1)}")
        assert one.source.date == "2024-10-11"


def test_values_stay_as_written(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "---\ntitle: 007\nauthor: yes\ntags: [on, 1.10]\n---\n## Highlights\n- One")
    assert (one.source.title, one.source.authors, one.source.tags) == ("007", ("yes",), ("on", "1.10"))


# Ids


def ids(found: Library) -> set[tuple[str, str]]:
    return {(one.id, one.text) for one in found.highlights}


def notes_of_all_sorts() -> dict[str, str | bytes]:
    kindle = "([Location\u00a07](https://readwise.io/to_kindle?action=open&asin=B0&location=7))"
    return {
        "a.md": note(f"- {LONG} {TAIL.format(1)}", "- Without a link.", f"- One {kindle}", f"- Two {kindle}"),
        "b.md": note(f"- {LONG.replace(',', ' ,')} {TAIL.format(2)}", "- Thanks", title="Other"),
        "c.md": note(f"- {LONG} {TAIL.format(3)}", "- Thanks", title="Third"),
        "d.md": f"## Highlights\n- No title at all. {TAIL.format(4)}\n- Nor a link.\n",
    }


def test_ids_do_not_depend_on_paths_or_order(tmp_path: Path) -> None:
    notes = notes_of_all_sorts()
    first = library(tmp_path / "0", notes)
    assert len(ids(first)) == len(first.highlights) == 8
    for seed in range(1, 6):
        order = list(notes.values())
        random.Random(seed).shuffle(order)
        moved = {f"{chr(97 + seed)}/{number} {seed}.md": text for number, text in enumerate(order)}
        assert ids(library(tmp_path / str(seed), moved)) == ids(first)


def test_the_same_folder_gives_the_same_library(tmp_path: Path) -> None:
    first = library(tmp_path / "one", notes_of_all_sorts())
    second = library(tmp_path / "two", dict(reversed(notes_of_all_sorts().items())))
    assert first == second


def test_sample_ids_do_not_depend_on_names(tmp_path: Path) -> None:
    found = load(SAMPLE_NOTES)
    for number, path in enumerate(sorted(SAMPLE_NOTES.rglob("*.md"), reverse=True)):
        shutil.copy(path, tmp_path / f"{number}.md")
    assert {one.id for one in load(tmp_path).highlights} == {one.id for one in found.highlights}


def test_editing_keeps_the_id_where_a_link_tells(tmp_path: Path) -> None:
    before = read(tmp_path, note(f"- Old words. {TAIL.format(1)}", "- No link."))
    after = read(
        tmp_path, note("- First of all.", f"- New words entirely. {TAIL.format(1)}", "- No link, edited.")
    )
    assert before[0].id == after[1].id
    assert before[1].id != after[2].id


def test_one_link_for_several_highlights(tmp_path: Path) -> None:
    link = "([Location\u00a07](https://readwise.io/to_kindle?action=open&asin=B0&location=7))"
    found = read(
        tmp_path, note(f"- Good {link}", f"- Bad {link}", f"- Good processes lead to good ends. {link}")
    )
    assert len({one.id for one in found}) == len(found) == 3
    again = read(tmp_path, note(f"- Bad {link}", f"- Good {link}"))
    assert {one.text: one.id for one in found}["Bad"] == again[0].id


def test_ids_are_never_shared(tmp_path: Path) -> None:
    first = "([Page 1](https://readwise.io/to_kindle?location=1))"
    second = "([Page 2](https://readwise.io/to_kindle?location=2))"
    found = read(
        tmp_path, note(f"- Yes {first}", f"- No {first}", f"- Yes {second}", f"- No {second}", "- Yes")
    )
    assert len({one.id for one in found}) == len(found) == 5


# Duplicates


def test_same_highlight_in_two_notes(tmp_path: Path) -> None:
    found = library(
        tmp_path,
        {
            "a.md": note(f"- {LONG}"),
            "a-2.md": note(f"- {LONG} {TAIL.format(1)}", "    - Note: Mine", title="B"),
        },
    )
    assert (texts(found), found.duplicates) == ([LONG], 1)
    assert found.highlights[0].remark == "Mine"


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace(" every", " every ,"), LONG.upper(), LONG.replace("hedge", "“hedge”"), LONG.replace(" ", "\u00a0"),
        LONG.replace("-", "\u2011") + " ", f"*{LONG}*", LONG.replace("that", "that\u200b"),
    ],
)  # fmt: skip
def test_near_identical_without_a_link(tmp_path: Path, other: str) -> None:
    assert library(tmp_path, {"a.md": note(f"- {LONG}", f"- {other}")}).duplicates == 1


def test_near_identical_behind_one_link(tmp_path: Path) -> None:
    found = library(
        tmp_path, {"a.md": note(f"- {LONG} {TAIL.format(1)}", f"- {LONG[:-6]}season. {TAIL.format(1)}")}
    )
    assert found.duplicates == 1


def test_a_copy_that_lost_its_end(tmp_path: Path) -> None:
    found = library(tmp_path, {"a.md": note(f"- {LONG[:40]} {TAIL.format(1)}", f"- {LONG} {TAIL.format(1)}")})
    assert texts(found) == [LONG]


def test_similar_links_are_joined_whatever_their_order(tmp_path: Path) -> None:
    chain = [LONG, LONG[:-5] + "annum.", LONG[5:-5] + "annum."]
    for number, order in enumerate(([0, 1, 2], [2, 0, 1], [0, 2, 1])):
        bullets = [f"- {chain[place]} ([Page 1](https://readwise.io/to_kindle?p=1))" for place in order]
        assert library(tmp_path / str(number), {"a.md": note(*bullets)}).duplicates == 2


def test_whole_note_appended(tmp_path: Path) -> None:
    front = '---\nauthor: [[Mara Vale]]\ntitle: "Twice"\n---\n![rw-book-cover](https://x.org/c.png)\n'
    first = note(f"- One , with a blank. {TAIL.format(1)}", "- Two without a link.", title="Twice")
    again = note(
        f"- One, with a blank. {TAIL.format(1)}",
        "- Two without a link.",
        f"- Three {TAIL.format(3)}",
        title="Twice",
    )
    for middle in ("", front):
        found = library(tmp_path, {"a.md": front + first + middle + again})
        assert texts(found) == ["One , with a blank.", "Two without a link.", "Three"]
        assert (found.duplicates, len(found.sources)) == (2, 1)


def test_short_words_of_different_sources_stay_apart(tmp_path: Path) -> None:
    found = library(tmp_path, {"a.md": note("- Thanks", "- Thanks"), "b.md": note("- Thanks", title="Other")})
    assert (len(found.highlights), found.duplicates) == (2, 1)
    assert len({one.id for one in found.highlights}) == 2


def test_short_words_behind_two_links_stay_apart(tmp_path: Path) -> None:
    found = library(tmp_path, {"a.md": note(f"- Thanks {TAIL.format(1)}", f"- Thanks {TAIL.format(2)}")})
    assert (len(found.highlights), found.duplicates) == (2, 0)


def test_same_title_at_two_addresses_is_two_sources(tmp_path: Path) -> None:
    one = note("- Alpha", title="Introduction").replace("\n\n## High", "\n- URL: https://x.org/1\n\n## High")
    found = library(tmp_path, {"a.md": one, "b.md": one.replace("org/1", "org/2").replace("Alpha", "Beta")})
    assert sorted(str(source.url) for source in found.sources) == ["https://x.org/1", "https://x.org/2"]


# Privacy

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
def test_private(tmp_path: Path, text: str) -> None:
    found = library(tmp_path, {"a.md": text, "b.md": note("- Public.", title="Public")}, plain_notes="on")
    assert texts(found) == ["Public."]
    assert found.private >= 1
    assert [source.title for source in found.sources] == ["Public"]
    assert SECRET not in repr(found)


def test_a_private_copy_makes_all_copies_private(tmp_path: Path) -> None:
    found = library(
        tmp_path,
        {
            "a.md": note(f"- {SECRET} {TAIL.format(1)}"),
            "b.md": note(f"- {SECRET}", title="B", head="---\ntags: private\n---"),
        },
    )
    assert (found.highlights, found.private, found.duplicates) == ((), 1, 1)


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


def test_own_private_tags(tmp_path: Path) -> None:
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
        ("Diar", False), ("", False), ("b.md", False), ("Diary/a", False), ("[", False),
    ],
)  # fmt: skip
def test_private_paths(tmp_path: Path, pattern: str, private: bool) -> None:
    notes: dict[str, str | bytes] = {"Diary/a.md": note(f"- {SECRET}")}
    assert (not library(tmp_path, notes, private_paths=(pattern,)).highlights) is private


# Notes that are no export, and what is left out

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
def test_plain_notes(tmp_path: Path, rule: str, notes: tuple[str, ...], expected: list[str]) -> None:
    found = library(tmp_path, {f"{n}.md": text for n, text in enumerate(notes)}, plain_notes=rule)
    assert texts(found) == expected
    assert found.notes + len(found.skipped) == len(notes)


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

> A quote
> of two lines.
>
> Its second paragraph.

1. First
"""
    found = read(tmp_path, text)
    assert texts(found) == [
        "A paragraph\nof two lines.", "An item", "Another #wall", "below it",
        "A quote\nof two lines.\n\nIts second paragraph.", "First",
    ]  # fmt: skip
    assert [one.chapter for one in found] == [None] + ["Dry ones"] * 5
    assert {one.link for one in found} == {"https://x.org/p"}
    assert [one.line for one in found] == [6, 11, 12, 13, 15, 20]
    assert found[0].source.title == "Walls"


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
def test_left_out(tmp_path: Path, path: str, text: str) -> None:
    found = library(tmp_path, {path: text})
    assert found.notes == 0
    assert [one.path for one in found.skipped] == [path]


@pytest.mark.parametrize("path", ["bak/a.md", "version-files/a.md", "trash/a.md", "My Templates/a.md"])
def test_not_left_out(tmp_path: Path, path: str) -> None:
    assert texts(library(tmp_path, {path: EXPORT})) == ["Exported."]


def test_braces_in_a_highlight_make_no_template(tmp_path: Path) -> None:
    text = note("- In Jinja you write {{ name }} and {% if x %}.", "- Again {{ more }}.")
    assert len(read(tmp_path, text)) == 2


def test_progress(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    load(
        write(tmp_path, {"a.md": EXPORT, "b.md": THOUGHT}),
        Rules(),
        lambda done, total: told.append((done, total)),
    )
    assert told[0] == (0, 2)
    assert all(done <= total == 2 for done, total in told)
