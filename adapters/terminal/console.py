"""`analects chat`: reads lines from a person and prints the replies, with the same conversation as in a channel."""

import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.terminal.render import render
from bot.chat import wording

if TYPE_CHECKING:
    from bot.chat.conversation import Bot
    from bot.chat.replies import Reply

PROMPT = "you › "


class TerminalChannel:
    """Posts replies to a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def post(self, reply: "Reply") -> None:
        show(self._console, reply, wording.MORE_HINT)


def use_terminal_language() -> None:
    """Sets the language of all texts to that of this terminal (POSIX: LC_ALL, else LC_MESSAGES, else LANG)."""
    wording.read_in(next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None))


def show(console: Console, reply: "Reply", hint: str | None = None) -> None:
    """Prints a reply. Long lines are wrapped in a terminal, but not in a pipe."""
    width = min(console.width, 100) if console.is_terminal else None
    console.print(
        render(reply, width, hint), soft_wrap=True, end="", highlight=False, markup=False, emoji=False
    )


class _PipeConsole(Console):
    """A console that raises BrokenPipeError. The command line handles it."""

    def on_broken_pipe(self) -> None:
        raise  # rich calls this while it handles the BrokenPipeError


def console() -> Console:
    """Standard output for people. It respects NO_COLOR, and has no colours in a pipe."""
    return _PipeConsole(highlight=False, markup=False, emoji=False, soft_wrap=True)


def chat(
    bot: "Bot",
    out: Console,
    read: Callable[[], str | None],
    gaps: "Callable[[], Awaitable[Reply]] | None" = None,
) -> None:
    """Answers line by line until `read` returns None or "quit". `gaps` makes the reply to `/highlight gaps`."""
    import asyncio  # this import and the next are slow, and only the chat needs them

    from bot.chat.conversation import Dialogue

    dialogue = Dialogue(bot, TerminalChannel(out), gaps)
    with asyncio.Runner() as loop:
        while (line := read()) is not None:  # `read` runs outside the event loop, which would catch Ctrl-C
            if line.strip().lower() in ("quit", "exit", "bye", ":q"):
                return
            loop.run(dialogue.hear(line))
            out.print()


def read_line() -> str | None:
    """The next line typed, with editing and history if it is a terminal; None at the end."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None
    with suppress(ImportError):
        import readline  # noqa: F401  gives input() its editing and history
    try:
        return input(PROMPT)
    except EOFError:
        sys.stdout.write("\n")
        return None
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        raise
