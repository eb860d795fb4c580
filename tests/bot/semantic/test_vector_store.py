"""Vectors on disk: they are read as written, damaged and foreign files are ignored, unwanted entries are deleted."""

import os
from pathlib import Path

import numpy as np
import pytest

from bot.search.arrays import Floats
from bot.semantic.vector_file import VectorFile
from bot.semantic.vector_store import MAX_FILES, VectorStore


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def rows(number: int, count: int = 2) -> Floats:
    """Vectors of norm 1, others for each number."""
    angles = number + np.arange(count) / 10
    return np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=1).astype(np.float32)


def filled(folder: Path, *numbers: int) -> VectorStore:
    store = VectorStore(folder, 3)
    for number in numbers:
        store.add([key(number)], [rows(number, number + 1)])
    return store


def stored_vectors(store: VectorStore) -> dict[bytes, list[list[float]]]:
    return {
        name: file.vectors(slice(file.starts[at], file.starts[at + 1])).tolist()
        for file in store.files
        for at, name in enumerate(file.keys)
    }


def test_vectors_are_read_as_they_were_written(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    again = VectorStore(tmp_path, 3)
    found = stored_vectors(again)
    assert list(found) == [key(1), key(2)] or list(found) == [key(2), key(1)]
    assert np.allclose(found[key(1)], rows(1, 2), atol=0.01)
    assert np.allclose(found[key(2)], rows(2, 3), atol=0.01)
    assert all(not one.rows.flags.writeable for one in again.files)  # memory-mapped


def test_without_a_folder_they_stay_in_memory() -> None:
    store = VectorStore(None, 3)
    store.add([key(1)], [rows(1)])
    assert store.keep({key(1)}) is False
    assert list(stored_vectors(store)) == [key(1)]


@pytest.mark.parametrize("place", [0, 9, 25, 60, -1])
def test_a_damaged_file_is_deleted(tmp_path: Path, place: int) -> None:
    filled(tmp_path, 1)
    filled(tmp_path, 2)
    victim, other = sorted(tmp_path.glob("*.vectors"))
    data = bytearray(victim.read_bytes())
    data[place] ^= 1
    victim.write_bytes(data)
    assert len(stored_vectors(VectorStore(tmp_path, 3))) == 1
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize("left", [0, 10, 70, -4])
def test_half_a_file_is_ignored(tmp_path: Path, left: int) -> None:
    filled(tmp_path, 1)
    (one,) = tmp_path.glob("*.vectors")
    one.write_bytes(one.read_bytes()[:left])
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}


def test_a_file_of_another_dimension_is_ignored(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    assert stored_vectors(VectorStore(tmp_path, 4)) == {}
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_file_is_not_read(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (one,) = tmp_path.glob("*.vectors")
    left = one.rename(one.with_suffix(".new"))
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}
    assert left.exists(), "another process may be writing it"
    os.utime(left, (0, 0))
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}
    assert not left.exists()


def test_unwanted_entries_are_deleted_from_disk(tmp_path: Path) -> None:
    store = filled(tmp_path, 1, 2, 3)
    assert store.keep({key(1), key(3)})
    assert set(stored_vectors(store)) == {key(1), key(3)}
    assert all(key(2) not in one.read_bytes() for one in tmp_path.iterdir())
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(1), key(3)}


def test_nothing_is_written_if_all_entries_are_wanted(tmp_path: Path) -> None:
    store = filled(tmp_path, 1, 2)
    before = sorted(tmp_path.iterdir())
    assert not store.keep({key(1), key(2), key(9)})
    assert sorted(tmp_path.iterdir()) == before


def test_many_files_become_one(tmp_path: Path) -> None:
    numbers = range(1, MAX_FILES + 3)
    filled(tmp_path, *numbers)
    assert len(list(tmp_path.iterdir())) < MAX_FILES
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(one) for one in numbers}


