"""The help: how to ask, and how to set a digest. Platforms decide only how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from bot.chat.wording import messages
from bot.chat.wording.commands import COMMAND, CommandText


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is typed: its name, and a placeholder for what follows ("AUTHOR", "[N]")."""

    name: str
    arguments: str

    def written(self, command: str = COMMAND) -> str:
        """The same if the slash command is called `command`."""
        return f"{command} {self.name} {self.arguments}".rstrip()


Typed = str | Usage | CommandText
"""What the help shows that can be typed: part of a question, a command with placeholders, an example of a command."""


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A heading, and rows of what can be typed and what it means."""

    heading: str
    rows: tuple[tuple[tuple[Typed, ...], str], ...]


def help_sections() -> tuple[HelpSection, ...]:
    """All that the help says below `ABOUT`. Platforms decide only how it looks."""
    commands = (
        ((Usage(name, arguments),), meaning) for name, (arguments, meaning) in messages.COMMANDS.items()
    )
    return (
        HelpSection(messages.OPERATORS_ABOVE, messages.OPERATORS),
        HelpSection(messages.COMMANDS_ABOVE, tuple(commands)),
    )


def subcommand(name: str) -> str:
    """What a `/highlight` command does, for platforms that show it while a command is typed."""
    return messages.COMMANDS[name][1]


def digest_help_sections() -> tuple[HelpSection, ...]:
    """All that the help about digests says below `DIGEST_ABOUT`."""
    listed = (
        (messages.DIGEST_EXAMPLES_ABOVE, messages.DIGEST_EXAMPLES),
        (messages.DIGEST_COMMANDS_ABOVE, messages.DIGEST_COMMANDS),
    )
    return tuple(
        HelpSection(
            heading,
            tuple(((CommandText(f"digest {typed}"),), meaning) for typed, meaning in rows.items()),
        )
        for heading, rows in listed
    )


def help_text(
    about: str | None = None, sections: Sequence[HelpSection] | None = None, command: str = COMMAND
) -> str:
    """A help as plain text, in two columns; by default that of how to ask. `command` is what the slash command is called."""
    lines = [about if about is not None else messages.ABOUT]
    for section in sections if sections is not None else help_sections():
        rows = [
            ("  ".join(typed(example, command) for example in shown), meaning)
            for shown, meaning in section.rows
        ]
        width = max(_cells(shown) for shown, _ in rows)
        columns = (f"  {shown}{' ' * (width - _cells(shown))}   {meaning}" for shown, meaning in rows)
        lines += ["", section.heading, *columns]
    return "\n".join(lines)


def typed(shown: Typed, command: str = COMMAND) -> str:
    """What can be typed, as a text, if the slash command is called `command`."""
    return shown if isinstance(shown, str) else shown.written(command)


def _cells(text: str) -> int:
    """Width of a text in a font of equally wide letters; Chinese and Japanese ones count twice."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
