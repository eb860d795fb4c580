"""From slack-bolt's listeners to the service: everything is acknowledged first, then converted and handed on.

One listener for each kind of envelope takes all of that kind, so that nothing stays without acknowledgement and is sent again.
"""

import asyncio
import re
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field, replace
from logging import getLogger

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack import actions, arrivals, digest_form, plain_text
from adapters.slack.arrivals import Identity, Payload, part, word
from adapters.slack.digest_setup import Digesting
from adapters.slack.directory import People
from adapters.slack.targets import ConversationTarget, EphemeralTarget, HomeTarget, remove
from adapters.slack.web_api import Api
from bot.access.rules import may_remove
from bot.chat import requests, wording
from bot.chat.arrival import QuotesById
from bot.chat.digest_commands import DigestCommand, DigestPress, DigestRequest, InvalidDigestCommand
from bot.chat.replies import Notice
from bot.chat.requests import Command, Request
from bot.delivery.target import PostError
from bot.model import Question
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.slack")

_ALL = re.compile(r"")
MOST_AT_ONCE = 500
"""Envelopes that are being converted; more are dropped, acknowledged."""


@dataclass(slots=True)
class Receiver:
    """Turns what people do on Slack into arrivals."""

    api: Api
    service: Service
    people: People
    me: Identity
    digesting: Digesting = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.digesting = Digesting(self.api, self.service, self.people)

    # What arrives

    async def event(self, body: Payload) -> None:
        """A mention, a direct message, the Home tab; every other event is silent."""
        event = part(body, "event")
        if word(event, "type") == "app_home_opened":
            if word(event, "tab") in ("home", ""):
                await self._opened_home(body, word(event, "user"))
            return
        arrival = arrivals.of_event(body, self.me)
        if arrival is None:
            return
        if arrival.direct and not arrival.bot:
            arrival = replace(arrival, guest=(await self.people.person(arrival.person)).guest)
        if arrival.text.lower().startswith("/highlight digest"):
            arrival = replace(arrival, zone=await self.digesting.zone_of(arrival.person))
        target = ConversationTarget(
            self.api, arrival.channel, arrival.person, arrival.thread, word(event, "ts"), arrival.direct
        )
        self.service.hear(arrival, target)

    async def command(self, payload: Payload) -> None:
        """`/highlight …`: to the asker alone; `random public` to all."""
        said, public = _public(word(payload, "text"))
        request = requests.parse(said)
        user, channel = word(payload, "user_id"), word(payload, "channel_id")
        fills_in = said.lower().split() in (["digest"], ["digest", "set"])
        if isinstance(request, DigestCommand):
            request = DigestCommand("set") if fills_in else request
            request = await self.digesting.possible(request, channel)
        arrival = arrivals.of_command(
            payload, self.me, request, public=public,
            shared=await self._is_shared(channel), guest=await self._is_guest(user, channel),
        )  # fmt: skip
        if isinstance(request, DigestCommand):
            arrival = replace(arrival, zone=await self.digesting.zone_of(user))
        target = EphemeralTarget(self.api, word(payload, "response_url"), user, public=public)
        if fills_in and isinstance(request, DigestCommand):
            await self.digesting.open_form(arrival, target, word(payload, "trigger_id"))
        else:
            self.service.hear(arrival, target)

    async def form_sent(self, payload: Payload, command: DigestCommand) -> None:
        """The form of a digest, answered to who sent it off."""
        held = digest_form.carried(part(payload, "view"))
        if held is None:
            return
        placed = {**payload, "channel": {"id": held.channel}, "response_url": held.url}
        await self._privately(placed, command, f"slack:form:{word(payload, 'trigger_id')}")

    async def shortcut(self, payload: Payload) -> None:
        """ "Find highlights about this" on a message."""
        if word(payload, "callback_id") != actions.FIND_HIGHLIGHTS:
            return
        said = plain_text.plain(word(part(payload, "message"), "text"))
        request = Question(said, self.service.bot.quotes)
        await self._privately(payload, request, f"slack:shortcut:{word(payload, 'trigger_id')}")

    async def action(self, payload: Payload) -> None:
        """A press of one of the bot's buttons."""
        pressed = payload.get("actions")
        action = pressed[0] if isinstance(pressed, list) and pressed and isinstance(pressed[0], dict) else {}
        name, value = word(action, "action_id"), action.get("value")
        if name == actions.REMOVE:
            await self._remove(payload, actions.asker(value))
            return
        if name == actions.SHARE:
            await self._share(payload, value)
            return
        request = actions.press(value) or actions.request(value)
        if request is None:
            if value is not None:
                await self._whisper(payload, wording.STALE)
            return
        key = f"slack:press:{word(payload, 'trigger_id')}"
        container = part(payload, "container")
        if word(container, "type") == "view" and name == actions.ANOTHER:
            user = word(part(payload, "user"), "id")
            arrival = arrivals.of_interaction(payload, self.me, request, key, private=True)
            self.service.hear(arrival, HomeTarget(self.api, self.service.bot, user))
        elif isinstance(request, DigestPress):
            await (self._publicly if request.action == "another" else self._privately)(payload, request, key)
        elif actions.is_source(name) or container.get("is_ephemeral") or word(container, "type") == "view":
            await self._privately(payload, request, key)
        else:
            await self._publicly(payload, request, key)

    # What is made of it

    async def _opened_home(self, body: Payload, user: str) -> None:
        payload: Payload = {"user": {"id": user, "team_id": word(body, "team_id")}}
        arrival = arrivals.of_interaction(
            payload, self.me, Command("help"), f"slack:home:{user}", private=True,
            guest=(await self.people.person(user)).guest,
        )  # fmt: skip
        self.service.hear(arrival, HomeTarget(self.api, self.service.bot, user))

    async def _privately(self, payload: Payload, request: Request | DigestRequest, key: str) -> None:
        user, channel = word(part(payload, "user"), "id"), word(part(payload, "channel"), "id")
        arrival = arrivals.of_interaction(
            payload, self.me, request, key, private=True,
            shared=await self._is_shared(channel), guest=await self._is_guest(user, channel),
        )  # fmt: skip
        url = word(payload, "response_url")
        if url:
            self.service.hear(arrival, EphemeralTarget(self.api, url, user, arrival.thread))
        else:  # the Home tab has none: the answer goes to the direct messages, which only they see
            self.service.hear(arrival, ConversationTarget(self.api, user, user, direct=True))

    async def _publicly(self, payload: Payload, request: Request | DigestRequest, key: str) -> None:
        """A further message below one that all see."""
        user, channel = word(part(payload, "user"), "id"), word(part(payload, "channel"), "id")
        arrival = arrivals.of_interaction(
            payload, self.me, request, key, private=False, shared=await self._is_shared(channel)
        )
        thread = arrival.thread
        if thread is None and not arrival.direct:
            thread = word(part(payload, "container"), "message_ts") or None
        self.service.hear(arrival, ConversationTarget(self.api, channel, user, thread, direct=arrival.direct))

    async def _share(self, payload: Payload, value: object) -> None:
        held = actions.shown(value)
        request = QuotesById(held.ids) if held is not None else actions.request(value)
        if request is None:
            await self._whisper(payload, wording.STALE)
            return
        user, container = part(payload, "user"), part(payload, "container")
        channel = word(part(payload, "channel"), "id")
        key = f"slack:share:{channel}:{word(container, 'message_ts')}"
        arrival = arrivals.of_interaction(
            payload, self.me, request, key, private=False, shared=await self._is_shared(channel)
        )
        by = word(user, "name") or word(user, "username") or word(user, "id")
        target = EphemeralTarget(
            self.api, word(payload, "response_url"), word(user, "id"), arrival.thread, shared_by=by
        )
        self.service.hear(arrival, target)

    async def _remove(self, payload: Payload, asker: str | None) -> None:
        user, container = word(part(payload, "user"), "id"), part(payload, "container")
        admin = user != asker and (await self.people.person(user)).admin
        if not may_remove(user, asker, admin):
            await self._whisper(payload, wording.NOT_REMOVED)
            return
        try:
            await remove(self.api, word(container, "channel_id"), word(container, "message_ts"))
        except PostError as error:
            if str(error) != "message_not_found":
                log.warning("an answer could not be removed: %(error)s", {"error": str(error)})

    async def _whisper(self, payload: Payload, says: str) -> None:
        """Tells who pressed a button something, and nobody else."""
        url, user = word(payload, "response_url"), word(part(payload, "user"), "id")
        if not url:
            return
        thread = word(part(payload, "container"), "thread_ts") or None
        try:
            await EphemeralTarget(self.api, url, user, thread).tell(Notice(says))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

    async def _is_shared(self, channel: str) -> bool:
        return bool(channel) and not channel.startswith("D") and (await self.people.place(channel)).shared

    async def _is_guest(self, user: str, channel: str) -> bool:
        """Asked in direct messages and the Home tab only: where a guest is in a channel, they were let in."""
        return (not channel or channel.startswith("D")) and (await self.people.person(user)).guest

    # In the background

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Does something after the acknowledgement. Bounded; failures are logged without their text."""
        if len(self._tasks) >= MOST_AT_ONCE:
            work.close()
            log.warning("too much at once: one envelope dropped")
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def drain(self, grace: float) -> None:
        """Waits for what is being converted, then lets go of it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("failed: %(error)s", {"error": describe_error(error)})


