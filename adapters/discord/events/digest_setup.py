"""The commands `/highlight digest …`. Only the asker sees the answers.

Everyone can see the commands. `bot.access.rules` decides who may set a digest; the answer says it.
"""

import discord
from discord import app_commands

from adapters.discord.arrivals import PLATFORM
from adapters.discord.errors import missing_permissions
from adapters.discord.events.autocomplete import MAX_CHOICES, Choices, Interaction, choices, complete_names
from adapters.discord.events.interactions import InteractionHandler
from bot.answering import listing
from bot.chat import wording
from bot.chat.digest_commands import DigestCommand, DigestRequest, InvalidDigestCommand
from bot.chat.digest_parser import from_form
from bot.chat.settings_commands import PostingCommand
from bot.schedule import time_zones
from bot.schedule.plan import FILTER_FACETS, MAX_HIGHLIGHTS, OTHER_FILTERS, Filter

_THEMES = [
    app_commands.Choice(name=wording.restricted(filter_), value=filter_.option) for filter_ in OTHER_FILTERS
]
_EVERY = [app_commands.Choice(name=shown, value=value) for value, shown in wording.DIGEST_FREQUENCIES.items()]
_SET_OPTIONS = (
    "name", "every", "at", "zone", "highlights", "tag", "by", "from_", "theme", "less", "never"
)  # fmt: skip
"""The parameters of `set`."""


class DigestCommands(app_commands.Group):
    """`/highlight digest`."""

    def __init__(self, handler: InteractionHandler) -> None:
        super().__init__(name="digest", description=wording.subcommand("digest"))
        self._interacting = handler

    @app_commands.command(name="set", description=wording.DIGEST_SUBCOMMANDS["set"])
    @app_commands.describe(**{name: wording.DIGEST_OPTIONS[name] for name in _SET_OPTIONS})
    @app_commands.rename(from_="from")
    @app_commands.choices(every=_EVERY, theme=_THEMES)
    async def set_(
        self,
        interaction: Interaction,
        name: str = "",
        every: str = "daily",
        at: str = "",
        zone: str = "",
        highlights: app_commands.Range[int, 1, MAX_HIGHLIGHTS] | None = None,
        tag: str = "",
        by: str = "",
        from_: str = "",
        theme: str = "",
        less: str = "",
        never: str = "",
    ) -> None:
        typed = zip(FILTER_FACETS, (tag, by, from_), strict=True)
        filters = [Filter(kind, value) for kind, value in typed if value.strip()]
        if (other := Filter.of_option(theme)) is not None:
            filters.append(other)
        count = str(highlights or "")
        request: DigestRequest = from_form(every, at, zone, count, name, less, never, filters)
        await self._interacting.answer(interaction, _check_can_post(interaction, request))

    @app_commands.command(name="now", description=wording.DIGEST_SUBCOMMANDS["now"])
    @app_commands.describe(name=wording.DIGEST_SUBCOMMANDS["name"])
    async def now(self, interaction: Interaction, name: str = "") -> None:
        request = _check_can_post(interaction, DigestCommand("now", name=name))
        await self._interacting.answer(interaction, request)

    @app_commands.command(name="status", description=wording.DIGEST_SUBCOMMANDS["status"])
    @app_commands.describe(name=wording.DIGEST_SUBCOMMANDS["name"])
    async def status(self, interaction: Interaction, name: str = "") -> None:
        await self._interacting.answer(interaction, DigestCommand("status", name=name))

    @app_commands.command(name="list", description=wording.DIGEST_SUBCOMMANDS["list"])
    async def list_(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, DigestCommand("list"))

    @app_commands.command(name="hidden", description=wording.DIGEST_SUBCOMMANDS["hidden"])
    async def hidden(self, interaction: Interaction) -> None:
        await self._interacting.answer(interaction, DigestCommand("hidden"))

    @app_commands.command(name="posting", description=wording.DIGEST_SUBCOMMANDS["posting"])
    @app_commands.describe(**wording.POSTING_OPTIONS)
    async def posting(
        self,
        interaction: Interaction,
        thread: bool | None = None,
        ping: discord.Role | None = None,
        silent: bool = False,
        publish: bool | None = None,
    ) -> None:
        request = _check_can_post(interaction, _check_posting(interaction, thread, ping, silent, publish))
        await self._interacting.answer(interaction, request)

    @app_commands.command(name="off", description=wording.DIGEST_SUBCOMMANDS["off"])
    @app_commands.describe(name=wording.DIGEST_SUBCOMMANDS["name"])
    async def off(self, interaction: Interaction, name: str = "") -> None:
        await self._interacting.answer(interaction, DigestCommand("off", name=name))

    @set_.autocomplete("name")
    @now.autocomplete("name")
    @status.autocomplete("name")
    @off.autocomplete("name")
    async def _names(self, interaction: Interaction, typed: str) -> Choices:
        requests = self._interacting.service.digest_requests
        if requests is None or await self._interacting.objection(interaction) is not None:
            return []
        names = await requests.names_in(f"{PLATFORM}:{interaction.channel_id}")
        return choices(name for name in names if typed.strip().casefold() in name.casefold())

    @set_.autocomplete("less")
    @set_.autocomplete("never")
    async def _categories(self, interaction: Interaction, typed: str) -> Choices:
        if await self._interacting.objection(interaction) is not None:
            return []
        before, _, last = typed.rpartition(",")
        index = self._interacting.service.bot.index
        categories = sorted({source.category for source in index.sources if source.category})
        found = [name for name in categories if last.strip().lower() in name]
        found += listing.complete("title", last, index, MAX_CHOICES) if last.strip() else []
        return choices(f"{before}, {name}" if before else name for name in found)

    @set_.autocomplete("zone")
    async def _zones(self, interaction: Interaction, typed: str) -> Choices:
        if await self._interacting.objection(interaction) is not None:
            return []
        return choices(time_zones.complete(typed, MAX_CHOICES))

    @set_.autocomplete("by")
    async def _authors(self, interaction: Interaction, typed: str) -> Choices:
        return await complete_names(self._interacting, interaction, "author", typed)

    @set_.autocomplete("from_")
    async def _titles(self, interaction: Interaction, typed: str) -> Choices:
        return await complete_names(self._interacting, interaction, "title", typed)

    @set_.autocomplete("tag")
    async def _tags(self, interaction: Interaction, typed: str) -> Choices:
        return await complete_names(self._interacting, interaction, "tag", typed)


