"""What `analects doctor` asks Discord: the token, who could invite the bot, intents, permissions in every allowed channel.

Over REST alone: no session is opened, so a bot that runs elsewhere notices nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import Route

from adapters.discord.client import intents
from adapters.discord.credentials import Credentials
from adapters.discord.platform import REFUSED, named
from adapters.discord.setup import PERMISSIONS, link
from bot.access.rules import Allowlist

PATIENCE = 60.0
THREADS = (10, 11, 12)
TALKED_IN = (0, 5, 15)
"""Text channels, announcements, forums."""
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One finding; `mend` where something is to be done."""

    check: str
    ok: bool
    finding: str
    mend: str | None = None


async def diagnose(given: Credentials, listed: Allowlist) -> list[Told]:
    """All findings about Discord."""
    Route.BASE = given.api_url.rstrip("/")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(PATIENCE):
                await client.login(given.token)
                return [one async for one in _asked(client, listed.of("discord"))]
        except discord.LoginFailure:
            sentence = REFUSED.removeprefix("DISCORD_TOKEN: ")
            finding, _, mend = sentence.partition("; ")
            return [Told("discord token", False, f"DISCORD_TOKEN: {finding}", mend)]
        except Exception as error:
            mend = "see to the network, or to DISCORD_API_URL"
            return [Told("discord", False, f"not reached: {named(error)}", mend)]


async def _asked(client: discord.Client, listed: Allowlist) -> AsyncIterator[Told]:
    application = client.application
    if application is None or client.user is None:
        yield Told("discord", False, "no answer about the application", "try again")
        return
    yield Told("discord token", True, f"application {application.id}")
    if application.bot_public:
        yield Told(
            "discord application", False, "public: anyone who finds it can invite it to a server of their own",
            "Installation: set Install Link to None; then Bot: switch Public Bot off",
        )  # fmt: skip
    else:
        yield Told("discord application", True, "only its owner can invite it")
    if application.interactions_endpoint_url:
        yield Told(
            "discord application", False, "commands and buttons go to an Interactions Endpoint URL, not to the bot",
            "General Information: empty Interactions Endpoint URL",
        )  # fmt: skip
    names = ", ".join(sorted(name for name, on in intents() if on))
    yield Told("discord intents", True, f"{names}: none of them has to be switched on")
    try:
        await client.http.get_bot_gateway()
        yield Told("discord gateway", True, "named")
    except discord.GatewayNotFound as error:
        yield Told("discord gateway", False, f"not named: {named(error)}", "try again in a moment")
    guilds = [guild async for guild in client.fetch_guilds(limit=200)]
    if not guilds:
        yield Told("discord servers", False, "it is in no server", f"invite it: {link(str(application.id))}")
    team = application.team.members if application.team else []
    owners = {application.owner.id, *(one.id for one in team)}
    servers = [await _server(client, guild, listed, owners) for guild in guilds]
    for one in (one for found in servers for one in found):
        yield one
    if guilds and not any(servers):
        yield Told(
            "discord servers", False, f"it is in {len(guilds)}, and answers in none of them",
            f"add ALLOWED_SERVERS=discord:{guilds[0].id} to the settings, or ALLOWED_CHANNELS",
        )  # fmt: skip


async def _server(
    client: discord.Client, guild: discord.Guild, listed: Allowlist, owners: set[int]
) -> list[Told]:
    """Findings about a server where anything is answered; none where nothing is."""
    whole = await client.fetch_guild(guild.id, with_counts=False)
    channels = await client.http.get_all_guild_channels(guild.id)
    everywhere = f"discord:{guild.id}" in listed.servers or (not listed and whole.owner_id in owners)
    wanted = [
        one for one in channels
        if (everywhere and one["type"] in TALKED_IN) or f"discord:{one['id']}" in listed.channels
    ]  # fmt: skip
    if not wanted:
        return []
    me = await whole.fetch_member(client.user.id if client.user else 0)
    base = _base(whole, me)
    found: list[Told] = []
    check = f"discord permissions in server {guild.id}"
    for channel in wanted:
        grants = ", ".join(_lacking(base, channel, whole, me))
        if grants:
            finding, mend = (
                f"missing in #{channel['name']}: {grants}",
                f"grant {grants} there, or to the bot's role",
            )
            found.append(Told(check, False, finding, mend))
    if len(found) > MOST_TOLD:
        more = Told(check, False, f"and in {len(found) - MOST_TOLD} more channels", "as above")
        return [*found[:MOST_TOLD], more]
    return found or [Told(check, True, f"all that is needed, channels: {len(wanted)}")]


def _base(guild: discord.Guild, me: discord.Member) -> discord.Permissions:
    """What the bot may do in the server, before any channel."""
    roles = [guild.default_role, *(role for role in me.roles if role.id != guild.id)]
    value = 0
    for role in roles:
        value |= role.permissions.value
    return discord.Permissions(value)


def _lacking(base: discord.Permissions, channel: Any, guild: discord.Guild, me: discord.Member) -> list[str]:
    """Permissions wanting in a channel, by their names in Discord's settings."""
    if base.administrator:
        return []
    granted = discord.Permissions(base.value)
    overwrites = channel.get("permission_overwrites", [])
    mine = {role.id for role in me.roles} - {guild.id}
    for group in ([guild.id], mine, [me.id]):
        _apply(granted, [one for one in overwrites if int(one["id"]) in group])
    return [shown for name, shown, _ in PERMISSIONS if not getattr(granted, name)]


def _apply(granted: discord.Permissions, overwrites: Iterable[Any]) -> None:
    allow = deny = 0
    for one in overwrites:
        allow |= int(one["allow"])
        deny |= int(one["deny"])
    granted.value = granted.value & ~deny | allow
