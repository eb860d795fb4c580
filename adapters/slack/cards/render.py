"""Renders replies as Slack messages: a reply goes in, `text` and `blocks` of chat.postMessage come out. Pure functions.

Post the messages with `unfurl_links` and `unfurl_media` off, and without `link_names` or `parse`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards import buttons, help_blocks, passage, plain_message
from adapters.slack.cards.block_kit import Block
from adapters.slack.manifest import DEFAULT_COMMAND
from bot.chat import wording
from bot.chat.attribution import names_source
from bot.chat.replies import Digest, Help, Hidden, Notice, Numbers, Picks, Quotes, Reply, Sources, Welcome
from bot.chat.requests import LIST_FACETS
from bot.model import Answer, Quote
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped

MAX_QUOTES = 15
"""Quotes in one message. With more, the quotes and the dividers between them would exceed Slack's limit of 50 blocks."""

PASSAGE_LIMITS = (2400, 1200, 600)
"""Maximum code points of a passage, tried in this order until all quotes fit. If they never fit, fewer quotes are shown."""

_DIGEST_PASSAGE_LIMITS = (*PASSAGE_LIMITS, 300, 200, 120)
"""For digests: a passage is shortened rather than left out, because all highlights count as shown."""

_MAX_CONTEXT_CHARS = 1000
_BUTTONS_SIZE = 1000
"""Space that is kept free for the buttons of a message."""

_MAX_NOTICE_CHARS = 2900
_MAX_TEXT_BYTES = 3500
"""Slack refuses a `text` of more than 4,000 bytes in chat.update."""

_MAX_TEXT_PASSAGE_CHARS = 280
_CUT = f" {wording.CUT_MARK}"

