"""Registers the commands with Discord where they changed. Discord allows 200 registrations a day.

A file in `STATE_PATH` holds a hash of the last registered commands. Where it is missing or differs, the registered commands are
fetched from Discord and compared, which does not count against the limit.
"""

import hashlib
import json
from logging import getLogger
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from adapters.discord.errors import REQUEST_ERRORS, translate

log = getLogger("analects.discord")

FILE_NAME = "discord-commands"


async def sync(tree: app_commands.CommandTree[Any], application: int, folder: Path) -> bool:
    """Registers the commands where needed; whether it did. A failure is logged, and the next connection tries again."""
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    mark = f"{application}:{_hash(wanted)}"
    path = folder / FILE_NAME
    if _read(path) == mark:
        return False
    changed = False
    try:
        known = await tree.client.http.get_global_commands(application)
        if not same(wanted, known):
            await tree.sync()
            changed = True
            log.info("registered %(count)d commands", {"count": len(wanted)})
    except (*REQUEST_ERRORS, discord.DiscordException) as error:
        log.warning(
            "the commands were not registered: %(error)s",
            {"error": str(translate(error)) if isinstance(error, REQUEST_ERRORS) else type(error).__name__},
        )
        return False
    _write(path, mark)
    return changed


def same(wanted: object, known: object) -> bool:
    """Whether all of `wanted` is in `known`, in the same order. What Discord adds (ids, defaults) is ignored."""
    if isinstance(wanted, dict):
        if not isinstance(known, dict):
            return False
        return all(same(value, known.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not wanted:
            return not known
        if not isinstance(known, list) or len(wanted) != len(known):
            return False
        if all(isinstance(command, dict) and "name" in command for command in (*wanted, *known)):
            wanted, known = (sorted(some, key=_kind_and_name) for some in (wanted, known))
        elif all(isinstance(command, int) for command in (*wanted, *known)):
            wanted, known = sorted(wanted), sorted(known)
        return all(map(same, wanted, known))
    return wanted == known or (not wanted and not known)


def _kind_and_name(command: dict[str, Any]) -> tuple[int, str]:
    return int(command.get("type", 0)), str(command["name"])


def _hash(commands: object) -> str:
    tell = json.dumps(commands, sort_keys=True, default=str)
    return hashlib.sha256(tell.encode()).hexdigest()


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
        log.info("the hash of the registered commands was not saved: %(error)s", {"error": error.strerror})
