"""Deliveries to the app: acknowledgements, retries, and the errors that people see.

An event that is not acknowledged in time is sent again, up to three times. A slash command or an interaction is
never sent again: the person sees `operation_timeout`, or `dispatch_failed` if the app could not be reached
(docs.slack.dev, Events API and Slash commands).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.workspace import Message

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(eq=False)
class Attempt:
    """One attempt to deliver. `number` is 0, or the number of the retry. `where` is a socket, a URL, or None without a socket."""

    number: int
    reason: str
    envelope_id: str
    at: float = field(default_factory=time.time)
    where: str | None = None
    acked_at: float | None = None
    failed: str | None = None  # why Slack tries again: timeout, http_timeout, http_error, connection_failed

    @property
    def took(self) -> float | None:
        return None if self.acked_at is None else self.acked_at - self.at


@dataclass(eq=False)
class Delivery:
    """Something that a person did, which Slack delivers to the app.

    `message` is the person's message, if there is one. `twin` is the `message` event of a mention. `response` is
    the payload of the acknowledgement. `error` is what the person sees if the app did not answer in time. `order` is the
    number of messages that were in the workspace before.
    """

    kind: Kind
    payload: Json
    order: int
    user: str | None = None
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    message: Message | None = None
    twin: Delivery | None = None
    attempts: list[Attempt] = field(default_factory=list)
    response: Json | None = None
    error: str | None = None
    retrying: bool = True
    skipped: str | None = None  # why Slack did not send it
    acknowledging: bool = False
    forced: bool = False  # sent whether or not the app is subscribed
    on_response: Callable[[Delivery], None] | None = None

    @property
    def acked(self) -> bool:
        return any(attempt.acked_at is not None for attempt in self.attempts)

    @property
    def event_id(self) -> str:
        return str(self.payload.get("event_id", ""))


class Transport(Protocol):
    """A way to reach the app: sockets or HTTP requests."""

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Sends it. Later calls `Deliveries.acknowledged` or `Deliveries.failed` with the outcome."""


class Deliveries:
    """Sends deliveries, waits for acknowledgements, and sends again."""

    def __init__(self, core: Core, transport: Transport) -> None:
        self.core = core
        self.transport = transport
        self.sent: list[Delivery] = []
        self.unsettled: set[Delivery] = set()
        self._open: dict[str, tuple[Delivery, Attempt]] = {}
        self._numbers = 0

    async def deliver(self, delivery: Delivery) -> Delivery:
        """Sends it, and returns after the first attempt. Retries run in the background."""
        self.sent.append(delivery)
        reason = self._why_not(delivery)
        if reason:
            delivery.skipped, delivery.retrying = reason, False
            return delivery
        self.unsettled.add(delivery)
        attempt = await self.attempt(delivery, 0, "")
        self.core.spawn(self._retry_until_acknowledged(delivery, attempt))
        return delivery

    def _why_not(self, delivery: Delivery) -> str | None:
        """Why Slack does not send an event: the app is not subscribed, lacks the scope, or is not in the channel."""
        event = delivery.payload.get("event") or {}
        kind = str(event.get("type", ""))
        channel = self.core.workspace.channels.get(delivery.channel or "")
        if delivery.kind == "slash_commands":
            return "missing commands" if self.core.missing(["commands"]) else None
        if delivery.kind != "events_api" or delivery.forced:
            return None
        needed: list[str] = []
        if kind == "app_mention":
            needed = ["app_mentions:read"]
        elif kind == "message":
            place = {"im": "im", "group": "groups", "mpim": "mpim"}.get(
                str(event.get("channel_type")), "channels"
            )
            kind, needed = f"message.{place}", [f"{place}:history"]
        elif kind in ("member_joined_channel", "member_left_channel"):
            needed = ["channels:read"]
        if kind not in self.core.installation.events:
            return f"not subscribed to {kind}"
        if channel is not None and self.core.bot_user not in channel.members:
            return "the bot is not in the channel"
        return "".join(f"missing {scope}" for scope in self.core.missing(needed)) or None

    async def attempt(self, delivery: Delivery, number: int, reason: str) -> Attempt:
        self._numbers += 1
        attempt = Attempt(number, reason, f"00000000-0000-4000-8000-{self._numbers:012d}")
        delivery.attempts.append(attempt)
        self._open[attempt.envelope_id] = (delivery, attempt)
        await self.transport.send(delivery, attempt)
        self.core.touch()
        return attempt

    def acknowledged(self, envelope_id: str, response: Json | None) -> None:
        """Records an acknowledgement. Its payload counts if it is the first one, in time, and of a kind that may have a payload."""
        open_attempt = self._open.pop(envelope_id, None)
        if open_attempt is None:
            return
        delivery, attempt = open_attempt
        first = not delivery.acked
        attempt.acked_at = time.time()
        if first and delivery.kind != "events_api" and delivery.error is None:
            delivery.response = response
            if delivery.on_response is not None:
                delivery.on_response(delivery)
        self.core.touch()

    def failed(self, envelope_id: str, reason: str) -> None:
        open_attempt = self._open.get(envelope_id)
        if open_attempt is not None:
            open_attempt[1].failed = reason
            self.core.touch()

    async def _retry_until_acknowledged(self, delivery: Delivery, attempt: Attempt) -> None:
        timing = self.core.timing
        for number, delay in enumerate((*timing.retries, None), start=1):
            await self._outcome(delivery, attempt)
            if delivery.acked or delay is None:
                break
            if delivery.kind != "events_api":
                reached = attempt.where is not None and attempt.failed in ("timeout", "http_timeout")
                delivery.error = "operation_timeout" if reached else "dispatch_failed"
                break
            if attempt.failed == "no_retry":
                break
            if delay:
                await asyncio.sleep(delay)
                if delivery.acked:
                    break
            attempt = await self.attempt(delivery, number, attempt.failed or "timeout")
        delivery.retrying = False
        self.unsettled.discard(delivery)
        self.core.touch()

    async def _outcome(self, delivery: Delivery, attempt: Attempt) -> None:
        delivery.acknowledging = True
        ended = await self.core.becomes_true(
            lambda: delivery.acked or attempt.failed is not None, self.core.timing.acknowledge
        )
        if not ended:
            attempt.failed = "timeout"
        delivery.acknowledging = False

    async def redeliver(self, delivery: Delivery) -> Attempt:
        """Sends the same event again, as Slack does if an acknowledgement was lost."""
        number = max(attempt.number for attempt in delivery.attempts) + 1 if delivery.attempts else 1
        return await self.attempt(delivery, number, "timeout")
