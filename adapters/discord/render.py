"""Renders replies as cards: quotes with matched words bold, their attribution, and buttons.

Pure functions: a reply and its origin go in, a `Card` comes out, which `adapters.discord.card.layout` converts to a view. What is
shown of a quote is part of the highlight's `plain`; omissions are marked with […].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from adapters.discord import digest_card, passage
from adapters.discord.actions import Another, More, Remove, Share, ShowSource, encode, source_key
from adapters.discord.card import Block, Button, Card, Menu, Option, clip_option
from adapters.discord.markdown import literal, literal_line
from bot.chat import wording
from bot.chat.commands import ALIKE_A_PAGE, more
from bot.chat.replies import Digest, Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import KINDS, Command
from bot.model import Answer, Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped
from corpus.model import Source

PASSAGE_LIMITS = (2000, 1400, 1000, 800, 600, 450, 350, 280)
"""Code points of a quote (and of a remark), tried in this order."""
MIN_PASSAGE_CHARS = 120
"""The last one to try, for a single quote with long links."""
_MAX_NOTICE_CHARS, _MAX_HEADER_CHARS = 700, 300
_MAX_OPTIONS = 25
_MAX_SIMILAR_BUTTONS = 4
"""A card with more quotes than this has no "More like this" buttons: they would cost covers."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply goes, as far as its buttons need to know."""

    message: int | None = None
    """Id of the message that is answered; None for an interaction, where the More button holds a command."""
    asker: int | None = None
    private: bool = False
    """Whether only the asker sees the reply. Then it has a button to share it, and none to remove it."""
    mark: str = ""
    """The mark of a digest that nobody asked for, encoded in its buttons (`adapters.discord.proactive`)."""


def render(reply: Reply, origin: Origin | None = None, pictures: bool = True) -> Card:
    """The reply as one message within Discord's limits, with shorter or fewer quotes where it is too long.

    `pictures` is False to leave out covers, after Discord refused an address.
    """
    origin_ = origin or Origin()
    if isinstance(reply, Notice):
        return _notice(reply.text)
    if isinstance(reply, Sources):
        return _sources(reply, origin_)
    if isinstance(reply, Digest):
        if not reply.quotes:
            return _notice(wording.NO_MORE)
        return digest_card.card(reply, origin_.mark, origin_.asker, pictures)
    if isinstance(reply, Answer) and not reply.found:
        past = reply.offset and reply.total
        return _notice(wording.NO_MORE if past else wording.nothing_fits(reply))
    return _quotes(reply, origin_, pictures)


def _notice(text: str) -> Card:
    if text == wording.HELP:
        return Card((Block((_help(),)),))
    return Card((Block((literal(clipped(text, _MAX_NOTICE_CHARS, "…")) or "…",)),), framed=False)


def _help() -> str:
    """The help as Markdown; what can be typed is set as code."""
    operators = [
        _help_line(" ".join(f"`{sign}`" for sign in signs), detail) for signs, detail in wording.OPERATORS
    ]
    commands = [_help_line(f"`{command}`", detail) for command, detail in wording.COMMANDS]
    parts = [literal(wording.ABOUT), "", f"**{wording.OPERATORS_ABOVE}**", *operators, "", *commands]
    return "\n".join(parts)


def _help_line(typed: str, detail: str) -> str:
    return f"- {typed} {literal_line(detail)}".rstrip()


def _quotes(reply: Answer | Picks | Quotes, origin: Origin, pictures: bool) -> Card:
    """The first card that fits: all quotes, made shorter; then one quote less, and so on. Blocks are cached."""
    block = cache(passage.passage_block)
    for count in range(len(reply.quotes), 0, -1):
        kept = _first_quotes(reply, count)
        for max_chars in (*PASSAGE_LIMITS, MIN_PASSAGE_CHARS) if count == 1 else PASSAGE_LIMITS:
            for show_covers in (pictures, False) if pictures else (False,):
                card = _card(kept, origin, max_chars, show_covers, block)
                if card.fits:
                    return card
    return _card(_first_quotes(reply, 1), origin, MIN_PASSAGE_CHARS, False, block)


def _first_quotes(reply: Answer | Picks | Quotes, count: int) -> Answer | Picks | Quotes:
    """The reply with its first `count` quotes, so that More continues after them."""
    if isinstance(reply, Quotes):
        return replace(reply, page=replace(reply.page, quotes=reply.page.quotes[:count]))
    return replace(reply, quotes=reply.quotes[:count])


