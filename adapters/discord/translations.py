"""The names and descriptions of commands in the languages that the bot speaks.

Commands are declared in English; Discord shows a person the registered translation for their locale. `/highlight` itself has the
same name for everyone.
"""

from typing import Any

from discord import Locale, app_commands
from discord.app_commands import (
    Choice,
    Group,
    Parameter,
    TranslationContextLocation,
    TranslationContextTypes,
    locale_str,
)

from bot.chat import wording
from bot.schedule.plan import Filter

DIGEST = "digest"

_OPTION_OF_PARAMETER = {"by": "author", "from_": "title"}
"""The option whose description a parameter has, by the name of the parameter."""


class Translations(app_commands.Translator):
    """Looks up the translations that are registered with the commands."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """The translation of a name or description; None if it stays English."""
        del string  # the context says which text it is
        language = wording.language_of(locale.value)
        if language == wording.ENGLISH:
            return None
        with wording.in_language(language):
            return _text(context.location, context.data)


def _text(location: TranslationContextLocation, declared: object) -> str | None:
    """The name or description of a command, an option or a choice, in the reader's language."""
    if isinstance(declared, Choice):
        value = str(declared.value)
        return wording.DIGEST_FREQUENCIES.get(value) or wording.restricted(Filter.of_option(value)) or None
    if isinstance(declared, Parameter):
        if location is TranslationContextLocation.parameter_name:
            return wording.OPTION_NAMES.get(str(declared.display_name))
        if _in_digest(declared.command):
            return {**wording.DIGEST_OPTIONS, **wording.POSTING_OPTIONS}.get(declared.name)
        return wording.OPTIONS.get(_OPTION_OF_PARAMETER.get(declared.name, declared.name))
    if isinstance(declared, app_commands.ContextMenu):
        with wording.in_language(wording.ENGLISH):  # as it is declared
            saves = declared.name == wording.SAVE_AS_HIGHLIGHT
        return wording.SAVE_AS_HIGHLIGHT if saves else wording.FIND_ABOUT
    if not isinstance(declared, Group | app_commands.Command):
        return None
    if location in (TranslationContextLocation.command_name, TranslationContextLocation.group_name):
        return wording.COMMAND_NAMES.get(declared.name)
    if declared.parent is None:
        return wording.CHANNEL_TOPIC
    if _in_digest(declared):
        return wording.DIGEST_SUBCOMMANDS.get(declared.name)
    return wording.COMMANDS[declared.name][1] if declared.name in wording.COMMANDS else None


def _in_digest(command: "app_commands.Command[Any, ..., Any] | Group | app_commands.ContextMenu") -> bool:
    parent = getattr(command, "parent", None)
    return isinstance(parent, Group) and parent.name == DIGEST
