"""`run`, `mcp`, `health`, `gaps` and `doctor`, for the people who run the bot.

Each command imports what it needs when it runs, so that a single question is answered fast.
"""

from time import time
from typing import Annotated

import typer

from adapters.terminal.options import AsJson, Corpus
from adapters.terminal.output import exit_with, exit_with_error, print_line
from bot.settings import load_settings

app = typer.Typer()


@app.command(
    epilog="Tokens and the rest come from the environment or .env; `analects doctor` says what is missing."
)
def run(corpus: Corpus = None) -> None:
    """Answer on every platform that has its tokens, until told to stop."""
    settings = load_settings(corpus)
    from adapters.terminal.run import run as start

    exit_with(start(settings))


@app.command(
    epilog="It speaks on standard input and output, as assistants start it; docs/assistants.md has their settings."
)
def mcp(
    corpus: Corpus = None,
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65535,
            help="Over HTTP instead, for clients that bring MCP_TOKEN.",
        ),
    ] = None,
) -> None:
    """Serve the highlights to an assistant, as tools of the Model Context Protocol."""
    from adapters.terminal.mcp import serve

    serve(load_settings(corpus), http)


@app.command(
    epilog="The container image runs it every 30 seconds. Example:  docker exec analects analects health --ready"
)
def health(
    ready: Annotated[
        bool, typer.Option("--ready", help="Also exit 1 until every platform is connected.")
    ] = False,
) -> None:
    """Ask the `analects run` on this machine whether it is alive."""
    from adapters.terminal.health import check_health

    healthy, sentence = check_health(load_settings(), ready)
    typer.echo(sentence)
    exit_with(0 if healthy else 1)


@app.command(epilog="KEEP_UNANSWERED says for how many days they are kept; none by default.")
def gaps(as_json: AsJson = False) -> None:
    """List unanswered questions, and those marked as wrongly answered."""
    from adapters.terminal import gaps as stored_gaps
    from bot.chat import wording
    from bot.state.claims import StateError

    settings = load_settings()
    try:
        found = stored_gaps.gaps(settings)
    except StateError as error:
        exit_with_error(str(error), 1)
    if settings.keep_unanswered is None:
        typer.echo(f"analects: {wording.GAPS_OFF}", err=True)
    if as_json:
        from adapters import json_output as json

        print_line(json.line(stored_gaps.as_json(found)))
    elif settings.keep_unanswered is not None:
        typer.echo(wording.gaps(found, settings.keep_unanswered, time(), None))


@app.command(epilog="It posts nothing and takes nothing from a bot that runs.")
def doctor(corpus: Corpus = None, as_json: AsJson = False) -> None:
    """Check settings, notes, state and tokens, and say how to fix what is wrong."""
    from adapters.terminal.doctor import as_text, examine

    findings = examine(corpus)
    if as_json:
        from adapters import json_output as json

        print_line(json.line([finding.to_json() for finding in findings]))
    else:
        typer.echo(as_text(findings))
    exit_with(0 if all(finding.ok for finding in findings) else 1)
