import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.analysis import fold, is_unspaced, raw_words, spans_at, tokens, words, words_of


def folded_words(text: str) -> list[str]:
    return [fold(word) for word in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("o1-preview costs $9T", ["o1", "preview", "costs", "9t"]),
        ("GPT-4o, Llama 3.1", ["gpt", "4o", "llama", "3.1"]),
        ("C++ and C# (not c)", ["c++", "and", "c#", "not", "c"]),
        ("1,000,000 people in U.S. cities", ["1000000", "people", "in", "us", "cities"]),
        ("every ‘ﬁx’ is signiﬁcant", ["every", "fix", "is", "significant"]),
        ("Kahneman’s don't l’été O'Brien", ["kahneman", "dont", "l", "ete", "o", "brien"]),
        ("zero\u200bwidth soft\u00adhyphen \u202bbidi\u202c", ["zerowidth", "softhyphen", "bidi"]),
        ("Straße STRASSE İstanbul", ["strasse", "strasse", "istanbul"]),
        ("snake_case 𝗯𝗼𝗹𝗱 no\u00a0break", ["snake", "case", "bold", "no", "break"]),
        ("人工智能", ["人", "工", "智", "能"]),
        ("GPT模型 한국어 ｶﾞｽ", ["gpt", "模", "型", "한", "국", "어", "ガ", "ス"]),
        ("see https://a.example/x?utm=1 and www.b.example data:image/png;base64,AAAA", ["see", "and"]),
        ("… !? 👨‍👩‍👧 \u0301", []),
    ],
)
def test_words_are_split_as_people_read_them(text: str, expected: list[str]) -> None:
    assert folded_words(text) == expected


def test_composed_and_decomposed_letters_give_the_same_words() -> None:
    for text in ("naïve café", "한국어", "がぎ", "Ťažký"):
        assert folded_words(unicodedata.normalize("NFD", text)) == folded_words(
            unicodedata.normalize("NFC", text)
        )


def test_offsets_refer_to_the_original_text() -> None:
    text = "‘ﬁx’ soft\u00adhyphen 人工"
    assert [text[token.start : token.end] for token in tokens(text)] == ["ﬁx", "soft\u00adhyphen", "人", "工"]


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_split_without_failing(text: str) -> None:
    found_tokens = tokens(text)
    assert [token.word for token in found_tokens] == words(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found_tokens)
    assert all(first.start <= second.start for first, second in pairwise(found_tokens))
    assert all(fold(token.word) for token in found_tokens)
    assert all(not is_unspaced(token.word) or len(token.word) <= 4 for token in found_tokens)


@given(
    st.text(st.characters(codec=None) | st.sampled_from("aABsé1'. ,人"), max_size=200),
    st.sets(st.integers(0, 40)),
)
def test_words_and_their_places_are_those_of_the_tokens(text: str, places: set[int]) -> None:
    found, raws = tokens(text), raw_words(text)
    assert words_of(raws) == [token.word for token in found]
    expected = {place: (token.start, token.end) for place, token in enumerate(found) if place in places}
    assert spans_at(text, raws, places) == expected
