"""The base class for everything that people do in the workspace. It turns an action into a `Delivery`."""

from __future__ import annotations

from collections.abc import Callable

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.payloads import event_callback
from tests.slack_server.to_app.delivery import Deliveries, Delivery, Kind
from tests.slack_server.to_app.response_urls import ResponseUrls
from tests.slack_server.workspace import Channel, Message, User


class Actor:
    """Sends events, commands and interactions to the app."""

    core: Core
    urls: ResponseUrls
    deliveries: Deliveries

    async def _event(
        self,
        event: Json,
        channel: Channel | None,
        user: User | None = None,
        message: Message | None = None,
        *,
        ago: float = 0.0,
        forced: bool = False,
    ) -> Delivery:
        payload = event_callback(self.core, event, channel, ago=ago)
        return await self._send("events_api", payload, user, channel, message, forced=forced)

    async def _send(
        self,
        kind: Kind,
        payload: Json,
        user: User | None,
        channel: Channel | None,
        message: Message | None,
        *,
        forced: bool = False,
        on_response: Callable[[Delivery], None] | None = None,
    ) -> Delivery:
        delivery = Delivery(
            kind, payload, len(self.core.workspace.messages), forced=forced, on_response=on_response
        )
        delivery.user = user.id if user else None
        delivery.channel = channel.id if channel else None
        delivery.message = message
        if message is not None:
            delivery.ts, delivery.thread_ts = message.ts, message.thread_ts
        if payload.get("response_url"):
            self.urls.set_cause(payload["response_url"], delivery)
        if kind == "slash_commands" and channel is not None:
            delivery.on_response = lambda acknowledged: self.urls.acknowledgement(acknowledged, channel)
        return await self.deliveries.deliver(delivery)
