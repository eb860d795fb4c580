"""Writes commands in texts as Discord shows them: `digest daily at 9` becomes `</highlight digest set:ID>` with `every:` and `at:`.

When the ids of the commands are known, people can click them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.cards.markdown import literal, literal_line
from bot.chat import requests, wording
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.chat.requests import Command
from bot.chat.wording import CommandText, Usage
from bot.schedule.plan import FILTER_FACETS, WEEKDAYS

_OPTION_NAMES = {
    "search": "words",
    "by": "author",
    "from": "title",
    "tag": "tag",
    "random": "count",
    "recent": "count",
    "stats": "year",
}
"""For each subcommand, the option that takes the text after it."""


@dataclass(slots=True)
class CommandMentions:
    """Mentions of the bot's commands."""

    _ids: dict[str, int] = field(default_factory=dict)

    def learn(self, registered: list[dict[str, Any]]) -> None:
        """Takes the ids from the registered commands as Discord returns them."""
        self._ids = {str(command["name"]): int(command["id"]) for command in registered if "id" in command}

    def mention(self, *names: str) -> str:
        """A command by its name and the names of its subcommands. People can click it if its id is known."""
        path = " ".join(names)
        identity = self._ids.get(names[0])
        return f"</{path}:{identity}>" if identity is not None else f"`/{path}`"

    def text(self, text: str) -> str:
        """Markdown that shows the text unchanged, except for the commands in it."""
        return "".join(
            literal(part) if isinstance(part, str) else self.command(part) for part in wording.parts(text)
        )

    def usage(self, usage: Usage | CommandText) -> str:
        """A row of the help: a command with the names of its options, or an example."""
        if isinstance(usage, CommandText):
            return self.command(usage)
        if usage.name == "digest":
            return f"{self.mention('highlight', 'digest', 'set')} {_in_code('every', 'at')}"
        option = _OPTION_NAMES.get(usage.name)
        return f"{self.mention('highlight', usage.name)} {_in_code(option) if option else ''}".rstrip()

    def command(self, named: CommandText) -> str:
        """A command with the values of its options."""
        request = requests.parse(named.typed)
        if isinstance(request, DigestCommand):
            return self._digest(request)
        if isinstance(request, InvalidDigestCommand):
            return self.mention("highlight", "digest", "set")
        if not isinstance(request, Command):
            return self.mention("highlight", "settings")
        option = _OPTION_NAMES.get(request.name)
        value = str(request.limit or request.argument) if option == "count" else request.argument
        shown = _options(**{option: value}) if option and value else ""
        return f"{self.mention('highlight', request.name)} {shown}".rstrip()

    def _digest(self, command: DigestCommand) -> str:
        if command.action == "help":
            return self.mention("highlight", "digest", "set")
        shown = _options(**dict(_digest_options(command)))
        return f"{self.mention('highlight', 'digest', command.action)} {shown}".rstrip()


def _digest_options(command: DigestCommand) -> Iterator[tuple[str, str]]:
    """The options of `/highlight digest …` for a command, by their English names."""
    if command.name:
        yield "name", command.name
    if command.action != "set":
        return
    every = command.every if command.weekday is None else WEEKDAYS[command.weekday]
    yield "every", wording.DIGEST_FREQUENCIES.get(every, every)
    yield "at", f"{command.at.hour}:{command.at:%M}".removesuffix(":00")
    if command.zone is not None:
        yield "zone", command.zone
    if command.count > 1:
        yield "highlights", str(command.count)
    if command.only is not None and command.only.kind in FILTER_FACETS:
        yield command.only.kind, command.only.value
    elif command.only is not None:
        yield "theme", wording.restricted(command.only)
    elif command.guess:
        yield "by", command.guess
    for name, names in (("less", command.less), ("never", command.never)):
        if names:
            yield name, wording.LIST_SEPARATOR.join(names)


def _in_code(*names: str) -> str:
    """Names of options as code, so that nobody reads them as the beginning of a sentence."""
    return " ".join(f"`{wording.OPTION_NAMES[name]}:`" for name in names)


def _options(**options: str) -> str:
    """Options as Discord shows them, with names in the reader's language: "words: memory and sleep"."""
    shown = (
        f"{wording.OPTION_NAMES[name]}: {literal_line(value)}".rstrip() for name, value in options.items()
    )
    return " ".join(shown)
