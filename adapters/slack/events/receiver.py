"""Converts what people do on Slack to arrivals, and hands these to the service: events, commands, shortcuts, forms.

Buttons are in `adapters.slack.events.presses`.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from logging import getLogger

from cachetools import LRUCache

from adapters.slack import arrivals, plain_text
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.cards import actions, digest_form
from adapters.slack.directory import Directory
from adapters.slack.events.digest_setup import DigestSetup
from adapters.slack.events.home import HomeTab
from adapters.slack.events.links import Links
from adapters.slack.events.presses import Presses
from adapters.slack.events.saving import Saving
from adapters.slack.events.standing import Standings
from adapters.slack.events.steps import Steps
from adapters.slack.events.threads import Threads
from adapters.slack.manifest import DEFAULT_COMMAND
from adapters.slack.targets import ConversationTarget, EphemeralTarget, PrivateTarget
from adapters.slack.web_api import Api
from bot.chat import requests, wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import DigestCommand, DigestRequest, InvalidDigestCommand
from bot.chat.requests import Command, Request
from bot.chat.small_talk import is_question, refers
from bot.delivery.target import PostError, Target
from bot.lanes import Handle, already_finished
from bot.model import Question
from bot.runtime.logs import describe_error
from bot.service import Service
from bot.text.sanitize import has_words, one_line
from bot.text.truncate import clipped

log = getLogger("analects.slack")

MAX_ENVELOPES_IN_WORK = 500
"""Envelopes that are handled at the same time. Further ones are acknowledged and dropped."""
MAX_TITLED_THREADS = 2_000
MAX_TITLE_CHARS = 60


@dataclass(slots=True)
class Receiver:
    """Converts what people do on Slack to arrivals, and hands these to the service."""

    api: Api
    service: Service
    directory: Directory
    identity: Identity
    digest_setup: DigestSetup = field(init=False)
    standings: Standings = field(init=False)
    home: HomeTab = field(init=False)
    links: Links = field(init=False)
    steps: Steps = field(init=False)
    presses: Presses = field(init=False)
    threads: Threads = field(init=False)
    saving: Saving = field(init=False)
    _titled: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(MAX_TITLED_THREADS))
    _tasks: set[asyncio.Task[Handle | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.digest_setup = DigestSetup(self.api, self.service, self.directory)
        self.standings = Standings(self.directory, self.identity)
        self.threads = Threads(self.api, self.identity)
        self.links = Links(self.api, self.service, self.identity, self.standings)
        self.steps = Steps(self.api, self.service, self.identity)
        self.home = HomeTab(self.api, self.service, self.identity, self.standings, self.digest_setup)
        self.presses = Presses(
            self.api, self.service, self.directory, self.identity, self.standings, self.home
        )
        self.saving = Saving(self.api, self.service, self.directory, self.identity, self.standings)

    # Envelopes

    async def event(self, body: Payload) -> Handle | None:
        """Handles an event: a message, the opened Home tab, a link, a step of a workflow, or that the bot joined a channel. Others
        are ignored."""
        event = get_object(body, "event")
        kind = get_string(event, "type")
        if kind == "app_home_opened":
            return await self._home_opened(body)
        if kind == "link_shared":
            return await self.links.shared(body)
        if kind == "function_executed":
            return await self.steps.executed(body)
        if kind == "member_joined_channel":
            if get_string(event, "user") == self.identity.user:
                self._note_membership(get_string(event, "channel"))
                return await self._welcome(body, get_string(event, "channel"), get_string(event, "inviter"))
            return None
        arrival = arrivals.of_event(body, self.identity)
        return await self._message(arrival, body) if arrival is not None else None

    async def hear_again(self, key: str) -> bool:
        """Reads the message with this key again and hands it to the service. False if the key is not of a message, or if the
        message is gone or cannot be read."""
        place = arrivals.of_key(key)
        if place is None:
            return False
        channel, ts = place
        message = await self.threads.message(channel, ts)
        if message is None:
            return False
        workspace = (await self.directory.channel(channel)).team if self.identity.for_organisation else ""
        body = arrivals.as_event(message, channel, workspace or self.identity.team, self.identity)
        arrival = arrivals.of_event(body, self.identity)
        if arrival is None:
            return False
        await self._message(arrival, body)
        return True

    async def _message(self, arrival: Arrival, body: Payload) -> Handle:
        event = get_object(body, "event")
        if get_string(event, "type") == "app_mention":
            self._note_membership(arrival.channel)
        arrival = await self._in_thread(arrival, get_string(event, "ts"))
        rules = self.service.rules
        if rules.not_from_bots(arrival) is None and rules.only_to_the_bot(arrival) is None:
            arrival = await self.standings.of_message(arrival, body)
            await self.use_language_of(arrival.person)
        if arrival.text.split(" ", 1)[0].lower() == self.api.command:
            arrival = replace(arrival, text=DEFAULT_COMMAND + arrival.text[len(self.api.command) :])
        if arrival.text.lower().startswith(f"{DEFAULT_COMMAND} digest"):
            arrival = replace(arrival, zone=await self.digest_setup.time_zone_of(arrival.person))
        question = get_string(event, "ts")
        target: Target = ConversationTarget(
            self.api, arrival.channel, arrival.person, arrival.thread, question, arrival.direct
        )
        if rules.answers_privately(arrival):
            thread = arrival.thread if arrival.thread != question else None
            target = PrivateTarget(self.api, arrival.channel, arrival.person, thread)
            arrival = replace(arrival, private=True, thread=thread)
        if arrival.direct and arrival.thread is not None and rules.not_from_bots(arrival) is None:
            self.start(self._title(arrival))
        elif arrival.thread is not None and not arrival.unaddressed and not arrival.private:
            self.threads.note_answer(arrival.channel, arrival.thread)
        return self.service.hear(arrival, target)

    async def _in_thread(self, arrival: Arrival, ts: str) -> Arrival:
        """The arrival with facts about its thread: whether it follows an answer, and what the thread is about."""
        thread = arrival.thread
        if arrival.bot or arrival.direct or thread is None or thread == ts:
            return arrival
        if arrival.unaddressed:
            follows = is_question(arrival.text) and await self.threads.has_answered(arrival.channel, thread)
            arrival = replace(arrival, follows=follows)
        if not arrival.context and refers(arrival.text) and (arrival.follows or not arrival.unaddressed):
            return replace(arrival, context=await self.threads.context(arrival.channel, thread, ts))
        return arrival

    async def _title(self, arrival: Arrival) -> None:
        """Gives a thread of direct messages the title of its first question."""
        place = f"{arrival.channel}:{arrival.thread}"
        if place in self._titled or not has_words(arrival.text):
            return
        self._titled[place] = True
        try:
            await self.api.call(
                "assistant.threads.setTitle",
                channel_id=arrival.channel,
                thread_ts=arrival.thread,
                title=clipped(one_line(arrival.text), MAX_TITLE_CHARS, "…"),
            )
        except PostError as error:
            log.info("a thread has no title: %(error)s", {"error": str(error)})

    async def _welcome(self, body: Payload, channel: str, person: str) -> Handle:
        """Posts a welcome, once in each channel and in each person's direct messages."""
        direct = channel.startswith("D")
        await self.use_language_of(person)
        payload: Payload = {
            "user": {"id": person},
            "channel": {"id": channel},
            "team": {"id": get_string(body, "team_id")},
        }
        standing = await self.standings.of_interaction(payload, person if direct else "", channel)
        arrival = arrivals.of_interaction(
            payload, self.identity, Command("welcome"), f"slack:welcome:{channel}",
            private=False, standing=standing, deduplicate=True
        )  # fmt: skip
        arrival = replace(arrival, shared=arrival.shared or standing.unsure)
        if await self.service.rules.only_where_allowed(arrival) is not None:
            return already_finished()
        return self.service.hear(arrival, ConversationTarget(self.api, channel, person, direct=direct))

    async def command(self, payload: Payload) -> None:
        """Handles `/highlight …`: only the asker sees the answer, except for `random … public`."""
        typed, public = _split_public(get_string(payload, "text"))
        user, channel = get_string(payload, "user_id"), get_string(payload, "channel_id")
        await self.use_language_of(user)
        request = requests.parse(typed)
        name = await self.digest_setup.requested_form(typed, f"slack:{channel}")
        wants_form = name is not None
        if isinstance(request, DigestCommand | InvalidDigestCommand):
            request = DigestCommand("set", name=name) if name is not None else request
        if isinstance(request, DigestCommand):
            request = await self.digest_setup.check_can_post(request, channel)
        standing = await self.standings.of_interaction(payload, user, channel)
        public = public and not standing.unsure
        arrival = arrivals.of_command(payload, self.identity, request, public=public, standing=standing)
        if isinstance(request, DigestCommand):
            arrival = replace(arrival, zone=await self.digest_setup.time_zone_of(user))
        target = EphemeralTarget(self.api, get_string(payload, "response_url"), user, public=public)
        if wants_form and isinstance(request, DigestCommand):
            await self.digest_setup.open_form(arrival, target, get_string(payload, "trigger_id"), name or "")
        else:
            self.service.hear(arrival, target)

    async def form_sent(self, payload: Payload, command: DigestCommand) -> None:
        """Handles a submitted digest form. Only its sender sees the answer."""
        context = digest_form.context_of(get_object(payload, "view"))
        if context is None:
            return
        await self.use_language_of(get_string(get_object(payload, "user"), "id"))
        payload_with_place = {**payload, "channel": {"id": context.channel}, "response_url": context.url}
        await self._answer_privately(
            payload_with_place, command, f"slack:form:{get_string(payload, 'trigger_id')}"
        )

    async def shortcut(self, payload: Payload) -> None:
        """Handles a shortcut on a message: "Find highlights about this" or "Save as highlight"."""
        if get_string(payload, "callback_id") == actions.SAVE_HIGHLIGHT:
            await self.saving.chosen(payload)
            return
        if get_string(payload, "callback_id") != actions.FIND_HIGHLIGHTS:
            return
        await self.use_language_of(get_string(get_object(payload, "user"), "id"))
        text = plain_text.whole(get_object(payload, "message"))
        request = Question(text, self.service.bot.quotes)
        await self._answer_privately(payload, request, f"slack:shortcut:{get_string(payload, 'trigger_id')}")

    async def action(self, payload: Payload) -> None:
        """Handles a press of one of our buttons."""
        await self.use_language_of(get_string(get_object(payload, "user"), "id"))
        await self.presses.pressed(payload)

    # Arrivals

    async def use_language_of(self, user: str) -> None:
        """Writes all further texts of this task in the language of this person."""
        wording.read_in(await self.directory.locale(user))

    def _note_membership(self, channel: str) -> None:
        """Notes that the bot is in this channel, so that it posts there again if it could not before."""
        self.directory.note_joined(channel)
        self.service.delivery.lift(f"slack:{channel}")

    async def _home_opened(self, body: Payload) -> Handle | None:
        event = get_object(body, "event")
        user = get_string(event, "user")
        if get_string(event, "tab") == "messages":
            channel = get_string(event, "channel")
            return await self._welcome(body, channel, user) if await self._is_empty(channel) else None
        if get_string(event, "tab") not in ("home", ""):
            return None
        await self.use_language_of(user)
        return await self.home.opened(user, get_string(body, "team_id"), get_string(event, "channel"))

    async def _is_empty(self, channel: str) -> bool:
        """Whether these direct messages are still empty; False if that is not known."""
        try:
            body, _ = await self.api.call("conversations.history", channel=channel, limit=1)
        except PostError:
            return False
        return body.get("messages") == []

    async def _answer_privately(self, payload: Payload, request: Request | DigestRequest, key: str) -> None:
        await self.presses.answer_privately(payload, request, key)

    # Background tasks

    def start(self, work: Coroutine[object, object, Handle | None]) -> asyncio.Task[Handle | None] | None:
        """Runs `work` in the background. A failure is logged without its text."""
        if len(self._tasks) >= MAX_ENVELOPES_IN_WORK:
            work.close()
            log.warning("too many envelopes at once: one was dropped")
            return None
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def drain(self, grace: float) -> None:
        """Waits up to `grace` seconds for unfinished envelopes, then cancels them."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()

    def _on_done(self, task: asyncio.Task[Handle | None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an envelope failed: %(error)s", {"error": describe_error(error)})


def _split_public(typed: str) -> tuple[str, bool]:
    """The command without the `public` at its end, as in `random 2 public`, and whether the answer is for everyone."""
    words = typed.split()
    if len(words) > 1 and words[0].lower() == "random" and words[-1].lower() == "public":
        return " ".join(words[:-1]), True
    return typed, False
