"""A file that was fetched from Readwise is read as a note, with every field, and with every text letter for letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats import readwise_api
from corpus.formats.entry import Entry, Note
from corpus.formats.readwise_api import FetchedHighlight, FetchedSource, UnreadableError, decode, encode, read
from corpus.model import Source


def note(*highlights: FetchedHighlight, **source: object) -> Note:
    fetched = FetchedSource(7, **{"title": "The Tide Clock", **source}, highlights=highlights)  # type: ignore[arg-type]
    return read("@readwise/7.json", encode(fetched).decode())


def entry(**fields: object) -> Entry:
    (found,) = note(FetchedHighlight(70, **{"text": "Water keeps its own calendar.", **fields})).entries  # type: ignore[arg-type]
    return found


def test_a_source_is_read_with_all_fields_of_the_api() -> None:
    found = note(
        author="Mara Quill, Odo Vance, and Ines Farrow",
        category="books",
        source_url="https://tide.example/clock",
        cover_image_url="https://tide.example/clock.png",
        book_tags=("sea", "time"),
        document_note="worth reading #again",
    )
    assert found.source == Source(
        "The Tide Clock",
        ("Mara Quill", "Odo Vance", "Ines Farrow"),
        "books",
        "https://tide.example/clock",
        ("sea", "time"),
        "https://tide.example/clock.png",
    )
    assert found.tags == ("sea", "time", "again")
    assert found.shape == "readwise"


def test_a_highlight_is_read_with_all_fields_of_the_api() -> None:
    found = entry(
        note=".sea .time/slow How so?\nAsk Odo.",
        location=144,
        location_type="location",
        highlighted_at="2024-07-04T09:56:12.345Z",
        url="https://read.readwise.io/read/01abc",
        tags=("favourite lines",),
        color="Yellow",
        is_favorite=True,
    )
    assert (found.color, found.favorite) == ("yellow", True)
    assert found.remark == "How so?\nAsk Odo."
    assert found.tags == ("favourite lines", "sea", "time/slow")
    assert found.location == "Location 144"
    assert found.link == "https://read.readwise.io/read/01abc"
    assert found.added is not None
    assert found.added.startswith("2024-07-0")


@pytest.mark.parametrize(
    ("kind", "place", "label"),
    [
        ("page", 12, "Page 12"),
        ("time_offset", 3725, "1:02:05"),
        ("time_offset", 65, "01:05"),
        ("order", 3, None),
        (None, 3, None),
    ],
)
def test_a_location_is_written_as_people_say_it(kind: str | None, place: int, label: str | None) -> None:
    assert entry(location=place, location_type=kind).location == label


def test_a_kindle_highlight_has_the_link_that_exported_notes_have() -> None:
    (found,) = note(
        FetchedHighlight(
            70, "Water.", location=144, location_type="location", readwise_url="https://readwise.io/open/70"
        ),
        asin="B00TIDE",
    ).entries
    assert found.link == "https://readwise.io/to_kindle?action=open&asin=B00TIDE&location=144"


def test_a_highlight_without_a_deep_link_links_to_its_page_at_readwise() -> None:
    assert entry(readwise_url="https://readwise.io/open/70").link == "https://readwise.io/open/70"


def test_a_highlight_marked_as_a_heading_is_a_chapter_and_never_shown() -> None:
    found = note(
        FetchedHighlight(1, "Before any chapter.", location=1),
        FetchedHighlight(9, "Part One", location=2, note=".h1"),
        FetchedHighlight(3, "In part one.", location=3),
        FetchedHighlight(8, "Ebb", location=4, tags=("h2",)),
        FetchedHighlight(5, "In the ebb.", location=5),
        FetchedHighlight(7, "Part Two", location=6, note=".h1 with a remark"),
        FetchedHighlight(4, "In part two.", location=7),
    )
    assert [(entry.text, entry.chapter) for entry in found.entries] == [
        ("Before any chapter.", None),
        ("In part one.", "Part One"),
        ("In the ebb.", "Ebb"),
        ("In part two.", "Part Two"),
    ]


@pytest.mark.parametrize("remark", ["...and so on", ".5 of them agree", "no tag. here", "a .dot inside"])
def test_a_note_that_only_looks_like_a_tag_is_a_remark(remark: str) -> None:
    found = entry(note=remark)
    assert (found.remark, found.tags) == (remark, ())


@given(st.text(min_size=1, max_size=300))
def test_any_text_comes_back_letter_for_letter(text: str) -> None:
    source = FetchedSource(
        7, "A title", highlights=(FetchedHighlight(70, text), FetchedHighlight(71, "Next."))
    )
    assert decode(encode(source)) == source


@pytest.mark.parametrize(
    "text", ["- a bullet", "# a heading", "> quoted", '{"a": 1}', "* * *", "a\n\n- b", "[a](b)"]
)
def test_no_text_is_taken_for_markup_of_the_file(text: str) -> None:
    assert entry(text=text).text == text


def test_the_line_of_a_highlight_is_where_it_stands_in_the_file() -> None:
    source = FetchedSource(
        7, "T", highlights=tuple(FetchedHighlight(n, f"Sentence {n}.") for n in (70, 71, 72))
    )
    lines = encode(source).decode().split("\n")
    for found in read("7.json", encode(source).decode()).entries:
        assert found.text in lines[found.line - 1]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data.replace(b'"id"', b'"no"'), lambda data: b"{}"]
)
def test_a_damaged_file_raises_unreadable_error(damage: object) -> None:
    data = encode(FetchedSource(7, "T", highlights=(FetchedHighlight(70, "Sentence."),)))
    with pytest.raises(UnreadableError):
        decode(damage(data))  # type: ignore[operator]
    assert readwise_api.recognises(data.decode())