def _check_posting(
    interaction: Interaction,
    thread: bool | None,
    ping: discord.Role | None,
    silent: bool,
    publish: bool | None,
) -> PostingCommand | InvalidDigestCommand:
    """The command, or the reason why it is refused: nobody can make the bot ping a role that they may not ping themselves."""
    channel = interaction.channel
    if publish and not (isinstance(channel, discord.TextChannel) and channel.is_news()):
        return InvalidDigestCommand("every", wording.NOT_AN_ANNOUNCEMENT_CHANNEL)
    if ping is not None and ping.is_default():
        return InvalidDigestCommand("every", wording.PING_EVERYONE)
    if ping is not None and not (ping.mentionable or interaction.permissions.mention_everyone):
        return InvalidDigestCommand("every", wording.PING_NOT_ALLOWED)
    pinged = str(ping.id) if ping is not None else "" if silent else None
    return PostingCommand(thread, pinged, publish)


def _check_can_post(
    interaction: Interaction, request: DigestRequest | PostingCommand
) -> DigestRequest | PostingCommand:
    """The request; if the bot may not write in the channel, the permissions to grant first."""
    bot_is_there = interaction.client.get_guild(interaction.guild_id or 0) is not None
    direct = interaction.guild_id is None and isinstance(interaction.channel, discord.DMChannel)
    if not (bot_is_there or direct):  # only the person has installed the application, not the server
        return InvalidDigestCommand("every", wording.NOT_INVITED)
    if interaction.guild_id is None:
        return request
    missing = missing_permissions(interaction.app_permissions, interaction.channel)
    return InvalidDigestCommand("every", wording.not_granted(missing)) if missing else request
