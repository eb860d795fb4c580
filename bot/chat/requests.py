"""What a person asks for with a command, and how it is parsed."""

from dataclasses import dataclass

from bot.answering.listing import unquoted
from bot.chat import digest_parser, settings_commands
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.chat.digest_parser import count_in
from bot.chat.settings_commands import InvalidSettingsCommand, SettingsCommand
from bot.chat.small_talk import Kind, small_talk
from bot.model import Question
from bot.schedule.plan import FILTER_FACETS

MAX_RANDOM_HIGHLIGHTS = 10

LIST_FACETS: dict[str, str] = {
    **{str(kind): facet for kind, facet in FILTER_FACETS.items()},
    "source": "title",
    "like": "like",
    "recent": "recent",
}
"""What each listing command lists by. "recent" lists all, newest first; "source" takes the key of one source
(`bot.answering.listing.source_key`), "like" the id of a highlight; both are offered by buttons only."""
BUTTON_COMMANDS = ("source", "like", "picture")


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed `/highlight` command."""

    name: str
    """"random", "welcome", "search", "by", "from", "tag", "recent", "source", "like", "sources", "stats", "gaps" or "help"."""
    argument: str = ""
    """For "random", what it is restricted to, as typed: "by Seneca since May"."""
    offset: int = 0
    """Items of a list to skip, because they were shown already."""
    limit: int | None = None
    """Items of a list to show; None for the default."""


Request = Question | Command
"""What can be answered from the notes alone."""


def parse(
    text: str,
) -> Command | DigestCommand | InvalidDigestCommand | SettingsCommand | InvalidSettingsCommand:
    """Parses what follows `/highlight`. Help and a random highlight may be asked for in any language that the bot speaks, as in
    `/highlight aide`. Other text that is no command is searched for, as if "search" stood before it."""
    words = text.strip().split(maxsplit=1)
    if not words:
        return Command("help")
    name, rest = words[0].lower(), words[1].strip() if len(words) > 1 else ""
    if name == "stats" and (not rest or (rest.isdecimal() and len(rest) == 4)):
        return Command(name, rest)
    if name in ("help", "sources", "gaps"):
        return Command(name, rest)
    if name in ("random", "recent"):
        first, _, theme = rest.partition(" ")
        count = count_in(first.rstrip(","))
        if count is None:
            return Command(name, rest, limit=1 if name == "random" else None)
        return Command(name, _without_noun(theme), limit=max(1, min(count, MAX_RANDOM_HIGHLIGHTS)))
    if name == "digest":
        return digest_parser.parse(rest)
    if name == "settings":
        return settings_commands.parse(rest)
    if name in (*LIST_FACETS, "search") and name not in BUTTON_COMMANDS:
        return Command(name, unquoted(rest) if name in LIST_FACETS else rest)
    meant = small_talk(text)
    if meant is not None and meant.kind in (Kind.HELP, Kind.RANDOM, Kind.SOURCES, Kind.STATS):
        return Command("random", limit=1) if meant.kind is Kind.RANDOM else Command(meant.kind.value)
    return Command("search", text.strip())


def _without_noun(theme: str) -> str:
    """The theme without the word that only says that highlights are meant: "3 highlights by Seneca"."""
    first, _, rest = theme.strip().partition(" ")
    return rest.strip() if first.lower() in ("highlight", "highlights", "quotes") else theme.strip()
