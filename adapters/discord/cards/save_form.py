"""The modal that saves a message. The id of the message is in its custom id, so that every copy of the bot can answer it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.chat import wording
from bot.chat.save_request import MAX_REMARK_CHARS, MAX_TAG_CHARS, MAX_TAGS, remark_of, tags_of

_CUSTOM_ID = re.compile(r"m1:save:(\d{1,20})")
_TAGS, _REMARK = "tags", "remark"


def modal(message: int) -> ui.Modal:
    """The form for the message with this id. `adapters.discord.events.saving` answers it, not the modal itself."""
    form = ui.Modal(title=wording.SAVE_AS_HIGHLIGHT, custom_id=f"m1:save:{message}", timeout=600)
    form.add_item(
        ui.Label(
            text=wording.SAVE_TAGS,
            component=ui.TextInput(
                custom_id=_TAGS,
                placeholder=wording.SAVE_TAGS_HINT,
                required=False,
                max_length=MAX_TAGS * MAX_TAG_CHARS,
            ),
        )
    )
    form.add_item(
        ui.Label(
            text=wording.SAVE_REMARK,
            component=ui.TextInput(
                custom_id=_REMARK, style=discord.TextStyle.long, required=False, max_length=MAX_REMARK_CHARS
            ),
        )
    )
    return form


def message_of(interaction: discord.Interaction[Any]) -> int | None:
    """The id of the message that a submitted form is about; None for every other interaction."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    found = _CUSTOM_ID.fullmatch(str(_data(interaction).get("custom_id", "")))
    return int(found[1]) if found else None


def typed(interaction: discord.Interaction[Any]) -> tuple[tuple[str, ...], str]:
    """The tags and the remark in a submitted form."""
    values = dict(_values(_data(interaction).get("components")))
    return tags_of(values.get(_TAGS, "")), remark_of(values.get(_REMARK, ""))


def _data(interaction: discord.Interaction[Any]) -> Mapping[str, object]:
    data: object = interaction.data
    return data if isinstance(data, Mapping) else {}


def _values(components: object) -> Iterator[tuple[str, str]]:
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, Mapping):
            continue
        if isinstance(component.get("value"), str):
            yield str(component.get("custom_id")), str(component["value"])
        yield from _values(component.get("components"))
        yield from _values([component.get("component")])
