"""Reads what the app has sent, and waits for it. Each wait has a time limit, and no wait is a fixed sleep."""

# ruff: noqa: ASYNC109  (each wait has a time limit; its error says what did not come)

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from tests.slack_server.core import Call, Core
from tests.slack_server.shown import reading
from tests.slack_server.shown.mrkdwn import Link
from tests.slack_server.shown.reading import Shown
from tests.slack_server.to_app.delivery import Deliveries, Delivery
from tests.slack_server.workspace import BOT_ID, Channel, Message, User, View


class Arrivals:
    """The methods of the server that read what the app did."""

    core: Core
    deliveries: Deliveries

    # Messages, views and calls

    def posts(self, channel: Channel | str | None = None) -> list[Message]:
        """The app's public messages in a channel (None: in all channels), oldest first. Deleted ones are included."""
        channel_id = channel.id if isinstance(channel, Channel) else channel
        return [
            message
            for message in self.core.workspace.messages
            if message.bot_id == BOT_ID and not message.ephemeral_to and channel_id in (None, message.channel)
        ]

    def thread(self, channel: Channel | str, ts: str) -> list[Message]:
        """The replies in a thread, from the app and from people."""
        return self.core.workspace.replies(channel.id if isinstance(channel, Channel) else channel, ts)

    def ephemerals(self, user: User | None = None) -> list[Message]:
        """The ephemeral messages to a person (None: to anyone). Their field `shown` says whether the person saw them."""
        people = (
            {message.ephemeral_to for message in self.core.workspace.messages} if user is None else {user.id}
        )
        return [
            message for message in self.core.workspace.messages if message.ephemeral_to in people - {None}
        ]

    def home(self, user: User) -> View | None:
        """The Home tab that the app published for this person."""
        return self.core.workspace.homes.get(user.id)

    def views(self, user: User) -> list[View]:
        """The modals that this person has open, the topmost last."""
        return [view for view in self.core.workspace.modals.values() if view.open and view.user == user.id]

    def calls(self, method: str | None = None) -> list[Call]:
        """The app's calls of a method (None: of any), oldest first, failed ones included. "response_url": posts to one."""
        return [call for call in self.core.calls if method in (None, call.method)]

    # What people see

    def visible_text(self, shown: Shown) -> str:
        return reading.visible_text(shown, self.core.workspace.names())

    def notification(self, shown: Shown) -> str:
        return reading.notification(shown, self.core.workspace.names())

    def pings(self, shown: Shown) -> set[str]:
        return reading.pings(shown)

    def links(self, shown: Shown) -> list[Link]:
        return reading.links(shown)

    def unfurls(self, shown: Shown) -> list[str]:
        return reading.unfurls(shown)

    # Waiting

    async def until(self, condition: Callable[[], bool], timeout: float = 30.0, what: str = "change") -> None:
        """Waits until `condition()` is true, and calls it after every change. Raises AssertionError after `timeout` seconds."""
        if not await self.core.becomes_true(condition, timeout):
            raise AssertionError(f"within {timeout:g} s there was no {what}")

    def replies_to(self, delivery: Delivery) -> list[Message]:
        """The app's answers to something that a person did, oldest first.

        A mention is answered in its thread, a direct message in its conversation. A command, a button and a
        shortcut are answered by response_url or acknowledgement, only for that person, or in that channel.
        Messages that nobody saw do not count.
        """
        return [
            message
            for message in self.core.workspace.messages[delivery.order :]
            if message.bot_id == BOT_ID and message.shown and self._answers(message, delivery)
        ]

    def _answers(self, message: Message, delivery: Delivery) -> bool:
        if message.cause is delivery:
            return True
        if delivery.kind != "events_api":
            return message.ephemeral_to == delivery.user or (
                message.ephemeral_to is None and message.channel in (delivery.channel, self._im(delivery))
            )
        if message.channel != delivery.channel or message.ephemeral_to not in (None, delivery.user):
            return False
        direct = self.core.workspace.channels[message.channel].im_with is not None
        root = delivery.thread_ts or delivery.ts
        return message.thread_ts == root or (
            direct and delivery.thread_ts is None and message.thread_ts is None
        )

    def _im(self, delivery: Delivery) -> str | None:
        return self.core.workspace.im(delivery.user).id if delivery.user else None

    async def reply_to(self, delivery: Delivery, timeout: float = 30.0) -> Message:
        """Waits for the first answer and returns it."""
        await self.until(lambda: bool(self.replies_to(delivery)), timeout, "answer")
        return self.replies_to(delivery)[0]

    async def home_for(self, user: User, timeout: float = 30.0) -> View:
        """Waits until the person's Home tab is published and returns it."""
        await self.until(lambda: self.home(user) is not None, timeout, "Home tab")
        home = self.home(user)
        assert home is not None
        return home

    async def modal_for(self, user: User, timeout: float = 30.0) -> View:
        """Waits until the person has a modal open and returns the topmost."""
        await self.until(lambda: bool(self.views(user)), timeout, "modal")
        return self.views(user)[-1]

    async def acknowledged(self, delivery: Delivery, timeout: float = 30.0) -> None:
        await self.until(lambda: delivery.acked, timeout, "acknowledgement")

    async def settled(self, delivery: Delivery, timeout: float = 30.0) -> None:
        """Waits until Slack has finished with the delivery: it was acknowledged, Slack gave up, or its error was shown."""
        await self.until(lambda: not delivery.retrying, timeout, "end of retries")

    async def quiet(self, idle: float = 0.2, timeout: float = 30.0) -> None:
        """Waits until no work is left and nothing has happened for `idle` seconds.

        Work is a call that has no answer yet, or a delivery whose acknowledgement may still come in time; but not a
        retry that is due later.
        """
        ends = time.monotonic() + timeout
        while True:
            change = self.core.change()
            busy = self.core.busy or any(delivery.acknowledging for delivery in self.deliveries.unsettled)
            idle_for = time.monotonic() - self.core.last_activity
            if not busy and idle_for >= idle:
                return
            if time.monotonic() >= ends:
                raise AssertionError(f"it did not get quiet within {timeout:g} s")
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.01, idle - idle_for if not busy else idle)):
                    await change.wait()
