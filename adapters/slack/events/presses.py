"""Presses of the bot's buttons: each becomes an arrival, or is carried out at once (Remove).

If two people press a button at the same time, or one person presses it twice, it acts once. A reply that everyone sees is claimed
for good, so that the same page is not posted twice. A reply for one person, or one that differs each time ("Another"), can be
requested again after a moment.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from logging import getLogger

from cachetools import TTLCache

from adapters.slack import arrivals
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.cards import actions
from adapters.slack.directory import Directory
from adapters.slack.errors import MEMBERSHIP_ERRORS
from adapters.slack.events.home import HomeTab
from adapters.slack.events.standing import Standings
from adapters.slack.posting import remove
from adapters.slack.targets import ConversationTarget, EphemeralTarget
from adapters.slack.web_api import Api
from bot.access.rules import may_remove
from bot.chat import wording
from bot.chat.arrival import Asked, QuotesById
from bot.chat.digest_commands import DigestPress
from bot.chat.feedback import Feedback
from bot.chat.replies import Notice
from bot.chat.requests import Request
from bot.delivery.target import PostError
from bot.service import Service

log = getLogger("analects.slack")

SAME_PRESS_S = 3.0
"""Presses of one button within this many seconds count as one."""
MAX_PRESSES = 5_000
_DIFFERENT_EACH_TIME = frozenset({actions.ANOTHER, f"{actions.DIGEST}:another"})
"""Buttons whose reply differs each time."""


@dataclass(slots=True)
class Presses:
    """Handles presses."""

    api: Api
    service: Service
    directory: Directory
    identity: Identity
    standings: Standings
    home: HomeTab
    _recent: TTLCache[str, bool] = field(default_factory=lambda: TTLCache(MAX_PRESSES, SAME_PRESS_S))

    async def pressed(self, payload: Payload) -> None:
        """A press of one of our buttons."""
        buttons = payload.get("actions")
        action = buttons[0] if isinstance(buttons, list) and buttons and isinstance(buttons[0], dict) else {}
        chosen = get_object(action, "selected_option")
        name, value = get_string(action, "action_id"), chosen.get("value") or action.get("value")
        if name == actions.MENU:
            name = actions.REMOVE if actions.decode_asker(value) is not None else actions.SOURCE
        in_view = get_string(get_object(payload, "container"), "type") == "view"
        if in_view and await self._press_in_home_tab(payload, name, value):
            return
        if name == actions.REMOVE:
            await self._remove(payload, actions.decode_asker(value))
        elif name == actions.SHARE:
            await self._share(payload, value)
        elif name == actions.KEEP:
            await self._keep(payload, value)
        else:
            await self._answer(payload, name, value)

    async def _answer(self, payload: Payload, name: str, value: object) -> None:
        """Answers the request in a button's value: to the presser, or to everyone."""
        request = (
            actions.decode_feedback(value)
            or actions.decode_digest_press(value)
            or actions.decode_request(value)
        )
        container = get_object(payload, "container")
        in_view = get_string(container, "type") == "view"
        if request is None:
            if value is not None:
                await self._tell(payload, wording.OLD_BUTTON)
        elif isinstance(request, Feedback):
            await self._answer_alone(payload, request, name, value)
        elif isinstance(request, DigestPress):
            answer = self._answer_publicly if request.action == "another" else self._answer_alone
            await answer(payload, request, name, value)
        elif in_view and name == actions.ANOTHER:
            await self.home.pressed(payload, request)
        elif (
            actions.is_source(name)
            or container.get("is_ephemeral")
            or in_view
            or (actions.is_for_presser(name) and not _channel(payload).startswith("D"))
        ):
            await self._answer_alone(payload, request, name, value)
        else:
            await self._answer_publicly(payload, request, name, value)

    async def _press_in_home_tab(self, payload: Payload, name: str, value: object) -> bool:
        """Handles the buttons that only the Home tab has. Returns whether the pressed one was among them."""
        if name == actions.SEARCH:
            await self.home.searched(payload, value if isinstance(value, str) else "")
            return True
        channel_and_request = actions.decode_home_digest(value)
        if channel_and_request is not None:
            await self.home.changed(payload, *channel_and_request)
        return channel_and_request is not None

    async def answer_privately(
        self, payload: Payload, request: Asked, key: str, deduplicate: bool = False
    ) -> None:
        """Answers so that only the person who asked sees it."""
        user, channel = _user(payload), _channel(payload)
        standing = await self.standings.of_interaction(payload, user, channel)
        arrival = arrivals.of_interaction(
            payload, self.identity, request, key, private=True, standing=standing, deduplicate=deduplicate
        )
        url = get_string(payload, "response_url")
        if url:
            self.service.hear(arrival, EphemeralTarget(self.api, url, user, arrival.thread))
        else:  # the Home tab has no response_url: the answer goes to the person's direct messages
            self.service.hear(arrival, ConversationTarget(self.api, user, user, direct=True))

    async def _answer_alone(self, payload: Payload, request: Asked, name: str, value: object) -> None:
        key = self._key(payload, name, value, lasting=False, person=_user(payload))
        if key is not None:
            await self.answer_privately(payload, request, key, deduplicate=True)

    async def _answer_publicly(self, payload: Payload, request: Asked, name: str, value: object) -> None:
        """Answers a button of a public message with another public message below it; only the presser sees it if the channel
        may be shared with another organisation."""
        user, channel = _user(payload), _channel(payload)
        standing = await self.standings.of_interaction(payload, user, channel)
        if standing.unsure and not channel.startswith("D"):
            await self._answer_alone(payload, request, name, value)
            return
        key = self._key(payload, name, value, lasting=name not in _DIFFERENT_EACH_TIME)
        if key is None:
            return
        arrival = arrivals.of_interaction(
            payload, self.identity, request, key, private=False, standing=standing, deduplicate=True
        )
        thread = arrival.thread
        if thread is None and not arrival.direct:
            thread = get_string(get_object(payload, "container"), "message_ts") or None
        target = ConversationTarget(
            self.api, channel, user, thread, direct=arrival.direct, url=get_string(payload, "response_url")
        )
        self.service.hear(arrival, target)

    async def _share(self, payload: Payload, value: object) -> None:
        request = _request_of_message(value)
        if request is None:
            await self._tell(payload, wording.OLD_BUTTON)
            return
        user, channel = _user(payload), _channel(payload)
        standing = await self.standings.of_interaction(payload, user, channel)
        if standing.unsure and not channel.startswith("D"):
            await self._tell(payload, wording.UNSURE)
            return
        message = get_string(get_object(payload, "container"), "message_ts")
        arrival = arrivals.of_interaction(
            payload, self.identity, request, f"slack:share:{channel}:{message}", private=False, standing=standing, deduplicate=True
        )  # fmt: skip
        person = get_object(payload, "user")
        by = get_string(person, "name") or get_string(person, "username") or user
        url = get_string(payload, "response_url")
        self.service.hear(arrival, EphemeralTarget(self.api, url, user, arrival.thread, shared_by=by))

    async def _keep(self, payload: Payload, value: object) -> None:
        """Sends an answer to the presser's direct messages. The rules are asked about the place where it was shown."""
        request = _request_of_message(value)
        if request is None:
            await self._tell(payload, wording.OLD_BUTTON)
            return
        user, channel = _user(payload), _channel(payload)
        standing = await self.standings.of_interaction(payload, user, channel)
        message = get_string(get_object(payload, "container"), "message_ts")
        arrival = arrivals.of_interaction(
            payload, self.identity, request, f"slack:keep:{channel}:{message}:{user}",
            private=True, standing=standing, deduplicate=True
        )  # fmt: skip
        kept = self.service.hear(arrival, ConversationTarget(self.api, user, user, direct=True))
        await kept
        await self._tell(payload, wording.KEPT_ANSWER)

    async def _remove(self, payload: Payload, asker: str | None) -> None:
        user, container = _user(payload), get_object(payload, "container")
        admin = user != asker and (await self.directory.person(user)).admin
        if not may_remove(user, asker, admin):
            await self._tell(payload, wording.NOT_REMOVED)
            return
        try:
            await remove(self.api, get_string(container, "channel_id"), get_string(container, "message_ts"))
        except PostError as error:
            url = get_string(payload, "response_url")
            if str(error) in MEMBERSHIP_ERRORS and url:
                await self._remove_by_url(url)
            elif str(error) != "message_not_found":
                log.warning("an answer was not removed: %(error)s", {"error": str(error)})

    async def _remove_by_url(self, url: str) -> None:
        """Removes the button's message where the bot is not a member of the channel, because it was posted through a
        response_url."""
        try:
            await self.api.respond(url, {"delete_original": True})
        except PostError as error:
            log.warning("an answer was not removed: %(error)s", {"error": str(error)})

    async def _tell(self, payload: Payload, text: str) -> None:
        """Shows a notice to the person who pressed a button, and to nobody else."""
        url = get_string(payload, "response_url")
        if not url:
            return
        thread = get_string(get_object(payload, "container"), "thread_ts") or None
        try:
            await EphemeralTarget(self.api, url, _user(payload), thread).tell(Notice(text))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

    def _key(
        self, payload: Payload, name: str, value: object, *, lasting: bool, person: str = ""
    ) -> str | None:
        """The key of a press; None if the same was pressed a moment ago.

        In all replicas, presses that count as one have the same key: for good if `lasting`, else for a few seconds.
        """
        container = get_object(payload, "container")
        place = get_string(container, "channel_id") or get_string(container, "view_id")
        pressed = f"{name}:{value}:{person}".encode("utf-8", "surrogatepass")
        button = blake2b(pressed, digest_size=8).hexdigest()
        key = f"slack:press:{place}:{get_string(container, 'message_ts')}:{button}"
        if lasting:
            return key
        if key in self._recent:
            return None
        self._recent[key] = True
        return f"{key}:{int(_seconds(payload) // SAME_PRESS_S)}"


def _request_of_message(value: object) -> Request | QuotesById | None:
    """The request that shows a button's message again; None for a button of another version."""
    context = actions.decode_highlights(value)
    return QuotesById(context.ids) if context is not None else actions.decode_request(value)


def _user(payload: Payload) -> str:
    return get_string(get_object(payload, "user"), "id")


def _channel(payload: Payload) -> str:
    return get_string(get_object(payload, "channel"), "id")


def _seconds(payload: Payload) -> float:
    """When the button was pressed, by Slack's clock; 0 if the payload does not say."""
    buttons = payload.get("actions")
    action = buttons[0] if isinstance(buttons, list) and buttons and isinstance(buttons[0], dict) else {}
    try:
        return float(get_string(action, "action_ts") or 0)
    except ValueError:
        return 0.0
