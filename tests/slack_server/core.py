"""The state that all parts of the server share: the workspace, the app's installation, timings, and waiting for changes."""

# ruff: noqa: ASYNC109  (each wait takes its limit and says what did not come)

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tests.slack_server.faults import Faults
from tests.slack_server.json_types import Json
from tests.slack_server.workspace import BOT_ID, BOT_USER, Message, Workspace

ALL_SCOPES = (
    "app_mentions:read", "channels:history", "channels:read", "chat:write", "commands",
    "groups:history", "groups:read", "im:history", "im:read", "im:write", "team:read", "users:read",
)  # fmt: skip


@dataclass(frozen=True)
class Timing:
    """Slack's times in seconds. For tests, `scaled` shortens all of them.

    An acknowledgement must come within 3 s. An event without one is sent again at once, after one minute and after
    five minutes (docs.slack.dev, Events API). A trigger is valid for 3 s, a response_url for 30 minutes. A socket is
    closed about 10 s after its warning (docs.slack.dev, Socket Mode).
    """

    acknowledge: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0
    close_after_warning: float = 10.0
    ping: float = 10.0

    def scaled(self, factor: float) -> Timing:
        return replace(
            self,
            acknowledge=self.acknowledge * factor,
            retries=tuple(delay * factor for delay in self.retries),
            trigger=self.trigger * factor,
            response_url=self.response_url * factor,
            close_after_warning=self.close_after_warning * factor,
            ping=self.ping * factor,
        )


@dataclass(eq=False)
class Call:
    """A call of the Web API as it arrived. `error` is the error code of a refusal, None after success."""

    method: str
    arguments: Json
    at: float = field(default_factory=time.time)
    status: int = 0
    error: str | None = None
    fault: str | None = None
    done: bool = False


@dataclass(eq=False)
class Trigger:
    user: str
    expires: float
    used: bool = False


EVERY_EVENT = frozenset({
    "app_home_opened", "app_mention", "member_joined_channel", "message.channels", "message.groups",
    "message.im",
})  # fmt: skip


@dataclass
class Execution:
    """One run of a workflow step. When the app completes it, `outputs` or `error` is set."""

    id: str
    token: str
    outputs: Json | None = None
    error: str | None = None


@dataclass
class Installation:
    """The app in this workspace: its tokens, its scopes, and the events to which it is subscribed."""

    bot_token: str = "xoxb-1111-2222-analects"
    app_token: str = "xapp-1-A0ANALECTS-3333-analects"
    signing_secret: str = "0123456789abcdef0123456789abcdef"
    scopes: frozenset[str] = frozenset(ALL_SCOPES)
    app_scopes: frozenset[str] = frozenset({"connections:write"})
    events: frozenset[str] = frozenset({"app_mention", "message.im", "app_home_opened"})
    home_tab: bool = True
    config_token: str = "xoxe.xoxp-1-config"
    manifest: Json = field(default_factory=dict)
    """The manifest as entered on Slack's pages; apps.manifest.export returns it."""
    app_of_app_token: str = "A0ANALECTS"
    enterprise: str = ""
    """The organisation (Enterprise Grid) that the workspace belongs to."""
    for_organisation: bool = False
    """Whether the app is installed once for all workspaces of the organisation."""
    dead_tokens: dict[str, str] = field(default_factory=dict)  # token: the error code that it gets


class Core:
    """The state of one server, and ways to wait until it changes."""

    def __init__(
        self, installation: Installation, timing: Timing, clock: Callable[[], float] = time.time
    ) -> None:
        self.installation = installation
        self.timing = timing
        self.workspace = Workspace(clock)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.triggers: dict[str, Trigger] = {}
        self.unfurled: dict[tuple[str, str], Json] = {}
        """The previews from chat.unfurl: by channel and ts of the message, then by URL."""
        self.executions: dict[str, Execution] = {}
        """Runs of workflow steps, by id."""
        self.base = ""
        self.closing = asyncio.Event()
        self.busy = 0
        self.last_activity = time.monotonic()
        self.bot_user = BOT_USER
        self.bot_id = BOT_ID
        self.echo: Callable[[Message, str], None] = lambda message, subtype: None
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def touch(self) -> None:
        """Records that something happened, and wakes everyone who waits."""
        self.last_activity = time.monotonic()
        self.wake_waiting()

    def wake_waiting(self) -> None:
        """Wakes everyone who waits. For `Arrivals.quiet`, this is no activity."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def change(self) -> asyncio.Event:
        """An event that is set at the next change."""
        return self._changed

    async def becomes_true(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Waits until `condition()` is true, for at most `timeout` seconds. Returns whether it became true."""
        ends = time.monotonic() + timeout
        while True:
            change = self.change()
            if condition():
                return True
            remaining = ends - time.monotonic()
            if remaining <= 0:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(remaining):  # wait_for may swallow a cancellation
                    await change.wait()

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        self.closing.set()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def new_trigger(self, user: str) -> str:
        name = f"{self.workspace.next_id('1')}.{self.workspace.next_id('2')}.{self.workspace.next_id('c')}"
        self.triggers[name] = Trigger(user, time.monotonic() + self.timing.trigger)
        return name

    def missing(self, scopes: Iterable[str]) -> list[str]:
        return [scope for scope in scopes if scope not in self.installation.scopes]
