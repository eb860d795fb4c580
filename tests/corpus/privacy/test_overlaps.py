"""A passage that overlaps with a private text of another source is hidden, whichever of the two comes first."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from corpus.folder.known import Known
from corpus.folder.roots import listed
from corpus.folder.selection import Rules
from corpus.folder.state import refresh
from corpus.load import load
from corpus.merging import shared_runs
from tests.notes_on_disk import library, note, texts, write

SECRET = (
    "Water finds the gap in the hedge. Nobody who asks for it may ever read this second sentence of mine, "
    "for the lock-keeper kept it in a drawer below the stairs."
)
PRIVATE = "---\ntags: [private]\n---"
OTHER = "Whoever walks along the canal in winter hears the ice sing long before the first boat of the year arrives."


def private(text: str) -> str:
    return note(f"- {text}", title="B", head=PRIVATE)


def public(*passages: str, title: str = "A") -> str:
    return note(*(f"- {text}" for text in passages), title=title, author="Someone else")


@pytest.mark.parametrize(
    "copy",
    [
        SECRET[:70],
        f"…{SECRET[20:90]}…",
        f"It began there. {SECRET} And so it went on for years.",
        SECRET[70:] + " Then she burnt it, and nobody spoke of it again until the autumn.",
        SECRET.replace("in the hedge", "[…]"),
        SECRET.replace("asks", "asks [sic]"),
        SECRET.replace("Water", "Wаter"),  # its second letter is Cyrillic
        SECRET.replace("hedge", "hedge %%mine%%"),
        SECRET.replace("hedge", "{{c1::hedge}}"),
    ],
)
def test_a_passage_that_is_cut_elsewhere_is_hidden(tmp_path: Path, copy: str) -> None:
    notes: dict[str, str | bytes] = {"p.md": private(SECRET), "a.md": public(copy, "Open.")}
    assert texts(library(tmp_path / "1", notes)) == ["Open."]
    notes = {"p.md": private(copy), "a.md": public(SECRET, "Open.")}
    assert texts(library(tmp_path / "2", notes)) == ["Open."]


def test_a_chinese_passage_that_is_cut_elsewhere_is_hidden(tmp_path: Path) -> None:
    text = "水总会在树篱里找到缝隙谁也不能读到这句话，他说完就走了，再也没有回来。"
    notes: dict[str, str | bytes] = {
        "p.md": private(text),
        "a.md": public(f"有人问{text[3:22]}吗？", "Open."),
    }
    assert texts(library(tmp_path, notes)) == ["Open."]


def test_passages_overlap_with_a_private_note_that_is_not_read(tmp_path: Path) -> None:
    notes: dict[str, str | bytes] = {
        "diary.md": f"{PRIVATE}\n\nToday.\n\n{SECRET}\n",
        "a.md": public(SECRET[15:100], "Open."),
    }
    assert texts(library(tmp_path, notes, plain_notes="off")) == ["Open."]


@pytest.mark.parametrize(
    "said",
    ["The unexamined life is not worth living.", "Whatever can go wrong will go wrong.", "Know thyself."],
)
def test_a_common_quotation_in_two_passages_hides_nothing(tmp_path: Path, said: str) -> None:
    first = (
        f"My aunt read it aloud, twice, over the washing: {said} Then she laughed and went back to her soup."
    )
    second = (
        f"He wrote in a letter to the harbour master, in 1921: {said} It had rained for a week in the valley."
    )
    notes: dict[str, str | bytes] = {"p.md": private(first), "a.md": public(second)}
    assert texts(library(tmp_path, notes)) == [second]


def test_a_phrase_that_a_private_text_repeats_hides_nothing(tmp_path: Path) -> None:
    phrase = "as far as anybody in the village knew"
    first = f"She was, {phrase}, a widow; he was, {phrase}, a sailor; and the dog was, {phrase}, theirs."
    notes: dict[str, str | bytes] = {
        "p.md": private(first),
        "a.md": public(f"It was closed, {phrase}, for good."),
    }
    assert len(texts(library(tmp_path, notes))) == 1


@pytest.mark.parametrize("cached", [False, True])
def test_overlaps_are_found_whichever_note_comes_first(tmp_path: Path, cached: bool) -> None:
    def now(known: Known, notes: dict[str, str | bytes]) -> Known:
        write(tmp_path, notes)
        found = refresh(replace(known, samples={}) if cached else known, listed(tmp_path))
        assert found.library == load(tmp_path)
        return found

    cut = SECRET[30:110]
    known = now(Known(Rules()), {"a.md": public(cut, "Open."), "p.md": public(SECRET, title="P")})
    assert cut in texts(known.library)
    known = now(known, {"p.md": private(SECRET)})
    assert texts(known.library) == ["Open."]
    known = now(known, {"c.md": public(SECRET[10:90], title="C")})
    assert texts(known.library) == ["Open."]
    known = now(known, {"q.md": private(SECRET[:100])})
    known = now(known, {"p.md": public(OTHER, title="P")})
    assert sorted(texts(known.library)) == ["Open.", OTHER]
    known = now(known, {"q.md": public(OTHER, title="Q")})
    assert sorted(texts(known.library)) == sorted(["Open.", OTHER, cut, SECRET[10:90]])


def test_an_overlapping_passage_stays_hidden_while_its_private_note_is_half_written(tmp_path: Path) -> None:
    write(tmp_path, {"p.md": private(SECRET), "a.md": public(SECRET[30:110])})
    known = refresh(Known(Rules()), listed(tmp_path))
    names = b"".join(record.private_names for record in known.records.values())
    write(tmp_path, {"p.md": ""})
    half_written = refresh(known, listed(tmp_path), hidden=names)
    assert texts(half_written.library) == []
    assert texts(refresh(half_written, listed(tmp_path)).library) == [SECRET[30:110]]


def test_changes_of_private_and_public_overlaps_end_as_a_fresh_start_does(tmp_path: Path) -> None:
    random = Random(7)
    story = " ".join(
        f"{SECRET.replace('hedge', f'hedge{n}')} {OTHER.replace('ice', f'ice{n}')}" for n in range(3)
    )

    def changed() -> dict[str, str | bytes]:
        number = random.randrange(6)
        at = random.randrange(len(story) - 50)
        text = story[at : at + random.randrange(30, 200)].strip()
        head = PRIVATE if random.random() < 0.4 else ""
        return {f"{number}.md": note(f"- {text}", f"- Open {number}.", title=f"T{number}", head=head)}

    known = refresh(Known(Rules()), listed(write(tmp_path, changed())))
    for _ in range(8):
        write(tmp_path, changed())
        known = refresh(known, listed(tmp_path))
        assert known.library == load(tmp_path)


def test_without_private_notes_nothing_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> object:
        raise AssertionError("compared although nothing is private")

    monkeypatch.setattr(shared_runs, "_grams", fails)
    write(tmp_path, {"a.md": public(OTHER), "b.md": public(SECRET)})
    known = refresh(Known(Rules()), listed(tmp_path))
    write(tmp_path, {"a.md": public(OTHER, "Another one of the day.")})
    assert len(refresh(known, listed(tmp_path)).library.highlights) == 3
