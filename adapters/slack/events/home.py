"""Handles what people do in the Home tab: open it, search, request another highlight, turn off a digest, show a hidden
highlight."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from adapters.slack import arrivals
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.events.digest_setup import DigestSetup
from adapters.slack.events.standing import Standings
from adapters.slack.targets import ConversationTarget, HomeTarget
from adapters.slack.web_api import Api
from bot.chat.arrival import Arrival, Asked
from bot.chat.digest_commands import DigestCommand, DigestPress
from bot.chat.requests import Command, Request
from bot.digest.managed import ManagedDigest
from bot.lanes import Handle
from bot.service import Service


@dataclass(slots=True)
class HomeTab:
    """Hands what people do in the Home tab to the service. Each reply is the tab itself, published again."""

    api: Api
    service: Service
    identity: Identity
    standings: Standings
    digest_setup: DigestSetup

    async def opened(self, user: str, team: str, direct: str) -> Handle:
        """Publishes the tab for a person who opened it. `direct` is the channel of their direct messages."""
        payload: Payload = {"user": {"id": user, "team_id": team}}
        arrival = await self._arrival(payload, Command("help"), f"slack:home:{user}")
        return self.service.hear(arrival, self._target(arrival, direct))

    async def pressed(self, payload: Payload, request: Request) -> Handle:
        """Shows another random highlight."""
        key = f"slack:press:{get_string(payload, 'trigger_id')}"
        arrival = await self._arrival(payload, request, key)
        return self.service.hear(arrival, self._target(arrival, _direct(payload)))

    async def searched(self, payload: Payload, typed: str) -> Handle:
        """Shows the answer to a search, or the usual tab if the search box is empty. A search counts as a question."""
        if not typed.strip():
            return await self.pressed(payload, Command("help"))
        key = f"slack:search:{get_string(payload, 'trigger_id')}"
        arrival = await self._arrival(payload, Command("search", typed.strip()), key)
        return self.service.hear(replace(arrival, pressed=False), self._target(arrival, _direct(payload)))

    async def changed(
        self, payload: Payload, channel: str, request: DigestPress | DigestCommand
    ) -> Handle | None:
        """For people who manage a channel: turns off its digest, or shows a hidden highlight again there. Or opens the form for a
        digest in the person's direct messages."""
        key = f"slack:press:{get_string(payload, 'trigger_id')}"
        arrival = await self._arrival({**payload, "channel": {"id": channel}}, request, key)
        if isinstance(request, DigestCommand) and request.action == "set":
            zone = await self.digest_setup.time_zone_of(arrival.person)
            fallback = ConversationTarget(self.api, arrival.person, arrival.person, direct=True)
            trigger = get_string(payload, "trigger_id")
            await self.digest_setup.open_form(replace(arrival, zone=zone), fallback, trigger)
            return None
        at_home = await self._arrival(payload, Command("help"), key)
        target = self._target(at_home, _direct(payload))
        if not await self.service.rules.may_manage(arrival):
            return self.service.hear(at_home, target)
        return self.service.hear(arrival, target)

    async def _arrival(self, payload: Payload, request: Asked, key: str) -> Arrival:
        channel = get_string(get_object(payload, "channel"), "id")
        standing = await self.standings.of_interaction(
            payload, get_string(get_object(payload, "user"), "id"), channel
        )
        return arrivals.of_interaction(payload, self.identity, request, key, private=True, standing=standing)

    def _target(self, arrival: Arrival, direct: str) -> HomeTarget:
        return HomeTarget(self.api, self.service.bot, arrival.person, self._digests_of(arrival), direct)

    def _digests_of(self, arrival: Arrival) -> Callable[[], Awaitable[Sequence[ManagedDigest]]]:
        async def digests() -> Sequence[ManagedDigest]:
            requests = self.service.digest_requests
            return await requests.managed(arrival) if requests is not None else ()

        return digests


def _direct(payload: Payload) -> str:
    """The channel of the person's direct messages, which the tab keeps in its metadata."""
    return get_string(get_object(payload, "view"), "private_metadata")
