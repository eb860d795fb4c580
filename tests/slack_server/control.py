"""Controls a server in another process: POST /control/{command} with a JSON object. The answer is JSON, too.

People and channels are named by their ids, a delivery by its number, in order of time. Times are seconds since 1970 by
the server's clock.
"""

# ruff: noqa: ASYNC109  (each wait takes its limit and says what did not come)

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.slack_server import faults
from tests.slack_server.faults import Fault
from tests.slack_server.json_types import Json
from tests.slack_server.server import SlackServer
from tests.slack_server.to_app.delivery import Delivery
from tests.slack_server.workspace import Channel, User

_FAULTS: dict[str, Callable[..., Fault]] = {
    "rate_limited": faults.rate_limited,
    "server_error": faults.server_error,
    "error": faults.error,
    "lost_answer": faults.lost_answer,
    "no_answer": faults.no_answer,
    "dropped": faults.dropped,
    "delayed": faults.delayed,
}


class Control:
    """Has a method for each command; its parameters are the fields of the JSON object."""

    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.commands: dict[str, Callable[..., Awaitable[Json]]] = {
            "user": self.user,
            "channel": self.channel,
            "mention": self.mention,
            "direct_message": self.direct_message,
            "slash": self.slash,
            "redeliver": self.redeliver,
            "order": self.order,
            "lift": self.lift,
            "disconnect": self.disconnect,
            "abort": self.abort,
            "add_ghosts": self.add_ghosts,
            "deliveries": self.deliveries,
            "posts": self.posts,
            "wait": self.wait,
            "state": self.state,
        }
        slack.app.router.add_post("/control/{what}", self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        command = self.commands.get(request.match_info["what"])
        if command is None:
            return web.json_response({"error": f"unknown: {request.match_info['what']}"}, status=404)
        try:
            return web.json_response(await command(**await request.json()))
        except (TypeError, KeyError, IndexError, AssertionError) as mistake:
            return web.json_response({"error": f"{type(mistake).__name__}: {mistake}"}, status=400)

    def _user(self, name: str) -> User:
        return self.slack.workspace.users[name]

    def _channel(self, name: str) -> Channel:
        return self.slack.workspace.channels[name]

    def _describe(self, delivery: Delivery) -> Json:
        return {
            "number": self.slack.deliveries.sent.index(delivery),
            "kind": delivery.kind,
            "event_id": delivery.event_id,
            "user": delivery.user,
            "channel": delivery.channel,
            "ts": delivery.ts,
            "thread_ts": delivery.thread_ts,
            "error": delivery.error,
            "skipped": delivery.skipped,
            "attempts": [
                {
                    "number": attempt.number,
                    "at": attempt.at,
                    "where": attempt.where,
                    "acked_at": attempt.acked_at,
                }
                for attempt in delivery.attempts
            ],
        }

    async def user(self, name: str, **kind: bool) -> Json:
        return {"id": self.slack.user(name, **kind).id}  # type: ignore[arg-type]

    async def channel(self, name: str, members: list[str], bot: bool = True, private: bool = False) -> Json:
        people = [self._user(member) for member in members]
        return {"id": self.slack.channel(name, people, bot=bot, private=private).id}

    async def mention(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        question = await self.slack.mention(
            self._user(user), self._channel(channel), text, thread_ts, twin=False
        )
        return self._describe(question)

    async def direct_message(self, user: str, text: str) -> Json:
        return self._describe(await self.slack.direct_message(self._user(user), text))

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Json:
        return self._describe(await self.slack.slash(self._user(user), self._channel(channel), command, text))

    async def redeliver(self, number: int) -> Json:
        delivery = self.slack.deliveries.sent[number]
        await self.slack.redeliver(delivery)
        return self._describe(delivery)

    async def order(
        self,
        method: str,
        fault: str,
        options: Json | None = None,
        nth: int | None = None,
        every: int | None = None,
        times: int | None = None,
        channel: str | None = None,
    ) -> Json:
        ordered = _FAULTS[fault](**(options or {}))
        self.slack.faults.order(method, ordered, nth=nth, every=every, times=times, channel=channel)
        return {}

    async def lift(self) -> Json:
        self.slack.faults.lift()
        return {}

    async def disconnect(self, reason: str = "warning") -> Json:
        return {"asked_to_disconnect": len(await self.slack.sockets.disconnect(reason))}

    async def abort(self) -> Json:
        live = self.slack.sockets.live
        for socket in live:
            socket.abort()
        return {"aborted": len(live)}

    async def add_ghosts(self, count: int) -> Json:
        self.slack.sockets.add_ghosts(count)
        return {}

    async def deliveries(self, since: int = 0) -> Json:
        return {"deliveries": [self._describe(delivery) for delivery in self.slack.deliveries.sent[since:]]}

    async def posts(self, since: int = 0) -> Json:
        """The app's messages in conversations, without their content."""
        fields = ("channel", "ts", "thread_ts", "at", "via", "deleted")
        return {
            "posts": [{name: getattr(post, name) for name in fields} for post in self.slack.posts()[since:]]
        }

    async def wait(self, posts: int, timeout: float = 30.0, since: int = 0) -> Json:
        """Waits until the app has posted that many messages, and lists them. Status 400 after `timeout` seconds."""
        await self.slack.until(lambda: len(self.slack.posts()) >= posts, timeout, f"{posts} posts")
        return await self.posts(since)

    async def state(self) -> Json:
        sockets = self.slack.sockets
        return {
            "api_url": self.slack.api_url,
            "sockets": len(sockets.live),
            "opened": sockets.opened,
            "refused": sockets.refused,
            "calls": dict(Counter(call.method for call in self.slack.calls())),
            "deliveries": len(self.slack.deliveries.sent),
            "retrying": len(self.slack.deliveries.unsettled),
            "posts": len(self.slack.posts()),
        }
