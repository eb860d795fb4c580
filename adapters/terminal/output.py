"""What commands print, and how they end with an error."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from bot.settings import Settings
from corpus.folder.roots import missing, shown

if TYPE_CHECKING:
    from corpus.model import Library


def warn_if_empty(library: "Library", settings: Settings) -> None:
    for sentence in missing(settings.corpus):
        typer.echo(f"analects: {sentence}", err=True)
    if not library.highlights:
        typer.echo(
            f"No highlights in {shown(settings.corpus)}: `analects check` says why.",
            err=True,
        )


def print_line(text: str) -> None:
    """Prints a line of JSON, as UTF-8 in every locale."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        buffer.write(data)
        buffer.flush()


def discard_output() -> None:
    """Discards further output, so that Python does not report a broken pipe at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def exit_with(code: int) -> NoReturn:
    raise typer.Exit(code)


def exit_with_error(sentences: str, code: int) -> NoReturn:
    for sentence in sentences.splitlines():
        typer.echo(f"analects: {sentence}", err=True)
    sys.exit(code)
