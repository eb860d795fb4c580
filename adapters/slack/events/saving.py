"""The shortcut "Save as highlight" on a message: opens the form, and hands what was sent to the service."""

import asyncio
from dataclasses import dataclass, replace
from logging import getLogger

from adapters.slack import arrivals, message_text
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.cards import save_form
from adapters.slack.directory import Directory
from adapters.slack.events.standing import Standings
from adapters.slack.targets import EphemeralTarget
from adapters.slack.web_api import Api
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.replies import Notice
from bot.chat.save_request import ChatMessage, SaveMessage
from bot.delivery.target import PostError
from bot.service import Service

log = getLogger("analects.slack")


@dataclass(frozen=True, slots=True)
class Saving:
    """Handles the shortcut and its form."""

    api: Api
    service: Service
    directory: Directory
    identity: Identity
    standings: Standings

    async def chosen(self, payload: Payload) -> None:
        """Opens the form after the shortcut was chosen. A trigger id is valid for 3 s, so all facts are fetched at the same
        time."""
        channel = get_string(get_object(payload, "channel"), "id")
        message = await self._read(payload, channel)
        request = SaveMessage(message, formless=True)
        arrival = await self._arrival(payload, channel, request)
        url, user = get_string(payload, "response_url"), get_string(get_object(payload, "user"), "id")
        target = EphemeralTarget(self.api, url, user, arrival.thread)
        view = save_form.view(save_form.FormContext(message, channel, arrival.thread or "", url))
        rules, saver = self.service.rules, self.service.saver
        refused = await rules.only_where_allowed(arrival) is not None
        if refused or saver is None or await saver.objection(arrival, message) is not None or view is None:
            self.service.hear(arrival, target)  # says why not, or saves a message that is too long for a form
            return
        limited = await rules.check(arrival)
        if limited is not None:
            await self._tell(target, limited.message or wording.TOO_MANY)
            return
        try:
            await self.api.call("views.open", trigger_id=get_string(payload, "trigger_id"), view=view)
        except PostError as error:
            log.info("the form was not opened: %(error)s", {"error": str(error)})
            await self._tell(target, wording.SAVE_FORM_NOT_OPENED)

    async def form_sent(self, payload: Payload) -> None:
        """Handles a submitted form. Only its sender sees the answer."""
        found = save_form.submitted(get_object(payload, "view"))
        if found is None:
            return
        context, request = found
        payload_with_place = {**payload, "channel": {"id": context.channel}}
        arrival = await self._arrival(payload_with_place, context.channel, request)
        arrival = replace(arrival, thread=context.thread or None)
        user = get_string(get_object(payload, "user"), "id")
        self.service.hear(arrival, EphemeralTarget(self.api, context.url, user, arrival.thread))

    async def _arrival(self, payload: Payload, channel: str, request: SaveMessage) -> Arrival:
        user = get_string(get_object(payload, "user"), "id")
        standing, person = await asyncio.gather(
            self.standings.of_interaction(payload, user, channel), self.directory.person(user)
        )
        # Guests may ask in channels, so `of_interaction` does not look there whether someone is a guest; but guests may not save.
        unknown = person.unsure or not person.name  # without `users:read` Slack says nothing about anyone
        standing = replace(standing, guest=person.guest, unsure=standing.unsure or unknown)
        key = f"slack:save:{get_string(payload, 'trigger_id')}"
        return arrivals.of_interaction(payload, self.identity, request, key, private=True, standing=standing)

    async def _read(self, payload: Payload, channel: str) -> ChatMessage:
        """The message of the shortcut, as people read it."""
        message = get_object(payload, "message")
        ts = get_string(message, "ts") or get_string(payload, "message_ts")
        user = get_string(message, "user")
        identities = message_text.ids(message)
        names = dict(zip(identities, await asyncio.gather(*map(self._name, identities)), strict=True))
        author = message_text.author_of(message) or (await self._name(user) if user else "")
        return ChatMessage(
            key=f"slack:{channel}:{ts}",
            text=message_text.as_people_read(message, names),
            place=await self._place(channel),
            author=author,
            link=self._link(channel, ts, get_string(message, "thread_ts")),
            sent_at=_seconds(ts),
            own=get_string(message, "bot_id") == self.identity.bot != "" or user == self.identity.user,
        )

    async def _name(self, identity: str) -> str:
        if identity[:1] in ("C", "G"):
            return (await self.directory.channel(identity)).name
        return (await self.directory.person(identity)).name

    async def _place(self, channel: str) -> str:
        if channel.startswith("D"):
            return wording.DIRECT_MESSAGES
        name = (await self.directory.channel(channel)).name
        return f"#{name}" if name else ""

    def _link(self, channel: str, ts: str, thread: str) -> str:
        """The permalink, as chat.getPermalink returns it; calling that method for each message would take longer."""
        if not self.identity.url:
            return ""
        query = f"?thread_ts={thread}&cid={channel}" if thread and thread != ts else ""
        return f"{self.identity.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}{query}"

    async def _tell(self, target: EphemeralTarget, text: str) -> None:
        try:
            await target.tell(Notice(text))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
