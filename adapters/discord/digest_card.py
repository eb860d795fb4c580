"""A digest as a card. A single highlight has its buttons below it; of several, one is chosen from a menu that names each.

Pure, as `adapters.discord.render`.
"""

from functools import cache
from itertools import product

from adapters.discord import passage
from adapters.discord.actions import OfDigest, Remove, encode, menu_of, option_of
from adapters.discord.card import Block, Button, Card, Menu, Option, clipped_units
from adapters.discord.markdown import literal_line
from bot.chat import wording
from bot.chat.digest_commands import PressAction
from bot.chat.replies import Digest
from bot.model import Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

SHOWN_AT_MOST = (2000, 1400, 1000, 800, 600, 450, 350, 280, 240, 200, 160, 120)
"""Code points of a quote, from what is tried first: rather short than left out, as all of them count as shown."""
_MOST_ABOUT = 300
_OF_ONE: list[tuple[PressAction, str]] = [("keep", wording.KEEP), ("never", wording.NOT_THIS_ONE)]


def card(reply: Digest, mark: str, asker: int | None, pictures: bool) -> Card:
    """The first of these that fits: all highlights and shorter ones, without covers, then one less, and so on."""
    block = cache(passage.block)
    found = _card(reply, 1, mark, asker, [])
    for count in range(len(reply.quotes), 0, -1):
        for most, covers in product(SHOWN_AT_MOST, (pictures, False) if pictures else (False,)):
            pictured: set[str | None] = set()
            blocks = []
            for quote in reply.quotes[:count]:
                cover = quote.highlight.source.cover
                blocks.append(block(quote, most, covers and cover not in pictured, True))
                pictured.add(cover)
            for tried in (blocks, [_merged(one) for one in blocks]):
                found = _card(reply, count, mark, asker, tried)
                if found.fits:
                    return found
    return found


def _merged(block: Block) -> Block:
    """The same in two texts, the passage and all else, and without its cover: fewer components."""
    return Block(tuple(text for text in (block.texts[0], "\n".join(block.texts[1:])) if text))


def _card(reply: Digest, count: int, mark: str, asker: int | None, blocks: list[Block]) -> Card:
    quotes = reply.quotes[:count]
    several = len(reply.quotes) > 1
    told = literal_line(clipped(one_line(wording.digest_above(reply.about)), _MOST_ABOUT, "…"))
    shown = wording.shown_of(0, count, len(reply.quotes)) if count < len(reply.quotes) else None
    return Card(
        tuple(blocks),
        f"-# {told}",
        f"-# {shown}" if shown else None,
        _menu(quotes, mark) if several else None,
        _buttons(quotes[0], mark, asker, several),
    )


def _buttons(first: Quote, mark: str, asker: int | None, several: bool) -> tuple[Button, ...]:
    wishes: list[tuple[PressAction, str]] = [("another", wording.ANOTHER)]
    wishes += [] if several else _OF_ONE
    found = [(label, encode(OfDigest(wish, first.highlight.id, mark))) for wish, label in wishes]
    if asker is not None:
        found.append((wording.REMOVE, encode(Remove(asker))))
    return tuple(Button(label, custom_id) for label, custom_id in found if custom_id is not None)


def _menu(quotes: tuple[Quote, ...], mark: str) -> Menu:
    options = {
        (value := option_of(wish, quote.highlight.id)): Option(
            clipped_units(f"{label}: {one_line(quote.text)}"),
            value,
            clipped_units(one_line(quote.highlight.source.title) or wording.UNTITLED),
        )
        for quote in quotes
        for wish, label in _OF_ONE
    }
    return Menu(wording.CHOOSE_HIGHLIGHT, tuple(options.values()), menu_of(mark))
