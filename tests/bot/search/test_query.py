from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.query import parse, searched_tokens


def test_operators_are_removed_from_the_text() -> None:
    query = parse(
        'what of "deep work" -email author:newport title:“So Good” tag:x color:yellow before:2024 after:2020-02'
    )
    assert query.text.split() == ["what", "of"]
    assert (query.phrases, query.excluded) == (("deep work",), ("email",))
    assert (query.authors, query.titles, query.tags) == (("newport",), ("So Good",), ("x",))
    assert (query.before, query.after) == (date(2024, 1, 1), date(2020, 2, 1))
    assert query.filters == {
        "author": ["newport"],
        "title": ["So Good"],
        "tag": ["x"],
        "color": ["yellow"],
        "before": "2024-01-01",
        "after": "2020-02-01",
        "phrase": ["deep work"],
        "without": ["email"],
    }


@pytest.mark.parametrize("quoted", ['"so it is"', "“so it is”", "« so it is »", "„so it is“", "「so it is」"])
def test_every_kind_of_quotation_mark_makes_a_phrase(quoted: str) -> None:
    assert parse(f"who said {quoted}?").phrases == ("so it is",)


@pytest.mark.parametrize(
    "text",
    [
        'an "unclosed quote',
        "-",
        "author:",
        'author:""',
        "before:noon",
        "before:2024-13",
        "after:2023-02-30",
        "state-of-the-art",
        'a 12" disk and a 14" one',
        "((((((",
        "[a-z]+(.*",
        '"…"',
        "subtitle:x",
        "a - b",
        "title: x",
    ],
)
def test_a_broken_operator_is_searched_as_text(text: str) -> None:
    query = parse(text)
    assert query.text == text
    assert not query.selects
    assert not query.filters


@given(st.text(st.sampled_from('ab-:"“”«»„「」( \n') | st.characters(codec=None), max_size=80))
def test_any_question_can_be_parsed(text: str) -> None:
    query = parse(text)
    assert len(query.text) == len(text)


@pytest.mark.parametrize("unit", ["“", '"', 'author:"', "-", "(", "author:", "-a", 'a" ', "«“„", "before:1"])
@pytest.mark.timeout(30)
def test_long_nonsense_is_parsed_quickly(unit: str) -> None:
    parse(unit * (200_000 // len(unit)))


def test_only_the_beginning_of_an_endless_question_is_read() -> None:
    question = "word " * 20_000
    assert max(token.end for token in searched_tokens(parse(question))) <= 20_000
    assert len(searched_tokens(parse(f'"{question}"'))) <= 4_000


def test_a_pasted_text_has_no_phrases() -> None:
    quoted = 'he said "no such thing" -again to her and then '
    assert parse(quoted).phrases
    assert not parse(quoted * 5).phrases
    assert not parse(quoted * 5).excluded
