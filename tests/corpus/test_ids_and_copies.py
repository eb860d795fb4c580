"""Ids that stay the same on every machine, and which copies become one highlight."""

import random
import shutil
from pathlib import Path

import pytest

from corpus.load import SAMPLE_NOTES, load
from corpus.model import Library
from tests.notes_on_disk import TAIL, library, note, read, texts

LONG = "A hedge that is cut every second winter carries twice as many berries as one cut each year."


def ids(found: Library) -> set[tuple[str, str]]:
    return {(highlight.id, highlight.text) for highlight in found.highlights}


def varied_notes() -> dict[str, str | bytes]:
    kindle = "([Location\u00a07](https://readwise.io/to_kindle?action=open&asin=B0&location=7))"
    return {
        "a.md": note(f"- {LONG} {TAIL.format(1)}", "- Without a link.", f"- One {kindle}", f"- Two {kindle}"),
        "b.md": note(f"- {LONG.replace(',', ' ,')} {TAIL.format(2)}", "- Thanks", title="Other"),
        "c.md": note(f"- {LONG} {TAIL.format(3)}", "- Thanks", title="Third"),
        "d.md": f"## Highlights\n- No title at all. {TAIL.format(4)}\n- Nor a link.\n",
    }


def test_ids_do_not_depend_on_paths_or_order(tmp_path: Path) -> None:
    notes = varied_notes()
    first = library(tmp_path / "0", notes)
    assert len(ids(first)) == len(first.highlights) == 8
    for seed in range(1, 6):
        order = list(notes.values())
        random.Random(seed).shuffle(order)
        moved = {f"{chr(97 + seed)}/{number} {seed}.md": text for number, text in enumerate(order)}
        assert ids(library(tmp_path / str(seed), moved)) == ids(first)


def test_the_same_folder_gives_the_same_library(tmp_path: Path) -> None:
    first = library(tmp_path / "one", varied_notes())
    second = library(tmp_path / "two", dict(reversed(varied_notes().items())))
    assert first == second


def test_sample_ids_do_not_depend_on_file_names(tmp_path: Path) -> None:
    loaded = load(SAMPLE_NOTES)
    for number, path in enumerate(sorted(SAMPLE_NOTES.rglob("*.md"), reverse=True)):
        shutil.copy(path, tmp_path / f"{number}.md")
    assert {highlight.id for highlight in load(tmp_path).highlights} == {
        highlight.id for highlight in loaded.highlights
    }


def test_an_edited_highlight_with_a_link_keeps_its_id(tmp_path: Path) -> None:
    before = read(tmp_path, note(f"- Old words. {TAIL.format(1)}", "- No link."))
    after = read(
        tmp_path, note("- First of all.", f"- New words entirely. {TAIL.format(1)}", "- No link, edited.")
    )
    assert before[0].id == after[1].id
    assert before[1].id != after[2].id


def test_highlights_behind_the_same_link_have_different_ids(tmp_path: Path) -> None:
    link = "([Location\u00a07](https://readwise.io/to_kindle?action=open&asin=B0&location=7))"
    highlights = read(
        tmp_path, note(f"- Good {link}", f"- Bad {link}", f"- Good processes lead to good ends. {link}")
    )
    assert len({highlight.id for highlight in highlights}) == len(highlights) == 3
    again = read(tmp_path, note(f"- Bad {link}", f"- Good {link}"))
    assert {highlight.text: highlight.id for highlight in highlights}["Bad"] == again[0].id


def test_ids_are_never_shared(tmp_path: Path) -> None:
    first = "([Page 1](https://readwise.io/to_kindle?location=1))"
    second = "([Page 2](https://readwise.io/to_kindle?location=2))"
    highlights = read(
        tmp_path, note(f"- Yes {first}", f"- No {first}", f"- Yes {second}", f"- No {second}", "- Yes")
    )
    assert len({highlight.id for highlight in highlights}) == len(highlights) == 5


# Duplicates


