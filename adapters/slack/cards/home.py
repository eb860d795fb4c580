"""The App Home: a search box, a highlight, the digests that the person manages, the newest sources, and how to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from adapters.slack.cards import actions, help_blocks, passage
from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from adapters.slack.manifest import DEFAULT_COMMAND
from bot.answering import lookup
from bot.answering.listing import SourceCount
from bot.chat import wording
from bot.chat.commands import next_page
from bot.chat.replies import Help
from bot.chat.requests import Command
from bot.digest.managed import ManagedDigest
from bot.model import Answer, Quote
from bot.search.index import Index

MAX_NEWEST_SOURCES = 5
MAX_FOUND = 5
"""Quotes shown below the search box."""
MAX_TYPED_CHARS = 500
MAX_BLOCKS = 100
"""Slack takes no more blocks in a view."""
_MAX_PASSAGE_CHARS = 1200


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person's Home tab shows besides the library."""

    pick: Quote | None = None
    """A random highlight that replaces the highlight of the day."""
    found: Answer | None = None
    """The answer to what they searched for."""
    notice: str = ""
    """A sentence with the result of the last button that was pressed."""
    digests: Sequence[ManagedDigest] = ()
    """The digests that they manage."""
    freshness: str = ""
    """How fresh the highlights are."""
    command: str = DEFAULT_COMMAND
    """The app's slash command."""
    direct: str = ""
    """The channel of their direct messages with the app; "" if it is not known."""


def view(index: Index, day: date, shown: Shown | None = None) -> Block:
    """The view for views.publish on `day`."""
    shown = shown or Shown()
    counts = wording.known(len(index.library.highlights), len(index.sources))
    blocks = [
        *kit.header(wording.HOME_HEADING),
        *kit.paragraph(counts if len(index) else wording.NO_HIGHLIGHTS_YET),
        *kit.context(" ".join(filter(None, (shown.freshness, shown.notice)))),
    ]
    if len(index):
        blocks.append(_search_box(shown.found))
    if shown.found is not None:
        blocks += _found(shown.found)
    else:
        blocks += _of_the_day(index, day, shown.pick)
    blocks += _digests(shown.digests, shown.direct)
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
    how_to_ask = help_blocks.blocks(Help(), shown.command)
    blocks += [kit.DIVIDER, *kit.header(wording.HOW_TO_ASK), *how_to_ask]
    return {"type": "home", "private_metadata": shown.direct, "blocks": blocks[:MAX_BLOCKS]}


def _search_box(found: Answer | None) -> Block:
    """An input that sends its text when the person presses Enter. Slack keeps the text as long as the ids in the view stay the
    same."""
    initial = {"initial_value": found.question[:MAX_TYPED_CHARS]} if found is not None else {}
    return {
        "type": "input",
        "block_id": actions.SEARCH,
        "dispatch_action": True,
        "optional": True,
        "label": kit.plain_text(wording.SEARCH_LABEL),
        "element": {
            "type": "plain_text_input",
            "action_id": actions.SEARCH,
            "placeholder": kit.plain_text(wording.SEARCH_HINT),
            "max_length": MAX_TYPED_CHARS,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
            **initial,
        },
    }


def _found(answer: Answer) -> list[Block]:
    """The quotes of the answer, or the words that were not found. "More" sends further quotes to the person's direct messages."""
    if not answer.found:
        return kit.paragraph(wording.nothing_fits(answer))
    blocks = kit.context(wording.above(answer) or "")
    for quote in answer.quotes[:MAX_FOUND]:
        blocks += [*passage.passage_blocks(quote, _MAX_PASSAGE_CHARS), kit.DIVIDER]
    blocks = blocks[:-1] + kit.context(wording.below(answer) or "")
    following = next_page(answer)
    if following is None:
        return blocks
    remaining = answer.total - len(answer.quotes)
    return blocks + kit.actions(
        kit.button(wording.more(remaining), f"{actions.MORE}:found", actions.encode_request(following))
    )


def _of_the_day(index: Index, day: date, pick: Quote | None) -> list[Block]:
    quote = pick or lookup.of_the_day(index, day)
    if quote is None:
        return []
    return [
        kit.DIVIDER,
        *kit.header(wording.AT_RANDOM if pick else wording.OF_THE_DAY),
        *passage.passage_blocks(quote, _MAX_PASSAGE_CHARS),
        *_pick_buttons(quote),
    ]


def _digests(digests: Sequence[ManagedDigest], direct: str) -> list[Block]:
    """For each digest, its plan with a button to turn it off, and its hidden highlights with buttons to show them again. At the
    end, a button for a digest in direct messages."""
    if not digests and not direct:
        return []
    blocks: list[Block] = [kit.DIVIDER, *(kit.header(wording.MANAGED_DIGESTS) if digests else [])]
    numbers = count()

    def button(label: str, channel: str, highlight: str = "", name: str = "") -> list[Block]:
        value = actions.encode_home_digest(channel, highlight, name)
        return kit.button(label, f"{actions.HOME_DIGEST}:{next(numbers)}", value)

    for digest in digests:
        place: Block = {"type": "channel", "channel_id": digest.channel}
        if digest.channel.startswith("D"):  # direct messages have no name
            place = kit.text(wording.YOUR_MESSAGES, bold=True)[0]
        line = [place, *kit.text(f"  {digest.summary}")] if digest.summary else [place]
        hidden = [kit.text(shown) for _, shown in digest.aside]
        line += kit.text(f"\n{wording.PUT_ASIDE}") if hidden else []
        blocks += kit.rich_text(
            kit.section(line) + kit.item_list(hidden, first=1 if len(hidden) > 1 else None)
        )
        row = (
            button(wording.DIGEST_TURN_OFF, digest.channel, name=digest.name)
            if digest.plan is not None
            else []
        )
        for number, (highlight, _) in enumerate(digest.aside, start=1):
            label = wording.UNDO if len(digest.aside) == 1 else f"{wording.UNDO} {number}"
            row += button(label, digest.channel, highlight)
        blocks += kit.actions(row)
    if direct:
        blocks += kit.actions(
            kit.button(wording.DIGEST_FOR_ME, f"{actions.HOME_DIGEST}:set", actions.encode_own_digest(direct))
        )
    return blocks


def notice(text: str) -> Block:
    """The view for people who may not ask: what the app is, and why they see nothing else."""
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
