"""How the bot comes to a Slack workspace: the steps on Slack's pages, for Socket Mode and for HTTP."""

from adapters.slack.manifest import REASONS, requested_scopes

_STEP_THREE_SOCKET_MODE = """3. Make the app-level token
   Left, “Basic Information”; below “App-Level Tokens” press “Generate Token and
   Scopes”. Any name will do; press “Add Scope”, choose connections:write, then
   “Generate”. Copy the token: it begins with xapp-"""

_STEP_THREE_HTTP = """3. Copy the signing secret
   Left, “Basic Information”; below “App Credentials”, at “Signing Secret”,
   press “Show” and copy it."""

_STEPS = """Slack, in three steps:

1. Create the app
   Open https://api.slack.com/apps?new_app=1 and choose “From a manifest”.
   Choose your workspace, then the JSON tab, and put what stands between the
   lines above in place of what is there. “Next”, then “Create”.

2. Install it and copy the bot token
   Left, “Install App”, then “Install to” your workspace, then “Allow”. (Where
   it says “Request to Install”, an admin of the workspace has to agree first.)
   Copy the “Bot User OAuth Token”: it begins with xoxb- and is found again at
   “OAuth & Permissions”.

{third}

Put this in a file named .env in the folder where you start analects:

   SLACK_BOT_TOKEN=xoxb-…
   {variable}
   CORPUS_PATH=/path/to/your/notes

(Without CORPUS_PATH the sample notes answer. Keep the tokens to yourself: who
has them can speak as the bot.)

Then:

   analects doctor      checks everything, and says how to fix what is wrong
   analects run         answers; leave it running
{verify}
In Slack, invite it to a channel and ask:

   /invite @Analects
   @Analects what do I know about memory and sleep?

Or write to it directly: it stands under “Apps” on the left.

What each scope is for:

{scopes}
"""

_VERIFY_URL = """
It listens at HTTP_HOST and HTTP_PORT, 127.0.0.1:8080 where you set neither:
let your proxy pass {url} on to it. While it runs, open “Event Subscriptions”
on the app's page: next to the Request URL it must say “Verified”; else press
“Retry”.
"""


def steps(public_url: str | None = None) -> str:
    """The steps for someone who has done nothing yet. `public_url` is the bot's address for HTTP; None is for Socket Mode."""
    width = max(map(len, requested_scopes()))
    return _STEPS.format(
        third=_STEP_THREE_SOCKET_MODE if public_url is None else _STEP_THREE_HTTP,
        variable="SLACK_APP_TOKEN=xapp-…" if public_url is None else "SLACK_SIGNING_SECRET=…",
        verify="" if public_url is None else _VERIFY_URL.format(url=public_url),
        scopes="\n".join(f"   {scope:<{width}}   {REASONS[scope]}" for scope in requested_scopes()),
    )
