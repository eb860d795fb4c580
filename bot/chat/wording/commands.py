"""The bot's commands within texts. Each platform writes them in its own way: typed, or as something that can be clicked.

A catalogue has them in pointed brackets: "For example: </highlight search memory and sleep>". In a text that was read from it they
stand between two invisible signs, so that a platform that does not know of them shows them as they are typed.

    parts(text)                      # ("For example: ", CommandText("search memory and sleep"))
    as_typed(text)                   # "For example: /highlight search memory and sleep"
    as_typed(text, "/library")       # "For example: /library search memory and sleep"
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMAND = "/highlight"
_BEGIN, _END = "\u2061", "\u2063"
"""Invisible: "function application" and "invisible separator"."""
_IN_CATALOGUE = re.compile(rf"<({COMMAND}(?: [^<>]*)?)>")
_IN_TEXT = re.compile(f"{_BEGIN}{COMMAND}([^{_BEGIN}{_END}]*){_END}")
_SIGNS = str.maketrans("", "", _BEGIN + _END)


@dataclass(frozen=True, slots=True)
class CommandText:
    """A command that a text names."""

    typed: str
    """What stands after `/highlight`: "search memory and sleep"; "" for nothing."""

    def written(self, command: str = COMMAND) -> str:
        """The command as it is typed if the slash command is called `command`."""
        return f"{command} {self.typed}".rstrip()


def command_text(typed: str) -> str:
    """A text that consists of a command."""
    return f"{_BEGIN}{COMMAND} {typed.translate(_SIGNS)}".rstrip() + _END


def from_catalogue(text: str) -> str:
    """A text of a catalogue with its commands marked."""
    return _IN_CATALOGUE.sub(rf"{_BEGIN}\1{_END}", text)


def parts(text: str) -> Iterator[str | CommandText]:
    """The text as plain pieces and commands, in order. Signs without a partner, as where a text was cut, are left out."""
    position = 0
    for found in _IN_TEXT.finditer(text):
        if before := text[position : found.start()].translate(_SIGNS):
            yield before
        yield CommandText(found[1].strip())
        position = found.end()
    if rest := text[position:].translate(_SIGNS):
        yield rest


def as_typed(text: str, command: str = COMMAND) -> str:
    """The text with its commands as they are typed if the slash command is called `command`."""
    return "".join(part if isinstance(part, str) else part.written(command) for part in parts(text))
