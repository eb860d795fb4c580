"""`model list` and `model fetch`.

Each command imports what it needs when it runs, so that a single question is answered fast.
"""

from dataclasses import asdict
from typing import Annotated

import typer

from adapters.terminal.options import AsJson
from adapters.terminal.output import exit_with_error, print_line
from bot.settings import load_settings

app = typer.Typer(
    help="Embedding models by name: list them, or fetch one.", no_args_is_help=True, add_completion=False
)


@app.command(
    "list",
    epilog="EMBEDDING_MODEL=auto takes the first one that is installed and reads the notes' language.",
)
def model_list(as_json: AsJson = False) -> None:
    """List the models by name: size, languages, licence, and how to get each."""
    from adapters.terminal import models

    listed = models.list_models(load_settings())
    if as_json:
        from adapters import json_output as json

        print_line(json.line([asdict(model) for model in listed]))
    else:
        typer.echo(models.in_words(listed))


@app.command("fetch", epilog="Example:  analects model fetch english")
def model_fetch(
    name: Annotated[str, typer.Argument(help="As `model list` has it.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Fetch a model and verify every file; it resumes where it stopped."""
    from adapters.terminal import models

    try:
        folder = models.fetch(load_settings(), name)
    except models.FetchError as error:
        exit_with_error(str(error), 1)
    if as_json:
        from adapters import json_output as json

        print_line(json.line({"model": name, "folder": str(folder)}))
    else:
        typer.echo(f"{name} is in {folder}")
