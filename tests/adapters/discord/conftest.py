"""A simulated Discord (SimCord) in the test's own process: the bot, an allowed server, another server, and two people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import simcord

from adapters.discord.client import Client
from bot.access.places import Allowlist
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.service import Service
from bot.state.memory_claims import MemoryClaims

SERVER = 700_000_000_000_000_000
ELSEWHERE = 700_000_000_000_000_001


@dataclass(repr=False)
class Town:
    """The simulated Discord of a test: servers, channels, people, and the messages that the bot posted."""

    env: simcord.Env
    service: Service
    guild: simcord.GuildHandle = field(init=False)
    channel: simcord.ChannelHandle = field(init=False)
    ann: simcord.MemberActor = field(init=False)
    ben: simcord.MemberActor = field(init=False)
    elsewhere: simcord.GuildHandle = field(init=False)
    locales: dict[int, str] = field(default_factory=dict)
    """By id of a person or server: the locale in interactions. The default is "en-US"."""

    def __post_init__(self) -> None:
        self.guild = self.env.create_guild("Readers", id=SERVER)
        self.channel = self.guild.create_text_channel("books")
        self.ann = self.guild.add_member(self.env.create_user("ann"))
        self.ben = self.guild.add_member(self.env.create_user("ben"))
        self.elsewhere = self.env.create_guild("Strangers", id=ELSEWHERE)
        emit = self.env.backend.emit

        def emit_with_locale(event: str, payload: dict[str, Any], *rest: Any, **named: Any) -> Any:
            """Sets the locales, because SimCord sends "en-US" for everybody."""
            if event == "INTERACTION_CREATE":
                person = payload.get("member", payload).get("user", {})
                payload["locale"] = self.locales.get(int(person.get("id", 0)), "en-US")
                if "guild_id" in payload:
                    payload["guild_locale"] = self.locales.get(int(payload["guild_id"]), "en-US")
            return emit(event, payload, *rest, **named)

        self.env.backend.emit = emit_with_locale  # type: ignore[method-assign, assignment]

    @property
    def client(self) -> Client:
        """The bot's client."""
        assert isinstance(self.env.bot, Client)
        return self.env.bot

    @property
    def me(self) -> str:
        """A mention of the bot."""
        return f"<@{self.env.backend.bot_user.id}>"

    def bot_texts(self, channel: simcord.ChannelHandle | None = None) -> list[str]:
        """The texts of the bot's public messages in a channel, oldest first."""
        where = channel or self.channel
        return [text_of(message.components) for message in self.messages(where)]

    def messages(self, channel: simcord.ChannelHandle | None = None) -> list[simcord.backend.models.Message]:
        """The bot's public messages in a channel."""
        found = self.env.backend.messages.get((channel or self.channel).id, {})
        by_bot = (message for message in found.values() if message.author_id == self.env.backend.bot_user.id)
        return [message for message in by_bot if not message.is_ephemeral]

    async def ask(self, text: str, channel: simcord.ChannelHandle | None = None) -> list[str]:
        """Ann asks with a mention. Returns the texts of all the bot's messages in the channel."""
        await self.ann.send(channel or self.channel, f"{self.me} {text}")
        return self.bot_texts(channel)

    def posts(self) -> list[dict[str, object]]:
        """The bodies of all requests that posted or edited a message."""
        found = [
            request
            for request in self.env.http_requests
            if request.method in ("POST", "PATCH") and request.json
        ]
        return [request.json for request in found if isinstance(request.json, dict)]

    async def restart(self) -> None:
        """Restarts the bot, which loses its memory."""
        service = Service(
            self.service.bot, Rules(self.service.rules.allowlist, now=self.service.rules.now), MemoryClaims()
        )
        self.service = service
        await self.env.restart_bot(client(service))


def text_of(components: list[dict[str, object]]) -> str:
    """The texts of a card, one per line, and the labels of its buttons in square brackets."""
    texts: list[str] = []

    def walk(item: dict[str, object]) -> None:
        if isinstance(item.get("content"), str):
            texts.append(str(item["content"]))
        elif item.get("type") == 2:
            texts.append(f"[{item.get('label')}]")
        elif item.get("type") == 3:
            texts.append("[menu]")
        for component in item.get("components") or ():  # type: ignore[attr-defined]
            walk(component)

    for component in components:
        walk(component)
    return "\n".join(texts)


def client(service: Service) -> Client:
    return Client(service, shard_count=1)


@pytest.fixture
async def town(bot: Bot) -> AsyncIterator[Town]:
    rules = Rules(
        Allowlist(servers=frozenset({f"discord:{SERVER}"})),
        now=lambda: env.now().timestamp(),  # is not called before `env` exists
    )
    service = Service(bot, rules, MemoryClaims())
    env = simcord.Env(client(service))
    await env.start()
    try:
        yield Town(env, service)
    finally:
        await env.shutdown()
        env.raise_errors()
