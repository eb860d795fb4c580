"""The server's interface for tests: people act, and tests read the bot's messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from simcord import interactions
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.models import Channel, Guild, Message
from simcord.components import walk_components
from simcord.enums import ChannelType

from tests.discord_server.gateway import Gateway
from tests.discord_server.rest import BASE, Rest

TOKEN = "MTIz.test.token-of-the-test-server"


class _Now(Clock):
    """The clock of the machine, which a bot in another process also uses, or a clock that a test sets. In seconds since 1970."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds(), UTC)


class DiscordServer:
    """A Discord on loopback, on a free port."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.backend = Backend(clock=_Now(clock))
        self.gateway = Gateway(self.backend, TOKEN)
        self.rest = Rest(self.backend, TOKEN)
        self.people: dict[str, int] = {"owner": self.rest.owner.id}
        self.guild: Guild = self.server("Readers")
        self.left: set[int] = set()
        """Servers that the bot is not a member of."""
        self._runner: web.AppRunner | None = None
        self._port = 0

    # Start and stop

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts to listen. After `stop`, it listens on the same port again."""
        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", BASE + "/{path:.*}", self.rest.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.rest.gateway_url = f"ws://127.0.0.1:{self._port}/gateway/"

    async def stop(self) -> None:
        """Breaks all sockets and refuses new connections."""
        self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def settings(self) -> dict[str, str]:
        """The bot's environment."""
        return {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": f"http://127.0.0.1:{self._port}{BASE}"}

    # People and places

    @property
    def me(self) -> str:
        """A mention of the bot."""
        return f"<@{self.backend.bot_user.id}>"

    def server(self, name: str, home: bool = True) -> Guild:
        """Adds a server. With `home`, it belongs to the application's owner."""
        return self.backend.create_guild(name, owner_id=self.rest.owner.id if home else None)

    def channel(self, name: str, guild: Guild | None = None) -> Channel:
        return self.backend.create_channel((guild or self.guild).id, name)

    def forum(self, name: str) -> Channel:
        return self.backend.create_channel(self.guild.id, name, type=ChannelType.FORUM)

    def post(self, name: str, forum: Channel, title: str, text: str) -> tuple[Channel, Message]:
        """Someone starts a forum post. Returns the post and its first message, which has the id of the post."""
        post = self.backend.create_thread(forum.id, title, owner_id=self.person(name))
        first = self.backend.prepare_message(post.id, self.people[name], text)
        first.id = post.id
        self.backend.commit_message(first)
        return post, first

    def person(self, name: str, guild: Guild | None = None) -> int:
        """The user id for a name. The first use of a name adds the person to the server."""
        if name not in self.people:
            self.people[name] = self.backend.make_user(name).id
        where = guild or self.guild
        if self.people[name] not in where.members:
            self.backend.add_member(where.id, self.people[name])
        return self.people[name]

    # What people do

    def say(self, name: str, channel: Channel, text: str, **more: Any) -> Message:
        guild = self.backend.guilds.get(channel.guild_id or 0)
        direct = channel.guild_id is None and name in self.people
        return self.backend.create_message(
            channel.id, self.people[name] if direct else self.person(name, guild), text, **more
        )

    def ask(self, name: str, channel: Channel, text: str) -> Message:
        """Someone asks with a mention of the bot."""
        return self.say(name, channel, f"{self.me} {text}")

    def direct(self, name: str) -> Channel:
        """Someone's direct messages with the bot."""
        user = self.people.get(name) or self.people.setdefault(name, self.backend.make_user(name).id)
        return self.backend.get_dm_channel(user)

    def command(self, name: str, channel: Channel, subcommand: str, **options: Any) -> Any:
        """Someone uses `/highlight …` ("random", "digest set"). Returns SimCord's record of the interaction."""
        registered = self.backend.commands[None]
        root = next(command for command in registered.values() if command["name"] == "highlight")
        kinds = {str: 3, int: 4, bool: 5}
        roles = self.backend.guilds[channel.guild_id].roles if channel.guild_id else {}
        roles_ = {
            str(value): dict(serializers.role_payload(roles[value]))
            for value in options.values()
            if value in roles
        }
        options_ = [
            {"name": key, "type": 8, "value": str(value)}
            if value in roles
            else {"name": key, "type": kinds[type(value)], "value": value}
            for key, value in options.items()
        ]
        *groups, leaf = subcommand.split()
        inner: dict[str, Any] = {"name": leaf, "type": 1, "options": options_}
        for group in reversed(groups):
            inner = {"name": group, "type": 2, "options": [inner]}
        data = {"id": root["id"], "name": "highlight", "type": 1, "options": [inner]}
        if roles_:
            data["resolved"] = {"roles": roles_}
        return self._interact(2, name, channel, data)

    def find_about(self, name: str, channel: Channel, message: Message) -> Any:
        """Someone chooses the message command "Find highlights". Returns SimCord's record of the interaction."""
        registered = self.backend.commands[None]
        command = next(command for command in registered.values() if command["type"] == 3)
        payload = dict(serializers.message_payload(self.backend, message))
        data = {"id": command["id"], "name": command["name"], "type": 3, "target_id": str(message.id),
                "resolved": {"messages": {str(message.id): payload}}}  # fmt: skip
        return self._interact(2, name, channel, data)

    def complete(self, name: str, channel: Channel, subcommand: str, option: str, typed: str) -> Any:
        """Someone types in an option. The record that is returned has the choices."""
        registered = self.backend.commands[None]
        root = next(command for command in registered.values() if command["name"] == "highlight")
        options_ = [{"name": option, "type": 3, "value": typed, "focused": True}]
        data = {"id": root["id"], "name": "highlight", "type": 1,
                "options": [{"name": subcommand, "type": 1, "options": options_}]}  # fmt: skip
        return self._interact(4, name, channel, data)

    def press(self, name: str, channel: Channel, message: Message, label: str) -> Any:
        """Someone presses a button. Returns SimCord's record of the interaction."""
        button = next(
            component for component in walk_components(message.components) if component.get("label") == label
        )
        data = {"custom_id": button["custom_id"], "component_type": 2}
        extra = {"message": dict(serializers.message_payload(self.backend, message))}
        return self._interact(3, name, channel, data, extra, message.id)

    def choose(self, name: str, channel: Channel, message: Message, label: str) -> Any:
        """Someone chooses the menu option that begins with `label`. Returns SimCord's record of the interaction."""
        menu = next(
            component for component in walk_components(message.components) if component.get("type") == 3
        )
        value = next(option["value"] for option in menu["options"] if option["label"].startswith(label))
        data = {"custom_id": menu["custom_id"], "component_type": 3, "values": [value]}
        extra = {"message": dict(serializers.message_payload(self.backend, message))}
        return self._interact(3, name, channel, data, extra, message.id)

    def pick(self, name: str, channel: Channel, message: Message, setting: str, *picked: int | str) -> Any:
        """Someone chooses channels and roles (by id), or an option, in the menu of a setting. Returns SimCord's record."""
        menu = next(
            component
            for component in walk_components(message.components)
            if component.get("custom_id") == f"s1:c:{setting}"
        )
        guild = self.backend.guilds[channel.guild_id or 0]
        resolved = {
            "channels": {
                str(id_): dict(serializers.channel_payload(self.backend, self.backend.channels[id_]))
                for id_ in picked
                if id_ in self.backend.channels
            },
            "roles": {
                str(id_): dict(serializers.role_payload(guild.roles[id_]))
                for id_ in picked
                if id_ in guild.roles
            },
        }
        data = {"custom_id": menu["custom_id"], "component_type": menu["type"], "values": [str(id_) for id_ in picked]}  # fmt: skip
        if menu["type"] != 3:  # the options of a menu are strings
            data["resolved"] = resolved
        extra = {"message": dict(serializers.message_payload(self.backend, message))}
        return self._interact(3, name, channel, data, extra, message.id)

    def leave(self, guild: Guild) -> None:
        """Makes the bot leave a server."""
        self.backend.emit("GUILD_DELETE", {"id": str(guild.id)})
        self.left.add(guild.id)

    def _interact(
        self, kind: int, name: str, channel: Channel, data: dict[str, Any],
        extra: dict[str, Any] | None = None, source: int | None = None,
    ) -> Any:  # fmt: skip
        guild = self.backend.guilds.get(channel.guild_id or 0)
        record, payload = interactions.base_payload(
            self.backend, type=kind, channel_id=channel.id, guild_id=channel.guild_id,
            user_id=self.person(name, guild), data=data,
        )  # fmt: skip
        record.source_message_id = source
        # the person has installed the application for themselves
        if guild is not None and guild.id in self.left:
            payload["authorizing_integration_owners"] = {"1": str(self.people[name])}
            payload["guild"] = {"id": str(guild.id), "locale": "en-US", "features": []}
        self.backend.emit("INTERACTION_CREATE", {**payload, **(extra or {})})
        return record

    # What the bot did

    def answers(self, channel: Channel, to: Message | None = None) -> list[Message]:
        """The bot's public messages in a channel, oldest first. If `to` is given, only replies to that message."""
        found = [
            message for message in self.backend.messages.get(channel.id, {}).values()
            if message.author_id == self.backend.bot_user.id and not message.is_ephemeral and message.components
        ]  # fmt: skip
        if to is None:
            return found
        return [
            message
            for message in found
            if message.reference and int(message.reference["message_id"]) == to.id
        ]

    async def until(self, done: Callable[[], object], seconds: float = 60.0) -> None:
        """Waits until `done` returns something true."""
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110  SimCord has no event to wait for
                await asyncio.sleep(0.005)

    async def connected(self) -> None:
        await self.until(lambda: self.gateway.connected)

    async def answered(self, channel: Channel, question: Message, seconds: float = 60.0) -> Message:
        """Waits for the answer to a question and returns it."""
        await self.until(lambda: self.answers(channel, question), seconds)
        return self.answers(channel, question)[0]

    async def shown(self, channel: Channel, record: Any) -> Message:
        """Waits until the reply to a command or a button has replaced the loading state. `record` is the interaction."""
        await self.until(lambda: record.message_id and not record.loading)
        return self.backend.messages[channel.id][record.message_id]
