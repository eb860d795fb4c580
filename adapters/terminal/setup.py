"""`analects setup …`: what to do on a platform's pages, step by step, so that nobody has to guess."""

import json
from typing import Annotated
from urllib.parse import urlsplit

import typer

app = typer.Typer(help="What to do, step by step, to bring the bot to a platform.", no_args_is_help=True)

_SOCKET_TOKEN = """3. Make the app-level token
   Left, “Basic Information”; below “App-Level Tokens” press “Generate Token and Scopes”. Any name will do; press “Add Scope”,
   choose connections:write, then “Generate”. Copy the token: it begins with xapp-"""

_SIGNING_SECRET = """3. Copy the signing secret
   Left, “Basic Information”; below “App Credentials”, “Signing Secret”, press “Show” and copy it."""

_STEPS = """Slack, in three steps:

1. Create the app
   Open https://api.slack.com/apps?new_app=1 and choose “From a manifest”. Choose your workspace, then the JSON tab, and put what
   stands between the lines above in place of what is there. “Next”, then “Create”.

2. Install it and copy the bot token
   Left, “Install App”, then “Install to” your workspace, then “Allow”. (Where it says “Request to Install”, an admin of the
   workspace has to agree first.) Copy the “Bot User OAuth Token”: it begins with xoxb- and is found again at “OAuth & Permissions”.

{third}

Put this in a file named .env in the folder where you start analects:

   SLACK_BOT_TOKEN=xoxb-…
   {variable}=…
   CORPUS_PATH=/path/to/your/notes

(Without CORPUS_PATH the sample notes answer. Keep the tokens to yourself: who has them can speak as the bot.)

Then:

   analects doctor      says whether all is well, and the mend where it is not
   analects run         answers; leave it running
{verify}
In Slack, invite it to a channel and ask:

   /invite @Analects
   @Analects what do I know about memory and sleep?

Or write to it directly: Analects stands under “Apps” on the left.

What each scope is for:
{scopes}
"""

_VERIFY = """
While it runs and can be reached at {url}, open “Event Subscriptions” on the app's page: next to the
Request URL it must say “Verified”; else press “Retry”.
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
        raise typer.BadParameter(
            "give the bot's public address, as https://bot.example.com", param_hint="--http"
        )
    found = manifest(http)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if only_manifest:
        typer.echo(text)
        return
    width = max(map(len, scopes()))
    typer.echo(f"{'─' * 72}\n{text}\n{'─' * 72}\n")
    typer.echo(
        _STEPS.format(
            third=_SOCKET_TOKEN if http is None else _SIGNING_SECRET,
            variable="SLACK_APP_TOKEN" if http is None else "SLACK_SIGNING_SECRET",
            verify="" if http is None else _VERIFY.format(url=http),
            scopes="\n".join(f"   {scope:<{width}}   {REASONS[scope]}" for scope in scopes()),
        ),
        nl=False,
    )


def _public(address: str) -> bool:
    """Whether Slack can post to it: https and a host, nothing that a URL may not hold."""
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in address)