def test_same_highlight_in_two_notes(tmp_path: Path) -> None:
    loaded = library(
        tmp_path,
        {
            "a.md": note(f"- {LONG}"),
            "a-2.md": note(f"- {LONG} {TAIL.format(1)}", "    - Note: Mine", title="B"),
        },
    )
    assert (texts(loaded), loaded.duplicates) == ([LONG], 1)
    assert loaded.highlights[0].remark == "Mine"


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace(" every", " every ,"), LONG.upper(), LONG.replace("hedge", "“hedge”"), LONG.replace(" ", "\u00a0"),
        LONG.replace("-", "\u2011") + " ", f"*{LONG}*", LONG.replace("that", "that\u200b"),
    ],
)  # fmt: skip
def test_copies_that_differ_in_spaces_quotes_or_markup_are_joined(tmp_path: Path, other: str) -> None:
    assert library(tmp_path, {"a.md": note(f"- {LONG}", f"- {other}")}).duplicates == 1


def test_similar_highlights_behind_one_link_are_joined(tmp_path: Path) -> None:
    loaded = library(
        tmp_path, {"a.md": note(f"- {LONG} {TAIL.format(1)}", f"- {LONG[:-6]}season. {TAIL.format(1)}")}
    )
    assert loaded.duplicates == 1


def test_a_cut_copy_gives_way_to_the_whole_one(tmp_path: Path) -> None:
    loaded = library(
        tmp_path, {"a.md": note(f"- {LONG[:40]} {TAIL.format(1)}", f"- {LONG} {TAIL.format(1)}")}
    )
    assert texts(loaded) == [LONG]


def test_similar_highlights_are_joined_in_any_order(tmp_path: Path) -> None:
    chain = [LONG, LONG[:-5] + "annum.", LONG[5:-5] + "annum."]
    for number, order in enumerate(([0, 1, 2], [2, 0, 1], [0, 2, 1])):
        bullets = [f"- {chain[place]} ([Page 1](https://readwise.io/to_kindle?p=1))" for place in order]
        assert library(tmp_path / str(number), {"a.md": note(*bullets)}).duplicates == 2


def test_a_note_appended_to_itself_is_read_once(tmp_path: Path) -> None:
    front = '---\nauthor: [[Mara Vale]]\ntitle: "Twice"\n---\n![rw-book-cover](https://x.org/c.png)\n'
    first = note(f"- One , with a blank. {TAIL.format(1)}", "- Two without a link.", title="Twice")
    again = note(
        f"- One, with a blank. {TAIL.format(1)}",
        "- Two without a link.",
        f"- Three {TAIL.format(3)}",
        title="Twice",
    )
    for middle in ("", front):
        loaded = library(tmp_path, {"a.md": front + first + middle + again})
        assert texts(loaded) == ["One , with a blank.", "Two without a link.", "Three"]
        assert (loaded.duplicates, len(loaded.sources)) == (2, 1)


def test_short_highlights_of_different_sources_are_not_joined(tmp_path: Path) -> None:
    loaded = library(
        tmp_path, {"a.md": note("- Thanks", "- Thanks"), "b.md": note("- Thanks", title="Other")}
    )
    assert (len(loaded.highlights), loaded.duplicates) == (2, 1)
    assert len({highlight.id for highlight in loaded.highlights}) == 2


def test_short_highlights_with_different_links_are_not_joined(tmp_path: Path) -> None:
    loaded = library(tmp_path, {"a.md": note(f"- Thanks {TAIL.format(1)}", f"- Thanks {TAIL.format(2)}")})
    assert (len(loaded.highlights), loaded.duplicates) == (2, 0)


def test_same_title_at_two_addresses_is_two_sources(tmp_path: Path) -> None:
    text = note("- Alpha", title="Introduction").replace("\n\n## High", "\n- URL: https://x.org/1\n\n## High")
    loaded = library(
        tmp_path, {"a.md": text, "b.md": text.replace("org/1", "org/2").replace("Alpha", "Beta")}
    )
    assert sorted(str(source.url) for source in loaded.sources) == ["https://x.org/1", "https://x.org/2"]
