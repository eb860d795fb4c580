"""How the bot comes to a Discord server: the permissions that it needs, the invite link, the steps."""

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
        "to answer as a reply; to read a question again for “More”; to look for a digest",
    ),
)
"""Name in discord.py, name in Discord's settings, reason. All are required."""

THREADS = (
    "create_public_threads",
    "Create Public Threads",
    "to answer in a thread, or to open one below a digest",
)
PICTURES = ("attach_files", "Attach Files", "to post quotes as pictures, where QUOTE_PICTURES is set")
SAVING = ("add_reactions", "Add Reactions", "to mark messages that were saved by the reaction 🔖")
"""The same for optional parts."""

SCOPES = (("bot", "to be a member of the server"), ("applications.commands", "for /highlight"))


def permissions() -> Permissions:
    """The permissions that the bot needs in a channel, and no others."""
    return Permissions(**{name: True for name, _, _ in PERMISSIONS})


def link(application: str = PLACEHOLDER) -> str:
    """The invite link; `application` is the Application ID from the page General Information."""
    scopes = " ".join(scope for scope, _ in SCOPES)
    query = urlencode({"client_id": application, "scope": scopes, "permissions": permissions().value})
    return f"https://discord.com/oauth2/authorize?{query}"


_STEPS = """\
Discord, in four steps:

1. Create the application
   Open https://discord.com/developers/applications, press “New Application”,
   and give it the name that people will mention.

2. Keep it your own
   Left, “Installation”: set “Install Link” to “None”, save. (Discord rejects
   the next change until then.) Then left, “Bot”: switch “Public Bot” off, save.
   While it is public, anyone can invite it. The bot answers only in servers
   that you or your team own or manage, or that you name below; this is the
   second lock. (With ALLOWED_SERVERS set, it may stay public.)
   Leave the three “Privileged Gateway Intents” off: the bot can read
   mentions, replies and direct messages without them, and needs nothing else.
   (Only ASK_CHANNELS needs one of them, Message Content Intent.)

3. Copy the token
   Left, “Bot”, press “Reset Token”, copy it.

4. Invite it
   Open this address{fill_in} and choose the server:

   {link}

Put this in a file named .env in the folder where you start analects:

   DISCORD_TOKEN=…
   READWISE_TOKEN=…

(Your notes are in a folder? Then write CORPUS_PATH=/path/to/your/notes in place of
READWISE_TOKEN. Without either the sample notes answer. Keep the token to yourself:
who has it can speak as the bot.)

For a server that you neither own nor manage, or for single channels only, add one of
these. (Your settings, “Advanced”, “Developer Mode” on; then a right click on
the server or channel, “Copy ID”.)

   ALLOWED_SERVERS=discord:123456789012345678
   ALLOWED_CHANNELS=discord:234567890123456789

Then:

   analects doctor      checks everything, and says how to fix what is wrong
   analects run         answers; leave it running

In Discord, mention it with a question, or write to it directly:

   @Analects what do I know about memory and sleep?
   /highlight random

What the address asks for:

{asked}
"""


def steps(application: str = PLACEHOLDER) -> str:
    """The steps for someone who has done nothing yet."""
    fill_in = ""
    if application == PLACEHOLDER:
        fill_in = f" (for {PLACEHOLDER} put the “Application ID”\n   of the page “General Information”)"
    rows = [*SCOPES, *((shown, reason) for _, shown, reason in PERMISSIONS)]
    width = max(len(name) for name, _ in rows)
    asked = "\n".join(f"   {name:<{width}}   {reason}" for name, reason in rows)
    return _STEPS.format(fill_in=fill_in, link=link(application), asked=asked)
