"""An index updated from the one before equals one built from all notes, bit by bit, whatever the changes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.search.arrays import Ints
from bot.search.compiled import ReusedPassages
from bot.search.index import Index
from bot.search.occurrences import Occurrences
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


def random_note(random: Random, number: int) -> list[Highlight]:
    """Returns a note with a few highlights in one of three languages. Other notes may be about the same source."""
    words = WORDS[random.choice(list(WORDS))]

    def text(limit: int) -> str:
        return " ".join(random.choices(words, k=random.randrange(limit)))

    about = random.randrange(4)
    source = Source(f"{text(5)} {about}", (text(3),), tags=tuple({text(2)}))
    highlights = [
        Highlight(
            f"{number}-{line}-{random.randrange(10**9)}", text(300 if random.random() < 0.05 else 14), "", source,
            tags=tuple({text(3)}), remark=text(6) or None, chapter=text(3) or None, path=f"{number:02}.md", line=line,
        )
        for line in range(random.randrange(4))
    ]  # fmt: skip
    return [replace(highlight, plain=highlight.text) for highlight in highlights]


def change_notes(notes: dict[int, Note], random: Random, make: Make) -> dict[int, Note]:
    """Returns the notes after some were rewritten, deleted, renamed or copied. The others stay the same objects."""
    result = dict(notes)
    for _ in range(random.randrange(1, 4)):
        number, other = random.randrange(12), random.randrange(12)
        kind = random.randrange(4)
        if kind == 0:
            result.pop(number, None)
        elif kind < 3 and number in result:
            old = result[number] if kind == 1 else result.pop(number)
            result[other] = make([replace(highlight, path=f"{other:02}.md") for highlight in old])
        else:
            result[number] = make(random_note(random, number))
    return result


def library(notes: dict[int, Note]) -> Library:
    parts = [notes[number] for number in sorted(notes)]
    packed = [part for part in parts if isinstance(part, NotePassages)]
    highlights = Passages(packed) if packed else tuple(highlight for part in parts for highlight in part)
    return Library(tuple({highlight.source: None for highlight in highlights}), highlights)


def assert_same(index: Index, fresh: Index) -> None:
    """Checks that all parts of two indexes are equal. Their terms may have different numbers."""
    assert sorted(index.terms) == sorted(fresh.terms)
    names, fresh_names = list(index.terms), list(fresh.terms)
    for number, name in enumerate(names):
        assert index.terms[name] == number
        postings, fresh_postings = index.postings.of(number), fresh.postings.of(fresh.terms[name])
        for values, fresh_values in zip(postings, fresh_postings, strict=True):
            np.testing.assert_array_equal(values, fresh_values)
    for terms, fresh_terms in (
        (index.surface_terms, fresh.surface_terms),
        (index.stem_terms, fresh.stem_terms),
    ):
        np.testing.assert_array_equal(terms.offsets, fresh_terms.offsets)
        assert [names[term] for term in terms.ids.tolist()] == [
            fresh_names[term] for term in fresh_terms.ids.tolist()
        ]
    assert index.ids.tolist() == fresh.ids.tolist()
    assert index.languages == fresh.languages
    assert index.sources == fresh.sources
    np.testing.assert_array_equal(index.source_of, fresh.source_of)
    np.testing.assert_array_equal(repeats(index), repeats(fresh))
    for kind in ("author", "title", "tag"):
        assert index.facets.names(kind).names == fresh.facets.names(kind).names
        members = zip(index.facets.names(kind).members, fresh.facets.names(kind).members, strict=True)
        for passages, fresh_passages in members:
            np.testing.assert_array_equal(passages, fresh_passages)


def repeats(index: Index) -> object:
    """Returns for each passage the first one with the same digest."""
    _, firsts, places = np.unique(index.digests, return_index=True, return_inverse=True)
    return firsts[places]


@pytest.mark.slow
@pytest.mark.parametrize("make", [NotePassages.of, tuple], ids=["packed", "objects"])
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_an_updated_index_equals_one_built_from_all_notes(make: Make, seed: int) -> None:
    random = Random(seed)
    notes = {number: make(random_note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    for _ in range(3):
        notes = change_notes(notes, random, make)
        changed_library = library(notes)
        index = Index.build(changed_library, before=index)
        assert_same(index, Index.build(changed_library))


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_a_stored_and_updated_index_equals_one_built_from_all_notes(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    random, folder = Random(seed), tmp_path_factory.mktemp("stored") / "index"
    notes: dict[int, Note] = {number: NotePassages.of(random_note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    for _ in range(3):
        index = store_and_load(index, folder)
        notes = change_notes(notes, random, NotePassages.of)
        changed_library = library(notes)
        index = Index.build(changed_library, before=index)
        assert_same(index, Index.build(changed_library))


def store_and_load(index: Index, folder: Path) -> Index:
    save(index, folder, "key")
    loaded = load(index.library, folder, "key")
    assert loaded is not None
    return with_analysed(loaded, folder, "key")


def test_only_changed_passages_are_read_for_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    notes: dict[int, Note] = {number: NotePassages.of(random_note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    notes[4] = NotePassages.of([Highlight("new", "one more", "one more", Source("Its own"), path="04.md")])
    read: list[str] = []
    real = NotePassages._highlight

    def counted(part: NotePassages, row: bytes) -> Highlight:
        found = real(part, row)
        read.append(found.id)
        return found

    changed_library = library(notes)
    monkeypatch.setattr(NotePassages, "_highlight", counted)
    index = Index.build(changed_library, before=index)
    assert set(read) == {"new"}
    assert "new" in index.passages_of_ids(["new"])


def test_words_of_deleted_notes_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that is written again and again, each time in new words, must not make the index larger each time."""
    monkeypatch.setattr("bot.search.build.MIN_UNUSED_NAMES", 50)
    random = Random(7)
    notes: dict[int, Note] = {number: NotePassages.of(random_note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    for number in range(100):
        words = " ".join(f"only{number}word{place}" for place in range(5))
        notes[9] = NotePassages.of([Highlight("new", words, words, Source("Its own"), path="09.md")])
        changed_library = library(notes)
        index = Index.build(changed_library, before=index)
    assert index.analysed is not None
    assert len(index.analysed.terms.names) < 2 * len(index.terms) + 100
    assert_same(index, Index.build(changed_library))


def test_a_lot_is_not_inserted_into_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nearly all notes changed, inserting their words into the old postings took a gigabyte at 100,000 highlights."""
    random = Random(7)
    notes: dict[int, Note] = {number: NotePassages.of(random_note(random, number)) for number in range(8)}
    index = Index.build(library(notes))
    inserted = []
    with_fresh = ReusedPassages.with_fresh

    def recorded(reused: ReusedPassages, rows: Ints, fresh: Occurrences) -> Occurrences:
        inserted.append(fresh)
        return with_fresh(reused, rows, fresh)

    monkeypatch.setattr(ReusedPassages, "with_fresh", recorded)
    one = Highlight("new", "one more", "one more", Source("Its own"), path="09.md")
    index = Index.build(library(notes | {9: NotePassages.of([one])}), before=index)
    assert len(inserted) == 1
    others: dict[int, Note] = {
        number: NotePassages.of(random_note(random, number + 20)) for number in range(8)
    }
    changed_library = library(others)
    assert_same(Index.build(changed_library, before=index), Index.build(changed_library))
    assert len(inserted) == 1
