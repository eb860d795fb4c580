"""`analects setup …`: prints the steps on a platform's pages that connect the bot."""

import json
import re
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.settings import SettingsError, load_settings

_SLASH_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
MAX_NAME_CHARS = 35
"""Slack does not accept longer names for an app."""

app = typer.Typer(help="What to do, step by step, to bring the bot to a platform.", no_args_is_help=True)


@app.command(epilog="Example:  analects setup slack --name Library --command /library --open")
def slack(
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="URL",
            help="For HTTP in place of Socket Mode: the bot's public address, as https://bot.example.com",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", help="The app's name, for a second library in one workspace.")
    ] = "Analects",
    command: Annotated[
        str, typer.Option("--command", help="Its slash command, for a second library in one workspace.")
    ] = "/highlight",
    ask_channels: Annotated[
        bool,
        typer.Option(
            "--ask-channels",
            help="Also hear what is written without a mention, for ASK_CHANNELS and follow-ups in threads.",
        ),
    ] = False,
    unfurl: Annotated[
        bool, typer.Option("--unfurl", help="Show the passage below links to read.readwise.io in messages.")
    ] = False,
    workflow_steps: Annotated[
        bool,
        typer.Option(
            "--workflow-steps",
            help="Steps for Workflow Builder, on paid plans: Find highlights, Random highlight.",
        ),
    ] = False,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also post quotes as pictures, for QUOTE_PICTURES.")
    ] = False,
    open_link: Annotated[bool, typer.Option("--open", help="Open the link in the browser.")] = False,
    only_manifest: Annotated[
        bool, typer.Option("--manifest", help="Print the manifest alone, to copy it.")
    ] = False,
) -> None:
    """Print the link that creates the app, and the steps that bring the bot to a workspace."""
    from adapters.slack.manifest import link, manifest
    from adapters.slack.setup import steps

    if http is not None and not _public(http):
        raise typer.BadParameter("give --http the bot's public address, as https://bot.example.com")
    if not _SLASH_COMMAND.fullmatch(command):
        raise typer.BadParameter("give --command a slash and up to 31 small letters or digits, as /library")
    if not 1 <= len(name.strip()) <= MAX_NAME_CHARS:
        raise typer.BadParameter(f"give --name 1 to {MAX_NAME_CHARS} characters")
    name = name.strip()
    app_manifest = manifest(
        http,
        name=name,
        command=command,
        ask_channels=ask_channels,
        unfurl=unfurl,
        steps=workflow_steps,
        pictures=pictures,
    )
    text = json.dumps(app_manifest, indent=2, ensure_ascii=False)
    if only_manifest:
        typer.echo(text)
        return
    typer.echo(f"This link creates the app with everything filled in:\n\n{link(app_manifest)}\n")
    typer.echo(f"What it fills in:\n\n{'─' * 72}\n{text}\n{'─' * 72}\n")
    typer.echo(steps(app_manifest, http, name=name, command=command), nl=False)
    if open_link:
        typer.launch(link(app_manifest))


@app.command(epilog="Example:  analects setup discord --application 123456789012345678")
def discord(
    application: Annotated[
        str | None,
        typer.Option(
            "--application",
            metavar="ID",
            help="The Application ID, to have the address complete; by default that of DISCORD_TOKEN.",
        ),
    ] = None,
) -> None:
    """Print the address that invites the bot to a server, and the four steps that bring it there."""
    from adapters.discord.setup import PLACEHOLDER, steps

    if application is not None and not (application.isascii() and application.isdecimal()):
        raise typer.BadParameter("give --application the number on the page General Information")
    typer.echo(steps(application or _application_of_token() or PLACEHOLDER), nl=False)


def _application_of_token() -> str | None:
    """The application of `DISCORD_TOKEN`. None if there is no token, or if the settings cannot be used."""
    from adapters.discord.credentials import application_of, credentials

    try:
        discord = credentials(load_settings())
    except SettingsError:
        return None
    return application_of(discord.token) if discord is not None else None


def _public(address: str) -> bool:
    """Whether Slack can post to this address: https, a host, and no blanks."""
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in address)
