"""Renders replies as cards: quotes with matched words bold, their attribution, and buttons.

Pure functions: a reply and its origin go in, a `Card` comes out, which `adapters.discord.cards.card.layout` converts to a view.
What is shown of a quote is part of the highlight's `plain`; omissions are marked with […].
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from adapters.discord.cards import digest_card, passage, settings_card
from adapters.discord.cards.actions import (
    Another,
    DigestAction,
    Draw,
    More,
    Remove,
    Share,
    ShowSource,
    Similar,
    Vote,
    digest_menu_id,
    digest_option,
    encode,
)
from adapters.discord.cards.card import Block, Button, Card, Menu, Option, clip_option
from adapters.discord.cards.markdown import headed, literal, literal_line
from adapters.discord.cards.mentions import CommandMentions
from bot.answering import listing
from bot.answering.listing import source_key
from bot.chat import wording
from bot.chat.commands import next_page
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
from bot.chat.requests import BUTTON_COMMANDS, LIST_FACETS
from bot.model import Answer, Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped
from corpus.model import Source

PASSAGE_LIMITS = (2000, 1400, 1000, 800, 600, 450, 350, 280)
"""Code points of a quote (and of a remark), tried in this order."""
MIN_PASSAGE_CHARS = 120
"""The last one to try, for a single quote with long links."""
_MAX_NOTICE_CHARS, _MAX_HEADER_CHARS = 1500, 300
_MAX_OPTIONS = 25
_MAX_SIMILAR_BUTTONS = 4
"""A card with more quotes than this has no "More like this" buttons: they would cost covers."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply goes, as far as its buttons need to know."""

    message: int | None = None
    """Id of the message that is answered, from which its question is read again; None for an interaction."""
    asker: int | None = None
    private: bool = False
    """Whether only the asker sees the reply. Then it has a button to share it, and none to remove it."""
    key: str = ""
    """Key under which all that was found is stored, where the question cannot be read again."""
    answer: str = ""
    """Key of the answer (`Answer.key`) that a further page belongs to, which feedback refers to."""
    commands: CommandMentions = field(default_factory=CommandMentions, compare=False)
    """How commands are mentioned."""
    ping: str = ""
    """Id of the role that a digest pings; "" for none."""
    mark: str = ""
    """The mark of a digest that nobody asked for, encoded in its buttons (`adapters.discord.proactive`)."""


def render(reply: Reply, origin: Origin | None = None, pictures: bool = True) -> Card:
    """The reply as one message within Discord's limits, with shorter or fewer quotes where it is too long.

    `pictures` is False to leave out what Discord may have refused: the addresses of covers, channels that are gone.
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
        past = reply.offset and reply.total
        return _notice(wording.NO_MORE if past else wording.nothing_fits(reply), origin_.commands)
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
    """One hidden highlight with a button to undo it, several with a menu."""
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
    """The help as Markdown; what can be typed is set as code."""
    lines = [literal(reply.about)]
    for section in reply.sections:
        lines += ["", f"**{literal_line(section.heading)}**"]
        for typed, meaning in section.rows:
            shown = (f"`{one}`" if isinstance(one, str) else commands.usage(one) for one in typed)
            lines.append(f"- {' '.join(shown)} {literal_line(meaning)}")
    return "\n".join(lines)


def _quotes(reply: Answer | Picks | Quotes, origin: Origin, pictures: bool) -> Card:
    """The first card that fits: all quotes, made shorter; then one quote less, and so on.

    Blocks and options are cached, as most of them are needed for several cards.
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
    """Whether all quotes are of one source that was asked for: then its title stands above them."""
    sources = {quote.highlight.source for quote in reply.quotes}
    return isinstance(reply, Quotes) and reply.command.name in ("from", "source") and len(sources) == 1


def _frame(reply: Answer | Picks | Quotes, origin: Origin, option: Callable[[Source], Option]) -> Card:
    """The card without its blocks: what stands above and below the quotes."""
    one_source = _lists_one_source(reply)
    header, footer = _header_and_footer(reply, one_source)
    sources: dict[str, Source] = {}
    if not one_source:
        sources = {source_key(quote.highlight.source): quote.highlight.source for quote in reply.quotes}
    menu = _menu(map(option, sources.values())) if len(sources) > 1 else None
    return Card((), header, footer, menu, _buttons(reply, origin, list(sources)), _votes(reply, origin))


def _blocks(
    reply: Answer | Picks | Quotes, max_chars: int, show_covers: bool, block: Callable[..., Block]
) -> tuple[Block, ...]:
    """A block for each quote. A cover is shown once, and so is the source of quotes that stand next to one another: below the
    last one."""
    show_source = not _lists_one_source(reply)
    following = [*(quote.highlight.source for quote in reply.quotes[1:]), None]
    few = len(reply.quotes) <= _MAX_SIMILAR_BUTTONS
    blocks: list[Block] = []
    pictured: set[str | None] = set()
    for quote, next_source in zip(reply.quotes, following, strict=True):
        source, cover = quote.highlight.source, quote.highlight.source.cover
        names_source = show_source and source != next_source
        quote_block = block(quote, max_chars, show_covers and cover not in pictured, names_source)
        alike = _similar_button(quote) if few and reply.alike else None
        picture = _button(wording.AS_PICTURE, Draw(quote.highlight.id)) if few and reply.drawable else None
        blocks.append(replace(quote_block, button=alike, second=picture) if alike or picture else quote_block)
        pictured.add(cover)
    return tuple(blocks)


