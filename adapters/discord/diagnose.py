"""The Discord checks of `analects doctor`: token, who may invite the bot, intents, permissions in every allowed channel.

They only use REST and open no session, so they do not disturb a bot that is running.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import discord
from discord.http import Route

from adapters.discord.client import intents
from adapters.discord.connection import describe_error
from adapters.discord.connection_errors import refused_token
from adapters.discord.credentials import Credentials
from adapters.discord.diagnose_permissions import Parts, missing, server_permissions
from adapters.discord.directory import owners_of
from adapters.discord.setup import link
from adapters.finding import Finding, failed
from bot.access.places import HOME, Allowlist
from bot.chat import wording

TIMEOUT_S = 60.0
"""For all requests together."""
TEXT_CHANNEL_TYPES = (0, 2, 5, 13, 15, 16)
"""Discord's numbers for channels with messages: text, voice, announcements, stages, forums, media."""
MAX_CHANNELS_NAMED = 5
"""How many channels with missing permissions are named for each server. The others are only counted."""


async def diagnose(
    credentials: Credentials, allowlist: Allowlist, parts: Parts | None = None
) -> list[Finding]:
    """All findings about Discord. `allowlist` has the servers and channels in the settings, `parts` the optional parts that are
    in use."""
    Route.BASE = credentials.api_url.rstrip("/")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await client.login(credentials.token)
                chosen = parts or Parts(credentials.message_content)
                return [finding async for finding in _check(client, allowlist.of("discord"), chosen)]
        except discord.LoginFailure:
            return [failed("discord token", refused_token())]
        except Exception as error:
            fix = "check the network and DISCORD_API_URL"
            return [Finding("discord", False, f"not reached: {describe_error(error)}", fix)]


async def _check(client: discord.Client, allowlist: Allowlist, parts: Parts) -> AsyncIterator[Finding]:
    application = client.application
    if application is None or client.user is None:
        yield Finding("discord", False, "no answer about the application", "try again")
        return
    yield Finding("discord token", True, f"application {application.id}")
    for finding in _application(application, allowlist):
        yield finding
    yield _intents(application, parts)
    yield await _commands(client, application.id)
    try:
        await client.http.get_bot_gateway()
        yield Finding("discord gateway", True, "its address is known")
    except discord.GatewayNotFound as error:
        problem = f"its address is not known: {describe_error(error)}"
        yield Finding("discord gateway", False, problem, "try again in a moment")
    guilds = [guild async for guild in client.fetch_guilds(limit=200)]
    owners = owners_of(application)
    for finding in await _servers(client, guilds, allowlist, owners, parts):
        yield finding


def _application(application: discord.AppInfo, allowlist: Allowlist) -> list[Finding]:
    check, findings = "discord application", []
    if application.bot_public and (allowlist.servers or allowlist.channels):
        findings.append(Finding(check, True, "public; it answers only where the settings allow it"))
    elif application.bot_public:
        findings.append(Finding(
            check, False, "public: anyone who finds it can invite it to a server of their own",
            "name servers in ALLOWED_SERVERS; or, under Installation set Install Link to None, then under Bot Public Bot off",
        ))  # fmt: skip
    else:
        findings.append(Finding(check, True, "only its owner can invite it"))
    if application.interactions_endpoint_url:
        findings.append(Finding(
            check, False, "commands and buttons go to an Interactions Endpoint URL, not to the bot",
            "General Information: clear Interactions Endpoint URL",
        ))  # fmt: skip
    return findings


def _intents(application: discord.AppInfo, parts: Parts) -> Finding:
    check = "discord intents"
    names = ", ".join(sorted(name for name, on in intents(parts.content, parts.reactions) if on))
    if not parts.content:
        return Finding(check, True, f"{names}: none of them has to be switched on")
    flags = application.flags
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return Finding(check, True, names)
    return Finding(
        check, False, "ASK_CHANNELS and DISCORD_MESSAGE_CONTENT need the message content intent, which is switched off",
        "switch on Message Content Intent in the Developer Portal under Bot, or leave both empty",
    )  # fmt: skip


