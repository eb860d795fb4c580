"""The rows below a reply: a few buttons, a menu for the rest, and two buttons for feedback.

"More", "Another", "Share" and "Keep" are buttons. The sources and "Remove" are in the menu behind the three dots. If similar
highlights can be shown for several quotes, a second menu names these quotes.
"""

from collections.abc import Sequence
from dataclasses import replace

from adapters.slack.cards import actions
from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from bot.answering.listing import source_key
from bot.chat import wording
from bot.chat.commands import next_page
from bot.chat.digest_commands import DigestPress, PressAction, highlight_presses
from bot.chat.feedback import Feedback, Verdict, vote_buttons
from bot.chat.next_steps import after_refusal
from bot.chat.replies import Digest, Hidden, Picks, Quotes, Sources, Welcome
from bot.chat.requests import Command
from bot.model import Answer, Question, Quote
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

MAX_SOURCES = 4
"""Sources in the menu, which holds five options in total."""
MAX_UNDONE = 100
"""Options in the menu that shows hidden highlights again. Slack allows no more."""
MAX_SIMILAR = 15
"""Quotes that the menu "More like" names."""

QuoteReply = Answer | Picks | Quotes


def of_reply(reply: QuoteReply | Sources, asker: str | None, private: bool) -> list[Block]:
    """The buttons and menus of a reply. A `private` one can be shared or kept, a public one can be removed by `asker`."""
    row = _more(reply)
    if private:
        value = _share_value(reply)
        row += kit.button(wording.SHARE, actions.SHARE, value)
        row += kit.button(wording.KEEP_ANSWER, actions.KEEP, value)
    options = [] if isinstance(reply, Sources) or _lists_one_source(reply) else _sources(reply.quotes)
    if not isinstance(reply, Sources):
        row += _similar(reply) + _as_picture(reply)
    if not private:
        options += _remove_option(asker)
    row += kit.overflow(actions.MENU, options)
    return kit.actions(row) + (_feedback(reply) if isinstance(reply, Answer) else [])


def below_refusal(reply: Answer, asker: str | None, private: bool) -> list[Block]:
    """The buttons below "Nothing fits"."""
    row: list[Block] = []
    for number, step in enumerate(after_refusal(reply)):
        value = actions.encode_request(step.command)
        row += kit.button(one_line(step.label), actions.next_id(number), value)
    return kit.actions(row + kit.overflow(actions.MENU, [] if private else _remove_option(asker)))


def sample_questions(reply: Welcome) -> list[Block]:
    """A button for each question. Only the presser sees the answer."""
    row: list[Block] = []
    for number, question in enumerate(reply.questions):
        row += kit.button(question, actions.next_id(number), actions.encode_request(Question(question)))
    return kit.actions(row)


def below_digest(reply: Digest, total: int, asker: str | None) -> list[Block]:
    """The buttons below a digest of `total` highlights. If some did not fit, a line says how many are shown."""
    first, shown = reply.quotes[0], len(reply.quotes)
    row = _digest_button(wording.ANOTHER, "another", first)
    row += _keep_and_never(first) if total == 1 else []
    row += kit.overflow(actions.MENU, _remove_option(asker))
    return [
        *([kit.DIVIDER] if total > 1 else []),
        *(kit.context(wording.shown_of(0, shown, total)) if shown < total else []),
        *kit.actions(row),
    ]


def below_digest_quote(reply: Digest, quote: Quote) -> list[Block]:
    """The buttons below one highlight of a digest. If the digest has only this highlight, they are in its last row instead."""
    return kit.actions(_keep_and_never(quote)) if len(reply.quotes) > 1 else []


def undo(reply: Hidden) -> list[Block]:
    """A button that shows the one highlight again, or a menu if there are several."""
    action_id = f"{actions.DIGEST}:undo"
    presses = [
        (shown, actions.encode_digest_press(DigestPress("undo", highlight)))
        for highlight, shown in reply.highlights[:MAX_UNDONE]
    ]
    if len(presses) == 1:
        return kit.actions(kit.button(wording.UNDO, action_id, presses[0][1]))
    options = [kit.option(clipped(shown, kit.MAX_OPTION_CHARS, "…"), value) for shown, value in presses]
    return kit.actions(kit.menu(wording.SHOW_AGAIN, action_id, options))


