import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.excerpt import MAX_WHOLE_CHARS, Match, excerpt
from bot.text.sentences import MAX_EXCERPT_CHARS, split_sentences

FILLER = "This sentence says nothing that anybody asked for, at some length. "


def excerpt_parts(plain: str, *words: str) -> list[str]:
    matches = [
        Match(at, at + len(word), n, 1.0) for n, word in enumerate(words) if (at := plain.find(word)) >= 0
    ]
    return [plain[start:end] for start, end in excerpt(plain, matches)]


def test_a_short_highlight_is_shown_whole() -> None:
    assert excerpt_parts("Just this.\nAnd this.", "this") == ["Just this.\nAnd this."]


def test_a_long_highlight_is_cut_to_the_matching_sentences() -> None:
    plain = FILLER * 20 + "The zebra answers here. " + FILLER * 20 + "So does e.g. the okapi. " + FILLER * 10
    parts = excerpt_parts(plain, "zebra", "okapi")
    assert len(parts) == 2
    assert "The zebra answers here." in parts[0]
    assert "So does e.g. the okapi." in parts[1]
    assert sum(map(len, parts)) <= MAX_EXCERPT_CHARS
    assert all(part[0].isupper() and part[-1] == "." for part in parts)


def test_an_endless_sentence_is_cut_between_words() -> None:
    parts = excerpt_parts("word " * 500 + "zebra " + "more " * 500, "zebra")
    assert any("zebra" in part for part in parts)
    assert set(" ".join(parts).split()) <= {"word", "zebra", "more"}


pieces = st.sampled_from(
    ["a", "e\u0301", "👨‍👩‍👧", "🇩🇪", " ", ". ", "\n", "。", "人", "\ud800", "\0", "\u0301", "word ", "\r\n"]
) | st.text(st.characters(codec=None), max_size=5)  # fmt: skip
texts = st.builds(
    lambda text, more: ((text or "a") * (MAX_WHOLE_CHARS + more))[: MAX_WHOLE_CHARS + more],
    st.lists(pieces, min_size=10, max_size=60).map("".join),
    st.integers(0, 900),
)
"""Texts too long to be shown whole. They repeat a short part, because drawing every character takes a second per text."""


@given(texts, st.lists(st.integers(0, 2000), max_size=4))
def test_parts_are_in_order_do_not_touch_and_keep_characters_whole(plain: str, places: list[int]) -> None:
    matches = [Match(place, place + 1, n, 1.0) for n, place in enumerate(places) if place < len(plain)]
    spans = excerpt(plain, matches)
    assert spans
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spans)
    boundaries = {found.start() for found in regex.finditer(r"\X", plain)} | {len(plain)}
    assert set(edges) <= boundaries


def test_the_number_of_a_list_item_is_not_a_sentence() -> None:
    text = "Before you start. 1. Boil the water. 2. Add the leaves.\n3. Wait.\nIt was 5. Then it was 6."
    sentences = [text[start:end] for start, end in split_sentences(text)]
    assert sentences == [
        "Before you start.",
        "1. Boil the water.",
        "2. Add the leaves.",
        "3. Wait.",
        "It was 5.",
        "Then it was 6.",
    ]


def test_an_excerpt_is_filled_with_the_sentences_around_the_match() -> None:
    plain = " ".join(f"Sentence number {number} is about the weather." for number in range(40))
    at = plain.index("number 20")
    ((start, end),) = excerpt(plain, [Match(at, at + 9, 0, 1.0)])
    assert 500 < end - start <= 640
    assert start < at < end
