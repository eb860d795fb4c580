"""Renders a digest as a card. A single highlight has buttons; for several highlights there is a menu.

Pure functions, as in `adapters.discord.cards.render`.
"""

from collections.abc import Sequence
from itertools import product

from adapters.discord.cards import passage
from adapters.discord.cards.actions import DigestAction, Remove
from adapters.discord.cards.card import Block, Button, Card, Menu, Option, clip_option
from adapters.discord.cards.custom_ids import digest_menu_id, digest_option, encode
from adapters.discord.cards.markdown import headed, literal_line
from bot.chat import wording
from bot.chat.attribution import names_source
from bot.chat.digest_commands import PressAction, highlight_presses
from bot.chat.replies import Digest
from bot.model import Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

PASSAGE_LIMITS = (2000, 1400, 1000, 800, 600, 450, 350, 280, 240, 200, 160, 120)
"""Maximum code points of a quote, tried in this order. A passage is shortened rather than left out, because all highlights count as
shown."""
_MAX_HEADER_CHARS = 300
MAX_OPTIONS = 25
"""Options of one menu."""


def card(reply: Digest, mark: str, asker: int | None, pictures: bool, ping: str = "") -> Card:
    """The first card that fits. It tries all highlights with shorter and shorter passages, each length with and without covers;
    then the same with one highlight less, and so on.

    `ping` is the id of a role that the card mentions above the highlights.
    """
    block = passage.PassageBlocks().block
    found = _card(reply, 1, mark, asker, [], ping)
    for count in range(len(reply.quotes), 0, -1):
        for max_chars, covers in product(PASSAGE_LIMITS, (pictures, False) if pictures else (False,)):
            pictured: set[str | None] = set()
            blocks = []
            for number, quote in enumerate(reply.quotes[:count]):
                cover, shows_source = quote.highlight.source.cover, names_source(reply.quotes[:count], number)
                blocks.append(block(quote, max_chars, covers and cover not in pictured, shows_source))
                pictured.add(cover)
            for candidate in (blocks, [_with_fewer_texts(block) for block in blocks]):
                found = _card(reply, count, mark, asker, candidate, ping)
                if found.fits:
                    return found
    return found


def _with_fewer_texts(block: Block) -> Block:
    """The block with fewer components: one text for the passage, one for all the rest, and no cover."""
    return Block(tuple(text for text in (block.texts[0], "\n".join(block.texts[1:])) if text))


def _card(reply: Digest, count: int, mark: str, asker: int | None, blocks: list[Block], ping: str) -> Card:
    quotes = reply.quotes[:count]
    several = len(reply.quotes) > 1
    header = literal_line(clipped(one_line(wording.digest_above(reply.about)), _MAX_HEADER_CHARS, "…"))
    header += f"\n{headed(reply.above)}" if reply.above else ""
    shown = wording.shown_of(0, count, len(reply.quotes)) if count < len(reply.quotes) else None
    return Card(
        tuple(blocks),
        f"<@&{ping}>\n-# {header}" if ping else f"-# {header}",
        f"-# {shown}" if shown else None,
        _highlight_menu(quotes, mark) if several else None,
        _buttons(quotes[0], mark, asker, several),
    )


def _presses(quotes: int) -> Sequence[tuple[str, PressAction]]:
    """The buttons or options for each of `quotes` highlights: fewer if a menu, which holds 25 options, would overflow."""
    presses = highlight_presses()
    return presses if len(presses) * quotes <= MAX_OPTIONS else [presses[0], presses[-1]]


def _buttons(first: Quote, mark: str, asker: int | None, several: bool) -> tuple[Button, ...]:
    presses: list[tuple[str, PressAction]] = [(wording.ANOTHER, "another")]
    presses += [] if several else _presses(1)
    found = [(label, encode(DigestAction(press, first.highlight.id, mark))) for label, press in presses]
    if asker is not None:
        found.append((wording.REMOVE, encode(Remove(asker))))
    return tuple(Button(label, custom_id) for label, custom_id in found if custom_id is not None)


def _highlight_menu(quotes: tuple[Quote, ...], mark: str) -> Menu:
    options = {
        (value := digest_option(press, quote.highlight.id)): Option(
            clip_option(f"{label}: {one_line(quote.text)}"),
            value,
            clip_option(one_line(quote.highlight.source.title) or wording.UNTITLED),
        )
        for quote in quotes
        for label, press in _presses(len(quotes))
    }
    return Menu(wording.CHOOSE_HIGHLIGHT, tuple(options.values()), digest_menu_id(mark))
