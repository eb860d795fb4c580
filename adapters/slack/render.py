"""Replies as messages of Slack. Pure: a reply goes in, `text` and `blocks` of chat.postMessage come out.

Post them with `unfurl_links` and `unfurl_media` off and without `link_names` or `parse`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.slack import actions, help_text, passage
from adapters.slack import block_kit as kit
from adapters.slack.block_kit import Block
from bot.chat import wording
from bot.chat.commands import more
from bot.chat.digest_commands import DigestPress, PressAction
from bot.chat.replies import Digest, Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import KINDS, Command
from bot.model import Answer, Question, Quote
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped

MOST_QUOTES = 15
"""In one message: with the lines between them 50 blocks hold no more."""

MOST_ALIKE = 5
"""Quotes of one message below each of which "More like this" stands."""

MOST_SOURCES = 4
"""Buttons for sources below one answer."""

_ROOMS = (2400, 1200, 600)
"""Code points of a passage, tried in this order until all quotes fit; then there are fewer quotes."""

_ROOMS_IN_DIGEST = (*_ROOMS, 300, 200, 120)
"""A digest's passages become shorter yet where they are many: what counts as shown is to be seen."""

_MOST_SAID = 1000
_MOST_BUTTONS = 1000
"""Of a message's room that its buttons take."""

_MOST_NOTICE = 2900
_MOST_TEXT = 3500
"""Bytes of `text`: chat.update refuses more than 4,000."""

_MOST_TEXT_PASSAGE = 280
_CUT = f" {wording.CUT}"

