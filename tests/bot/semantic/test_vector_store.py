"""Vectors on disk: they are read back as written, damaged and foreign files are ignored, unwanted entries are deleted."""

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
    """Returns vectors of norm 1, different for each number."""
    angles = number + np.arange(count) / 10
    return np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=1).astype(np.float32)


def fill_store(folder: Path, *numbers: int) -> VectorStore:
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
    fill_store(tmp_path, 1, 2)
    reopened = VectorStore(tmp_path, 3)
    found = stored_vectors(reopened)
    assert list(found) == [key(1), key(2)] or list(found) == [key(2), key(1)]
    assert np.allclose(found[key(1)], rows(1, 2), atol=0.01)
    assert np.allclose(found[key(2)], rows(2, 3), atol=0.01)
    assert all(not file.rows.flags.writeable for file in reopened.files)  # memory-mapped


def test_without_a_folder_vectors_stay_in_memory() -> None:
    store = VectorStore(None, 3)
    store.add([key(1)], [rows(1)])
    assert store.keep({key(1)}) is False
    assert list(stored_vectors(store)) == [key(1)]


@pytest.mark.parametrize("position", [0, 9, 25, 60, -1])
def test_a_damaged_file_is_deleted(tmp_path: Path, position: int) -> None:
    fill_store(tmp_path, 1)
    fill_store(tmp_path, 2)
    victim, other = sorted(tmp_path.glob("*.vectors"))
    data = bytearray(victim.read_bytes())
    data[position] ^= 1
    victim.write_bytes(data)
    assert len(stored_vectors(VectorStore(tmp_path, 3))) == 1
    assert list(tmp_path.iterdir()) == [other]


@pytest.mark.parametrize("end", [0, 10, 70, -4])
def test_a_cut_file_is_ignored(tmp_path: Path, end: int) -> None:
    fill_store(tmp_path, 1)
    (path,) = tmp_path.glob("*.vectors")
    path.write_bytes(path.read_bytes()[:end])
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}


def test_a_file_of_another_dimension_is_ignored(tmp_path: Path) -> None:
    fill_store(tmp_path, 1)
    assert stored_vectors(VectorStore(tmp_path, 4)) == {}
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_file_is_not_read(tmp_path: Path) -> None:
    fill_store(tmp_path, 1)
    (path,) = tmp_path.glob("*.vectors")
    unfinished = path.rename(path.with_suffix(".new"))
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}
    assert unfinished.exists(), "another process may be writing it"
    os.utime(unfinished, (0, 0))
    assert stored_vectors(VectorStore(tmp_path, 3)) == {}
    assert not unfinished.exists()


def test_unwanted_entries_are_deleted_from_disk(tmp_path: Path) -> None:
    store = fill_store(tmp_path, 1, 2, 3)
    assert store.keep({key(1), key(3)})
    assert set(stored_vectors(store)) == {key(1), key(3)}
    assert all(key(2) not in path.read_bytes() for path in tmp_path.iterdir())
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(1), key(3)}


def test_nothing_is_written_if_all_entries_are_wanted(tmp_path: Path) -> None:
    store = fill_store(tmp_path, 1, 2)
    before = sorted(tmp_path.iterdir())
    assert not store.keep({key(1), key(2), key(9)})
    assert sorted(tmp_path.iterdir()) == before


def test_many_files_are_merged(tmp_path: Path) -> None:
    numbers = range(1, MAX_FILES + 3)
    fill_store(tmp_path, *numbers)
    assert len(list(tmp_path.iterdir())) < MAX_FILES
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(number) for number in numbers}


def test_two_processes_can_write_into_one_folder(tmp_path: Path) -> None:
    first, second = VectorStore(tmp_path, 3), VectorStore(tmp_path, 3)
    first.add([key(1)], [rows(1)])
    second.add([key(2)], [rows(2)])
    second.add([key(1)], [rows(1)])
    assert set(stored_vectors(VectorStore(tmp_path, 3))) == {key(1), key(2)}
    third = VectorStore(tmp_path, 3)
    assert third.keep({key(1)})  # merges the files and deletes those of the others
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
def test_close_passages_in_a_large_file_have_exact_cosines(shift: float) -> None:
    """This also holds for a model whose vectors are all close to each other (shift 2: cosines about 0.8)."""
    vectors = random_rows(30_000, 384, shift)
    topic = random_rows(1, 384)[0]
    vectors[:100] += np.linspace(0.3, 0.7, 100, dtype=np.float32)[:, None] * topic
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    file = VectorFile.rounded([key(number) for number in range(len(vectors))], list(vectors[:, None]))
    question = (vectors[99] + topic) / np.linalg.norm(vectors[99] + topic)
    exact = vectors @ question
    found = file.cosines(question)
    best = np.argsort(-exact)[:100]
    missed = [number for number in best.tolist() if abs(found[number] - exact[number]) > 0.01]
    assert len(missed) <= 5
    assert int(found.argmax()) == 99
    assert abs(float(np.median(found)) - float(np.median(exact))) < 0.02
    assert (found <= 1.001).all()


def test_with_equally_close_sentences_the_passage_that_is_closer_as_a_whole_ranks_first() -> None:
    question, other = np.eye(64, dtype=np.float32)[:2]
    near = np.float32(0.8) * question + np.float32(0.6) * other
    file = VectorFile.rounded(
        [key(0), key(1), key(2)], [np.stack([near, other]), np.stack([near, near]), other[None]]
    )
    found = file.cosines(question)
    assert found.argsort().tolist() == [2, 0, 1]
    assert found[1] == pytest.approx(
        0.8, abs=0.01
    )  # as for a single sentence: the number of sentences does not matter


def test_cosines_do_not_depend_on_the_size_of_the_file() -> None:
    vectors = random_rows(9_000, 128)
    rows = [vectors[at : at + 3] for at in range(0, 9_000, 3)]
    large = VectorFile.rounded([key(number) for number in range(3_000)], rows)
    question = (vectors[33] + vectors[34]) / np.linalg.norm(vectors[33] + vectors[34])
    small = VectorFile.rounded([key(11)], rows[11:12])
    assert int(large.cosines(question).argmax()) == 11
    assert large.cosines(question)[11] == pytest.approx(small.cosines(question)[0], abs=1e-5)


def test_rounding_changes_a_cosine_by_less_than_a_hundredth(tmp_path: Path) -> None:
    vectors = random_rows(500, 100)
    store = VectorStore(tmp_path, 100)
    store.add([key(number) for number in range(len(vectors))], list(vectors[:, None]))
    (file,) = store.files
    assert np.abs(file.cosines(vectors[3]) - vectors @ vectors[3]).max() < 0.01
    (written,) = tmp_path.iterdir()
    assert written.stat().st_size < 0.4 * vectors.nbytes + 500 * 20
