"""The App Home: what the bot knows, a highlight, what was read last, how to ask."""

from datetime import date

from adapters.slack import actions, help_text, passage
from adapters.slack import block_kit as kit
from adapters.slack.block_kit import Block
from bot.answering import lookup
from bot.answering.listing import SourceCount
from bot.chat import wording
from bot.chat.requests import Command
from bot.model import Quote
from bot.search.index import Index

MOST_SOURCES = 5
_MOST_PASSAGE = 1200


def view(index: Index, day: date, pick: Quote | None = None, freshness: str = "") -> Block:
    """The view for views.publish. `pick`: a highlight to show instead of the day's ("Another"); `freshness`: how fresh the
    highlights are, a sentence or two."""
    library = index.library
    counts = wording.known(len(library.highlights), len(index.sources))
    blocks = [*kit.header(wording.HOME), *kit.paragraph(counts if len(index) else wording.EMPTY)]
    if freshness:
        blocks += kit.small(freshness)
    quote = pick or lookup.of_the_day(index, day)
    if quote is not None:
        heading = wording.AT_RANDOM if pick else wording.OF_THE_DAY
        blocks += [kit.DIVIDER, *kit.header(heading), *passage.block(quote, _MOST_PASSAGE), *_below(quote)]
    sources = lookup.newest(index, MOST_SOURCES)
    if sources:
        rows = [_row(one) for one in sources]
        button = kit.button(wording.ALL_SOURCES, actions.MORE, actions.of_request(Command("sources")))
        blocks += [
            kit.DIVIDER,
            *kit.header(wording.NEWEST),
            *kit.rich(kit.listed(rows)),
            *kit.actions(button),
        ]
    return {
        "type": "home",
        "blocks": [*blocks, kit.DIVIDER, *kit.header(wording.HOW_TO_ASK), *help_text.blocks()],
    }


def _below(quote: Quote) -> list[Block]:
    another = actions.of_request(Command("random", limit=1))
    source = actions.of_request(Command("from", quote.highlight.source.title))
    return kit.actions(
        kit.button(wording.ANOTHER, actions.ANOTHER, another)
        + kit.button(wording.SHOW_SOURCE, actions.SOURCE, source)
    )


def _row(one: SourceCount) -> list[Block]:
    return passage.source_line(one.source) + kit.text(f" · {wording.count(one.highlights, 'highlights')}")
