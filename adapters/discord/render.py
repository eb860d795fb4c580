"""Replies as cards: quotes in block quotes, matched words bold, below them whose they are, buttons for what comes next.

Pure: a reply and where it goes come in, a `Card` comes out; `layout` (adapters.discord.card) makes the view that is sent.
Each part of a quote as Discord shows it is a part of the highlight's `plain`; what is left out is marked […].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from adapters.discord import digest_card, passage
from adapters.discord.actions import Another, More, Remove, Share, ShowSource, encode
from adapters.discord.card import Block, Button, Card, Menu, Option, clipped_units
from adapters.discord.markdown import literal, literal_line
from adapters.discord.source_keys import source_key
from bot.chat import wording
from bot.chat.commands import SIMILAR_PER_PAGE, next_page
from bot.chat.replies import Digest, Help, Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import KINDS, Command
from bot.model import Answer, Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped
from corpus.model import Source

SHOWN_AT_MOST = (2000, 1400, 1000, 800, 600, 450, 350, 280)
"""Code points of a quote (and of a remark), from what is tried first."""
SHOWN_AT_LEAST = 120
"""Of a single quote with long links around it."""
_MOST_TOLD, _MOST_HEAD = 700, 300
_MOST_OPTIONS = 25
_MOST_ALIKE = 4
"""Quotes of one card that have "More like this" below them: more buttons would cost covers."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply goes, as far as its buttons must know."""

    message: int | None = None
    """The message that is replied to; None for an interaction, where More stands for a command."""
    asker: int | None = None
    private: bool = False
    """Only the asker sees it: it can be shared, and needs no button to remove it."""
    mark: str = ""
    """Of a digest that nobody asked for: its buttons carry it (`adapters.discord.proactive`)."""


def render(reply: Reply, origin: Origin | None = None, pictures: bool = True) -> Card:
    """The reply as one message within all of Discord's limits: fewer or shorter quotes where it is too long.

    `pictures` False leaves the covers out, for when Discord refused an address.
    """
    where = origin or Origin()
    if isinstance(reply, Help):
        return Card((Block((_help(),)),))
    if isinstance(reply, Notice):
        return _notice(reply.text)
    if isinstance(reply, Sources):
        return _sources(reply, where)
    if isinstance(reply, Digest):
        if not reply.quotes:
            return _notice(wording.NO_MORE)
        return digest_card.card(reply, where.mark, where.asker, pictures)
    if isinstance(reply, Answer) and not reply.found:
        past = reply.offset and reply.total
        return _notice(wording.NO_MORE if past else wording.nothing_fits(reply))
    return _quotes(reply, where, pictures)


def _notice(text: str) -> Card:
    return Card((Block((literal(clipped(text, _MOST_TOLD, "…")) or "…",)),), framed=False)


def _help() -> str:
    """The help, what can be typed set as code."""
    operators = [
        _help_line(" ".join(f"`{sign}`" for sign in signs), said) for signs, said in wording.OPERATORS
    ]
    commands = [_help_line(f"`{command}`", said) for command, said in wording.COMMANDS]
    parts = [literal(wording.ABOUT), "", f"**{wording.OPERATORS_ABOVE}**", *operators, "", *commands]
    return "\n".join(parts)


def _help_line(typed: str, said: str) -> str:
    return f"- {typed} {literal_line(said)}".rstrip()


def _quotes(reply: Answer | Picks | Quotes, origin: Origin, pictures: bool) -> Card:
    """The first of these that fits: all quotes and shorter ones, then one less, and so on; each block is made once."""
    block = cache(passage.block)
    for count in range(len(reply.quotes), 0, -1):
        kept = _with_first(reply, count)
        for most in (*SHOWN_AT_MOST, SHOWN_AT_LEAST) if count == 1 else SHOWN_AT_MOST:
            for covers in (pictures, False) if pictures else (False,):
                card = _card(kept, origin, most, covers, block)
                if card.fits:
                    return card
    return _card(_with_first(reply, 1), origin, SHOWN_AT_LEAST, False, block)


def _with_first(reply: Answer | Picks | Quotes, count: int) -> Answer | Picks | Quotes:
    """The reply with its first quotes only, so that More goes on behind them."""
    if isinstance(reply, Quotes):
        return replace(reply, page=replace(reply.page, quotes=reply.page.quotes[:count]))
    return replace(reply, quotes=reply.quotes[:count])


