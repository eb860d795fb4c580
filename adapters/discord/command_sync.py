"""Registers the commands with Discord, and keeps trying until they are registered.

At each start, and every hour, the registered commands are fetched and compared with the bot's own, because another copy of the bot
or a person may have changed or removed them. They are registered only if they differ: Discord allows that 200 times a day, while
fetching has no daily limit.
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
"""How often the registered commands are compared with the bot's own."""


@dataclass(slots=True)
class CommandRegistration:
    """Keeps the commands of one application registered."""

    tree: app_commands.CommandTree[Any]
    application: int
    report: Callable[[str | None], None]
    """Called with the reason if the commands could not be registered, and with None when they are registered."""
    on_registered: Callable[[list[dict[str, Any]]], None]
    """Called with the registered commands, which have their ids."""
    first_pause: float = FIRST_PAUSE_S
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def keep(self) -> None:
        """Registers the commands, and checks them again every hour. Runs until cancelled."""
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
        ours = [
            await command.get_translated_payload(self.tree, translations)
            for command in self.tree.get_commands()
        ]
        registered: list[Any] = list(await http.request(_with_translations(self.application)))
        if not same(ours, registered):
            registered = list(await http.bulk_upsert_global_commands(self.application, payload=ours))
            log.info("registered %(count)d commands", {"count": len(ours)})
        self.on_registered(registered)


def _with_translations(application: int) -> Route:
    """The request for the registered commands with all their translations, which Discord otherwise leaves out."""
    return Route(
        "GET",
        "/applications/{application_id}/commands?with_localizations=true",
        application_id=application,
    )


def _explain(error: Exception) -> tuple[str, float]:
    """Why the registration failed, and how many seconds Discord asks to wait."""
    if not isinstance(error, REQUEST_ERRORS):
        return type(error).__name__, 0.0
    translated = translate(error)
    return str(translated), (translated.wait or 0.0) if isinstance(translated, LimitedError) else 0.0


def same(ours: object, registered: object) -> bool:
    """Whether all of `ours` is in `registered`, in the same order. What Discord adds (ids, defaults) is ignored."""
    if isinstance(ours, dict):
        if not isinstance(registered, dict):
            return False
        return all(same(value, registered.get(key)) for key, value in ours.items())
    if isinstance(ours, list):
        if not ours:
            return not registered
        if not isinstance(registered, list) or len(ours) != len(registered):
            return False
        if all(isinstance(command, dict) and "name" in command for command in (*ours, *registered)):
            ours, registered = (sorted(some, key=_kind_and_name) for some in (ours, registered))
        elif all(isinstance(command, int) for command in (*ours, *registered)):
            ours, registered = sorted(ours), sorted(registered)
        return all(map(same, ours, registered))
    return ours == registered or (not ours and not registered)


def _kind_and_name(command: dict[str, Any]) -> tuple[int, str]:
    return int(command.get("type", 0)), str(command["name"])