def _card(
    reply: Answer | Picks | Quotes,
    origin: Origin,
    max_chars: int,
    show_covers: bool,
    block: Callable[..., Block],
) -> Card:
    sources = {source_key(quote.highlight.source): quote.highlight.source for quote in reply.quotes}
    one_source = isinstance(reply, Quotes) and reply.command.name == "from" and len(sources) == 1
    blocks: list[Block] = []
    pictured: set[str | None] = set()
    for quote in reply.quotes:
        cover = quote.highlight.source.cover
        quote_block = block(quote, max_chars, show_covers and cover not in pictured, not one_source)
        blocks.append(
            replace(quote_block, button=_similar_button(quote))
            if reply.alike and len(reply.quotes) <= _MAX_SIMILAR_BUTTONS
            else quote_block
        )
        pictured.add(cover)
    header, footer = _header_and_footer(reply, one_source)
    others = {} if one_source else sources
    return Card(
        tuple(blocks), header, footer, _menu(list(others.values())), _buttons(reply, origin, list(others))
    )


def _similar_button(quote: Quote) -> Button | None:
    command = Command("like", quote.highlight.id)
    return _button(wording.ALIKE, More(0, ALIKE_A_PAGE, command=command))


def _header_and_footer(reply: Answer | Picks | Quotes, one_source: bool) -> tuple[str | None, str | None]:
    """The texts above and below the quotes. Where all quotes are from `one_source`, its title stands above."""
    if isinstance(reply, Picks):
        return None, None
    if isinstance(reply, Quotes):
        return _list_header(reply, one_source), None
    corrected = wording.corrected(reply)
    header = f"-# {_header_text(corrected)}" if corrected else None
    partly = reply.offset or reply.total > len(reply.quotes)
    return header, f"-# {wording.shown_of(reply.offset, len(reply.quotes), reply.total)}" if partly else None


def _list_header(reply: Quotes, one_source: bool) -> str:
    page = reply.page
    shown = wording.shown_of(page.offset, len(page.quotes), page.total)
    if one_source:
        return passage.source_lines(page.quotes[0].highlight.source, shown)
    return f"-# {_header_text(f'{shown} {wording.listed(KINDS[reply.command.name], page.meant)}')}"


def _header_text(text: str) -> str:
    return literal_line(clipped(one_line(text), _MAX_HEADER_CHARS, "…"))


def _sources(reply: Sources, origin: Origin) -> Card:
    """A page of sources, with fewer of them where it is too long."""
    for count in range(len(reply.page.sources), 0, -1):
        page = replace(reply.page, sources=reply.page.sources[:count])
        card = _sources_card(replace(reply, page=page), origin)
        if card.fits:
            break
    return card


def _sources_card(reply: Sources, origin: Origin) -> Card:
    page = reply.page
    shown = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
    header = f"-# {shown} {literal_line(reply.freshness)}".rstrip()
    lines = "\n".join(
        passage.source_lines(one.source, wording.count(one.highlights, "highlights")) for one in page.sources
    )
    counts = {source_key(one.source): wording.count(one.highlights, "highlights") for one in page.sources}
    menu = _menu([one.source for one in page.sources], lambda source: counts[source_key(source)])
    return Card((Block((lines,)),), header, None, menu, _buttons(reply, origin, []))


def _menu(sources: Sequence[Source], detail: Callable[[Source], str] | None = None) -> Menu | None:
    """The menu of sources; None where a button can show the only source."""
    if len(sources) < 2 and detail is None:
        return None
    options = {
        (key := source_key(source)): Option(
            clip_option(one_line(source.title) or wording.UNTITLED),
            key,
            clip_option(detail(source) if detail else ", ".join(map(one_line, source.authors))),
        )
        for source in sources
    }
    return Menu(wording.CHOOSE_SOURCE, tuple(options.values())[:_MAX_OPTIONS])


def _buttons(reply: Reply, origin: Origin, sources: Sequence[str]) -> tuple[Button, ...]:
    buttons = [_more_button(reply, origin)]
    if len(sources) == 1:
        buttons.append(_button(wording.SHOW_SOURCE, ShowSource(sources[0])))
    if origin.private:
        buttons.append(_button(wording.SHARE, Share()))
    elif origin.asker is not None:
        buttons.append(_button(wording.REMOVE, Remove(origin.asker)))
    return tuple(button for button in buttons if button is not None)


def _more_button(reply: Reply, origin: Origin) -> Button | None:
    """The button for the next part; None where there is none, or where its command is too long for a custom id."""
    if isinstance(reply, Picks):
        return _button(wording.ANOTHER, Another(reply.command.limit or 1), primary=True)
    request = more(reply)
    if request is None:
        return None
    limit = request.limit or _shown_count(reply)
    if origin.message is not None:
        return _button(wording.MORE, More(request.offset, limit, message=origin.message), primary=True)
    command = request if isinstance(request, Command) else Command("search", request.text)
    return _button(wording.MORE, More(request.offset, limit, command=command), primary=True)


def _shown_count(reply: Reply) -> int:
    shown = (
        reply.page.sources
        if isinstance(reply, Sources)
        else reply.quotes
        if isinstance(reply, Quotes)
        else ()
    )
    return max(1, len(shown))


def _button(
    label: str, action: Another | More | Remove | Share | ShowSource, primary: bool = False
) -> Button | None:
    custom_id = encode(action)
    return Button(label, custom_id, primary) if custom_id is not None else None