def listening(receiver: Receiver, signing_secret: str | None) -> AsyncApp:
    """slack-bolt with its listeners. `signing_secret`: for HTTP, where requests are verified with it."""
    me = receiver.me

    async def authorize(**_: object) -> AuthorizeResult:
        # Known from the start: Bolt's own would call auth.test, and lose the event where that fails.
        # The token is one that nobody uses: all calls go through `Api`.
        return AuthorizeResult(
            enterprise_id=me.enterprise or None,
            team_id=me.team,
            bot_user_id=me.user,
            bot_id=me.bot,
            bot_token="-",  # noqa: S106
        )

    app = AsyncApp(
        name="slack_bolt",  # also the name of a logger, to which Bolt gives the level of its own
        logger=getLogger("slack_bolt"),
        client=receiver.api.client,
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        authorize=authorize,
        attaching_conversation_kwargs_enabled=False,
    )

    async def event(body: dict[str, object]) -> None:  # events are acknowledged by Bolt itself
        receiver.start(receiver.event(body))

    async def command(ack: AsyncAck, body: dict[str, object]) -> None:
        await _acknowledged(ack)
        receiver.start(receiver.command(body))

    async def action(ack: AsyncAck, body: dict[str, object]) -> None:
        await _acknowledged(ack)
        receiver.start(receiver.action(body))

    async def shortcut(ack: AsyncAck, body: dict[str, object]) -> None:
        await _acknowledged(ack)
        receiver.start(receiver.shortcut(body))

    async def view(ack: AsyncAck, body: dict[str, object]) -> None:
        asked = digest_form.sent_off(part(body, "view"), receiver.service.bot.index)
        if isinstance(asked, InvalidDigestCommand):
            await ack(response_action="errors", errors={asked.part: asked.message})
            return
        await _acknowledged(ack)
        receiver.start(receiver.form_sent(body, asked))

    async def options(ack: AsyncAck, body: dict[str, object]) -> None:
        block, typed = word(body, "block_id"), word(body, "value")
        groups = digest_form.filters(typed, receiver.service.bot.index) if block == "only" else []
        if groups:
            await ack(option_groups=groups)
        else:
            await ack(options=digest_form.cities(typed) if block == "zone" else [])

    async def failed(error: Exception) -> None:
        log.error("a listener failed: %(error)s", {"error": describe_error(error)})

    app.event(_ALL)(event)
    app.command(_ALL)(command)
    app.action(_ALL)(action)
    app.shortcut(_ALL)(shortcut)
    app.view(_ALL)(view)
    app.options(_ALL)(options)
    app.error(failed)
    return app


def _acknowledged(ack: AsyncAck) -> Awaitable[object]:
    return ack()


def _public(said: str) -> tuple[str, bool]:
    """`random public` and `random 2 public` are for all; what is left is the command."""
    words = said.split()
    if len(words) > 1 and words[0].lower() == "random" and words[-1].lower() == "public":
        return " ".join(words[:-1]), True
    return said, False
