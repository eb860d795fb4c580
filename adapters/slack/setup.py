"""How the bot comes to a Slack workspace: the steps on Slack's pages, for Socket Mode and for HTTP."""

from pathlib import Path
from textwrap import wrap

from adapters.slack.manifest import DEFAULT_COMMAND, DEFAULT_NAME, REASONS, Manifest, requested_scopes

_STEP_THREE_SOCKET_MODE = """3. Make the app-level token
   Left, “Basic Information”; below “App-Level Tokens” press “Generate Token and
   Scopes”. Any name will do; press “Add Scope”, choose connections:write, then
   “Generate”. Copy the token: it begins with xapp-"""

_STEP_THREE_HTTP = """3. Copy the signing secret
   Left, “Basic Information”; below “App Credentials”, at “Signing Secret”,
   press “Show” and copy it."""

_STEPS = """Slack, in three steps:

1. Create the app
   Open the link above, choose your workspace, “Next”, then “Create”: everything is
   filled in. (Or open https://api.slack.com/apps?new_app=1, choose “From a
   manifest” and paste what stands between the lines above.) Then, on “Basic
   Information”, “Display Information”, upload this file as app icon:
   {icon}

2. Install it and copy the bot token
   Left, “Install App”, then “Install to” your workspace, then “Allow”. (Where
   it says “Request to Install”, an admin of the workspace has to agree first. For
   all workspaces of an Enterprise organisation an admin installs it “to the
   organization”.) Scopes marked as optional below may be left out.
   Copy the “Bot User OAuth Token”: it begins with xoxb- and is found again at
   “OAuth & Permissions”.

{third}

Put this in a file named .env in the folder where you start analects:

   SLACK_BOT_TOKEN=xoxb-…
   {variable}{more}
   READWISE_TOKEN=…

(Your notes are in a folder? Then write CORPUS_PATH=/path/to/your/notes in place of
READWISE_TOKEN. Without either the sample notes answer. Keep the tokens to yourself:
who has them can speak as the bot.)

Then:

   analects doctor      checks everything, and says how to fix what is wrong
   analects run         answers; leave it running
{verify}
In Slack, invite it to a channel and ask:

   /invite @{name}
   @{name} what do I know about memory and sleep?

Or write to it directly: it stands under “Apps” on the left.

Who can read what it answers:

   Everyone in your workspace, wherever it was invited: public and private channels
   and direct messages. ALLOWED_PEOPLE, ALLOWED_CHANNELS and ALLOWED_SERVERS narrow
   that. Guests are answered only in channels that they and the bot are in. Channels
   shared with another company: not at all, unless listed in ALLOWED_CHANNELS. What
   is tagged private in your notes never enters the library.

What each scope is for:

{scopes}
"""

_VERIFY_URL = """
It listens at HTTP_HOST and HTTP_PORT, 127.0.0.1:8080 where you set neither:
let your proxy pass {url} on to it. While it runs, open “Event Subscriptions”
on the app's page: next to the Request URL it must say “Verified”; else press
“Retry”.
"""


_MAX_SCOPE_COLUMNS = 64


def steps(
    content: Manifest,
    public_url: str | None = None,
    *,
    name: str = DEFAULT_NAME,
    command: str = DEFAULT_COMMAND,
) -> str:
    """The steps for someone who has done nothing yet. `public_url` is the bot's address for HTTP; None is for Socket Mode."""
    return _STEPS.format(
        icon=Path(__file__).with_name("icon.png"),
        third=_STEP_THREE_SOCKET_MODE if public_url is None else _STEP_THREE_HTTP,
        variable="SLACK_APP_TOKEN=xapp-…" if public_url is None else "SLACK_SIGNING_SECRET=…",
        more="" if command == DEFAULT_COMMAND else f"\n   SLACK_COMMAND={command}",
        verify="" if public_url is None else _VERIFY_URL.format(url=public_url),
        name=name,
        scopes=_scopes(content),
    )


def _scopes(content: Manifest) -> str:
    needed, all_of_them = requested_scopes(content, optional=False), requested_scopes(content)
    width = max(map(len, all_of_them))
    lines = []
    for scope in all_of_them:
        reason = REASONS[scope] + ("" if scope in needed else " (optional)")
        first, *others = wrap(reason, _MAX_SCOPE_COLUMNS)
        lines += [f"   {scope:<{width}}   {first}", *(f"   {'':<{width}}   {other}" for other in others)]
    return "\n".join(lines)
