"""Renders replies as cards: quotes with matched words bold, their attribution, and buttons.

Pure functions: a reply and its origin go in, a `Card` comes out, which `adapters.discord.cards.card.layout` converts to a view.
What is shown of a quote is part of the highlight's `plain`; omissions are marked with […].
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from adapters.discord.cards import buttons, digest_card, passage, settings_card
from adapters.discord.cards.actions import (
    DigestAction,
    Draw,
)
from adapters.discord.cards.card import Block, Button, Card, Menu, Option, clip_option
from adapters.discord.cards.custom_ids import digest_menu_id, digest_option, encode
from adapters.discord.cards.markdown import headed, literal, literal_line
from adapters.discord.cards.mentions import CommandMentions
from adapters.discord.cards.origin import Origin as Origin
from bot.answering.listing import source_key
from bot.chat import wording
from bot.chat.attribution import names_source
from bot.chat.replies import (
    Digest,
    Help,
    Hidden,
    Notice,
    Numbers,
    Picks,
    Quotes,
    Reply,
    ServerSettings,
    Sources,
)
from bot.chat.requests import LIST_FACETS
from bot.model import Answer
from bot.text.sanitize import one_line
from bot.text.truncate import clipped
from corpus.model import Source

PASSAGE_LIMITS = (2000, 1400, 1000, 800, 600, 450, 350, 280)
"""Maximum code points of a quote (and of a remark), tried in this order."""
MIN_PASSAGE_CHARS = 120
"""Maximum code points of the last attempt, for a single quote with long links."""
_MAX_NOTICE_CHARS, _MAX_HEADER_CHARS = 1500, 300
_MAX_OPTIONS = 25
_MAX_SIMILAR_BUTTONS = 4
"""A card with more quotes than this has no "More like this" buttons, because they would leave too little space for covers."""


def render(reply: Reply, origin: Origin | None = None, pictures: bool = True) -> Card:
    """The reply as one message within Discord's limits, with shorter or fewer quotes if it is too long. `pictures=False` leaves
    out what Discord may refuse: the addresses of covers, channels that no longer exist.
    """
    origin_ = origin or Origin()
    if isinstance(reply, Help):
        return Card((Block((_help(reply, origin_.commands),)),))
    if isinstance(reply, ServerSettings):
        return settings_card.card(reply, pictures)
    if isinstance(reply, Hidden):
        return _hidden(reply, origin_.commands)
    if isinstance(reply, Numbers):
        return Card((Block((headed(reply.parts),)),))
    if isinstance(reply, Notice):
        return _notice(reply.text, origin_.commands, reply.moment)
    if isinstance(reply, Sources):
        return _sources(reply, origin_)
    if isinstance(reply, Digest):
        if not reply.quotes:
            return _notice(wording.NO_MORE, origin_.commands)
        return digest_card.card(reply, origin_.mark, origin_.asker, pictures, origin_.ping)
    if isinstance(reply, Answer) and not reply.found:
        notice_card = _notice(wording.nothing_fits(reply), origin_.commands)
        return (
            notice_card
            if reply.past_end
            else replace(notice_card, buttons=buttons.below_refusal(reply, origin_))
        )
    return _quotes(reply, origin_, pictures)


def _notice(text: str, commands: CommandMentions, moment: tuple[str, int] | None = None) -> Card:
    """`moment` is shown by the reader's own clock (Discord's "Message Formatting", timestamps)."""
    text = clipped(text, _MAX_NOTICE_CHARS, "…")
    if moment is not None and moment[0] in text:
        before, _, after = text.partition(moment[0])
        shown = f"{commands.text(before)}<t:{moment[1]}:F>{commands.text(after)}"
    else:
        shown = commands.text(text)
    return Card((Block((shown or "…",)),), framed=False)


def _hidden(reply: Hidden, commands: CommandMentions) -> Card:
    """A notice about hidden highlights: a button shows a single one again, a menu any of several."""
    card = _notice(reply.text, commands)
    if len(reply.highlights) == 1:
        undo = encode(DigestAction("undo", reply.highlights[0][0]))
        return replace(card, buttons=(Button(wording.UNDO, undo),) if undo else ())
    options = {
        (value := digest_option("undo", highlight)): Option(clip_option(shown or "…"), value)
        for highlight, shown in reply.highlights[:_MAX_OPTIONS]
    }
    return replace(card, menu=Menu(wording.SHOW_AGAIN, tuple(options.values()), digest_menu_id("")))


def _help(reply: Help, commands: CommandMentions) -> str:
    """The help as Markdown, in which everything to type stands as code."""
    lines = [literal(reply.about)]
    for section in reply.sections:
        lines += ["", f"**{literal_line(section.heading)}**"]
        for typed, meaning in section.rows:
            shown = (f"`{part}`" if isinstance(part, str) else commands.usage(part) for part in typed)
            lines.append(f"- {' '.join(shown)} — {literal_line(meaning)}")
    return "\n".join(lines)


def _quotes(reply: Answer | Picks | Quotes, origin: Origin, pictures: bool) -> Card:
    """The first card that fits. It tries all quotes with shorter and shorter passages, then one quote less, and so on.

    Blocks and options are cached, because most of them are needed for several cards.
    """
    block, option = passage.PassageBlocks().block, cache(_source_option)
    for count in range(len(reply.quotes), 0, -1):
        kept = _first_quotes(reply, count)
        frame = _frame(kept, origin, option)
        for max_chars in (*PASSAGE_LIMITS, MIN_PASSAGE_CHARS) if count == 1 else PASSAGE_LIMITS:
            for show_covers in (pictures, False) if pictures else (False,):
                card = replace(frame, blocks=_blocks(kept, max_chars, show_covers, block))
                if card.fits:
                    return card
    kept = _first_quotes(reply, 1)
    return replace(_frame(kept, origin, option), blocks=_blocks(kept, MIN_PASSAGE_CHARS, False, block))


def _first_quotes(reply: Answer | Picks | Quotes, count: int) -> Answer | Picks | Quotes:
    """The reply with its first `count` quotes, so that More continues after them."""
    if isinstance(reply, Quotes):
        return replace(reply, page=replace(reply.page, quotes=reply.page.quotes[:count]))
    return replace(reply, quotes=reply.quotes[:count])


def _lists_one_source(reply: Answer | Picks | Quotes) -> bool:
    """Whether the person asked for one source and all quotes are from it. Then its title stands above them."""
    sources = {quote.highlight.source for quote in reply.quotes}
    return isinstance(reply, Quotes) and reply.command.name in ("from", "source") and len(sources) == 1


def _frame(reply: Answer | Picks | Quotes, origin: Origin, option: Callable[[Source], Option]) -> Card:
    """The card without its blocks: the texts and buttons above and below the quotes."""
    one_source = _lists_one_source(reply)
    header, footer = _header_and_footer(reply, one_source)
    sources: dict[str, Source] = {}
    if not one_source:
        sources = {source_key(quote.highlight.source): quote.highlight.source for quote in reply.quotes}
    menu = _menu(map(option, sources.values())) if len(sources) > 1 else None
    return Card(
        (), header, footer, menu, buttons.of_reply(reply, origin, list(sources)), buttons.votes(reply, origin)
    )


def _blocks(
    reply: Answer | Picks | Quotes, max_chars: int, show_covers: bool, block: Callable[..., Block]
) -> tuple[Block, ...]:
    """A block for each quote. A source is shown once below neighbouring quotes that share it, and each cover once."""
    may_show_source = not _lists_one_source(reply)
    few = len(reply.quotes) <= _MAX_SIMILAR_BUTTONS
    blocks: list[Block] = []
    pictured: set[str | None] = set()
    for number, quote in enumerate(reply.quotes):
        cover = quote.highlight.source.cover
        shows_source = may_show_source and names_source(reply.quotes, number)
        quote_block = block(quote, max_chars, show_covers and cover not in pictured, shows_source)
        similar = buttons.similar(quote) if few and reply.alike else None
        picture = (
            buttons.button(wording.AS_PICTURE, Draw(quote.highlight.id)) if few and reply.drawable else None
        )
        blocks.append(
            replace(quote_block, button=similar, second_button=picture) if similar or picture else quote_block
        )
        pictured.add(cover)
    return tuple(blocks)


def _header_and_footer(reply: Answer | Picks | Quotes, one_source: bool) -> tuple[str | None, str | None]:
    """The texts above and below the quotes. If all quotes are from `one_source`, its title stands above."""
    if isinstance(reply, Picks):
        return None, None
    if isinstance(reply, Quotes):
        return _list_header(reply, one_source), None
    corrected, below = wording.corrected(reply), wording.below(reply)
    above = [
        _header_text(sentence) for sentence in (wording.understood(reply.word_filter), corrected) if sentence
    ]
    above += [wording.NEAREST] if reply.weak else []
    header = f"-# {' '.join(above)}" if above else None
    incomplete = reply.offset or reply.total > len(reply.quotes)
    shown = wording.shown_of(reply.offset, len(reply.quotes), reply.total) if incomplete else ""
    footer = " ".join(filter(None, (_header_text(below) if below else "", shown)))
    return header, f"-# {footer}" if footer else None


def _list_header(reply: Quotes, one_source: bool) -> str:
    page = reply.page
    shown = wording.shown_of(page.offset, len(page.quotes), page.total)
    if one_source:
        return passage.source_lines(page.quotes[0].highlight.source, shown)
    return f"-# {_header_text(f'{shown} {wording.listed(LIST_FACETS[reply.command.name], page.meant, page.word_filter)}')}"


def _header_text(text: str) -> str:
    return literal_line(clipped(one_line(text), _MAX_HEADER_CHARS, "…"))


def _sources(reply: Sources, origin: Origin) -> Card:
    """A page of sources; with fewer of them if the card would be too long."""
    counts = [wording.count(counted.highlights, "highlights") for counted in reply.page.sources]
    sources = [counted.source for counted in reply.page.sources]
    lines = list(map(passage.source_lines, sources, counts))
    options = list(map(_source_option, sources, counts))
    for count in range(len(sources), 0, -1):
        page = replace(reply.page, sources=reply.page.sources[:count])
        shown = wording.shown_of(page.offset, count, page.total, "sources")
        card = Card(
            (Block(("\n".join(lines[:count]),)),),
            f"-# {shown} {literal_line(reply.freshness)}".rstrip(),
            None,
            _menu(options[:count]),
            buttons.of_reply(replace(reply, page=page), origin, []),
        )
        if card.fits:
            break
    return card


def _source_option(source: Source, detail: str | None = None) -> Option:
    """An option of the menu of sources; `detail` replaces the authors."""
    authors = ", ".join(map(one_line, source.authors))
    return Option(
        clip_option(one_line(source.title) or wording.UNTITLED),
        source_key(source),
        clip_option(authors if detail is None else detail),
    )


def _menu(options: Iterable[Option]) -> Menu:
    """The menu of sources; options with the same source key become one."""
    by_key = {option.value: option for option in options}
    return Menu(wording.CHOOSE_SOURCE, tuple(by_key.values())[:_MAX_OPTIONS])
