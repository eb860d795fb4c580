"""Decoding the value of a button gives back what was encoded. Values of other versions and forged ones are ignored."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.cards import actions
from bot.chat.digest_commands import DigestPress, PressAction
from bot.chat.requests import Command
from bot.model import Question

questions = st.builds(Question, st.text(max_size=900), st.integers(1, 20), st.integers(0, 10_000))
commands = st.builds(
    Command,
    st.sampled_from(["random", "search", "by", "from", "tag", "sources", "help"]),
    st.text(max_size=200),
    st.integers(0, 10_000),
    st.none() | st.integers(1, 20),
)


@given(questions | commands)
@example(Question("<!channel> & \ud800 \x00", 3, 6))
def test_decoding_a_button_gives_back_its_request(request: Question | Command) -> None:
    value = actions.encode_request(request)
    if value is not None:
        assert len(value) <= 2000
        assert value.isascii()
        assert not set("&<>") & set(value)
        assert actions.decode_request(value) == request
    else:
        assert isinstance(request, Question)
        assert len(request.text) > 300


def test_the_longest_question_that_slack_allows_still_gets_a_more_button() -> None:
    sentence = "what did the people who slept after learning remember of the pairs in the morning and why "
    text = (sentence * 40)[:3000]
    assert actions.decode_request(actions.encode_request(Question(text, 3, 3))) == Question(text, 3, 3)


def test_a_question_that_is_too_long_gets_no_button() -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(3000))
    assert actions.encode_request(Question(text, 3, 3)) is None


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16), min_size=1, max_size=10))
def test_decoding_gives_back_the_ids_of_random_highlights(ids: list[str]) -> None:
    assert actions.decode_highlights(actions.encode_highlights(ids)) == actions.ShownHighlights(tuple(ids))


def test_decoding_gives_back_the_asker() -> None:
    assert actions.decode_asker(actions.encode_asker("U012ABC")) == "U012ABC"


FOREIGN = (
    None, 7, "", "1:", "0:[]", '2:["q","x",3,0]', "1:{}", "1:null", "1:[]", '1:["q"]', '1:["q","x",0,0]',
    '1:["q","x",3,-1]', '1:["q","x",true,0]', '1:["q",7,3,0]', '1:["q","x",3.5,0]', '1:["c","by",null,null,0]',
    '1:["q","x",1000000,0]', "1z:", "1z:AAAA", "1z:%%%", "1:" + "[" * 1900, '1:["s"]', '1:["s",7]',
    '1:["a",""]', "x" * 5000, "é:ü",
)  # fmt: skip


@pytest.mark.parametrize("value", FOREIGN, ids=repr)
def test_an_old_or_foreign_value_is_ignored(value: object) -> None:
    assert actions.decode_request(value) is None
    assert actions.decode_highlights(value) is None
    assert actions.decode_asker(value) is None


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=6).map(
        lambda value: "1:" + json.dumps(value)
    )
)
def test_no_value_raises(value: str) -> None:
    actions.decode_request(value)
    actions.decode_highlights(value)
    actions.decode_asker(value)


def test_a_small_value_that_inflates_to_a_huge_one_is_ignored() -> None:
    import zlib
    from base64 import urlsafe_b64encode

    bomb = urlsafe_b64encode(zlib.compress(b'["q","' + b"x" * 1_000_000 + b'",3,0]', 9)).decode()
    assert actions.decode_request(f"1z:{bomb}"[: actions.MAX_VALUE_CHARS]) is None


def test_numbered_source_buttons_of_earlier_versions_are_recognised() -> None:
    assert all(map(actions.is_source, ("source", "source:1", "source:2")))
    assert not actions.is_source("sources")


@given(st.sampled_from(["another", "keep", "never"]), st.text("0123456789abcdef", min_size=1, max_size=16))
def test_decoding_gives_back_a_press_below_a_digest(action: PressAction, highlight: str) -> None:
    press = DigestPress(action, highlight)
    value = actions.encode_digest_press(press)
    assert actions.decode_digest_press(value) == press
    assert actions.decode_request(value) is None


@pytest.mark.parametrize("value", ['1:["d","drop","a"]', '1:["d","keep",""]', '1:["d","keep"]', "", None])
def test_a_value_without_a_press_is_ignored(value: object) -> None:
    assert actions.decode_digest_press(value) is None