def test_two_processes_write_into_one_folder(tmp_path: Path) -> None:
    first, second = VectorStore(tmp_path, 3), VectorStore(tmp_path, 3)
    first.add([key(1)], [rows(1)])
    second.add([key(2)], [rows(2)])
    second.add([key(1)], [rows(1)])
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(1), key(2)}
    third = VectorStore(tmp_path, 3)
    assert third.keep({key(1)})  # merged, and the files of the others are gone
    first.add([key(3)], [rows(3)])
    assert set(stored_vectors(first)) == {key(1), key(3)}
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(1), key(3)}


def test_vectors_stay_in_memory_if_the_disk_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = VectorStore(tmp_path / "file" / "vectors", 3)
    with pytest.raises(OSError, match=r"[Nn]ot a directory"):
        store.add([key(1)], [rows(1)])
    assert list(stored_vectors(store)) == [key(1)]


def random_rows(count: int, dimension: int, shift: float = 0.0) -> Floats:
    found = np.random.default_rng(7).standard_normal((count, dimension)).astype(np.float32) + np.float32(
        shift
    )
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_the_close_passages_of_a_large_file_have_their_exact_cosines(shift: float) -> None:
    """Also with a model whose vectors all lie near each other (shift 2: cosines about 0.8)."""
    vectors = random_rows(30_000, 384, shift)
    topic = random_rows(1, 384)[0]
    vectors[:100] += np.linspace(0.3, 0.7, 100, dtype=np.float32)[:, None] * topic
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    file = VectorFile.rounded([key(one) for one in range(len(vectors))], list(vectors[:, None]))
    question = (vectors[99] + topic) / np.linalg.norm(vectors[99] + topic)
    exact = vectors @ question
    found = file.cosines(question)
    best = np.argsort(-exact)[:100]
    missed = [one for one in best.tolist() if abs(found[one] - exact[one]) > 0.01]
    assert len(missed) <= 5
    assert int(found.argmax()) == 99
    assert abs(float(np.median(found)) - float(np.median(exact))) < 0.02
    assert (found <= 1.001).all()


def test_of_two_passages_with_an_equally_close_sentence_the_one_about_it_as_a_whole_is_closer() -> None:
    question, other = np.eye(64, dtype=np.float32)[:2]
    near = np.float32(0.8) * question + np.float32(0.6) * other
    file = VectorFile.rounded(
        [key(0), key(1), key(2)], [np.stack([near, other]), np.stack([near, near]), other[None]]
    )
    found = file.cosines(question)
    assert found.argsort().tolist() == [2, 0, 1]
    assert found[1] == pytest.approx(
        0.8, abs=0.01
    )  # as a single sentence: nothing depends on the number of sentences


def test_passages_of_several_sentences_have_the_same_cosines_in_a_large_file_as_in_a_small_one() -> None:
    vectors = random_rows(9_000, 128)
    rows = [vectors[at : at + 3] for at in range(0, 9_000, 3)]
    large = VectorFile.rounded([key(one) for one in range(3_000)], rows)
    question = (vectors[33] + vectors[34]) / np.linalg.norm(vectors[33] + vectors[34])
    small = VectorFile.rounded([key(11)], rows[11:12])
    assert int(large.cosines(question).argmax()) == 11
    assert large.cosines(question)[11] == pytest.approx(small.cosines(question)[0], abs=1e-5)


def test_rounding_changes_a_cosine_by_less_than_a_hundredth(tmp_path: Path) -> None:
    vectors = random_rows(500, 100)
    store = VectorStore(tmp_path, 100)
    store.add([key(one) for one in range(len(vectors))], list(vectors[:, None]))
    (file,) = store.files
    assert np.abs(file.cosines(vectors[3]) - vectors @ vectors[3]).max() < 0.01
    (written,) = tmp_path.iterdir()
    assert written.stat().st_size < 0.4 * vectors.nbytes + 500 * 20
