"""Registers the commands with Discord, and keeps trying until they are registered.

At each start, and every hour, the registered commands are fetched and compared with the bot's own: another copy of the bot, or a
person, may have changed or removed them. Fetching has no daily limit, but registering has one of 200, so commands are registered
only if they differ.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from logging import getLogger
from typing import Any

import discord
from discord import app_commands
from discord.http import Route

from adapters.discord.errors import REQUEST_ERRORS, translate
from adapters.discord.translations import Translations
from bot.delivery.target import LimitedError
from bot.runtime.backoff import backoff

log = getLogger("analects.discord")

FIRST_PAUSE_S, MAX_PAUSE_S = 2.0, 900.0
"""The pause before the second try, and the longest one."""
CHECK_INTERVAL_S = 3600.0
"""How often registered commands are compared again."""


@dataclass(slots=True)
class CommandRegistration:
    """Keeps the commands of one application registered."""

    tree: app_commands.CommandTree[Any]
    application: int
    report: Callable[[str | None], None]
    """Called with the reason why the commands are not registered, and with None once they are."""
    on_registered: Callable[[list[dict[str, Any]]], None]
    """Called with the registered commands and their ids, once they are known."""
    first_pause: float = FIRST_PAUSE_S
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def keep(self) -> None:
        """Registers the commands, retrying until it works, and looks again every hour. Runs until cancelled."""
        while True:
            await self.register()
            await self.sleep(CHECK_INTERVAL_S)

    async def register(self) -> None:
        """Registers the commands that Discord does not have, retrying until it works."""
        tries = 0
        while True:
            try:
                await self._compare_and_register()
            except (*REQUEST_ERRORS, discord.DiscordException) as error:
                tries += 1
                problem, wait = _explain(error)
                pause = max(wait, backoff(tries, self.first_pause, MAX_PAUSE_S))
                self.report(problem)
                log.warning(
                    "the commands are not registered: %(error)s; next try in %(pause_s).0f s",
                    {"error": problem, "pause_s": pause},
                )
                await self.sleep(pause)
            else:
                self.report(None)
                return

    async def _compare_and_register(self) -> None:
        http = self.tree.client.http
        translations = Translations()
        wanted = [
            await command.get_translated_payload(self.tree, translations)
            for command in self.tree.get_commands()
        ]
        known: list[Any] = list(await http.request(_with_translations(self.application)))
        if not same(wanted, known):
            known = list(await http.bulk_upsert_global_commands(self.application, payload=wanted))
            log.info("registered %(count)d commands", {"count": len(wanted)})
        self.on_registered(known)


def _with_translations(application: int) -> Route:
    """The registered commands with all their names and descriptions, which Discord leaves out unless it is asked for them."""
    return Route(
        "GET",
        "/applications/{application_id}/commands?with_localizations=true",
        application_id=application,
    )


def _explain(error: Exception) -> tuple[str, float]:
    """Why it failed, and how many seconds Discord asks to wait."""
    if not isinstance(error, REQUEST_ERRORS):
        return type(error).__name__, 0.0
    meant = translate(error)
    return str(meant), (meant.wait or 0.0) if isinstance(meant, LimitedError) else 0.0


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