QuoteReply = Answer | Picks | Quotes
QuoteReplyOrDigest = QuoteReply | Digest


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message for chat.postMessage, chat.update and a response_url."""

    text: str
    """Shown in notifications and read by screen readers: escaped mrkdwn, at most 4,000 bytes."""
    blocks: list[Block]
    fallback: str = ""
    """The text to post with `mrkdwn` off if Slack refuses the blocks: escaped, with the links; "" if `text` is good enough."""


def message(
    reply: Reply, *, asker: str | None, private: bool, command: str = DEFAULT_COMMAND
) -> SlackMessage:
    """The message for a reply. A `private` one can be shared, a public one can be removed by `asker` (a user id).

    `command` is the app's slash command, as it was named at the set-up.
    """
    return _message(reply, [], asker, private, command)


def shared(reply: Reply, *, asker: str, by: str) -> SlackMessage:
    """The message for a private reply that a person shares with the channel; `asker` is their user id, `by` their name."""
    question = one_line(reply.question) if isinstance(reply, Answer) else None
    heading = wording.shared(one_line(by), clipped(question, _MAX_CONTEXT_CHARS, _CUT) if question else None)
    return _message(reply, kit.context(heading), asker, False)


def _message(
    reply: Reply, heading: list[Block], asker: str | None, private: bool, command: str = DEFAULT_COMMAND
) -> SlackMessage:
    if isinstance(reply, Sources):
        reply, shown = _sources(reply)
    elif isinstance(reply, Notice) or not reply.quotes:
        return _notice(reply, heading, asker, private, command)
    else:
        total = len(reply.quotes)
        reply, shown = _quotes(reply)
        if isinstance(reply, Digest):
            blocks = [*shown, *buttons.below_digest(reply, total, asker)]
            return SlackMessage(_text(reply), blocks, plain_message.of(reply))
    blocks = [*heading, *shown, *buttons.of_reply(reply, asker, private)]
    return SlackMessage(_text(reply), blocks, plain_message.of(reply))


def _notice(
    reply: QuoteReplyOrDigest | Notice, heading: list[Block], asker: str | None, private: bool, command: str
) -> SlackMessage:
    if isinstance(reply, Help):
        notice = wording.help_text(reply.about, reply.sections, command)
    elif isinstance(reply, Notice):
        notice = wording.as_typed(reply.text, command)
    elif isinstance(reply, Answer):
        notice = wording.nothing_fits(reply)
    else:
        notice = wording.NO_MORE
    notice = clipped(visible(notice), _MAX_NOTICE_CHARS, _CUT).strip() or wording.NO_MORE
    blocks = help_blocks.blocks(reply, command) if isinstance(reply, Help) else kit.paragraph(notice)
    if isinstance(reply, Numbers):
        blocks = _numbers(reply.parts)
    if isinstance(reply, Hidden):
        blocks += buttons.undo(reply)
    if isinstance(reply, Welcome):
        blocks += buttons.sample_questions(reply)
    if isinstance(reply, Answer) and not reply.past_end:
        blocks += buttons.below_refusal(reply, asker, private)
    return SlackMessage(_joined_within_limit([notice]), [*heading, *blocks])


def _quotes(reply: QuoteReplyOrDigest) -> tuple[QuoteReplyOrDigest, list[Block]]:
    """The reply with the quotes that fit, and their blocks."""
    one_source = isinstance(reply, Quotes) and reply.command.name == "from" and _has_one_source(reply.quotes)
    around = [*_heading(reply, one_source), *_footer(reply)]
    room = kit.MAX_MESSAGE_SIZE - kit.size(around) - _BUTTONS_SIZE
    quotes = reply.quotes[:MAX_QUOTES]
    shown: list[list[Block]] = []
    for max_chars in _DIGEST_PASSAGE_LIMITS if isinstance(reply, Digest) else PASSAGE_LIMITS:
        shown = _blocks_of(reply, quotes, max_chars, one_source)
        if sum(map(kit.size, shown)) <= room:
            break
    while len(shown) > 1 and sum(map(kit.size, shown)) > room:
        quotes = quotes[:-1]
        shown = _blocks_of(reply, quotes, max_chars, one_source)
    reply = _first_quotes(reply, len(shown))
    blocks = [block for blocks in shown for block in blocks]
    return reply, [*_heading(reply, one_source), *blocks, *_footer(reply)]


def _blocks_of(
    reply: QuoteReplyOrDigest, quotes: Sequence[Quote], max_chars: int, one_source: bool
) -> list[list[Block]]:
    """The blocks of each quote. A source is shown once below neighbouring quotes that share it, and each cover once."""
    pictured: set[str | None] = set()
    found = []
    for number, quote in enumerate(quotes):
        shows_source = names_source(quotes, number)
        cover = quote.highlight.source.cover
        blocks = passage.passage_blocks(
            quote,
            max_chars,
            show_source=shows_source and not one_source,
            show_cover=shows_source and cover not in pictured,
        )
        if shows_source:
            pictured.add(cover)
        if isinstance(reply, Digest):
            blocks += buttons.below_digest_quote(reply, quote)
        found.append(_with_divider(number, blocks))
    return found


def _with_divider(number: int, blocks: list[Block]) -> list[Block]:
    """The blocks with a divider above, except for the first quote."""
    return [kit.DIVIDER, *blocks] if number else blocks


def _has_one_source(quotes: Sequence[Quote]) -> bool:
    return len({quote.highlight.source for quote in quotes}) == 1


def _first_quotes(reply: QuoteReplyOrDigest, count: int) -> QuoteReplyOrDigest:
    """The reply with its first `count` quotes."""
    if isinstance(reply, Quotes):
        return replace(reply, page=replace(reply.page, quotes=reply.quotes[:count]))
    return replace(reply, quotes=reply.quotes[:count])


def _heading(reply: QuoteReplyOrDigest, one_source: bool) -> list[Block]:
    """The heading above the quotes: the corrected words, the name of the list or digest, or the source if there is only one."""
    if isinstance(reply, Answer):
        return _context(wording.above(reply))
    if isinstance(reply, Digest):
        about = clipped(one_line(wording.digest_above(reply.about)), _MAX_CONTEXT_CHARS, _CUT)
        return kit.context(about) + ([*_numbers(reply.above), kit.DIVIDER] if reply.above else [])
    if isinstance(reply, Quotes):
        page = reply.page
        shown = wording.shown_of(page.offset, len(page.quotes), page.total)
        if one_source:
            return [
                *kit.rich_text(kit.section(passage.source_elements(reply.quotes[0].highlight.source))),
                *kit.context(shown),
            ]
        listed = one_line(wording.listed(LIST_FACETS[reply.command.name], page.meant, page.word_filter))
        return kit.context(clipped(f"{shown} {listed}", _MAX_CONTEXT_CHARS, _CUT))
    return []


def _numbers(parts: Sequence[tuple[str, str]]) -> list[Block]:
    """All headings, each with its lines below, in one block."""
    elements: list[Block] = []
    for number, (heading, lines) in enumerate(parts):
        elements += kit.text(("\n\n" if number else "") + heading, bold=True) + kit.text(
            f"\n{visible(lines)}"
        )
    return kit.rich_text(kit.section(elements))


def _footer(reply: QuoteReplyOrDigest) -> list[Block]:
    """The line below the quotes of an answer: it names a word of the question that they lack."""
    return _context(wording.below(reply)) if isinstance(reply, Answer) else []


def _context(text: str | None) -> list[Block]:
    """A line in small print; none for None."""
    return kit.context(clipped(one_line(text), _MAX_CONTEXT_CHARS, _CUT)) if text else []


def _sources(reply: Sources) -> tuple[Sources, list[Block]]:
    """The reply with the sources that fit, and their blocks."""
    page = reply.page
    rows = [
        passage.source_elements(counted.source)
        + kit.text(f" · {wording.count(counted.highlights, 'highlights')}")
        for counted in page.sources
    ]
    while True:
        page = replace(page, sources=page.sources[: len(rows)])
        shown = wording.shown_of(page.offset, len(rows), page.total, "sources")
        blocks = [
            *kit.context(f"{shown} {reply.freshness}".rstrip()),
            *kit.rich_text(kit.item_list(rows, first=page.offset + 1)),
        ]
        if len(rows) < 2 or kit.size(blocks) < kit.MAX_MESSAGE_SIZE - _BUTTONS_SIZE - _MAX_CONTEXT_CHARS:
            return replace(reply, page=page), blocks
        rows.pop()


def _text(reply: QuoteReplyOrDigest | Sources) -> str:
    if isinstance(reply, Sources):
        page = reply.page
        shown = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
        return _joined_within_limit([shown, *(one_line(counted.source.title) for counted in page.sources)])
    nearest = [wording.NEAREST] if isinstance(reply, Answer) and reply.weak else []
    return _joined_within_limit([*nearest, *map(_quote_as_text, reply.quotes)])


def _quote_as_text(quote: Quote) -> str:
    source = quote.highlight.source
    passage_ = clipped(one_line(quote.text), _MAX_TEXT_PASSAGE_CHARS, _CUT)
    attribution = ", ".join(filter(None, map(one_line, (source.title, *source.authors))))
    return f"“{passage_}” — {clipped(attribution, 160, _CUT)}"


def _joined_within_limit(lines: Sequence[str]) -> str:
    """As many of the lines as fit, escaped; the first one is shortened if it does not fit."""
    kept = kit.escape_mrkdwn(clipped(lines[0], _MAX_TEXT_BYTES // 5, _CUT))
    for line in lines[1:]:
        longer = f"{kept}\n{kit.escape_mrkdwn(line)}"
        if len(longer.encode("utf-8", "replace")) > _MAX_TEXT_BYTES:
            break
        kept = longer
    return kept
