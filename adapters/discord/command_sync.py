"""Registers the commands with Discord, only when they changed: it may be done 200 times a day.

What was registered last is remembered as a hash in a file of `STATE_PATH`. Where that is missing or another one, Discord is asked
what it knows, which costs nothing of the quota.
"""

import hashlib
import json
from logging import getLogger
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from adapters.discord.errors import FAILURES, translated

log = getLogger("analects.discord")

FILE = "discord-commands"


async def sync(tree: app_commands.CommandTree[Any], application: int, folder: Path) -> bool:
    """Whether they had to be registered. What goes wrong is told, and tried again with the next connection."""
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    mark = f"{application}:{_hash(wanted)}"
    path = folder / FILE
    if _read(path) == mark:
        return False
    changed = False
    try:
        known = await tree.client.http.get_global_commands(application)
        if not same(wanted, known):
            await tree.sync()
            changed = True
            log.info("commands registered: %(count)d", {"count": len(wanted)})
    except (*FAILURES, discord.DiscordException) as error:
        log.warning(
            "commands not registered: %(error)s",
            {"error": str(translated(error)) if isinstance(error, FAILURES) else type(error).__name__},
        )
        return False
    _write(path, mark)
    return changed


def same(wanted: object, known: object) -> bool:
    """Whether Discord knows all that is wanted, in the same order; what it adds (ids, defaults) does not count."""
    if isinstance(wanted, dict):
        if not isinstance(known, dict):
            return False
        return all(same(value, known.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not wanted:
            return not known
        if not isinstance(known, list) or len(wanted) != len(known):
            return False
        if all(isinstance(one, dict) and "name" in one for one in (*wanted, *known)):
            wanted, known = (sorted(some, key=_kind_and_name) for some in (wanted, known))
        elif all(isinstance(one, int) for one in (*wanted, *known)):
            wanted, known = sorted(wanted), sorted(known)
        return all(map(same, wanted, known))
    return wanted == known or (not wanted and not known)


def _kind_and_name(one: dict[str, Any]) -> tuple[int, str]:
    return int(one.get("type", 0)), str(one["name"])


def _hash(commands: object) -> str:
    told = json.dumps(commands, sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


def _write(path: Path, mark: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(mark, encoding="ascii")
    except OSError as error:
        log.info("not remembered which commands are registered: %(error)s", {"error": error.strerror})
