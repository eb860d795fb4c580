"""Cards in SimCord: Discord accepts them, their buttons work after a restart of the bot, and they leave nothing in memory."""

from typing import Any

import discord
import pytest
import simcord

from adapters.discord.cards.actions import Action, More, Remove, Share, ShowSource
from adapters.discord.cards.card import layout
from adapters.discord.cards.items import DYNAMIC_ITEMS
from adapters.discord.cards.render import Origin, render
from adapters.discord.events.share import shared
from bot.answering.listing import source_key
from bot.chat.conversation import Bot
from bot.chat.replies import Reply
from bot.chat.requests import Command
from bot.model import Question


class Client(discord.Client):
    """Answers a mention with `reply`, and records the buttons that are pressed."""

    def __init__(self, reply: Reply, private: bool = False) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.reply, self.private = reply, private
        self.actions: list[Action | None] = []

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*DYNAMIC_ITEMS)

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            origin = Origin(message.id, message.author.id, self.private)
            await message.reply(view=layout(render(self.reply, origin)))

    async def pressed(self, interaction: discord.Interaction[Any], action: Action | None) -> None:
        self.actions.append(action)
        if isinstance(action, Share) and interaction.message:
            await interaction.response.send_message(
                view=shared(interaction.message, interaction.user.id, "@everyone *Ann*", None)
            )
        else:
            await interaction.response.defer(ephemeral=True)


@pytest.fixture
def client(bot: Bot) -> Client:
    return Client(bot.reply(Question("memory")))


async def _ask(env: simcord.Env, client: Client) -> tuple[Any, Any, Any]:
    guild = env.create_guild()
    channel = guild.create_text_channel("books")
    ann = guild.add_member(env.create_user("ann"))
    question = await ann.send(channel, f"{client.user.mention if client.user else ''} sleep and memory")
    return ann, channel, question


def _ids(message: discord.Message) -> dict[str, str]:
    view = discord.ui.LayoutView.from_message(message)
    return {
        item.label or "": item.custom_id or ""
        for item in view.walk_children()
        if isinstance(item, discord.ui.Button)
    }


async def test_discord_accepts_an_answer_and_its_buttons_work_after_a_restart(client: Client) -> None:
    async with simcord.run(client) as env:
        ann, channel, question = await _ask(env, client)
        answer = channel.last_message
        ids = _ids(answer)
        restarted_client = Client(client.reply)
        await env.restart_bot(restarted_client)
        await ann.click(answer, custom_id=ids["▶"])
        await ann.click(answer, custom_id=ids["Remove"])
        assert client.actions == []
        assert restarted_client.actions == [More(3, 3, message=question.id), Remove(ann.id)]


async def test_a_source_chosen_from_the_menu_reaches_the_bot_after_a_restart(client: Client) -> None:
    async with simcord.run(client) as env:
        ann, channel, _ = await _ask(env, client)
        answer = channel.last_message
        key = source_key(client.reply.quotes[0].highlight.source)  # type: ignore[union-attr]
        restarted_client = Client(client.reply)
        await env.restart_bot(restarted_client)
        await ann.select(answer, [key], custom_id="s1:o")
        assert restarted_client.actions == [ShowSource(key)]


async def test_many_answers_leave_no_views_in_discord_py(client: Client) -> None:
    async with simcord.run(client) as env:
        ann, channel, _ = await _ask(env, client)
        for _ in range(20):
            await ann.send(channel, "again")
        store = client._connection._view_store
        assert not store._views
        assert not store._synced_message_views
        assert len(store._dynamic_items) == 2


async def test_a_private_reply_is_shared_unchanged(bot: Bot) -> None:
    for request in (
        Question("memory"),
        Command("random"),
        Command("sources"),
        Command("by", "Ilse Brandvoort"),
    ):
        client = Client(bot.reply(request), private=True)
        async with simcord.run(client) as env:
            ann, channel, _ = await _ask(env, client)
            private = channel.last_message
            before = discord.ui.LayoutView.from_message(private)
            await ann.click(private, custom_id=_ids(private)["Share in channel"])
            after = discord.ui.LayoutView.from_message(channel.last_message)
            texts = [
                item.content for item in after.walk_children() if isinstance(item, discord.ui.TextDisplay)
            ]
            assert texts[1:] == [
                item.content for item in before.walk_children() if isinstance(item, discord.ui.TextDisplay)
            ]
            assert texts[0] == "-# Shared by @\u200beveryone \\*Ann\\*".replace("@", "\\@")
            assert set(_ids(channel.last_message)) <= {"Remove", "Show source"}
            assert _ids(channel.last_message)["Remove"] == f"b1:r:{ann.id}"
            assert not channel.last_message.mention_everyone
