"""Writes the commands that texts name as Discord writes them: `/highlight digest daily at 9` as `</highlight digest set:ID>` with
`every: daily at: 9`, and, once the ids of the commands are known, so that they can be clicked.

The texts themselves (`bot.chat.wording`) show commands as they are typed on other platforms.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.cards.markdown import literal, literal_line
from bot.chat import wording

_OPTION_NAMES = {
    "search": "words",
    "by": "author",
    "from": "title",
    "tag": "tag",
    "random": "count",
}
"""The option that takes what is typed after a subcommand."""
_DIGEST_WORDS = ("now", "status", "list", "hidden", "off", "help")
_END = "“”„«»「」（）.,;!?。、，；！？："
"""What ends a command in a sentence, in every language."""
_COMMAND = re.compile(rf"/highlight(?: (?P<name>[a-z]+))?(?P<rest>(?: [^\s{_END}:]+(?:[:/][^\s{_END}]+)*)*)")
_SCHEDULE = re.compile(
    r"^(?P<every>daily|weekdays|weekly(?: on \w+)?)?(?: ?at (?P<at>\S+))?(?: (?P<zone>[A-Z]\w+/\w+))?"
    r"(?: (?P<highlights>\d+) highlights?)?(?: (?P<kind>tag|by|from) (?P<value>.+))?$"
)


@dataclass(slots=True)
class CommandMentions:
    """Mentions of the bot's commands."""

    _ids: dict[str, int] = field(default_factory=dict)

    def learn(self, registered: list[dict[str, Any]]) -> None:
        """Takes the ids from the registered commands as Discord returns them."""
        self._ids = {str(one["name"]): int(one["id"]) for one in registered if "id" in one}

    def mention(self, *names: str) -> str:
        """A command by its name and those of its subcommands, which can be clicked where its id is known."""
        path = " ".join(names)
        identity = self._ids.get(names[0])
        return f"</{path}:{identity}>" if identity is not None else f"`/{path}`"

    def help_row(self, typed: str) -> str:
        """A command as the help lists it ("/highlight by AUTHOR"), with the names of its options."""
        name = typed.removeprefix("/highlight").strip().partition(" ")[0]
        if name == "digest":
            options = " ".join(f"{wording.OPTION_NAMES[name]}:" for name in ("every", "at"))
            return f"{self.mention('highlight', 'digest', 'set')} {options}"
        option = _OPTION_NAMES.get(name)
        return f"{self.mention('highlight', name)} {f'{wording.OPTION_NAMES[option]}:' if option else ''}".strip()

    def text(self, text: str) -> str:
        """Markdown that shows the text unchanged, but for the commands in it."""
        parts, position = [], 0
        for found in _COMMAND.finditer(text):
            parts.append(literal(text[position : found.start()]))
            parts.append(self._command(found["name"] or "", found["rest"].strip()))
            position = found.end()
        return "".join((*parts, literal(text[position:])))

    def _command(self, name: str, rest: str) -> str:
        if not name:
            return self.mention("highlight", "help")
        if name == "digest":
            return self._digest(rest)
        if name not in wording.COMMANDS:
            return literal_line(f"/highlight {name} {rest}".rstrip())
        if not rest:
            return self.mention("highlight", name)
        option = _OPTION_NAMES.get(name)
        given = f"{wording.OPTION_NAMES[option]}: {rest}" if option else rest
        return f"{self.mention('highlight', name)} {literal_line(given)}"

    def _digest(self, rest: str) -> str:
        first = rest.split(" ", 1)[0]
        if first == "help" or not rest:
            return self.mention("highlight", "digest", "set" if first == "help" else "status")
        if first in _DIGEST_WORDS:
            return self.mention("highlight", "digest", first)
        found = _SCHEDULE.match(rest.removeprefix("set ").strip())
        given = found.groupdict() if found else {}
        if given.get("every"):
            every = given["every"].removeprefix("weekly on ")
            given["every"] = wording.DIGEST_FREQUENCIES.get(every, every)
        options = [
            f"{wording.OPTION_NAMES[name]}: {given[name]}"
            for name in ("every", "at", "zone", "highlights")
            if given.get(name)
        ]
        if given.get("kind"):
            options.append(f"{wording.OPTION_NAMES[given['kind']]}: {given['value']}")
        shown = " ".join(options)
        return f"{self.mention('highlight', 'digest', 'set')} {literal_line(shown)}".rstrip()
