"""The modal that sets a channel's digest: its view, the options that it suggests while a person types, and the reader of a
submission.

Pure functions. The block id of an input is the part of the command that it sets (`bot.chat.digest_commands.Part`), so that an
error is shown at the right input. The form keeps its channel and response_url in `private_metadata`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack.arrivals import Payload, get_object, get_string
from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from bot.answering import listing
from bot.chat import wording
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand, default_count
from bot.chat.digest_parser import from_form
from bot.digest.filters import objection
from bot.schedule import time_zones
from bot.schedule.plan import FILTER_FACETS, MAX_HIGHLIGHTS, MAX_NAME_CHARS, OTHER_FILTERS, WEEKDAYS, Filter
from bot.search.index import Index
from bot.text.analysis import fold
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

CALLBACK_ID = "digest"
INPUT_ACTION = "chosen"
"""Action id of every input. The block id says which input it is."""
MAX_OPTIONS = 100
"""Options that a menu may have. Slack allows no more."""
_MAX_OPTIONS_PER_KIND = 20
"""Authors, titles and tags that are suggested, of each kind."""
_MAX_OPTION_TEXT_CHARS, _MAX_OPTION_VALUE_CHARS = 75, 150


@dataclass(frozen=True, slots=True)
class FormContext:
    """Where a form was opened."""

    channel: str
    url: str
    """The response_url of the command, which Slack accepts for 30 minutes; "" on the Home tab, which has none."""


def view(context: FormContext, current: DigestCommand) -> Block:
    """The modal, filled in with the current command."""
    every = [_option(shown, value) for value, shown in wording.DIGEST_FREQUENCIES.items()]
    counts = [
        _option(wording.count(number, "highlights"), str(number)) for number in range(1, MAX_HIGHLIGHTS + 1)
    ]
    selected = (
        WEEKDAYS[current.weekday]
        if current.every == "weekly" and current.weekday is not None
        else current.every
    )
    usual = default_count(current.every, current.only)
    chosen_count = str(current.count) if current.count != usual else None
    zone = _option(current.zone, current.zone) if current.zone else None
    filters = (current.only, *current.also) if current.only else ()
    only = [_filter_option(filter_) for filter_ in filters]
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": json.dumps([context.channel, context.url]),
        "title": kit.plain_text(wording.DIGEST_TITLE),
        "submit": kit.plain_text(wording.DIGEST_SET),
        "close": kit.plain_text(wording.DIGEST_NOT_SET),
        "blocks": [
            _input("name", _text_input(current.name, MAX_NAME_CHARS), optional=True),
            _input("every", _menu(every, selected)),
            _input("at", {"type": "timepicker", "initial_time": f"{current.at:%H:%M}"}),
            _input("zone", _search_menu(zone), optional=True),
            _input("count", _menu(counts, chosen_count), optional=True),
            _input("only", _multiple_menu(only), optional=True),
            _input("less", _text_input(", ".join(current.less)), optional=True),
            _input("never", _text_input(", ".join(current.never)), optional=True),
        ],
    }


def context_of(submitted_view: Payload) -> FormContext | None:
    """The context of a submitted form; None if the form is not ours."""
    try:
        selected = json.loads(get_string(submitted_view, "private_metadata"))
    except ValueError:
        return None
    match selected:
        case [str(channel), str(url)] if get_string(submitted_view, "callback_id") == CALLBACK_ID and channel:
            return FormContext(channel, url)
    return None


def submitted(submitted_view: Payload, index: Index) -> DigestCommand | InvalidDigestCommand:
    """The command in a submitted form, or what is wrong with it: also a filter that fits no highlight."""
    values = get_object(get_object(submitted_view, "state"), "values")
    filters = [Filter.of_option(option) for option in _input_values(values, "only")]
    command = from_form(
        every=_input_value(values, "every"),
        at=_input_value(values, "at"),
        zone=_input_value(values, "zone"),
        count=_input_value(values, "count"),
        name=_input_value(values, "name"),
        less=_input_value(values, "less"),
        never=_input_value(values, "never"),
        filters=[filter_ for filter_ in filters if filter_ is not None],
    )
    return (objection(command, index) if isinstance(command, DigestCommand) else None) or command


def time_zone_options(typed: str) -> list[Block]:
    """Time zones that match the typed text."""
    return [_option(name, name) for name in time_zones.complete(typed, MAX_OPTIONS)]


def filter_options(typed: str, index: Index) -> list[Block]:
    """Tags, authors and titles that match the typed text, in groups. The value of a long title is its beginning, which is enough to
    find it."""
    groups: list[Block] = []
    folded = fold(typed.strip().lower())
    others = [
        _filter_option(filter_)
        for filter_ in OTHER_FILTERS
        if folded in fold(wording.restricted(filter_).lower())
    ]
    if others:
        groups.append({"label": kit.plain_text(wording.DIGEST_OTHER_THEMES), "options": others})
    for kind, facet in FILTER_FACETS.items():
        names = (one_line(name) for name in listing.complete(facet, typed, index, _MAX_OPTIONS_PER_KIND))
        options = {
            str(option["value"]): option
            for option in (_filter_option(Filter(kind, name)) for name in names if name)
        }
        if options:
            groups.append(
                {"label": kit.plain_text(wording.DIGEST_FILTERS[kind]), "options": list(options.values())}
            )
    return groups


def _filter_option(filter_: Filter) -> Block:
    shown = filter_.value if filter_.kind in FILTER_FACETS else wording.restricted(filter_)
    return _option(shown, filter_.option[:_MAX_OPTION_VALUE_CHARS])


def _menu(options: list[Block], chosen: str | None) -> Block:
    """A menu in which the option with the value `chosen` is preselected; with None, nothing is."""
    menu: Block = {"type": "static_select", "options": options}
    if chosen is None:
        return menu
    return {
        **menu,
        "initial_option": next((option for option in options if option["value"] == chosen), options[0]),
    }


def _text_input(typed: str, max_chars: int = 150) -> Block:
    field: Block = {"type": "plain_text_input", "max_length": max_chars}
    return {**field, "initial_value": typed[:max_chars]} if typed else field


def _search_menu(chosen: Block | None) -> Block:
    """A menu whose options are loaded while a person types."""
    menu: Block = {"type": "external_select", "min_query_length": 1}
    return {**menu, "initial_option": chosen} if chosen is not None else menu


def _multiple_menu(chosen: list[Block]) -> Block:
    """A menu in which several options can be chosen. It offers some before the person types."""
    menu: Block = {"type": "multi_external_select", "min_query_length": 0}
    return {**menu, "initial_options": chosen} if chosen else menu


def _input(name: str, element: Block, optional: bool = False) -> Block:
    label, hint = wording.DIGEST_FIELDS[name]
    return {
        "type": "input",
        "block_id": name,
        "label": kit.plain_text(label),
        "element": {**element, "action_id": INPUT_ACTION},
        **({"hint": kit.plain_text(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def _option(shown: str, value: str) -> Block:
    return {"text": kit.plain_text(clipped(shown, _MAX_OPTION_TEXT_CHARS, "…")), "value": value}


def _input_value(values: Mapping[str, object], name: str) -> str:
    """The value of an input; empty if none was chosen."""
    input_ = get_object(get_object(values, name), INPUT_ACTION)
    chosen = get_string(get_object(input_, "selected_option"), "value")
    return get_string(input_, "selected_time") or chosen or get_string(input_, "value")


def _input_values(values: Mapping[str, object], name: str) -> list[str]:
    """The values of an input in which several can be chosen."""
    options = get_object(get_object(values, name), INPUT_ACTION).get("selected_options")
    return (
        [get_string(option, "value") for option in options if isinstance(option, dict)]
        if isinstance(options, list)
        else []
    )