Asked = Answer | Picks | Quotes
Listing = Asked | Digest


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What chat.postMessage, chat.update and a response_url take."""

    text: str
    """For notifications and screen readers: mrkdwn without markup, at most 4,000 bytes."""
    blocks: list[Block]


def message(reply: Reply, *, asker: str | None, private: bool) -> SlackMessage:
    """A reply. `private`: only the asker sees it, and may share it; else the asker (a user id) may remove it."""
    return _message(reply, [], asker, private)


def shared(reply: Reply, *, asker: str, by: str) -> SlackMessage:
    """A private reply for the whole channel; `by` is the name of who shared it, `asker` their user id."""
    question = one_line(reply.question) if isinstance(reply, Answer) else None
    told = wording.shared(one_line(by), clipped(question, _MOST_SAID, _CUT) if question else None)
    return _message(reply, kit.small(told), asker, False)


def _message(reply: Reply, above: list[Block], asker: str | None, private: bool) -> SlackMessage:
    if isinstance(reply, Sources):
        reply, shown = _sources(reply)
    elif isinstance(reply, Notice) or not reply.quotes:
        return _notice(reply, above)
    else:
        whole = len(reply.quotes)
        reply, shown = _quotes(reply)
        if isinstance(reply, Digest):
            return SlackMessage(_text(reply), [*shown, *_below_digest(reply, whole, asker)])
    return SlackMessage(_text(reply), [*above, *shown, *_buttons(reply, asker, private)])


def _notice(reply: Listing | Notice, above: list[Block]) -> SlackMessage:
    if isinstance(reply, Notice):
        said = reply.text
    elif isinstance(reply, Answer) and not (reply.offset and reply.total):
        said = wording.nothing_fits(reply)
    else:
        said = wording.NO_MORE
    said = clipped(visible(said), _MOST_NOTICE, _CUT).strip() or wording.NO_MORE
    blocks = help_text.blocks() if said == wording.HELP else kit.paragraph(said)
    return SlackMessage(_limited([said]), [*above, *blocks])


def _quotes(reply: Listing) -> tuple[Listing, list[Block]]:
    """The reply with the quotes that have room, and their blocks."""
    alone = isinstance(reply, Quotes) and reply.command.name == "from" and _one_source(reply.quotes)
    room = kit.MOST_SIZE - kit.size([*_head(reply, alone)]) - _MOST_BUTTONS
    quotes = reply.quotes[:MOST_QUOTES]
    shown: list[list[Block]] = []
    for most in _ROOMS_IN_DIGEST if isinstance(reply, Digest) else _ROOMS:
        shown = [
            _below(n, [*passage.block(one, most, titled=not alone), *_choice(reply, one)])
            for n, one in enumerate(quotes)
        ]
        if sum(map(kit.size, shown)) <= room:
            break
    while len(shown) > 1 and sum(map(kit.size, shown)) > room:
        shown.pop()
    reply = _of_first(reply, len(shown))
    return reply, [*_head(reply, alone), *(block for blocks in shown for block in blocks)]


def _choice(reply: Listing, quote: Quote) -> list[Block]:
    """Buttons about one of several highlights of a digest (a single one has them in the row below); "More like this"."""
    if isinstance(reply, Digest):
        return kit.actions(_wishes(quote)) if len(reply.quotes) > 1 else []
    if not reply.alike or len(reply.quotes) > MOST_ALIKE:
        return []
    return kit.actions(
        kit.button(wording.ALIKE, actions.ALIKE, actions.of_request(Command("like", quote.highlight.id)))
    )


def _wishes(quote: Quote) -> list[Block]:
    return _pressed(wording.KEEP, "keep", quote) + _pressed(wording.NOT_THIS_ONE, "never", quote)


def _pressed(label: str, action: PressAction, quote: Quote) -> list[Block]:
    value = actions.of_press(DigestPress(action, quote.highlight.id))
    return kit.button(label, f"{actions.DIGEST}:{action}", value)


def _below(number: int, blocks: list[Block]) -> list[Block]:
    """The blocks with a line above all but the first."""
    return [kit.DIVIDER, *blocks] if number else blocks


def _one_source(quotes: Sequence[Quote]) -> bool:
    return len({quote.highlight.source for quote in quotes}) == 1


def _of_first(reply: Listing, count: int) -> Listing:
    """The reply with only its first quotes."""
    if isinstance(reply, Quotes):
        return replace(reply, page=replace(reply.page, quotes=reply.quotes[:count]))
    return replace(reply, quotes=reply.quotes[:count])


def _head(reply: Listing, alone: bool) -> list[Block]:
    """What is told above the quotes: words taken for others, what is listed or comes daily; the source where it is `alone`."""
    if isinstance(reply, Answer):
        told = wording.corrected(reply)
        return kit.small(clipped(one_line(told), _MOST_SAID, _CUT)) if told else []
    if isinstance(reply, Digest):
        return kit.small(clipped(one_line(wording.digest_above(reply.about)), _MOST_SAID, _CUT))
    if isinstance(reply, Quotes):
        page = reply.page
        shown = wording.shown_of(page.offset, len(page.quotes), page.total)
        if alone:
            return [
                *kit.rich(kit.section(passage.source_line(reply.quotes[0].highlight.source))),
                *kit.small(shown),
            ]
        listed = one_line(wording.listed(KINDS[reply.command.name], page.meant))
        return kit.small(clipped(f"{shown} {listed}", _MOST_SAID, _CUT))
    return []


def _sources(reply: Sources) -> tuple[Sources, list[Block]]:
    """The reply with the sources that have room, and their blocks."""
    page = reply.page
    rows = [
        passage.source_line(one.source) + kit.text(f" · {wording.count(one.highlights, 'highlights')}")
        for one in page.sources
    ]
    while True:
        page = replace(page, sources=page.sources[: len(rows)])
        told = wording.shown_of(page.offset, len(rows), page.total, "sources")
        blocks = [
            *kit.small(f"{told} {reply.freshness}".rstrip()),
            *kit.rich(kit.listed(rows, first=page.offset + 1)),
        ]
        if len(rows) < 2 or kit.size(blocks) < kit.MOST_SIZE - _MOST_BUTTONS - _MOST_SAID:
            return replace(reply, page=page), blocks
        rows.pop()


def _buttons(reply: Asked | Sources, asker: str | None, private: bool) -> list[Block]:
    """A row of buttons; several sources have a row of their own below "More"."""
    if private:
        last = kit.button(wording.SHARE, actions.SHARE, _as_shown(reply))
    else:
        last = kit.button(wording.REMOVE, actions.REMOVE, actions.of_asker(asker) if asker else None)
    following = _more_button(reply)
    if isinstance(reply, Sources) or (isinstance(reply, Quotes) and reply.command.name == "from"):
        return kit.actions(following + last)
    sources = _source_buttons(reply.quotes)
    if len(sources) > 1 and following:
        return kit.actions(following + last) + kit.actions(sources)
    return kit.actions(following + sources + last)


def _below_digest(reply: Digest, whole: int, asker: str | None) -> list[Block]:
    """Buttons of a digest of `whole` highlights; how many of them found no room."""
    first = reply.quotes[0]
    buttons = _pressed(wording.ANOTHER, "another", first) + (_wishes(first) if whole == 1 else [])
    if asker is not None:
        buttons += kit.button(wording.REMOVE, actions.REMOVE, actions.of_asker(asker))
    shown = len(reply.quotes)
    line = [kit.DIVIDER] if whole > 1 else []
    return [
        *line,
        *(kit.small(wording.shown_of(0, shown, whole)) if shown < whole else []),
        *kit.actions(buttons),
    ]


def _more_button(reply: Asked | Sources) -> list[Block]:
    following = more(reply)
    if following is None:
        return []
    value = actions.of_request(following)
    if isinstance(reply, Picks):
        return kit.button(wording.ANOTHER, actions.ANOTHER, value)
    left = reply.total - reply.offset - len(reply.quotes) if isinstance(reply, Answer) else None
    return kit.button(wording.more(left), actions.MORE, value)


def _source_buttons(quotes: Sequence[Quote]) -> list[Block]:
    """A button for each source, with its title where there are several."""
    titles = list(dict.fromkeys(quote.highlight.source.title for quote in quotes))
    buttons: list[Block] = []
    for number, title in enumerate(titles[:MOST_SOURCES]):
        label = wording.SHOW_SOURCE if len(titles) == 1 else wording.only_from(one_line(title))
        value = actions.of_request(Command("from", title)) if title.strip() else None
        buttons += kit.button(label, actions.source_id(number), value)
    return buttons


def _as_shown(reply: Asked | Sources) -> str | None:
    """What brings the same up again for all to see, as a button's value."""
    if isinstance(reply, Answer):
        return actions.of_request(Question(reply.question, len(reply.quotes), reply.offset))
    if isinstance(reply, Picks):
        return actions.of_shown([quote.highlight.id for quote in reply.quotes])
    shown = len(reply.quotes) if isinstance(reply, Quotes) else len(reply.page.sources)
    return actions.of_request(replace(reply.command, limit=shown))


def _text(reply: Listing | Sources) -> str:
    if isinstance(reply, Sources):
        page = reply.page
        told = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
        return _limited([told, *(one_line(one.source.title) for one in page.sources)])
    return _limited([_spoken(quote) for quote in reply.quotes])


def _spoken(quote: Quote) -> str:
    source = quote.highlight.source
    said = clipped(one_line(quote.text), _MOST_TEXT_PASSAGE, _CUT)
    whose = ", ".join(filter(None, map(one_line, (source.title, *source.authors))))
    return f"“{said}” — {clipped(whose, 160, _CUT)}"


def _limited(lines: Sequence[str]) -> str:
    """As many of the lines as have room, escaped; the first one cut where even that has none."""
    kept = kit.escaped(clipped(lines[0], _MOST_TEXT // 5, _CUT))
    for line in lines[1:]:
        longer = f"{kept}\n{kit.escaped(line)}"
        if len(longer.encode("utf-8", "replace")) > _MOST_TEXT:
            break
        kept = longer
    return kept
