"""A Discord on loopback: SimCord's model of Discord behind real HTTP and a real gateway, which fail on demand.

    async with DiscordServer() as discord:
        channel = discord.channel("books")
        discord.say("ann", channel, f"{discord.me} what about memory?")
        await discord.until(lambda: discord.answers(channel))

SimCord provides servers, channels, permissions, commands, interactions and the checks of cards. This package adds tokens, sockets,
heartbeats, sessions, RESUME with replayed events, opcodes 7 and 9, enforced nonces, rate limits, server errors and dead sockets.
"""

from tests.discord_server.server import DiscordServer

__all__ = ["DiscordServer"]
