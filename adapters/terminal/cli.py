"""The command line `analects`: its commands, and what an error prints and returns.

Exit codes: 0 done (also when nothing fits), 1 could not do it, 2 wrong usage or settings.
Standard output has only the answer, as JSON with `--json`. Everything else goes to standard error.
"""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adapters.terminal import setup
from adapters.terminal.commands import asking, models, notes, running
from adapters.terminal.output import discard_output, exit_with_error
from bot import __version__
from bot.settings import SettingsError
from corpus.folder.files import CorpusError

_ESCAPED = "backslashreplace"


class _Commands(TyperGroup):
    """The group of commands. A closed pipe, as after `| head`, is not an error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # typer would exit with code 1
            discard_output()
            raise typer.Exit(0) from None


app = typer.Typer(
    cls=_Commands,
    help="Answers from your reading highlights, word for word.",
    epilog='Try:  analects ask "how does memory work?"   or   analects chat',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _group in (asking, notes, running):
    app.add_typer(_group.app)
app.add_typer(setup.app, name="setup")
app.add_typer(models.app, name="model")


def main() -> None:
    """Runs a command. An error becomes a sentence on standard error and an exit code."""
    for stream, errors in ((sys.stdout, _ESCAPED), (sys.stderr, _ESCAPED), (sys.stdin, "replace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    try:
        app()
    except SettingsError as error:
        exit_with_error(str(error), 2)
    except CorpusError as error:
        exit_with_error(str(error), 1)
    except OSError as error:  # a full disk, for example
        discard_output()
        exit_with_error(error.strerror or type(error).__name__, 1)
    except Exception as error:  # a bug; no traceback, because its text may contain a passage or a token
        from bot.runtime.logs import describe_error

        exit_with_error(f"bug: {describe_error(error)}. Please report it", 1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"analects {__version__}")
        raise typer.Exit
