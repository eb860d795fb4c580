"""Word frequencies are found by bisecting the text of the lists."""

import gzip
import json
from importlib.resources import files

import pytest

from bot.text.word_frequencies import RARITY_LANGUAGES, count, is_word, rarity


@pytest.mark.long
@pytest.mark.parametrize("language", sorted(RARITY_LANGUAGES))
def test_every_word_list_can_be_bisected(language: str) -> None:
    packed = (files("spellchecker") / "resources" / f"{language}.json.gz").read_bytes()
    listed: dict[str, int] = json.loads(gzip.decompress(packed))
    words = list(listed)
    sample = [*words[:3], *words[1000 :: len(words) // 200], *words[-3:]]
    assert [count(word, language) for word in sample] == [listed[word] for word in sample]
    assert sum(listed.values()) == pytest.approx(RARITY_LANGUAGES[language], rel=0.01)
    assert 0 <= rarity(max(words, key=listed.__getitem__), language) < 0.1


@pytest.mark.parametrize("word", ["", "zzzz", "a b", "\n", '"', "nosuchword", "\ud800"])
def test_a_text_that_is_not_a_word_has_no_count(word: str) -> None:
    assert count(word, "en") == 0
    assert not is_word(word, "en")


def test_a_language_without_a_list_has_no_counts() -> None:
    assert not is_word("word", "xx")


def test_rarity_rises_from_common_to_unknown_words() -> None:
    values = [rarity(word, "en") for word in ("the", "time", "memory", "telescope", "nosuchword")]
    assert values == sorted(values)
    assert values[0] < 0.05
    assert values[-1] == 1.0
    assert 0 < rarity("casa", "es") < rarity("telescopio", "es") <= 1
