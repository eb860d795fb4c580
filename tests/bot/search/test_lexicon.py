import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.search import lexicon
from bot.search.lexicon import Lexicon, TermNames

NAMES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=8), max_size=60)


@given(NAMES, st.integers(1, 9))
def test_names_are_numbered_in_order_of_arrival_however_often_they_are_packed(
    names: list[str], size: int
) -> None:
    before = lexicon.MIN_RECENT
    lexicon.MIN_RECENT = size
    try:
        words, expected = Lexicon(), dict[str, int]()
        for name in names:
            assert words.get(name) == expected.get(name)
            assert words.number(name) == expected.setdefault(name, len(expected))
        assert list(words) == list(expected)
        assert [words[number] for number in expected.values()] == list(expected)
        assert all(words.get(name) == number for name, number in expected.items())
    finally:
        lexicon.MIN_RECENT = before


def test_two_names_with_the_same_checksum_get_different_numbers() -> None:
    names = ("plumless", "buckeroo")  # both have CRC-32 4ddb0c25
    words = Lexicon()
    assert [words.number(name) for name in names] == [0, 1]
    words.packed()
    assert [words.get(name) for name in names] == [0, 1]


@given(NAMES.filter(bool), st.data())
def test_term_names_leave_out_names_that_no_passage_has(names: list[str], data: st.DataObject) -> None:
    words = Lexicon()
    for name in names:
        words.number(name)
    words.packed()
    used = [data.draw(st.booleans()) for _ in range(len(words))]
    terms = TermNames(words, np.array(used, np.bool_))
    words.number("added later, for another index")
    kept = [name for name, keep in zip(words, used, strict=False) if keep]
    assert list(terms) == kept
    assert [terms.get(name) for name in kept] == list(range(len(kept)))
    assert [terms.name(number) for number in range(len(terms))] == kept
    assert all(name in kept or terms.get(name) is None for name in words)
    assert list(Lexicon(terms.packed())) == kept
