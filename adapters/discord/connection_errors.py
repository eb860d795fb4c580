"""Why Discord ends or refuses a connection, and how to fix it: close codes of the gateway, tokens, intents."""

from bot.settings import SettingsError

AUTHENTICATION_FAILED, SHARDING_REQUIRED, INVALID_INTENTS, DISALLOWED_INTENTS = 4004, 4011, 4013, 4014
"""Close codes of the gateway (Discord's documentation, "Gateway Close Event Codes")."""
CLOSE_FIXES = {
    4010: "an invalid shard; asking Discord for the shard count again",
    SHARDING_REQUIRED: "the bot is in too many servers for one connection; asking Discord for the shard count again",
    4012: "discord.py speaks a version of the gateway that Discord no longer has: update discord.py",
}


def refused_intents(code: int) -> SettingsError:
    """The error for intents that Discord does not grant the application."""
    settings = "ASK_CHANNELS, DISCORD_MESSAGE_CONTENT"
    if code == INVALID_INTENTS:
        return SettingsError(
            settings,
            "Discord does not know an intent that the bot asks for (4013)",
            "update discord.py",
        )
    return SettingsError(
        settings,
        "Discord refuses the message content intent, which they need (4014)",
        "switch on Message Content Intent in the Developer Portal under Bot, or leave both empty",
    )


def refused_token() -> SettingsError:
    return SettingsError(
        "DISCORD_TOKEN",
        "Discord refuses it",
        "reset the token under Bot and copy that one (not the client secret or the public key)",
    )
