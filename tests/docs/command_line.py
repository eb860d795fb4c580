"""The commands, options and settings that exist. The documentation is checked against them."""

import re
from collections.abc import Iterable, Sequence

import typer.main
from typer.core import TyperGroup

from adapters.terminal.cli import app
from bot.settings import Settings

SETTINGS = {name.upper() for name in Settings.model_fields} | {"SECRETS_DIR"}
CLI = typer.main.get_command(app)


def check_words(words: list[str]) -> None:
    """Raises AssertionError if a command of Analects has a subcommand or an option that does not exist."""
    command = CLI
    for word in words:
        if isinstance(command, TyperGroup):
            assert word in command.commands or word in ("--version", "--help"), f"no command {word}"
            command = command.commands.get(word, command)
        elif re.match(r"--?[a-z]", word):
            options = {option for parameter in command.params for option in parameter.opts}
            assert word.split("=")[0] in options | {"--help", "-h"}, f"no option {word}"


def check_started(words: Sequence[str], variables: Iterable[str]) -> None:
    """Checks a command with which another program starts Analects."""
    assert words[0].endswith("/analects")
    assert set(variables) <= SETTINGS
    check_words(list(words[1:]))
