"""A digest on Slack: a small line above, the highlights, and buttons for each of them."""

import pytest

from adapters.slack.cards import actions, render
from bot.chat import wording
from bot.chat.digest_commands import DigestPress
from bot.chat.replies import Digest
from bot.model import Quote
from corpus.model import Highlight, Source
from tests.slack_server import visible_text
from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import MAX_BLOCKS_SIZE, problems, size_of


def digest(count: int, length: int = 60, about: str = "") -> Digest:
    found = []
    for number in range(count):
        plain = f"Oil {number} burns on. ".ljust(length, "x")
        address = f"https://read.readwise.io/read/01hs{number:022d}"
        source = Source(
            f"A title of its own, number {number}", ("Ida Wick",), url="https://example.org/" + "a" * 90
        )
        highlight = Highlight(
            f"{number:016x}", plain, plain, source, address, remark="mine", tags=("oil", "light")
        )
        found.append(Quote(highlight, ((0, len(plain)),)))
    return Digest(tuple(found), about)


def rows(reply: Digest) -> list[list[Json]]:
    blocks = render.message(reply, asker=None, private=False).blocks
    return [block["elements"] for block in blocks if block["type"] == "actions"]  # type: ignore[misc]


def labels(row: list[Json]) -> list[str]:
    return [button["text"]["text"] for button in row]


def test_one_highlight_has_all_buttons_in_one_row() -> None:
    (row,) = rows(digest(1))
    assert labels(row) == [wording.ANOTHER, wording.KEEP, wording.SNOOZE, wording.NOT_THIS_ONE]
    pressed = [actions.decode_digest_press(button["value"]) for button in row]
    assert pressed == [DigestPress(action, f"{0:016x}") for action in ("another", "keep", "snooze", "never")]


def test_each_of_several_highlights_has_its_own_row_of_buttons() -> None:
    *of_each, last = rows(digest(3))
    assert labels(last) == [wording.ANOTHER]
    for number, row in enumerate(of_each):
        assert labels(row) == [wording.KEEP, wording.SNOOZE, wording.NOT_THIS_ONE]
        presses = [actions.decode_digest_press(button["value"]) for button in row]
        assert {press.highlight for press in presses if press is not None} == {f"{number:016x}"}
        assert None not in presses


def test_the_filter_is_named_above_the_highlights() -> None:
    first = render.message(digest(1, about="tagged oil"), asker=None, private=False).blocks[0]
    assert first["type"] == "context"
    assert visible_text({"text": "x", "blocks": [first]}) == "From this library · tagged oil"


@pytest.mark.parametrize("length", [60, 400, 3000])
def test_ten_highlights_are_all_shown(length: int) -> None:
    message = render.message(digest(10, length), asker=None, private=False)
    assert problems(message.blocks) == []
    assert size_of(message.blocks) <= MAX_BLOCKS_SIZE
    shown = visible_text({"text": message.text, "blocks": message.blocks})
    assert [f"Oil {number} burns on." in shown for number in range(10)] == [True] * 10


def test_the_digest_says_how_many_highlights_did_not_fit() -> None:
    quotes = tuple(
        Quote(
            Highlight(
                f"{number:016x}", "Oil", "Oil", Source("T", url=f"https://e.org/{number}" + "x" * 2500)
            ),
            ((0, 3),),
        )
        for number in range(10)
    )
    shown = visible_text(
        {"text": "x", "blocks": render.message(Digest(quotes), asker=None, private=False).blocks}
    )
    assert "of 10 highlights" in shown
