"""`analects setup …`: prints the steps on a platform's pages that connect the bot."""

import json
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.settings import SettingsError, load_settings

app = typer.Typer(help="What to do, step by step, to bring the bot to a platform.", no_args_is_help=True)


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
    from adapters.slack.manifest import manifest
    from adapters.slack.setup import steps

    if http is not None and not _public(http):
        raise typer.BadParameter("give --http the bot's public address, as https://bot.example.com")
    found = manifest(http)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if only_manifest:
        typer.echo(text)
        return
    typer.echo(f"{'─' * 72}\n{text}\n{'─' * 72}\n")
    typer.echo(steps(http), nl=False)


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
    """The application that `DISCORD_TOKEN` belongs to; None without a token, and where the settings cannot be used."""
    from adapters.discord.credentials import application_of, credentials

    try:
        found = credentials(load_settings())
    except SettingsError:
        return None
    return application_of(found.token) if found is not None else None


def _public(address: str) -> bool:
    """Whether Slack can post to this address: https, a host, and no blanks."""
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in address)
