"""Faults on demand: the n-th, every n-th or each of the next calls of a method fails.

    slack.faults.order("chat.postMessage", rate_limited(1), every=50)
    slack.faults.order("chat.postMessage", lost_answer(), nth=2, channel=general)

429 carries `Retry-After` in whole seconds and `{"ok": false, "error": "ratelimited"}` (docs.slack.dev, rate
limits). 5xx come from Slack with HTML, with plain text ("upstream connect error …", from its proxies) or with
JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.slack_server.json_types import Json
from tests.slack_server.workspace import Channel

Kind = Literal["status", "error", "hang", "drop", "delay"]


@dataclass(frozen=True)
class Fault:
    """One way to fail. With `after`, the call takes effect and then fails."""

    kind: Kind
    after: bool = False
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    content_type: str = "application/json"
    seconds: float = 0.0


def rate_limited(retry_after: float | None = 1) -> Fault:
    """Status 429, without the header `Retry-After` if `retry_after` is None."""
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return Fault("status", status=429, headers=headers, body='{"ok":false,"error":"ratelimited"}')


def server_error(
    status: int = 503, content: Literal["html", "text", "json"] = "html", *, after: bool = False
) -> Fault:
    kinds = {
        "html": ("text/html", "<!DOCTYPE html><title>Server Error</title>"),
        "text": ("text/plain", "upstream connect error or disconnect/reset before headers"),
        "json": ("application/json", '{"ok":false,"error":"internal_error"}'),
    }
    content_type, body = kinds[content]
    return Fault("status", status=status, content_type=content_type, body=body, after=after)


def error(name: str, *, after: bool = False) -> Fault:
    """A refusal with an error code, such as `fatal_error`. With `after`, the call takes effect nevertheless."""
    return Fault("error", body=name, after=after)


def lost_answer() -> Fault:
    """The call takes effect, but no answer comes. The client waits until its own time limit."""
    return Fault("hang", after=True)


def no_answer() -> Fault:
    """The call has no effect, and no answer comes."""
    return Fault("hang")


def dropped(*, after: bool) -> Fault:
    """The connection breaks, before or after the call takes effect."""
    return Fault("drop", after=after)


def delayed(seconds: float) -> Fault:
    """The call succeeds after `seconds`."""
    return Fault("delay", seconds=seconds)


@dataclass(eq=False)
class Order:
    """A fault for a method. `hits` counts the calls that it hit, `seen` all calls that match its conditions."""

    method: str
    fault: Fault
    nth: int | None
    every: int | None
    times: int | None
    matching: Callable[[Json], bool]
    seen: int = 0
    hits: int = 0
    active: bool = True

    def applies_to(self, method: str, arguments: Json) -> bool:
        if not self.active or self.method not in (method, "*") or not self.matching(arguments):
            return False
        self.seen += 1
        if self.nth is not None:
            due = self.seen == self.nth
        elif self.every is not None:
            due = self.seen % self.every == 0
        else:
            due = True
        if due and self.times is not None and self.hits >= self.times:
            due = False
        self.hits += due
        return due

    def lift(self) -> None:
        """Ends this fault."""
        self.active = False


@dataclass
class Faults:
    """All faults that tests ordered. A call gets the first one that applies to it."""

    orders: list[Order] = field(default_factory=list)

    def order(
        self,
        method: str,
        fault: Fault,
        *,
        nth: int | None = None,
        every: int | None = None,
        times: int | None = None,
        channel: Channel | str | None = None,
        matching: Callable[[Json], bool] | None = None,
    ) -> Order:
        """Orders a fault for a method ("*": all methods; "response_url": posts to a response_url).

        Without `nth` and `every` it applies to each call. With `times`, it ends after that many calls. `channel` restricts
        it to a channel, `matching` to calls whose arguments pass this test. Counting starts now.
        """
        channel_id = channel.id if isinstance(channel, Channel) else channel

        def matches(arguments: Json) -> bool:
            return channel_id in (None, arguments.get("channel")) and (
                matching is None or matching(arguments)
            )

        ordered = Order(method, fault, nth, every, times, matches)
        self.orders.append(ordered)
        return ordered

    def lift(self) -> None:
        """Ends all faults."""
        for order in self.orders:
            order.lift()
        self.orders.clear()

    def next_for(self, method: str, arguments: Json) -> Fault | None:
        applying = [order for order in self.orders if order.applies_to(method, arguments)]
        return applying[0].fault if applying else None
