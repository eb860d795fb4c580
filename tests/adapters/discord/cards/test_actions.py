"""The custom id of a button says what the button does. It is read back, and invalid ones are ignored."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.cards.actions import Action, Another, DigestAction, More, Remove, Share, ShowSource
from adapters.discord.cards.custom_ids import SOURCE_MENU, decode, encode
from adapters.discord.cards.items import DYNAMIC_ITEMS
from bot.answering import listing
from bot.answering.listing import source_key
from bot.chat.requests import Command
from bot.search.index import Index
from corpus.model import Library
from tests.adapters.discord.cards.hostile import texts

numbers = st.integers(0, 10**6)
snowflakes = st.integers(1, 2**63)
commands = st.builds(Command, st.sampled_from(["by", "from", "tag", "sources"]), texts | st.just(""))
list_requests = st.builds(
    lambda offset, limit, command: More(
        offset, limit, command=Command(command.name, command.argument, offset, limit)
    ),
    numbers,
    numbers,
    commands,
)
actions = st.one_of(
    st.builds(More, numbers, numbers, snowflakes),
    list_requests,
    st.builds(Another, numbers),
    st.builds(ShowSource, st.from_regex(r"[0-9a-f]{16}", fullmatch=True)),
    st.builds(Remove, snowflakes),
    st.builds(Share, st.lists(st.from_regex(r"[0-9a-f]{8}", fullmatch=True), max_size=11).map(tuple)),
    st.builds(
        DigestAction,
        st.sampled_from(["another", "keep", "never", "undo"]),
        st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
        st.just("") | st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    ),
)


@given(actions)
@example(More(3, 3, command=Command("by", "a:b:@1", 3, 3)))
@example(More(3, 3, key="0123456789abcdef"))
@example(More(0, 1, command=Command("sources", "", 0, 1)))
def test_an_action_survives_encoding_and_decoding(action: Action) -> None:
    custom_id = encode(action)
    if custom_id is not None:
        assert len(custom_id) <= 100
        assert custom_id.encode()
        assert decode(custom_id) == action
        fitting = [
            item for item in DYNAMIC_ITEMS if item.__discord_ui_compiled_template__.fullmatch(custom_id)
        ]
        assert [item.__name__ for item in fitting] == ["PressedButton"]


def test_the_longest_request_that_fits_has_a_button_and_the_next_has_none() -> None:
    def custom_id_for(length: int) -> str | None:
        return encode(More(3, 3, command=Command("from", "x" * length, 3, 3)))

    fitting = max(length for length in range(100) if custom_id_for(length))
    assert len(custom_id_for(fitting) or "") == 100
    assert encode(More(3, 3, command=Command("from", "😀" * (fitting // 2 + 1), 3, 3))) is None


@pytest.mark.parametrize("argument", ["a ", "a\nb", "\ud800", "\u202e"])
def test_a_request_that_discord_would_change_has_no_button(argument: str) -> None:
    assert encode(More(0, 3, command=Command("from", argument, 0, 3))) is None


@given(
    st.text(max_size=120) | st.from_regex(r"[bs]1:[mors]:[0-9:@a-z]{0,40}", fullmatch=True),
    st.lists(texts).map(tuple),
)
def test_an_invented_custom_id_is_ignored(custom_id: str, values: tuple[str, ...]) -> None:
    action = decode(custom_id, values)
    assert (
        action is None or custom_id == SOURCE_MENU or encode(action) is not None or isinstance(action, More)
    )


@pytest.mark.parametrize(
    "custom_id",
    ["", "b1", "b1:", "b1:m", "b1:m:1:2", "b1:m:1:2:@", "b1:m:1:2:@x", "b1:m:-1:2:@3", "b1:m:1:2:random:", "b1:r:", "b1:r:٣",
     "b1:o:xyz", "b2:r:1", "s1:o", "s2:o", "b1:s:1", "b1:a:" + "9" * 30],
)  # fmt: skip
def test_a_button_of_another_version_or_a_broken_one_is_ignored(custom_id: str) -> None:
    assert decode(custom_id) is None


def test_buttons_of_all_versions_and_menus_reach_their_classes() -> None:
    button, menu = (item.__discord_ui_compiled_template__ for item in DYNAMIC_ITEMS)
    assert button.fullmatch("b7:x:\n")
    assert not button.fullmatch(SOURCE_MENU)
    assert menu.fullmatch(SOURCE_MENU)
    assert not menu.fullmatch("b1:s")


@pytest.mark.slow
def test_every_source_of_the_notes_is_found_by_its_key(sample: Library) -> None:
    index = Index.build(sample)
    keys = [source_key(source) for source in sample.sources]
    assert len(set(keys)) == len(keys)
    for key, source in zip(keys, sample.sources, strict=True):
        page = listing.of_source(key, index, 100)
        assert {quote.highlight.source for quote in page.quotes} == {source}
        assert page.total == sum(highlight.source == source for highlight in sample.highlights)
    assert listing.of_source("0" * 16, index).total == 0


def test_a_custom_id_never_contains_a_question() -> None:
    assert encode(More(3, 3, command=Command("search", "memory", 3, 3))) is None
