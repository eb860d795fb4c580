"""How the bot comes to a Discord server: the permissions it needs, the link that asks for them, the steps."""

from urllib.parse import urlencode

from discord import Permissions

PLACEHOLDER = "APPLICATION_ID"

PERMISSIONS = (
    ("view_channel", "View Channels", "to see the channels where it is asked"),
    ("send_messages", "Send Messages", "to answer"),
    ("send_messages_in_threads", "Send Messages in Threads", "to answer in threads and forum posts"),
    (
        "read_message_history",
        "Read Message History",
        "to answer as a reply, and to read the question again for “More”",
    ),
)
"""Name in discord.py, name in Discord's settings, reason. Discord wants each of them; none is for comfort."""

SCOPES = (("bot", "to be a member of the server"), ("applications.commands", "for /highlight"))


def permissions() -> Permissions:
    """Exactly what the bot needs in a channel."""
    return Permissions(**{name: True for name, _, _ in PERMISSIONS})


def link(application: str = PLACEHOLDER) -> str:
    """The address that invites the bot; `application` is the Application ID of the General Information page."""
    scopes = " ".join(scope for scope, _ in SCOPES)
    asked = urlencode({"client_id": application, "scope": scopes, "permissions": permissions().value})
    return f"https://discord.com/oauth2/authorize?{asked}"


def steps(application: str = PLACEHOLDER) -> str:
    """What to do, step by step, for someone who has done nothing yet."""
    scopes = "\n".join(f"     {scope:<24} {reason}" for scope, reason in SCOPES)
    granted = "\n".join(f"     {shown:<24} {reason}" for _, shown, reason in PERMISSIONS)
    fill_in = (
        ""
        if application != PLACEHOLDER
        else (f"\n   (for {PLACEHOLDER} put the Application ID of the page General Information)")
    )
    return f"""\
Analects on Discord, in four steps

1. Create the application
   https://discord.com/developers/applications, New Application. Its name is what people mention.

2. Keep it yours
   Installation: set Install Link to None and save. Then Bot: switch Public Bot off and save.
   Else anyone who finds the application can invite it to a server of their own. (Without an entry in ALLOWED_SERVERS or
   ALLOWED_CHANNELS it answers in servers of its owner or team only; this is the second lock.)
   Leave the Privileged Gateway Intents off, all three: messages that mention the bot, reply to it or go to it directly can be
   read without them, and nothing else is to be read.

3. Take the token
   Bot: Reset Token, copy it into .env, and show it to no one:
     DISCORD_TOKEN=…
   For servers of someone else, or for single channels (Settings, Advanced, Developer Mode; then right-click, Copy ID):
     ALLOWED_SERVERS=discord:123456789012345678
     ALLOWED_CHANNELS=discord:234567890123456789

4. Invite it
   {link(application)}{fill_in}
   Scopes
{scopes}
   Permissions
{granted}

Then: analects doctor, which says what is missing; and analects run.
In the server, mention the bot with a question, or type /highlight.
"""
