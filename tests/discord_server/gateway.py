"""The gateway: sessions that outlive their sockets, and faults on demand."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord import intents as gates
from simcord.backend import Backend, serializers
from simcord.backend.models import Guild

MESSAGE_CONTENT = 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
MAX_EVENTS_KEPT = 5_000

Event = tuple[int, str, dict[str, Any]]


@dataclass(eq=False)
class Socket:
    """One connection. Frames in `queue` are sent in order."""

    ws: web.WebSocketResponse
    request: web.Request
    queue: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    frozen: bool = False
    """Whether the socket, although it is open, sends nothing, not even answers to heartbeats."""

    def put(self, frame: Mapping[str, Any]) -> None:
        if not self.frozen:
            self.queue.put_nowait(json.dumps(frame, default=str))

    def abort(self) -> None:
        """Breaks the connection without closing it."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    """A session. RESUME continues it on a new socket."""

    id: str
    intents: discord.Intents
    shard: int
    shards: int
    seq: int = 0
    events: list[Event] = field(default_factory=list)
    socket: Socket | None = None

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        self.seq += 1
        visible = copy.deepcopy(dict(payload))
        self.events.append((self.seq, event, visible))
        del self.events[:-MAX_EVENTS_KEPT]
        if self.socket is not None:
            self.socket.put({"op": 0, "s": self.seq, "t": event, "d": visible})


class Gateway:
    """The gateway with all sessions of the bot."""

    def __init__(self, backend: Backend, token: str) -> None:
        self.backend = backend
        self.token = token
        self.url = ""
        self.heartbeat = 0.5
        """The heartbeat interval in seconds that HELLO sends to the client."""
        self.sessions: dict[str, Session] = {}
        self.sockets: set[Socket] = set()
        self.close_identify: int | None = None
        """If set, every IDENTIFY is answered with this close code."""
        self.content_intent = False
        """Whether the message content intent is switched on for the application."""
        self.refuse_next = 0
        """How many of the next connections are refused."""
        self.repeat_on_resume = 0
        """How many events RESUME repeats although the client has received them."""
        self.announce_guilds_after: asyncio.Event | None = None
        """If given, servers are announced only when this event is set, after READY."""
        self._announcing: set[asyncio.Task[None]] = set()
        self.identified = 0
        self.resumed = 0
        self.requested_intents: list[int] = []
        backend.subscribers.append(self._on_event)

    # Faults

    def reconnect(self) -> None:
        """Sends opcode 7, Reconnect."""
        for socket in list(self.sockets):
            socket.put({"op": 7, "d": None})

    def invalidate(self, resumable: bool = False) -> None:
        """Sends opcode 9, Invalid Session."""
        if not resumable:
            self.sessions.clear()
        for socket in list(self.sockets):
            socket.put({"op": 9, "d": resumable})

    def drop(self) -> None:
        for socket in list(self.sockets):
            socket.abort()

    def freeze(self) -> None:
        for socket in self.sockets:
            socket.frozen = True

    async def close(self, code: int) -> None:
        for socket in list(self.sockets):
            await socket.ws.close(code=code)

    # The protocol

    @property
    def connected(self) -> bool:
        return any(session.socket is not None for session in self.sessions.values())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_next:
            self.refuse_next -= 1
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        socket = Socket(ws, request)
        self.sockets.add(socket)
        socket.put({"op": 10, "d": {"heartbeat_interval": self.heartbeat * 1000}})
        sending = asyncio.create_task(self._send_queue(socket))
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await self._on_frame(socket, json.loads(message.data))
        finally:
            self.sockets.discard(socket)
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
            sending.cancel()
        return ws

    async def _send_queue(self, socket: Socket) -> None:
        try:
            while True:
                await socket.ws.send_str(await socket.queue.get())
        except (ConnectionError, RuntimeError):
            return

    async def _on_frame(self, socket: Socket, frame: dict[str, Any]) -> None:
        operation, data = frame["op"], frame.get("d") or {}
        if operation == 1:
            socket.put({"op": 11})
        elif operation == 2:
            await self._identify(socket, data)
        elif operation == 6:
            await self._resume(socket, data)

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> None:
        self.requested_intents.append(data["intents"])
        if data["token"] != self.token:
            await socket.ws.close(code=4004)
            return
        if self.close_identify is not None:
            await socket.ws.close(code=self.close_identify)
            return
        granted = MESSAGE_CONTENT if self.content_intent else 0
        if data["intents"] & PRIVILEGED & ~granted:
            await socket.ws.close(code=4014)
            return
        self.identified += 1
        shard, shards = data.get("shard", (0, 1))
        requested = discord.Intents._from_value(data["intents"])
        session = Session(f"session-{self.identified}", requested, shard, shards, socket=socket)
        guilds = [guild for guild in self.backend.guilds.values() if (guild.id >> 22) % shards == shard]
        ready = {
            "v": 10, "user": dict(serializers.user_payload(self.backend.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id, "resume_gateway_url": self.url, "shard": [shard, shards],
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }  # fmt: skip
        self.sessions[session.id] = session
        session.send("READY", ready)
        announcing = asyncio.create_task(self._announce_guilds(guilds, session))
        self._announcing.add(announcing)
        announcing.add_done_callback(self._announcing.discard)

    async def _announce_guilds(self, guilds: list[Guild], session: Session) -> None:
        if self.announce_guilds_after is not None:
            await self.announce_guilds_after.wait()
        for guild in guilds:
            self._send_to_session(
                session, "GUILD_CREATE", serializers.guild_create_payload(self.backend, guild)
            )

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self.token:
            socket.put({"op": 9, "d": False})
            return
        self.resumed += 1
        missed = [event for event in session.events if event[0] > (data["seq"] or 0) - self.repeat_on_resume]
        session.socket = socket
        for number, event, payload in missed:
            if event not in ("READY", "RESUMED"):
                socket.put({"op": 0, "s": number, "t": event, "d": payload})
        session.send("RESUMED", {})

    def _on_event(self, event: str, payload: Mapping[str, Any]) -> None:
        guild = payload.get("guild_id") or (payload.get("id") if event.startswith("GUILD_") else None)
        for session in self.sessions.values():
            if (int(guild or 0) >> 22) % session.shards == session.shard:
                self._send_to_session(session, event, payload)

    def _send_to_session(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        gate = gates.required_intent(event, payload)
        about_me = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) == self.backend.bot_user.id
        if gate is not None and not about_me and not getattr(session.intents, gate):
            return  # Discord tells a bot about its own member without the members intent
        visible = copy.deepcopy(dict(payload))
        me = self.backend.bot_user.id
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            if not session.intents.message_content:
                gates.censor_message(visible, me, backend=self.backend)
        elif event == "GUILD_CREATE":
            gates.prune_guild_create(visible, session.intents, me)
        session.send(event, visible)
