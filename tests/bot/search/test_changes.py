"""An index made from the one before equals one made from nothing: the same postings bit by bit, in whatever order notes change."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.search.index import Index
from bot.search.storage import load, save, with_analysed
from corpus.model import Highlight, Library, Source
from corpus.passages import NotePassages, Passages
from tests.examples import examples

WORDS = {
    "en": "the river walks walked walking is quarry gift was running naïve and house houses".split(),  # noqa: SIM905
    "de": "der Fluss geht das Gift läuft und die Häuser Haus Maurer nicht gegangen naive".split(),  # noqa: SIM905
    "ja": "静かな川は夜に流れる 人工の池 知能".split(),  # noqa: SIM905
}
Note = NotePassages | tuple[Highlight, ...]
Make = Callable[[Sequence[Highlight]], Note]


def note(random: Random, number: int) -> list[Highlight]:
    """A note of a few highlights, in one of three languages, about a source that other notes may be about too."""
    words = WORDS[random.choice(list(WORDS))]

    def text(most: int) -> str:
        return " ".join(random.choices(words, k=random.randrange(most)))

    about = random.randrange(4)
    source = Source(f"{text(5)} {about}", (text(3),), tags=tuple({text(2)}))
    highlights = [
        Highlight(
            f"{number}-{line}-{random.randrange(10**9)}", text(300 if random.random() < 0.05 else 14), "", source,
            tags=tuple({text(3)}), remark=text(6) or None, chapter=text(3) or None, path=f"{number:02}.md", line=line,
        )
        for line in range(random.randrange(4))
    ]  # fmt: skip
    return [replace(one, plain=one.text) for one in highlights]


def changed(notes: dict[int, Note], random: Random, make: Make) -> dict[int, Note]:
    """Some notes are written anew, deleted, renamed, or made a copy of another one; the others stay the same objects."""
    found = dict(notes)
    for _ in range(random.randrange(1, 4)):
        number, other = random.randrange(12), random.randrange(12)
        deed = random.randrange(4)
        if deed == 0:
            found.pop(number, None)
        elif deed < 3 and number in found:
            old = found[number] if deed == 1 else found.pop(number)
            found[other] = make([replace(one, path=f"{other:02}.md") for one in old])
        else:
            found[number] = make(note(random, number))
    return found


def library(notes: dict[int, Note]) -> Library:
    parts = [notes[number] for number in sorted(notes)]
    packed = [part for part in parts if isinstance(part, NotePassages)]
    highlights = Passages(packed) if packed else tuple(one for part in parts for one in part)
    return Library(tuple({one.source: None for one in highlights}), highlights)


def assert_same(index: Index, fresh: Index) -> None:
    """Whether the parts of both are equal; their terms may have other numbers."""
    assert sorted(index.terms) == sorted(fresh.terms)
    names, others = list(index.terms), list(fresh.terms)
    for number, name in enumerate(names):
        assert index.terms[name] == number
        for mine, theirs in zip(index.postings.of(number), fresh.postings.of(fresh.terms[name]), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    for texts, others_texts in (
        (index.surface_terms, fresh.surface_terms),
        (index.stem_terms, fresh.stem_terms),
    ):
        np.testing.assert_array_equal(texts.offsets, others_texts.offsets)
        assert [names[one] for one in texts.ids.tolist()] == [
            others[one] for one in others_texts.ids.tolist()
        ]
    assert index.ids.tolist() == fresh.ids.tolist()
    assert index.languages == fresh.languages
    assert index.sources == fresh.sources
    np.testing.assert_array_equal(index.source_of, fresh.source_of)
    np.testing.assert_array_equal(repeats(index), repeats(fresh))
    for kind in ("author", "title", "tag"):
        assert index.facets.names(kind).names == fresh.facets.names(kind).names
        members = zip(index.facets.names(kind).members, fresh.facets.names(kind).members, strict=True)
        assert all(np.array_equal(some, same) for some, same in members)


def repeats(index: Index) -> object:
    """For each passage, the first one with the same digest."""
    _, firsts, places = np.unique(index.digests, return_index=True, return_inverse=True)
    return firsts[places]


@pytest.mark.slow
@pytest.mark.parametrize("make", [NotePassages.of, tuple], ids=["packed", "objects"])
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_after_any_changes_the_index_is_the_one_made_of_all_notes(make: Make, seed: int) -> None:
    random = Random(seed)
    notes = {number: make(note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    for _ in range(3):
        notes = changed(notes, random, make)
        made = library(notes)
        index = Index.build(made, before=index)
        assert_same(index, Index.build(made))


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_so_it_is_if_the_index_was_stored_and_read_in_between(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    random, folder = Random(seed), tmp_path_factory.mktemp("stored") / "index"
    notes: dict[int, Note] = {number: NotePassages.of(note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    for _ in range(3):
        index = stored(index, folder)
        notes = changed(notes, random, NotePassages.of)
        made = library(notes)
        index = Index.build(made, before=index)
        assert_same(index, Index.build(made))


def stored(index: Index, folder: Path) -> Index:
    save(index, folder, "key")
    read = load(index.library, folder, "key")
    assert read is not None
    return with_analysed(read, folder, "key")


def test_only_what_changed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    notes: dict[int, Note] = {number: NotePassages.of(note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    notes[4] = NotePassages.of([Highlight("new", "one more", "one more", Source("Its own"), path="04.md")])
    read: list[str] = []
    real = NotePassages._highlight

    def counted(part: NotePassages, row: bytes) -> Highlight:
        found = real(part, row)
        read.append(found.id)
        return found

    made = library(notes)
    monkeypatch.setattr(NotePassages, "_highlight", counted)
    index = Index.build(made, before=index)
    assert set(read) == {"new"}
    assert "new" in index.passages_of_ids(["new"])
