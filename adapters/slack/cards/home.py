"""The App Home: counts, a highlight, the newest sources, and how to ask."""

from datetime import date

from adapters.slack.cards import actions, help_blocks, passage
from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from adapters.slack.manifest import DEFAULT_COMMAND
from bot.answering import lookup
from bot.answering.listing import SourceCount
from bot.chat import wording
from bot.chat.replies import Help
from bot.chat.requests import Command
from bot.model import Quote
from bot.search.index import Index

MAX_NEWEST_SOURCES = 5
_MAX_PASSAGE_CHARS = 1200


def view(
    index: Index, day: date, pick: Quote | None = None, freshness: str = "", command: str = DEFAULT_COMMAND
) -> Block:
    """The view for views.publish on `day`.

    `pick` is a random highlight to show instead of the highlight of the day, `freshness` says how fresh the highlights are,
    `command` is the app's slash command.
    """
    library = index.library
    counts = wording.known(len(library.highlights), len(index.sources))
    blocks = [
        *kit.header(wording.HOME_HEADING),
        *kit.paragraph(counts if len(index) else wording.NO_HIGHLIGHTS_YET),
    ]
    if freshness:
        blocks += kit.context(freshness)
    quote = pick or lookup.of_the_day(index, day)
    if quote is not None:
        heading = wording.AT_RANDOM if pick else wording.OF_THE_DAY
        blocks += [
            kit.DIVIDER,
            *kit.header(heading),
            *passage.passage_blocks(quote, _MAX_PASSAGE_CHARS),
            *_pick_buttons(quote),
        ]
    sources = lookup.newest(index, MAX_NEWEST_SOURCES)
    if sources:
        rows = [_source_row(counted) for counted in sources]
        button = kit.button(wording.ALL_SOURCES, actions.MORE, actions.encode_request(Command("sources")))
        blocks += [
            kit.DIVIDER,
            *kit.header(wording.NEWEST),
            *kit.rich_text(kit.item_list(rows)),
            *kit.actions(button),
        ]
    how = help_blocks.renamed(help_blocks.blocks(Help()), command)
    return {"type": "home", "blocks": [*blocks, kit.DIVIDER, *kit.header(wording.HOW_TO_ASK), *how]}


def notice(text: str) -> Block:
    """The view for people who may not ask: what this is, and why they see no more."""
    return {
        "type": "home",
        "blocks": [
            *kit.header(wording.HOME_HEADING),
            *kit.paragraph(wording.ABOUT_APP),
            kit.DIVIDER,
            *kit.paragraph(text),
        ],
    }


def _pick_buttons(quote: Quote) -> list[Block]:
    another = actions.encode_request(Command("random", limit=1))
    source = actions.encode_request(Command("from", quote.highlight.source.title))
    return kit.actions(
        kit.button(wording.ANOTHER, actions.ANOTHER, another)
        + kit.button(wording.SHOW_SOURCE, actions.SOURCE, source)
    )


def _source_row(counted: SourceCount) -> list[Block]:
    return passage.source_elements(counted.source) + kit.text(
        f" · {wording.count(counted.highlights, 'highlights')}"
    )
