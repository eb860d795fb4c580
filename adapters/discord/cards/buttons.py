"""The buttons below a reply: they turn its pages, share it, remove it, and take feedback."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.discord.cards.actions import (
    Another,
    Draw,
    More,
    Remove,
    Share,
    ShowSource,
    Similar,
    Step,
    Vote,
)
from adapters.discord.cards.card import Button
from adapters.discord.cards.custom_ids import encode
from adapters.discord.cards.origin import Origin
from bot.answering import listing
from bot.answering.listing import source_key
from bot.answering.lookup import short_name
from bot.chat import wording
from bot.chat.commands import next_page
from bot.chat.feedback import vote_buttons
from bot.chat.next_steps import after_refusal
from bot.chat.replies import Picks, Quotes, Reply, Sources
from bot.chat.requests import BUTTON_COMMANDS
from bot.model import Answer, Quote
from bot.text.sanitize import one_line


def of_reply(reply: Reply, origin: Origin, sources: Sequence[str]) -> tuple[Button, ...]:
    """The buttons of a reply that found something; `sources` are the keys of its sources."""
    buttons = _page_buttons(reply, origin)
    if len(sources) == 1:
        buttons.append(button(wording.SHOW_SOURCE, ShowSource(sources[0])))
    if origin.private:
        buttons.append(button(wording.SHARE, Share(_shown(reply))))
    elif origin.asker is not None:
        buttons.append(button(wording.REMOVE, Remove(origin.asker)))
    return tuple(button for button in buttons if button is not None)


def _shown(reply: Reply) -> tuple[str, ...]:
    """Names of the highlights or sources that a reply shows."""
    if isinstance(reply, Sources):
        return tuple(short_name(source_key(counted.source)) for counted in reply.page.sources)
    quotes = reply.quotes if isinstance(reply, Answer | Picks | Quotes) else ()
    return tuple(short_name(quote.highlight.id) for quote in quotes)


def below_refusal(reply: Answer, origin: Origin) -> tuple[Button, ...]:
    """The next steps below "Nothing fits", and the button that removes a public answer."""
    buttons = []
    for step in after_refusal(reply):
        name = step.command.argument
        encoded = button(one_line(step.label), Step(step.command))
        if encoded is None:  # the name is too long
            hashed = replace(step.command, argument=listing.hashed_names((name,)))
            encoded = button(one_line(step.label), Step(hashed))
        buttons.append(encoded)
    if not origin.private and origin.asker is not None:
        buttons.append(button(wording.REMOVE, Remove(origin.asker)))
    return tuple(button for button in buttons if button is not None)


def votes(reply: Reply, origin: Origin) -> tuple[Button, ...]:
    """The buttons "helpful" and "not what I meant"; none if feedback could not be recorded."""
    key = origin.answer or reply.key if isinstance(reply, Answer) else ""
    if not key:
        return ()
    votes = (button(label, Vote(verdict, key)) for label, verdict in vote_buttons())
    return tuple(vote for vote in votes if vote is not None)


def _page_buttons(reply: Reply, origin: Origin) -> list[Button | None]:
    """The buttons that turn the page of this card; "Another" for random picks."""
    if isinstance(reply, Picks):
        return [
            button(wording.ANOTHER, Another(reply.command.limit or 1, reply.command.argument), primary=True)
        ]
    buttons: list[Button | None] = []
    offset, limit = _position(reply)
    if offset:
        before = _page(reply, origin, max(0, offset - limit), limit)
        buttons.append(button(wording.PREVIOUS_PAGE, before) if before is not None else None)
    request = next_page(reply)
    if request is not None:
        after = _page(reply, origin, request.offset, limit)
        buttons.append(button(wording.NEXT_PAGE, after, primary=True) if after is not None else None)
    return buttons


def _page(reply: Reply, origin: Origin, offset: int, limit: int) -> More | None:
    """The action that shows the page from `offset` on, of the same answer or list; None if that cannot be found again."""
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
    """How many items come before the shown ones, and how many a page has."""
    if isinstance(reply, Answer):
        return reply.offset, max(1, reply.limit or len(reply.quotes))
    if isinstance(reply, Quotes | Sources):
        shown = len(reply.page.quotes if isinstance(reply, Quotes) else reply.page.sources)
        return reply.page.offset, max(1, reply.command.limit or shown)
    return 0, 1


def similar(quote: Quote) -> Button | None:
    """The button "More like this"; None if the highlight's id is too long."""
    return button(wording.MORE_LIKE_THIS, Similar(quote.highlight.id))


def button(
    label: str,
    action: Another | Draw | More | Remove | Share | ShowSource | Similar | Step | Vote,
    primary: bool = False,
) -> Button | None:
    """A button for an action; None if the action does not fit into a custom id."""
    custom_id = encode(action)
    return Button(label, custom_id, primary) if custom_id is not None else None
