"""A digest on Discord: a small line above, the highlights, and buttons or a menu for each of them."""

import pytest

from adapters.discord.cards.actions import DigestAction
from adapters.discord.cards.card import Card, layout
from adapters.discord.cards.custom_ids import decode
from adapters.discord.cards.render import Origin, render
from bot.chat import wording
from bot.chat.replies import Digest
from bot.model import Quote
from corpus.model import Highlight, Source

MARK = "0123456789abcdef"


def digest(count: int, length: int = 60, about: str = "") -> Digest:
    found = []
    for number in range(count):
        plain = f"Oil {number} burns on. ".ljust(length, "x")
        source = Source(
            f"A title, number {number}",
            ("Ida Wick",),
            url="https://example.org/" + "a" * 60,
            cover="https://example.org/a.png",
        )
        linkable_url = f"https://read.readwise.io/read/01hs{number:022d}"
        highlight = Highlight(
            f"{number:016x}", plain, plain, source, linkable_url, "Location 12", remark="mine"
        )
        found.append(Quote(highlight, ((0, len(plain)),)))
    return Digest(tuple(found), about)


def card_of(reply: Digest) -> Card:
    return render(reply, Origin(mark=MARK))


def test_one_highlight_has_all_buttons_in_one_row() -> None:
    card = card_of(digest(1))
    labels = [wording.ANOTHER, wording.KEEP, wording.SNOOZE, wording.NOT_THIS_ONE]
    assert [button.label for button in card.buttons] == labels
    pressed = [decode(button.custom_id) for button in card.buttons]
    assert pressed == [
        DigestAction(press, f"{0:016x}", MARK) for press in ("another", "keep", "snooze", "never")
    ]
    assert card.menu is None
    assert card.blocks[0].picture is not None


def test_one_of_several_highlights_is_chosen_from_a_menu() -> None:
    card = card_of(digest(3))
    assert [button.label for button in card.buttons] == [wording.ANOTHER]
    assert card.menu is not None
    assert [option.label.partition("x")[0] for option in card.menu.options] == [
        f"{label}: Oil {number} burns on. "
        for number in range(3)
        for label in (wording.KEEP, wording.SNOOZE, wording.NOT_THIS_ONE)
    ]
    chosen = [decode(card.menu.custom_id, (option.value,)) for option in card.menu.options]
    assert chosen[-1] == DigestAction("never", f"{2:016x}", MARK)
    assert card.menu.options[0].description == "A title, number 0"


def test_the_filter_is_named_above_the_highlights() -> None:
    assert card_of(digest(1, about="tagged *oil*")).header == "-# From this library · tagged \\*oil\\*"


@pytest.mark.slow
@pytest.mark.parametrize("length", [60, 400, 3000])
def test_ten_highlights_are_all_shown(length: int) -> None:
    card = card_of(digest(10, length))
    assert card.fits
    assert layout(card).total_children_count <= 40
    assert [f"Oil {number} burns on." in "\n".join(card.texts) for number in range(10)] == [True] * 10
    assert card.footer is None


def test_the_card_says_how_many_highlights_did_not_fit() -> None:
    quotes = tuple(
        Quote(
            Highlight(f"{number:016x}", "Oil", "Oil", Source("T", url=f"https://e.org/{number}" + "x" * 600)),
            ((0, 3),),
        )
        for number in range(10)
    )
    card = card_of(Digest(quotes))
    assert card.footer is not None
    assert "of 10 highlights" in card.footer
