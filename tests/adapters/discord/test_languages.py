"""Private replies are in the language of the person's Discord, public ones in the language of the server."""

import re

import pytest
import simcord

from adapters.discord.command_sync import same
from adapters.discord.translations import Translations
from bot.chat import wording
from tests.adapters.discord.conftest import Town, text_of

NAME = re.compile(r"[-_'\w]{1,32}")
"""Discord's rule for names of commands and options. They must also be lower case."""


def text_in(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return text_of(result.response.components)


async def test_a_german_asks_and_reads_german(town: Town) -> None:
    town.locales[town.ann.id] = "de"
    help_text = text_in(await town.ann.slash(town.channel, "highlight help"))
    assert "Frag in eigenen Worten" in help_text
    assert "uhrzeit:" in help_text
    refused = text_in(await town.ann.slash(town.channel, "highlight search", words="zzzzqqqq"))
    assert "Nichts Passendes gefunden. Gesucht habe ich zzzzqqqq." in refused
    shown = text_in(await town.ann.slash(town.channel, "highlight random"))
    assert "[Quelle zeigen]" in shown
    assert "[Im Kanal teilen]" in shown


async def test_two_people_in_one_channel_each_get_their_own_language(town: Town) -> None:
    town.locales |= {town.ann.id: "ja", town.ben.id: "es-419"}
    for _ in range(2):
        ann = await town.ann.slash(town.channel, "highlight search", words="zzzzqqqq")
        ben = await town.ben.slash(town.channel, "highlight search", words="zzzzqqqq")
        assert "該当するものはありません" in text_in(ann)
        assert "No he encontrado nada" in text_in(ben)


@pytest.mark.parametrize("locale", ["pt-BR", "en-GB", "xx-unknown"])
async def test_a_language_that_the_bot_does_not_speak_is_answered_in_english(town: Town, locale: str) -> None:
    town.locales[town.ann.id] = locale
    assert "Ask in your own words" in text_in(await town.ann.slash(town.channel, "highlight help"))


async def test_a_mention_is_answered_in_the_language_of_the_server(town: Town) -> None:
    """Everybody reads the answer, and a message does not contain its author's locale."""
    town.env.backend.get_guild(town.guild.id).preferred_locale = "fr"
    await town.restart()
    [reply] = await town.ask("zzzzqqqq")
    assert "Je n’ai rien trouvé qui corresponde. J’ai cherché zzzzqqqq." in reply


async def test_public_replies_are_in_the_language_of_the_server(town: Town) -> None:
    town.locales |= {town.ann.id: "de", town.guild.id: "fr"}
    await town.ann.slash(town.channel, "highlight random", public=True)
    [reply] = town.bot_texts()
    assert "[Supprimer]" in reply


async def test_a_button_is_answered_in_the_language_of_who_presses_it(town: Town) -> None:
    town.locales |= {town.ann.id: "de", town.ben.id: "zh-CN"}
    shared = await town.ann.slash(town.channel, "highlight random", public=True)
    assert shared.response is not None
    pressed = await town.ben.click(shared.response, label="Remove")
    assert "只有提问的人或管理员可以删除。" in text_in(pressed)


async def test_direct_messages_are_in_the_language_of_the_persons_last_command(town: Town) -> None:
    town.locales[town.ann.id] = "de"
    await town.ann.slash(town.channel, "highlight help")
    await town.ann.send_dm("zzzzqqqq")
    [reply] = town.bot_texts(town.ann.user.dm_channel)
    assert "Gesucht habe ich zzzzqqqq" in reply


async def test_commands_are_registered_in_every_language(town: Town) -> None:
    commands = [
        await command.get_translated_payload(town.client.tree, Translations())
        for command in town.client.tree.get_commands()
    ]
    assert same(commands, list(town.env.backend.commands[None].values()))

    def walk(item: dict[str, object], siblings: dict[str, set[str]], root: bool) -> None:
        names, descriptions = item.get("name_localizations") or {}, item.get("description_localizations")
        assert isinstance(names, dict)
        for locale in ("de", "fr", "es-ES", "es-419", "ja", "zh-CN", "zh-TW"):
            if not root:
                assert NAME.fullmatch(names[locale]), (item["name"], locale)
                assert names[locale] == names[locale].lower()
                assert names[locale] not in siblings.setdefault(locale, set()), (item["name"], locale)
                siblings[locale].add(names[locale])
            if isinstance(item.get("description"), str):
                assert isinstance(descriptions, dict)
                assert 1 <= len(descriptions[locale]) <= 100
        assert "en-US" not in names
        for choice in item.get("choices") or ():  # type: ignore[attr-defined]
            assert choice["name_localizations"]["de"] == wording_of("de", choice["value"])
        below: dict[str, set[str]] = {}
        for option in item.get("options") or ():  # type: ignore[attr-defined]
            walk(option, below, root=False)

    for command in commands:
        walk(command, {}, root=True)
    menu = next(command for command in commands if command["type"] == 3)
    assert menu["name_localizations"]["fr"] == "Trouver des passages là-dessus"


def wording_of(language: str, choice: str) -> str:
    """The wording of a choice: a frequency, or a theme such as "added:week" or "review:"."""
    with wording.in_language(language):
        return {**wording.THEMES, **wording.DIGEST_FREQUENCIES}[choice.removesuffix(":").rpartition(":")[2]]
