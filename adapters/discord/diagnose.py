"""The Discord checks of `analects doctor`: token, who may invite the bot, intents, permissions in every allowed channel.

They use REST alone and open no session, so a bot that runs elsewhere is not disturbed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import discord
from discord.http import Route

from adapters.discord.client import intents
from adapters.discord.credentials import Credentials
from adapters.discord.platform import describe_error, refused_token
from adapters.discord.setup import PERMISSIONS, link
from adapters.finding import Finding, failed
from bot.access.rules import Allowlist

TIMEOUT_S = 60.0
"""For all questions together."""
TEXT_CHANNEL_TYPES = (0, 5, 15)
"""Text channels, announcement channels and forums, as Discord numbers them."""
MAX_CHANNELS_NAMED = 5
"""Channels with missing permissions that are named for each server; the others are counted."""


async def diagnose(credentials: Credentials, listed: Allowlist) -> list[Finding]:
    """All findings about Discord. `listed` are the servers and channels of the settings."""
    Route.BASE = credentials.api_url.rstrip("/")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await client.login(credentials.token)
                return [finding async for finding in _check(client, listed.of("discord"))]
        except discord.LoginFailure:
            return [failed("discord token", refused_token())]
        except Exception as error:
            fix = "check the network and DISCORD_API_URL"
            return [Finding("discord", False, f"not reached: {describe_error(error)}", fix)]


async def _check(client: discord.Client, listed: Allowlist) -> AsyncIterator[Finding]:
    application = client.application
    if application is None or client.user is None:
        yield Finding("discord", False, "no answer about the application", "try again")
        return
    yield Finding("discord token", True, f"application {application.id}")
    for finding in _application(application):
        yield finding
    names = ", ".join(sorted(name for name, on in intents() if on))
    yield Finding("discord intents", True, f"{names}: none of them has to be switched on")
    try:
        await client.http.get_bot_gateway()
        yield Finding("discord gateway", True, "its address is known")
    except discord.GatewayNotFound as error:
        problem = f"its address is not known: {describe_error(error)}"
        yield Finding("discord gateway", False, problem, "try again in a moment")
    guilds = [guild async for guild in client.fetch_guilds(limit=200)]
    team = application.team.members if application.team else []
    owners = {application.owner.id, *(member.id for member in team)}
    for finding in await _servers(client, guilds, listed, owners):
        yield finding


def _application(application: discord.AppInfo) -> list[Finding]:
    check, findings = "discord application", []
    if application.bot_public:
        findings.append(Finding(
            check, False, "public: anyone who finds it can invite it to a server of their own",
            "Installation: set Install Link to None; then Bot: switch Public Bot off",
        ))  # fmt: skip
    else:
        findings.append(Finding(check, True, "only its owner can invite it"))
    if application.interactions_endpoint_url:
        findings.append(Finding(
            check, False, "commands and buttons go to an Interactions Endpoint URL, not to the bot",
            "General Information: clear Interactions Endpoint URL",
        ))  # fmt: skip
    return findings


async def _servers(
    client: discord.Client, guilds: Sequence[discord.Guild], listed: Allowlist, owners: set[int]
) -> list[Finding]:
    check = "discord servers"
    if not guilds:
        fix = f"invite it: {link(str(client.application_id))}"
        return [Finding(check, False, "the bot is in no server", fix)]
    findings = [finding for guild in guilds for finding in await _permissions(client, guild, listed, owners)]
    return findings or [Finding(
        check, False, f"the bot is in {len(guilds)} servers and answers in none of them",
        f"add ALLOWED_SERVERS=discord:{guilds[0].id} to the settings, or ALLOWED_CHANNELS",
    )]  # fmt: skip


async def _permissions(
    client: discord.Client, guild: discord.Guild, listed: Allowlist, owners: set[int]
) -> list[Finding]:
    """Findings about a server in which the bot answers; none for the other servers."""
    server = await client.fetch_guild(guild.id, with_counts=False)
    everywhere = f"discord:{guild.id}" in listed.servers or (not listed and server.owner_id in owners)
    answered = [
        channel for channel in await client.http.get_all_guild_channels(guild.id)
        if (everywhere and channel["type"] in TEXT_CHANNEL_TYPES) or f"discord:{channel['id']}" in listed.channels
    ]  # fmt: skip
    if not answered:
        return []
    me = await server.fetch_member(client.user.id if client.user else 0)
    base = _server_permissions(server, me)
    check = f"discord permissions in server {guild.id}"
    findings: list[Finding] = []
    for channel in answered:
        missing = ", ".join(_missing(base, channel, server, me))
        if missing:
            problem = f"missing in #{channel['name']}: {missing}"
            findings.append(Finding(check, False, problem, f"grant {missing} there, or to the bot's role"))
    if len(findings) > MAX_CHANNELS_NAMED:
        others = f"and in {len(findings) - MAX_CHANNELS_NAMED} more channels"
        return [*findings[:MAX_CHANNELS_NAMED], Finding(check, False, others, "as above")]
    return findings or [Finding(check, True, f"all that are needed, in {len(answered)} channels")]


def _server_permissions(server: discord.Guild, me: discord.Member) -> discord.Permissions:
    """What the bot may do in the server, before the overwrites of a channel."""
    value = 0
    for role in [server.default_role, *(role for role in me.roles if role.id != server.id)]:
        value |= role.permissions.value
    return discord.Permissions(value)


def _missing(base: discord.Permissions, channel: Any, server: discord.Guild, me: discord.Member) -> list[str]:
    """Needed permissions that the bot lacks in a channel, by their names in Discord's settings.

    Overwrites apply in Discord's order: everyone, then the roles together, then the member.
    """
    if base.administrator:
        return []
    granted = discord.Permissions(base.value)
    overwrites = channel.get("permission_overwrites", [])
    my_roles = {role.id for role in me.roles} - {server.id}
    for group in ([server.id], my_roles, [me.id]):
        _apply(granted, [overwrite for overwrite in overwrites if int(overwrite["id"]) in group])
    return [label for name, label, _ in PERMISSIONS if not getattr(granted, name)]


def _apply(granted: discord.Permissions, overwrites: Iterable[Any]) -> None:
    allow = deny = 0
    for overwrite in overwrites:
        allow |= int(overwrite["allow"])
        deny |= int(overwrite["deny"])
    granted.value = granted.value & ~deny | allow
