"""Someone saves a message, with the command in its menu and a form, or with the reaction 🔖."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord

from adapters.discord.events.saving import BOOKMARK, DONE
from bot.access.places import Allowlist
from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.saving.saver import Saver
from bot.saving.store import FolderStore
from bot.search.index import Index
from bot.service import Service
from bot.state.memory_claims import MemoryClaims
from corpus.load import load
from corpus.model import Highlight
from tests.adapters.discord.conftest import SERVER, Town, client, text_of

TEXT = "The harbour light is painted a new colour each spring, and nobody writes down which."


@pytest.fixture
async def town(bot: Bot, tmp_path: Path) -> AsyncIterator[Town]:
    """The simulated Discord with a bot that saves into `tmp_path`. Ann may save, Ben may not."""
    rules = Rules(Allowlist(servers=frozenset({f"discord:{SERVER}"})), now=lambda: env.now().timestamp())
    answering = Bot(bot.index)

    async def read_notes() -> None:
        answering.index = Index.build(load(tmp_path))

    saver = Saver(rules, FolderStore(tmp_path), read_notes)
    service = Service(answering, rules, MemoryClaims(), saver=saver)
    env = simcord.Env(client(service))
    await env.start()
    try:
        town = Town(env, service)
        rules.savers = frozenset({f"discord:{town.ann.id}"})
        yield town
    finally:
        await env.shutdown()
        env.raise_errors()


def saved_highlights(town: Town) -> tuple[Highlight, ...]:
    """The highlights that were saved. The sample notes have none."""
    return tuple(
        highlight
        for highlight in town.service.bot.index.library.highlights
        if highlight.source.category == "messages"
    )


async def test_a_saved_message_is_found_with_author_channel_link_tags_and_note(town: Town) -> None:
    message = await town.ben.send(town.channel, f"**{TEXT}** <@{town.ann.id}>")
    form = await town.ann.context_menu(town.channel, wording.SAVE_AS_HIGHLIGHT, message)
    assert form.modal is not None
    assert form.modal["title"] == wording.SAVE_AS_HIGHLIGHT
    result = await town.ann.submit_modal(form, {"tags": "#light, colour", "remark": "For the spring talk"})
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.SAVED_TO_NOTES
    (found,) = saved_highlights(town)
    assert found.plain == f"{TEXT} ann"
    assert (found.source.title, found.source.authors) == ("#books", ("ben",))
    assert (found.tags, found.remark) == (("light", "colour"), "For the spring talk")
    assert found.link == f"https://discord.com/channels/{SERVER}/{town.channel.id}/{message.id}"
    answer = (await town.ask("what colour is the harbour light painted?"))[-1]
    assert "painted" in answer


async def test_a_form_from_before_a_restart_gets_a_notice(town: Town) -> None:
    message = await town.ben.send(town.channel, TEXT)
    form = await town.ann.context_menu(town.channel, wording.SAVE_AS_HIGHLIGHT, message)
    assert town.client.saving is not None
    town.client.saving._messages.clear()
    result = await town.ann.submit_modal(form, {"tags": "", "remark": ""})
    assert result.response is not None
    assert text_of(result.response.components) == wording.SAVE_FORM_GONE
    assert saved_highlights(town) == ()


async def test_people_who_may_not_save_get_a_notice_and_no_form(town: Town) -> None:
    message = await town.ann.send(town.channel, TEXT)
    result = await town.ben.context_menu(town.channel, wording.SAVE_AS_HIGHLIGHT, message)
    assert result.modal is None
    assert result.response is not None
    assert text_of(result.response.components) == wording.MAY_NOT_SAVE


async def test_the_bots_own_answer_is_not_saved(town: Town) -> None:
    await town.ask("memory")
    channel = town.client.get_channel(town.channel.id)
    assert isinstance(channel, discord.TextChannel)
    answer = await channel.fetch_message(town.messages()[-1].id)
    result = await town.ann.context_menu(town.channel, wording.SAVE_AS_HIGHLIGHT, answer)
    assert result.response is not None
    assert text_of(result.response.components) == wording.SAVED_OWN


def reactions(town: Town, message: int) -> set[str]:
    return {
        reaction.emoji
        for reaction in town.env.backend.messages[town.channel.id][message].reactions
        if reaction.user_ids
    }


async def test_a_bookmark_reaction_saves_a_message_once_and_gets_a_tick(town: Town) -> None:
    message = await town.ben.send(town.channel, TEXT)
    await town.ann.react(message, "👍")
    await town.ben.react(message, BOOKMARK)
    assert saved_highlights(town) == (), "Ben may not save"
    await town.ann.react(message, BOOKMARK)
    assert [highlight.plain for highlight in saved_highlights(town)] == [TEXT]
    assert DONE in reactions(town, message.id)
    form = await town.ann.context_menu(town.channel, wording.SAVE_AS_HIGHLIGHT, message)
    result = await town.ann.submit_modal(form, {"tags": "late", "remark": ""})
    assert result.response is not None
    assert text_of(result.response.components) == wording.SAVED_BEFORE
    assert len(saved_highlights(town)) == 1
    assert town.bot_texts() == [], "the bot posts nothing in the channel"