def _more(reply: QuoteReply | Sources) -> list[Block]:
    request = next_page(reply)
    if request is None:
        return []
    value = actions.encode_request(request)
    if isinstance(reply, Picks):
        return kit.button(wording.ANOTHER, actions.ANOTHER, value)
    remaining = reply.total - reply.offset - len(reply.quotes) if isinstance(reply, Answer) else None
    return kit.button(wording.more(remaining), actions.MORE, value)


def _as_picture(reply: QuoteReply) -> list[Block]:
    """The button or menu "As a picture"; none if the reply cannot be drawn."""
    shown = reply.drawable
    return (
        _for_a_quote(reply, "picture", actions.PICTURE, wording.AS_PICTURE, wording.AS_PICTURE)
        if shown
        else []
    )


def _similar(reply: QuoteReply) -> list[Block]:
    """The button or menu "More like this"; none if the reply has no similar highlights to offer."""
    shown = reply.alike
    return (
        _for_a_quote(reply, "like", actions.SIMILAR, wording.MORE_LIKE_THIS, wording.MORE_LIKE)
        if shown
        else []
    )


def _for_a_quote(reply: QuoteReply, command: str, action_id: str, label: str, menu_label: str) -> list[Block]:
    """A way to run a command on one quote: a button below a single quote; below several, a menu that says `menu_label`."""
    values = [
        actions.encode_request(Command(command, quote.highlight.id)) for quote in reply.quotes[:MAX_SIMILAR]
    ]
    if len(reply.quotes) == 1:
        return kit.button(label, action_id, values[0])
    names = (clipped(one_line(quote.text), kit.MAX_OPTION_CHARS, "…") for quote in reply.quotes)
    return kit.menu(
        menu_label,
        action_id,
        [kit.option(*label_and_value) for label_and_value in zip(names, values, strict=False)],
    )


def _sources(quotes: Sequence[Quote]) -> list[Block | None]:
    """An option for each source, with its name if there are several."""
    sources = list(dict.fromkeys(quote.highlight.source for quote in quotes))
    several = len(sources) > 1
    return [
        kit.option(
            wording.only_from(one_line(source.title)) if several else wording.SHOW_SOURCE,
            actions.encode_request(Command("source", source_key(source))),
        )
        for source in sources[:MAX_SOURCES]
        if source.title.strip()
    ]


def _remove_option(asker: str | None) -> list[Block | None]:
    return [kit.option(wording.REMOVE, actions.encode_asker(asker))] if asker else []


def _lists_one_source(reply: QuoteReply) -> bool:
    return isinstance(reply, Quotes) and reply.command.name in ("from", "source")


def _feedback(reply: Answer) -> list[Block]:
    """Whether the answer was helpful; none if feedback could not be recorded."""
    if not reply.key or not reply.found:
        return []
    question = reply.question if reply.own_words else ""

    def value(verdict: Verdict) -> str | None:
        whole = actions.encode_feedback(Feedback(verdict, reply.key, question))
        return whole or actions.encode_feedback(Feedback(verdict, reply.key))

    helpful, wrong = ((label, value(verdict)) for label, verdict in vote_buttons())
    return kit.feedback(actions.FEEDBACK, helpful, wrong)


def _keep_and_never(quote: Quote) -> list[Block]:
    return [
        button for label, action in highlight_presses() for button in _digest_button(label, action, quote)
    ]


def _digest_button(label: str, action: PressAction, quote: Quote) -> list[Block]:
    value = actions.encode_digest_press(DigestPress(action, quote.highlight.id))
    return kit.button(label, f"{actions.DIGEST}:{action}", value)


def _share_value(reply: QuoteReply | Sources) -> str | None:
    """The value of the share button: the request that shows the same reply again."""
    if isinstance(reply, Answer):
        return actions.encode_request(
            Question(reply.question, reply.limit or len(reply.quotes), reply.offset)
        )
    if isinstance(reply, Picks):
        return actions.encode_highlights([quote.highlight.id for quote in reply.quotes])
    shown = len(reply.quotes) if isinstance(reply, Quotes) else len(reply.page.sources)
    return actions.encode_request(replace(reply.command, limit=shown))