async def _commands(client: discord.Client, application: int) -> Finding:
    check = "discord commands"
    registered: list[Any] = list(await client.http.get_global_commands(application))
    by_name = {str(command["name"]): command for command in registered}
    if not by_name:
        return Finding(check, True, "none registered yet: `analects run` registers them when it starts")
    group = by_name.get("highlight", {})
    subcommands = {str(option["name"]) for option in group.get("options", [])}
    missing = [f"/highlight {name}" for name in wording.COMMANDS if name not in subcommands]
    missing += [wording.FIND_ABOUT] if wording.FIND_ABOUT not in by_name else []
    if missing:
        return Finding(
            check, False, f"not registered: {', '.join(missing)}",
            "start `analects run` again: it registers them when it starts, and says so in its log",
        )  # fmt: skip
    return Finding(check, True, f"{len(by_name)} registered")


async def _servers(
    client: discord.Client,
    guilds: Sequence[discord.Guild],
    allowlist: Allowlist,
    owners: frozenset[int],
    parts: Parts,
) -> list[Finding]:
    check = "discord servers"
    if not guilds:
        fix = f"invite it: {link(str(client.application_id))}"
        return [Finding(check, False, "the bot is in no server", fix)]
    findings = [
        finding for guild in guilds for finding in await _permissions(client, guild, allowlist, owners, parts)
    ]
    return findings or [Finding(
        check, False, f"the bot is in {len(guilds)} servers and answers in none of them",
        f"add ALLOWED_SERVERS=discord:{guilds[0].id} to the settings, or ALLOWED_CHANNELS",
    )]  # fmt: skip


async def _permissions(
    client: discord.Client, guild: discord.Guild, allowlist: Allowlist, owners: frozenset[int], parts: Parts
) -> list[Finding]:
    """Findings about a server if the bot answers there; none for other servers."""
    server = await client.fetch_guild(guild.id, with_counts=False)
    home = (not allowlist or f"discord:{HOME}" in allowlist.servers) and await _is_home(server, owners)
    everywhere = home or f"discord:{guild.id}" in allowlist.servers
    channels = list(await client.http.get_all_guild_channels(guild.id))
    answered = [
        channel for channel in channels
        if (everywhere and channel["type"] in TEXT_CHANNEL_TYPES) or f"discord:{channel['id']}" in allowlist.channels
    ]  # fmt: skip
    answered += await _listed_threads(client, guild.id, channels, allowlist)
    if not answered:
        return []
    me = await server.fetch_member(client.user.id if client.user else 0)
    base = server_permissions(server, me)
    check = f"discord permissions in server {guild.id}"
    findings: list[Finding] = []
    for channel in answered:
        lacks = ", ".join(missing(base, channel, server, me, parts))
        if lacks:
            problem = f"missing in #{channel['name']}: {lacks}"
            findings.append(Finding(check, False, problem, f"grant {lacks} there, or to the bot's role"))
    if len(findings) > MAX_CHANNELS_NAMED:
        others = f"and in {len(findings) - MAX_CHANNELS_NAMED} more channels"
        return [*findings[:MAX_CHANNELS_NAMED], Finding(check, False, others, "as above")]
    return findings or [Finding(check, True, f"all that are needed, in {len(answered)} channels")]


async def _is_home(server: discord.Guild, owners: frozenset[int]) -> bool:
    """Whether an owner of the bot owns the server, or may manage it."""
    if server.owner_id in owners:
        return True
    for owner in sorted(owners):
        try:
            member = await server.fetch_member(owner)
        except discord.NotFound:
            continue
        if (
            server_permissions(server, member).manage_guild
            or server_permissions(server, member).administrator
        ):
            return True
    return False


async def _listed_threads(
    client: discord.Client, guild: int, channels: Sequence[Any], allowlist: Allowlist
) -> list[Any]:
    """The threads of a server that `ALLOWED_CHANNELS` names, with the overwrites of the channels that they belong to."""
    by_id = {str(channel["id"]): channel for channel in channels}
    threads = []
    for entry in sorted(allowlist.channels):
        identity = entry.partition(":")[2]
        if identity in by_id or not identity.isdecimal():
            continue
        try:
            thread: Any = await client.http.get_channel(int(identity))
        except (discord.NotFound, discord.Forbidden):
            continue
        parent = by_id.get(str(thread.get("parent_id")))
        if str(thread.get("guild_id")) == str(guild) and parent is not None:
            overwrites = parent.get("permission_overwrites", [])
            threads.append({**thread, "permission_overwrites": overwrites})
    return threads
