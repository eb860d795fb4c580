from pathlib import Path

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.search.storage import load, save
from tests.bot.answering.test_answer import INDEX, NOTES
from tests.libraries import library


def test_a_stored_index_gives_the_same_answers(tmp_path: Path) -> None:
    save(INDEX, tmp_path / "index", "key")
    loaded = load(NOTES, tmp_path / "index", "key")
    assert loaded is not None
    for question in ("deep work", "人工智能", '"focus goes"', "author:newport"):
        assert answer(Question(question), loaded).quotes == answer(Question(question), INDEX).quotes


def test_a_damaged_or_foreign_file_is_not_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    assert load(NOTES, folder, "key") is None
    save(INDEX, folder, "key")
    save(INDEX, folder, "key")
    assert load(NOTES, folder, "another key") is None
    assert load(library("one"), folder, "key") is None
    (folder / "passages.npy").write_bytes(b"damaged")
    assert load(NOTES, folder, "key") is None
    (folder / "about.json").write_text("{")
    assert load(NOTES, folder, "key") is None


def test_one_changed_byte_in_any_file_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    for name in ("terms_text.npy", "weights.npy", "passages.npy", "rows.npy"):
        save(INDEX, folder, "key")
        data = bytearray((folder / name).read_bytes())
        data[-1] ^= 1
        (folder / name).write_bytes(data)
        assert load(NOTES, folder, "key") is None, name


def test_an_empty_index_can_be_stored(tmp_path: Path) -> None:
    save(Index.build(library()), tmp_path / "index", "")
    loaded = load(library(), tmp_path / "index", "")
    assert loaded is not None
    assert not answer(Question("anything"), loaded).found
