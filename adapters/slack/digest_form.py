"""The form in which a channel's digest is set: what it shows, what it offers while one types, what was sent off with it.

Pure. Each input's block id is the part of a command that it sets (`bot.chat.digest_commands.Part`), so that what is wrong is
told at it.
A form knows its channel and where its answer goes by what it carries; Slack gives that back unseen.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack import block_kit as kit
from adapters.slack.arrivals import Payload, part, word
from adapters.slack.block_kit import Block
from bot.answering import listing
from bot.chat import wording
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand, from_form
from bot.digest.requests import unmatched
from bot.schedule import time_zones
from bot.schedule.plan import KINDS, MAX_HIGHLIGHTS, WEEKDAYS
from bot.search.index import Index
from bot.text.sanitize import one_line
from bot.text.truncate import clipped

CALLBACK = "digest"
CHOSEN = "chosen"
"""Action id of every input; its block id tells which it is."""
MOST_OPTIONS = 100
_MOST_OF_A_KIND = 20
_MOST_SHOWN, _MOST_VALUE = 75, 150


@dataclass(frozen=True, slots=True)
class Carried:
    """What a form knows of where it was opened."""

    channel: str
    url: str
    """The response_url of the command, good for half an hour."""


def view(carried: Carried, usual: DigestCommand) -> Block:
    """The modal, with what is usual in it; a zone that nobody named is left open."""
    every = [_option(shown, value) for value, shown in wording.EVERY.items()]
    counts = [
        _option(wording.count(number, "highlights"), str(number)) for number in range(1, MAX_HIGHLIGHTS + 1)
    ]
    held = WEEKDAYS[usual.weekday] if usual.every == "weekly" and usual.weekday is not None else usual.every
    zone = _option(usual.zone, usual.zone) if usual.zone else None
    only = _filter(usual.only.kind, usual.only.value) if usual.only else None
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps([carried.channel, carried.url]),
        "title": kit.plain(wording.DIGEST_TITLE),
        "submit": kit.plain(wording.DIGEST_SET),
        "close": kit.plain(wording.DIGEST_NOT_SET),
        "blocks": [
            _input("every", _menu(every, held)),
            _input("at", {"type": "timepicker", "initial_time": f"{usual.at:%H:%M}"}),
            _input("zone", _sought(zone), optional=True),
            _input("count", _menu(counts, str(usual.count))),
            _input("only", _sought(only), optional=True),
        ],
    }


def carried(sent: Payload) -> Carried | None:
    """What a form carried; None where it is none of ours."""
    try:
        held = json.loads(word(sent, "private_metadata"))
    except ValueError:
        return None
    match held:
        case [str(channel), str(url)] if word(sent, "callback_id") == CALLBACK and channel and url:
            return Carried(channel, url)
    return None


def sent_off(sent: Payload, index: Index) -> DigestCommand | InvalidDigestCommand:
    """The command of a form that was sent off; what is wrong in it, also that nothing fits."""
    values = part(part(sent, "state"), "values")
    kind, _, value = _chosen(values, "only").partition(":")
    command = from_form(
        every=_chosen(values, "every"),
        at=_chosen(values, "at"),
        zone=_chosen(values, "zone"),
        count=_chosen(values, "count"),
        kind=kind,
        value=value,
    )
    return (unmatched(command.only, index) if isinstance(command, DigestCommand) else None) or command


def cities(typed: str) -> list[Block]:
    """Zones for what is typed."""
    return [_option(name, name) for name in time_zones.complete(typed, MOST_OPTIONS)]


def filters(typed: str, index: Index) -> list[Block]:
    """Tags, authors and titles for what is typed, in groups. A title that is too long is found by its beginning."""
    groups: list[Block] = []
    for kind, facet in KINDS.items():
        names = (one_line(name) for name in listing.complete(facet, typed, index, _MOST_OF_A_KIND))
        options = {str(one["value"]): one for one in (_filter(kind, name) for name in names if name)}
        if options:
            groups.append({"label": kit.plain(wording.FILTERS[kind]), "options": list(options.values())})
    return groups


def _filter(kind: str, name: str) -> Block:
    return _option(name, f"{kind}:{name}"[:_MOST_VALUE])


def _menu(options: list[Block], chosen: str) -> Block:
    first = next((one for one in options if one["value"] == chosen), options[0])
    return {"type": "static_select", "options": options, "initial_option": first}


def _sought(chosen: Block | None) -> Block:
    """A menu that is filled as one types."""
    sought: Block = {"type": "external_select", "min_query_length": 1}
    return {**sought, "initial_option": chosen} if chosen is not None else sought


def _input(name: str, element: Block, optional: bool = False) -> Block:
    label, hint = wording.DIGEST_FIELDS[name]
    return {
        "type": "input",
        "block_id": name,
        "label": kit.plain(label),
        "element": {**element, "action_id": CHOSEN},
        **({"hint": kit.plain(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def _option(shown: str, value: str) -> Block:
    return {"text": kit.plain(clipped(shown, _MOST_SHOWN, "…")), "value": value}


def _chosen(values: Mapping[str, object], name: str) -> str:
    """What was chosen or typed in an input; empty where nothing was."""
    held = part(part(values, name), CHOSEN)
    return word(held, "selected_time") or word(part(held, "selected_option"), "value")
