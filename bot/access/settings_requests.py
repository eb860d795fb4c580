"""Answers `/highlight settings` and `/highlight digest posting`: what managers choose for a server or channel. Environment
settings take precedence (`bot.access.rules`), and the reply says so.
"""

from dataclasses import dataclass, replace

from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.replies import Notice, Reply, ServerSettings
from bot.chat.settings_commands import (
    InvalidSettingsCommand,
    PostingCommand,
    SettingsCommand,
    SettingsRequest,
)
from bot.state.chosen import ServerChoices
from bot.state.claims import StateError

_SWITCHES = {"on": True, "off": False}


@dataclass(slots=True)
class SettingsRequests:
    """Shows and changes what was chosen."""

    rules: Rules

    async def reply(self, arrival: Arrival, request: SettingsRequest) -> Reply:
        """The reply to one request; a notice if the person may not make it."""
        try:
            if isinstance(request, PostingCommand):
                return await self._posting(arrival, request)
            return await self._settings(arrival, request)
        except StateError:
            return Notice(wording.SETTINGS_NOT_STORED)

    async def _settings(self, arrival: Arrival, command: SettingsCommand | InvalidSettingsCommand) -> Reply:
        if arrival.direct or not arrival.server:
            return Notice(wording.SETTINGS_ELSEWHERE)
        if not arrival.private:
            return Notice(wording.SETTINGS_PRIVATE)
        if not await self.rules.administers(arrival):
            return Notice(wording.SETTINGS_NOT_ALLOWED)
        if isinstance(command, InvalidSettingsCommand):
            return Notice(wording.SETTINGS_USAGE)
        if command.name == "roles" and arrival.roles is None:
            return Notice(wording.SETTINGS_NO_ROLES)
        server = f"{arrival.platform}:{arrival.server}"
        choices = await self.rules.choices.of_server(server)
        if command.name != "show":
            changed = _changed(choices, command, arrival)
            if changed is None:
                return Notice(wording.SETTINGS_USAGE)
            await self.rules.choices.set_server(server, changed)
            choices = changed
        return self.shown(arrival.platform, choices)

    def shown(self, platform: str, choices: ServerChoices) -> ServerSettings:
        """The settings of a server, and the environment settings that overrule them."""
        overruled = self.rules.overruling(platform)
        return ServerSettings(wording.server_settings(choices, overruled), choices, overruled)

    async def _posting(self, arrival: Arrival, command: PostingCommand) -> Reply:
        if not await self.rules.may_manage(arrival):
            return Notice(wording.DIGEST_NOT_ALLOWED)
        choices = await self.rules.choices.of_posting(arrival.place)
        for name in ("thread", "ping", "publish"):
            value = getattr(command, name)
            if value is not None:
                choices = replace(choices, **{name: value})
        await self.rules.choices.set_posting(arrival.place, choices)
        return Notice(wording.posting(choices))


def _changed(choices: ServerChoices, command: SettingsCommand, arrival: Arrival) -> ServerChoices | None:
    """The choices after a command; None if its value is none that can be chosen."""
    value = command.values[0] if command.values else ""
    if command.name == "reset":
        return ServerChoices()
    if command.name == "channels":
        here = arrival.parent or arrival.channel
        return replace(choices, channels=_ids(command.values, here))
    if command.name == "roles":
        return replace(choices, roles=_ids(command.values, ""))
    if command.name == "threads" and value in _SWITCHES:
        return replace(choices, threads=_SWITCHES[value])
    if command.name == "buttons" and value in ("everyone", "asker"):
        return replace(choices, buttons="asker" if value == "asker" else "everyone")
    if command.name == "digest-buttons" and value in ("everyone", "managers"):
        return replace(choices, digest_buttons="managers" if value == "managers" else "everyone")
    return None


def _ids(values: tuple[str, ...], here: str) -> tuple[str, ...]:
    """The ids, each once; none for "all". "here" stands for this channel."""
    if "all" in values:
        return ()
    named = (here if value == "here" else value for value in values)
    return tuple(dict.fromkeys(id_ for id_ in named if id_))
