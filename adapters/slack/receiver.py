"""Converts what people do on Slack to arrivals, and hands these to the service: events, commands, shortcuts, forms, buttons."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from logging import getLogger

from adapters.slack import actions, arrivals, digest_form, plain_text
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.digest_setup import DigestSetup
from adapters.slack.directory import Directory
from adapters.slack.targets import ConversationTarget, EphemeralTarget, HomeTarget, remove
from adapters.slack.web_api import Api
from bot.access.rules import may_remove
from bot.chat import requests, wording
from bot.chat.arrival import QuotesById
from bot.chat.digest_commands import DigestCommand, DigestPress, DigestRequest
from bot.chat.replies import Notice
from bot.chat.requests import Command, Request
from bot.delivery.target import PostError
from bot.model import Question
from bot.runtime.logs import describe_error
from bot.service import Service

log = getLogger("analects.slack")

MAX_ENVELOPES_IN_WORK = 500
"""Envelopes that are converted at the same time. Further ones are acknowledged and dropped."""


@dataclass(slots=True)
class Receiver:
    """Converts what people do on Slack to arrivals, and hands these to the service."""

    api: Api
    service: Service
    directory: Directory
    identity: Identity
    digest_setup: DigestSetup = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.digest_setup = DigestSetup(self.api, self.service, self.directory)

    # Envelopes

    async def event(self, body: Payload) -> None:
        """A mention, a direct message, or the Home tab; other events are ignored."""
        event = get_object(body, "event")
        if get_string(event, "type") == "app_home_opened":
            if get_string(event, "tab") in ("home", ""):
                await self._home_opened(body, get_string(event, "user"))
            return
        arrival = arrivals.of_event(body, self.identity)
        if arrival is None:
            return
        if arrival.direct and not arrival.bot:
            arrival = replace(arrival, guest=(await self.directory.person(arrival.person)).guest)
        if arrival.text.lower().startswith("/highlight digest"):
            arrival = replace(arrival, zone=await self.digest_setup.time_zone_of(arrival.person))
        target = ConversationTarget(
            self.api, arrival.channel, arrival.person, arrival.thread, get_string(event, "ts"), arrival.direct
        )
        self.service.hear(arrival, target)

    async def command(self, payload: Payload) -> None:
        """`/highlight …`, answered to the asker alone; `random … public` is answered to everyone."""
        said, public = _split_public(get_string(payload, "text"))
        request = requests.parse(said)
        user, channel = get_string(payload, "user_id"), get_string(payload, "channel_id")
        wants_form = said.lower().split() in (["digest"], ["digest", "set"])
        if isinstance(request, DigestCommand):
            request = DigestCommand("set") if wants_form else request
            request = await self.digest_setup.check_can_post(request, channel)
        arrival = arrivals.of_command(
            payload, self.identity, request, public=public,
            shared=await self._is_shared(channel), guest=await self._is_guest(user, channel),
        )  # fmt: skip
        if isinstance(request, DigestCommand):
            arrival = replace(arrival, zone=await self.digest_setup.time_zone_of(user))
        target = EphemeralTarget(self.api, get_string(payload, "response_url"), user, public=public)
        if wants_form and isinstance(request, DigestCommand):
            await self.digest_setup.open_form(arrival, target, get_string(payload, "trigger_id"))
        else:
            self.service.hear(arrival, target)

    async def form_sent(self, payload: Payload, command: DigestCommand) -> None:
        """A submitted digest form, answered to its sender alone."""
        context = digest_form.context_of(get_object(payload, "view"))
        if context is None:
            return
        placed = {**payload, "channel": {"id": context.channel}, "response_url": context.url}
        await self._answer_privately(placed, command, f"slack:form:{get_string(payload, 'trigger_id')}")

    async def shortcut(self, payload: Payload) -> None:
        """The shortcut "Find highlights about this" on a message."""
        if get_string(payload, "callback_id") != actions.FIND_HIGHLIGHTS:
            return
        said = plain_text.plain(get_string(get_object(payload, "message"), "text"))
        request = Question(said, self.service.bot.quotes)
        await self._answer_privately(payload, request, f"slack:shortcut:{get_string(payload, 'trigger_id')}")

    async def action(self, payload: Payload) -> None:
        """A press of one of our buttons."""
        buttons = payload.get("actions")
        action = buttons[0] if isinstance(buttons, list) and buttons and isinstance(buttons[0], dict) else {}
        name, value = get_string(action, "action_id"), action.get("value")
        if name == actions.REMOVE:
            await self._remove(payload, actions.decode_asker(value))
            return
        if name == actions.SHARE:
            await self._share(payload, value)
            return
        request = actions.decode_digest_press(value) or actions.decode_request(value)
        if request is None:
            if value is not None:
                await self._tell_presser(payload, wording.OLD_BUTTON)
            return
        key = f"slack:press:{get_string(payload, 'trigger_id')}"
        container = get_object(payload, "container")
        if get_string(container, "type") == "view" and name == actions.ANOTHER:
            user = get_string(get_object(payload, "user"), "id")
            arrival = arrivals.of_interaction(payload, self.identity, request, key, private=True)
            self.service.hear(arrival, HomeTarget(self.api, self.service.bot, user))
        elif isinstance(request, DigestPress):
            await (self._answer_publicly if request.action == "another" else self._answer_privately)(
                payload, request, key
            )
        elif (
            actions.is_source(name)
            or container.get("is_ephemeral")
            or get_string(container, "type") == "view"
        ):
            await self._answer_privately(payload, request, key)
        else:
            await self._answer_publicly(payload, request, key)

    # Arrivals

    async def _home_opened(self, body: Payload, user: str) -> None:
        payload: Payload = {"user": {"id": user, "team_id": get_string(body, "team_id")}}
        arrival = arrivals.of_interaction(
            payload, self.identity, Command("help"), f"slack:home:{user}", private=True,
            guest=(await self.directory.person(user)).guest,
        )  # fmt: skip
        self.service.hear(arrival, HomeTarget(self.api, self.service.bot, user))

    async def _answer_privately(self, payload: Payload, request: Request | DigestRequest, key: str) -> None:
        user, channel = (
            get_string(get_object(payload, "user"), "id"),
            get_string(get_object(payload, "channel"), "id"),
        )
        arrival = arrivals.of_interaction(
            payload, self.identity, request, key, private=True,
            shared=await self._is_shared(channel), guest=await self._is_guest(user, channel),
        )  # fmt: skip
        url = get_string(payload, "response_url")
        if url:
            self.service.hear(arrival, EphemeralTarget(self.api, url, user, arrival.thread))
        else:  # the Home tab has no response_url: the answer goes to their direct messages, which only they see
            self.service.hear(arrival, ConversationTarget(self.api, user, user, direct=True))

    async def _answer_publicly(self, payload: Payload, request: Request | DigestRequest, key: str) -> None:
        """Answers a button of a public message with a further message below it."""
        user, channel = (
            get_string(get_object(payload, "user"), "id"),
            get_string(get_object(payload, "channel"), "id"),
        )
        arrival = arrivals.of_interaction(
            payload, self.identity, request, key, private=False, shared=await self._is_shared(channel)
        )
        thread = arrival.thread
        if thread is None and not arrival.direct:
            thread = get_string(get_object(payload, "container"), "message_ts") or None
        self.service.hear(arrival, ConversationTarget(self.api, channel, user, thread, direct=arrival.direct))

    async def _share(self, payload: Payload, value: object) -> None:
        context = actions.decode_highlights(value)
        request = QuotesById(context.ids) if context is not None else actions.decode_request(value)
        if request is None:
            await self._tell_presser(payload, wording.OLD_BUTTON)
            return
        user, container = get_object(payload, "user"), get_object(payload, "container")
        channel = get_string(get_object(payload, "channel"), "id")
        key = f"slack:share:{channel}:{get_string(container, 'message_ts')}"
        arrival = arrivals.of_interaction(
            payload, self.identity, request, key, private=False, shared=await self._is_shared(channel)
        )
        by = get_string(user, "name") or get_string(user, "username") or get_string(user, "id")
        target = EphemeralTarget(
            self.api,
            get_string(payload, "response_url"),
            get_string(user, "id"),
            arrival.thread,
            shared_by=by,
        )
        self.service.hear(arrival, target)

    async def _remove(self, payload: Payload, asker: str | None) -> None:
        user, container = get_string(get_object(payload, "user"), "id"), get_object(payload, "container")
        admin = user != asker and (await self.directory.person(user)).admin
        if not may_remove(user, asker, admin):
            await self._tell_presser(payload, wording.NOT_REMOVED)
            return
        try:
            await remove(self.api, get_string(container, "channel_id"), get_string(container, "message_ts"))
        except PostError as error:
            if str(error) != "message_not_found":
                log.warning("an answer was not removed: %(error)s", {"error": str(error)})

    async def _tell_presser(self, payload: Payload, says: str) -> None:
        """Tells something to the person who pressed a button, and to nobody else."""
        url, user = get_string(payload, "response_url"), get_string(get_object(payload, "user"), "id")
        if not url:
            return
        thread = get_string(get_object(payload, "container"), "thread_ts") or None
        try:
            await EphemeralTarget(self.api, url, user, thread).tell(Notice(says))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

    async def _is_shared(self, channel: str) -> bool:
        return (
            bool(channel) and not channel.startswith("D") and (await self.directory.channel(channel)).shared
        )

    async def _is_guest(self, user: str, channel: str) -> bool:
        """Whether a guest asks in a direct message or the Home tab. In channels it does not matter: there a guest was let in."""
        return (not channel or channel.startswith("D")) and (await self.directory.person(user)).guest

    # Background tasks

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Runs `work` after the acknowledgement. A failure is logged without its text."""
        if len(self._tasks) >= MAX_ENVELOPES_IN_WORK:
            work.close()
            log.warning("too many envelopes at once: one was dropped")
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    async def drain(self, grace: float) -> None:
        """Waits up to `grace` seconds for envelopes in work, then cancels them."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an envelope failed: %(error)s", {"error": describe_error(error)})


def _split_public(said: str) -> tuple[str, bool]:
    """The command without a final `public`, as in `random 2 public`; and whether the answer is for everyone."""
    words = said.split()
    if len(words) > 1 and words[0].lower() == "random" and words[-1].lower() == "public":
        return " ".join(words[:-1]), True
    return said, False
