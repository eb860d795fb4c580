"""What a person asks for by a command, and how it is read."""

from dataclasses import dataclass

from bot.chat import digest_commands as digest
from bot.chat.digest_commands import DigestCommand, Wrong
from bot.model import Question

MOST_AT_RANDOM = 10


KINDS = {"by": "author", "from": "title", "tag": "tag", "like": "like"}
"""What each listing command lists by; "like", which takes the id of a highlight, stands behind buttons only."""


@dataclass(frozen=True, slots=True)
class Command:
    """A `/highlight` command as meant."""

    name: str
    """"random", "search", "by", "from", "tag", "like", "sources" or "help"."""
    argument: str = ""
    offset: int = 0
    """Items of a list to leave out, as already shown."""
    limit: int | None = None
    """Items of a list; None for what is usual."""


Request = Question | Command
"""What the notes alone answer."""


def parse(said: str) -> Command | DigestCommand | Wrong:
    """What follows `/highlight`. What is no command is looked for, as if "search" stood before it."""
    words = said.strip().split(maxsplit=1)
    if not words:
        return Command("help")
    name, rest = words[0].lower(), words[1].strip() if len(words) > 1 else ""
    if name in ("help", "sources") and not rest:
        return Command(name)
    if name == "random" and (not rest or rest.isdecimal()):
        return Command(name, limit=min(int(rest[:4]), MOST_AT_RANDOM) if rest else 1)
    if name == "digest":
        return digest.parse(rest)
    if name in (*KINDS, "search") and name != "like":
        return Command(name, _unquoted(rest) if name in KINDS else rest)
    return Command("search", said.strip())


def _unquoted(text: str) -> str:
    pairs = {'"': '"', "“": "”", "«": "»", "'": "'"}
    return text[1:-1].strip() if len(text) > 1 and pairs.get(text[0]) == text[-1] else text
