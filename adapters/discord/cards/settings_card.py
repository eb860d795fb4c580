"""Renders the settings of a server as a form: a menu for each setting, which shows its values.

A pure function, as in `adapters.discord.cards.render`.
"""

from adapters.discord.cards.card import Block, Card, Option, Picker
from adapters.discord.cards.custom_ids import setting_menu_id
from adapters.discord.cards.markdown import literal
from bot.chat import wording
from bot.chat.replies import ServerSettings
from bot.chat.settings_commands import SettingName

MAX_PICKED = 25
"""Values that a menu of Discord can hold."""


def card(reply: ServerSettings, preset: bool) -> Card:
    """With `preset`, the menus show the chosen channels and roles. Discord refuses such a menu if one of them no longer exists."""
    choices = reply.choices
    above = [wording.SETTINGS_ABOVE, wording.settings_overruled(reply.overruled)]
    return Card(
        (Block(tuple(literal(text) for text in above if text)),),
        pickers=(
            _of_ids("channels", choices.channels if preset else ()),
            _of_ids("roles", choices.roles if preset else ()),
            _of_options("threads", "on" if choices.threads else "off"),
            _of_options("buttons", choices.buttons),
            _of_options("digest-buttons", choices.digest_buttons),
        ),
        framed=False,
    )


def _of_ids(name: SettingName, chosen: tuple[str, ...]) -> Picker:
    any_ = wording.SETTINGS_ANY[name]
    return Picker(wording.SETTINGS[name], setting_menu_id(name), "roles" if name == "roles" else "channels", any_,
                  chosen=chosen[:MAX_PICKED])  # fmt: skip


def _of_options(name: SettingName, chosen: str) -> Picker:
    options = tuple(Option(label, value) for value, label in wording.SETTINGS_CHOICES[name].items())
    return Picker(wording.SETTINGS[name], setting_menu_id(name), "options", options=options, chosen=(chosen,))
