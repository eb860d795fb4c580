"""The application commands: `/highlight …`, and on a message "Find highlights about this" and "Save as highlight".

Only the asker sees the answers. The commands work in servers, in direct messages and in groups. People who installed the
application for themselves have the commands everywhere, even where the bot is not a member; `bot.access.rules` decides who is
answered there.
"""

from logging import getLogger
from typing import Any

import discord
from discord import app_commands

from adapters.discord.events.autocomplete import (
    Choices,
    Interaction,
    complete_names,
    complete_titles,
    source_choice,
)
from adapters.discord.events.digest_setup import DigestCommands
from adapters.discord.events.interactions import InteractionHandler, tell
from adapters.discord.events.saving import MessageSaver, save_command
from adapters.discord.plain_text import words
from bot.chat import wording
from bot.chat.requests import MAX_RANDOM_HIGHLIGHTS, Command
from bot.chat.settings_commands import SettingsCommand
from bot.model import Question
from bot.runtime.logs import describe_error

log = getLogger("analects.discord")

_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Tree(app_commands.CommandTree[Any]):
    """Logs failures without the question, and writes in the language of the asker."""

    handler: InteractionHandler

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        self.handler.use_language_of_asker(interaction)
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        cause = error.__cause__ or error
        log.error(
            "command of interaction %(interaction)d failed: %(error)s",
            {"interaction": interaction.id, "error": describe_error(cause)},
        )
        # a command of another version, which Discord still shows, fails before it is acknowledged
        if not interaction.response.is_done():
            self.handler.use_language_of_asker(interaction)
            await tell(interaction, wording.QUESTION_FAILED)


class Highlight(app_commands.Group):
    """`/highlight`."""

    def __init__(self, handler: InteractionHandler) -> None:
        super().__init__(
            name="highlight",
            description=wording.CHANNEL_TOPIC,
            allowed_contexts=_CONTEXTS,
            allowed_installs=_INSTALLS,
        )
        self._interacting = handler
        self.add_command(DigestCommands(handler))

    @app_commands.command(name="random", description=wording.subcommand("random"))
    @app_commands.describe(
        count=wording.OPTIONS["count"],
        tag=wording.OPTIONS["tag"],
        by=wording.OPTIONS["author"],
        from_=wording.OPTIONS["title"],
        public=wording.OPTIONS["public"],
    )
    @app_commands.rename(from_="from")
    async def random(
        self,
        interaction: Interaction,
        count: app_commands.Range[int, 1, MAX_RANDOM_HIGHLIGHTS] = 1,
        tag: str = "",
        by: str = "",
        from_: str = "",
        public: bool = False,
    ) -> None:
        typed = (("tag", tag), ("by", by), ("from", from_))
        theme = " ".join(f"{kind} {value.strip()}" for kind, value in typed if value.strip())
        await self._interacting.answer(interaction, Command("random", theme, limit=count), private=not public)

    @app_commands.command(name="recent", description=wording.subcommand("recent"))
    @app_commands.describe(count=wording.OPTIONS["count"])
    async def recent(
        self,
        interaction: Interaction,
        count: app_commands.Range[int, 1, MAX_RANDOM_HIGHLIGHTS] | None = None,
    ) -> None:
        await self._interacting.answer(interaction, Command("recent", limit=count))

    @app_commands.command(name="search", description=wording.subcommand("search"))
    @app_commands.describe(words=wording.OPTIONS["words"])
    async def search(self, interaction: Interaction, words: str) -> None:
        await self._interacting.answer(interaction, Command("search", words))

    @app_commands.command(name="by", description=wording.subcommand("by"))
    @app_commands.describe(author=wording.OPTIONS["author"])
    async def by(self, interaction: Interaction, author: str) -> None:
        await self._interacting.answer(interaction, Command("by", author))

    @app_commands.command(name="from", description=wording.subcommand("from"))
    @app_commands.describe(title=wording.OPTIONS["title"])
    async def from_(self, interaction: Interaction, title: str) -> None:
        command = Command("from", title)
        if (key := source_choice(title)) is not None:
            command = Command("source", key)
        await self._interacting.answer(interaction, command)

    @app_commands.command(name="tag", description=wording.subcommand("tag"))
    @app_commands.describe(tag=wording.OPTIONS["tag"])
    async def tag(self, interaction: Interaction, tag: str) -> None:
        await self._interacting.answer(interaction, Command("tag", tag))

    @app_commands.command(name="sources", description=wording.subcommand("sources"))
    async def sources(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, Command("sources"))

    @app_commands.command(name="stats", description=wording.subcommand("stats"))
    @app_commands.describe(year=wording.OPTIONS["year"])
    async def stats(
        self, interaction: Interaction, year: app_commands.Range[int, 1000, 9999] | None = None
    ) -> None:
        await self._interacting.answer(interaction, Command("stats", str(year or "")))

    @app_commands.command(name="settings", description=wording.subcommand("settings"))
    async def settings(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, SettingsCommand())

    @app_commands.command(name="gaps", description=wording.subcommand("gaps"))
    async def gaps(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, Command("gaps"))

    @app_commands.command(name="help", description=wording.subcommand("help"))
    async def help(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, Command("help"))

    @random.autocomplete("by")
    @by.autocomplete("author")
    async def _authors(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete(interaction, "author", typed)

    @random.autocomplete("from_")
    async def _names_of_titles(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete(interaction, "title", typed)

    @from_.autocomplete("title")
    async def _titles(self, interaction: Interaction, typed: str) -> Choices:
        return await complete_titles(self._interacting, interaction, typed)

    @random.autocomplete("tag")
    @tag.autocomplete("tag")
    async def _tags(self, interaction: Interaction, typed: str) -> Choices:
        return await self._complete(interaction, "tag", typed)

    async def _complete(self, interaction: Interaction, kind: str, typed: str) -> Choices:
        return await complete_names(self._interacting, interaction, kind, typed)


def find_about(handler: InteractionHandler) -> app_commands.ContextMenu:
    """The command "Find highlights about this" on a message."""

    async def find(interaction: Interaction, message: discord.Message) -> None:
        await handler.answer(interaction, Question(words(message), handler.service.bot.quotes))

    return app_commands.ContextMenu(
        name=wording.FIND_ABOUT, callback=find, allowed_contexts=_CONTEXTS, allowed_installs=_INSTALLS
    )


def tree_of(client: discord.Client, handler: InteractionHandler, saving: MessageSaver | None = None) -> Tree:
    """The tree of all commands; without `saving`, the command that saves is left out."""
    tree = Tree(client)
    tree.handler = handler
    tree.add_command(Highlight(handler))
    tree.add_command(find_about(handler))
    if saving is not None:
        tree.add_command(save_command(saving))
    return tree
