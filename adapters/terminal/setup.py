"""`analects setup …`: what to do on a platform's pages, step by step, so that nobody has to guess."""

import json
from typing import Annotated
from urllib.parse import urlsplit

import typer

app = typer.Typer(help="What to do, step by step, to bring the bot to a platform.", no_args_is_help=True)

_THIRD_FOR_SOCKET = """3. Make the app-level token
   Left, “Basic Information”; below “App-Level Tokens” press “Generate Token and
   Scopes”. Any name will do; press “Add Scope”, choose connections:write, then
   “Generate”. Copy the token: it begins with xapp-"""

_THIRD_FOR_HTTP = """3. Copy the signing secret
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

   analects doctor      says whether all is well, and the mend where it is not
   analects run         answers; leave it running
{verify}
In Slack, invite it to a channel and ask:

   /invite @Analects
   @Analects what do I know about memory and sleep?

Or write to it directly: it stands under “Apps” on the left.

What each scope is for:

{scopes}
"""

_VERIFY = """
It listens at HTTP_HOST and HTTP_PORT, 127.0.0.1:8080 where you set neither:
let your proxy pass {url} on to it. While it runs, open “Event Subscriptions”
on the app's page: next to the Request URL it must say “Verified”; else press
“Retry”.
"""


@app.command(epilog="Example:  analects setup slack --manifest | pbcopy")
def slack(
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="URL",
            help="For HTTP in place of Socket Mode: the bot's public address, as https://bot.example.com",
        ),
    ] = None,
    only_manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the manifest alone, to copy it.")
    ] = False,
) -> None:
    """Print the app manifest and the three steps that bring the bot to a workspace."""
    from adapters.slack.manifest import REASONS, manifest, scopes

    if http is not None and not _public(http):
        raise typer.BadParameter("give --http the bot's public address, as https://bot.example.com")
    found = manifest(http)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if only_manifest:
        typer.echo(text)
        return
    width = max(map(len, scopes()))
    typer.echo(f"{'─' * 72}\n{text}\n{'─' * 72}\n")
    typer.echo(
        _STEPS.format(
            third=_THIRD_FOR_SOCKET if http is None else _THIRD_FOR_HTTP,
            variable="SLACK_APP_TOKEN=xapp-…" if http is None else "SLACK_SIGNING_SECRET=…",
            verify="" if http is None else _VERIFY.format(url=http),
            scopes="\n".join(f"   {scope:<{width}}   {REASONS[scope]}" for scope in scopes()),
        ),
        nl=False,
    )


@app.command(epilog="Example:  analects setup discord --application 123456789012345678")
def discord(
    application: Annotated[
        str | None,
        typer.Option("--application", metavar="ID", help="The Application ID, to have the address complete."),
    ] = None,
) -> None:
    """Print the address that invites the bot to a server, and the four steps that bring it there."""
    from adapters.discord.setup import PLACEHOLDER, steps

    if application is not None and not (application.isascii() and application.isdecimal()):
        raise typer.BadParameter("give --application the number on the page General Information")
    typer.echo(steps(application or PLACEHOLDER), nl=False)


def _public(address: str) -> bool:
    """Whether Slack can post to it: https and a host, nothing that a URL may not hold."""
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in address)