def _card(
    reply: Answer | Picks | Quotes, origin: Origin, most: int, covers: bool, block: Callable[..., Block]
) -> Card:
    sources = {source_key(quote.highlight.source): quote.highlight.source for quote in reply.quotes}
    alone = isinstance(reply, Quotes) and reply.command.name == "from" and len(sources) == 1
    blocks: list[Block] = []
    pictured: set[str | None] = set()
    for quote in reply.quotes:
        cover = quote.highlight.source.cover
        made = block(quote, most, covers and cover not in pictured, not alone)
        blocks.append(
            replace(made, button=_alike(quote)) if reply.alike and len(reply.quotes) <= _MOST_ALIKE else made
        )
        pictured.add(cover)
    head, foot = _around(reply, alone)
    others = {} if alone else sources
    return Card(
        tuple(blocks), head, foot, _menu(list(others.values())), _buttons(reply, origin, list(others))
    )


def _alike(quote: Quote) -> Button | None:
    command = Command("like", quote.highlight.id)
    return _button(wording.ALIKE, More(0, SIMILAR_PER_PAGE, command=command))


def _around(reply: Answer | Picks | Quotes, alone: bool) -> tuple[str | None, str | None]:
    """What stands above and below the quotes; the title above where they are all of one source (`alone`)."""
    if isinstance(reply, Picks):
        return None, None
    if isinstance(reply, Quotes):
        return _listed(reply, alone), None
    corrected = wording.corrected(reply)
    head = f"-# {_told(corrected)}" if corrected else None
    partly = reply.offset or reply.total > len(reply.quotes)
    return head, f"-# {wording.shown_of(reply.offset, len(reply.quotes), reply.total)}" if partly else None


def _listed(reply: Quotes, alone: bool) -> str:
    page = reply.page
    shown = wording.shown_of(page.offset, len(page.quotes), page.total)
    if alone:
        return passage.source_lines(page.quotes[0].highlight.source, shown)
    return f"-# {_told(f'{shown} {wording.listed(KINDS[reply.command.name], page.meant)}')}"


def _told(text: str) -> str:
    return literal_line(clipped(one_line(text), _MOST_HEAD, "…"))


def _sources(reply: Sources, origin: Origin) -> Card:
    """A page of sources, shorter where the addresses are long."""
    for count in range(len(reply.page.sources), 0, -1):
        page = replace(reply.page, sources=reply.page.sources[:count])
        card = _sources_card(replace(reply, page=page), origin)
        if card.fits:
            break
    return card


def _sources_card(reply: Sources, origin: Origin) -> Card:
    page = reply.page
    told = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
    head = f"-# {told} {literal_line(reply.freshness)}".rstrip()
    lines = "\n".join(
        passage.source_lines(one.source, wording.count(one.highlights, "highlights")) for one in page.sources
    )
    counts = {source_key(one.source): wording.count(one.highlights, "highlights") for one in page.sources}
    menu = _menu([one.source for one in page.sources], lambda source: counts[source_key(source)])
    return Card((Block((lines,)),), head, None, menu, _buttons(reply, origin, []))


def _menu(sources: Sequence[Source], said: Callable[[Source], str] | None = None) -> Menu | None:
    """The sources to choose from; None where a button can show the only one."""
    if len(sources) < 2 and said is None:
        return None
    options = {
        (key := source_key(source)): Option(
            clipped_units(one_line(source.title) or wording.UNTITLED),
            key,
            clipped_units(said(source) if said else ", ".join(map(one_line, source.authors))),
        )
        for source in sources
    }
    return Menu(wording.CHOOSE_SOURCE, tuple(options.values())[:_MOST_OPTIONS])


def _buttons(reply: Reply, origin: Origin, sources: Sequence[str]) -> tuple[Button, ...]:
    buttons = [_next(reply, origin)]
    if len(sources) == 1:
        buttons.append(_button(wording.SHOW_SOURCE, ShowSource(sources[0])))
    if origin.private:
        buttons.append(_button(wording.SHARE, Share()))
    elif origin.asker is not None:
        buttons.append(_button(wording.REMOVE, Remove(origin.asker)))
    return tuple(button for button in buttons if button is not None)


def _next(reply: Reply, origin: Origin) -> Button | None:
    """What shows more of the same; None where there is no more, or where its command is too long for a button."""
    if isinstance(reply, Picks):
        return _button(wording.ANOTHER, Another(reply.command.limit or 1), main=True)
    request = next_page(reply)
    if request is None:
        return None
    limit = request.limit or _count(reply)
    if origin.message is not None:
        return _button(wording.MORE, More(request.offset, limit, message=origin.message), main=True)
    command = request if isinstance(request, Command) else Command("search", request.text)
    return _button(wording.MORE, More(request.offset, limit, command=command), main=True)


def _count(reply: Reply) -> int:
    shown = (
        reply.page.sources
        if isinstance(reply, Sources)
        else reply.quotes
        if isinstance(reply, Quotes)
        else ()
    )
    return max(1, len(shown))


def _button(
    label: str, action: Another | More | Remove | Share | ShowSource, main: bool = False
) -> Button | None:
    custom_id = encode(action)
    return Button(label, custom_id, main) if custom_id is not None else None