def _similar_button(quote: Quote) -> Button | None:
    return _button(wording.MORE_LIKE_THIS, Similar(quote.highlight.id))


def _header_and_footer(reply: Answer | Picks | Quotes, one_source: bool) -> tuple[str | None, str | None]:
    """The texts above and below the quotes. Where all quotes are from `one_source`, its title stands above."""
    if isinstance(reply, Picks):
        return None, None
    if isinstance(reply, Quotes):
        return _list_header(reply, one_source), None
    corrected, below = wording.corrected(reply), wording.below(reply)
    above = [_header_text(one) for one in (wording.understood(reply.said), corrected) if one]
    above += [wording.NEAREST] if reply.weak else []
    header = f"-# {' '.join(above)}" if above else None
    partly = reply.offset or reply.total > len(reply.quotes)
    shown = wording.shown_of(reply.offset, len(reply.quotes), reply.total) if partly else ""
    footer = " ".join(filter(None, (_header_text(below) if below else "", shown)))
    return header, f"-# {footer}" if footer else None


def _list_header(reply: Quotes, one_source: bool) -> str:
    page = reply.page
    shown = wording.shown_of(page.offset, len(page.quotes), page.total)
    if one_source:
        return passage.source_lines(page.quotes[0].highlight.source, shown)
    return f"-# {_header_text(f'{shown} {wording.listed(LIST_FACETS[reply.command.name], page.meant, page.said)}')}"


def _header_text(text: str) -> str:
    return literal_line(clipped(one_line(text), _MAX_HEADER_CHARS, "…"))


def _sources(reply: Sources, origin: Origin) -> Card:
    """A page of sources, with fewer of them where it is too long."""
    counts = [wording.count(one.highlights, "highlights") for one in reply.page.sources]
    sources = [one.source for one in reply.page.sources]
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
            _buttons(replace(reply, page=page), origin, []),
        )
        if card.fits:
            break
    return card


def _source_option(source: Source, detail: str | None = None) -> Option:
    """An option of the menu of sources; `detail` stands in place of the authors."""
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


def _buttons(reply: Reply, origin: Origin, sources: Sequence[str]) -> tuple[Button, ...]:
    buttons = _page_buttons(reply, origin)
    if len(sources) == 1:
        buttons.append(_button(wording.SHOW_SOURCE, ShowSource(sources[0])))
    if origin.private:
        buttons.append(_button(wording.SHARE, Share()))
    elif origin.asker is not None:
        buttons.append(_button(wording.REMOVE, Remove(origin.asker)))
    return tuple(button for button in buttons if button is not None)


def _votes(reply: Reply, origin: Origin) -> tuple[Button, ...]:
    """Helpful, and not what was meant; none where feedback could not be recorded."""
    key = origin.answer or reply.key if isinstance(reply, Answer) else ""
    if not key:
        return ()
    votes = (
        _button(wording.HELPFUL, Vote("helpful", key)),
        _button(wording.NOT_WHAT_I_MEANT, Vote("wrong", key)),
    )
    return tuple(vote for vote in votes if vote is not None)


def _page_buttons(reply: Reply, origin: Origin) -> list[Button | None]:
    """The buttons that turn the page of this card; "Another" for random picks."""
    if isinstance(reply, Picks):
        return [
            _button(wording.ANOTHER, Another(reply.command.limit or 1, reply.command.argument), primary=True)
        ]
    buttons: list[Button | None] = []
    offset, limit = _position(reply)
    if offset:
        before = _page(reply, origin, max(0, offset - limit), limit)
        buttons.append(_button(wording.PREVIOUS_PAGE, before) if before is not None else None)
    request = next_page(reply)
    if request is not None:
        after = _page(reply, origin, request.offset, limit)
        buttons.append(_button(wording.NEXT_PAGE, after, primary=True) if after is not None else None)
    return buttons


def _page(reply: Reply, origin: Origin, offset: int, limit: int) -> More | None:
    """The page of the reply's answer or list that begins at `offset`; None where it cannot be found again."""
    if isinstance(reply, Answer):
        if origin.message is not None:
            return More(offset, limit, message=origin.message)
        return More(offset, limit, key=origin.key) if origin.key else None
    if not isinstance(reply, Quotes | Sources):
        return None
    if (
        origin.message is not None
        and not isinstance(reply, Sources)
        and reply.command.name not in BUTTON_COMMANDS
    ):
        return More(offset, limit, message=origin.message)
    more = More(offset, limit, command=reply.command)
    if encode(more) is not None or not isinstance(reply, Quotes):
        return more
    return More(
        offset, limit, command=replace(reply.command, argument=listing.hashed_names(reply.page.meant))
    )


def _position(reply: Reply) -> tuple[int, int]:
    """How many items stand before those that are shown, and how many a page has."""
    if isinstance(reply, Answer):
        return reply.offset, max(1, reply.limit or len(reply.quotes))
    if isinstance(reply, Quotes | Sources):
        shown = len(reply.page.quotes if isinstance(reply, Quotes) else reply.page.sources)
        return reply.page.offset, max(1, reply.command.limit or shown)
    return 0, 1


def _button(
    label: str,
    action: Another | Draw | More | Remove | Share | ShowSource | Similar | Vote,
    primary: bool = False,
) -> Button | None:
    custom_id = encode(action)
    return Button(label, custom_id, primary) if custom_id is not None else None
